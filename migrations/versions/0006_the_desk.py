"""The desk: who changed what, drafts and rehearsals of events, tickets sent on, acting for others, hidden events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import easyticket.db


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


_OUTCOMES = (
    "admitted",
    "already_in",
    "cancelled",
    "refunded",
    "unpaid",
    "wrong_event",
    "wrong_day",
    "not_yet",
    "over",
    "unknown",
)
_UNLISTED = "hidden_at IS NOT NULL OR taken_down_at IS NOT NULL"
# All that an erasure leaves as it was: names and addresses stand in the other columns only.
_KEPT = ("id", "changed_at", "actor_id", "staff_id", "action", "event_id", "order_id", "ticket_id", "user_id")


def _allow_outcomes(outcomes: tuple[str, ...]) -> None:
    """Let a scan have these outcomes and no others. SQLite makes the table anew for that, and its triggers too."""
    values = ", ".join(f"'{outcome}'" for outcome in outcomes)
    with op.batch_alter_table("scan") as batch_op:
        batch_op.drop_constraint(op.f("ck_scan_outcome"), type_="check")
        batch_op.create_check_constraint("outcome", f"outcome IN ({values})")
    if op.get_context().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER scan_no_{verb.lower()} BEFORE {verb} ON scan "
                "BEGIN SELECT RAISE(ABORT, 'scan rows are never changed or deleted'); END"
            )


def _keep_changes() -> None:
    """Have the database refuse to change or delete what was done, but for taking names out of it once."""
    is_sqlite = op.get_context().dialect.name == "sqlite"
    same = "IS" if is_sqlite else "IS NOT DISTINCT FROM"
    kept = " AND ".join(f"NEW.{column} {same} OLD.{column}" for column in _KEPT)
    is_erasure = f"OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND {kept}"
    if is_sqlite:
        refuse = "BEGIN SELECT RAISE(ABORT, 'change rows are never changed or deleted'); END"
        op.execute(f"CREATE TRIGGER change_no_update BEFORE UPDATE ON change WHEN NOT ({is_erasure}) {refuse}")
        op.execute(f"CREATE TRIGGER change_no_delete BEFORE DELETE ON change {refuse}")
        return
    refuse = "EXECUTE FUNCTION refuse_change()"
    op.execute(
        f"CREATE TRIGGER change_no_update BEFORE UPDATE ON change FOR EACH ROW WHEN (NOT ({is_erasure})) {refuse}"
    )
    op.execute(f"CREATE TRIGGER change_no_delete BEFORE DELETE ON change FOR EACH ROW {refuse}")


def upgrade() -> None:
    op.create_table('change',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('changed_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('staff_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('action', sa.String(length=40), nullable=False),
    sa.Column('subject', sa.String(length=255), nullable=False),
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('ticket_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('after', sa.JSON(), nullable=False),
    sa.Column('erased_at', easyticket.db.UtcDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_change'))
    )
    with op.batch_alter_table('change', schema=None) as batch_op:
        batch_op.create_index('ix_change_actor_id', ['actor_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_change_changed_at'), ['changed_at'], unique=False)
        batch_op.create_index('ix_change_event_id', ['event_id', 'id'], unique=False)
        batch_op.create_index('ix_change_order_id', ['order_id', 'id'], unique=False)
        batch_op.create_index('ix_change_user_id', ['user_id', 'id'], unique=False)

    op.create_table('event_draft',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('form', sa.String(length=40), nullable=False),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.Column('created_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_event_draft_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_draft')),
    sa.UniqueConstraint('user_id', 'form', name=op.f('uq_event_draft_user_id_form'))
    )
    op.create_table('event_trial',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('tried_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('tried_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('is_good', sa.Boolean(), nullable=False),
    sa.Column('steps', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_event_trial_event_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['tried_by_id'], ['user.id'], name=op.f('fk_event_trial_tried_by_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_trial'))
    )
    with op.batch_alter_table('event_trial', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_event_trial_event_id'), ['event_id'], unique=False)

    op.create_table('retired_code',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('ticket_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=32), nullable=False),
    sa.Column('qr_digest', sa.String(length=64), nullable=False),
    sa.Column('retired_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_retired_code_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_retired_code')),
    sa.UniqueConstraint('code', name=op.f('uq_retired_code_code')),
    sa.UniqueConstraint('qr_digest', name=op.f('uq_retired_code_qr_digest'))
    )
    with op.batch_alter_table('retired_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_retired_code_ticket_id'), ['ticket_id'], unique=False)

    op.create_table('ticket_transfer',
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('ticket_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('from_user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('from_name', sa.String(length=255), nullable=False),
    sa.Column('from_email', sa.String(length=254), nullable=False),
    sa.Column('to_name', sa.String(length=255), nullable=False),
    sa.Column('to_email', sa.String(length=254), nullable=False),
    sa.Column('sent_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('secret_digest', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['from_user_id'], ['user.id'], name=op.f('fk_ticket_transfer_from_user_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_ticket_transfer_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_transfer')),
    sa.UniqueConstraint('secret_digest', name=op.f('uq_ticket_transfer_secret_digest')),
    sa.UniqueConstraint('uuid', name=op.f('uq_ticket_transfer_uuid'))
    )
    with op.batch_alter_table('ticket_transfer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ticket_transfer_ticket_id'), ['ticket_id'], unique=False)

    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.add_column(sa.Column('online_link', sa.String(length=500), server_default=sa.text("''"), nullable=False))
        batch_op.add_column(sa.Column('cover_source', sa.String(length=255), server_default=sa.text("''"), nullable=False))
        batch_op.add_column(sa.Column('cover_cut', sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('hidden_at', easyticket.db.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('taken_down_at', easyticket.db.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('takedown_reason', sa.String(length=500), server_default=sa.text("''"), nullable=False))
        batch_op.create_index('ix_event_unlisted', ['id'], unique=False, sqlite_where=sa.text(_UNLISTED), postgresql_where=sa.text(_UNLISTED))

    op.create_table('heartbeat',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=20), nullable=False),
    sa.Column('seen_at', easyticket.db.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_heartbeat')),
    sa.UniqueConstraint('name', name=op.f('uq_heartbeat_name'))
    )

    with op.batch_alter_table('ticket', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sent_on_at', easyticket.db.UtcDateTime(timezone=True), nullable=True))

    with op.batch_alter_table('user_session', schema=None) as batch_op:
        batch_op.add_column(sa.Column('acting_for_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_user_session_acting_for_id'), 'user', ['acting_for_id'], ['id'], ondelete='SET NULL')

    _allow_outcomes((*_OUTCOMES[:-1], "replaced", "unknown", "undone"))
    # Not by making the tables anew: what keeps their rows as they are would be lost.
    op.add_column('scan', sa.Column('undoes_key', sa.Uuid(), nullable=True))
    op.create_index('uq_scan_undoes_key', 'scan', ['undoes_key'], unique=True)
    op.add_column('order', sa.Column('cash_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), server_default=sa.text('0'), nullable=False))
    _keep_changes()


def downgrade() -> None:
    op.drop_column('order', 'cash_minor')
    op.drop_index('uq_scan_undoes_key', 'scan')
    op.drop_column('scan', 'undoes_key')
    _allow_outcomes(_OUTCOMES)
    with op.batch_alter_table('user_session', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_user_session_acting_for_id'), type_='foreignkey')
        batch_op.drop_column('acting_for_id')

    with op.batch_alter_table('ticket', schema=None) as batch_op:
        batch_op.drop_column('sent_on_at')

    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.drop_index('ix_event_unlisted')
        batch_op.drop_column('cover_cut')
        batch_op.drop_column('cover_source')
        batch_op.drop_column('takedown_reason')
        batch_op.drop_column('taken_down_at')
        batch_op.drop_column('hidden_at')
        batch_op.drop_column('online_link')

    with op.batch_alter_table('ticket_transfer', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ticket_transfer_ticket_id'))

    op.drop_table('heartbeat')
    op.drop_table('ticket_transfer')
    with op.batch_alter_table('retired_code', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_retired_code_ticket_id'))

    op.drop_table('retired_code')
    with op.batch_alter_table('event_trial', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_event_trial_event_id'))

    op.drop_table('event_trial')
    op.drop_table('event_draft')
    with op.batch_alter_table('change', schema=None) as batch_op:
        batch_op.drop_index('ix_change_user_id')
        batch_op.drop_index('ix_change_order_id')
        batch_op.drop_index('ix_change_event_id')
        batch_op.drop_index(batch_op.f('ix_change_changed_at'))
        batch_op.drop_index('ix_change_actor_id')

    op.drop_table('change')
