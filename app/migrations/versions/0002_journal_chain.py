"""The journal's hash chain, and triggers that keep entries as they were written."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from app.config import settings
from app.journal import chain
from app.migrations import append_only
from app.models.base import UtcDateTime

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ENTRIES = sa.table(
    "journal_entries",
    sa.column("id", sa.Uuid()),
    sa.column("area_id", sa.Uuid()),
    sa.column("sequence", sa.Integer()),
    sa.column("recorded_at", UtcDateTime()),
    sa.column("author_kind", sa.String()),
    sa.column("author_id", sa.Uuid()),
    sa.column("author_name", sa.String()),
    sa.column("noun", sa.String()),
    sa.column("subject_id", sa.Uuid()),
    sa.column("operation", sa.String()),
    sa.column("before", sa.JSON()),
    sa.column("after", sa.JSON()),
    sa.column("reason", sa.String()),
    sa.column("hash", sa.String()),
)
PROTECTED = {
    "journal_entries": [("area_id", "sequence")],
    "updates": [],
    "assessments": [],
    "management_action_updates": [],
    "matrix_versions": [],
}
AT_ONCE = 1000


def upgrade() -> None:
    """Apply this step."""
    op.add_column("journal_entries", sa.Column("hash", sa.String(length=64), nullable=True))
    connection = op.get_bind()
    for area_id in connection.execute(sa.select(ENTRIES.c.area_id).distinct()).scalars().all():
        _chain(connection, area_id)
    with op.batch_alter_table("journal_entries", schema=None) as batch_op:
        batch_op.alter_column("hash", existing_type=sa.String(length=64), nullable=False)
    for table, keys in PROTECTED.items():
        append_only.protect(connection, table, *keys)


def downgrade() -> None:
    """Take this step back."""
    connection = op.get_bind()
    for table in PROTECTED:
        append_only.release(connection, table)
    append_only.forget(connection)
    with op.batch_alter_table("journal_entries", schema=None) as batch_op:
        batch_op.drop_column("hash")


def _chain(connection: sa.Connection, area_id: UUID) -> None:
    """Hash what an area's journal holds already."""
    key, previous, last = settings().chain_key(), chain.START, 0
    read = (
        sa.select(ENTRIES)
        .where(ENTRIES.c.area_id == area_id, ENTRIES.c.sequence > sa.bindparam("last"))
        .order_by(ENTRIES.c.sequence)
        .limit(AT_ONCE)
    )
    store = (
        sa.update(ENTRIES).where(ENTRIES.c.id == sa.bindparam("entry")).values(hash=sa.bindparam("hashed"))
    )
    while rows := connection.execute(read, {"last": last}).mappings().all():
        hashed = []
        for row in rows:
            previous, last = chain.hash_of(previous, dict(row), key), row["sequence"]
            hashed.append({"entry": row["id"], "hashed": previous})
        connection.execute(store, hashed)
