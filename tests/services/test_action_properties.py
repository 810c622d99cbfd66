"""Whatever entries are recorded, in whatever order: what is read back follows from the entries alone.

Each example records a random script of entries (backdated, correcting, withdrawing, waiting for each other)
in a plan of its own. The answers are then worked out a second time from the raw entries, day by day and row
by row, by the plain loops of this file, which share nothing with the folding and counting of the service.
"""

import contextlib
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from app import db
from app.errors import ServiceError
from app.models.actions import ActionCreate
from app.models.plans import PlanCreate
from app.models.priorities import PriorityCreate
from app.models.updates import PointPlace, UpdateCreate, Withdrawal
from app.plans.statuses import FLAGS, Status, compare, deadline, flags
from app.services import actions, plans, priorities, progress, timelines, updates
from tests.factories import AT, TODAY, Cast, cast

pytestmark = pytest.mark.usefixtures("database")

DAYS = [TODAY - timedelta(days=ago) for ago in range(9, -1, -1)]
# Shrinking would play hundreds of scripts; they are short enough to be read as they are.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
EXAMPLES = {"sqlite": 25, "postgresql": 8}
ACTIONS = 3

# --- Scripts ----------------------------------------------------------------------------------------------

_day = st.sampled_from(DAYS)
_near = st.none() | st.integers(-8, 8).map(lambda ahead: DAYS[5] + timedelta(days=ahead))
_facts = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from(Status),
        "start_on": _near,
        "due_on": _near | st.just("ongoing"),
        "review_on": _near,
        "forecast_on": _near,
        "narrative": st.just("Something has happened."),
        "points": st.lists(st.tuples(st.integers(0, 1), st.integers(1, 4)), min_size=1, max_size=2),
        "depends_on": st.lists(st.integers(0, ACTIONS - 1), max_size=2, unique=True),
    },
)


class Step(NamedTuple):
    """One thing that somebody does: record facts, or take an action out of the plan or back into it."""

    what: str
    action: int
    on: date
    facts: dict[str, Any]
    corrects: int | None
    """Which of the action's entries it replaces, counted from the first one round and round."""


_steps = st.lists(
    st.builds(
        Step,
        st.sampled_from(["update"] * 6 + ["withdraw", "reinstate"]),
        st.integers(0, ACTIONS - 1),
        _day,
        _facts,
        st.none() | st.integers(0, 5),
    ),
    min_size=1,
    max_size=12,
)


class Played(NamedTuple):
    """A plan after a script: its priorities, its actions and the raw entries of each."""

    plan: UUID
    priorities: list[UUID]
    actions: list[UUID]
    entries: dict[UUID, list[dict[str, Any]]]


def play(connection: Connection, people: Cast, steps: Iterable[Step]) -> Played:
    """Record a script; a step that the rules refuse is left out."""
    who = people.editor
    number = plans.list_plans(connection, who)["total"]
    plan = plans.create_plan(connection, who, AT, PlanCreate(ref=f"P{number}", title="Plan"))["id"]
    under = [
        priorities.create_priority(
            connection, who, AT, plan, PriorityCreate(ref=f"{place}", title="Priority")
        )["id"]
        for place in (1, 2)
    ]
    made = [
        actions.create_action(
            connection,
            who,
            AT,
            plan,
            ActionCreate(
                title=f"Action {place}",
                effective_on=DAYS[place],
                points=[PointPlace(priority_id=under[place % 2], ref=f"{place}")],
            ),
        )["id"]
        for place in range(ACTIONS)
    ]
    for step in steps:
        attempt(connection, people, Played(plan, under, made, {}), step)
    return Played(plan, under, made, {one: updates.list_updates(connection, who, one) for one in made})


def attempt(connection: Connection, people: Cast, plan: Played, step: Step) -> None:
    action = plan.actions[step.action]
    try:
        with connection.begin_nested():
            if step.what == "update":
                body = _body(connection, people, plan, step)
                updates.record_update(connection, people.editor, AT, action, body)
            else:
                set_ = updates.withdraw if step.what == "withdraw" else updates.reinstate
                set_(
                    connection, people.editor, AT, action, Withdrawal(reason="Because", effective_on=step.on)
                )
    except ServiceError as error:
        event(f"refused: {error.kind}")
    else:
        event(f"recorded: {step.what}{'' if step.corrects is None else ', correcting'}")


