"""The description of an export's CSV files: CSV on the Web, a table group (W3C tabular metadata)."""

from typing import Any

from pydantic_core import to_json

from app.transfer.columns import LISTS, Column, Kind, Table
from app.transfer.csv import SEPARATOR
from app.transfer.plan_export import TABLES, Heading

NAME = "csv-metadata.json"
_ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_DAY = {"base": "date", "format": "yyyy-MM-dd"}
_DATATYPES: dict[Kind, Any] = {
    Kind.text: "string",
    Kind.id: {"base": "string", "format": _ID},
    Kind.whole: "integer",
    Kind.number: "number",
    Kind.yes_no: {"base": "boolean", "format": "true|false"},
    Kind.day: _DAY,
    Kind.time: "datetime",
    Kind.days: _DAY,
    Kind.ids: {"base": "string", "format": _ID},
    Kind.words: {"base": "string", "format": "[a-z_]+"},
    Kind.json: "json",
}
# Said in full: readers differ in what they take for granted, and a comment sign would hide rows.
_DIALECT = {
    "encoding": "utf-8",
    "lineTerminators": ["\r\n"],
    "delimiter": ",",
    "quoteChar": '"',
    "doubleQuote": True,
    "header": True,
    "headerRowCount": 1,
    "commentPrefix": None,
    "skipBlankRows": False,
    "skipInitialSpace": False,
    "trim": False,
}


def write(heading: Heading) -> bytes:
    """The description as JSON; ``notes`` hold the heading of the export."""
    return to_json(describe(heading), indent=1) + b"\n"


def describe(heading: Heading) -> dict[str, Any]:
    """The table group."""
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": f"{heading.plan_title} ({heading.plan_ref}), {heading.area_name}",
        "dc:description": "A whole plan as at a day: present facts and the history that they follow from.",
        "dc:created": heading.exported_at,
        "notes": [heading.shown()],
        "dialect": _DIALECT,
        "tables": [_table(table) for table in TABLES],
    }


def _table(table: Table) -> dict[str, Any]:
    keys = [
        {
            "columnReference": column.name,
            "reference": {"resource": file_name(target), "columnReference": there},
        }
        for column in table.columns
        if column.to
        for target, there in [column.to.split(".")]
    ]
    schema: dict[str, Any] = {
        "columns": [_column(column) for column in table.columns],
        "primaryKey": list(table.key),
    }
    if keys:
        schema["foreignKeys"] = keys
    return {"url": file_name(table.name), "dc:description": table.description, "tableSchema": schema}


def file_name(table: str) -> str:
    """The file of a table."""
    return f"{table}.csv"


def _column(column: Column) -> dict[str, Any]:
    datatype = _DATATYPES[column.kind]
    if column.one_of:
        datatype = {"base": "string", "format": "|".join(column.one_of)}
    found: dict[str, Any] = {
        "name": column.name,
        "titles": [column.name, column.name.replace("_", " ").capitalize()],
        "dc:description": column.description,
        "datatype": datatype,
        "required": column.required,
    }
    if column.kind in LISTS:
        found["separator"] = SEPARATOR
    return found
