"""How an area's pages look, its logo and its statements."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "area_settings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("brand_colour", sa.String(length=7), nullable=True),
        sa.Column("complete_colour", sa.String(length=7), nullable=True),
        sa.Column("on_target_colour", sa.String(length=7), nullable=True),
        sa.Column("delayed_colour", sa.String(length=7), nullable=True),
        sa.Column("not_started_colour", sa.String(length=7), nullable=True),
        sa.Column("logo_digest", sa.String(length=64), nullable=True),
        sa.Column("logo_type", sa.String(length=20), nullable=True),
        sa.Column("logo_width", sa.Integer(), nullable=True),
        sa.Column("logo_height", sa.Integer(), nullable=True),
        sa.Column("accessibility", sa.JSON(), nullable=True),
        sa.Column("privacy", sa.JSON(), nullable=True),
        sa.Column("look", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_area_settings_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area_settings")),
        sa.UniqueConstraint("area_id", name=op.f("uq_area_settings_area_id")),
    )
    op.create_index(op.f("ix_area_settings_area_id"), "area_settings", ["area_id"])
    op.create_table(
        "area_logos",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=20), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_area_logos_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area_logos")),
        sa.UniqueConstraint("area_id", name=op.f("uq_area_logos_area_id")),
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_table("area_logos")
    op.drop_table("area_settings")
