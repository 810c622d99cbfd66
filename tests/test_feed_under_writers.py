"""A reader of the feed of changes, while 16 write through real web processes, misses and repeats nothing.

The long round is in tests/long/test_feed_under_writers.py.
"""

from tests.feed_readers import read_while_writing, served

WRITERS = 16


def test_a_reader_sees_every_change_exactly_once_in_order_while_16_write(database_kind: str) -> None:
    with served(database_kind) as site:
        before = len(site.journal())
        seen = read_while_writing(site, writers=WRITERS, each=6)
        journal = site.journal()
    assert len(journal) - before == WRITERS * 6
    assert [one["sequence"] for one in seen] == [one["sequence"] for one in journal]
    assert seen == journal
