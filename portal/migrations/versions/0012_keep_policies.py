"""Keep what organizations ask of their keys."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_key_policy",
        sa.Column("organization_id", sa.Integer(), sa.ForeignKey("organization.id"), primary_key=True),
        sa.Column("longest_days", sa.Integer(), nullable=False),
        sa.Column("never_allowed", sa.Boolean(), nullable=False),
        sa.Column("addresses_required", sa.Boolean(), nullable=False),
        sa.Column("unused_days", sa.Integer(), nullable=True),
        sa.Column("key_points", sa.Integer(), nullable=True),
        sa.Column("organization_points", sa.Integer(), nullable=True),
        sa.Column("changed", sa.Integer(), nullable=False, index=True),
    )


def downgrade() -> None:
    op.drop_table("api_key_policy")
