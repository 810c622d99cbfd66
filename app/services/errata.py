"""Errata: dated corrections beside a published period, which itself is never altered."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, insert, select

from app.access.roles import Operation, Principal
from app.clock import Moment
from app.errors import Conflict, invalid
from app.models.base import new_id
from app.models.periods import ErratumCreate, PeriodState
from app.models.tables import errata, periods
from app.services import access, journal, lists, records
from app.services import periods as periods_service

_OF_PERIOD = select(errata).where(errata.c.period_id == bindparam("of_period", type_=errata.c.period_id.type))
_LIST = _OF_PERIOD.order_by(errata.c.effective_on, errata.c.sequence)
_PAGES = lists.Listing(
    "errata",
    _OF_PERIOD,
    last=[errata.c.effective_on, errata.c.sequence],
    count_from=errata,
    filters={
        **lists.days({"effective": errata.c.effective_on}),
        "recorded_since": errata.c.recorded_at >= bindparam("recorded_since"),
    },
)
_ADD = insert(errata)


def list_errata(db: Connection, who: Principal, period_id: UUID) -> list[dict[str, Any]]:
    """The errata of a period, oldest first; none before it is published. Raises NotFound."""
    records.find(db, who, periods, period_id, "period")
    rows = db.execute(_LIST, {"of_period": period_id})
    return [dict(row._mapping) for row in rows]


def page_of_errata(
    db: Connection, who: Principal, period_id: UUID, *, asked: lists.Page = lists.FIRST_PAGE, **filters: Any
) -> dict[str, Any]:
    """A page of a period's errata, oldest first. Raises NotFound.

    ``filters`` are ``effective_before``, ``effective_after`` and ``recorded_since``.
    """
    records.find(db, who, periods, period_id, "period")
    rows, following, total = _PAGES.page(db, {"of_period": period_id}, filters, asked)
    return lists.answer(records.as_dicts(rows), following, total)


def add_erratum(
    db: Connection,
    who: Principal,
    at: Moment,
    period_id: UUID,
    body: ErratumCreate,
    *,
    version: int | None = None,
) -> dict[str, Any]:
    """Add an erratum to a published period, which gets a new version.

    Raises Conflict for another one, Invalid for a day before the publication or after today.
    """
    access.require(who, Operation.edit)
    period = periods_service.get_period(db, who, period_id)
    records.check_version(period, version, lambda: period)
    require_published(period)
    effective_on = body.effective_on or at.today
    published_on = period["published"]["on"]
    if not published_on <= effective_on <= at.today:
        raise invalid(
            "/effective_on",
            f"Give the day the period was published, {published_on}, or a later day up to today.",
        )
    erratum_id = new_id()
    values = {"period_id": period_id, "effective_on": effective_on, "text": body.text}
    sequence = journal.record(db, who, at, journal.Change("erratum", erratum_id, "created", None, values))
    row = {
        **values,
        "id": erratum_id,
        "area_id": who.area_id,
        "sequence": sequence,
        "recorded_at": at.now,
        "author_kind": who.kind,
        "author_id": who.id,
        "author_name": who.name,
    }
    db.execute(_ADD, row)
    records.touch(db, at, periods, period)
    return row


def require_published(period: Mapping[str, Any]) -> None:
    """Raise Conflict for a period that is not published: it can be changed itself."""
    if period["state"] != PeriodState.published:
        raise Conflict("The period is not published yet. Change the period itself instead.")
