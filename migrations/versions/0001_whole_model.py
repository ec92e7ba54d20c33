"""The whole model of both APIs: accounts, events, offers, quotas, orders, payments, ledger, tickets, scans, payouts, outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import easyticket.db


revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


# Rows of these tables are only ever added; the database itself refuses to change or delete one.
APPEND_ONLY = ("ledger_posting", "ledger_entry", "scan")


def refuse_changes(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} rows are never changed or deleted'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def upgrade() -> None:
    op.create_table('category',
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('slug', sa.String(length=100), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('icon', sa.String(length=50), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('created_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_category')),
    sa.UniqueConstraint('name', name=op.f('uq_category_name')),
    sa.UniqueConstraint('slug', name=op.f('uq_category_slug')),
    sa.UniqueConstraint('uuid', name=op.f('uq_category_uuid'))
    )
    op.create_table('idempotency_record',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('scope', sa.String(length=80), nullable=False),
    sa.Column('operation', sa.String(length=80), nullable=False),
    sa.Column('key', sa.String(length=255), nullable=False),
    sa.Column('body_digest', sa.String(length=64), nullable=False),
    sa.Column('order_uuid', sa.Uuid(), nullable=True),
    sa.Column('status_code', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('answer', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('created_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_idempotency_record')),
    sa.UniqueConstraint('scope', 'operation', 'key', name=op.f('uq_idempotency_record_scope_operation_key'))
    )
    with op.batch_alter_table('idempotency_record', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_idempotency_record_created_at'), ['created_at'], unique=False)

    op.create_table('order_counter',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('day_on', sa.Date(), nullable=False),
    sa.Column('last', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_order_counter')),
    sa.UniqueConstraint('day_on', name=op.f('uq_order_counter_day_on'))
    )
    op.create_table('outbox_job',
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('key', sa.String(length=120), nullable=True),
    sa.Column('created_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('run_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('leased_until', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('done_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('failed_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('error', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox_job')),
    sa.UniqueConstraint('key', name=op.f('uq_outbox_job_key')),
    sa.UniqueConstraint('uuid', name=op.f('uq_outbox_job_uuid'))
    )
    with op.batch_alter_table('outbox_job', schema=None) as batch_op:
        batch_op.create_index('ix_outbox_job_due', ['run_at'], unique=False, sqlite_where=sa.text('done_at IS NULL AND failed_at IS NULL'), postgresql_where=sa.text('done_at IS NULL AND failed_at IS NULL'))
        batch_op.create_index(batch_op.f('ix_outbox_job_failed_at'), ['failed_at'], unique=False)

    op.create_table('provider_event',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('provider', sa.String(length=20), nullable=False),
    sa.Column('event_key', sa.String(length=255), nullable=False),
    sa.Column('kind', sa.String(length=80), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('payment_reference', sa.String(length=255), nullable=False),
    sa.Column('received_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('handled_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_provider_event')),
    sa.UniqueConstraint('provider', 'event_key', name=op.f('uq_provider_event_provider_event_key'))
    )
    with op.batch_alter_table('provider_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_provider_event_handled_at'), ['handled_at'], unique=False)

    op.create_table('quota',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.Enum('offer', 'ticket_type', 'event', 'promo', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('capacity', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('held', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('sold', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('capacity IS NULL OR held + sold <= capacity', name=op.f('ck_quota_within_capacity')),
    sa.CheckConstraint('held >= 0', name=op.f('ck_quota_held_not_negative')),
    sa.CheckConstraint('sold >= 0', name=op.f('ck_quota_sold_not_negative')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quota')),
    sa.UniqueConstraint('kind', 'owner_id', name=op.f('uq_quota_kind_owner_id'))
    )
    with op.batch_alter_table('quota', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_quota_event_id'), ['event_id'], unique=False)

    op.create_table('sandbox_charge',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('reference', sa.String(length=64), nullable=False),
    sa.Column('amount_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('return_url', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('is_late', sa.Boolean(), nullable=False),
    sa.Column('message', sa.Text(), nullable=False),
    sa.Column('created_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('decided_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sandbox_charge')),
    sa.UniqueConstraint('reference', name=op.f('uq_sandbox_charge_reference'))
    )
    op.create_table('sandbox_refund',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('reference', sa.String(length=64), nullable=False),
    sa.Column('amount_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sandbox_refund')),
    sa.UniqueConstraint('key', name=op.f('uq_sandbox_refund_key'))
    )
    with op.batch_alter_table('sandbox_refund', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sandbox_refund_reference'), ['reference'], unique=False)

    op.create_table('user',
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('username', sa.String(length=30), nullable=True),
    sa.Column('username_key', sa.String(length=30), nullable=True),
    sa.Column('password_hash', sa.String(length=255), nullable=False),
    sa.Column('first_name', sa.String(length=150), nullable=False),
    sa.Column('last_name', sa.String(length=150), nullable=False),
    sa.Column('phone_number', sa.String(length=20), nullable=False),
    sa.Column('user_type', sa.Enum('consumer', 'organizer', 'admin', name='user_type', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('is_staff', sa.Boolean(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('is_phone_verified', sa.Boolean(), nullable=False),
    sa.Column('email_verified_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('auth_provider', sa.String(length=20), nullable=False),
    sa.Column('bio', sa.Text(), nullable=False),
    sa.Column('city', sa.String(length=100), nullable=False),
    sa.Column('country', sa.String(length=100), nullable=False),
    sa.Column('profile_image', sa.String(length=255), nullable=False),
    sa.Column('wants_marketing', sa.Boolean(), nullable=False),
    sa.Column('wants_reminders', sa.Boolean(), nullable=False),
    sa.Column('wants_email', sa.Boolean(), nullable=False),
    sa.Column('wants_sms', sa.Boolean(), nullable=False),
    sa.Column('last_login_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('password_changed_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('deleted_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('created_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user')),
    sa.UniqueConstraint('email', name=op.f('uq_user_email')),
    sa.UniqueConstraint('username_key', name=op.f('uq_user_username_key')),
    sa.UniqueConstraint('uuid', name=op.f('uq_user_uuid'))
    )
    op.create_table('mail_token',
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('purpose', sa.Enum('verify_email', 'reset_password', 'change_email', name='purpose', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('token_digest', sa.String(length=64), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('created_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('used_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_mail_token_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_token')),
    sa.UniqueConstraint('token_digest', name=op.f('uq_mail_token_token_digest')),
    sa.UniqueConstraint('uuid', name=op.f('uq_mail_token_uuid'))
    )
    with op.batch_alter_table('mail_token', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_mail_token_user_id'), ['user_id'], unique=False)

    op.create_table('payment_profile',
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('method', sa.Enum('mobile_money', 'bank_transfer', name='method', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('description', sa.String(length=500), nullable=False),
    sa.Column('account_number', sa.String(length=20), nullable=False),
    sa.Column('account_name', sa.String(length=255), nullable=False),
    sa.Column('network', sa.String(length=20), nullable=False),
    sa.Column('bank_name', sa.String(length=100), nullable=False),
    sa.Column('bank_code', sa.String(length=20), nullable=False),
    sa.Column('branch', sa.String(length=100), nullable=False),
    sa.Column('is_default', sa.Boolean(), nullable=False),
    sa.Column('status', sa.Enum('pending_verification', 'verified', 'verification_failed', name='status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('verification_reference', sa.String(length=64), nullable=True),
    sa.Column('verification_started_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('verification_attempts', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('verified_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('failure_reason', sa.String(length=200), nullable=False),
    sa.Column('frozen_until', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('deleted_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('created_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_payment_profile_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_profile')),
    sa.UniqueConstraint('uuid', name=op.f('uq_payment_profile_uuid')),
    sa.UniqueConstraint('verification_reference', name=op.f('uq_payment_profile_verification_reference'))
    )
    with op.batch_alter_table('payment_profile', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_payment_profile_user_id'), ['user_id'], unique=False)
        batch_op.create_index('uq_payment_profile_default', ['user_id'], unique=True, sqlite_where=sa.text('is_default AND deleted_at IS NULL'), postgresql_where=sa.text('is_default AND deleted_at IS NULL'))

    op.create_table('user_session',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('token_digest', sa.String(length=64), nullable=False),
    sa.Column('surface', sa.String(length=10), nullable=False),
    sa.Column('address', sa.String(length=45), nullable=False),
    sa.Column('device', sa.String(length=255), nullable=False),
    sa.Column('created_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('last_seen_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_user_session_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user_session')),
    sa.UniqueConstraint('token_digest', name=op.f('uq_user_session_token_digest'))
    )
    with op.batch_alter_table('user_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_user_session_expires_at'), ['expires_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_user_session_user_id'), ['user_id'], unique=False)

    op.create_table('event',
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('slug', sa.String(length=255), nullable=False),
    sa.Column('title', sa.String(length=255), nullable=False),
    sa.Column('organizer_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('category_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('short_description', sa.String(length=500), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('pricing_type', sa.Enum('simple', 'tiered', 'day_based', 'tier_and_day', name='pricing_type', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('status', sa.Enum('draft', 'published', 'cancelled', name='status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('venue_name', sa.String(length=255), nullable=False),
    sa.Column('venue_address', sa.Text(), nullable=False),
    sa.Column('venue_city', sa.String(length=100), nullable=False),
    sa.Column('venue_city_key', sa.String(length=100), nullable=False),
    sa.Column('venue_state', sa.String(length=100), nullable=False),
    sa.Column('venue_country', sa.String(length=100), nullable=False),
    sa.Column('venue_postal_code', sa.String(length=20), nullable=False),
    sa.Column('venue_latitude', sa.Numeric(precision=9, scale=6), nullable=True),
    sa.Column('venue_longitude', sa.Numeric(precision=9, scale=6), nullable=True),
    sa.Column('time_zone', sa.String(length=64), nullable=False),
    sa.Column('start_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('end_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('recurrence', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('is_free', sa.Boolean(), nullable=False),
    sa.Column('base_price_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('total_capacity', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('fee_basis_points', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('fee_bearer', sa.Enum('buyer', 'organizer', name='fee_bearer', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('payment_profile_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('terms_and_conditions', sa.Text(), nullable=False),
    sa.Column('refund_policy', sa.Text(), nullable=False),
    sa.Column('age_restriction', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('check_in_policy', sa.Enum('single_entry', 'daily_entry', 'multiple_entry', name='check_in_policy', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('tags', sa.String(length=500), nullable=False),
    sa.Column('search_text', sa.Text(), nullable=False),
    sa.Column('is_featured', sa.Boolean(), nullable=False),
    sa.Column('banner_image', sa.String(length=255), nullable=False),
    sa.Column('thumbnail_image', sa.String(length=255), nullable=False),
    sa.Column('published_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('cancelled_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('cancellation_reason', sa.Text(), nullable=False),
    sa.Column('created_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint('base_price_minor IS NULL OR base_price_minor >= 0', name=op.f('ck_event_base_price_not_negative')),
    sa.CheckConstraint('end_at > start_at', name=op.f('ck_event_ends_after_start')),
    sa.CheckConstraint('total_capacity IS NULL OR total_capacity > 0', name=op.f('ck_event_capacity_positive')),
    sa.ForeignKeyConstraint(['category_id'], ['category.id'], name=op.f('fk_event_category_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['organizer_id'], ['user.id'], name=op.f('fk_event_organizer_id')),
    sa.ForeignKeyConstraint(['payment_profile_id'], ['payment_profile.id'], name=op.f('fk_event_payment_profile_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event')),
    sa.UniqueConstraint('slug', name=op.f('uq_event_slug')),
    sa.UniqueConstraint('uuid', name=op.f('uq_event_uuid'))
    )
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_event_category_id'), ['category_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_event_organizer_id'), ['organizer_id'], unique=False)
        batch_op.create_index('ix_event_status_end_at', ['status', 'end_at'], unique=False)
        batch_op.create_index('ix_event_status_start_at', ['status', 'start_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_event_venue_city_key'), ['venue_city_key'], unique=False)

    op.create_table('event_image',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('path', sa.String(length=255), nullable=False),
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_event_image_event_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_image'))
    )
    with op.batch_alter_table('event_image', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_event_image_event_id'), ['event_id'], unique=False)

    op.create_table('payout',
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('organizer_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('payment_profile_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('reference', sa.String(length=50), nullable=False),
    sa.Column('method', sa.String(length=30), nullable=False),
    sa.Column('amount_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('fee_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('state', sa.Enum('requested', 'pending', 'unknown', 'paid', 'failed', 'cancelled', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('provider_ref', sa.String(length=255), nullable=True),
    sa.Column('last_error', sa.String(length=500), nullable=False),
    sa.Column('paid_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('recorded_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_payout_amount_positive')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_payout_event_id')),
    sa.ForeignKeyConstraint(['organizer_id'], ['user.id'], name=op.f('fk_payout_organizer_id')),
    sa.ForeignKeyConstraint(['payment_profile_id'], ['payment_profile.id'], name=op.f('fk_payout_payment_profile_id')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['user.id'], name=op.f('fk_payout_recorded_by_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payout')),
    sa.UniqueConstraint('reference', name=op.f('uq_payout_reference')),
    sa.UniqueConstraint('uuid', name=op.f('uq_payout_uuid'))
    )
    with op.batch_alter_table('payout', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_payout_organizer_id'), ['organizer_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_payout_state'), ['state'], unique=False)

    op.create_table('promo_code',
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=50), nullable=False),
    sa.Column('code_key', sa.String(length=50), nullable=False),
    sa.Column('kind', sa.Enum('percent', 'amount', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('value', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('starts_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('ends_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('created_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind <> 'percent' OR value <= 10000", name=op.f('ck_promo_code_percent_at_most_all')),
    sa.CheckConstraint('value > 0', name=op.f('ck_promo_code_value_positive')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_promo_code_event_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_promo_code')),
    sa.UniqueConstraint('event_id', 'code_key', name=op.f('uq_promo_code_event_id_code_key')),
    sa.UniqueConstraint('uuid', name=op.f('uq_promo_code_uuid'))
    )
    op.create_table('ticket_type',
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('benefits', sa.Text(), nullable=False),
    sa.Column('total_quantity', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('sales_start_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('sales_end_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('min_purchase', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('max_purchase', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint('min_purchase > 0 AND max_purchase >= min_purchase', name=op.f('ck_ticket_type_purchase_limits')),
    sa.CheckConstraint('sales_start_at IS NULL OR sales_end_at IS NULL OR sales_end_at > sales_start_at', name=op.f('ck_ticket_type_sales_window')),
    sa.CheckConstraint('total_quantity > 0', name=op.f('ck_ticket_type_quantity_positive')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_ticket_type_event_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_type')),
    sa.UniqueConstraint('event_id', 'name', name=op.f('uq_ticket_type_event_id_name')),
    sa.UniqueConstraint('uuid', name=op.f('uq_ticket_type_uuid'))
    )
    with op.batch_alter_table('ticket_type', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ticket_type_event_id'), ['event_id'], unique=False)

    op.create_table('offer',
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('ticket_type_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.Enum('simple', 'tier', 'day_pass', 'day_tier', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('price_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('quantity', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('tier_number', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('tier_name', sa.String(length=50), nullable=False),
    sa.Column('day_number', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('day_name', sa.String(length=50), nullable=False),
    sa.Column('day_on', sa.Date(), nullable=True),
    sa.Column('is_all_days', sa.Boolean(), nullable=False),
    sa.Column('sales_start_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('sales_end_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint('NOT is_all_days OR (day_number IS NULL AND day_on IS NULL)', name=op.f('ck_offer_all_days_has_no_day')),
    sa.CheckConstraint('price_minor >= 0', name=op.f('ck_offer_price_not_negative')),
    sa.CheckConstraint('quantity IS NULL OR quantity > 0', name=op.f('ck_offer_quantity_positive')),
    sa.CheckConstraint('sales_start_at IS NULL OR sales_end_at IS NULL OR sales_end_at > sales_start_at', name=op.f('ck_offer_sales_window')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_offer_event_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['ticket_type_id'], ['ticket_type.id'], name=op.f('fk_offer_ticket_type_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offer')),
    sa.UniqueConstraint('ticket_type_id', 'kind', 'day_number', 'tier_number', name='uq_offer_cell'),
    sa.UniqueConstraint('uuid', name=op.f('uq_offer_uuid'))
    )
    with op.batch_alter_table('offer', schema=None) as batch_op:
        batch_op.create_index('ix_offer_event_price', ['event_id', 'price_minor'], unique=False)
        batch_op.create_index(batch_op.f('ix_offer_ticket_type_id'), ['ticket_type_id'], unique=False)
        batch_op.create_index('uq_offer_day_number', ['ticket_type_id', 'day_number'], unique=True, sqlite_where=sa.text("kind = 'day_pass'"), postgresql_where=sa.text("kind = 'day_pass'"))
        batch_op.create_index('uq_offer_simple', ['ticket_type_id'], unique=True, sqlite_where=sa.text("kind = 'simple'"), postgresql_where=sa.text("kind = 'simple'"))
        batch_op.create_index('uq_offer_tier_number', ['ticket_type_id', 'tier_number'], unique=True, sqlite_where=sa.text("kind = 'tier'"), postgresql_where=sa.text("kind = 'tier'"))

    op.create_table('order',
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.String(length=24), nullable=False),
    sa.Column('purchase_code', sa.String(length=40), nullable=False),
    sa.Column('secret_digest', sa.String(length=64), nullable=False),
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('channel', sa.Enum('web', 'api', 'api_v1', 'desk', name='channel', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('status', sa.Enum('pending', 'processing', 'confirmed', 'failed', 'cancelled', 'refunded', name='status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('expires_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('buyer_email', sa.String(length=254), nullable=False),
    sa.Column('buyer_name', sa.String(length=255), nullable=False),
    sa.Column('buyer_phone', sa.String(length=20), nullable=False),
    sa.Column('notes', sa.Text(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('subtotal_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('discount_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('fee_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('total_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('platform_fee_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('fee_basis_points', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('fee_bearer', sa.Enum('buyer', 'organizer', name='fee_bearer', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('promo_code_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('promo_code', sa.String(length=50), nullable=False),
    sa.Column('refunded_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('payment_method', sa.String(length=20), nullable=False),
    sa.Column('confirmed_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('failed_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('failure_reason', sa.String(length=200), nullable=False),
    sa.Column('cancelled_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('cancellation_reason', sa.String(length=500), nullable=False),
    sa.Column('created_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint('refunded_minor >= 0 AND refunded_minor <= total_minor', name=op.f('ck_order_refunded_within_total')),
    sa.CheckConstraint('subtotal_minor >= 0 AND discount_minor >= 0 AND fee_minor >= 0 AND total_minor >= 0', name=op.f('ck_order_amounts_not_negative')),
    sa.CheckConstraint('total_minor = subtotal_minor - discount_minor + fee_minor', name=op.f('ck_order_total_adds_up')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_order_event_id')),
    sa.ForeignKeyConstraint(['promo_code_id'], ['promo_code.id'], name=op.f('fk_order_promo_code_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_order_user_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_order')),
    sa.UniqueConstraint('number', name=op.f('uq_order_number')),
    sa.UniqueConstraint('purchase_code', name=op.f('uq_order_purchase_code')),
    sa.UniqueConstraint('secret_digest', name=op.f('uq_order_secret_digest')),
    sa.UniqueConstraint('uuid', name=op.f('uq_order_uuid'))
    )
    with op.batch_alter_table('order', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_order_buyer_email'), ['buyer_email'], unique=False)
        batch_op.create_index('ix_order_event_status', ['event_id', 'status'], unique=False)
        batch_op.create_index('ix_order_status_expires_at', ['status', 'expires_at'], unique=False)
        batch_op.create_index('ix_order_user_created_at', ['user_id', 'created_at'], unique=False)

    op.create_table('hold',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', sa.Enum('held', 'converted', 'released', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('expires_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('created_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('ended_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_hold_event_id')),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], name=op.f('fk_hold_order_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hold')),
    sa.UniqueConstraint('order_id', name=op.f('uq_hold_order_id'))
    )
    with op.batch_alter_table('hold', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_hold_event_id'), ['event_id'], unique=False)
        batch_op.create_index('ix_hold_state_expires_at', ['state', 'expires_at'], unique=False)

    op.create_table('ledger_posting',
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('posted_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], name=op.f('fk_ledger_posting_order_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_posting')),
    sa.UniqueConstraint('key', name=op.f('uq_ledger_posting_key')),
    sa.UniqueConstraint('uuid', name=op.f('uq_ledger_posting_uuid'))
    )
    with op.batch_alter_table('ledger_posting', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ledger_posting_order_id'), ['order_id'], unique=False)

    op.create_table('offer_quota',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('offer_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('quota_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['offer_id'], ['offer.id'], name=op.f('fk_offer_quota_offer_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offer_quota')),
    sa.UniqueConstraint('offer_id', 'quota_id', name=op.f('uq_offer_quota_offer_id_quota_id'))
    )
    with op.batch_alter_table('offer_quota', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_offer_quota_quota_id'), ['quota_id'], unique=False)

    op.create_table('order_line',
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('offer_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('quantity', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('unit_price_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subtotal_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('fee_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('discount_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('ticket_name', sa.String(length=100), nullable=False),
    sa.Column('tier_name', sa.String(length=50), nullable=False),
    sa.Column('day_name', sa.String(length=50), nullable=False),
    sa.Column('day_on', sa.Date(), nullable=True),
    sa.Column('is_all_days', sa.Boolean(), nullable=False),
    sa.Column('created_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint('quantity > 0', name=op.f('ck_order_line_quantity_positive')),
    sa.CheckConstraint('subtotal_minor = unit_price_minor * quantity', name=op.f('ck_order_line_subtotal_adds_up')),
    sa.ForeignKeyConstraint(['offer_id'], ['offer.id'], name=op.f('fk_order_line_offer_id')),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], name=op.f('fk_order_line_order_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_order_line')),
    sa.UniqueConstraint('order_id', 'offer_id', name=op.f('uq_order_line_order_id_offer_id')),
    sa.UniqueConstraint('uuid', name=op.f('uq_order_line_uuid'))
    )
    with op.batch_alter_table('order_line', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_order_line_offer_id'), ['offer_id'], unique=False)

    op.create_table('payment',
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('attempt', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('provider', sa.String(length=20), nullable=False),
    sa.Column('reference', sa.String(length=64), nullable=False),
    sa.Column('provider_ref', sa.String(length=255), nullable=True),
    sa.Column('state', sa.Enum('created', 'open', 'processing', 'failed', 'canceled', 'paid', 'surplus', 'quarantined', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('amount_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('is_live', sa.Boolean(), nullable=False),
    sa.Column('method', sa.String(length=20), nullable=False),
    sa.Column('pay_url', sa.Text(), nullable=False),
    sa.Column('client_secret', sa.String(length=255), nullable=False),
    sa.Column('return_url', sa.Text(), nullable=False),
    sa.Column('last_error', sa.String(length=500), nullable=False),
    sa.Column('captured_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('paid_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('checked_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('created_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_payment_amount_positive')),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], name=op.f('fk_payment_order_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment')),
    sa.UniqueConstraint('order_id', 'attempt', name=op.f('uq_payment_order_id_attempt')),
    sa.UniqueConstraint('provider', 'provider_ref', name=op.f('uq_payment_provider_provider_ref')),
    sa.UniqueConstraint('reference', name=op.f('uq_payment_reference')),
    sa.UniqueConstraint('uuid', name=op.f('uq_payment_uuid'))
    )
    with op.batch_alter_table('payment', schema=None) as batch_op:
        batch_op.create_index('ix_payment_state_checked_at', ['state', 'checked_at'], unique=False)
        batch_op.create_index('uq_payment_open', ['order_id'], unique=True, sqlite_where=sa.text("state IN ('created', 'open', 'processing')"), postgresql_where=sa.text("state IN ('created', 'open', 'processing')"))

    op.create_table('hold_line',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('hold_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('quota_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('quantity', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('quantity > 0', name=op.f('ck_hold_line_quantity_positive')),
    sa.ForeignKeyConstraint(['hold_id'], ['hold.id'], name=op.f('fk_hold_line_hold_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hold_line')),
    sa.UniqueConstraint('hold_id', 'quota_id', name=op.f('uq_hold_line_hold_id_quota_id'))
    )
    with op.batch_alter_table('hold_line', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_hold_line_quota_id'), ['quota_id'], unique=False)

    op.create_table('ledger_entry',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('posting_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account', sa.String(length=40), nullable=False),
    sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('organizer_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('amount_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.CheckConstraint('amount_minor <> 0', name=op.f('ck_ledger_entry_amount_not_zero')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_ledger_entry_event_id')),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], name=op.f('fk_ledger_entry_order_id')),
    sa.ForeignKeyConstraint(['organizer_id'], ['user.id'], name=op.f('fk_ledger_entry_organizer_id')),
    sa.ForeignKeyConstraint(['posting_id'], ['ledger_posting.id'], name=op.f('fk_ledger_entry_posting_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_entry'))
    )
    with op.batch_alter_table('ledger_entry', schema=None) as batch_op:
        batch_op.create_index('ix_ledger_entry_account', ['account', 'currency'], unique=False)
        batch_op.create_index(batch_op.f('ix_ledger_entry_order_id'), ['order_id'], unique=False)
        batch_op.create_index('ix_ledger_entry_organizer', ['organizer_id', 'account'], unique=False)
        batch_op.create_index(batch_op.f('ix_ledger_entry_posting_id'), ['posting_id'], unique=False)

    op.create_table('ticket',
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=32), nullable=False),
    sa.Column('random_id', sa.LargeBinary(length=16), nullable=False),
    sa.Column('generation', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('qr_digest', sa.String(length=64), nullable=False),
    sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('order_line_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('offer_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('attendee_name', sa.String(length=255), nullable=False),
    sa.Column('attendee_email', sa.String(length=254), nullable=False),
    sa.Column('attendee_phone', sa.String(length=20), nullable=False),
    sa.Column('ticket_name', sa.String(length=100), nullable=False),
    sa.Column('tier_name', sa.String(length=50), nullable=False),
    sa.Column('day_name', sa.String(length=50), nullable=False),
    sa.Column('day_on', sa.Date(), nullable=True),
    sa.Column('is_all_days', sa.Boolean(), nullable=False),
    sa.Column('price_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('paid_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('status', sa.Enum('active', 'used', 'cancelled', name='status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('used_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('used_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('cancelled_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('released_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('created_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_ticket_event_id')),
    sa.ForeignKeyConstraint(['offer_id'], ['offer.id'], name=op.f('fk_ticket_offer_id')),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], name=op.f('fk_ticket_order_id')),
    sa.ForeignKeyConstraint(['order_line_id'], ['order_line.id'], name=op.f('fk_ticket_order_line_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_ticket_owner_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['used_by_id'], ['user.id'], name=op.f('fk_ticket_used_by_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket')),
    sa.UniqueConstraint('code', name=op.f('uq_ticket_code')),
    sa.UniqueConstraint('qr_digest', name=op.f('uq_ticket_qr_digest')),
    sa.UniqueConstraint('uuid', name=op.f('uq_ticket_uuid'))
    )
    with op.batch_alter_table('ticket', schema=None) as batch_op:
        batch_op.create_index('ix_ticket_event_status', ['event_id', 'status'], unique=False)
        batch_op.create_index(batch_op.f('ix_ticket_offer_id'), ['offer_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_ticket_order_id'), ['order_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_ticket_order_line_id'), ['order_line_id'], unique=False)
        batch_op.create_index('ix_ticket_owner_created_at', ['owner_id', 'created_at'], unique=False)

    op.create_table('admission',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('ticket_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('scope', sa.String(length=40), nullable=False),
    sa.Column('scan_key', sa.Uuid(), nullable=False),
    sa.Column('admitted_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('admitted_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('gate', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['admitted_by_id'], ['user.id'], name=op.f('fk_admission_admitted_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_admission_event_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_admission_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_admission')),
    sa.UniqueConstraint('scan_key', name=op.f('uq_admission_scan_key')),
    sa.UniqueConstraint('ticket_id', 'scope', name=op.f('uq_admission_ticket_id_scope'))
    )
    with op.batch_alter_table('admission', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_admission_event_id'), ['event_id'], unique=False)

    op.create_table('refund',
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('payment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('ticket_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('amount_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('state', sa.Enum('requested', 'pending', 'unknown', 'succeeded', 'failed', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('source', sa.String(length=30), nullable=False),
    sa.Column('requested_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('provider_ref', sa.String(length=255), nullable=True),
    sa.Column('last_error', sa.String(length=500), nullable=False),
    sa.Column('succeeded_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('created_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_refund_amount_positive')),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], name=op.f('fk_refund_order_id')),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_refund_payment_id')),
    sa.ForeignKeyConstraint(['requested_by_id'], ['user.id'], name=op.f('fk_refund_requested_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_refund_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refund')),
    sa.UniqueConstraint('payment_id', 'provider_ref', name=op.f('uq_refund_payment_id_provider_ref')),
    sa.UniqueConstraint('uuid', name=op.f('uq_refund_uuid'))
    )
    with op.batch_alter_table('refund', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_refund_order_id'), ['order_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_refund_payment_id'), ['payment_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_refund_state'), ['state'], unique=False)

    op.create_table('scan',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('scan_key', sa.Uuid(), nullable=False),
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('ticket_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('code_digest', sa.String(length=64), nullable=False),
    sa.Column('outcome', sa.Enum('admitted', 'already_in', 'cancelled', 'refunded', 'unpaid', 'wrong_event', 'wrong_day', 'not_yet', 'over', 'unknown', name='outcome', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('scanned_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('scanned_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('gate', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_scan_event_id')),
    sa.ForeignKeyConstraint(['scanned_by_id'], ['user.id'], name=op.f('fk_scan_scanned_by_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_scan_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scan')),
    sa.UniqueConstraint('scan_key', name=op.f('uq_scan_scan_key'))
    )
    with op.batch_alter_table('scan', schema=None) as batch_op:
        batch_op.create_index('ix_scan_event_scanned_at', ['event_id', 'scanned_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_scan_ticket_id'), ['ticket_id'], unique=False)


    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% rows are never changed or deleted', TG_TABLE_NAME; END $$"
        )
    for table in APPEND_ONLY:
        refuse_changes(table)


def downgrade() -> None:
    with op.batch_alter_table('scan', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_scan_ticket_id'))
        batch_op.drop_index('ix_scan_event_scanned_at')

    op.drop_table('scan')
    with op.batch_alter_table('refund', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_refund_state'))
        batch_op.drop_index(batch_op.f('ix_refund_payment_id'))
        batch_op.drop_index(batch_op.f('ix_refund_order_id'))

    op.drop_table('refund')
    with op.batch_alter_table('admission', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_admission_event_id'))

    op.drop_table('admission')
    with op.batch_alter_table('ticket', schema=None) as batch_op:
        batch_op.drop_index('ix_ticket_owner_created_at')
        batch_op.drop_index(batch_op.f('ix_ticket_order_line_id'))
        batch_op.drop_index(batch_op.f('ix_ticket_order_id'))
        batch_op.drop_index(batch_op.f('ix_ticket_offer_id'))
        batch_op.drop_index('ix_ticket_event_status')

    op.drop_table('ticket')
    with op.batch_alter_table('ledger_entry', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ledger_entry_posting_id'))
        batch_op.drop_index('ix_ledger_entry_organizer')
        batch_op.drop_index(batch_op.f('ix_ledger_entry_order_id'))
        batch_op.drop_index('ix_ledger_entry_account')

    op.drop_table('ledger_entry')
    with op.batch_alter_table('hold_line', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_hold_line_quota_id'))

    op.drop_table('hold_line')
    with op.batch_alter_table('payment', schema=None) as batch_op:
        batch_op.drop_index('uq_payment_open', sqlite_where=sa.text("state IN ('created', 'open', 'processing')"), postgresql_where=sa.text("state IN ('created', 'open', 'processing')"))
        batch_op.drop_index('ix_payment_state_checked_at')

    op.drop_table('payment')
    with op.batch_alter_table('order_line', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_order_line_offer_id'))

    op.drop_table('order_line')
    with op.batch_alter_table('offer_quota', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_offer_quota_quota_id'))

    op.drop_table('offer_quota')
    with op.batch_alter_table('ledger_posting', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ledger_posting_order_id'))

    op.drop_table('ledger_posting')
    with op.batch_alter_table('hold', schema=None) as batch_op:
        batch_op.drop_index('ix_hold_state_expires_at')
        batch_op.drop_index(batch_op.f('ix_hold_event_id'))

    op.drop_table('hold')
    with op.batch_alter_table('order', schema=None) as batch_op:
        batch_op.drop_index('ix_order_user_created_at')
        batch_op.drop_index('ix_order_status_expires_at')
        batch_op.drop_index('ix_order_event_status')
        batch_op.drop_index(batch_op.f('ix_order_buyer_email'))

    op.drop_table('order')
    with op.batch_alter_table('offer', schema=None) as batch_op:
        batch_op.drop_index('uq_offer_tier_number', sqlite_where=sa.text("kind = 'tier'"), postgresql_where=sa.text("kind = 'tier'"))
        batch_op.drop_index('uq_offer_simple', sqlite_where=sa.text("kind = 'simple'"), postgresql_where=sa.text("kind = 'simple'"))
        batch_op.drop_index('uq_offer_day_number', sqlite_where=sa.text("kind = 'day_pass'"), postgresql_where=sa.text("kind = 'day_pass'"))
        batch_op.drop_index(batch_op.f('ix_offer_ticket_type_id'))
        batch_op.drop_index('ix_offer_event_price')

    op.drop_table('offer')
    with op.batch_alter_table('ticket_type', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ticket_type_event_id'))

    op.drop_table('ticket_type')
    op.drop_table('promo_code')
    with op.batch_alter_table('payout', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_payout_state'))
        batch_op.drop_index(batch_op.f('ix_payout_organizer_id'))

    op.drop_table('payout')
    with op.batch_alter_table('event_image', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_event_image_event_id'))

    op.drop_table('event_image')
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_event_venue_city_key'))
        batch_op.drop_index('ix_event_status_start_at')
        batch_op.drop_index('ix_event_status_end_at')
        batch_op.drop_index(batch_op.f('ix_event_organizer_id'))
        batch_op.drop_index(batch_op.f('ix_event_category_id'))

    op.drop_table('event')
    with op.batch_alter_table('user_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_user_session_user_id'))
        batch_op.drop_index(batch_op.f('ix_user_session_expires_at'))

    op.drop_table('user_session')
    with op.batch_alter_table('payment_profile', schema=None) as batch_op:
        batch_op.drop_index('uq_payment_profile_default', sqlite_where=sa.text('is_default AND deleted_at IS NULL'), postgresql_where=sa.text('is_default AND deleted_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_payment_profile_user_id'))

    op.drop_table('payment_profile')
    with op.batch_alter_table('mail_token', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_mail_token_user_id'))

    op.drop_table('mail_token')
    op.drop_table('user')
    with op.batch_alter_table('sandbox_refund', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sandbox_refund_reference'))

    op.drop_table('sandbox_refund')
    op.drop_table('sandbox_charge')
    with op.batch_alter_table('quota', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_quota_event_id'))

    op.drop_table('quota')
    with op.batch_alter_table('provider_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_provider_event_handled_at'))

    op.drop_table('provider_event')
    with op.batch_alter_table('outbox_job', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_outbox_job_failed_at'))
        batch_op.drop_index('ix_outbox_job_due', sqlite_where=sa.text('done_at IS NULL AND failed_at IS NULL'), postgresql_where=sa.text('done_at IS NULL AND failed_at IS NULL'))

    op.drop_table('outbox_job')
    op.drop_table('order_counter')
    with op.batch_alter_table('idempotency_record', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_idempotency_record_created_at'))

    op.drop_table('idempotency_record')
    op.drop_table('category')

    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")
