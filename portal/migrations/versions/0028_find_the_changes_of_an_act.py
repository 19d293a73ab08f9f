"""Find the changes of an act."""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_record_change_act", "record_change", ["act"])


def downgrade() -> None:
    op.drop_index("ix_record_change_act", "record_change")
