"""The database of a command: opened only when it is migrated as this version of the service needs it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app import db, migrations
from app.cli.failures import CommandError
from app.config import settings


@contextmanager
def opened() -> Iterator[None]:
    """The database of the settings, open. Raises CommandError when it is not at the newest migration."""
    url = settings().database_url
    if fault := migration_fault(migrations.current(url)):
        raise CommandError(fault)
    db.open(url)
    try:
        yield
    finally:
        db.close()


def migration_fault(current: str | None) -> str | None:
    """What is wrong with the revision that a database is at, and what to do; None when nothing is."""
    head = migrations.head()
    if current == head:
        return None
    if current is not None and current > head:
        return f"the database is at revision {current}, newer than this version: install the newer version"
    found = "has no tables yet" if current is None else f"is at revision {current}, not {head}"
    return f"the database {found}: run send-tracker migrate"


def print_json(answer: dict[str, Any]) -> None:
    """Print an answer for programs."""
    print(json.dumps(answer, indent=2, ensure_ascii=False))
