"""A step that is taken already when its form arrives: the same form sent twice, or somebody else's step.

Only the first is "saved". The other says who took the step, from which day, and that nothing was recorded:
two people who withdraw an action have two reasons, and the second must not believe that theirs counts.
"""

from datetime import date
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from app import db
from app.errors import Conflict
from app.services import histories
from app.web.presenters.dates import long_date, recorded
from app.web.visits import Visit


class Step(Protocol):
    """What a step is sent with; today is its day where it says none."""

    @property
    def effective_on(self) -> date | None:
        """From which day it counts."""

    @property
    def reason(self) -> str | None:
        """Why."""


class Sent(NamedTuple):
    """A step whose form has no model of its own."""

    effective_on: date | None
    reason: str | None


def is_own(visit: Visit, record_id: UUID, step: Step | None) -> bool:
    """Whether the last change of a record is this very step: by the visitor, of that day, for that reason."""
    last = _last(visit, record_id)
    return last is None or _is_own(visit, last, step)


def require_own(visit: Visit, record_id: UUID, step: Step | None, *, is_now: str) -> None:
    """Raise Conflict unless the last change of a record is this very step.

    ``is_now`` says what the record is already: "The action is withdrawn".
    """
    last = _last(visit, record_id)
    if last is None or _is_own(visit, last, step):
        return
    by = "You" if last["author_id"] == visit.who.id else last["author_name"]
    since = (last["after"] or {}).get("effective_on")
    of_day = f", from {long_date(date.fromisoformat(since))} on" if since else ""
    typed = f" Your reason was not recorded: “{step.reason}”" if step and step.reason else ""
    raise Conflict(
        f"{is_now} already. {by} changed it last, {recorded(last['recorded_at'])}{of_day}. Nothing of what "
        f"you sent now was recorded.{typed}"
    )


def _last(visit: Visit, record_id: UUID) -> dict[str, Any] | None:
    with db.read(visit.who) as connection:
        return histories.last_change(connection, visit.who, record_id)


def _is_own(visit: Visit, last: dict[str, Any], step: Step | None) -> bool:
    if step is None or last["author_id"] != visit.who.id:
        return False
    day = step.effective_on or visit.at.today
    return (last["after"] or {}).get("effective_on") == day.isoformat() and last["reason"] == step.reason
