"""What forms with several places or refs share: refs that were typed, faults at the field that was meant."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.errors import Fault, Invalid
from app.services import refs
from app.web.forms import Form
from app.web.presenters.action_meant import refs_typed
from app.web.visits import Visit


def ids_of(connection: Connection, visit: Visit, plan_id: UUID, form: Form) -> dict[str, UUID | None]:
    """The actions that the refs typed under "Waits for" name; None for a ref that no action has."""
    return {
        ref: refs.find_action(connection, visit.who, plan_id, ref, visit.at.today)
        for ref in refs_typed(form)[:50]
    }


@contextmanager
def at_places(fields: Sequence[str]) -> Iterator[None]:
    """Faults of the n-th point go to the field that it was typed in; empty fields are not counted."""
    try:
        yield
    except Invalid as error:
        raise Invalid([_placed(fault, fields) for fault in error.faults]) from error


def _placed(fault: Fault, fields: Sequence[str]) -> Fault:
    parts: list[Any] = fault.pointer.split("/")
    if len(parts) < 3 or parts[1] != "points" or not parts[2].isdigit() or int(parts[2]) >= len(fields):
        return fault
    return Fault(f"/{fields[int(parts[2])]}", fault.message)
