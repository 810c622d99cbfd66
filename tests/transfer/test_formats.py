"""Rows as CSV and JSON: exact, typed, described, and the same bytes each time. No database."""

import io
import json
import tempfile
import tracemalloc
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.transfer import archive
from app.transfer import json as json_file
from app.transfer.columns import LISTS, Kind, Table, of_kind, own_id, text
from app.transfer.csv import write
from app.transfer.plan_export import TABLES, Export, Heading
from tests.transfer import csvw

PLAN = UUID("0197f6a0-5a02-7c3e-8a77-0d3a1f2b4c22")
WHEN = datetime(2024, 7, 1, 8, 30, tzinfo=UTC)
HEADING = Heading(
    "PAP", "Priority action plan", PLAN, "North SEND partnership", date(2024, 7, 1), WHEN, 7, "0" * 64
)
# What people type: anything but control characters.
TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\r\t,\"'=+-@#; "), min_size=1
)


def table_of(kind: Kind) -> Table:
    return Table("rows", "Rows.", (own_id("row"), of_kind(kind, "value", "A value.")))


def written(table: Table, rows: list[dict[str, Any]]) -> bytes:
    file = io.BytesIO()
    write(table, rows, file)
    return file.getvalue()


def example(table: Table) -> dict[str, Any]:
    """A row with a value in each column; it points to itself."""
    values = {
        Kind.text: "text",
        Kind.id: PLAN,
        Kind.whole: 1,
        Kind.number: 18.2796,
        Kind.yes_no: True,
        Kind.day: date(2024, 6, 30),
        Kind.time: WHEN,
        Kind.days: [date(2024, 6, 30), date(2024, 9, 30)],
        Kind.ids: [PLAN, PLAN],
        Kind.words: ["status", "due_on"],
        Kind.json: [{"title": "Minutes", "url": "https://council.example/minutes"}],
    }
    return {
        column.name: column.one_of[0] if column.one_of else values[column.kind] for column in table.columns
    }


def export(rows: dict[str, list[dict[str, Any]]] | None = None) -> Export:
    made = {table.name: [example(table)] for table in TABLES}
    return Export(HEADING, made | (rows or {}))


def packed(of: Export) -> bytes:
    file = io.BytesIO()
    archive.write(of, file)
    return file.getvalue()


def as_json(of: Export) -> Any:
    file = io.BytesIO()
    json_file.write(of, file)
    return json.loads(file.getvalue())


# --- CSV --------------------------------------------------------------------------------------------------


def test_a_table_is_a_header_and_a_line_for_each_row_that_end_in_cr_lf() -> None:
    table = Table("rows", "Rows.", (own_id("row"), text("title", "Title.")))
    rows = [{"id": PLAN, "title": 'Say "yes", and go'}, {"id": PLAN, "title": None}]
    assert written(table, rows) == f'id,title\r\n{PLAN},"Say ""yes"", and go"\r\n{PLAN},\r\n'.encode()


@given(TEXTS)
def test_text_comes_back_exactly_also_where_a_spreadsheet_would_see_a_formula(value: str) -> None:
    of = export({"people": [{"id": PLAN, "name": value, "organisation": None}]})
    _, files = csvw.read(packed(of))
    assert files["people.csv"] == [{"id": str(PLAN), "name": value, "organisation": None}]
    assert as_json(of)["people"] == files["people.csv"]


@pytest.mark.parametrize("value", ["=1+1", "+44 151", "-5", "@SUM(A1)", "\t=1", "#N/A", "'quoted"])
def test_a_leading_sign_is_not_altered(value: str) -> None:
    table = Table("rows", "Rows.", (text("title", "Title."),))
    assert written(table, [{"title": value}]) == f"title\r\n{value}\r\n".encode()


