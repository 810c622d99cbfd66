"""Walking lists while 16 write through real web processes: nothing that was there is skipped or repeated.

The long round is in tests/long/test_paging_under_writers.py.
"""

from collections import Counter

from tests.feed_readers import served
from tests.list_readers import QUERIES, Plan, Walk, prepared, walk_while_writing

WRITERS = 16


def check_walks(plan: Plan, walks: list[Walk]) -> None:
    """Every walk saw each action that stayed as it was once, in one order, and the totals rose."""
    orders: dict[str, list[str]] = {}
    for walk in walks:
        assert Counter(walk.seen) == Counter(list(plan.kept)), walk.query
        assert walk.seen == orders.setdefault(walk.query, walk.seen), walk.query
        assert walk.totals == sorted(walk.totals), walk.query
        # The order by ref is one that nobody changes: what was written to comes once as well.
        if walk.query.startswith("sort=ref"):
            assert max(Counter(walk.others).values()) == 1
            assert set(plan.written) <= set(walk.others)
    assert set(orders) == set(QUERIES)


def test_a_walk_sees_what_stayed_exactly_once_in_order_while_16_write(database_kind: str) -> None:
    with served(database_kind) as site:
        plan = prepared(site)
        walks = walk_while_writing(site, plan, writers=WRITERS, each=6)
    check_walks(plan, walks)
    grew = [walk for walk in walks if walk.totals[0] < walk.totals[-1]]
    assert grew, "nothing was added while anybody walked"
