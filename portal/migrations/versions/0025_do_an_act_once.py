"""Do an act once, however often it is sent."""

import sqlalchemy as sa
from alembic import op

from portal.db.types import Timestamp, text_type

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "idempotent_act",
        sa.Column("principal_kind", text_type(), nullable=False),
        sa.Column("principal_id", text_type(), nullable=False),
        sa.Column("mutation", text_type(), nullable=False),
        sa.Column("key", text_type(), nullable=False),
        sa.Column("input_digest", text_type(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("at", Timestamp(), nullable=False),
        sa.PrimaryKeyConstraint("principal_kind", "principal_id", "mutation", "key", name=op.f("pk_idempotent_act")),
    )
    op.create_index("ix_idempotent_act_at", "idempotent_act", ["at"])


def downgrade() -> None:
    op.drop_table("idempotent_act")
