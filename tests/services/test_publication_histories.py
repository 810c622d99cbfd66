"""Whatever is recorded, backdated, corrected, re-banded or re-dated later: what was published stays.

200 periods of random plans are published (60 on PostgreSQL), with random things done before, between and
after. Each answers its stored copy byte for byte, and replay of the entries before its place gives every
figure and flag in it.
"""

import contextlib
import json
from collections import Counter
from uuid import UUID

import pytest

from app import db
from app.errors import ServiceError
from app.plans.statuses import FLAGS
from app.risk.scoring import Direction
from app.services import periods, publication_differences, publications, reports
from tests.factories import Cast, cast
from tests.histories import PERIOD, History

pytestmark = pytest.mark.usefixtures("database")

WANTED = {"sqlite": 200, "postgresql": 60}
PERIODS = 8


class _Undo(Exception):
    """Takes a history's rows back."""


def play(history: History) -> dict[UUID, bytes]:
    """Some periods, each published when it is over or later, with things done all the time."""
    stored: dict[UUID, bytes] = {}
    for _ in range(PERIODS):
        history.add_period()
        history.live(days=PERIOD, steps=6)
        # At times a period is left for later, when the one after it may be published already.
        for period in history.periods:
            if period not in stored and history.random.random() < 0.8:
                with contextlib.suppress(ServiceError), history.db.begin_nested():
                    stored[period] = history.publish(period)
    history.live(days=PERIOD, steps=20)
    return stored


def everything_holds(history: History, stored: dict[UUID, bytes], seen: Counter[str]) -> None:
    who, connection = history.people.viewer, history.db
    for period, copy in stored.items():
        assert publications.content(connection, who, period) == copy
        assert publications.replayed(connection, who, period) == {"agrees": True, "differences": []}
        found = publications.differences(connection, who, period, today=history.today)
        if not found["entries"]:
            # Whatever has come to differ, some entry explains.
            shown = periods.get_period(connection, who, period)
            now = reports.of_period(connection, who, shown, today=history.today)
            assert publication_differences.figures(json.loads(copy), now) == []
        seen["differs" if found["differs"] else "is the same"] += 1
        content = json.loads(copy)
        seen["has changes"] += "changes" in content
        seen["has findings"] += "data_quality" in content
        seen["falls due"] += bool(content.get("falls_due", {}).get("actions"))
        for section in (*content["priorities"], content["general"]):
            seen.update(risk["direction"] for risk in section["risks"])
            for action in section.get("actions", ()):
                seen.update(name for name, is_set in action["flags"].items() if is_set)


def test_what_was_published_stays_and_follows_from_the_entries_before_it(database_kind: str) -> None:
    people: Cast = cast()
    published, seed, wanted = 0, 0, WANTED[database_kind]
    seen: Counter[str] = Counter(dict.fromkeys((*FLAGS, *Direction), 0))
    while published < wanted:
        seed += 1
        # One transaction a history, and taken back: recording is what takes the time.
        with contextlib.suppress(_Undo), db.write(people.admin) as connection:
            history = History(connection, people, seed)
            stored = play(history)
            everything_holds(history, stored, seen)
            published += len(stored)
            seen += history.done
            raise _Undo
    # Random is not enough: all of it must have happened.
    assert min(seen.values()) > 0, seen
    assert seen["differs"] > wanted / 4, seen
