"""Word documents as a council may have them, and what a reader finds in a report in Word."""

import zipfile
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table
from docx.text.paragraph import Paragraph

from tests.factories import png

MAIN, RELATIONS = "word/document.xml", "word/_rels/document.xml.rels"
CONTENTS, SETTINGS = "[Content_Types].xml", "word/settings.xml"


def read(file: bytes) -> Any:
    return docx.Document(BytesIO(file))


def texts(file: bytes) -> list[str]:
    """The text of every paragraph in the order in which it is read, those in tables too."""
    return [Paragraph(one, None).text for one in read(file).element.body.iter(qn("w:p"))]  # type: ignore[arg-type]


def headings(file: bytes) -> list[tuple[str, str]]:
    styles = ("Title", "Heading 1", "Heading 2", "Heading 3", "Heading 4")
    return [
        (one.style.name, one.text) for one in read(file).paragraphs if one.style and one.style.name in styles
    ]


def tables(file: bytes, style: str) -> list[Table]:
    return [one for one in read(file).tables if one.style is not None and one.style.name == style]


def cells(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def alternative(table: Table) -> tuple[str, str]:
    properties = table._tbl.tblPr
    found = [properties.find(qn(f"w:{name}")) for name in ("tblCaption", "tblDescription")]
    return tuple(one.get(qn("w:val"), "") for one in found if one is not None)  # type: ignore[return-value]


def faults(file: bytes, folder: Path) -> list[str]:
    """What another program finds wrong in a Word or Excel file: parts, schema, references, styles."""
    from openxml_audit import OpenXmlValidator

    path = folder / ("report.docx" if MAIN.encode() in file else "report.xlsx")
    path.write_bytes(file)
    return [str(one) for one in OpenXmlValidator().validate(str(path)).errors]


@cache
def template(*, mark: bool = False, headed: bool = True) -> bytes:
    """A council's own: blue headings of its own font, a logo in its header, wide margins, a page number."""
    package = docx.Document()
    package.styles["Heading 1"].font.name = "Council Sans"
    package.styles["Heading 1"].font.size = Pt(21)
    section = package.sections[0]
    section.left_margin = Mm(40)
    if headed:
        section.header.paragraphs[0].add_run().add_picture(BytesIO(png(40, 20)))
        section.footer.paragraphs[0].text = "Council footer"
    package.add_paragraph("Report to the committee")
    if mark:
        package.add_paragraph("{{ report }}")
        package.add_paragraph("Background papers")
    return saved(package)


def saved(package: Any) -> bytes:
    file = BytesIO()
    package.save(file)
    return file.getvalue()


def changed(file: bytes, name: str, change: Callable[[bytes], bytes | None], **more: bytes) -> bytes:
    """The file with one part changed (None: without it) and more parts in it."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(file)) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        for one in before.namelist():
            content = before.read(one)
            found = change(content) if one == name else content
            if found is not None:
                after.writestr(one, found)
        for one, content in more.items():
            after.writestr(one, content)
    return made.getvalue()


def related(kind: str, target: str, *, external: bool) -> Callable[[bytes], bytes]:
    """Adds a relationship of a kind to those of a part."""
    mode = ' TargetMode="External"' if external else ""
    types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    link = f'<Relationship Id="rIdX" Type="{types}/{kind}" Target="{target}"{mode}/></Relationships>'
    return lambda content: content.replace(b"</Relationships>", link.encode())


def bomb() -> bytes:
    """A file of some kilobytes that would become 200 MB."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(CONTENTS, b"<Types/>")
        for place in range(4):
            packed.writestr(f"word/{place}.xml", b" " * 50_000_000)
    return file.getvalue()
