"""Periods and checks."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from app.migrations import append_only

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

PROTECTED = {
    "acknowledgements": [],
    "errata": [],
    "publications": [("period_id",), ("area_id", "sequence")],
}


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "acknowledgements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("check_id", sa.String(length=60), nullable=False),
        sa.Column("subject_noun", sa.String(length=30), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_kind", sa.String(length=10), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_acknowledgements_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acknowledgements")),
    )
    with op.batch_alter_table("acknowledgements", schema=None) as batch_op:
        batch_op.create_index(
            "ix_acknowledgements_subject", ["area_id", "check_id", "subject_id"], unique=False
        )

    op.create_table(
        "periods",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ref", sa.String(length=30), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("meeting_on", sa.Date(), nullable=True),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'in_review', 'published')", name=op.f("ck_periods_state")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_periods_days_in_order")),
        sa.CheckConstraint("meeting_on >= last_day", name=op.f("ck_periods_meeting_after")),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_periods_area_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_periods_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_periods")),
        sa.UniqueConstraint("plan_id", "ref", name=op.f("uq_periods_plan_id_ref")),
    )
    with op.batch_alter_table("periods", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_periods_area_id"), ["area_id"], unique=False)
        batch_op.create_index("ix_periods_plan_id_last_day", ["plan_id", "last_day"], unique=False)

    op.create_table(
        "commentaries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("priority_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_commentaries_area_id")),
        sa.ForeignKeyConstraint(["period_id"], ["periods.id"], name=op.f("fk_commentaries_period_id")),
        sa.ForeignKeyConstraint(["priority_id"], ["priorities.id"], name=op.f("fk_commentaries_priority_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commentaries")),
    )
    with op.batch_alter_table("commentaries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_commentaries_area_id"), ["area_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_commentaries_priority_id"), ["priority_id"], unique=False)
        batch_op.create_index(
            "uq_commentaries_period",
            ["period_id"],
            unique=True,
            sqlite_where=sa.text("priority_id IS NULL"),
            postgresql_where=sa.text("priority_id IS NULL"),
        )
        batch_op.create_index("uq_commentaries_priority", ["period_id", "priority_id"], unique=True)

    op.create_table(
        "errata",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_kind", sa.String(length=10), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_errata_area_id")),
        sa.ForeignKeyConstraint(["period_id"], ["periods.id"], name=op.f("fk_errata_period_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_errata")),
    )
    with op.batch_alter_table("errata", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_errata_area_id"), ["area_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_errata_period_id"), ["period_id"], unique=False)

    op.create_table(
        "publications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("author_kind", sa.String(length=10), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_publications_area_id")),
        sa.ForeignKeyConstraint(["period_id"], ["periods.id"], name=op.f("fk_publications_period_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
        sa.UniqueConstraint("area_id", "sequence", name=op.f("uq_publications_area_id_sequence")),
        sa.UniqueConstraint("period_id", name=op.f("uq_publications_period_id")),
    )
    with op.batch_alter_table("publications", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_publications_area_id"), ["area_id"], unique=False)

    with op.batch_alter_table("plans", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cadence", sa.JSON(), nullable=True))

    for table, keys in PROTECTED.items():
        append_only.protect(op.get_bind(), table, *keys)


def downgrade() -> None:
    """Take this step back."""
    for table in PROTECTED:
        append_only.release(op.get_bind(), table)

    with op.batch_alter_table("plans", schema=None) as batch_op:
        batch_op.drop_column("cadence")

    with op.batch_alter_table("publications", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_publications_area_id"))

    op.drop_table("publications")
    with op.batch_alter_table("errata", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_errata_period_id"))
        batch_op.drop_index(batch_op.f("ix_errata_area_id"))

    op.drop_table("errata")
    with op.batch_alter_table("commentaries", schema=None) as batch_op:
        batch_op.drop_index("uq_commentaries_priority")
        batch_op.drop_index(
            "uq_commentaries_period",
            sqlite_where=sa.text("priority_id IS NULL"),
            postgresql_where=sa.text("priority_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_commentaries_priority_id"))
        batch_op.drop_index(batch_op.f("ix_commentaries_area_id"))

    op.drop_table("commentaries")
    with op.batch_alter_table("periods", schema=None) as batch_op:
        batch_op.drop_index("ix_periods_plan_id_last_day")
        batch_op.drop_index(batch_op.f("ix_periods_area_id"))

    op.drop_table("periods")
    with op.batch_alter_table("acknowledgements", schema=None) as batch_op:
        batch_op.drop_index("ix_acknowledgements_subject")

    op.drop_table("acknowledgements")
