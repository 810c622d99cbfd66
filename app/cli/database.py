"""The commands migrate, demo and check."""

import sys
from argparse import Namespace
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from tqdm import tqdm

from app import db, migrations
from app import demo as sample
from app.cli import DONE, FAILED, WRONG_USE, failures
from app.cli.opening import beyond_migrating, migration_fault, opened, print_json
from app.config import settings
from app.journal.verification import verify
from app.services import checks, record_traces, traces
from app.services.stored import any_text, shortened, summed

Item = TypeVar("Item")


def migrate(_options: Namespace) -> int:
    """Bring the database up to the newest revision."""
    url = settings().database_url
    before = migrations.current(url)
    if fault := beyond_migrating(before):
        raise failures.CommandError(fault)
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

    So must every published period, from the entries before it. With ``--journal`` also whether every journal
    is as it was written. The exit code says it to programs.
    """
    if options.head and not options.journal:
        print("send-tracker check: --head needs --journal. See send-tracker check --help", file=sys.stderr)
        return WRONG_USE
    answer: dict[str, Any] = {"database": "ok", "revision": None, "head": migrations.head()}
    try:
        answer["revision"] = migrations.current(settings().database_url)
        fault = migration_fault(answer["revision"])
    except SQLAlchemyError as error:
        answer["database"] = "unreachable"
        fault = failures.explain(error)[1]
    faults = [fault] if fault else _stored_faults()
    if options.journal and not fault:
        found = _journals(options.head)
        answer |= found.answer
        faults += found.faults
    answer["faults"] = faults
    if faults and not fault:
        answer["advice"] = ADVICE
    if options.json:
        print_json(answer)
    else:
        if not faults:
            print(f"The database answers and is at revision {answer['revision']}, the newest.")
            print("Every record of plans and registers, and every entry, is what the journal tells of it.")
            print("Every state follows from its entries, every published period from those before it.")
        _print_journals(answer)
    for one in faults:
        print(f"send-tracker check: {one}", file=sys.stderr)
    if "advice" in answer:
        print(f"send-tracker check: {ADVICE}", file=sys.stderr)
    return FAILED if faults else DONE


ADVICE = (
    "What to do: keep a copy of this database, publish nothing from it, restore the newest backup that "
    "passes send-tracker check --journal, and enter again what was recorded since."
)


def _stored_faults() -> list[str]:
    """What is wrong with what is stored: altered, added or taken away outside the service."""
    with opened(), db.read(None) as reader, any_text(reader):
        entries = _counted(traces.wrong_entries(reader), "entries", traces.entry_count(reader))
        records = _counted(record_traces.wrong_records(reader), "records", record_traces.record_count(reader))
        states = _counted(checks.wrong_states(reader), "states", checks.record_count(reader))
        periods = _counted(
            checks.wrong_publications(reader), "published periods", checks.publication_count(reader)
        )
        return [
            *checks.missing_triggers(reader),
            *summed(reader, entries),
            *summed(reader, records),
            *shortened(states),
            *shortened(periods),
        ]


def _counted(items: Iterable[Item], name: str, total: int) -> Iterable[Item]:
    counted: Iterable[Item] = tqdm(
        items, desc=name, total=total, file=sys.stderr, disable=not sys.stderr.isatty(), leave=False
    )
    return counted


class _Journals(NamedTuple):
    """What ``check --journal`` adds to the answer, and the faults that it found."""

    answer: dict[str, Any]
    faults: list[str]


def _journals(known_head: str | None) -> _Journals:
    """Verify the journal of every area, and look for a head that was printed earlier."""
    key = settings().chain_key()
    shown: list[dict[str, Any]] = []
    places: list[dict[str, Any]] = []
    faults: list[str] = []
    with opened(), db.read(None) as reader, any_text(reader):
        try:
            found = checks.journals(reader)
        except ValueError:
            return _Journals({"journals": []}, ["The table areas cannot be read: an id in it is no id."])
        for one in found:
            entries = checks.journal_entries(reader, one)
            counted = _counted(entries, f"journal of {one.slug}", one.last_sequence)
            verdict = verify(counted, key, one.last_sequence, known_head)
            shown.append({"area": one.slug, "last_sequence": one.last_sequence, "head": verdict.head})
            faults += checks.journal_faults(one, verdict)
            if verdict.sought_at is not None:
                places.append({"hash": known_head, "area": one.slug, "sequence": verdict.sought_at})
    if known_head and not places:
        faults.append(f"The head {known_head} is in no journal: one was cut or written anew since.")
    answer: dict[str, Any] = {"journals": shown}
    if known_head:
        answer["known_head"] = places[0] if places else None
    return _Journals(answer, faults)


def _print_journals(answer: Mapping[str, Any]) -> None:
    for one in answer.get("journals", ()):
        print(f"The journal of {one['area']} ends at entry {one['last_sequence']}, head {one['head']}.")
    if known := answer.get("known_head"):
        print(f"The head {known['hash']} is entry {known['sequence']} of {known['area']}.")
