"""What commands begin with: the database, migrated as this version of the service needs it, and an area."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app import db, migrations
from app.access.roles import Principal
from app.cli.failures import CommandError
from app.config import MailSystem, settings
from app.errors import NotFound
from app.senders.folder import Folder
from app.services import areas as areas_service


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
    if beyond := beyond_migrating(current):
        return beyond
    found = "has no tables yet" if current is None else f"is at revision {current}, not {head}"
    return f"the database {found}: run send-tracker migrate"


def beyond_migrating(current: str | None) -> str | None:
    """Why no migration brings a database up from this revision, and what to do; None when one does."""
    if current == "":
        return "the database has tables, but does not say of which version: restore a backup of it"
    if current is not None and current > migrations.head():
        return f"the database is at revision {current}, newer than this version: install the newer version"
    return None


def area_named(slug: str | None) -> Principal:
    """The service acting in the area with this short name, or in the only one. Raises CommandError."""
    with db.read(None) as connection:
        try:
            if slug is None:
                return areas_service.only_area(connection)
            return areas_service.by_slug(connection, slug)
        except NotFound as error:
            missing = "there is not one area alone: say which one with --area"
            unknown = f"there is no area {slug}: create it with send-tracker create-area"
            raise CommandError(missing if slug is None else unknown) from error


def check_mail_folder() -> None:
    """Say so where a worker could not write messages to their folder.

    Raises CommandError where it is the setting that names such a folder; the one beside the database, which
    nobody may need, is only told of.
    """
    found = settings()
    if found.mail is not MailSystem.folder:
        return
    if fault := Folder.of(found).fault():
        if found.mail_folder:
            raise CommandError(fault)
        print(f"send-tracker: {fault}", file=sys.stderr)


def print_json(answer: dict[str, Any]) -> None:
    """Print an answer for programs."""
    print(json.dumps(answer, indent=2, ensure_ascii=False))
