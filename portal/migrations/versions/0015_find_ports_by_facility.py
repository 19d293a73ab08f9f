"""Find ports by facility."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

SIDES = ("net_side_id", "ix_side_id")


def upgrade() -> None:
    for side in SIDES:
        op.create_index(op.f(f"ix_exchange_port_{side}"), "exchange_port", [side], unique=False)


def downgrade() -> None:
    for side in SIDES:
        op.drop_index(op.f(f"ix_exchange_port_{side}"), table_name="exchange_port")
