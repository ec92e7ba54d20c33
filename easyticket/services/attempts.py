"""Attempts to pay as rows: each is written before its provider is called, and says afterwards what came of the call."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from easyticket.core.errors import Conflict, Invalid
from easyticket.core.ids import payment_reference
from easyticket.db import db, transactional
from easyticket.integrations.providers import PaymentProvider, StartedCharge
from easyticket.models import EventStatus, HoldState, Order, OrderStatus, Payment, PaymentState
from easyticket.models.order import UNPAID
from easyticket.models.payment import OPEN_STATES
from easyticket.rules.order_phase import is_waiting_for_review
from easyticket.services.order_lock import lock_order
from easyticket.services.settlement import (
    back_to_pending,
    confirm_unpaid,
    give_up_attempt,
    lengthen_hold,
)

MAX_ATTEMPTS = 20
# How much longer the places of a payer are kept who is in the middle of proving who they are when their time is up.
PROOF_GRACE = timedelta(minutes=3)


@transactional
def open_attempt(
    order_id: int, now: datetime, provider: PaymentProvider | None, return_url: str, method: str
) -> int | None:
    """Return the id of the attempt through which an order can be paid now, a new one where none is open.

    None where nothing is to be paid: the order is confirmed then. Where the provider needs longer than the hold lasts,
    the hold is lengthened, once for an order.

    :raises Conflict: the order is not payable (any more), or too little time is left (code `hold_expired`).
    :raises Invalid: nobody knows where the tickets go (field `buyer_email`).
    """
    order = lock_order(order_id)
    _check_payable(order, now)
    if order.total_minor == 0:
        confirm_unpaid(order, now)
        return None
    if provider is None:
        raise Conflict("The price of this order has changed. Look at it again before paying.")
    payment = next((payment for payment in order.payments if payment.state in OPEN_STATES), None)
    if payment is not None and (payment.amount_minor, payment.provider) != (order.total_minor, provider.name):
        give_up_attempt(payment, "The price changed, or how it is paid.")
        payment = None
    needs_time = not _has_time(order, provider, now)
    if payment is None:
        payment = _new_attempt(order, provider, return_url, method)
    if needs_time and not _give_time(payment, now + timedelta(seconds=provider.least_seconds), now):
        _check_begun(payment)
    return payment.id


@transactional
def note_started(payment_id: int, started: StartedCharge) -> Payment:
    """Keep what the provider answered; an attempt that was given up meanwhile stays so."""
    payment = db.session.get_one(Payment, payment_id, with_for_update=True, populate_existing=True)
    if payment.state is PaymentState.CREATED:
        payment.state = PaymentState.OPEN
    payment.provider_ref, payment.pay_url = started.provider_ref, started.pay_url
    payment.client_secret = started.client_secret
    return payment


@transactional
def note_refused(payment_id: int, message: str) -> None:
    """The provider began nothing: the attempt has failed, the places stay held."""
    order, payment = _locked(payment_id)
    if payment.state is PaymentState.CREATED:
        payment.state, payment.last_error = PaymentState.FAILED, message[:500]
        back_to_pending(order)


@transactional
def note_unusable(payment_id: int, message: str) -> None:
    """The provider knows the attempt and does not tell again where it is paid: it is given up for another one."""
    order, payment = _locked(payment_id)
    if payment.state is PaymentState.CREATED:
        payment.last_error = message[:500]
        give_up_attempt(payment, message)
        back_to_pending(order)


def in_turns() -> tuple[sa.SQLColumnExpression[Any], ...]:
    """Return what to sort payments by that providers are to be asked about: the longest unasked first, and providers by
    turns, so that however many wait for one that is silent, the others' are among the first of any number."""
    asked = sa.func.coalesce(Payment.checked_at, Payment.created_at)
    turn = sa.func.row_number().over(partition_by=Payment.provider, order_by=(asked, Payment.id))
    return turn, asked, Payment.id


@transactional
def note_asked(payment_ids: list[int], now: datetime) -> None:
    """Remember when the provider was asked about attempts, so that the next round begins with others."""
    asked = sa.update(Payment).where(Payment.id.in_(payment_ids)).values(checked_at=now)
    db.session.execute(asked, execution_options={"synchronize_session": False})


@transactional
def give_time_for_proof(payment_id: int, now: datetime) -> bool:
    """Keep the places of a payer a little longer who is proving who they are; False where that happened before."""
    order, payment = _locked(payment_id)
    if payment.state not in OPEN_STATES or order.status not in UNPAID:
        return False
    return _give_time(payment, now + PROOF_GRACE, now)


def _locked(payment_id: int) -> tuple[Order, Payment]:
    order_id = db.session.scalars(sa.select(Payment.order_id).where(Payment.id == payment_id)).one()
    order = lock_order(order_id)
    return order, db.session.get_one(Payment, payment_id, with_for_update=True, populate_existing=True)


def _new_attempt(order: Order, provider: PaymentProvider, return_url: str, method: str) -> Payment:
    if len(order.payments) >= MAX_ATTEMPTS:
        raise Conflict("Too many tries to pay this order. Start a new one.")
    payment = Payment(
        order=order,
        attempt=max((payment.attempt for payment in order.payments), default=0) + 1,
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
    order.status = OrderStatus.PROCESSING
    order.payment_method = provider.name
    db.session.add(payment)
    db.session.flush()
    return payment


def _has_time(order: Order, provider: PaymentProvider, now: datetime) -> bool:
    return order.expires_at >= now + timedelta(seconds=provider.least_seconds)


def _give_time(payment: Payment, until: datetime, now: datetime) -> bool:
    """Lengthen the hold of a locked order for one of its payments, once for all of them."""
    order = payment.order
    if any(each.grace_given_at is not None for each in order.payments) or not lengthen_hold(order, until):
        return False
    payment.grace_given_at = now
    return True


def _check_begun(payment: Payment) -> None:
    """Let the payer go on with what is begun; begin nothing that cannot be finished in time."""
    if payment.state is PaymentState.CREATED:
        raise Conflict(
            "Too little time is left to pay this order. Start a new one, or hold the tickets again once its time is up.",
            code="hold_expired",
        )


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
    if order.event.status is not EventStatus.PUBLISHED or order.event.taken_down_at is not None:
        raise Conflict("This event is not on sale any more.", code="not_on_sale")
    if any(is_waiting_for_review(payment) for payment in order.payments):
        raise Conflict(
            "A payment of this order arrived that is not what it asked for. A person checks it and writes to you. "
            "Please do not pay again.",
            code="under_review",
        )
