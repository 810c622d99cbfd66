"""The commands migrate, demo and check."""

import sys
from argparse import Namespace
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from tqdm import tqdm

from app import db, migrations
from app import demo as sample
from app.cli import DONE, FAILED, failures
from app.cli.opening import migration_fault, opened, print_json
from app.config import settings
from app.services import checks


def migrate(_options: Namespace) -> int:
    """Bring the database up to the newest revision."""
    url = settings().database_url
    before = migrations.current(url)
    migrations.upgrade(url)
    head = migrations.head()
    print(f"The database is at revision {head}" + (" already." if before == head else "."))
    return DONE


def demo(_options: Namespace) -> int:
    """Load what of the sample is missing."""
    with opened():
        loaded = sample.load(_steps)
    print(f"Loaded {', '.join(loaded)}." if loaded else "The sample is loaded already.")
    return DONE


def _steps(items: Sequence[Any], name: str) -> Iterable[Any]:
    return tqdm(items, desc=name, file=sys.stderr, disable=not sys.stderr.isatty(), leave=False)


def check(options: Namespace) -> int:
    """Say whether the database can be reached, is migrated, and holds states that follow from the entries.

    The exit code says it to programs.
    """
    answer: dict[str, Any] = {"database": "ok", "revision": None, "head": migrations.head()}
    try:
        answer["revision"] = migrations.current(settings().database_url)
        fault = migration_fault(answer["revision"])
    except SQLAlchemyError as error:
        answer["database"] = "unreachable"
        fault = failures.explain(error)[1]
    faults = [fault] if fault else _wrong_states()
    answer["faults"] = faults
    if options.json:
        print_json(answer)
    elif not faults:
        print(f"The database answers and is at revision {answer['revision']}, the newest.")
        print("Every state follows from its entries.")
    for one in faults:
        print(f"send-tracker check: {one}", file=sys.stderr)
    return FAILED if faults else DONE


def _wrong_states() -> list[str]:
    with opened(), db.read(None) as reader:
        total = checks.record_count(reader)
        found = tqdm(
            checks.wrong_states(reader),
            desc="states",
            total=total,
            file=sys.stderr,
            disable=not sys.stderr.isatty(),
            leave=False,
        )
        return [fault for fault in found if fault]
