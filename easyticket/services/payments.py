"""Paying an order: starting an attempt, and asking the provider what became of it.

A provider is never called inside a transaction, and a time-out means "not known", never "failed".
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import Conflict, Invalid, NotFound, ProviderDown
from easyticket.core.ids import payment_reference
from easyticket.db import db, transactional
from easyticket.integrations.providers import ChargeRequest, PaymentProvider
from easyticket.models import (
    EventStatus,
    HoldState,
    Order,
    OrderStatus,
    Payment,
    PaymentState,
)
from easyticket.models.payment import OPEN_STATES
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.services.order_lock import lock_order
from easyticket.services.providers import get_provider, provider_for
from easyticket.services.settlement import SETTLED, UNPAID, apply_snapshot, confirm_unpaid

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 20
# How long after it was opened an attempt that we gave up is still asked for late money.
LATE_MONEY = timedelta(days=3)


def start_payment(
    *, actor: Actor, order: Order, return_url: str, method: str = "", now: datetime
) -> Payment | None:
    """Return the attempt to send the payer to (`pay_url`), or None where nothing is to be paid and the order is confirmed.

    Asked again, it gives the attempt that is open; after a decline it opens a new one. The hold is not renewed.
    `method` is how the payer means to pay, until the provider says how it was.

    :raises Conflict: the order is not payable (any more): paid, cancelled, or its hold ran out (code `hold_expired`).
    :raises ProviderDown: the provider did not answer; the attempt stays and is continued by the next call.
    """
    require(actor, Permission.PAY_ORDER, order)
    payment_id = _open_attempt(
        order.id, now, provider_for(order.currency) if order.total_minor else None, return_url, method
    )
    if payment_id is None:
        return None
    payment = db.session.get_one(Payment, payment_id)
    if payment.state is not PaymentState.CREATED:
        return payment
    request = ChargeRequest(
        reference=payment.reference,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        email=payment.order.buyer_email,
        description=f"{payment.order.event.title}, order {payment.order.number}",
        return_url=payment.return_url,
    )
    provider = get_provider(payment.provider)
    db.session.rollback()  # no transaction, not even a reading one, stays open while the provider thinks
    started = provider.start(request)
    return _note_started(payment_id, started.provider_ref, started.pay_url, started.client_secret)


def settle_payment(reference: str, now: datetime | None = None) -> Payment:
    """Ask the provider about one attempt and act on the answer; safe to call by anyone, any number of times.

    :raises NotFound: no attempt has this reference.
    :raises ProviderDown: nothing is known; ask again.
    """
    payment = get_payment(reference)
    if payment.state in SETTLED:
        return payment
    return _ask(payment, now or clock.now(), closing=False)


def close_payment(reference: str, now: datetime) -> Payment:
    """Ask the provider to take no more money for an attempt whose hold has run out, and act on what it says."""
    payment = get_payment(reference)
    return payment if payment.state in SETTLED else _ask(payment, now, closing=True)


def get_payment(reference: str) -> Payment:
    """Return the attempt with our reference.

    :raises NotFound: there is none.
    """
    payment = db.session.scalar(sa.select(Payment).where(Payment.reference == reference))
    if payment is None:
        raise NotFound("There is no such payment.")
    return payment


def reconcile_payments(now: datetime | None = None) -> int:
    """Ask providers about attempts nobody told us about; return how many were asked.

    Open ones every 15 seconds, given-up ones every ten minutes for three days: money may still come late.
    """
    now = now or clock.now()
    references = list(db.session.scalars(_unasked(now)))
    for reference in references:
        try:
            settle_payment(reference, now)
        except (
            ProviderDown,
            NotFound,
        ) as error:  # it does not answer, or is switched off: the others are asked still
            log.warning("a payment could not be checked: %s", error.message)
    return len(references)


def is_processing(order: Order) -> bool:
    """True while a provider has taken a payment of the order in hand and not decided: its places must not be released."""
    return any(payment.state is PaymentState.PROCESSING for payment in order.payments)


@transactional
def _open_attempt(
    order_id: int, now: datetime, provider: PaymentProvider | None, return_url: str, method: str
) -> int | None:
    order = lock_order(order_id)
    _check_payable(order, now)
    if order.total_minor == 0:
        confirm_unpaid(order, now)
        return None
    if provider is None:
        raise Conflict("The price of this order has changed. Look at it again before paying.")
    open_attempt = next((payment for payment in order.payments if payment.state in OPEN_STATES), None)
    if open_attempt is not None and open_attempt.amount_minor == order.total_minor:
        return open_attempt.id
    if len(order.payments) >= MAX_ATTEMPTS:
        raise Conflict("Too many tries to pay this order. Start a new one.")
    if open_attempt is not None:
        open_attempt.state = PaymentState.CANCELED
        db.session.flush()
    payment = Payment(
        order_id=order.id,
        attempt=len(order.payments) + 1,
        provider=provider.name,
        reference=payment_reference(),
        state=PaymentState.CREATED,
        amount_minor=order.total_minor,
        currency=order.currency,
        is_live=provider.is_live,
        method=method,
    )
    # The provider brings the payer back with our reference, whatever else it adds.
    payment.return_url = return_url.replace("{reference}", payment.reference)
    db.session.add(payment)
    order.status = OrderStatus.PROCESSING
    order.payment_method = provider.name
    db.session.flush()
    return payment.id


def _check_payable(order: Order, now: datetime) -> None:
    if order.status not in UNPAID:
        sentence = (
            "Order has expired"
            if order.failure_reason == "expired"
            else f"Order is already {order.status.value}"
        )
        raise Conflict(
            sentence, code="hold_expired" if order.failure_reason == "expired" else "order_finished"
        )
    if order.hold is None or order.hold.state is not HoldState.HELD or order.expires_at <= now:
        raise Conflict("Order has expired", code="hold_expired")
    if not order.buyer_email:
        raise Invalid(
            "An e-mail address is needed for the tickets.",
            fields={"buyer_email": ["This field is required."]},
        )
    if order.event.status is not EventStatus.PUBLISHED:
        raise Conflict("This event is not on sale any more.", code="not_on_sale")


@transactional
def _note_started(payment_id: int, provider_ref: str, pay_url: str, client_secret: str) -> Payment:
    payment = db.session.get_one(Payment, payment_id, with_for_update=True, populate_existing=True)
    if payment.state is PaymentState.CREATED:
        payment.state = PaymentState.OPEN
    payment.provider_ref, payment.pay_url, payment.client_secret = provider_ref, pay_url, client_secret
    return payment


def _ask(payment: Payment, now: datetime, *, closing: bool) -> Payment:
    provider = get_provider(payment.provider)
    payment_id, reference, provider_ref = payment.id, payment.reference, payment.provider_ref or ""
    if payment.state is PaymentState.CREATED:
        # The provider may or may not have heard of it. Only the next start, with the same reference, can tell.
        return payment
    db.session.rollback()  # no transaction stays open while the provider thinks
    ask = provider.close if closing else provider.fetch
    return apply_snapshot(payment_id, ask(reference, provider_ref), now)


def _unasked(now: datetime) -> sa.Select[str]:
    open_ones = Payment.state.in_((PaymentState.OPEN, PaymentState.PROCESSING))
    given_up = Payment.state.in_((PaymentState.CANCELED, PaymentState.FAILED)) & (
        Payment.created_at > now - LATE_MONEY
    )
    asked = sa.func.coalesce(Payment.checked_at, Payment.created_at)
    return (
        sa.select(Payment.reference)
        .where(
            Payment.provider_ref.is_not(None),
            sa.or_(
                open_ones & (asked < now - timedelta(seconds=15)),
                given_up & (asked < now - timedelta(minutes=10)),
            ),
        )
        .order_by(asked)
        .limit(50)
    )
