"""Orders by the moment they were paid, for the figures of the last days over all of them."""

from __future__ import annotations

from alembic import op


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_order_confirmed_at", "order", ["confirmed_at"])


def downgrade() -> None:
    op.drop_index("ix_order_confirmed_at", table_name="order")
