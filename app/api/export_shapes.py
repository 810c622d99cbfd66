"""The shape of a plan's export for the API's description, made from its columns when it is asked for."""

from typing import Any

from app.transfer.columns import LISTS, Column, Kind, Table
from app.transfer.plan_export import TABLES

NAME = "PlanExport"
_UUID = {"type": "string", "format": "uuid"}
_DAY = {"type": "string", "format": "date"}
_SHAPES: dict[Kind, dict[str, Any]] = {
    Kind.text: {"type": "string"},
    Kind.id: _UUID,
    Kind.whole: {"type": "integer"},
    Kind.number: {"type": "number"},
    Kind.yes_no: {"type": "boolean"},
    Kind.day: _DAY,
    Kind.time: {"type": "string", "format": "date-time"},
    Kind.days: {"type": "array", "items": _DAY},
    Kind.ids: {"type": "array", "items": _UUID},
    Kind.words: {"type": "array", "items": {"type": "string"}},
    Kind.json: {"type": "array", "items": {}},
}
_HEADING = {
    "format": ({"type": "integer"}, "Rises when a table or column goes or means something else."),
    "as_at": (_DAY, "The day that present facts and figures are for, London date."),
    "exported_at": (_SHAPES[Kind.time], "When the export was made, UTC."),
    "area": ({"$ref": "#/components/schemas/PlanExportArea"}, "The area that owns the plan."),
    "journal": (
        {"$ref": "#/components/schemas/PlanExportJournal"},
        "The end of the area's journal: everything up to it is in the export.",
    ),
}


def schemas() -> dict[str, Any]:
    """The shape of the export and of a row of each of its tables, by name."""
    properties = {name: {**shape, "description": words} for name, (shape, words) in _HEADING.items()}
    for table in TABLES:
        rows = {"type": "array", "items": {"$ref": f"#/components/schemas/{_row_name(table)}"}}
        properties[table.name] = {**rows, "description": table.description}
    return {
        NAME: _object("A whole plan: its present facts and the history that they follow from.", properties),
        "PlanExportArea": _object(
            "The area of an export.",
            {
                "id": {**_UUID, "description": "Identifier of the area."},
                "name": {"type": "string", "description": "Full name of the partnership."},
            },
        ),
        "PlanExportJournal": _object(
            "Where the area's journal ended when an export was made.",
            {
                "sequence": {
                    "type": "integer",
                    "description": "Place of its newest entry: go on from here with `GET /changes?after=`.",
                },
                "head": {"type": "string", "description": "Hash of its newest entry."},
            },
        ),
        **{_row_name(table): _row(table) for table in TABLES},
    }


def _row_name(table: Table) -> str:
    return "PlanExport" + "".join(part.capitalize() for part in table.name.split("_")) + "Row"


def _row(table: Table) -> dict[str, Any]:
    return _object(f"A row: {table.description}", {column.name: _column(column) for column in table.columns})


def _column(column: Column) -> dict[str, Any]:
    shape = dict(_SHAPES[column.kind])
    if column.one_of:
        shape["enum"] = list(column.one_of)
    if not column.required and column.kind not in LISTS:
        shape = {"anyOf": [shape, {"type": "null"}]}
    return {**shape, "description": column.description}


def _object(description: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": list(properties),
    }
