"""A council's own Word template: what it keeps, and which files are refused before anything opens them."""

import zipfile
from io import BytesIO
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn

from app.errors import Invalid
from app.reports.document import Document
from app.reports.word import word
from app.reports.word_templates import DOCX, DOTX, LARGEST_FILE, checked
from tests.reports import word_files
from tests.reports.word_files import CONTENTS, MAIN, RELATIONS, SETTINGS, changed, related, template


def refused(file: bytes) -> str:
    """What is said of a file that is no template."""
    with pytest.raises(Invalid) as caught:
        checked(file)
    [fault] = caught.value.faults
    assert fault.pointer == "/template"
    return fault.message


def taken_or_refused(file: bytes, made: Document) -> bool:
    """Whether a file becomes a report, or is refused as a template: nothing else may come of it."""
    try:
        return bool(word_files.texts(word(made, file)))
    except Invalid as fault:
        return [one.pointer for one in fault.faults] == ["/template"]


# --- What it keeps ----------------------------------------------------------------------------------------


def test_its_styles_page_set_up_headers_and_logo_stay(whole_document: Document) -> None:
    package = word_files.read(word(whole_document, template()))
    assert package.styles["Heading 1"].font.name == "Council Sans"
    section = package.sections[0]
    assert section.left_margin.mm == pytest.approx(40, abs=0.1)
    assert list(section.header._element.iter(qn("pic:pic")))
    assert section.footer.paragraphs[0].text == "Council footer"
    assert package.paragraphs[0].text == "Report to the committee"
    assert not list(package.element.body.iter(qn("pic:pic"))), "its own logo is in its header"


def test_the_report_stands_where_the_template_says(whole_document: Document) -> None:
    texts = word_files.texts(word(whole_document, template(mark=True)))
    assert texts[:2] == ["Report to the committee", whole_document.title]
    assert texts[-2:] == [whole_document.foot, "Background papers"]
    assert not [text for text in texts if "{{" in text]


def test_without_a_mark_it_stands_at_the_end(whole_document: Document) -> None:
    texts = word_files.texts(word(whole_document, template()))
    assert texts[:2] == ["Report to the committee", whole_document.title]
    assert texts[-1] == whole_document.foot, "its own foot stays on every page, so ours is the last line"


def test_a_template_without_a_foot_gets_ours(whole_document: Document) -> None:
    package = word_files.read(word(whole_document, template(headed=False)))
    assert whole_document.foot in package.sections[0].footer.paragraphs[0].text


def test_tables_are_as_wide_as_the_text_of_the_template(whole_document: Document) -> None:
    package = word_files.read(word(whole_document, template()))
    section = package.sections[0]
    width = section.page_width.twips - section.left_margin.twips - section.right_margin.twips
    grids = [[int(one.get(qn("w:w"))) for one in table._tbl.tblGrid] for table in package.tables]
    assert grids
    assert all(width - 20 <= sum(grid) <= width for grid in grids)


def test_a_style_of_the_template_decides_how_that_part_looks(whole_document: Document) -> None:
    package = docx.Document()
    package.styles.add_style("Tracker Commentary", 1).font.name = "Council Serif"
    made = word_files.read(word(whole_document, word_files.saved(package)))
    [style] = [one for one in made.styles if one.name == "Tracker Commentary"]
    assert style.font.name == "Council Serif"
    assert any(one.style.name == "Tracker Commentary" for one in made.paragraphs)


def test_a_dotx_is_taken_and_becomes_a_document(whole_document: Document) -> None:
    dotx = changed(template(), CONTENTS, lambda content: content.replace(DOCX.encode(), DOTX.encode()))
    assert whole_document.title in word_files.texts(word(whole_document, dotx))


def test_a_report_is_a_template_again(whole_document: Document) -> None:
    again = word(whole_document, word(whole_document))
    assert word_files.texts(again).count(whole_document.title) == 2


@pytest.mark.parametrize("target", ["https://council.example", "mailto:clerk@council.example"])
def test_a_plain_link_may_stay(whole_document: Document, target: str) -> None:
    linked = changed(template(), RELATIONS, related("hyperlink", target, external=True))
    assert word(whole_document, linked)


def test_a_mark_that_ends_a_section_leaves_the_section(whole_document: Document) -> None:
    package = docx.Document()
    package.add_paragraph("{{report}}")
    package.add_section()
    package.add_paragraph("After")
    made = word_files.read(word(whole_document, word_files.saved(package)))
    assert len(made.sections) == 2
    assert made.paragraphs[-1].text == "After"


# --- What is refused --------------------------------------------------------------------------------------

FILE = "file:" + "///"
LINKS = {
    "another template": (related("attachedTemplate", "http://x/a.dotm", external=True), "another template"),
    "a linked picture": (related("image", "http://x/a.png", external=True), "links to other files"),
    "a linked object": (related("oleObject", FILE + "a.xlsx", external=True), "embedded objects"),
    "an embedded object": (related("oleObject", "a.bin", external=False), "embedded objects"),
    "a chunk of HTML": (related("aFChunk", "a.html", external=False), "embedded objects"),
    "a frame": (related("frame", "http://x/", external=True), "links to other files"),
    "a link to a file": (related("hyperlink", FILE + "etc/a", external=True), "links to other files"),
    "macros": (related("vbaProject", "vbaProject.bin", external=False), "macros"),
}


@pytest.mark.parametrize("which", LINKS)
def test_what_brings_in_something_else_is_refused_by_name(which: str) -> None:
    change, words = LINKS[which]
    assert words in refused(changed(template(), RELATIONS, change))


