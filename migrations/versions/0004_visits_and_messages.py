"""Looks at events, messages of the contact form, addresses for the newsletter, and the end that buyers were promised."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import easyticket.db


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table('newsletter_subscription',
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('subscribed_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_newsletter_subscription')),
    sa.UniqueConstraint('email', name=op.f('uq_newsletter_subscription_email')),
    sa.UniqueConstraint('uuid', name=op.f('uq_newsletter_subscription_uuid'))
    )
    op.create_table('contact_message',
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=255), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('phone', sa.String(length=20), nullable=False),
    sa.Column('subject', sa.String(length=255), nullable=False),
    sa.Column('message', sa.Text(), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_contact_message_user_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact_message')),
    sa.UniqueConstraint('uuid', name=op.f('uq_contact_message_uuid'))
    )
    with op.batch_alter_table('contact_message', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_contact_message_created_at'), ['created_at'], unique=False)

    op.create_table('event_visit',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('day_on', sa.Date(), nullable=False),
    sa.Column('visitor_digest', sa.String(length=64), nullable=False),
    sa.Column('views', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_event_visit_event_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_visit')),
    sa.UniqueConstraint('event_id', 'day_on', 'visitor_digest', name=op.f('uq_event_visit_event_id_day_on_visitor_digest'))
    )
    op.add_column('event', sa.Column('promised_end_at', easyticket.db.UtcDateTime(timezone=True), nullable=True))



def downgrade() -> None:

    op.drop_column('event', 'promised_end_at')
    op.drop_table('event_visit')
    with op.batch_alter_table('contact_message', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_contact_message_created_at'))

    op.drop_table('contact_message')
    op.drop_table('newsletter_subscription')

