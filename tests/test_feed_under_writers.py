"""A reader of the feed of changes, while 16 write through real web processes, misses and repeats nothing.

The long round is in tests/long/test_feed_under_writers.py.
"""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event, select

from app import db
from app.models import tables
from app.services import changes_feed
from tests import factories
from tests.factories import Cast, see
from tests.feed_readers import read_while_writing, served

WRITERS = 16


def test_every_reader_sees_every_change_exactly_once_in_order_while_16_write(database_kind: str) -> None:
    with served(database_kind) as site:
        before = len(site.journal())
        seen = read_while_writing(site, writers=WRITERS, each=6)
        journal = site.journal()
    assert len(journal) - before == WRITERS * 6
    for read in seen:
        assert [one["sequence"] for one in read] == [one["sequence"] for one in journal]
        assert read == journal


@contextmanager
def written_between_queries(people: Cast) -> Iterator[list[int]]:
    """Somebody else's change is committed just before each query of the feed; how many so far."""
    written = [0]

    def write(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        is_page = "journal_entries" in statement and "LIMIT" in statement
        if statement.startswith("SELECT") and (is_page or "areas.last_sequence" in statement):
            written[0] += 1
            factories.make_person(people.editor, name=f"Lead {written[0]}")

    event.listen(Engine, "before_cursor_execute", write)
    try:
        yield written
    finally:
        event.remove(Engine, "before_cursor_execute", write)


@pytest.mark.parametrize("limit", [1, 2, 1000])
def test_what_is_committed_while_a_page_is_read_is_on_that_page_or_the_next(
    database: str, limit: int
) -> None:
    people = factories.cast()
    seen: list[int] = []
    after = 0
    with written_between_queries(people) as written:
        for _ in range(12):
            page = see(changes_feed.changes, people.viewer, after=after, limit=limit)
            seen += [one["sequence"] for one in page["items"]]
            after = page["next"]
    assert written[0] >= 24
    for page in itertools.count():
        found = see(changes_feed.changes, people.viewer, after=after, limit=1000)
        seen += [one["sequence"] for one in found["items"]]
        after = found["next"]
        if not found["more"]:
            break
        assert page < 10
    entries = tables.journal_entries.c
    with db.read(people.viewer) as reader:
        journal = select(entries.sequence).where(entries.area_id == people.viewer.area_id)
        assert seen == list(reader.execute(journal.order_by(entries.sequence)).scalars())
