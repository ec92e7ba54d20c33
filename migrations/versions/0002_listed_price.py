"""The price an event is listed at, and indexes for every order that lists of events offer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


INDEXES = {
    'ix_event_status_created_at': ['status', 'created_at'],
    'ix_event_status_title': ['status', 'title', 'id'],
    'ix_event_status_listed_price': ['status', 'listed_price_thousandths', 'id'],
    'ix_event_start_at': ['start_at'],
    'ix_event_created_at': ['created_at'],
    'ix_event_title': ['title', 'id'],
    'ix_event_listed_price': ['listed_price_thousandths', 'id'],
    'ix_event_is_featured_status_created_at': ['is_featured', 'status', 'created_at'],
}

# As rules/pricing.py has it at this revision: the base price, else the cheapest active offer, else zero; in thousandths of
# a major unit by the digits of the currency.
BACKFILL = """
    UPDATE event SET listed_price_thousandths = COALESCE(
        NULLIF(base_price_minor, 0),
        (SELECT MIN(offer.price_minor) FROM offer JOIN ticket_type ON ticket_type.id = offer.ticket_type_id
         WHERE offer.event_id = event.id AND offer.is_active AND ticket_type.is_active),
        0
    ) * CASE
        WHEN currency IN ('XOF', 'XAF', 'JPY', 'UGX', 'RWF') THEN 1000
        WHEN currency IN ('KWD', 'BHD', 'JOD', 'OMR', 'TND') THEN 1
        ELSE 10
    END
"""


def upgrade() -> None:
    # Plain ALTER TABLE on both databases: a batch would rebuild the table on SQLite and lose its CHECKs.
    op.add_column(
        'event',
        sa.Column(
            'listed_price_thousandths',
            sa.BigInteger().with_variant(sa.Integer(), 'sqlite'),
            server_default=sa.text('0'),
            nullable=False,
        ),
    )
    op.execute(BACKFILL)
    for name, columns in INDEXES.items():
        op.create_index(name, 'event', columns)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, table_name='event')
    op.drop_column('event', 'listed_price_thousandths')
