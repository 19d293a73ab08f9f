"""Keep mails until they are sent."""

import sqlalchemy as sa
from alembic import op

from portal.db.types import Timestamp, text_type

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mail",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("event", text_type(), nullable=False),
        sa.Column("about", text_type(), nullable=False),
        sa.Column("recipient", text_type(), nullable=False),
        sa.Column("organization_id", sa.Integer(), sa.ForeignKey("organization.id"), nullable=False, index=True),
        sa.Column("subject", text_type(), nullable=False),
        sa.Column("text", text_type(), nullable=False),
        sa.Column("created", Timestamp(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", Timestamp(), nullable=True),
        sa.Column("last_error", text_type(), nullable=False),
        sa.Column("sent_at", Timestamp(), nullable=True),
    )
    op.create_index("ix_mail_once", "mail", ["event", "about", "recipient"], unique=True)
    op.create_index("ix_mail_waiting", "mail", ["sent_at", "next_attempt_at"])
    op.create_table(
        "notify_address",
        sa.Column("organization_id", sa.Integer(), sa.ForeignKey("organization.id"), primary_key=True),
        sa.Column("email", text_type(), primary_key=True),
        sa.Column("created", Timestamp(), nullable=False),
        sa.Column("confirmed_at", Timestamp(), nullable=True),
    )


def downgrade() -> None:
    op.drop_table("notify_address")
    op.drop_table("mail")