@pytest.mark.parametrize("macro", ["document", "template"])
def test_a_file_that_may_hold_macros_is_refused(macro: str) -> None:
    kind = f"application/vnd.ms-word.{macro}.macroEnabledTemplate.main+xml".encode()
    assert "macros" in refused(changed(template(), CONTENTS, lambda one: one.replace(DOCX.encode(), kind)))


FIELDS = {
    "simple": '<w:fldSimple w:instr=" DDEAUTO c:\\\\a.exe "><w:r/></w:fldSimple>',
    "in pieces": (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> INCL</w:instrText></w:r>'
        '<w:r><w:instrText>UDETEXT "file" </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    ),
    "hidden in numbers": '<w:fldSimple w:instr="QUOTE 68 68 69"/>',
}


@pytest.mark.parametrize("which", FIELDS)
def test_a_field_that_brings_in_a_file_is_refused(which: str) -> None:
    field = f"<w:p>{FIELDS[which]}</w:p><w:sectPr".encode()
    assert "Take the field" in refused(
        changed(template(), MAIN, lambda one: one.replace(b"<w:sectPr", field, 1))
    )


def test_fields_of_words_own_may_stay(whole_document: Document) -> None:
    field = b'<w:p><w:fldSimple w:instr=" HYPERLINK &quot;https://x/link&quot; "/></w:p><w:sectPr'
    file = changed(template(), MAIN, lambda one: one.replace(b"<w:sectPr", field, 1))
    assert word(whole_document, file)


def test_mail_merge_is_refused() -> None:
    merge = b'<w:mailMerge><w:connectString w:val="x"/></w:mailMerge></w:settings>'
    file = changed(template(), SETTINGS, lambda one: one.replace(b"</w:settings>", merge))
    assert "links to other files" in refused(file)


@pytest.mark.parametrize("part", [MAIN, "word/styles.xml", RELATIONS, CONTENTS])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_part_with_declarations_of_its_own_is_refused(part: str, encoding: str) -> None:
    def declared(content: bytes) -> bytes:
        text = content.decode().partition("?>")[2]
        return f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY a "b">]>{text}'.encode(
            encoding
        )

    assert "damaged" in refused(changed(template(), part, declared))


@pytest.mark.parametrize("part", [MAIN, "word/styles.xml", "_rels/.rels"])
def test_a_broken_part_is_refused(part: str) -> None:
    assert "damaged" in refused(changed(template(), part, lambda content: content[: len(content) // 2]))


@pytest.mark.parametrize("part", [MAIN, "word/styles.xml", "_rels/.rels", RELATIONS])
def test_a_file_without_what_word_needs_is_refused_or_opens(part: str, whole_document: Document) -> None:
    assert taken_or_refused(changed(template(), part, lambda _content: None), whole_document)


def test_xml_under_another_ending_is_refused() -> None:
    hidden = b'<Override PartName="/word/a.png" ContentType="application/x+xml"/></Types>'
    file = changed(template(), CONTENTS, lambda one: one.replace(b"</Types>", hidden))
    assert "damaged" in refused(file)


def zipped(**parts: bytes) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return file.getvalue()


NOT_WORD = {
    "nothing": b"",
    "a text": b"Dear committee",
    "a PDF": b"%PDF-1.7",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "another archive": zipped(a=b"b"),
}


@pytest.mark.parametrize("which", NOT_WORD)
def test_a_file_of_another_kind_is_refused(which: str) -> None:
    assert "Choose a Word document (.docx)" in refused(NOT_WORD[which])


def test_a_workbook_is_refused(tmp_path: Path) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    book.add_worksheet()
    book.close()
    assert "Choose a Word document (.docx)" in refused((tmp_path / "a.xlsx").read_bytes())


def test_an_old_document_or_one_with_a_password_is_refused() -> None:
    assert "take the password away" in refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000))


def test_a_file_that_is_too_large_is_refused() -> None:
    assert "at most 900 kB" in refused(b"PK\x03\x04" + bytes(LARGEST_FILE))


def test_a_small_file_that_would_become_a_large_one_is_refused() -> None:
    bomb = word_files.bomb()
    assert len(bomb) < LARGEST_FILE
    assert "unpacked" in refused(bomb)


def test_a_file_of_too_many_parts_is_refused() -> None:
    assert "unpacked" in refused(zipped(**{str(number): b"" for number in range(501)}))


@pytest.mark.parametrize("place", range(0, 2000, 97))
def test_a_file_cut_or_changed_anywhere_is_taken_or_refused(place: int, whole_document: Document) -> None:
    whole = template()
    at = place * len(whole) // 2000
    for broken in (whole[:at], whole[:at] + b"\xff\x00" + whole[at + 2 :]):
        assert taken_or_refused(broken, whole_document)


@pytest.mark.parametrize("mark", ["Text {{ report }} text", "{{ report }}\n{{ report }}"])
def test_a_mark_beside_other_words_is_refused(mark: str, whole_document: Document) -> None:
    package = docx.Document()
    package.add_paragraph(mark)
    with pytest.raises(Invalid, match="paragraph of its own"):
        word(whole_document, word_files.saved(package))


def test_a_mark_in_a_table_is_refused(whole_document: Document) -> None:
    package = docx.Document()
    package.add_table(1, 1).cell(0, 0).text = "{{ report }}"
    with pytest.raises(Invalid, match="not in a table"):
        word(whole_document, word_files.saved(package))
