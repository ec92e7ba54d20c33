"""Real money: disputes, refunds per ticket, receipts, sellers, runs of the audit, and what payments and payouts learn."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import easyticket.db


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

_REFUND_STATES = ("requested", "pending", "unknown", "succeeded", "failed")
_PAYOUT_STATES = ("requested", "pending", "unknown", "paid", "failed", "cancelled")


def _allow(table: str, states: tuple[str, ...]) -> None:
    """Let the column `state` of a table take these values and no others."""
    values = ", ".join(f"'{state}'" for state in states)
    with op.batch_alter_table(table) as batch_op:
        batch_op.drop_constraint(op.f(f"ck_{table}_state"), type_="check")
        batch_op.create_check_constraint("state", f"state IN ({values})")


def _balance_postings() -> None:
    """Have PostgreSQL refuse a posting whose entries do not add up to zero, at the commit. SQLite has no such trigger:
    there the writer (services/ledger.py) and the audit see to it."""
    if op.get_context().dialect.name != "postgresql":
        return
    op.execute(
        "CREATE FUNCTION refuse_unbalanced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF (SELECT sum(amount_minor) FROM ledger_entry WHERE posting_id = NEW.posting_id) <> 0 THEN "
        "RAISE EXCEPTION 'posting % does not add up to zero', NEW.posting_id; END IF; RETURN NULL; END $$"
    )
    op.execute(
        "CREATE CONSTRAINT TRIGGER ledger_entry_balances AFTER INSERT ON ledger_entry "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unbalanced()"
    )


def upgrade() -> None:
    op.create_table('audit_run',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('started_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('finished_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('violations', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('findings', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_run'))
    )
    with op.batch_alter_table('audit_run', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_run_started_at'), ['started_at'], unique=False)

    op.create_table('receipt_counter',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('seller_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('last', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['seller_id'], ['user.id'], name=op.f('fk_receipt_counter_seller_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_receipt_counter')),
    sa.UniqueConstraint('seller_id', name=op.f('uq_receipt_counter_seller_id'))
    )
    op.create_table('seller_profile',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('legal_name', sa.String(length=255), nullable=False),
    sa.Column('address', sa.String(length=500), nullable=False),
    sa.Column('tax_number', sa.String(length=50), nullable=False),
    sa.Column('tax_name', sa.String(length=30), nullable=False),
    sa.Column('tax_basis_points', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('is_paid_automatically', sa.Boolean(), nullable=False),
    sa.Column('created_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint('tax_basis_points BETWEEN 0 AND 5000', name=op.f('ck_seller_profile_tax_basis_points_in_bounds')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_seller_profile_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_seller_profile')),
    sa.UniqueConstraint('user_id', name=op.f('uq_seller_profile_user_id'))
    )
    op.create_table('dispute',
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('payment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('provider_ref', sa.String(length=255), nullable=False),
    sa.Column('state', sa.Enum('warning', 'open', 'won', 'lost', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('amount_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('due_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('opened_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('closed_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('created_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_dispute_amount_positive')),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], name=op.f('fk_dispute_order_id')),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_dispute_payment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dispute')),
    sa.UniqueConstraint('payment_id', 'provider_ref', name=op.f('uq_dispute_payment_id_provider_ref')),
    sa.UniqueConstraint('uuid', name=op.f('uq_dispute_uuid'))
    )
    with op.batch_alter_table('dispute', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_dispute_order_id'), ['order_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_dispute_payment_id'), ['payment_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_dispute_state'), ['state'], unique=False)

    op.create_table('receipt',
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.Enum('receipt', 'credit_note', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('seller_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('refund_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('seller_name', sa.String(length=255), nullable=False),
    sa.Column('seller_address', sa.String(length=500), nullable=False),
    sa.Column('tax_number', sa.String(length=50), nullable=False),
    sa.Column('tax_name', sa.String(length=30), nullable=False),
    sa.Column('tax_basis_points', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('amount_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('net_of_fee_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('tax_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('issued_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_receipt_amount_positive')),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], name=op.f('fk_receipt_order_id')),
    sa.ForeignKeyConstraint(['refund_id'], ['refund.id'], name=op.f('fk_receipt_refund_id')),
    sa.ForeignKeyConstraint(['seller_id'], ['user.id'], name=op.f('fk_receipt_seller_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_receipt')),
    sa.UniqueConstraint('refund_id', name=op.f('uq_receipt_refund_id')),
    sa.UniqueConstraint('seller_id', 'number', name=op.f('uq_receipt_seller_id_number')),
    sa.UniqueConstraint('uuid', name=op.f('uq_receipt_uuid'))
    )
    with op.batch_alter_table('receipt', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_receipt_order_id'), ['order_id'], unique=False)
        batch_op.create_index('uq_receipt_order', ['order_id'], unique=True, sqlite_where=sa.text('refund_id IS NULL'), postgresql_where=sa.text('refund_id IS NULL'))

    op.create_table('refund_ticket',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('refund_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('ticket_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('amount_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('amount_minor >= 0', name=op.f('ck_refund_ticket_amount_not_negative')),
    sa.ForeignKeyConstraint(['refund_id'], ['refund.id'], name=op.f('fk_refund_ticket_refund_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_refund_ticket_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refund_ticket')),
    sa.UniqueConstraint('refund_id', 'ticket_id', name=op.f('uq_refund_ticket_refund_id_ticket_id'))
    )
    with op.batch_alter_table('refund_ticket', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_refund_ticket_ticket_id'), ['ticket_id'], unique=False)

    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.add_column(sa.Column('buyer_refund_days', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), server_default=sa.text('0'), nullable=True))
        batch_op.create_check_constraint(
            'buyer_refund_days_not_negative', 'buyer_refund_days IS NULL OR buyer_refund_days >= 0'
        )

    with op.batch_alter_table('payment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('provider_fee_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True))
        batch_op.add_column(sa.Column('grace_given_at', easyticket.db.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('reviewed_at', easyticket.db.UtcDateTime(timezone=True), nullable=True))
        batch_op.create_index('ix_payment_created_at', ['created_at'], unique=False)

    with op.batch_alter_table('payout', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sent_at', easyticket.db.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('checked_at', easyticket.db.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('is_automatic', sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table('provider_event', schema=None) as batch_op:
        batch_op.add_column(sa.Column('topic', sa.Enum('charge', 'refund', 'dispute', 'transfer', 'other', name='topic', native_enum=False, create_constraint=True, length=32), server_default='charge', nullable=False))

    with op.batch_alter_table('refund', schema=None) as batch_op:
        batch_op.add_column(sa.Column('override_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True))
        batch_op.add_column(sa.Column('failed_at', easyticket.db.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('sending_until', easyticket.db.UtcDateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(batch_op.f('fk_refund_ticket_id'), type_='foreignkey')
        batch_op.create_foreign_key(batch_op.f('fk_refund_override_by_id'), 'user', ['override_by_id'], ['id'], ondelete='SET NULL')
        batch_op.drop_column('ticket_id')

    with op.batch_alter_table('ticket', schema=None) as batch_op:
        batch_op.add_column(sa.Column('disputed_at', easyticket.db.UtcDateTime(timezone=True), nullable=True))

    _allow("refund", ("requested", "blocked", *_REFUND_STATES[1:]))
    _allow("payout", (*_PAYOUT_STATES, "reversed"))
    _balance_postings()


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP TRIGGER ledger_entry_balances ON ledger_entry")
        op.execute("DROP FUNCTION refuse_unbalanced()")
    _allow("payout", _PAYOUT_STATES)
    _allow("refund", _REFUND_STATES)
    with op.batch_alter_table('ticket', schema=None) as batch_op:
        batch_op.drop_column('disputed_at')

    with op.batch_alter_table('refund', schema=None) as batch_op:
        batch_op.add_column(sa.Column('ticket_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True))
        batch_op.drop_constraint(batch_op.f('fk_refund_override_by_id'), type_='foreignkey')
        batch_op.create_foreign_key(batch_op.f('fk_refund_ticket_id'), 'ticket', ['ticket_id'], ['id'])
        batch_op.drop_column('sending_until')
        batch_op.drop_column('failed_at')
        batch_op.drop_column('override_by_id')

    with op.batch_alter_table('provider_event', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_provider_event_topic'), type_='check')
        batch_op.drop_column('topic')

    with op.batch_alter_table('payout', schema=None) as batch_op:
        batch_op.drop_column('is_automatic')
        batch_op.drop_column('checked_at')
        batch_op.drop_column('sent_at')

    with op.batch_alter_table('payment', schema=None) as batch_op:
        batch_op.drop_index('ix_payment_created_at')
        batch_op.drop_column('reviewed_at')
        batch_op.drop_column('grace_given_at')
        batch_op.drop_column('provider_fee_minor')

    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_event_buyer_refund_days_not_negative'), type_='check')
        batch_op.drop_column('buyer_refund_days')

    with op.batch_alter_table('refund_ticket', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_refund_ticket_ticket_id'))

    op.drop_table('refund_ticket')
    with op.batch_alter_table('receipt', schema=None) as batch_op:
        batch_op.drop_index('uq_receipt_order', sqlite_where=sa.text('refund_id IS NULL'), postgresql_where=sa.text('refund_id IS NULL'))
        batch_op.drop_index(batch_op.f('ix_receipt_order_id'))

    op.drop_table('receipt')
    with op.batch_alter_table('dispute', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_dispute_state'))
        batch_op.drop_index(batch_op.f('ix_dispute_payment_id'))
        batch_op.drop_index(batch_op.f('ix_dispute_order_id'))

    op.drop_table('dispute')
    op.drop_table('seller_profile')
    op.drop_table('receipt_counter')
    with op.batch_alter_table('audit_run', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_audit_run_started_at'))

    op.drop_table('audit_run')
