"""Records by the ref that people know them by: making one what a body says.

Putting the same body twice makes no second entry: what differs is worked out first, and recorded as if it had
been changed and updated by hand, with the same rules, entries and journal.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from app.access.roles import Operation, Principal
from app.clock import Moment
from app.errors import Fault, Invalid, NotFound, NothingToMatch, PreconditionRequired, invalid
from app.models.actions import ActionCreate, ActionUpdate
from app.models.base import Input
from app.models.by_ref import ActionPut, PriorityPut, RiskPut
from app.models.priorities import PriorityCreate, PriorityUpdate
from app.models.risks import AssessmentCreate, RiskCreate, RiskUpdate
from app.models.tables import registers
from app.models.updates import UpdateCreate
from app.services import (
    access,
    action_entries,
    assessments,
    entries,
    records,
    refs,
    risk_entries,
    updates,
)
from app.services import actions as actions_service
from app.services import priorities as priorities_service
from app.services import risks as risks_service
from app.services.fact_differences import differing


class Put(NamedTuple):
    """A record as it is after being put, and whether it was not there before."""

    record: dict[str, Any]
    is_new: bool


# --- Putting ----------------------------------------------------------------------------------------------


def put_priority(
    db: Connection,
    who: Principal,
    at: Moment,
    plan_id: UUID,
    ref: str,
    body: PriorityPut,
    *,
    version: int | None,
) -> Put:
    """Add the priority with this ref, or change what differs.

    Where something differs, raises PreconditionRequired without a version and PreconditionFailed at another
    one. Raises NothingToMatch for a version of one that is not there.
    """
    access.require(who, Operation.edit)
    priority_id = refs.find_priority(db, who, plan_id, ref)
    sent = body.model_dump(exclude_unset=True)
    if priority_id is None:
        _check_new(version, body, {"title": "priority"})
        new = PriorityCreate(**_given(sent), ref=ref)
        return Put(priorities_service.create_priority(db, who, at, plan_id, new), True)
    before = priorities_service.get_priority(db, who, priority_id)
    with _at(db, before, version) as put:
        put.record = priorities_service.change_priority(
            db, who, at, priority_id, PriorityUpdate(**sent), version=None
        )
    return Put(put.record, False)


def put_action(
    db: Connection,
    who: Principal,
    at: Moment,
    plan_id: UUID,
    ref: str,
    body: ActionPut,
    *,
    version: int | None,
) -> Put:
    """Add the action with this ref, or change and update what differs. Raises as ``put_priority``."""
    access.require(who, Operation.edit)
    action_id = refs.find_action(db, who, plan_id, ref, at.today)
    sent = body.model_dump(exclude_unset=True)
    sent |= _by_id(db, who, at, plan_id, ref, body)
    if action_id is None:
        _check_new(version, body, {"title": "action", "points": "action"})
        return Put(actions_service.create_action(db, who, at, plan_id, ActionCreate(**_given(sent))), True)
    before = actions_service.get_action(db, who, action_id, today=at.today)
    with _at(db, before, version) as put:
        put.record = _put_action(db, who, at, action_id, body, sent)
    return Put(put.record, False)


def _put_action(
    db: Connection, who: Principal, at: Moment, action_id: UUID, body: ActionPut, sent: Mapping[str, Any]
) -> dict[str, Any]:
    own = ActionUpdate(**_only(sent, ActionUpdate))
    shown = actions_service.change_action(db, who, at, action_id, own, version=None)
    facts = differing(
        {name: sent[name] for name in action_entries.FACTS if name in sent},
        _then(
            lambda day: actions_service.get_action(db, who, action_id, today=at.today, as_at=day), body, at
        ),
    )
    facts |= _told(sent, shown["latest_update"])
    if facts:
        update = UpdateCreate(**facts, **_given(sent, "effective_on", "reason"))
        updates.record_update(db, who, at, action_id, update)
        shown = actions_service.get_action(db, who, action_id, today=at.today)
    return shown


def put_risk(
    db: Connection,
    who: Principal,
    at: Moment,
    register_id: UUID,
    ref: str,
    body: RiskPut,
    *,
    version: int | None,
) -> Put:
    """Add the risk with this ref, or change and assess what differs. Raises as ``put_priority``."""
    access.require(who, Operation.edit)
    risk_id = refs.find_risk(db, who, register_id, ref)
    sent = body.model_dump(exclude_unset=True)
    if "priority_ref" in sent:
        sent["priority_id"] = _priority_of_register(db, who, register_id, sent.pop("priority_ref"))
    if risk_id is None:
        _check_new(version, body, {"description": "risk"})
        new = RiskCreate(**_given(sent), ref=ref)
        return Put(risks_service.create_risk(db, who, at, register_id, new), True)
    before = risks_service.get_risk(db, who, risk_id, today=at.today)
    with _at(db, before, version) as put:
        put.record = _put_risk(db, who, at, risk_id, body, sent)
    return Put(put.record, False)


def _put_risk(
    db: Connection, who: Principal, at: Moment, risk_id: UUID, body: RiskPut, sent: Mapping[str, Any]
) -> dict[str, Any]:
    own = RiskUpdate(**_only(sent, RiskUpdate))
    shown = risks_service.change_risk(db, who, at, risk_id, own, version=None)
    facts = differing(
        {name: sent[name] for name in risk_entries.FACTS if name in sent},
        _then(lambda day: risks_service.get_risk(db, who, risk_id, today=at.today, as_at=day), body, at),
    )
    facts |= _told(sent, shown["latest_narrative"])
    if facts:
        if body.reason is None:
            raise invalid("/reason", "Give a reason: this differs from how the risk is assessed.")
        assessment = AssessmentCreate(**facts, **_given(sent, "effective_on", "reason"))
        assessments.assess(db, who, at, risk_id, assessment)
        shown = risks_service.get_risk(db, who, risk_id, today=at.today)
    return shown


def _check_new(version: int | None, body: Input, needed: Mapping[str, str]) -> None:
    """Raise NothingToMatch for a version of what is not there, Invalid for what a new record needs."""
    if version is not None:
        raise NothingToMatch
    faults = [
        Fault(f"/{name}", f"Give this field: there is no {noun} with this ref yet, and a new one needs it.")
        for name, noun in needed.items()
        if getattr(body, name) is None
    ]
    if faults:
        raise Invalid(faults)


class _Putting:
    """The record as it is after being put."""

    record: dict[str, Any]


@contextmanager
def _at(db: Connection, before: dict[str, Any], version: int | None) -> Iterator[_Putting]:
    """What is done inside is kept if it changed nothing, or if ``version`` is what the record was at.

    A request that is sent again, its first answer lost, thus succeeds: all is there as it says.
    """
    put = _Putting()
    with db.begin_nested():
        yield put
        if put.record["version"] == before["version"]:
            return
        if version is None:
            raise PreconditionRequired
        records.check_version(before, version, lambda: before)


def _given(sent: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """What was sent, of all fields or of these, and is not null: a new record has nothing to clear."""
    return {name: value for name, value in sent.items() if value is not None and (not names or name in names)}


def _only(sent: Mapping[str, Any], model: type[Input]) -> dict[str, Any]:
    return {name: value for name, value in sent.items() if name in model.model_fields}


def _then(read: Callable[[date], dict[str, Any]], body: ActionPut | RiskPut, at: Moment) -> Mapping[str, Any]:
    """The record as it stood on the body's effective date; empty where it was not there yet."""
    try:
        return read(entries.effective_day(body.effective_on, at.today))
    except NotFound:
        return {}


