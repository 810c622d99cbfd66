"""Which period of a plan the day of a visit lies in, for the line under the heading of every figure page."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.models.periods import PeriodState
from app.services import periods as periods_service
from app.services import publication_differences
from app.services.overview_rows import periods_on
from app.web.presenters.periods import period_line
from app.web.visits import Visit


def with_period(connection: Connection, visit: Visit, plan_id: UUID | None) -> Visit:
    """The visit with the period of a plan that its day lies in, and the last published one before that day.

    As it is where there is no plan.
    """
    if plan_id is None:
        return visit
    found = periods_on(connection, visit.who, plan_id, visit.day)
    return in_period(connection, visit, plan_id, found.on_day, found.published)


def in_period(
    connection: Connection,
    visit: Visit,
    plan_id: UUID,
    period: Mapping[str, Any] | None,
    published: date | None,
) -> Visit:
    """The visit with a period that is known already, and the last day of the last published one before."""
    line = period_line(period)
    if line is not None and period is not None and _may_differ(connection, visit, plan_id, period):
        line = line._replace(may_differ=True)
    return visit._replace(period=line, since=published)


def published_words(connection: Connection, visit: Visit, plan_id: UUID, day: date) -> str:
    """Whether the figures of a day are those of a published period that ends on it, in words; "" if of none.

    Where something was recorded since that counts by that day, they may differ from those.
    """
    found = periods_service.on_day(connection, visit.who, plan_id, day)
    if found is None or found["state"] != PeriodState.published or found["last_day"] != day:
        return ""
    if _may_differ(connection, visit, plan_id, found):
        return "as known today: the published figures may differ"
    return "published"


def _may_differ(connection: Connection, visit: Visit, plan_id: UUID, period: Mapping[str, Any]) -> bool:
    if period["state"] != PeriodState.published:
        return False
    return bool(publication_differences.may_differ(connection, visit.who, plan_id, period["id"]))
