"""I10: nothing stays on its way for longer than it should; what does needs somebody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa

from easyticket.integrations.providers import DisputeState
from easyticket.models import (
    Dispute,
    Order,
    OutboxJob,
    Payment,
    Payout,
    PayoutState,
    ProviderEvent,
    Refund,
    RefundState,
)
from easyticket.models.order import UNPAID
from easyticket.models.payment import OPEN_STATES
from easyticket.queries.audit.finding import Rows, Scope, rows_of, words
from easyticket.queries.audit.ledger import ask_clearing

# After the end of its hold an order may wait this long for a payment that is in the provider's hands.
ORDER_AGE = timedelta(minutes=30)
# How long it may stay unknown what became of an attempt, a refund or a transfer.
UNKNOWN_AGE = timedelta(minutes=15)
EVENT_AGE = timedelta(minutes=5)
# A worker that died loses its job sooner; then another one should have it.
LEASE_AGE = timedelta(minutes=5)
OVERDUE_AGE = timedelta(minutes=15)


def ask_liveness(scope: Scope) -> Iterator[Rows]:
    """No order, attempt, refund, payout, webhook or job is stuck, and no money waits without a use."""
    yield rows_of(
        "order", Order.number, "to have ended", words(Order.status, "since", Order.expires_at)
    ).where(scope.has(Order.event_id), Order.status.in_(UNPAID), Order.expires_at < scope.before(ORDER_AGE))
    yield ask_clearing(scope)
    yield from _unknown(scope)
    if scope.is_everything:
        yield from _payouts(scope)
        yield from _jobs(scope)


def _unknown(scope: Scope) -> Iterator[Rows]:
    here, latest = scope.has(Order.event_id), scope.before(UNKNOWN_AGE)
    yield (
        rows_of("payment of an ended order", Payment.id, "to have ended", Payment.state)
        .join(Order, Order.id == Payment.order_id)
        .where(here, Payment.state.in_(OPEN_STATES), Order.status.not_in(UNPAID), Payment.updated_at < latest)
    )
    since = words(Refund.state, "since", Refund.created_at)
    # It waits as long as the bank does.
    waits = sa.exists().where(Dispute.payment_id == Refund.payment_id, Dispute.state == DisputeState.OPEN)
    yield (
        rows_of("refund", Refund.id, "to be sent", since)
        .join(Order, Order.id == Refund.order_id)
        .where(here, Refund.state.in_((RefundState.UNKNOWN, RefundState.BLOCKED)), Refund.created_at < latest)
        .where(sa.not_(waits))
    )
    sending = sa.literal("send-refund:").concat(sa.cast(Refund.id, sa.Text))
    # Once a bank has decided, by a job that is named after the dispute too.
    is_its_job = sa.or_(OutboxJob.key == sending, OutboxJob.key.like(sending.concat(":%")))
    is_being_sent = sa.exists().where(is_its_job, OutboxJob.done_at.is_(None), OutboxJob.failed_at.is_(None))
    yield (
        rows_of("refund that no job sends", Refund.id, "to be sent", since)
        .join(Order, Order.id == Refund.order_id)
        .where(here, Refund.state == RefundState.REQUESTED, Refund.created_at < latest)
        .where(sa.not_(waits), sa.not_(is_being_sent))
    )


def _payouts(scope: Scope) -> Iterator[Rows]:
    sent_at = sa.func.coalesce(Payout.sent_at, Payout.updated_at)
    yield rows_of("payout", Payout.reference, "an answer", words(Payout.state, "since", sent_at)).where(
        Payout.state == PayoutState.UNKNOWN, sent_at < scope.before(UNKNOWN_AGE)
    )


def _jobs(scope: Scope) -> Iterator[Rows]:
    yield rows_of(
        "webhook",
        ProviderEvent.id,
        "to be handled",
        words(ProviderEvent.kind, "of", ProviderEvent.received_at),
    ).where(ProviderEvent.handled_at.is_(None), ProviderEvent.received_at < scope.before(EVENT_AGE))
    is_open = sa.and_(OutboxJob.done_at.is_(None), OutboxJob.failed_at.is_(None))
    name = words(OutboxJob.name, OutboxJob.id)
    yield rows_of("job", name, "to be run", words("leased until", OutboxJob.leased_until)).where(
        is_open, OutboxJob.leased_until < scope.before(LEASE_AGE)
    )
    yield rows_of("job", name, "to be run", words("due since", OutboxJob.run_at)).where(
        is_open,
        OutboxJob.leased_until.is_(None),
        OutboxJob.run_at < scope.before(OVERDUE_AGE),
        # One that was made to be run in the past is as old as it is.
        OutboxJob.created_at < scope.before(OVERDUE_AGE),
    )
    yield rows_of("job", name, "done", words("given up", OutboxJob.failed_at)).where(
        OutboxJob.failed_at.is_not(None)
    )
