"""Tell restored registries apart.

A registry that is in use keeps the epoch 0, in which the cursors that mirrors hold go on; a new one draws its own.
"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("registry", sa.Column("epoch", sa.Integer(), nullable=False, server_default="0"))
    registry = sa.table("registry", sa.column("epoch"), sa.column("version"))
    op.execute(registry.update().where(registry.c.version == 0).values(epoch=secrets.randbelow(2**31 - 1) + 1))


def downgrade() -> None:
    op.drop_column("registry", "epoch")
