"""Recipients who are removed are remembered, so that who unsubscribed is not written to when added again."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply this step."""
    with op.batch_alter_table("schedule_recipients") as batch:
        batch.add_column(sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take this step back: who was removed was no row before."""
    recipients = sa.table("schedule_recipients", sa.column("id"), sa.column("removed_at"))
    removed = sa.select(recipients.c.id).where(recipients.c.removed_at.is_not(None))
    deliveries = sa.table("run_deliveries", sa.column("recipient_id"))
    op.execute(
        deliveries.update().where(deliveries.c.recipient_id.in_(removed)).values(recipient_id=sa.null())
    )
    op.execute(recipients.delete().where(recipients.c.removed_at.is_not(None)))
    with op.batch_alter_table("schedule_recipients") as batch:
        batch.drop_column("removed_at")