def _body(connection: Connection, people: Cast, plan: Played, step: Step) -> UpdateCreate:
    facts = dict(step.facts)
    if "points" in facts:
        facts["points"] = [
            {"priority_id": plan.priorities[under], "ref": f"{ref}"} for under, ref in facts["points"]
        ]
    if "depends_on" in facts:
        facts["depends_on"] = [plan.actions[other] for other in facts["depends_on"]]
    if step.corrects is not None:
        known = updates.list_updates(connection, people.editor, plan.actions[step.action])
        facts["replaces"] = known[step.corrects % len(known)]["id"]
    return UpdateCreate(**facts, effective_on=step.on, reason="Because")


# --- The same, worked out plainly -------------------------------------------------------------------------


def first_due(entries: list[dict[str, Any]], standing: list[dict[str, Any]], day: date) -> str | None:
    """The due date that was told first; a correction stands where the entry stood that it corrects."""
    by_id = {entry["id"]: entry for entry in entries}
    told: list[tuple[int, str]] = []
    for entry in standing:
        due, root = entry["facts"].get("due_on"), entry
        while root["replaces"]:
            root = by_id[root["replaces"]]
        if due and due != "ongoing" and entry["effective_on"] <= day:
            told.append((root["sequence"], due))
    return min(told)[1] if told else None


def plainly(entries: list[dict[str, Any]], day: date) -> dict[str, Any] | None:
    """What the entries say about an action on a day; None when it was not there yet."""
    replaced = {entry["replaces"] for entry in entries}
    standing = [entry for entry in entries if entry["id"] not in replaced]
    standing.sort(key=lambda entry: (entry["effective_on"], entry["sequence"]))
    if standing[0]["effective_on"] > day:
        return None
    said: dict[str, Any] = {"depends_on": [], "withdrawn": False}
    completed = narrative = None
    original = first_due(entries, standing, day)
    for entry in standing:
        if entry["effective_on"] > day:
            break
        said.update(entry["facts"])
        if said["status"] != "complete":
            completed = None
        elif entry["facts"].get("completed_on"):
            completed = entry["facts"]["completed_on"]
        elif completed is None:
            completed = entry["effective_on"].isoformat()
        if entry["narrative"]:
            narrative = entry["id"]
    dates = {name: said.get(name) for name in ("start_on", "due_on", "review_on", "forecast_on")}
    return {
        "status": said["status"],
        "withdrawn": said["withdrawn"],
        "completed_on": completed,
        "original_due_on": original,
        **dates,
        "points": [(str(point["priority_id"]), point["ref"]) for point in said["points"]],
        "depends_on": said["depends_on"],
        "narrative": narrative,
        "added_on": standing[0]["effective_on"].isoformat(),
    }


def read_back(shown: dict[str, Any]) -> dict[str, Any]:
    """An answer of the service in the words of ``plainly``."""
    dates = ("completed_on", "original_due_on", "start_on", "due_on", "review_on", "forecast_on", "added_on")
    return {
        "status": shown["status"],
        "withdrawn": shown["withdrawn"],
        **{name: None if shown[name] is None else str(shown[name]) for name in dates},
        "points": [(str(point["priority_id"]), point["ref"]) for point in shown["points"]],
        "depends_on": shown["depends_on"],
        "narrative": shown["latest_update"] and shown["latest_update"]["id"],
    }


def flags_plainly(said: dict[str, Any], others: dict[str, dict[str, Any]], day: date) -> dict[str, Any]:
    """The flags by the rule itself, on one action's dates."""

    def dated(name: str) -> date | None:
        return date.fromisoformat(said[name]) if said[name] not in (None, "ongoing") else None

    waits_for = [others[one] for one in said["depends_on"] if one in others]
    found = flags(
        Status(said["status"]),
        said["withdrawn"],
        compare(
            deadline_on=deadline(dated("due_on"), said["due_on"] == "ongoing", dated("review_on")),
            original_due_on=dated("original_due_on"),
            forecast_on=dated("forecast_on"),
            start_on=dated("start_on"),
            day=day,
            open_dependency=any(one["status"] != "complete" and not one["withdrawn"] for one in waits_for),
        ),
    )
    return {name: getattr(found, name) for name in FLAGS}


