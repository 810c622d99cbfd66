"""An area's own template for reports in Word."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply this step."""
    with op.batch_alter_table("area_settings") as batch:
        batch.add_column(sa.Column("template_digest", sa.String(length=64), nullable=True))
        batch.add_column(sa.Column("template_size", sa.Integer(), nullable=True))
    op.create_table(
        "area_templates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_area_templates_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area_templates")),
        sa.UniqueConstraint("area_id", name=op.f("uq_area_templates_area_id")),
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_table("area_templates")
    with op.batch_alter_table("area_settings") as batch:
        batch.drop_column("template_size")
        batch.drop_column("template_digest")
