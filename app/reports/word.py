"""A report as a Word document that officers can go on writing, or in a council's own template.

Headings, captions and tables are Word's own, so that they are found in its navigation, can be numbered and
listed, and take the look of the document that they are pasted into. A template keeps its styles, page set-up,
headers and footers; the report stands at the paragraph ``{{ report }}``, else at the end.
"""

import re
import zipfile
from datetime import datetime, time
from io import BytesIO
from typing import Any

import docx
from docx.oxml.ns import qn
from docx.shared import Mm

from app.errors import invalid
from app.reports.document import Document, Look
from app.reports.plain import one_line
from app.reports.word_report import Report
from app.reports.word_styles import add_styles, clear_styles
from app.reports.word_templates import DAMAGED, FIELD, MARK, WordTemplate, checked
from app.reports.word_xml import joined, parsed

_MARK = re.compile(r"\{\{\s*report\s*\}\}", re.IGNORECASE)
_PAGE_MM, _MARGIN_MM, _TO_EDGE_MM = (210, 297), 20, 10
_LOGO_MM, _WIDEST_LOGO_MM = 14, 70
_LONGEST_PROPERTY = 255
_WORD_2013 = "15"
"""Since then Word lays out a document in one way, which it does not call compatible with an older one."""
_NARROWEST = 2000
_SOONEST = (1980, 1, 1, 0, 0, 0)
"""The date of every part: what a ZIP file can state at the earliest."""


def word(document: Document, template: bytes | None = None) -> bytes:
    """The file: in the template that is given, else in the area's own where it has one.

    The same document and template always make the same bytes. Raises Invalid, naming ``/template``, for a
    template that cannot be taken.
    """
    if template is None:
        template = document.look.template or None
    package = opened(template) if template is not None else _blank(document)
    # Word 2010 kept its styles a second time, for Word 2007: with ours the two would differ.
    _drop(package.part.rels, "/stylesWithEffects")
    _say_what_it_is(package, document)
    place, section = _place(package)
    width = _text_width(section)
    report = Report(document, add_styles(package, document.look.accent), width)
    own_foot = _has_foot(package)
    parts = [*report.front(), *report.blocks(), report.last(with_foot=own_foot)]
    for element in parsed(joined(parts)):
        place.addprevious(element)
    if template is None and document.look.logo:
        _put_logo(package, document.look)
    if not own_foot:
        _put_foot(package, report)
    if place.tag == qn("w:p"):
        _take_mark(place)
    return _packed(package)


def read_template(file: bytes) -> WordTemplate:
    """A file as a template that reports go into. Raises Invalid, naming ``/template``, with what to do."""
    content = checked(file)
    _place(opened(content))
    return WordTemplate(content)


def opened(template: bytes) -> Any:
    """A template as python-docx holds a document. Raises Invalid, naming ``/template``, with what to do."""
    ready = checked(template)
    try:
        return docx.Document(BytesIO(ready))
    except Exception:  # whatever a reader raises at a file of a stranger, it cannot be read
        raise invalid(FIELD, DAMAGED) from None


def _blank(document: Document) -> Any:
    """An empty document of the service's own: A4, and no style but its own."""
    package = docx.Document()
    clear_styles(package, document.language)
    _drop(package.part.package.rels, "/thumbnail")
    for setting in package.settings.element.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), _WORD_2013)
    section = package.sections[0]
    section.page_width, section.page_height = (Mm(side) for side in _PAGE_MM)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(_MARGIN_MM)
    section.header_distance = section.footer_distance = Mm(_TO_EDGE_MM)
    return package


def _drop(relations: Any, kind: str) -> None:
    for key in [key for key, one in relations.items() if one.reltype.endswith(kind)]:
        del relations[key]


def _say_what_it_is(package: Any, document: Document) -> None:
    """Title, language and author, where programs and screen readers look for them."""
    said = package.core_properties
    made = datetime.combine(document.as_at, time.min)
    said.title = one_line(document.title, _LONGEST_PROPERTY)
    said.subject = one_line(document.subtitle, _LONGEST_PROPERTY)
    said.author = said.last_modified_by = one_line(document.look.name, _LONGEST_PROPERTY)
    said.language = document.language
    said.comments = ""
    said.created = said.modified = made
    said.revision = 1
    # The whole of it is in this language, whatever the computer was set to on which the template was made.
    for element in package.styles.element.iter(qn("w:lang")):
        element.set(qn("w:val"), document.language)
    for element in package.settings.element.iter(qn("w:themeFontLang")):
        element.set(qn("w:val"), document.language)


