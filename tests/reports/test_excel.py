"""A report as an Excel workbook, read back by another program's reader than the one that wrote it."""

import re
import zipfile
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from app.reports.contents import document
from app.reports.document import Bars, Cell, Column, Document, Kind, Table
from app.reports.excel import LONGEST_TEXT, SHORTENED, excel
from app.reports.plain import REPLACED
from tests.reports import samples, word_files

EMPTY: dict[str, Any] = {}


def sheets(file: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(BytesIO(file))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def parts(file: bytes) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(file)) as packed:
        return {
            name: packed.read(name).decode() for name in packed.namelist() if name.endswith((".xml", ".rels"))
        }


def as_stored(cell: Cell, kind: Kind) -> Any:
    """What a reader of the workbook must find for a cell."""
    if cell is None:
        return ""
    if isinstance(cell, int | Decimal):
        return pytest.approx(float(cell) / 100 if kind is Kind.percent else float(cell))
    return cell


def one_cell(text: str) -> Document:
    table = Table("texts", "Texts", (Column("Text"), Column("Other")), ((text, "beside it"),))
    return Document("Title", "", samples.LOOK, date(2024, 6, 30), (), "Foot", (table,))


@pytest.mark.parametrize("which", ["whole", "sample"])
def test_every_table_of_the_document_is_a_sheet_with_the_same_cells(
    which: str, request: pytest.FixtureRequest
) -> None:
    found, content = request.getfixturevalue(f"{which}_document"), request.getfixturevalue(f"{which}_content")
    read = sheets(excel(found, content))
    captions = {line[1]: line[0] for line in read["Method"][1:] if line[0] in read}
    tables = [block for block in found.blocks if isinstance(block, Table)]
    assert len(tables) > 5
    for table in tables:
        head, *rows = read[captions[table.caption]]
        assert head == [column.label for column in table.columns]
        expected = [
            [as_stored(cell, column.kind) for cell, column in zip(row, table.columns, strict=True)]
            for row in table.rows
        ]
        assert rows == expected


def test_the_method_says_what_it_is_and_how_its_figures_are_made(
    whole_document: Document, whole_content: dict[str, Any]
) -> None:
    read = sheets(excel(whole_document, whole_content))
    assert next(iter(read)) == "Method"
    lines = {line[0]: line[1] for line in read["Method"]}
    assert lines["As at"] == date(2024, 6, 30)
    assert lines["Journal head"] == samples.HEAD
    assert lines["Area"] == samples.LOOK.name
    assert "rounded half up" in lines["Percentages"]
    assert lines["The whole plan"] == whole_content["overall"]["counted"]
    assert lines["Risk register"] == "RR Risk register, matrix version 1"
    assert [name for name in read if name not in lines] == ["Method"]


def test_the_matrix_has_every_label_and_the_scores_of_every_band(
    whole_document: Document, whole_content: dict[str, Any]
) -> None:
    head, *rows = sheets(excel(whole_document, whole_content))["Matrix"]
    told = [dict(zip(head, row, strict=True)) for row in rows]
    assert [row["Label"] for row in told if row["Part"] == "Impact"][:2] == ["Minor", "Moderate"]
    bands = [
        (row["Label"], row["Lowest score"], row["Highest score"]) for row in told if row["Part"] == "Band"
    ]
    assert bands == [("Low", 1, 6), ("Moderate", 8, 15), ("High", 16, 25)]
    assert {row["True from"] for row in told} == {date(2024, 4, 1)}


def test_a_version_of_the_matrix_is_used_where_a_risk_keeps_its_band(whole_content: dict[str, Any]) -> None:
    register = whole_content["registers"][0]
    (first,) = register["matrices"]
    versions = [{**first, "matrix_version": number} for number in (3, 2, 1)]
    register["matrices"] = versions
    register["heat_map"]["matrix"] = versions[0]
    made = excel(document(whole_content, samples.LOOK), whole_content)
    head, *rows = sheets(made)["Matrix"]
    told = [dict(zip(head, row, strict=True)) for row in rows]
    assert {row["Version"]: row["Used in this report"] for row in told} == {3: "Yes", 2: "No", 1: "Yes"}


def test_bars_have_their_counts_and_shares_that_are_not_rounded(
    sample_document: Document, sample_content: Any
) -> None:
    head, *rows = sheets(excel(sample_document, sample_content))["Bars"]
    pictures = [block for block in sample_document.blocks if isinstance(block, Bars)]
    drawn = {bar.label: bar.counts for block in pictures for bar in block.bars}
    assert {row[0] for row in rows} == set(drawn)
    for row in rows:
        told, counts = dict(zip(head, row, strict=True)), list(drawn[row[0]].values())
        assert row[1 : 2 + len(counts)] == [*counts, sum(counts)]
        assert told["Delayed, share"] == pytest.approx(told["Delayed"] / sum(counts), abs=1e-12)


