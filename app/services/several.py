"""Updates of several actions in one pass: all of them are recorded, or none."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from app.access.roles import Operation, Principal
from app.clock import Moment
from app.errors import Fault, Invalid, NotAllowed, NotFound, ServiceError
from app.models.updates import UpdateCreate
from app.services import access, updates
from app.services.attempts import attempts


class ForAction(NamedTuple):
    """An update that is to be recorded, and the version of its action that was read."""

    action_id: UUID
    version: int
    body: UpdateCreate


class NoneRecorded(Invalid):
    """Some updates cannot be recorded, so none was. ``errors`` says why, by their place in what was sent."""

    def __init__(self, errors: Mapping[int, ServiceError]) -> None:
        super().__init__(Fault(f"/{place}", error.detail) for place, error in errors.items())
        self.errors = errors


def record_updates(
    db: Connection, who: Principal, at: Moment, wanted: Sequence[ForAction]
) -> list[dict[str, Any]]:
    """Record an update on each of some actions, and return the entries.

    Raises NotFound and NotAllowed as for one update: those cannot be mended by typing. Raises NoneRecorded
    with every other error, by its place in ``wanted``.
    """
    access.require(who, Operation.contribute)
    entries, errors = attempts(
        db,
        (
            partial(updates.record_update, db, who, at, one.action_id, one.body, version=one.version)
            for one in wanted
        ),
    )
    for error in errors.values():
        if isinstance(error, NotFound | NotAllowed):
            raise error
    if errors:
        raise NoneRecorded(errors)
    return entries