def all_plainly(played: Played, day: date) -> dict[str, dict[str, Any]]:
    """Every action that was there on a day, with its flags, by id."""
    said = {str(one): plainly(played.entries[one], day) for one in played.actions}
    there = {one: facts for one, facts in said.items() if facts is not None}
    return {one: {**facts, "flags": flags_plainly(facts, there, day)} for one, facts in there.items()}


def count_plainly(found: Iterable[dict[str, Any]], priority: UUID | None) -> dict[str, Any]:
    """The figures of progress, row by row, of a plan or of one priority."""
    statuses: Counter[str] = Counter()
    points_flagged: Counter[str] = Counter()
    actions_flagged: Counter[str] = Counter()
    distinct = withdrawn = 0
    for action in found:
        places = [one for one, _ in action["points"] if priority is None or one == str(priority)]
        if action["withdrawn"]:
            withdrawn += len(places)
            continue
        distinct += bool(places)
        for flag in FLAGS:
            points_flagged[flag] += len(places) if action["flags"][flag] else 0
            actions_flagged[flag] += bool(places and action["flags"][flag])
        for _ in places:
            statuses[action["status"]] += 1
    return {
        "action_points": statuses.total(),
        "distinct_actions": distinct,
        "withdrawn": withdrawn,
        "statuses": {status.value: statuses[status] for status in Status},
        "flags": {
            flag: {"action_points": points_flagged[flag], "actions": actions_flagged[flag]}
            for flag in FLAGS
            if flag != "no_reportable_progress"
        },
    }


def counted(figures: dict[str, Any]) -> dict[str, Any]:
    """The figures of the service in the words of ``count_plainly``."""
    return {
        **{name: figures[name] for name in ("action_points", "distinct_actions", "withdrawn")},
        "statuses": {name: share["count"] for name, share in figures["statuses"].items()},
        "flags": {name: found for name, found in figures["flags"].items() if found is not None},
    }


# --- The properties ---------------------------------------------------------------------------------------


def listed(
    connection: Connection, people: Cast, played: Played, day: date, **wanted: Any
) -> list[dict[str, Any]]:
    found = actions.list_actions(
        connection, people.viewer, played.plan, today=TODAY, as_at=day, wanted=actions.Filter(**wanted)
    )
    assert found["total"] == len(found["items"])
    items: list[dict[str, Any]] = found["items"]
    return items


def an_action_reads_on_every_day_as_its_entries_say(
    connection: Connection, people: Cast, played: Played
) -> None:
    for day in DAYS:
        wanted = all_plainly(played, day)
        found = listed(connection, people, played, day)
        assert {str(one["id"]): {**read_back(one), "flags": one["flags"]} for one in found} == wanted
        for one in found:
            alone = actions.get_action(connection, people.viewer, one["id"], today=TODAY, as_at=day)
            assert alone == one


def progress_on_every_day_counts_the_actions_that_are_listed(
    connection: Connection, people: Cast, played: Played
) -> None:
    for day in DAYS:
        rows = all_plainly(played, day).values()
        found = progress.progress(connection, people.viewer, played.plan, today=TODAY, as_at=day)
        assert counted(found["overall"]) == count_plainly(rows, None)
        for figures in found["priorities"]:
            assert counted(figures) == count_plainly(rows, figures["id"])


def the_total_of_a_plan_is_the_sum_of_its_priorities(
    connection: Connection, people: Cast, played: Played
) -> None:
    for day in DAYS:
        found = progress.progress(connection, people.viewer, played.plan, today=TODAY, as_at=day)
        overall, parts = counted(found["overall"]), [counted(one) for one in found["priorities"]]
        for name in ("action_points", "withdrawn"):
            assert overall[name] == sum(part[name] for part in parts)
        for status in Status:
            assert overall["statuses"][status] == sum(part["statuses"][status] for part in parts)
        for flag in overall["flags"]:
            whole = overall["flags"][flag]["action_points"]
            assert whole == sum(part["flags"][flag]["action_points"] for part in parts)


