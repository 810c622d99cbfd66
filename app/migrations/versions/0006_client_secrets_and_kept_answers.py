"""Two secrets a client, quotas and their use, and answers kept for repeated requests."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "client_secrets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_client_secrets_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_secrets")),
    )
    op.create_index(op.f("ix_client_secrets_client_id"), "client_secrets", ["client_id"])
    op.create_table(
        "client_usage",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("granted", sa.Integer(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failures_from", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_client_usage_client_id")),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_client_usage")),
    )
    op.create_table(
        "kept_answers",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("request_digest", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_kept_answers_client_id")),
        sa.PrimaryKeyConstraint("client_id", "key", name=op.f("pk_kept_answers")),
    )
    op.create_index(op.f("ix_kept_answers_expires_at"), "kept_answers", ["expires_at"])
    # The secret that each client has stays good: its row takes the client's own id.
    op.execute(
        "INSERT INTO client_secrets (id, client_id, secret_hash, created_at, revoked_at) "
        "SELECT id, id, secret_hash, created_at, revoked_at FROM clients"
    )
    op.execute(
        "INSERT INTO client_usage (client_id, window_start, used, granted, failures, failures_from) "
        "SELECT id, created_at, 0, 0, 0, created_at FROM clients"
    )
    # So do the tokens that are out: they were given out for that secret.
    with op.batch_alter_table("access_tokens") as batch_op:
        batch_op.add_column(sa.Column("secret_id", sa.Uuid(), nullable=True))
    op.execute("UPDATE access_tokens SET secret_id = client_id")
    with op.batch_alter_table("access_tokens") as batch_op:
        batch_op.alter_column("secret_id", existing_type=sa.Uuid(), nullable=False)
        batch_op.create_foreign_key(
            op.f("fk_access_tokens_secret_id"), "client_secrets", ["secret_id"], ["id"]
        )
        batch_op.create_index(op.f("ix_access_tokens_secret_id"), ["secret_id"])
    with op.batch_alter_table("clients") as batch_op:
        batch_op.add_column(sa.Column("quota", sa.Integer(), nullable=False, server_default="6000"))
        batch_op.drop_column("secret_hash")
    with op.batch_alter_table("clients") as batch_op:
        batch_op.alter_column("quota", server_default=None)


def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table("clients") as batch_op:
        batch_op.add_column(sa.Column("secret_hash", sa.String(length=64), nullable=False, server_default=""))
    # Of two live secrets the newer one stays.
    op.execute(
        "UPDATE clients SET secret_hash = COALESCE((SELECT s.secret_hash FROM client_secrets s "
        "WHERE s.client_id = clients.id ORDER BY s.revoked_at IS NULL DESC, s.created_at DESC LIMIT 1), '')"
    )
    with op.batch_alter_table("clients") as batch_op:
        batch_op.alter_column("secret_hash", server_default=None)
        batch_op.drop_column("quota")
    with op.batch_alter_table("access_tokens") as batch_op:
        batch_op.drop_index(op.f("ix_access_tokens_secret_id"))
        batch_op.drop_constraint(op.f("fk_access_tokens_secret_id"), type_="foreignkey")
        batch_op.drop_column("secret_id")
    op.drop_table("kept_answers")
    op.drop_table("client_usage")
    op.drop_table("client_secrets")
