"""Keep API keys."""

import sqlalchemy as sa
from alembic import op

from portal.db.types import Timestamp, text_type

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pepper_check",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "api_key",
        sa.Column("id", text_type(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("name", text_type(), nullable=False),
        sa.Column("note", text_type(), nullable=False),
        sa.Column("notify_email", text_type(), nullable=False),
        sa.Column("expires_at", Timestamp(), nullable=True),
        sa.Column("created", Timestamp(), nullable=False),
        sa.Column("issued_by", text_type(), nullable=False),
        sa.Column("disabled_at", Timestamp(), nullable=True),
        sa.Column("revoked_at", Timestamp(), nullable=True),
        sa.Column("revoked_by", text_type(), nullable=False),
        sa.Column("revoked_reason", text_type(), nullable=False),
        sa.Column("last_used_at", Timestamp(), nullable=True),
        sa.Column("last_used_address", text_type(), nullable=False),
        sa.Column("last_used_agent", text_type(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_api_key_changed"), "api_key", ["changed"], unique=False)
    op.create_index(
        "ix_api_key_name_live",
        "api_key",
        ["organization_id", "name"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_index(op.f("ix_api_key_organization_id"), "api_key", ["organization_id"], unique=False)
    op.create_table(
        "api_key_day",
        sa.Column("api_key_id", text_type(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("ok", sa.Integer(), nullable=False),
        sa.Column("denied", sa.Integer(), nullable=False),
        sa.Column("limited", sa.Integer(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["api_key_id"],
            ["api_key.id"],
        ),
        sa.PrimaryKeyConstraint("api_key_id", "day"),
    )
    op.create_table(
        "api_key_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("api_key_id", text_type(), nullable=False),
        sa.Column("resource", text_type(), nullable=False),
        sa.Column("action", text_type(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["api_key_id"],
            ["api_key.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_api_key_grant_line", "api_key_grant", ["api_key_id", "resource", "action"], unique=True)
    op.create_table(
        "api_key_token",
        sa.Column("token_id", text_type(), nullable=False),
        sa.Column("api_key_id", text_type(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("pepper", sa.Integer(), nullable=False),
        sa.Column("last_four", text_type(), nullable=False),
        sa.Column("created", Timestamp(), nullable=False),
        sa.Column("first_used_at", Timestamp(), nullable=True),
        sa.Column("retires_at", Timestamp(), nullable=True),
        sa.ForeignKeyConstraint(
            ["api_key_id"],
            ["api_key.id"],
        ),
        sa.PrimaryKeyConstraint("token_id"),
    )
    op.create_index(op.f("ix_api_key_token_api_key_id"), "api_key_token", ["api_key_id"], unique=False)
    op.create_index(op.f("ix_api_key_token_pepper"), "api_key_token", ["pepper"], unique=False)
    op.create_table(
        "api_key_grant_object",
        sa.Column("grant_id", sa.Integer(), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["grant_id"],
            ["api_key_grant.id"],
        ),
        sa.PrimaryKeyConstraint("grant_id", "object_id"),
    )


def downgrade() -> None:
    op.drop_table("api_key_grant_object")
    op.drop_index(op.f("ix_api_key_token_pepper"), table_name="api_key_token")
    op.drop_index(op.f("ix_api_key_token_api_key_id"), table_name="api_key_token")
    op.drop_table("api_key_token")
    op.drop_index("ix_api_key_grant_line", table_name="api_key_grant")
    op.drop_table("api_key_grant")
    op.drop_table("api_key_day")
    op.drop_index(op.f("ix_api_key_organization_id"), table_name="api_key")
    op.drop_index(
        "ix_api_key_name_live",
        table_name="api_key",
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.drop_index(op.f("ix_api_key_changed"), table_name="api_key")
    op.drop_table("api_key")
    op.drop_table("pepper_check")
