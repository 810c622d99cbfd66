"""A reader of the feed of changes while 16 write, for longer, with pages of several sizes."""

import pytest

from tests.feed_readers import read_while_writing, served

WRITERS, EACH = 16, 60


@pytest.mark.long
@pytest.mark.parametrize("limit", [1, 7, 1000])
def test_a_reader_sees_every_change_exactly_once_in_order_while_16_write(
    database_kind: str, limit: int
) -> None:
    with served(database_kind) as site:
        before = len(site.journal())
        seen = read_while_writing(site, writers=WRITERS, each=EACH, limit=limit)
        journal = site.journal()
    assert len(journal) - before == WRITERS * EACH
    assert seen == journal