def each_filter_finds_exactly_the_actions_that_show_it(
    connection: Connection, people: Cast, played: Played
) -> None:
    for day in DAYS[::3]:
        rows = all_plainly(played, day)

        def ids(*, of_day: date = day, **wanted: Any) -> set[str]:
            return {str(one["id"]) for one in listed(connection, people, played, of_day, **wanted)}

        for flag in FLAGS:
            assert ids(flag=flag) == {one for one, said in rows.items() if said["flags"][flag]}
        for status in Status:
            assert ids(status=status) == {one for one, said in rows.items() if said["status"] == status}
        for withdrawn in (True, False):
            wanted = {one for one, said in rows.items() if said["withdrawn"] is withdrawn}
            assert ids(withdrawn=withdrawn) == wanted
        for priority in played.priorities:
            under = {one for one, said in rows.items() if str(priority) in dict(said["points"])}
            assert ids(priority_id=priority) == under
        for ref in ("1", "2", "3"):
            with_ref = {one for one, said in rows.items() if ref in {of for _, of in said["points"]}}
            assert ids(ref=ref) == with_ref


def progress_today_is_progress_as_at_today(connection: Connection, people: Cast, played: Played) -> None:
    who, plan = people.viewer, played.plan
    today = progress.progress(connection, who, plan, today=TODAY)
    assert progress.progress(connection, who, plan, today=TODAY, as_at=TODAY) == today
    tomorrow = TODAY + timedelta(days=1)
    # Seen from the next day, today is an earlier day, and the other statement answers.
    assert progress.progress(connection, who, plan, today=tomorrow, as_at=TODAY) == today


def history_gives_the_progress_of_each_of_its_days(
    connection: Connection, people: Cast, played: Played
) -> None:
    who, plan = people.viewer, played.plan
    found = progress.history(connection, who, plan, today=TODAY, first_day=DAYS[0])
    assert [one["as_at"] for one in found["history"]] == [date(2024, 6, 30), TODAY]
    for one in found["history"]:
        then = progress.progress(connection, who, plan, today=TODAY, as_at=one["as_at"])
        assert (one["overall"], one["priorities"]) == (then["overall"], then["priorities"])


def a_ref_belongs_to_one_action_of_the_plan_on_every_day(
    connection: Connection, people: Cast, played: Played
) -> None:
    for day in DAYS:
        refs = Counter(ref for said in all_plainly(played, day).values() for _, ref in said["points"])
        assert not refs or max(refs.values()) == 1


def due_plainly(said: dict[str, Any]) -> date | None:
    due = said["review_on"] if said["due_on"] == "ongoing" else said["due_on"]
    return date.fromisoformat(due) if due and not said["withdrawn"] else None


def what_was_due_by_a_day_goes_by_that_day_and_what_is_to_come_by_the_last(
    connection: Connection, people: Cast, played: Played
) -> None:
    for last in (TODAY, DAYS[4]):
        found = timelines.timeline(connection, people.viewer, played.plan, today=TODAY, as_at=last)
        for day in (*DAYS, *(TODAY + timedelta(days=ahead) for ahead in range(1, 8))):
            wanted = sum(
                len(said["points"])
                for said in all_plainly(played, min(day, last)).values()
                if (due := due_plainly(said)) and due <= day
            )
            assert sum(count for since, count in found.due.items() if since <= day) == wanted


PROPERTIES = (
    an_action_reads_on_every_day_as_its_entries_say,
    progress_on_every_day_counts_the_actions_that_are_listed,
    the_total_of_a_plan_is_the_sum_of_its_priorities,
    each_filter_finds_exactly_the_actions_that_show_it,
    progress_today_is_progress_as_at_today,
    history_gives_the_progress_of_each_of_its_days,
    a_ref_belongs_to_one_action_of_the_plan_on_every_day,
    what_was_due_by_a_day_goes_by_that_day_and_what_is_to_come_by_the_last,
)


class _Undo(Exception):
    """Takes an example's rows back."""


def test_what_is_read_back_follows_from_the_entries_alone(database_kind: str) -> None:
    people = cast()

    @settings(max_examples=EXAMPLES[database_kind], phases=PHASES)
    @given(_steps)
    def example(steps: list[Step]) -> None:
        # One transaction an example, and taken back: recording a script is what takes the time.
        with contextlib.suppress(_Undo), db.write(people.editor) as connection:
            played = play(connection, people, steps)
            for holds in PROPERTIES:
                holds(connection, people, played)
            raise _Undo

    example()