def _told(sent: Mapping[str, Any], newest: Mapping[str, Any] | None) -> dict[str, Any]:
    """The narrative that was sent, unless it is the newest already."""
    told = sent.get("narrative")
    return {"narrative": told} if told and told != (newest or {}).get("narrative") else {}


def _by_id(
    db: Connection, who: Principal, at: Moment, plan_id: UUID, ref: str, body: ActionPut
) -> dict[str, Any]:
    """Points and dependencies by id. Raises Invalid for a ref that is not there, with its place."""
    found: dict[str, Any] = {}
    faults: list[Fault] = []
    if body.points is not None:
        found["points"] = []
        for number, point in enumerate(body.points):
            priority_id = refs.find(db, who.area_id, refs.PRIORITY, plan_id, point.priority_ref)
            if priority_id is None:
                text = f"There is no priority {point.priority_ref} in this plan."
                faults.append(Fault(f"/points/{number}/priority_ref", text))
            found["points"].append({"priority_id": priority_id, "ref": point.ref})
        if ref.strip() not in {point.ref for point in body.points}:
            faults.append(
                Fault("/points", f"Keep the ref of the address, {ref.strip()}, on one of the points.")
            )
    if body.depends_on is not None:
        wanted = [
            refs.find(db, who.area_id, refs.ACTION, plan_id, other, day=at.today) for other in body.depends_on
        ]
        faults += [
            Fault(f"/depends_on/{number}", f"There is no action {body.depends_on[number]} in this plan.")
            for number, action_id in enumerate(wanted)
            if action_id is None
        ]
        found["depends_on"] = wanted
    if faults:
        raise Invalid(faults)
    return found


def _priority_of_register(db: Connection, who: Principal, register_id: UUID, ref: str | None) -> UUID | None:
    if ref is None:
        return None
    plan_id = records.find(db, who, registers, register_id, "register")["plan_id"]
    found = refs.find(db, who.area_id, refs.PRIORITY, plan_id, ref) if plan_id else None
    if found is None:
        raise invalid("/priority_ref", f"There is no priority {ref} in the register's plan.")
    return found
