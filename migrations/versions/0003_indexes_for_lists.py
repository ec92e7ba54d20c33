"""Indexes for every filter, search and order of the lists, and what ticket types are searched in and sorted by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from easyticket.rules.search import fold

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

# Name -> table, columns before, columns now; None where there is no such index. Where both are given, it takes more columns.
INDEXES = {
    'ix_event_status_start_at': ('event', ['status', 'start_at'], ['status', 'start_at', 'id', 'end_at']),
    'ix_event_status_created_at': ('event', ['status', 'created_at'], ['status', 'created_at', 'id', 'end_at']),
    'ix_event_status_title': ('event', ['status', 'title', 'id'], ['status', 'title', 'id', 'end_at']),
    'ix_event_status_listed_price': (
        'event',
        ['status', 'listed_price_thousandths', 'id'],
        ['status', 'listed_price_thousandths', 'id', 'end_at'],
    ),
    # No list is of all statuses at once.
    'ix_event_start_at': ('event', ['start_at'], None),
    'ix_event_created_at': ('event', ['created_at'], None),
    'ix_event_title': ('event', ['title', 'id'], None),
    'ix_event_listed_price': ('event', ['listed_price_thousandths', 'id'], None),
    'ix_event_organizer_id': ('event', ['organizer_id'], ['organizer_id', 'start_at', 'id', 'status']),
    'ix_event_category_id': ('event', ['category_id'], ['category_id', 'status', 'start_at', 'id', 'end_at']),
    'ix_event_venue_city_key': (
        'event',
        ['venue_city_key'],
        ['venue_city_key', 'status', 'start_at', 'id', 'end_at'],
    ),
    'ix_event_is_free': ('event', None, ['is_free', 'status', 'start_at', 'id', 'end_at']),
    'ix_event_pricing_type': ('event', None, ['pricing_type', 'status', 'start_at', 'id', 'end_at']),
    'ix_order_user_id': ('order', None, ['user_id', 'id']),
    'ix_ticket_type_event_id': ('ticket_type', ['event_id'], ['event_id', 'is_active']),
    'ix_ticket_type_created_at': ('ticket_type', None, ['created_at', 'id']),
    'ix_ticket_type_total_quantity': ('ticket_type', None, ['total_quantity', 'id']),
    'ix_ticket_type_listed_price': ('ticket_type', None, ['listed_price_minor', 'id']),
    'ix_offer_kind_price': ('offer', None, ['kind', 'price_minor', 'id']),
    'ix_offer_kind_tier_number': ('offer', None, ['kind', 'tier_number', 'id']),
    'ix_offer_kind_day_number': ('offer', None, ['kind', 'day_number', 'id', 'is_all_days']),
    'ix_offer_kind_cell': ('offer', None, ['kind', 'day_number', 'tier_number', 'id']),
    'ix_offer_kind_day_on': ('offer', None, ['kind', 'day_on', 'id']),
    'ix_offer_kind_is_active': ('offer', None, ['kind', 'is_active', 'event_id']),
}
# The largest first and empty ones last: SQLite has no such index and sorts them itself.
EMPTY_LAST = {
    'ix_ticket_type_listed_price_desc': ('ticket_type', 'listed_price_minor', None),
    'ix_offer_pass_day_number_desc': ('offer', 'day_number', "kind = 'day_pass'"),
    'ix_offer_pass_day_on_desc': ('offer', 'day_on', "kind = 'day_pass'"),
}
# Any part of a text, by the PostgreSQL extension pg_trgm.
TRIGRAMS = {'ix_event_search_text': 'event', 'ix_ticket_type_search_text': 'ticket_type'}

LISTED_PRICE = """
    UPDATE ticket_type SET listed_price_minor = (
        SELECT MIN(offer.price_minor) FROM offer WHERE offer.ticket_type_id = ticket_type.id AND offer.kind = 'simple'
    )
"""
# Since PostgreSQL 13 whoever may create in the database may add it, where the server's packages contain it.
MAY_ADD_TRIGRAMS = """
    SELECT count(*) FROM pg_available_extension_versions AS version
    WHERE name = 'pg_trgm' AND (installed OR current_setting('is_superuser')::boolean
        OR (trusted AND has_database_privilege(current_database(), 'CREATE')))
"""


def upgrade() -> None:
    # Plain ALTER TABLE on both databases: a batch would rebuild the table on SQLite and lose its CHECKs.
    number = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    op.add_column('ticket_type', sa.Column('listed_price_minor', number, nullable=True))
    op.add_column('ticket_type', sa.Column('search_text', sa.Text(), server_default=sa.text("''"), nullable=False))
    op.execute(LISTED_PRICE)
    _fold_texts()
    for name, (table, before, now) in INDEXES.items():
        if before:
            op.drop_index(name, table_name=table)
        if now:
            op.create_index(name, table, now)
    if op.get_bind().dialect.name == 'postgresql':
        _add_indexes_of_postgresql()


def downgrade() -> None:
    # The extension stays: something else may use it by now.
    if op.get_bind().dialect.name == 'postgresql':
        for name in [*EMPTY_LAST, *TRIGRAMS]:
            op.execute(f'DROP INDEX IF EXISTS {name}')
    for name, (table, before, now) in INDEXES.items():
        if now:
            op.drop_index(name, table_name=table)
        if before:
            op.create_index(name, table, before)
    op.drop_column('ticket_type', 'search_text')
    op.drop_column('ticket_type', 'listed_price_minor')


def _fold_texts() -> None:
    """Fill search_text as rules/search.py makes it."""
    connection = op.get_bind()
    texts = sa.text('SELECT id, name, description, benefits FROM ticket_type')
    change = sa.text('UPDATE ticket_type SET search_text = :text WHERE id = :id')
    rows = [
        {'id': row[0], 'text': '\n'.join(folded for folded in map(fold, row[1:]) if folded)}
        for row in connection.execute(texts)
    ]
    if rows:
        connection.execute(change, rows)


def _add_indexes_of_postgresql() -> None:
    for name, (table, column, only) in EMPTY_LAST.items():
        where = f' WHERE {only}' if only else ''
        op.execute(f'CREATE INDEX {name} ON {table} ({column} DESC NULLS LAST, id DESC){where}')
    if op.get_bind().scalar(sa.text(MAY_ADD_TRIGRAMS)):
        op.execute('CREATE EXTENSION IF NOT EXISTS pg_trgm')
        for name, table in TRIGRAMS.items():
            op.execute(f'CREATE INDEX {name} ON {table} USING gin (search_text gin_trgm_ops)')
