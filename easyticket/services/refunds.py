"""Money on its way back: requesting a refund, sending it to the provider, and what its answer does to order and ledger."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import Conflict, Invalid, ProviderDown
from easyticket.db import db, transactional
from easyticket.integrations.providers import RefundOutcome, RefundRequest, RefundSnapshot
from easyticket.models import Order, OrderStatus, Payment, PaymentState, Refund, RefundState, Ticket
from easyticket.queue import JobName, enqueue
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.services import ledger, tickets
from easyticket.services.providers import get_provider

log = logging.getLogger(__name__)

_FINAL = (RefundState.SUCCEEDED, RefundState.FAILED)


@transactional
def request_refund(
    *,
    actor: Actor,
    order: Order,
    amount_minor: int | None = None,
    cancelled_tickets: Sequence[Ticket] = (),
    reason: str = "",
    source: str,
    restock: bool = True,
    now: datetime,
) -> Refund:
    """Promise money back: all that is left (None) or an amount in minor units. It is sent after the commit.

    A full refund ends every ticket at once; a partial one ends only the tickets named. Refunds not yet answered count.

    :raises Conflict: the order was not paid with money.
    :raises Invalid: more than what is left (field `amount`).
    """
    require(actor, Permission.REFUND_ORDER, order)
    order = db.session.get_one(Order, order.id, with_for_update=True, populate_existing=True)
    payment = _settling_payment(order)
    left = refundable_minor(order)
    amount = left if amount_minor is None else amount_minor
    if not 0 < amount <= left:
        raise Invalid(
            "The refund is more than what is left of the payment.", fields={"amount": [f"At most {left}."]}
        )
    refund = _new_refund(payment, amount, source, reason, actor.user_id)
    ended = list(order.tickets) if amount == left else list(cancelled_tickets)
    tickets.cancel_tickets(ended, now, restock=restock)
    ledger.post_refund_requested(refund, now, fulfilled=True)
    _send_after_commit(refund)
    return refund


@transactional
def return_unused_payment(payment: Payment, source: str, now: datetime) -> Refund:
    """Send back money that bought nothing: it came too late, or for an order that was paid already. No ticket is touched."""
    refund = _new_refund(payment, payment.captured_minor or 0, source, "", None)
    ledger.post_refund_requested(refund, now, fulfilled=False)
    _send_after_commit(refund)
    return refund


def refundable_minor(order: Order) -> int:
    """Return how much of the order's payment is neither returned nor promised back, in minor units."""
    promised = sum(
        refund.amount_minor
        for refund in order.refunds
        if refund.state is not RefundState.FAILED and refund.payment.state is PaymentState.PAID
    )
    return order.total_minor - promised


def send_refund(refund_id: int) -> None:
    """Ask the provider for a promised refund (job). The same key on every try, so that money goes back once.

    :raises ProviderDown: not known whether it arrived; the job comes again.
    """
    refund = db.session.get_one(Refund, refund_id)
    if refund.state in _FINAL:
        return
    request = RefundRequest(
        key=str(refund.uuid),
        reference=refund.payment.reference,
        provider_ref=refund.payment.provider_ref or "",
        amount_minor=refund.amount_minor,
        currency=refund.currency,
        reason=refund.reason,
    )
    provider = get_provider(refund.payment.provider)
    db.session.rollback()  # no transaction stays open while the provider thinks
    try:
        answer = provider.refund(request)
    except ProviderDown as error:
        _note_unknown(refund_id, error.message)
        raise
    apply_refund_snapshot(refund_id, answer, clock.now())


@transactional
def apply_refund_snapshot(refund_id: int, snapshot: RefundSnapshot, now: datetime) -> Refund:
    """Bring a refund and its order to what the provider says."""
    refund = db.session.get_one(Refund, refund_id, with_for_update=True, populate_existing=True)
    if refund.state in _FINAL:
        return refund
    refund.provider_ref = snapshot.provider_ref or refund.provider_ref
    refund.last_error = snapshot.message[:500]
    if snapshot.outcome is RefundOutcome.PENDING:
        refund.state = RefundState.PENDING
    elif snapshot.outcome is RefundOutcome.FAILED:
        refund.state = RefundState.FAILED
        log.error("a refund failed and needs somebody", extra={"refund_id": refund_id})
    else:
        _note_paid(refund, now)
    return refund


def _note_paid(refund: Refund, now: datetime) -> None:
    refund.state = RefundState.SUCCEEDED
    refund.succeeded_at = now
    ledger.post_refund_paid(refund, now)
    if refund.payment.state is PaymentState.PAID:
        order = db.session.get_one(Order, refund.order_id, with_for_update=True, populate_existing=True)
        order.refunded_minor += refund.amount_minor
        if order.refunded_minor == order.total_minor:
            order.status = OrderStatus.REFUNDED
    enqueue(JobName.MAIL_ORDER_REFUNDED, {"refund_id": refund.id}, key=f"order-refunded:{refund.id}")


def _settling_payment(order: Order) -> Payment:
    payment = next((payment for payment in order.payments if payment.state is PaymentState.PAID), None)
    if payment is None or order.status is not OrderStatus.CONFIRMED:
        raise Conflict("Only confirmed orders can be refunded", code="not_refundable")
    return payment


def _new_refund(payment: Payment, amount_minor: int, source: str, reason: str, user_id: int | None) -> Refund:
    refund = Refund(
        order_id=payment.order_id,
        payment=payment,
        amount_minor=amount_minor,
        currency=payment.currency,
        state=RefundState.REQUESTED,
        reason=reason.strip()[:200],
        source=source,
        requested_by_id=user_id,
    )
    db.session.add(refund)
    db.session.flush()
    db.session.refresh(refund)
    return refund


def _send_after_commit(refund: Refund) -> None:
    enqueue(JobName.SEND_REFUND, {"refund_id": refund.id}, key=f"send-refund:{refund.id}")


@transactional
def _note_unknown(refund_id: int, message: str) -> None:
    db.session.execute(
        sa.update(Refund)
        .where(Refund.id == refund_id, Refund.state.not_in(_FINAL))
        .values(state=RefundState.UNKNOWN, last_error=message[:500])
    )
