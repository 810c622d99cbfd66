"""What the journal's hash chain costs: verifying 100,000 entries, and writing one.

    python -m bench.journal [ENTRIES]

On both databases; the entries are written by the chain's own functions, in bulk.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sqlalchemy import insert, update

from app import clock, db, migrations
from app.access.roles import Principal
from app.config import settings
from app.journal import chain
from app.models.areas import AreaBase
from app.models.base import new_id
from app.models.tables import areas, journal_entries
from app.services import areas as areas_service
from app.services import journal
from bench import servers, template

ENTRIES = 100_000
AT_ONCE = 5000
WRITES = 2000
AFTER = {"status": "delayed", "effective_on": "2024-06-26", "narrative": template.PROSE, "forecast_on": None}
BEFORE = {"status": "on_target", "forecast_on": "2024-06-30"}


def fill(who: Principal, number: int) -> None:
    """Write entries up to this number to an area's journal, chained as the service chains them."""
    key, previous = settings().chain_key(), ""
    with db.write(who) as connection:
        previous = journal.head(connection, who)
        rows: list[dict[str, Any]] = []
        for sequence in range(2, number + 1):
            row: dict[str, Any] = {
                "id": new_id(),
                "area_id": who.area_id,
                "sequence": sequence,
                "recorded_at": clock.now(),
                "author_kind": "user",
                "author_id": who.area_id,
                "author_name": "Programme lead",
                "noun": "action",
                "subject_id": who.area_id,
                "operation": "updated",
                "before": BEFORE,
                "after": AFTER,
                "reason": "Told for the benchmarks",
            }
            previous = row["hash"] = chain.hash_of(previous, row, key)
            rows.append(row)
            if len(rows) == AT_ONCE or sequence == number:
                connection.execute(insert(journal_entries), rows)
                rows = []
        connection.execute(update(areas).where(areas.c.id == who.area_id).values(last_sequence=number))


def per_write(who: Principal) -> dict[str, float]:
    """Microseconds of processor time: the chain alone for one entry, and ``journal.record`` with it."""
    change = journal.Change("action", who.area_id, "updated", BEFORE, AFTER, "Told for the benchmarks")
    at = clock.moment()
    row = dict.fromkeys(chain.HASHED) | {
        "id": new_id(),
        "area_id": who.area_id,
        "recorded_at": at.now,
        "before": BEFORE,
        "after": AFTER,
    }
    key = settings().chain_key()
    found = {"chain": _microseconds(lambda: chain.hash_of(chain.START, row, key))}
    with db.write(who) as connection:
        found["record"] = _microseconds(lambda: journal.record(connection, who, at, change))
    return found


def _microseconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    for _ in range(WRITES):
        work()
    return round((time.process_time() - begun) / WRITES * 1e6, 1)


def measure(url: str, number: int) -> dict[str, Any]:
    """Fill a journal, let the command verify it, and time single writes."""
    with template.opened(url):
        migrations.upgrade(url)
        with db.write(None) as connection:
            who = areas_service.create_area(connection, clock.moment(), AreaBase(slug="north", name="North"))
        fill(who, number)
    begun, used = time.perf_counter(), os.times()
    answer = json.loads(servers.command(url, "check", "--journal", "--json"))
    seconds, spent = time.perf_counter() - begun, os.times()
    processor = spent.children_user + spent.children_system - used.children_user - used.children_system
    if answer["faults"] or answer["journals"][0]["last_sequence"] != number:
        raise RuntimeError(f"the journal does not fit: {answer}")
    with template.opened(url):
        return {
            "entries": number,
            "check_seconds": round(seconds, 2),
            "check_processor_seconds": round(processor, 2),
            "microseconds": per_write(who),
        }


def databases() -> Iterator[tuple[str, str]]:
    """The name and URL of an empty database of each kind."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="send-tracker-journal-")))
        yield "sqlite", f"sqlite:///{folder / 'tracker.db'}"
        folder.chmod(0o711)
        server = stack.enter_context(servers.postgresql_server(folder / "postgresql"))
        yield "postgresql", server.create("journal")


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES
    print(json.dumps({name: measure(url, wanted) for name, url in databases()}, indent=2))
