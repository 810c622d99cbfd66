"""Recording dated entries on actions: decide by the rules first, then write entry and states."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.access.roles import Principal
from app.clock import Moment
from app.entries.fold import Entry, standing, state_as_at
from app.models.tables import (
    action_dependencies,
    action_point_states,
    action_states,
    actions,
    updates,
)
from app.plans.states import FIRST_POINT, ActionDays, OpenSpan, action_days, is_open, ref_order, settled
from app.plans.statuses import Status
from app.services import action_checks, entries, period_days, records

DATES = ("completed_on", "start_on", "review_on", "forecast_on", "impact_review_on")
FACTS = ("status", *DATES, "due_on", "path_to_green", "impact_state", "points", "depends_on")


def decode(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Stored facts as the rules take them: "ongoing" is a fact of its own beside the due date."""
    facts = dict(stored)
    for name in DATES:
        if name in facts:
            facts[name] = entries.day(facts[name])
    if "due_on" in facts:
        facts["due_ongoing"] = facts["due_on"] == "ongoing"
        facts["due_on"] = None if facts["due_ongoing"] else entries.day(facts["due_on"])
    return facts


KIND = entries.Kind(updates, "action_id", "action", decode)


def record(
    db: Connection, who: Principal, at: Moment, action: Mapping[str, Any], draft: entries.Draft
) -> dict[str, Any]:
    """Check a draft against the action's whole history, store it and work out the states again.

    Raises Invalid, with every fault found, before anything is written.
    """
    entry, tried = _record(db, who, at, action, draft)
    _project(db, action["id"], action["plan_id"], tried)
    return entry


def exchange_refs(
    db: Connection,
    who: Principal,
    at: Moment,
    drafts: Sequence[tuple[Mapping[str, Any], entries.Draft]],
) -> None:
    """Record drafts that state nothing but the points of several actions, which may take each other's refs.

    Raises Invalid as ``record`` does. What of them is opened or closed stays so: nothing that waits for one
    is worked out again.
    """
    together = frozenset(action["id"] for action, _ in drafts)
    derived: list[entries.Derived] = []
    for action, draft in drafts:
        _, tried = _record(db, who, at, action, draft, together)
        derived += derive(db, action["id"], action["plan_id"], tried)
    entries.rewrite_together(db, derived)


def _record(
    db: Connection,
    who: Principal,
    at: Moment,
    action: Mapping[str, Any],
    draft: entries.Draft,
    together: frozenset[UUID] = frozenset(),
) -> tuple[dict[str, Any], list[Entry]]:
    """Check a draft and store it; the entry, and the whole history with it. ``together`` as for ``check``."""
    stored = entries.as_entries(KIND, entries.load(db, KIND, action["id"]))
    entry_id = entries.new_entry_id()
    was = state_as_at(settled(stored), draft.effective_on) or {}
    # What the rules measure the draft against: an entry that it corrects never counted.
    others = [entry for entry in standing(stored) if entry.id != draft.replaces]
    before = state_as_at(settled(others), draft.effective_on) or {}
    published = period_days.published_on(db, draft.effective_on, plan_id=action["plan_id"])
    placed = _complete(entries.place(stored, draft, published), before)
    tried = [*stored, entries.draft_entry(KIND, placed, entry_id)]
    action_checks.check(db, action, placed, before, tried, together)
    shown_before = {name: was.get(name) for name in placed.facts if name in was}
    entry = entries.append(
        db, who, at, KIND, action["id"], placed, entry_id=entry_id, before=shown_before or None
    )
    if stored:
        records.touch(db, at, actions, action)
    return entry, tried


def _complete(draft: entries.Draft, before: Mapping[str, Any]) -> entries.Draft:
    """Add what a change of status implies: the completion date, or that there is none any more."""
    facts = dict(draft.facts)
    status = facts.get("status")
    if status is None or "completed_on" in facts:
        return draft
    was_complete = before.get("status") == Status.complete
    if status == Status.complete and not was_complete:
        facts["completed_on"] = draft.effective_on.isoformat()
    elif status != Status.complete and before.get("completed_on"):
        facts["completed_on"] = None
    return replace(draft, facts=facts)


def _project(db: Connection, action_id: UUID, plan_id: UUID, found: Sequence[Entry]) -> None:
    """Rewrite the action's states, and those of the actions that wait for it where it opened or closed."""
    gone, fresh = _write_states(db, action_id, plan_id, found)
    # What was neither taken away nor added is open in both.
    if _open(gone) == _open(fresh):
        return
    for other in db.execute(_WAITING, {"action_id": action_id}).scalars().all():
        _write_states(db, other, plan_id, entries.as_entries(KIND, entries.load(db, KIND, other)))


