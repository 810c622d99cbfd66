"""Readers of the feed of changes while 16 write, for longer, with pages of several sizes."""

import pytest

from tests.feed_readers import read_while_writing, served

WRITERS, EACH = 16, 60


@pytest.mark.long
def test_every_reader_sees_every_change_exactly_once_in_order_while_16_write(database_kind: str) -> None:
    with served(database_kind) as site:
        before = len(site.journal())
        seen = read_while_writing(site, writers=WRITERS, each=EACH, limits=(1, 7, 1000))
        journal = site.journal()
    assert len(journal) - before == WRITERS * EACH
    for read in seen:
        assert read == journal
