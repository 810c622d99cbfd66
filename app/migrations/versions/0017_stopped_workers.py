"""A worker that stops says when, so that the last sign of any worker is known."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply this step."""
    with op.batch_alter_table("worker_heartbeats") as batch:
        batch.add_column(sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take this step back: a worker that stopped was no row before."""
    heartbeats = sa.table("worker_heartbeats", sa.column("stopped_at"))
    op.execute(heartbeats.delete().where(heartbeats.c.stopped_at.is_not(None)))
    with op.batch_alter_table("worker_heartbeats") as batch:
        batch.drop_column("stopped_at")