# --- Where it goes ----------------------------------------------------------------------------------------


def _place(package: Any) -> tuple[Any, Any]:
    """The element that the report goes before, and the properties of the section there."""
    body = package.element.body
    section = body.get_or_add_sectPr()
    marks = [one for one in body.iter(qn("w:p")) if _MARK.search(_text(one))]
    if not marks:
        _drop_empty(body)
        return section, section
    mark = marks[0]
    if len(marks) > 1 or mark.getparent() is not body or not _MARK.fullmatch(_text(mark).strip()):
        raise invalid(
            FIELD,
            f"Write {MARK} once in the template, as a paragraph of its own: not in a table, a text box, or "
            "beside other words.",
        )
    following = [mark, *mark.itersiblings()]
    sections = (one for element in following for one in element.iter(qn("w:sectPr")))
    return mark, next(sections, section)


def _text(element: Any) -> str:
    return "".join(one.text or "" for one in element.iter(qn("w:t")))


def _drop_empty(body: Any) -> None:
    """A template without text still holds an empty paragraph, which would stand above the title."""
    paragraphs = [one for one in body if one.tag != qn("w:sectPr")]
    if len(paragraphs) == 1 and paragraphs[0].tag == qn("w:p") and not len(paragraphs[0].findall(qn("w:r"))):
        body.remove(paragraphs[0])


def _take_mark(mark: Any) -> None:
    """Take the paragraph of the mark away; one that ends a section stays, without its words."""
    if mark.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is None:
        mark.getparent().remove(mark)
        return
    for element in list(mark):
        if element.tag != qn("w:pPr"):
            mark.remove(element)


def _text_width(section: Any) -> int:
    """The width between the margins in twips; that of A4 where a section does not say."""
    size, margin = section.find(qn("w:pgSz")), section.find(qn("w:pgMar"))

    def stated(element: Any, name: str, otherwise: int) -> int:
        value = element.get(qn(f"w:{name}"), "") if element is not None else ""
        return int(value) if value.isdecimal() else otherwise

    found = stated(size, "w", 11906) - stated(margin, "left", 1134) - stated(margin, "right", 1134)
    return max(found, _NARROWEST)


# --- What stands around it --------------------------------------------------------------------------------


def _put_logo(package: Any, look: Look) -> None:
    """The logo above the title, with an alternative text."""
    shape = package.part.new_pic_inline(BytesIO(look.logo), height=Mm(_LOGO_MM))
    if shape.extent.cx > Mm(_WIDEST_LOGO_MM):
        shape = package.part.new_pic_inline(BytesIO(look.logo), width=Mm(_WIDEST_LOGO_MM))
    for side in "TBLR":
        shape.set(f"dist{side}", "0")
    shape.docPr.set("name", "Logo")
    shape.docPr.set("descr", one_line(f"Logo of {look.name}", _LONGEST_PROPERTY))
    first = package.paragraphs[0]
    above = first.insert_paragraph_before()
    above.paragraph_format.keep_with_next = True
    above.add_run()._r.add_drawing(shape)


def _has_foot(package: Any) -> bool:
    return next(package.element.body.iter(qn("w:footerReference")), None) is not None


def _put_foot(package: Any, report: Report) -> None:
    footer = package.sections[0].footer
    footer.is_linked_to_previous = False
    element = footer._element
    for one in list(element):
        element.remove(one)
    element.extend(parsed(report.foot()))


def _packed(package: Any) -> bytes:
    """The file with fixed dates in it, so that the same report is the same file."""
    loose, file = BytesIO(), BytesIO()
    package.save(loose)
    with zipfile.ZipFile(loose) as before, zipfile.ZipFile(file, "w") as after:
        for name in before.namelist():
            entry = zipfile.ZipInfo(name, _SOONEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            after.writestr(entry, before.read(name))
    return file.getvalue()
