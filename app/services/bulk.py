"""Many changes in one transaction: all of them, or none and a fault for each that cannot be made."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.access.roles import Operation, Principal
from app.clock import Moment
from app.errors import Fault, Invalid, PreconditionFailed, PreconditionRequired, ServiceError
from app.models.bulk import BulkCreate, Change
from app.services import (
    access,
    actions,
    assessments,
    by_ref,
    people,
    priorities,
    risks,
    updates,
)
from app.services.attempts import attempts

API = "/api/v1"
Outcome = tuple[dict[str, Any], bool, str]
"""What was made or changed, whether it is new, and where it is read."""
Work = Callable[[Connection, Principal, Moment, Any], Outcome]


class Refused(Invalid):
    """Some changes of a bulk cannot be made; none was."""

    def __init__(self, faults: list[Fault], refused: int, changes: int) -> None:
        super().__init__(faults)
        self.detail = (
            f"{refused} of {changes} changes cannot be made, so none was. Mend them and send all again."
        )


def run(db: Connection, who: Principal, at: Moment, body: BulkCreate) -> dict[str, Any]:
    """Make every change, or raise Refused with a fault for each that cannot be made.

    Changes after one that cannot be made are tried too, as if it had not been sent, so that one answer names
    them all. A dry run takes everything back in the end.
    """
    access.require(who, Operation.edit)
    with db.begin_nested() as whole:
        works = (partial(_made, db, who, at, change) for change in body.changes)
        results, errors = attempts(db, works)
        if errors:
            faults = [
                fault for place, error in errors.items() for fault in _faults(error, f"/changes/{place}")
            ]
            raise Refused(faults, len(errors), len(body.changes))
        if body.dry_run:
            whole.rollback()
    return {"dry_run": body.dry_run, "results": results}


def _made(db: Connection, who: Principal, at: Moment, change: Change) -> dict[str, Any]:
    found, is_new, href = WORK[change.operation](db, who, at, change)
    return {
        "operation": change.operation,
        "is_new": is_new,
        "id": found["id"],
        "version": found.get("version"),
        "href": f"{API}/{href}",
    }


def _faults(error: ServiceError, place: str) -> Iterator[Fault]:
    """What is wrong with a change, by where it stands in the body."""
    if isinstance(error, Invalid):
        for fault in error.faults:
            yield Fault(f"{place}/body{fault.pointer}", fault.message)
    elif isinstance(error, PreconditionFailed):
        text = (
            f"It would be at version {error.current['version']} by then, after the changes before it. "
            "Read it, merge your change, and send the bulk again."
        )
        yield Fault(f"{place}/version", text)
    elif isinstance(error, PreconditionRequired):
        yield Fault(f"{place}/version", "It is there already and differs: give the version that you read.")
    else:
        yield Fault(place, error.detail)


# --- The operations ---------------------------------------------------------------------------------------


def _creating(create: Callable[..., dict[str, Any]], path: str, parent: str | None = None) -> Work:
    """A new record, under the parent that the change names."""

    def work(db: Connection, who: Principal, at: Moment, change: Any) -> Outcome:
        under: tuple[UUID, ...] = (getattr(change, parent),) if parent else ()
        found = create(db, who, at, *under, change.body)
        return found, True, f"{path}/{found['id']}"

    return work


def _changing(alter: Callable[..., dict[str, Any]], path: str, name: str) -> Work:
    """A change of a record at the version that was read."""

    def work(db: Connection, who: Principal, at: Moment, change: Any) -> Outcome:
        record_id: UUID = getattr(change, name)
        found = alter(db, who, at, record_id, change.body, version=change.version_sent)
        return found, False, f"{path}/{record_id}"

    return work


def _entering(record: Callable[..., dict[str, Any]], path: str, name: str, entries: str) -> Work:
    """A dated entry on a record."""

    def work(db: Connection, who: Principal, at: Moment, change: Any) -> Outcome:
        record_id: UUID = getattr(change, name)
        found = record(db, who, at, record_id, change.body, version=change.version_sent)
        return found, True, f"{path}/{record_id}/{entries}"

    return work


def _putting(put: Callable[..., by_ref.Put], path: str, parent: str) -> Work:
    """A record by its ref."""

    def work(db: Connection, who: Principal, at: Moment, change: Any) -> Outcome:
        under: UUID = getattr(change, parent)
        found = put(db, who, at, under, change.ref, change.body, version=change.version_sent)
        return found.record, found.is_new, f"{path}/{found.record['id']}"

    return work


WORK: dict[str, Work] = {
    "create_person": _creating(people.create_person, "people"),
    "change_person": _changing(people.change_person, "people", "person_id"),
    "create_priority": _creating(priorities.create_priority, "priorities", "plan_id"),
    "change_priority": _changing(priorities.change_priority, "priorities", "priority_id"),
    "put_priority_by_ref": _putting(by_ref.put_priority, "priorities", "plan_id"),
    "create_action": _creating(actions.create_action, "actions", "plan_id"),
    "change_action": _changing(actions.change_action, "actions", "action_id"),
    "put_action_by_ref": _putting(by_ref.put_action, "actions", "plan_id"),
    "record_update": _entering(updates.record_update, "actions", "action_id", "updates"),
    "withdraw_action": _entering(updates.withdraw, "actions", "action_id", "updates"),
    "reinstate_action": _entering(updates.reinstate, "actions", "action_id", "updates"),
    "create_risk": _creating(risks.create_risk, "risks", "register_id"),
    "change_risk": _changing(risks.change_risk, "risks", "risk_id"),
    "put_risk_by_ref": _putting(by_ref.put_risk, "risks", "register_id"),
    "assess_risk": _entering(assessments.assess, "risks", "risk_id", "assessments"),
}
