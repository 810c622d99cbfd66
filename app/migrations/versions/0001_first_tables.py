"""First tables."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "areas",
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("last_sequence", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_areas")),
        sa.UniqueConstraint("slug", name=op.f("uq_areas_slug")),
    )
    op.create_table(
        "clients",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.String(length=60), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_clients_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clients")),
    )
    with op.batch_alter_table("clients", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clients_area_id"), ["area_id"], unique=False)

    op.create_table(
        "journal_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_kind", sa.String(length=10), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.Column("noun", sa.String(length=30), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("operation", sa.String(length=30), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_journal_entries_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entries")),
        sa.UniqueConstraint("area_id", "sequence", name=op.f("uq_journal_entries_area_id_sequence")),
    )
    with op.batch_alter_table("journal_entries", schema=None) as batch_op:
        batch_op.create_index(
            "ix_journal_entries_subject_id_sequence", ["subject_id", "sequence"], unique=False
        )

    op.create_table(
        "people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("organisation", sa.String(length=300), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_people_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
    )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_area_id"), ["area_id"], unique=False)
        batch_op.create_index("ix_people_area_id_id", ["area_id", "id"], unique=False)

    op.create_table(
        "plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ref", sa.String(length=30), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('priority_action_plan', 'written_statement_of_action', 'improvement_plan', 'reform_plan', 'grant_programme')",
            name=op.f("ck_plans_kind"),
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_plans_dates_in_order")),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_plans_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
        sa.UniqueConstraint("area_id", "ref", name=op.f("uq_plans_area_id_ref")),
    )
    with op.batch_alter_table("plans", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plans_area_id"), ["area_id"], unique=False)

    op.create_table(
        "access_tokens",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("scopes", sa.String(length=60), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_access_tokens_client_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_access_tokens")),
    )
    with op.batch_alter_table("access_tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_access_tokens_client_id"), ["client_id"], unique=False)

    op.create_table(
        "actions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("responsible_body", sa.String(length=300), nullable=True),
        sa.Column("phase", sa.String(length=300), nullable=True),
        sa.Column("success_measure", sa.String(), nullable=True),
        sa.Column("expected_impact", sa.String(), nullable=True),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.Column("evidence_links", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_actions_area_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["people.id"], name=op.f("fk_actions_lead_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_actions_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actions")),
    )
    with op.batch_alter_table("actions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_actions_area_id"), ["area_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_actions_lead_id"), ["lead_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_actions_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "priorities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ref", sa.String(length=30), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("statement", sa.String(length=10000), nullable=True),
        sa.Column("responsible_bodies", sa.String(length=300), nullable=True),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sro_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_priorities_area_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_priorities_plan_id")),
        sa.ForeignKeyConstraint(["sro_id"], ["people.id"], name=op.f("fk_priorities_sro_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_priorities")),
        sa.UniqueConstraint("plan_id", "ref", name=op.f("uq_priorities_plan_id_ref")),
    )
    with op.batch_alter_table("priorities", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_priorities_area_id"), ["area_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_priorities_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "registers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ref", sa.String(length=30), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_registers_area_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_registers_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registers")),
        sa.UniqueConstraint("area_id", "ref", name=op.f("uq_registers_area_id_ref")),
    )
    with op.batch_alter_table("registers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registers_area_id"), ["area_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_registers_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("link_hash", sa.String(), nullable=True),
        sa.Column("link_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('viewer', 'contributor', 'editor', 'admin')", name=op.f("ck_users_role")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_users_area_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_users_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_users_link_hash")),
        sa.UniqueConstraint("person_id", name=op.f("uq_users_person_id")),
    )
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_users_area_id"), ["area_id"], unique=False)

    op.create_table(
        "action_co_leads",
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name=op.f("fk_action_co_leads_action_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_action_co_leads_person_id")),
        sa.PrimaryKeyConstraint("action_id", "person_id", name=op.f("pk_action_co_leads")),
    )
    with op.batch_alter_table("action_co_leads", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_action_co_leads_person_id"), ["person_id"], unique=False)

    op.create_table(
        "action_dependencies",
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("depends_on_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.CheckConstraint("action_id <> depends_on_id", name=op.f("ck_action_dependencies_other")),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_action_dependencies_span")),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name=op.f("fk_action_dependencies_action_id")),
        sa.ForeignKeyConstraint(
            ["depends_on_id"], ["actions.id"], name=op.f("fk_action_dependencies_depends_on_id")
        ),
        sa.PrimaryKeyConstraint(
            "action_id", "depends_on_id", "valid_from", name=op.f("pk_action_dependencies")
        ),
    )
    with op.batch_alter_table("action_dependencies", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_action_dependencies_depends_on_id"), ["depends_on_id"], unique=False
        )

    op.create_table(
        "action_point_states",
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("code", sa.Integer(), nullable=False),
        sa.Column("deadline_on", sa.Date(), nullable=True),
        sa.Column("start_on", sa.Date(), nullable=True),
        sa.Column("narrative_on", sa.Date(), nullable=True),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("priority_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("ref_order", sa.String(), nullable=False),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_action_point_states_span")),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name=op.f("fk_action_point_states_action_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_action_point_states_plan_id")),
        sa.ForeignKeyConstraint(
            ["priority_id"], ["priorities.id"], name=op.f("fk_action_point_states_priority_id")
        ),
        sa.PrimaryKeyConstraint(
            "action_id", "priority_id", "valid_from", name=op.f("pk_action_point_states")
        ),
    )
    with op.batch_alter_table("action_point_states", schema=None) as batch_op:
        batch_op.create_index(
            "ix_action_point_states_count",
            [
                "plan_id",
                "valid_to",
                "priority_id",
                "code",
                "valid_from",
                "deadline_on",
                "start_on",
                "narrative_on",
            ],
            unique=False,
        )
        batch_op.create_index(
            "ix_action_point_states_priority_id",
            ["priority_id", "valid_to", "ref_order", "action_id"],
            unique=False,
        )
        batch_op.create_index(
            "uq_action_point_states_ref",
            ["plan_id", "ref"],
            unique=True,
            sqlite_where=sa.text("valid_to = '9999-12-31'"),
            postgresql_where=sa.text("valid_to = DATE '9999-12-31'"),
        )

    op.create_table(
        "matrix_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("register_id", sa.Uuid(), nullable=False),
        sa.Column("matrix_version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("likelihood_labels", sa.JSON(), nullable=False),
        sa.Column("impact_labels", sa.JSON(), nullable=False),
        sa.Column("bands", sa.JSON(), nullable=False),
        sa.CheckConstraint("kind IN ('scored', 'named')", name=op.f("ck_matrix_versions_kind")),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_matrix_versions_area_id")),
        sa.ForeignKeyConstraint(
            ["register_id"], ["registers.id"], name=op.f("fk_matrix_versions_register_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matrix_versions")),
        sa.UniqueConstraint(
            "register_id", "matrix_version", name=op.f("uq_matrix_versions_register_id_matrix_version")
        ),
    )
    with op.batch_alter_table("matrix_versions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matrix_versions_area_id"), ["area_id"], unique=False)

    op.create_table(
        "risks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ref", sa.String(length=30), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("effect", sa.String(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("treatment", sa.String(length=10), nullable=True),
        sa.Column("sro_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("register_id", sa.Uuid(), nullable=False),
        sa.Column("ref_order", sa.String(), nullable=False),
        sa.CheckConstraint(
            "treatment IN ('tolerate', 'treat', 'transfer', 'terminate')", name=op.f("ck_risks_treatment")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_risks_area_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_risks_owner_id")),
        sa.ForeignKeyConstraint(["register_id"], ["registers.id"], name=op.f("fk_risks_register_id")),
        sa.ForeignKeyConstraint(["sro_id"], ["people.id"], name=op.f("fk_risks_sro_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risks")),
        sa.UniqueConstraint("register_id", "ref", name=op.f("uq_risks_register_id_ref")),
    )
    with op.batch_alter_table("risks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_risks_area_id"), ["area_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_risks_register_id"), ["register_id"], unique=False)

    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_user_id"), ["user_id"], unique=False)

    op.create_table(
        "updates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_kind", sa.String(length=10), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.Column("operation", sa.String(length=20), nullable=False),
        sa.Column("narrative", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("backdated", sa.Boolean(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("replaces", sa.Uuid(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "operation IN ('added', 'updated', 'withdrawn', 'reinstated')", name=op.f("ck_updates_operation")
        ),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name=op.f("fk_updates_action_id")),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_updates_area_id")),
        sa.ForeignKeyConstraint(["replaces"], ["updates.id"], name=op.f("fk_updates_replaces")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_updates")),
        sa.UniqueConstraint("replaces", name=op.f("uq_updates_replaces")),
    )
    with op.batch_alter_table("updates", schema=None) as batch_op:
        batch_op.create_index("ix_updates_action_id_sequence", ["action_id", "sequence"], unique=False)
        batch_op.create_index(batch_op.f("ix_updates_area_id"), ["area_id"], unique=False)

    op.create_table(
        "action_states",
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("code", sa.Integer(), nullable=False),
        sa.Column("deadline_on", sa.Date(), nullable=True),
        sa.Column("start_on", sa.Date(), nullable=True),
        sa.Column("narrative_on", sa.Date(), nullable=True),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_ongoing", sa.Boolean(), nullable=False),
        sa.Column("original_due_on", sa.Date(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("forecast_on", sa.Date(), nullable=True),
        sa.Column("impact_state", sa.String(length=20), nullable=True),
        sa.Column("impact_review_on", sa.Date(), nullable=True),
        sa.Column("path_to_green", sa.String(), nullable=True),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("depends_on", sa.JSON(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("ref_order", sa.String(), nullable=False),
        sa.Column("narrative_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "impact_state IN ('not_yet_due', 'evidenced', 'not_evidenced')",
            name=op.f("ck_action_states_impact_state"),
        ),
        sa.CheckConstraint(
            "status IN ('complete', 'on_target', 'delayed', 'not_started')",
            name=op.f("ck_action_states_status"),
        ),
        sa.CheckConstraint("NOT (due_ongoing AND due_on IS NOT NULL)", name=op.f("ck_action_states_due")),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_action_states_span")),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name=op.f("fk_action_states_action_id")),
        sa.ForeignKeyConstraint(["narrative_id"], ["updates.id"], name=op.f("fk_action_states_narrative_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_action_states_plan_id")),
        sa.PrimaryKeyConstraint("action_id", "valid_from", name=op.f("pk_action_states")),
    )
    with op.batch_alter_table("action_states", schema=None) as batch_op:
        batch_op.create_index("ix_action_states_action_id", ["action_id", "valid_to"], unique=False)
        batch_op.create_index(
            "ix_action_states_plan_id",
            ["plan_id", "valid_to", "ref_order", "action_id", "code", "deadline_on", "start_on", "status"],
            unique=False,
        )

    op.create_table(
        "assessments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_kind", sa.String(length=10), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.Column("operation", sa.String(length=20), nullable=False),
        sa.Column("narrative", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("backdated", sa.Boolean(), nullable=False),
        sa.Column("risk_id", sa.Uuid(), nullable=False),
        sa.Column("replaces", sa.Uuid(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "operation IN ('added', 'assessed', 'accepted', 'materialised', 'closed', 'reopened')",
            name=op.f("ck_assessments_operation"),
        ),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_assessments_area_id")),
        sa.ForeignKeyConstraint(["replaces"], ["assessments.id"], name=op.f("fk_assessments_replaces")),
        sa.ForeignKeyConstraint(["risk_id"], ["risks.id"], name=op.f("fk_assessments_risk_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessments")),
        sa.UniqueConstraint("replaces", name=op.f("uq_assessments_replaces")),
    )
    with op.batch_alter_table("assessments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assessments_area_id"), ["area_id"], unique=False)
        batch_op.create_index("ix_assessments_risk_id_sequence", ["risk_id", "sequence"], unique=False)

    op.create_table(
        "controls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("in_place", sa.Boolean(), nullable=False),
        sa.Column("risk_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_controls_area_id")),
        sa.ForeignKeyConstraint(["risk_id"], ["risks.id"], name=op.f("fk_controls_risk_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_controls")),
    )
    with op.batch_alter_table("controls", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_controls_area_id"), ["area_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_controls_risk_id"), ["risk_id"], unique=False)

    op.create_table(
        "management_actions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("risk_id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_management_actions_area_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["people.id"], name=op.f("fk_management_actions_lead_id")),
        sa.ForeignKeyConstraint(["risk_id"], ["risks.id"], name=op.f("fk_management_actions_risk_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_management_actions")),
    )
    with op.batch_alter_table("management_actions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_management_actions_area_id"), ["area_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_management_actions_lead_id"), ["lead_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_management_actions_risk_id"), ["risk_id"], unique=False)

    op.create_table(
        "risk_strategic_leads",
        sa.Column("risk_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_risk_strategic_leads_person_id")),
        sa.ForeignKeyConstraint(["risk_id"], ["risks.id"], name=op.f("fk_risk_strategic_leads_risk_id")),
        sa.PrimaryKeyConstraint("risk_id", "person_id", name=op.f("pk_risk_strategic_leads")),
    )
    op.create_table(
        "management_action_states",
        sa.Column("management_action_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "status IN ('complete', 'on_target', 'delayed', 'not_started')",
            name=op.f("ck_management_action_states_status"),
        ),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_management_action_states_span")),
        sa.ForeignKeyConstraint(
            ["management_action_id"],
            ["management_actions.id"],
            name=op.f("fk_management_action_states_management_action_id"),
        ),
        sa.PrimaryKeyConstraint(
            "management_action_id", "valid_from", name=op.f("pk_management_action_states")
        ),
    )
    with op.batch_alter_table("management_action_states", schema=None) as batch_op:
        batch_op.create_index(
            "ix_management_action_states_id", ["management_action_id", "valid_to"], unique=False
        )

    op.create_table(
        "management_action_updates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_kind", sa.String(length=10), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.Column("operation", sa.String(length=20), nullable=False),
        sa.Column("narrative", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("backdated", sa.Boolean(), nullable=False),
        sa.Column("management_action_id", sa.Uuid(), nullable=False),
        sa.Column("replaces", sa.Uuid(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "operation IN ('added', 'updated')", name=op.f("ck_management_action_updates_operation")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_management_action_updates_area_id")),
        sa.ForeignKeyConstraint(
            ["management_action_id"],
            ["management_actions.id"],
            name=op.f("fk_management_action_updates_management_action_id"),
        ),
        sa.ForeignKeyConstraint(
            ["replaces"], ["management_action_updates.id"], name=op.f("fk_management_action_updates_replaces")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_management_action_updates")),
        sa.UniqueConstraint("replaces", name=op.f("uq_management_action_updates_replaces")),
    )
    with op.batch_alter_table("management_action_updates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_management_action_updates_area_id"), ["area_id"], unique=False)
        batch_op.create_index(
            "ix_management_action_updates_parent_sequence", ["management_action_id", "sequence"], unique=False
        )

    op.create_table(
        "risk_states",
        sa.Column("risk_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("register_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("priority_id", sa.Uuid(), nullable=True),
        sa.Column("current_likelihood", sa.Integer(), nullable=True),
        sa.Column("current_impact", sa.Integer(), nullable=True),
        sa.Column("current_score", sa.Integer(), nullable=True),
        sa.Column("current_band", sa.String(), nullable=True),
        sa.Column("current_matrix_version", sa.Integer(), nullable=True),
        sa.Column("target_likelihood", sa.Integer(), nullable=True),
        sa.Column("target_impact", sa.Integer(), nullable=True),
        sa.Column("target_score", sa.Integer(), nullable=True),
        sa.Column("target_band", sa.String(), nullable=True),
        sa.Column("target_matrix_version", sa.Integer(), nullable=True),
        sa.Column("rating", sa.String(), nullable=True),
        sa.Column("rating_matrix_version", sa.Integer(), nullable=True),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("target_on", sa.Date(), nullable=True),
        sa.Column("target_rationale", sa.String(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("last_updated_on", sa.Date(), nullable=True),
        sa.Column("accepted_by_id", sa.Uuid(), nullable=True),
        sa.Column("accepted_until", sa.Date(), nullable=True),
        sa.Column("accepted_assessment_id", sa.Uuid(), nullable=True),
        sa.Column("narrative_id", sa.Uuid(), nullable=True),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'materialised', 'closed')", name=op.f("ck_risk_states_state")
        ),
        sa.CheckConstraint(
            "current_score = current_likelihood * current_impact", name=op.f("ck_risk_states_current_score")
        ),
        sa.CheckConstraint(
            "target_score = target_likelihood * target_impact", name=op.f("ck_risk_states_target_score")
        ),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_risk_states_span")),
        sa.ForeignKeyConstraint(
            ["accepted_assessment_id"], ["assessments.id"], name=op.f("fk_risk_states_accepted_assessment_id")
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by_id"], ["people.id"], name=op.f("fk_risk_states_accepted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["narrative_id"], ["assessments.id"], name=op.f("fk_risk_states_narrative_id")
        ),
        sa.ForeignKeyConstraint(["priority_id"], ["priorities.id"], name=op.f("fk_risk_states_priority_id")),
        sa.ForeignKeyConstraint(["register_id"], ["registers.id"], name=op.f("fk_risk_states_register_id")),
        sa.ForeignKeyConstraint(["risk_id"], ["risks.id"], name=op.f("fk_risk_states_risk_id")),
        sa.PrimaryKeyConstraint("risk_id", "valid_from", name=op.f("pk_risk_states")),
    )
    with op.batch_alter_table("risk_states", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_risk_states_priority_id"), ["priority_id"], unique=False)
        batch_op.create_index("ix_risk_states_register_id", ["register_id", "valid_to"], unique=False)
        batch_op.create_index("ix_risk_states_risk_id", ["risk_id", "valid_to"], unique=False)


def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table("risk_states", schema=None) as batch_op:
        batch_op.drop_index("ix_risk_states_risk_id")
        batch_op.drop_index("ix_risk_states_register_id")
        batch_op.drop_index(batch_op.f("ix_risk_states_priority_id"))

    op.drop_table("risk_states")
    with op.batch_alter_table("management_action_updates", schema=None) as batch_op:
        batch_op.drop_index("ix_management_action_updates_parent_sequence")
        batch_op.drop_index(batch_op.f("ix_management_action_updates_area_id"))

    op.drop_table("management_action_updates")
    with op.batch_alter_table("management_action_states", schema=None) as batch_op:
        batch_op.drop_index("ix_management_action_states_id")

    op.drop_table("management_action_states")
    op.drop_table("risk_strategic_leads")
    with op.batch_alter_table("management_actions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_management_actions_risk_id"))
        batch_op.drop_index(batch_op.f("ix_management_actions_lead_id"))
        batch_op.drop_index(batch_op.f("ix_management_actions_area_id"))

    op.drop_table("management_actions")
    with op.batch_alter_table("controls", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_controls_risk_id"))
        batch_op.drop_index(batch_op.f("ix_controls_area_id"))

    op.drop_table("controls")
    with op.batch_alter_table("assessments", schema=None) as batch_op:
        batch_op.drop_index("ix_assessments_risk_id_sequence")
        batch_op.drop_index(batch_op.f("ix_assessments_area_id"))

    op.drop_table("assessments")
    with op.batch_alter_table("action_states", schema=None) as batch_op:
        batch_op.drop_index("ix_action_states_plan_id")
        batch_op.drop_index("ix_action_states_action_id")

    op.drop_table("action_states")
    with op.batch_alter_table("updates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_updates_area_id"))
        batch_op.drop_index("ix_updates_action_id_sequence")

    op.drop_table("updates")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sessions_user_id"))

    op.drop_table("sessions")
    with op.batch_alter_table("risks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_risks_register_id"))
        batch_op.drop_index(batch_op.f("ix_risks_area_id"))

    op.drop_table("risks")
    with op.batch_alter_table("matrix_versions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matrix_versions_area_id"))

    op.drop_table("matrix_versions")
    with op.batch_alter_table("action_point_states", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_action_point_states_ref",
            sqlite_where=sa.text("valid_to = '9999-12-31'"),
            postgresql_where=sa.text("valid_to = DATE '9999-12-31'"),
        )
        batch_op.drop_index("ix_action_point_states_priority_id")
        batch_op.drop_index("ix_action_point_states_count")

    op.drop_table("action_point_states")
    with op.batch_alter_table("action_dependencies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_action_dependencies_depends_on_id"))

    op.drop_table("action_dependencies")
    with op.batch_alter_table("action_co_leads", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_action_co_leads_person_id"))

    op.drop_table("action_co_leads")
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_users_area_id"))

    op.drop_table("users")
    with op.batch_alter_table("registers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registers_plan_id"))
        batch_op.drop_index(batch_op.f("ix_registers_area_id"))

    op.drop_table("registers")
    with op.batch_alter_table("priorities", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_priorities_plan_id"))
        batch_op.drop_index(batch_op.f("ix_priorities_area_id"))

    op.drop_table("priorities")
    with op.batch_alter_table("actions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_actions_plan_id"))
        batch_op.drop_index(batch_op.f("ix_actions_lead_id"))
        batch_op.drop_index(batch_op.f("ix_actions_area_id"))

    op.drop_table("actions")
    with op.batch_alter_table("access_tokens", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_access_tokens_client_id"))

    op.drop_table("access_tokens")
    with op.batch_alter_table("plans", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plans_area_id"))

    op.drop_table("plans")
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_index("ix_people_area_id_id")
        batch_op.drop_index(batch_op.f("ix_people_area_id"))

    op.drop_table("people")
    with op.batch_alter_table("journal_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_journal_entries_subject_id_sequence")

    op.drop_table("journal_entries")
    with op.batch_alter_table("clients", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_clients_area_id"))

    op.drop_table("clients")
    op.drop_table("areas")
