"""Keep the history of records."""

import sqlalchemy as sa
from alembic import op

from portal.db.types import Json, Timestamp, text_type

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "record_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("act", sa.Integer(), nullable=False),
        sa.Column("at", Timestamp(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("actor_kind", text_type(), nullable=False),
        sa.Column("actor_id", text_type(), nullable=False),
        sa.Column("actor_name", text_type(), nullable=False),
        sa.Column("record_type", text_type(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("object_type", text_type(), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("field", text_type(), nullable=False),
        sa.Column("before", Json(), nullable=True),
        sa.Column("after", Json(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_change")),
    )
    op.create_index("ix_record_change_object", "record_change", ["object_type", "object_id", "id"])
    op.create_index("ix_record_change_record", "record_change", ["record_type", "record_id", "id"])
    op.create_index("ix_record_change_organization", "record_change", ["organization_id", "id"])


def downgrade() -> None:
    op.drop_table("record_change")
