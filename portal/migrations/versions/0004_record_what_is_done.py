"""Record what is done."""

import sqlalchemy as sa
from alembic import op

from portal.db.types import Json, Timestamp, text_type

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_row",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Timestamp(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("actor_kind", text_type(), nullable=False),
        sa.Column("actor_id", text_type(), nullable=False),
        sa.Column("actor_name", text_type(), nullable=False),
        sa.Column("event", text_type(), nullable=False),
        sa.Column("subject_type", text_type(), nullable=False),
        sa.Column("subject_id", text_type(), nullable=False),
        sa.Column("subject_name", text_type(), nullable=False),
        sa.Column("address", text_type(), nullable=False),
        sa.Column("user_agent", text_type(), nullable=False),
        sa.Column("details", Json(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index(op.f("ix_audit_row_event"), "audit_row", ["event"], unique=False)
    op.create_index("ix_audit_row_organization", "audit_row", ["organization_id", "number"], unique=False)
    op.create_table(
        "import_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file", text_type(), nullable=False),
        sa.Column("digest", text_type(), nullable=False),
        sa.Column("started", Timestamp(), nullable=False),
        sa.Column("finished", Timestamp(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("counts", Json(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    op.drop_table("import_run")
    op.drop_index("ix_audit_row_organization", table_name="audit_row")
    op.drop_index(op.f("ix_audit_row_event"), table_name="audit_row")
    op.drop_table("audit_row")
