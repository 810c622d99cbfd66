"""Errors in one line that says what to do, and the exit code of each."""

from pydantic import ValidationError
from sqlalchemy.exc import ArgumentError, DBAPIError

from app.cli import FAILED, WRONG_USE
from app.errors import ServiceError

URL = "SEND_TRACKER_DATABASE_URL"
# What pydantic says as a pattern, or to programmers, by the name of the value or the kind of fault.
_ADVICE = {
    "slug": "use 1 to 40 small letters, digits and hyphens, such as north-west",
    "environment": "use demo or production",
    "today": "use a day that there is, as 2024-07-01",
    "string_too_short": "give some text",
}
_WRITABLE = "SQLite does so even to read; copy the file, with its -wal where there is one, to where it can be"


class CommandError(Exception):
    """A command that cannot go on; its words say what to do."""


class WrongUse(CommandError):
    """A command that was given something that will not do; its words say what."""


def explain(error: Exception) -> tuple[int, str]:
    """The exit code and the line for an error. Raises the error itself when it is none that we foresaw."""
    if isinstance(error, CommandError):
        return WRONG_USE if isinstance(error, WrongUse) else FAILED, _line(str(error))
    if isinstance(error, ServiceError):
        return FAILED, _line(error.detail)
    if isinstance(error, ValidationError):
        is_setting = error.title == "Settings"
        return FAILED if is_setting else WRONG_USE, _line(_invalid(error, is_setting))
    # NoSuchModuleError, for an unknown kind of database, is one of these.
    if isinstance(error, ArgumentError):
        return FAILED, f"{URL} is no address: use sqlite:///tracker.db or postgresql://user@host/name"
    if getattr(getattr(error, "orig", None), "sqlite_errorname", "").startswith("SQLITE_READONLY"):
        return FAILED, f"the file of {URL} or its folder cannot be written: {_WRITABLE}"
    if isinstance(error, DBAPIError):
        return FAILED, f"{_line(str(error.orig))}: check {URL}, and that the database can be reached"
    raise error


def _invalid(error: ValidationError, is_setting: bool) -> str:
    found = []
    for fault in error.errors(include_url=False, include_input=False):
        name = "_".join(str(part) for part in fault["loc"])
        words = _ADVICE.get(name) or _ADVICE.get(fault["type"], fault["msg"].removeprefix("Value error, "))
        if name:
            shown = f"SEND_TRACKER_{name.upper()}" if is_setting else f"--{name.replace('_', '-')}"
            words = f"{shown}: {words}"
        found.append(words)
    return "; ".join(found)


def _line(words: str) -> str:
    return (words.strip().splitlines() or ["failed"])[0]
