"""Which period of a plan the day of a visit lies in, for the line under the heading of every figure page."""

from uuid import UUID

from sqlalchemy import Connection

from app.services import periods as periods_service
from app.web.presenters.periods import period_line
from app.web.visits import Visit


def with_period(connection: Connection, visit: Visit, plan_id: UUID | None) -> Visit:
    """The visit with the period of a plan that its day lies in; as it is where there is no plan or period."""
    if plan_id is None:
        return visit
    found = periods_service.on_day(connection, visit.who, plan_id, visit.day)
    return visit._replace(period=period_line(found))
