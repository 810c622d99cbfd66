"""What an entry on an action must fit: dates, reasons, action points, dependencies."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.entries.fold import Entry, State, fold
from app.errors import Fault, Invalid, invalid
from app.models.tables import action_dependencies, action_point_states, actions, priorities
from app.plans.dependencies import cycle
from app.plans.states import settled
from app.plans.statuses import Status, compare, deadline, reason_needed
from app.services import entries, ref_cases


def check(
    db: Connection,
    action: Mapping[str, Any],
    draft: entries.Draft,
    before: Mapping[str, Any],
    tried: Sequence[Entry],
    together: frozenset[UUID] = frozenset(),
) -> None:
    """Raise Invalid, with every fault, unless the action fits the rules on every day with ``draft`` in it.

    ``before`` is what held on its day without it; ``tried`` is the whole history with it. ``together`` are
    actions whose points are stated at the same time: refs that they have now are free.
    """
    days = fold(settled(tried))
    if any(not (day.facts.get("status") and day.facts.get("points")) for day in days):
        raise invalid("/replaces", "The entry that added the action needs a status and its action points.")
    after = next(day for day in days if day.valid_from <= draft.effective_on < day.valid_to).facts
    faults = [*_completion_faults(draft, after), *_date_faults(draft, days)]
    faults += _reason_faults(draft, before, after)
    if "points" in draft.facts:
        faults += _point_faults(db, action, draft.facts["points"])
    if "points" in draft.facts or draft.replaces:
        faults += _ref_faults(db, action, draft, days, together)
    if "depends_on" in draft.facts:
        faults += _dependency_faults(db, action, draft.facts["depends_on"])
    if "depends_on" in draft.facts or draft.replaces:
        faults += _cycle_faults(db, action, draft, days)
    if faults:
        raise Invalid(faults)


def _date_faults(draft: entries.Draft, days: Sequence[State]) -> Iterable[Fault]:
    for day in days:
        start, due = day.facts.get("start_on"), day.facts.get("due_on")
        if start and due and due < start:
            field = "/due_on" if "due_on" in draft.facts else "/start_on"
            when = (
                "" if day.valid_from <= draft.effective_on < day.valid_to else f", from {day.valid_from} on"
            )
            yield Fault(field, f"The due date, {due}, must not be before the start date, {start}{when}.")
            return


def _completion_faults(draft: entries.Draft, after: Mapping[str, Any]) -> Iterable[Fault]:
    if after.get("due_ongoing") and not after.get("review_on") and "review_on" in draft.facts:
        yield Fault("/review_on", "An ongoing action needs a review date.")
    if "completed_on" not in draft.facts:
        return
    completed = entries.day(draft.facts["completed_on"])
    if after["status"] == Status.complete and not completed:
        yield Fault("/completed_on", "A complete action needs a completion date.")
    if completed and after["status"] != Status.complete:
        yield Fault("/completed_on", "Only a complete action has a completion date. Leave it out.")
    start = after.get("start_on")
    # One that is done before the day on which it was to start has finished early.
    if completed and start and completed < start <= draft.effective_on:
        yield Fault("/completed_on", f"Give {start} or a later day: the action started then.")
    if completed and completed > draft.effective_on:
        yield Fault(
            "/completed_on", f"Give {draft.effective_on} or an earlier day: never after the effective date."
        )


def _reason_faults(
    draft: entries.Draft, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterable[Fault]:
    touched = {"status", "due_on", "review_on", "forecast_on"} & set(draft.facts)
    if draft.reason or not touched:
        return
    was = before.get("status")
    found = compare(
        deadline_on=deadline(after.get("due_on"), bool(after.get("due_ongoing")), after.get("review_on")),
        original_due_on=None,
        forecast_on=after.get("forecast_on"),
        start_on=after.get("start_on"),
        day=draft.effective_on,
    )
    needed = reason_needed(
        before=Status(was) if was else None, after=Status(after["status"]), comparisons_after=found
    )
    if needed:
        yield Fault("/reason", needed)


def _point_faults(db: Connection, action: Mapping[str, Any], points: Sequence[Any]) -> Iterable[Fault]:
    of_plan = set(db.execute(_PRIORITIES, {"plan_id": action["plan_id"]}).scalars())
    seen: dict[Any, str] = {}
    for number, point in enumerate(points):
        pointer = f"/points/{number}"
        priority_id, ref = UUID(str(point["priority_id"])), point["ref"]
        if priority_id not in of_plan:
            yield Fault(f"{pointer}/priority_id", "There is no such priority in this plan.")
        if priority_id in seen:
            yield Fault(f"{pointer}/priority_id", "An action stands only once under each priority.")
        if ref.lower() in seen:
            yield Fault(f"{pointer}/ref", _used(ref, seen[ref.lower()], "given under another priority too"))
        seen |= {priority_id: "", ref.lower(): ref}


def _used(ref: str, other: str, how: str = "used already in this plan") -> str:
    case = "" if ref == other else f" as {other}, which differs only in capital letters"
    return f"The ref {ref} is {how}{case}. Choose another one."


def _ref_faults(
    db: Connection,
    action: Mapping[str, Any],
    draft: entries.Draft,
    days: Sequence[State],
    together: frozenset[UUID],
) -> Iterable[Fault]:
    """A ref that another action of the plan has on the same day, also one that a correction brings back."""
    stated = [point["ref"] for point in draft.facts.get("points") or ()]
    mine = {point["ref"] for day in days for point in day.facts["points"]}
    own = {"plan_id": action["plan_id"], "action_id": action["id"]}
    if not ref_cases.has_case(mine):
        others = db.execute(_POINTS, {**own, "refs": sorted(mine)}).all()
    elif all(ref.isascii() for ref in mine):
        others = db.execute(_POINTS_LIKE, {**own, "small": ref_cases.small(mine)}).all()
    else:
        others = db.execute(_OTHER_POINTS, own).all()
    taken = {
        point["ref"]: other.ref
        for other in others
        for day in days
        for point in day.facts["points"]
        if other.action_id not in together
        and day.valid_from < other.valid_to
        and other.valid_from < day.valid_to
        and other.ref.lower() == point["ref"].lower()
    }
    for ref, other in sorted(taken.items()):
        pointer = f"/points/{stated.index(ref)}/ref" if ref in stated else "/replaces"
        yield Fault(pointer, _used(ref, other))


def _dependency_faults(
    db: Connection, action: Mapping[str, Any], depends_on: Sequence[Any]
) -> Iterable[Fault]:
    wanted = [UUID(str(other)) for other in depends_on]
    known = set(db.execute(_ACTIONS, {"plan_id": action["plan_id"], "ids": wanted}).scalars())
    for number, other in enumerate(wanted):
        if other == action["id"]:
            yield Fault(f"/depends_on/{number}", "An action cannot wait for itself.")
        elif other not in known:
            yield Fault(f"/depends_on/{number}", "There is no such action in this plan.")
        elif other in wanted[:number]:
            yield Fault(f"/depends_on/{number}", "This action is named twice.")


def _cycle_faults(
    db: Connection, action: Mapping[str, Any], draft: entries.Draft, days: Sequence[State]
) -> Iterable[Fault]:
    """A circle among the dependencies of any day, also one that a correction brings back."""
    own = {"plan_id": action["plan_id"], "action_id": action["id"]}
    rows = db.execute(_DEPENDENCIES, own).all()
    for state in days:
        mine = {UUID(other) for other in state.facts.get("depends_on") or ()} - {action["id"]}
        starts = {row.valid_from for row in rows if state.valid_from < row.valid_from < state.valid_to}
        for day in sorted({state.valid_from, *starts}) if mine else ():
            edges: dict[UUID, set[UUID]] = {action["id"]: mine}
            for row in rows:
                if row.valid_from <= day < row.valid_to:
                    edges.setdefault(row.action_id, set()).add(row.depends_on_id)
            if cycle(edges, action["id"]):
                pointer = "/depends_on" if "depends_on" in draft.facts else "/replaces"
                text = f"On {day} these actions would wait for each other in a circle. Leave one out."
                yield Fault(pointer, text)
                return


_PRIORITIES = select(priorities.c.id).where(priorities.c.plan_id == bindparam("plan_id"))
_OTHER_POINTS = select(
    *(action_point_states.c[name] for name in ("action_id", "ref", "valid_from", "valid_to"))
).where(
    action_point_states.c.plan_id == bindparam("plan_id"),
    action_point_states.c.action_id != bindparam("action_id"),
)
# Refs of figures alone, which most are, are found by the index.
_POINTS = _OTHER_POINTS.where(action_point_states.c.ref.in_(bindparam("refs", expanding=True)))
_POINTS_LIKE = _OTHER_POINTS.where(ref_cases.like(action_point_states.c.ref))
_ACTIONS = select(actions.c.id).where(
    actions.c.plan_id == bindparam("plan_id"), actions.c.id.in_(bindparam("ids", expanding=True))
)
_DEPENDENCIES = (
    select(action_dependencies)
    .join(actions, actions.c.id == action_dependencies.c.action_id)
    .where(
        actions.c.plan_id == bindparam("plan_id"), action_dependencies.c.action_id != bindparam("action_id")
    )
)


def require_evidence(links: Sequence[Any]) -> None:
    """Raise Invalid where an impact would be evidenced without evidence (domain rules, section 2)."""
    if not links:
        raise invalid("/impact_state", "Add an evidence link to the action first: evidenced needs evidence.")