def test_a_heat_map_says_which_risks_are_in_each_square(whole_document: Document, whole_content: Any) -> None:
    read = sheets(excel(whole_document, whole_content))["Heat map"]
    cells = [cell for row in read for cell in row]
    assert "16 High\nNow: R1" in cells
    assert "4 Low\nTarget: R1" in cells


def test_sheets_are_frozen_filtered_and_shown_as_their_kinds(
    whole_document: Document, whole_content: Any
) -> None:
    made = parts(excel(whole_document, whole_content))
    books = [text for name, text in made.items() if name.startswith("xl/worksheets/sheet")][1:]
    assert books
    assert all('state="frozen"' in text and "<autoFilter" in text for text in books)
    assert 'formatCode="d mmmm yyyy"' in made["xl/styles.xml"]
    assert re.search(r'numFmtId="9"|formatCode="0%"', made["xl/styles.xml"])


def test_a_total_is_not_among_the_rows_that_are_sorted(whole_document: Document) -> None:
    table = Table(
        "sum", "Sums", (Column("Row"), Column("n", Kind.whole)), (("a", 1), ("b", 2), ("All", 3)), total=True
    )
    only = Document("T", "", samples.LOOK, date(2024, 6, 30), (), "", (table,))
    assert '<autoFilter ref="A1:B3"' in parts(excel(only, EMPTY))["xl/worksheets/sheet2.xml"]


def test_another_program_finds_nothing_wrong_in_the_file(hostile_document: Document, tmp_path: Path) -> None:
    content = samples.content(samples.every_hostile_text())
    assert word_files.faults(excel(hostile_document, content), tmp_path) == []


def test_a_hostile_text_arrives_as_the_text_that_it_is(hostile_text: str) -> None:
    file = excel(document(samples.content(hostile_text), samples.LOOK), samples.content(hostile_text))
    made = parts(file)
    assert not [name for name, text in made.items() if "<f>" in text or "<hyperlink" in text]
    assert not any('TargetMode="External"' in text for text in made.values())
    expected = re.sub("\r\n|[\r\u2028\u2029\x85]", "\n", re.sub("[\x07\x1b\ufffe]", REPLACED, hostile_text))
    sheet = sheets(excel(one_cell(hostile_text), EMPTY))["Texts"]
    assert sheet[1] == [expected, "beside it"]


@pytest.mark.parametrize("begins", "=+-@\t|%")
def test_a_text_that_begins_like_a_formula_stays_a_text(begins: str) -> None:
    sheet = sheets(excel(one_cell(f"{begins}1+1"), EMPTY))["Texts"]
    assert sheet[1][0] == f"{begins}1+1"


@pytest.mark.parametrize("refused", ["\x00", "\x0e", "\ud800", "\uffff", "\x7f"])
def test_a_character_that_no_file_can_hold_leaves_a_sign(refused: str) -> None:
    sheet = sheets(excel(one_cell(f"a{refused}b"), {"plan": {"ref": refused, "title": refused}}))["Texts"]
    assert sheet[1][0] == f"a{REPLACED}b"


@pytest.mark.parametrize("letter", ["x", "\N{PERSONAL COMPUTER}"])
def test_a_text_longer_than_a_cell_says_that_it_was_shortened(letter: str) -> None:
    whole = letter * 40_000
    cell = sheets(excel(one_cell(whole), EMPTY))["Texts"][1][0]
    assert cell.startswith(letter * 10_000)
    assert cell.endswith(SHORTENED.format(40_000))
    assert "40,000" in cell
    assert len(cell.encode("utf-16-le")) // 2 <= LONGEST_TEXT
    most = letter * (LONGEST_TEXT // len(letter.encode("utf-16-le")) * 2)
    assert sheets(excel(one_cell(most), EMPTY))["Texts"][1][0] == most


def test_sheets_have_names_of_their_own_that_excel_takes() -> None:
    keys = ("a" * 40, "a" * 40, "Method", "history", "[x]:*?/\\", "'quoted'", "A" * 31, "")
    tables = tuple(
        Table(key, f"Table {place}", (Column("Text"),), (("x",),)) for place, key in enumerate(keys)
    )
    made = Document("T", "", samples.LOOK, date(2024, 6, 30), (), "", tables)
    names = list(sheets(excel(made, EMPTY)))
    assert len({name.lower() for name in names}) == len(keys) + 1
    assert all(0 < len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) for name in names)


def test_a_day_before_the_first_of_excel_is_a_text() -> None:
    table = Table("days", "Days", (Column("Day", Kind.day),), ((date(1899, 12, 31),), (date(1900, 3, 1),)))
    read = sheets(excel(Document("T", "", samples.LOOK, date(2024, 6, 30), (), "", (table,)), EMPTY))
    assert read["Days"] == [["Day"], ["31 December 1899"], [date(1900, 3, 1)]]


def test_the_same_document_makes_the_same_bytes(
    whole_document: Document, whole_content: dict[str, Any]
) -> None:
    assert excel(whole_document, whole_content) == excel(whole_document, samples.content())
