"""Word and Excel files of a report are opened by an office suite, which then says what it read in them.

LibreOffice, without a window: it saves the document as text and every sheet as CSV.
"""

import csv
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from app.reports.cells import written
from app.reports.contents import document
from app.reports.document import Document, Table
from app.reports.excel import excel
from app.reports.plain import readable
from app.reports.word import word
from tests.reports import samples, word_files

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("office")]
# Comma, quotes, UTF-8, from the first row, cells as they are shown, every sheet to a file of its own.
_EVERY_SHEET = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1"
_TEXT = "txt:Text (encoded):UTF8"


def opened(folder: Path, name: str, file: bytes, kind: str) -> list[Path]:
    """What LibreOffice makes of a file."""
    program = shutil.which("soffice")
    assert program, "run tests/install.sh office"
    (folder / name).write_bytes(file)
    out = folder / "out"
    # A profile of its own: a second LibreOffice with the same one would hand over to the first and end.
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [program, profile, "--headless", "--convert-to", kind, "--outdir", str(out), str(folder / name)]
    found = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    made = sorted(out.glob("*")) if out.exists() else []
    assert made, found.stdout + found.stderr
    return made


def cells(table: Table) -> list[list[str]]:
    """Every cell of a table as people read it, in one line."""
    return [
        [one_line(written(cell, column.kind)) for cell, column in zip(row, table.columns, strict=True)]
        for row in table.rows
    ]


def one_line(text: str) -> str:
    return " ".join(readable(text).split())


def tables(made: Document) -> list[Table]:
    return [block for block in made.blocks if isinstance(block, Table)]


@pytest.fixture(params=["sample", "hostile", "templated"])
def case(request: pytest.FixtureRequest) -> tuple[Document, dict[str, Any], bytes | None]:
    if request.param == "sample":
        content = request.getfixturevalue("sample_content")
        return document(content, samples.LOOK), content, None
    text = samples.every_hostile_text() if request.param == "hostile" else ""
    template = word_files.template(mark=True) if request.param == "templated" else None
    content = samples.content(text)
    return document(content, samples.LOOK), content, template


def test_word_files_open_with_every_text_and_figure(case: Any, tmp_path: Path) -> None:
    made, _content, template = case
    [text] = opened(tmp_path, "report.docx", word(made, template), _TEXT)
    read = one_line(text.read_text(encoding="utf-8-sig"))
    missing = [cell for table in tables(made) for row in cells(table) for cell in row if cell not in read]
    assert not missing
    assert one_line(made.title) in read


def test_a_word_file_becomes_pages(sample_document: Document, tmp_path: Path) -> None:
    [file] = opened(tmp_path, "report.docx", word(sample_document), "pdf")
    assert file.read_bytes().startswith(b"%PDF-")


def test_every_sheet_of_a_workbook_opens_with_the_same_cells(case: Any, tmp_path: Path) -> None:
    made, content, _template = case
    files = opened(tmp_path, "report.xlsx", excel(made, content), _EVERY_SHEET)
    read = []
    for file in files:
        with file.open(newline="", encoding="utf-8-sig") as lines:
            read.append([[one_line(cell) for cell in row] for row in csv.reader(lines)])
    missing = [table.caption for table in tables(made) if cells(table) not in [rows[1:] for rows in read]]
    assert not missing
