"""The index of states also holds the day from which they hold: an old day is found without reading rows."""

from collections.abc import Sequence

from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NAME = "ix_action_states_plan_id"
COLUMNS = ["plan_id", "valid_to", "ref_order", "action_id", "code", "deadline_on", "start_on", "status"]


def upgrade() -> None:
    """Apply this step."""
    op.drop_index(NAME, table_name="action_states")
    op.create_index(NAME, "action_states", [*COLUMNS, "valid_from"])


def downgrade() -> None:
    """Take this step back."""
    op.drop_index(NAME, table_name="action_states")
    op.create_index(NAME, "action_states", COLUMNS)
