"""Tell unfinished imports: they have no time at which they finished."""

import sqlalchemy as sa
from alembic import op

from portal.db.types import Timestamp

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("import_run") as table:
        table.alter_column("finished", existing_type=Timestamp(), nullable=True)


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM import_run WHERE finished IS NULL"))
    with op.batch_alter_table("import_run") as table:
        table.alter_column("finished", existing_type=Timestamp(), nullable=False)
