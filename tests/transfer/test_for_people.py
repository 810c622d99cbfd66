"""Files that people open in a spreadsheet: text stays text, a date is a date and a number a number."""

import csv as csv_reader
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from app.transfer import csv, excel
from app.transfer.columns import Column, Kind, Table

TABLE = Table(
    "Actions",
    "",
    (
        Column("Ref", ""),
        Column("Action", ""),
        Column("Due", "", Kind.day),
        Column("Ongoing", "", Kind.yes_no),
        Column("Score", "", Kind.whole),
    ),
    key=("Ref",),
)
DANGEROUS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("https://evil.example","Click")',
    " =1+1",
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
    "%0A=1",
    "|calc",
)
PLAIN = (
    "<script>alert(1)</script>",
    "https://council.example/report",
    "mailto:a@b.example",
    "007",
    "1e5",
    "TRUE",
    "1/2",
    'a, "b"; c',
    "two\nlines",
    "é 日本 🙂",
    "_x000D_ &amp; <b>",
    "{=1+1}",
)


def row(text: str) -> dict[str, object]:
    return {"Ref": "1.1", "Action": text, "Due": date(2024, 6, 30), "Ongoing": False, "Score": 16}


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv_reader.reader(content.decode("utf-8-sig").splitlines(keepends=True)))


def workbook(rows: list[dict[str, object]]) -> CalamineWorkbook:
    file = BytesIO()
    about = [("List", "=1+1"), ("Area", "North")]
    excel.write(TABLE, rows, file, about=about, created=datetime(2024, 7, 1, tzinfo=UTC))
    return CalamineWorkbook.from_object(BytesIO(file.getvalue()))


@pytest.mark.parametrize("text", [*DANGEROUS, *PLAIN])
def test_a_csv_never_begins_a_cell_with_what_a_spreadsheet_works_out(text: str) -> None:
    file = BytesIO()
    csv.write_for_people(TABLE, [row(text)], file)
    assert file.getvalue().startswith(b"\xef\xbb\xbf"), "Excel reads it as UTF-8 only with a mark"
    [heading, cells] = read_csv(file.getvalue())
    assert heading == ["Ref", "Action", "Due", "Ongoing", "Score"]
    assert cells[1] == (f"'{text}" if text in DANGEROUS else text)
    assert cells[1].lstrip()[:1] not in "=+-@|%＝"
    assert cells[2:] == ["2024-06-30", "No", "16"]


@pytest.mark.parametrize("text", [*DANGEROUS, *PLAIN])
def test_a_workbook_holds_text_as_it_was_entered_and_no_formula(text: str) -> None:
    book = workbook([row(text), row("")])
    [heading, cells, empty] = book.get_sheet_by_name("Actions").to_python()
    assert heading[0] == "Ref"
    assert cells == ["1.1", text, date(2024, 6, 30), "No", 16.0]
    assert empty[1] == ""
    told = book.get_sheet_by_name("About").to_python()
    assert told == [["List", "=1+1"], ["Area", "North"]]


def test_a_list_without_rows_is_a_file_with_a_heading() -> None:
    assert workbook([]).get_sheet_by_name("Actions").to_python() == [list(TABLE.names)]
    file = BytesIO()
    csv.write_for_people(TABLE, [], file)
    assert read_csv(file.getvalue()) == [list(TABLE.names)]
