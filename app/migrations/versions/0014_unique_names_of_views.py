"""A user has one view of a name, and entries that tell of deleted records are found by an index."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_DELETED = sa.text("operation = 'deleted'")
# Names that two requests gave at once before: each but the first is told apart by its id.
_RENAME = """
UPDATE saved_views SET name = substr(name, 1, 80) || ' (' || CAST(id AS TEXT) || ')'
WHERE EXISTS (
    SELECT 1 FROM saved_views other
    WHERE other.user_id = saved_views.user_id AND other.name = saved_views.name
    AND CAST(other.id AS TEXT) < CAST(saved_views.id AS TEXT)
)
"""


def upgrade() -> None:
    """Apply this step."""
    op.execute(_RENAME)
    op.create_index("uq_saved_views_user_id_name", "saved_views", ["user_id", "name"], unique=True)
    op.create_index(
        "ix_journal_entries_deleted",
        "journal_entries",
        ["area_id"],
        sqlite_where=_DELETED,
        postgresql_where=_DELETED,
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_index("ix_journal_entries_deleted", "journal_entries")
    op.drop_index("uq_saved_views_user_id_name", "saved_views")
