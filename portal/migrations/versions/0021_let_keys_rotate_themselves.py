"""Let keys rotate themselves: which token made which, and whether an organization allows it."""

import sqlalchemy as sa
from alembic import op

from portal.db.types import text_type

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("api_key_token", sa.Column("made_with", text_type(), nullable=True))
    with op.batch_alter_table("api_key_policy") as policy:
        policy.add_column(sa.Column("self_rotation_allowed", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("api_key_policy") as policy:
        policy.alter_column("self_rotation_allowed", server_default=None)


def downgrade() -> None:
    op.drop_column("api_key_policy", "self_rotation_allowed")
    op.drop_column("api_key_token", "made_with")
