"""The cadence of a plan's board, and the periods that it proposes next."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.access.roles import Operation, Principal
from app.clock import Moment
from app.errors import Fault, Invalid
from app.models.cadences import CadencePut
from app.models.tables import periods, plans
from app.plans.cadence import Cadence, CadenceKind, Days, Span, faults, proposals, span_around
from app.sentences.periods import days_in_words
from app.services import access, records
from app.services import plans as plans_service

MOST_PROPOSED = 3
FROM_CHOSEN_DAY = 12
"""So many periods are proposed from a day that somebody chooses: a year of a board that meets every month."""
_TAKEN = select(periods.c.ref, periods.c.first_day, periods.c.last_day).where(
    periods.c.plan_id == bindparam("plan_id", type_=periods.c.plan_id.type)
)


def get_cadence(
    db: Connection, who: Principal, plan_id: UUID, *, today: date, since: date | None = None
) -> dict[str, Any]:
    """The cadence of a plan, with the next periods that it proposes. Raises NotFound.

    ``since`` is a day, of whatever year, in the first period that is wanted: a board that takes the service
    up in the middle of its plan lays down its earlier periods too.
    """
    plan = plans_service.get_plan(db, who, plan_id)
    stored = plan["cadence"]
    return {
        "plan_id": plan["id"],
        "version": plan["version"],
        "kind": CadenceKind(stored["kind"]) if stored else None,
        "anchor": date.fromisoformat(stored["anchor"]) if stored else None,
        "last_days": _dates(stored, "last_days"),
        "meetings": _dates(stored, "meetings"),
        "days_before": stored.get("days_before") if stored else None,
        "meeting_days_after": stored.get("meeting_days_after") if stored else None,
        "proposed": _proposed(db, plan, _cadence(stored), today, since) if stored else [],
    }


def set_cadence(
    db: Connection, who: Principal, at: Moment, plan_id: UUID, body: CadencePut, *, version: int | None
) -> dict[str, Any]:
    """Set the cadence of a plan, which is then at a new version. Periods that exist stay as they are.

    Raises Invalid where no periods follow from it, PreconditionFailed when the plan is not at ``version``.
    """
    access.require(who, Operation.edit)
    current = plans_service.get_plan(db, who, plan_id)
    records.check_version(current, version, lambda: get_cadence(db, who, plan_id, today=at.today))
    stored = body.model_dump(mode="json", exclude_defaults=True)
    found = faults(_cadence(stored))
    if found:
        raise Invalid(Fault(fault.field, fault.message) for fault in found)
    records.change(db, who, at, plans, "plan", current, {"cadence": stored})
    return get_cadence(db, who, plan_id, today=at.today)


def _cadence(stored: Mapping[str, Any]) -> Cadence:
    return Cadence(
        CadenceKind(stored["kind"]),
        date.fromisoformat(stored["anchor"]),
        tuple(_dates(stored, "last_days")),
        tuple(_dates(stored, "meetings")),
        stored.get("days_before"),
        stored.get("meeting_days_after"),
    )


def _dates(stored: Mapping[str, Any] | None, name: str) -> list[date]:
    return [date.fromisoformat(text) for text in (stored or {}).get(name, ())]


def _proposed(
    db: Connection, plan: Mapping[str, Any], cadence: Cadence, today: date, since: date | None
) -> list[dict[str, Any]]:
    rows = db.execute(_TAKEN, {"plan_id": plan["id"]}).all()
    taken = [Days(row.first_day, row.last_day) for row in rows]
    start = min((days.first_day for days in taken), default=_start(plan, cadence, today))
    if since:
        whole = span_around(cadence, since)
        start = whole.first_day if whole else since
    refs = {row.ref for row in rows}
    found = []
    for span in proposals(cadence, taken, start, FROM_CHOSEN_DAY if since else MOST_PROPOSED):
        ref = _free_ref(span, refs)
        refs.add(ref)
        found.append({"ref": ref, "title": days_in_words(span.first_day, span.last_day), **span._asdict()})
    return found


def _start(plan: Mapping[str, Any], cadence: Cadence, today: date) -> date:
    """Where a plan without periods begins: with the last one that is over, which the board meets about next.

    Not before the plan does.
    """
    present = span_around(cadence, today)
    begins = present.first_day if present else today
    over = span_around(cadence, begins - timedelta(days=1))
    first: date = over.first_day if over else begins
    starts_on: date | None = plan["starts_on"]
    return max(first, starts_on) if starts_on else first


def _free_ref(span: Span, refs: Iterable[str]) -> str:
    """The month of the last day, or that day itself where another period has the month for its ref."""
    wanted = f"{span.last_day:%Y-%m}"
    return wanted if wanted not in refs else span.last_day.isoformat()
