"""A whole plan for other systems: its present facts and the history that they follow from.

The rows are read while they are written, in one snapshot, so that the memory needed does not grow with the
plan; nothing of another plan or area is in them but people whom the plan names.
"""

import hashlib
from uuid import UUID

from sqlalchemy import Connection, select

from app.access.roles import Principal
from app.clock import Moment
from app.models.tables import areas
from app.services import journal, plans
from app.services.export_plan import plan_rows
from app.services.export_risks import risk_tables
from app.transfer.plan_export import FORMAT, TABLES, Export, Heading


def export_plan(db: Connection, who: Principal, plan_id: UUID, *, at: Moment) -> Export:
    """Everything of a plan as at today. Raises NotFound, also for a plan of another area.

    The rows are read when the export is written, so that must happen before the transaction ends.
    """
    plan = plans.get_plan(db, who, plan_id)
    last = select(areas.c.last_sequence).where(areas.c.id == who.area_id)
    heading = Heading(
        plan_ref=plan["ref"],
        plan_title=plan["title"],
        area_id=who.area_id,
        area_name=who.area_name,
        as_at=at.today,
        exported_at=at.now,
        sequence=db.execute(last).scalar_one(),
        head=journal.head(db, who),
    )
    rows = {**plan_rows(db, who, plan, at.today), **risk_tables(db, who, plan_id, at.today)}
    assert rows.keys() == {table.name for table in TABLES}
    return Export(heading, rows)


def digest(export: Export, plan_id: UUID) -> str:
    """The same for the same content: everything in an export follows from the journal and the day."""
    heading = export.heading
    told = f"{FORMAT} {plan_id} {heading.as_at} {heading.sequence} {heading.head}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]
