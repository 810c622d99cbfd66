"""Walking lists while 16 write, for longer."""

import pytest

from tests.feed_readers import served
from tests.list_readers import prepared, walk_while_writing
from tests.test_paging_under_writers import check_walks

WRITERS, EACH = 16, 60


@pytest.mark.long
def test_a_walk_sees_what_stayed_exactly_once_in_order_while_16_write(database_kind: str) -> None:
    with served(database_kind) as site:
        plan = prepared(site, rows=120)
        walks = walk_while_writing(site, plan, writers=WRITERS, each=EACH, limit=7)
    check_walks(plan, walks)
