"""A small reader of CSV on the Web: every cell as its datatype says, every key kept. Raises Fault.

Written from the W3C texts (tabular data model, metadata vocabulary), not from what writes the files.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any


class Fault(Exception):
    """The files are not what their description says."""


Rows = list[dict[str, Any]]


def read(archive: bytes) -> tuple[dict[str, Any], dict[str, Rows]]:
    """The description, and the typed rows of each file by its name."""
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        if packed.testzip() is not None:
            raise Fault("the archive is damaged")
        files = {name: packed.read(name) for name in packed.namelist()}
    group = json.loads(files.pop("csv-metadata.json"))
    described = {table["url"] for table in group["tables"]}
    if described != files.keys():
        raise Fault(f"described and not there, or there and not described: {described ^ files.keys()}")
    found = {table["url"]: _rows(table, group["dialect"], files[table["url"]]) for table in group["tables"]}
    for table in group["tables"]:
        _check_keys(table, found)
    return group, found


def _rows(table: Mapping[str, Any], dialect: Mapping[str, Any], content: bytes) -> Rows:
    columns = table["tableSchema"]["columns"]
    if content.startswith(b"\xef\xbb\xbf"):
        raise Fault(f"{table['url']} begins with a byte order mark")
    if not content.endswith(b"\r\n"):
        raise Fault(f"{table['url']} does not end in a line")
    text = io.StringIO(content.decode(dialect["encoding"]), newline="")
    lines = csv.reader(text, delimiter=dialect["delimiter"], quotechar=dialect["quoteChar"], strict=True)
    header = next(lines)
    if [one for column, one in zip(columns, header, strict=True) if one not in column["titles"]]:
        raise Fault(f"{table['url']} has the header {header}")
    rows = []
    for number, line in enumerate(lines, start=2):
        if len(line) != len(columns):
            raise Fault(f"{table['url']}:{number} has {len(line)} cells")
        rows.append(
            {
                column["name"]: _cell(column, text, f"{table['url']}:{number} {column['name']}")
                for column, text in zip(columns, line, strict=True)
            }
        )
    return rows


def _cell(column: Mapping[str, Any], text: str, where: str) -> Any:
    if "separator" in column:
        parts = text.split(column["separator"]) if text else []
        return [_value(column["datatype"], part, where) for part in parts]
    if text == "":
        if column["required"]:
            raise Fault(f"{where} is empty")
        return None
    return _value(column["datatype"], text, where)


_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def _value(datatype: Any, text: str, where: str) -> Any:
    base = datatype if isinstance(datatype, str) else datatype["base"]
    pattern = None if isinstance(datatype, str) else datatype.get("format")
    if base == "string":
        if pattern is not None and not re.fullmatch(pattern, text):
            raise Fault(f"{where} is {text!r}, not {pattern}")
        return text
    if base == "boolean":
        true, false = pattern.split("|")
        if text not in (true, false):
            raise Fault(f"{where} is {text!r}, not a boolean")
        return text == true
    try:
        return _READERS[base](text)
    except ValueError as error:
        raise Fault(f"{where} is {text!r}, not a {base}") from error


def _integer(text: str) -> int:
    if not re.fullmatch(r"[+-]?\d+", text, re.ASCII):
        raise ValueError
    return int(text)


def _number(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise ValueError
    return float(text)


def _day(text: str) -> str:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise ValueError
    return date.fromisoformat(text).isoformat()


def _time(text: str) -> str:
    if not _TIME.fullmatch(text):
        raise ValueError
    datetime.fromisoformat(text)
    return text


_READERS = {"integer": _integer, "number": _number, "date": _day, "datetime": _time, "json": json.loads}


def _check_keys(table: Mapping[str, Any], found: Mapping[str, Rows]) -> None:
    schema, rows = table["tableSchema"], found[table["url"]]
    own = [tuple(row[name] for name in schema["primaryKey"]) for row in rows]
    if len(set(own)) != len(own):
        raise Fault(f"{table['url']} has a primary key twice")
    if any(value is None for key in own for value in key):
        raise Fault(f"{table['url']} has an empty primary key")
    for key in schema.get("foreignKeys", ()):
        target = key["reference"]["resource"]
        there = [row[key["reference"]["columnReference"]] for row in found[target]]
        if len(set(there)) != len(there):
            raise Fault(f"{table['url']} points to what is not unique in {target}")
        wanted = {row[key["columnReference"]] for row in rows} - {None}
        if wanted - set(there):
            raise Fault(f"{table['url']} {key['columnReference']} points to what is not in {target}")
