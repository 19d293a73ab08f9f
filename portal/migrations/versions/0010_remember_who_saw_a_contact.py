"""Remember who saw a contact."""

import sqlalchemy as sa
from alembic import op

from portal.db.types import text_type

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("contact") as contact:
        contact.add_column(sa.Column("was_visible", text_type(), nullable=False, server_default=""))
    op.execute("UPDATE contact SET was_visible = visible")
    with op.batch_alter_table("contact") as contact:
        contact.alter_column("was_visible", server_default=None)


def downgrade() -> None:
    op.drop_column("contact", "was_visible")
