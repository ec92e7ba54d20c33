"""The one function through which money becomes tickets, or goes back.

`apply_snapshot` is idempotent and only moves upwards: nothing that was paid becomes failed. Webhook, return page, sweeper
and expiry all end here, each with a fresh read of the provider. Attempt, order, hold, tickets, ledger and jobs change in
one transaction.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import sqlalchemy as sa

from easyticket.core.errors import Conflict
from easyticket.db import db, transactional
from easyticket.integrations.providers import ChargeSnapshot, ChargeState
from easyticket.models import Event, EventStatus, Order, OrderStatus, Payment, PaymentState, SalesChannel
from easyticket.models.order import UNPAID
from easyticket.models.payment import BOOKED_STATES, OPEN_STATES
from easyticket.queue import JobName, enqueue
from easyticket.rules.settling import SETTLED, is_ours_to_book, message_of, what_differs
from easyticket.services import inventory, ledger, refunds, tickets
from easyticket.services.order_lock import lock_order

log = logging.getLogger(__name__)

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
        _note_fee(payment, snapshot, now)
    elif snapshot.state is ChargeState.PAID:
        _settle(payment, order, snapshot, now)
    elif payment.state in OPEN_STATES:
        _note_unpaid(payment, order, snapshot, now)
    return payment


def _settle(payment: Payment, order: Order, snapshot: ChargeSnapshot, now: datetime) -> None:
    # Play money was paid as the payer said, for nobody else can tell.
    payment.method = snapshot.method if payment.is_live else payment.method or snapshot.method
    if difference := what_differs(payment, snapshot):
        _quarantine(payment, snapshot, difference)
        return
    payment.captured_minor, payment.paid_at = snapshot.amount_minor, now
    payment.provider_ref = payment.provider_ref or snapshot.provider_ref or None
    payment.last_error = ""
    db.session.flush()
    ledger.post_capture(payment, now)
    if _take_places(payment, order, now):
        payment.state = PaymentState.PAID
        order.payment_method = payment.method or payment.provider
        _confirm(order, now)
    else:
        _return_unused(payment, order, now)
    _note_fee(payment, snapshot, now)


def _quarantine(payment: Payment, snapshot: ChargeSnapshot, difference: str) -> None:
    """Set money aside that is not what was asked for: it buys nothing, and a person decides what becomes of it."""
    payment.state = PaymentState.QUARANTINED
    payment.last_error = difference
    if is_ours_to_book(payment, snapshot):
        payment.captured_minor, payment.provider_fee_minor = snapshot.amount_minor, snapshot.fee_minor
        payment.provider_ref = payment.provider_ref or snapshot.provider_ref or None
    log.error("payment %s quarantined: %s", payment.id, difference)
    enqueue(
        JobName.MAIL_PAYMENT_QUARANTINED,
        {"payment_id": payment.id},
        key=f"payment-quarantined:{payment.id}",
    )


def _return_unused(payment: Payment, order: Order, now: datetime) -> None:
    payment.state = PaymentState.SURPLUS
    already_paid = order.status in (OrderStatus.CONFIRMED, OrderStatus.REFUNDED)
    # Money of an earlier attempt, at an earlier price: the order lives on and waits for its own payment.
    if order.status in UNPAID and payment.amount_minor == order.total_minor:
        _end_unpaid(order, "paid too late", now)
    refunds.return_unused_payment(payment, "surplus_payment" if already_paid else "late_payment", now)


def _note_fee(payment: Payment, snapshot: ChargeSnapshot, now: datetime) -> None:
    """Post once what the provider kept, whenever it is known; of quarantined money nothing is in the books."""
    if snapshot.fee_minor is None or payment.provider_fee_minor is not None:
        return
    if payment.state in BOOKED_STATES:
        payment.provider_fee_minor = snapshot.fee_minor
        ledger.post_provider_fee(payment, now)


def _end_unpaid(order: Order, reason: str, now: datetime) -> None:
    order.status, order.failed_at, order.failure_reason = OrderStatus.FAILED, now, reason
    if order.hold is not None:
        inventory.release_hold(order.hold, now)
    abandon_attempts(order)


@transactional
def abandon_attempts(order: Order, *, is_closed: bool = False) -> None:
    """Give up the open attempts of an order that ended; should one be paid all the same, its money is seen to here.

    Unless that was done (`is_closed`), the provider is asked after the commit to take no more money for them.
    """
    for payment in order.payments:
        if payment.state in OPEN_STATES:
            give_up_attempt(payment, "The order ended before it was paid.", is_closed=is_closed)


@transactional
def give_up_attempt(payment: Payment, reason: str, *, is_closed: bool = False) -> None:
    """Give up one open attempt, whose order is locked; its provider is asked to close it, unless that was done."""
    payment.state = PaymentState.CANCELED
    payment.last_error = payment.last_error or reason
    db.session.flush()
    if not is_closed:
        enqueue(JobName.CLOSE_PAYMENT, {"payment_id": payment.id}, key=f"close-payment:{payment.id}")


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
    is_up = event.status is EventStatus.PUBLISHED and event.taken_down_at is None
    return is_up and event.end_at > now


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
        enqueue(JobName.ISSUE_RECEIPT, {"order_id": order.id}, key=f"receipt:{order.id}")
    # Whoever bought at the door and left no address has seen the tickets there.
    if order.buyer_email or order.channel is not SalesChannel.DESK:
        enqueue(JobName.MAIL_ORDER_CONFIRMED, {"order_id": order.id}, key=f"order-confirmed:{order.id}")


def _note_unpaid(payment: Payment, order: Order, snapshot: ChargeSnapshot, now: datetime) -> None:
    if payment.provider_ref is None and snapshot.state is ChargeState.CANCELED:
        return  # not heard of there: our own start is under way, or never arrived
    payment.last_error = message_of(snapshot)
    if snapshot.state is ChargeState.PROCESSING:
        payment.state = PaymentState.PROCESSING
    elif snapshot.state is ChargeState.OPEN and payment.state is PaymentState.PROCESSING:
        payment.state = PaymentState.OPEN  # what was in hand came to nothing; the payer may try again
    elif snapshot.state is ChargeState.CANCELED:
        payment.state = PaymentState.CANCELED
        back_to_pending(order)
    elif snapshot.state is ChargeState.FAILED:
        payment.state = PaymentState.FAILED
        back_to_pending(order)
        _give_grace(order, now)


def back_to_pending(order: Order) -> None:
    """Say of a locked order that nothing is being paid at the moment."""
    if order.status is OrderStatus.PROCESSING:
        order.status = OrderStatus.PENDING


def _give_grace(order: Order, now: datetime) -> None:
    """Keep the places of a declined order for another try, a few times at most."""
    until = now + DECLINE_GRACE
    if order.expires_at > now and order.expires_at < until and len(order.payments) <= 3:
        lengthen_hold(order, until)


@transactional
def lengthen_hold(order: Order, until: datetime) -> bool:
    """Keep the places of a locked order until then (UTC); False where they are not kept any more."""
    if order.hold is None or not inventory.extend_hold(order.hold, until):
        return False
    order.expires_at = until
    return True
