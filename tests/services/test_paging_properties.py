"""Walking a list while others write: what was there all the time comes once, in order, whatever happens.

A row whose place in the order changes meanwhile may come twice or not at all, but for the order by time of
change upwards, where it comes again. Each example fills a plan, walks its list page by page in some order,
and lets others add actions and change some between the pages. Nulls and equal values are as common as others.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from app.clock import Moment
from app.models.actions import ActionCreate, ActionUpdate
from app.models.base import new_id
from app.models.plans import PlanCreate
from app.models.priorities import PriorityCreate
from app.models.updates import UpdateCreate
from app.plans.statuses import Status
from app.services import actions, plans, priorities, updates
from app.services.lists import Page
from tests.factories import AT, NOW, TODAY, Cast, Shown, cast, do, make_person, see

pytestmark = pytest.mark.usefixtures("database")

PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
EXAMPLES = {"sqlite": 20, "postgresql": 6}
LEADS = ("Ann", "Bea", "bea", "Élodie", "🦉" * 150)

_place = st.integers(0, 12)
_fields = st.fixed_dictionaries(
    {
        "ref": st.integers(1, 400).map(str),
        "status": st.sampled_from(Status),
        "due": st.none() | st.just("ongoing") | st.integers(-3, 3),
        "lead": st.none() | st.sampled_from(range(len(LEADS))),
    }
)
_write = st.one_of(
    st.tuples(st.just("add"), _fields),
    st.tuples(st.just("title"), _place),
    st.tuples(st.just("status"), st.tuples(_place, st.sampled_from(Status))),
    st.tuples(st.just("lead"), st.tuples(_place, st.sampled_from(range(len(LEADS))))),
    st.tuples(st.just("due"), st.tuples(_place, st.integers(-3, 3))),
)
_scripts = st.fixed_dictionaries(
    {
        "rows": st.lists(_fields, min_size=3, max_size=9, unique_by=lambda one: one["ref"]),
        "sort": st.sampled_from(actions.SORTS),
        "descending": st.booleans(),
        "limit": st.integers(1, 4),
        "only": st.none() | st.just(frozenset({"id", "version"})),
        "between": st.lists(st.lists(_write, max_size=3), max_size=6),
    }
)


class Walked(NamedTuple):
    """What a walk saw, page by page, what was there before it, and what was touched meanwhile."""

    seen: list[Shown]
    before: list[UUID]
    touched: set[UUID]
    versions: dict[UUID, int]


class Writers:
    """Those who write between two pages, each a second later than the one before."""

    def __init__(self, people_of: Cast, priority: Shown, leads: list[UUID]) -> None:
        self.people, self.priority, self.leads = people_of, priority, leads
        self.seconds, self.touched = 0, set[UUID]()
        self.refs = set[str]()

    def write(self, what: str, given: Any, ids: list[UUID]) -> None:
        self.seconds += 1
        at = AT._replace(now=NOW + timedelta(seconds=self.seconds))
        editor = self.people.editor
        if what == "add":
            self.add(given, at)
            return
        place, value = given if isinstance(given, tuple) else (given, None)
        action_id = ids[place % len(ids)]
        self.touched.add(action_id)
        if what in ("title", "lead"):
            body = {"title": f"Told {self.seconds}"} if what == "title" else {"lead_id": self.leads[value]}
            do(
                actions.change_action,
                self.people.editor,
                action_id,
                ActionUpdate(**body),
                version=None,
                at=at,
            )
            return
        facts: dict[str, Any] = {"status": value} if what == "status" else {"due_on": _day(value)}
        body = UpdateCreate(**facts, reason="Agreed")
        do(updates.record_update, editor, action_id, body, at=at)

    def add(self, one: dict[str, Any], at: Moment = AT) -> None:
        if one["ref"] in self.refs:
            return
        self.refs.add(one["ref"])
        lead = None if one["lead"] is None else self.leads[one["lead"]]
        points = [{"priority_id": self.priority["id"], "ref": one["ref"]}]
        facts = {"due_on": _day(one["due"]), "status": one["status"], "points": points}
        body = ActionCreate(title="Agree it", lead_id=lead, reason="Agreed", **facts)
        do(actions.create_action, self.people.editor, self.priority["plan_id"], body, at=at)


def _day(days: Any) -> Any:
    return TODAY + timedelta(days=days) if isinstance(days, int) else days


def walk(people_of: Cast, leads: list[UUID], script: dict[str, Any]) -> Walked:
    """One walk through a plan of its own, while the script's writers write."""
    editor = people_of.editor
    ref = str(new_id())[:30]
    plan = do(plans.create_plan, editor, PlanCreate(ref=ref, title="Plan"))
    priority = do(priorities.create_priority, editor, plan["id"], PriorityCreate(ref="P", title="P"))
    writers = Writers(people_of, priority, leads)
    for one in script["rows"]:
        writers.add(one)
    order = {"sort": script["sort"], "descending": script["descending"]}

    def page(asked: Page, **only: Any) -> Shown:
        found: Shown = see(
            actions.list_actions, people_of.viewer, plan["id"], today=TODAY, asked=asked, **only
        )
        return found

    before = [one["id"] for one in page(Page(limit=200), **order)["items"]]
    seen: list[Shown] = []
    cursor, between = None, iter(script["between"])
    while True:
        answer = page(Page(cursor, script["limit"]), only=script["only"], **order)
        assert answer["total"] == len(page(Page(limit=200))["items"])
        seen += answer["items"]
        assert len(seen) < 200, "the walk does not end"
        cursor = answer["next"]
        if cursor is None:
            break
        for what, given_ in next(between, ()):
            writers.write(what, given_, before)
    now = {one["id"]: one["version"] for one in page(Page(limit=200))["items"]}
    return Walked(seen, before, writers.touched, now)


def played(kind: str, check: Callable[[dict[str, Any], Walked], None], **fixed: Any) -> None:
    """Play random scripts, some of it fixed, and check each walk."""
    people_of = cast()
    leads = [make_person(people_of.editor, name=name)["id"] for name in LEADS]

    @settings(max_examples=EXAMPLES[kind], phases=PHASES)
    @given(_scripts)
    def example(drawn: dict[str, Any]) -> None:
        script = {**drawn, **fixed}
        check(script, walk(people_of, leads, script))

    example()


def test_what_nobody_touched_comes_once_and_in_order(database_kind: str) -> None:
    def check(script: dict[str, Any], walked: Walked) -> None:
        # The order by ref is one that nothing here changes: then all that was there comes once.
        touched = set() if script["sort"] == "ref" else walked.touched
        kept = [one for one in walked.before if one not in touched]
        assert [one["id"] for one in walked.seen if one["id"] in kept] == kept

    played(database_kind, check)


def test_by_time_of_change_upwards_nothing_is_missed(database_kind: str) -> None:
    def check(script: dict[str, Any], walked: Walked) -> None:
        last = {one["id"]: one["version"] for one in walked.seen}
        assert last == walked.versions

    played(database_kind, check, sort="updated_at", descending=False)
