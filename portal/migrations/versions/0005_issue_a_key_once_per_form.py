"""Issue a key once per form."""

import sqlalchemy as sa
from alembic import op

from portal.db.types import text_type

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("api_key", sa.Column("form_id", text_type(), nullable=True))
    op.create_index("ix_api_key_form", "api_key", ["organization_id", "form_id"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_api_key_form", table_name="api_key")
    op.drop_column("api_key", "form_id")
