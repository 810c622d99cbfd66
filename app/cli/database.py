"""The commands migrate, demo and check."""

import sys
from argparse import Namespace
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from tqdm import tqdm

from app import demo as sample
from app import migrations
from app.cli import DONE, FAILED, failures
from app.cli.opening import migration_fault, opened, print_json
from app.config import settings


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
    """Say whether the database can be reached and is migrated; the exit code says it to programs."""
    answer: dict[str, Any] = {"database": "ok", "revision": None, "head": migrations.head()}
    try:
        answer["revision"] = migrations.current(settings().database_url)
        fault = migration_fault(answer["revision"])
    except SQLAlchemyError as error:
        answer["database"] = "unreachable"
        fault = failures.explain(error)[1]
    answer["faults"] = [fault] if fault else []
    if options.json:
        print_json(answer)
    elif not fault:
        print(f"The database answers and is at revision {answer['revision']}, the newest.")
    if not fault:
        return DONE
    print(f"send-tracker check: {fault}", file=sys.stderr)
    return FAILED
