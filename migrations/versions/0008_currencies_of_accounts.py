"""The currency of accounts to be paid to: money of another one never goes there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op



revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "payment_profile", sa.Column("currency", sa.String(length=3), nullable=False, server_default="")
    )


def downgrade() -> None:
    op.drop_column("payment_profile", "currency")
