"""Account for use in detail."""

import sqlalchemy as sa
from alembic import op

from portal.db.types import Timestamp, text_type

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_key_operation",
        sa.Column("api_key_id", text_type(), sa.ForeignKey("api_key.id"), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("name", text_type(), primary_key=True),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "api_key_missing_scope",
        sa.Column("api_key_id", text_type(), sa.ForeignKey("api_key.id"), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("scope", text_type(), primary_key=True),
        sa.Column("requests", sa.Integer(), nullable=False),
    )
    op.create_table(
        "api_key_source",
        sa.Column("api_key_id", text_type(), sa.ForeignKey("api_key.id"), primary_key=True),
        sa.Column("address", text_type(), primary_key=True),
        sa.Column("user_agent", text_type(), primary_key=True),
        sa.Column("first_used_at", Timestamp(), nullable=False),
        sa.Column("last_used_at", Timestamp(), nullable=False),
    )
    op.create_table(
        "refusal",
        sa.Column("hour", Timestamp(), primary_key=True),
        sa.Column("reason", text_type(), primary_key=True),
        sa.Column("address", text_type(), primary_key=True),
        sa.Column("api_key_id", text_type(), primary_key=True, index=True),
        sa.Column("requests", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    for table in ("refusal", "api_key_source", "api_key_missing_scope", "api_key_operation"):
        op.drop_table(table)