_WAITING = (
    select(action_dependencies.c.action_id)
    .where(action_dependencies.c.depends_on_id == bindparam("action_id"))
    .distinct()
)


def _open(rows: entries.Rows) -> set[tuple[date, date]]:
    """The spans of states in which others wait for the action."""
    return {(row["valid_from"], row["valid_to"]) for row in rows if is_open(row["status"], row["withdrawn"])}


def _open_spans(db: Connection, ids: Iterable[UUID]) -> dict[str, list[OpenSpan]]:
    spans: dict[str, list[OpenSpan]] = {str(one): [] for one in ids}
    rows = db.execute(_STATES, {"ids": [UUID(one) for one in spans]}) if spans else ()
    for row in rows:
        if is_open(row.status, row.withdrawn):
            spans[str(row.action_id)].append(OpenSpan(row.valid_from, row.valid_to))
    return spans


_OPENNESS = ("action_id", "valid_from", "valid_to", "status", "withdrawn")
_STATES = (
    select(*(action_states.c[name] for name in _OPENNESS))
    .where(action_states.c.action_id.in_(bindparam("ids", expanding=True)))
    .order_by(action_states.c.valid_from)
)


def _write_states(
    db: Connection, action_id: UUID, plan_id: UUID, found: Sequence[Entry]
) -> tuple[entries.Rows, entries.Rows]:
    """Rewrite what follows from an action's entries; the rows of its states that went, and that came."""
    states, *others = derive(db, action_id, plan_id, found)
    changed = entries.rewrite(db, states)
    for derived in others:
        entries.rewrite(db, derived)
    return changed


def derive(
    db: Connection, action_id: UUID, plan_id: UUID, found: Sequence[Entry]
) -> tuple[entries.Derived, ...]:
    """The derived rows that an action with these entries must have."""
    depended = {UUID(one) for entry in found for one in entry.facts.get("depends_on") or ()}
    days = action_days(found, _open_spans(db, depended))
    added_on = days[0].valid_from
    owner = {"action_id": action_id}
    return (
        entries.Derived(
            action_states,
            owner,
            ("action_id", "valid_from"),
            [_state_row(action_id, plan_id, added_on, day) for day in days],
        ),
        entries.Derived(
            action_point_states,
            owner,
            ("action_id", "priority_id", "valid_from"),
            [row for day in days for row in _point_rows(action_id, plan_id, day)],
        ),
        entries.Derived(
            action_dependencies,
            owner,
            ("action_id", "depends_on_id", "valid_from"),
            [row for day in days for row in _dependency_rows(action_id, day)],
        ),
    )


def _counted(day: ActionDays) -> dict[str, Any]:
    return {
        "valid_from": day.valid_from,
        "valid_to": day.valid_to,
        "code": day.code,
        "deadline_on": day.deadline_on,
        "start_on": day.facts.get("start_on"),
        "narrative_on": day.facts.get("narrative_on"),
    }


def _state_row(action_id: UUID, plan_id: UUID, added_on: date, day: ActionDays) -> dict[str, Any]:
    facts = day.facts
    first_ref = facts["points"][0]["ref"]
    plain = ("completed_on", "due_on", "review_on", "forecast_on", "impact_state", "impact_review_on")
    return {
        **_counted(day),
        **{name: facts.get(name) for name in (*plain, "path_to_green", "narrative_id")},
        "action_id": action_id,
        "plan_id": plan_id,
        "status": str(day.status),
        "withdrawn": bool(facts.get("withdrawn")),
        "due_ongoing": bool(facts.get("due_ongoing")),
        "original_due_on": day.original_due_on,
        "added_on": added_on,
        "points": list(facts["points"]),
        "depends_on": list(facts.get("depends_on") or ()),
        "ref": first_ref,
        "ref_order": ref_order(first_ref),
    }


def _point_rows(action_id: UUID, plan_id: UUID, day: ActionDays) -> Iterable[dict[str, Any]]:
    for number, point in enumerate(day.facts["points"]):
        yield {
            **_counted(day),
            "code": day.code + (0 if number else FIRST_POINT),
            "action_id": action_id,
            "plan_id": plan_id,
            "priority_id": UUID(point["priority_id"]),
            "ref": point["ref"],
            "ref_order": ref_order(point["ref"]),
        }


def _dependency_rows(action_id: UUID, day: ActionDays) -> Iterable[dict[str, Any]]:
    for other in day.facts.get("depends_on") or ():
        span = {"valid_from": day.valid_from, "valid_to": day.valid_to}
        yield {"action_id": action_id, "depends_on_id": UUID(other), **span}
