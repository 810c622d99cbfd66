"""Schedules with their recipients and runs, what was sent to whom, and of what people were reminded."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply this step."""
    _create_schedules()
    _create_recipients()
    _create_runs()
    _create_deliveries()
    _create_reminded()


def downgrade() -> None:
    """Take this step back."""
    for table in ("reminded", "run_deliveries", "schedule_runs", "schedule_recipients", "schedules"):
        op.drop_table(table)


def _create_schedules() -> None:
    op.create_table(
        "schedules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("missed", sa.String(length=10), nullable=False),
        sa.Column("attachments", sa.JSON(), nullable=False),
        sa.Column("reminders", sa.JSON(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("settled_until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('summary', 'reminders')", name=op.f("ck_schedules_kind")),
        sa.CheckConstraint("missed IN ('send_late', 'skip')", name=op.f("ck_schedules_missed")),
        sa.CheckConstraint("state IN ('active', 'paused')", name=op.f("ck_schedules_state")),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_schedules_area_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_schedules_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedules")),
    )
    op.create_index(op.f("ix_schedules_area_id"), "schedules", ["area_id"])
    op.create_index(op.f("ix_schedules_plan_id"), "schedules", ["plan_id"])
    op.create_index("ix_schedules_state_settled_until", "schedules", ["state", "settled_until"])


def _create_recipients() -> None:
    op.create_table(
        "schedule_recipients",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("schedule_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=True),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("group_name", sa.String(length=120), nullable=True),
        sa.Column("unsubscribed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["schedule_id"], ["schedules.id"], name=op.f("fk_schedule_recipients_schedule_id")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_schedule_recipients_area_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_schedule_recipients_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_recipients")),
        sa.UniqueConstraint(
            "schedule_id", "address", name=op.f("uq_schedule_recipients_schedule_id_address")
        ),
    )
    op.create_index(op.f("ix_schedule_recipients_area_id"), "schedule_recipients", ["area_id"])
    op.create_index(op.f("ix_schedule_recipients_user_id"), "schedule_recipients", ["user_id"])


def _create_runs() -> None:
    op.create_table(
        "schedule_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("schedule_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("as_at", sa.Date(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("subject", sa.String(length=300), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('due', 'now', 'test')", name=op.f("ck_schedule_runs_kind")),
        sa.CheckConstraint(
            "state IN ('waiting', 'made', 'done', 'skipped')", name=op.f("ck_schedule_runs_state")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_schedule_runs_area_id")),
        sa.ForeignKeyConstraint(["schedule_id"], ["schedules.id"], name=op.f("fk_schedule_runs_schedule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_runs")),
        sa.UniqueConstraint(
            "schedule_id", "due_at", "kind", name=op.f("uq_schedule_runs_schedule_id_due_at_kind")
        ),
    )
    op.create_index("ix_schedule_runs_area_id_state", "schedule_runs", ["area_id", "state"])


def _create_deliveries() -> None:
    op.create_table(
        "run_deliveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=True),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=True),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=500), nullable=True),
        sa.Column("body", sa.JSON(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'handing_over', 'sent', 'doubtful', 'refused', 'dead', 'left_out')",
            name=op.f("ck_run_deliveries_state"),
        ),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_run_deliveries_area_id")),
        sa.ForeignKeyConstraint(["run_id"], ["schedule_runs.id"], name=op.f("fk_run_deliveries_run_id")),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["schedule_recipients.id"], name=op.f("fk_run_deliveries_recipient_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_deliveries")),
        sa.UniqueConstraint("run_id", "address", name=op.f("uq_run_deliveries_run_id_address")),
    )
    op.create_index(op.f("ix_run_deliveries_recipient_id"), "run_deliveries", ["recipient_id"])
    op.create_index("ix_run_deliveries_run_id_state", "run_deliveries", ["run_id", "state"])
    op.create_index("ix_run_deliveries_area_id_state", "run_deliveries", ["area_id", "state"])
    op.create_index("ix_run_deliveries_state", "run_deliveries", ["state"])


def _create_reminded() -> None:
    op.create_table(
        "reminded",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("mark", sa.String(length=60), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_reminded_area_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_reminded_person_id")),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name=op.f("fk_reminded_action_id")),
        sa.ForeignKeyConstraint(["run_id"], ["schedule_runs.id"], name=op.f("fk_reminded_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminded")),
        sa.UniqueConstraint(
            "person_id",
            "action_id",
            "reason",
            "mark",
            name=op.f("uq_reminded_person_id_action_id_reason_mark"),
        ),
    )
    op.create_index(op.f("ix_reminded_area_id"), "reminded", ["area_id"])
    op.create_index(op.f("ix_reminded_action_id"), "reminded", ["action_id"])
    op.create_index(op.f("ix_reminded_run_id"), "reminded", ["run_id"])
