"""The one function through which money becomes tickets, or goes back.

`apply_snapshot` is idempotent and only moves upwards: nothing that was paid becomes failed. Webhook, return page, sweeper
and expiry all end here, each with a fresh read of the provider.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import sqlalchemy as sa

from easyticket.core.errors import Conflict
from easyticket.db import db, transactional
from easyticket.integrations.providers import ChargeSnapshot, ChargeState
from easyticket.models import Event, EventStatus, Order, OrderStatus, Payment, PaymentState
from easyticket.models.payment import OPEN_STATES
from easyticket.queue import JobName, enqueue
from easyticket.services import inventory, ledger, refunds, tickets
from easyticket.services.order_lock import lock_order

log = logging.getLogger(__name__)

UNPAID = (OrderStatus.PENDING, OrderStatus.PROCESSING)
# States in which the money of an attempt has been dealt with.
SETTLED = (PaymentState.PAID, PaymentState.SURPLUS, PaymentState.QUARANTINED)
# After a declined payment the places stay held at least this long, so that there is time for another card.
DECLINE_GRACE = timedelta(minutes=5)


@transactional
def apply_snapshot(payment_id: int, snapshot: ChargeSnapshot, now: datetime) -> Payment:
    """Bring an attempt and its order to what a fresh read of the provider says. The only way money becomes tickets."""
    order_id = db.session.scalars(sa.select(Payment.order_id).where(Payment.id == payment_id)).one()
    order = lock_order(order_id)
    payment = db.session.get_one(Payment, payment_id, with_for_update=True, populate_existing=True)
    payment.checked_at = now
    if payment.state in SETTLED:
        return payment
    if snapshot.state is ChargeState.PAID:
        _settle(payment, order, snapshot, now)
    elif payment.state in OPEN_STATES:
        _note_unpaid(payment, order, snapshot, now)
    return payment


def _settle(payment: Payment, order: Order, snapshot: ChargeSnapshot, now: datetime) -> None:
    payment.captured_minor = snapshot.amount_minor
    # Play money was paid as the payer said, for nobody else can tell.
    payment.method = snapshot.method if payment.is_live else payment.method or snapshot.method
    if not _matches(payment, snapshot):
        payment.state = PaymentState.QUARANTINED
        payment.last_error = "Amount, currency, mode or reference is not what was asked for."
        log.error("payment quarantined", extra={"payment_id": payment.id})
        return
    payment.paid_at = now
    db.session.flush()
    ledger.post_capture(payment, now)
    if _take_places(payment, order, now):
        payment.state = PaymentState.PAID
        order.payment_method = payment.method or payment.provider
        _confirm(order, now)
        return
    payment.state = PaymentState.SURPLUS
    already_paid = order.status in (OrderStatus.CONFIRMED, OrderStatus.REFUNDED)
    # Money of an earlier attempt, at an earlier price: the order lives on and waits for its own payment.
    if order.status in UNPAID and payment.amount_minor == order.total_minor:
        _end_unpaid(order, "paid too late", now)
    refunds.return_unused_payment(payment, "surplus_payment" if already_paid else "late_payment", now)


def _end_unpaid(order: Order, reason: str, now: datetime) -> None:
    order.status, order.failed_at, order.failure_reason = OrderStatus.FAILED, now, reason
    if order.hold is not None:
        inventory.release_hold(order.hold, now)
    abandon_attempts(order)


@transactional
def abandon_attempts(order: Order) -> None:
    """Give up the open attempts of an order that ended; should one be paid all the same, its money is seen to here."""
    for payment in order.payments:
        if payment.state in OPEN_STATES:
            payment.state = PaymentState.CANCELED
            payment.last_error = payment.last_error or "The order ended before it was paid."


def _matches(payment: Payment, snapshot: ChargeSnapshot) -> bool:
    return (
        snapshot.amount_minor == payment.amount_minor
        and snapshot.currency == payment.currency
        and snapshot.is_live == payment.is_live
        and snapshot.reference == payment.reference
    )


def _take_places(payment: Payment, order: Order, now: datetime) -> bool:
    """Turn the hold into a sale; for late money try the stock again. False where the money has to go back."""
    if order.hold is None or payment.amount_minor != order.total_minor:
        return False
    if not _is_event_on(order, now):
        return False
    if order.status in UNPAID and inventory.convert_hold(order.hold, now):
        return True
    # Cancelled by the buyer means that nobody waits for these tickets any more.
    return order.status in (*UNPAID, OrderStatus.FAILED) and inventory.sell_released_hold(order.hold, now)


def _is_event_on(order: Order, now: datetime) -> bool:
    """Tell whether there is still something to come in to; a cancellation under way is waited for."""
    event = db.session.get_one(Event, order.event_id, with_for_update={"read": True}, populate_existing=True)
    return event.status is EventStatus.PUBLISHED and event.end_at > now


def confirm_unpaid(order: Order, now: datetime) -> None:
    """Give an order that costs nothing its tickets (inside the caller's transaction).

    :raises Conflict: its hold ran out (code `hold_expired`), or the event is off.
    """
    if not _is_event_on(order, now):
        raise Conflict("This event is not on sale any more.", code="not_on_sale")
    if order.hold is None or not inventory.convert_hold(order.hold, now):
        raise Conflict("Order has expired", code="hold_expired")
    order.payment_method = "free"
    _confirm(order, now)


def _confirm(order: Order, now: datetime) -> None:
    order.status = OrderStatus.CONFIRMED
    order.confirmed_at = now
    order.failed_at, order.failure_reason = None, ""
    tickets.issue_tickets(order, now)
    if order.total_minor:
        ledger.post_fulfilment(order, now)
    enqueue(JobName.MAIL_ORDER_CONFIRMED, {"order_id": order.id}, key=f"order-confirmed:{order.id}")


def _note_unpaid(payment: Payment, order: Order, snapshot: ChargeSnapshot, now: datetime) -> None:
    payment.last_error = snapshot.message[:500]
    if snapshot.state is ChargeState.PROCESSING:
        payment.state = PaymentState.PROCESSING
    elif snapshot.state is ChargeState.CANCELED:
        payment.state = PaymentState.CANCELED
        _back_to_pending(order)
    elif snapshot.state is ChargeState.FAILED:
        payment.state = PaymentState.FAILED
        _back_to_pending(order)
        _give_grace(order, now)


def _back_to_pending(order: Order) -> None:
    if order.status is OrderStatus.PROCESSING:
        order.status = OrderStatus.PENDING


def _give_grace(order: Order, now: datetime) -> None:
    """Keep the places of a declined order for another try, a few times at most."""
    until = now + DECLINE_GRACE
    if order.expires_at <= now or order.expires_at >= until or len(order.payments) > 3 or order.hold is None:
        return
    if inventory.extend_hold(order.hold, until):
        order.expires_at = until
        enqueue(JobName.ISSUE_RECEIPT, {"order_id": order.id}, key=f"receipt:{order.id}")