CELLS: tuple[tuple[Kind, Any, str], ...] = (
    (Kind.text, "Zażółć", "Zażółć"),
    (Kind.id, PLAN, str(PLAN)),
    (Kind.whole, 0, "0"),
    (Kind.number, 17.2043, "17.2043"),
    (Kind.number, 100.0, "100.0"),
    (Kind.yes_no, False, "false"),
    (Kind.day, date(2024, 6, 3), "2024-06-03"),
    (Kind.time, WHEN, "2024-07-01T08:30:00Z"),
    (Kind.time, WHEN.replace(microsecond=120), "2024-07-01T08:30:00.000120Z"),
    (Kind.days, [date(2024, 6, 3), date(2024, 6, 4)], "2024-06-03 2024-06-04"),
    (Kind.ids, [], ""),
    (Kind.words, ["status", "due_on"], "status due_on"),
    (Kind.json, [], "[]"),
)


@pytest.mark.parametrize("kind, value, cell", CELLS)
def test_each_kind_has_one_way_to_be_written(kind: Kind, value: Any, cell: str) -> None:
    assert (
        written(table_of(kind), [{"id": PLAN, "value": value}]).decode() == f"id,value\r\n{PLAN},{cell}\r\n"
    )


# --- The whole --------------------------------------------------------------------------------------------


def test_every_file_is_what_its_description_says() -> None:
    group, files = csvw.read(packed(export()))
    assert list(files) == [f"{table.name}.csv" for table in TABLES]
    assert group["@context"][0] == "http://www.w3.org/ns/csvw"
    for table in group["tables"]:
        assert table["dc:description"]
        for column in table["tableSchema"]["columns"]:
            assert column["dc:description"].endswith("."), column


def test_json_and_csv_are_the_same_row_by_row() -> None:
    group, files = csvw.read(packed(export()))
    found = as_json(export())
    [notes] = group["notes"]
    assert {name: found.pop(name) for name in notes} == notes
    assert {f"{name}.csv": rows for name, rows in found.items()} == files


def test_an_export_without_rows_is_whole() -> None:
    empty = export({table.name: [] for table in TABLES})
    group, files = csvw.read(packed(empty))
    assert len(group["tables"]) == len(TABLES)
    assert not any(files.values())
    assert as_json(empty)["actions"] == []


def test_the_same_rows_are_the_same_bytes() -> None:
    assert packed(export()) == packed(export())
    later = Export(replace(HEADING, exported_at=WHEN.replace(hour=9)), export().rows)
    assert packed(later) != packed(export())
    with zipfile.ZipFile(io.BytesIO(packed(export()))) as found:
        assert {entry.date_time for entry in found.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("write", [archive.write, json_file.write])
def test_rows_are_written_one_at_a_time(write: Any) -> None:
    """20 MB of rows in less than 3 MB: nothing keeps them but the file."""
    row = {"id": PLAN, "name": "x" * 1000, "organisation": None}
    of = export({"people": (row for _ in range(20_000))})  # type: ignore[dict-item]  # read once, as rows are
    with tempfile.TemporaryFile() as file:
        tracemalloc.start()
        write(of, file)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 3_000_000


def test_tables_and_columns_are_named_once_and_point_to_what_there_is() -> None:
    names = [table.name for table in TABLES]
    assert len(set(names)) == len(names)
    columns = {f"{table.name}.{column.name}" for table in TABLES for column in table.columns}
    for table in TABLES:
        assert len(set(table.names)) == len(table.names)
        assert set(table.key) <= {column.name for column in table.columns if column.required}
        for column in table.columns:
            assert not column.to or column.to in columns
            assert not (column.required and column.kind in LISTS), "a list is never None"


# --- The reader itself ------------------------------------------------------------------------------------

WRONG: dict[str, dict[str, Any]] = {
    "a required value is missing": {"name": None},
    "an id is none": {"id": "PAP"},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_the_reader_sees_a_wrong_value(wrong: str) -> None:
    person = {"id": PLAN, "name": "Lead", "organisation": None} | WRONG[wrong]
    with pytest.raises(csvw.Fault, match=r"people\.csv:2"):
        csvw.read(packed(export({"people": [person]})))


def test_the_reader_sees_keys_that_are_not_kept() -> None:
    person = {"id": PLAN, "name": "Lead", "organisation": None}
    with pytest.raises(csvw.Fault, match="primary key twice"):
        csvw.read(packed(export({"people": [person, person]})))
    with pytest.raises(csvw.Fault, match="points to what is not in"):
        csvw.read(packed(export({"people": []})))
