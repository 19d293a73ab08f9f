"""Keep what an import would have said."""

import sqlalchemy as sa
from alembic import op

from portal.db.types import Json, text_type

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_difference",
        sa.Column("record_type", text_type(), nullable=False),
        sa.Column("record_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("field", text_type(), nullable=False),
        sa.Column("clash_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("object_type", text_type(), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("imported", Json(), nullable=True),
        sa.PrimaryKeyConstraint("record_type", "record_id", "field", "clash_id", name=op.f("pk_import_difference")),
    )
    op.create_index("ix_import_difference_object", "import_difference", ["object_type", "object_id"])


def downgrade() -> None:
    op.drop_table("import_difference")
