"""What the service looks at before it starts."""

from datetime import date

from sqlalchemy import Connection, func, select

from app.models.tables import assessments, management_action_updates, matrix_versions, updates

_DATED = (updates, assessments, management_action_updates, matrix_versions)


def newest_effective_on(db: Connection) -> date | None:
    """The latest day that any entry of any area is effective on; None while there is no entry."""
    found = (db.execute(select(func.max(table.c.effective_on))).scalar() for table in _DATED)
    return max((day for day in found if day is not None), default=None)
