"""The payment of an order as the clients of the API see it: one intent, its state as the provider tells it, a test's word."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app

from easyticket.core import clock
from easyticket.core.errors import Conflict, Forbidden, NotFound, ProviderDown
from easyticket.db import db
from easyticket.integrations.sandbox import SandboxProvider
from easyticket.links import public_url
from easyticket.models import Order, OrderStatus, Payment
from easyticket.models.order import UNPAID
from easyticket.rules.order_phase import last_payment_of, payment_to_ask_about, shown_status
from easyticket.rules.people import normal_line
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.services import sandbox
from easyticket.services.asking import seat_to_wait
from easyticket.services.attempts import note_asked
from easyticket.services.orders import secret_of
from easyticket.services.payments import settle_payment, start_payment
from easyticket.services.provider_events import record_provider_event
from easyticket.services.providers import is_sandbox_on

# Those who look on ask a provider about one payment no more often than this.
_PAUSE = timedelta(seconds=5)


def create_intent(*, actor: Actor, order: Order, now: datetime) -> Payment:
    """Return the attempt through which the order can be paid now; asked again, the same one while it is open.

    :raises Conflict: paid, ended, run out or free; `context` tells the order's status.
    :raises ProviderDown: the provider did not answer; asking again goes on with the same attempt.
    """
    require(actor, Permission.PAY_ORDER, order)
    status = shown_status(order, now)
    if status not in UNPAID or order.total_minor == 0:
        raise Conflict("Order cannot be paid", code="not_payable", context={"status": status.value})
    payment = start_payment(actor=actor, order=order, return_url=_return_url(order), now=now)
    if payment is None:
        raise Conflict("Order cannot be paid", code="not_payable", context={"status": order.status.value})
    return payment


def read_payment(*, actor: Actor, order: Order, now: datetime) -> Payment:
    """Return the order's payment after asking its provider; what was known before where that does not answer.

    :raises NotFound: nothing was tried yet.
    """
    require(actor, Permission.SEE_ORDER, order)
    if last_payment_of(order) is None:
        raise NotFound("No payment found for this order", code="no_payment")
    ask_about_payment(order, now)
    payment = last_payment_of(_reread(order))
    if payment is None:
        raise NotFound("No payment found for this order", code="no_payment")
    return payment


def confirm_test_payment(
    *, actor: Actor, order: Order, payment_id: str, payment_method: str, now: datetime
) -> Order:
    """Pay an order through the sandbox without its page, and return it confirmed. For tests of clients only.

    What the client says about the payment is kept with the provider's events and proves nothing.

    :raises Forbidden: the site takes real payments.
    :raises Conflict: confirmed, cancelled or run out already.
    """
    require(actor, Permission.PAY_ORDER, order)
    if not is_sandbox_on():
        raise Forbidden("Payments are confirmed by their provider here. This operation is for testing only.")
    payment_id = normal_line(payment_id, field="payment_id", longest=255)
    _check_confirmable(order, now)
    ask_about_payment(order, now)
    order = _reread(order)
    if order.status is not OrderStatus.CONFIRMED:
        _pay(actor, order, payment_id, payment_method, now)
    order = _reread(order)
    if order.status is not OrderStatus.CONFIRMED:
        _check_confirmable(order, now)
        raise Conflict("The payment was not taken. Try again.", code="not_confirmed")
    return order


def ask_about_payment(order: Order, now: datetime, *, at_once: bool = False) -> None:
    """Bring an order to what its provider says now, where that may be news.

    What is known stays where the provider does not answer, was asked a few seconds ago (unless it must be asked `at_once`),
    or keeps others waiting already: webhooks and the schedule bring the rest.
    """
    payment = payment_to_ask_about(order)
    if payment is None or not (at_once or _is_time_to_ask(payment, now)):
        return
    with seat_to_wait(payment.provider) as has_seat:
        if has_seat:
            _ask(payment, now)


def _is_time_to_ask(payment: Payment, now: datetime) -> bool:
    """Tell whether the last answer is old enough to ask again; the sandbox, in this process, may always be asked."""
    is_old = payment.checked_at is None or payment.checked_at <= now - _PAUSE
    return is_old or payment.provider == SandboxProvider.name


def _ask(payment: Payment, now: datetime) -> None:
    payment_id, reference = payment.id, payment.reference
    # Before the answer, so that whoever looks meanwhile does not wait for another one.
    note_asked([payment_id], now)
    try:
        settle_payment(reference, now)
    except (ProviderDown, NotFound):  # it does not answer, or is switched off
        note_asked([payment_id], clock.now())
        current_app.logger.warning("the provider of a payment does not answer; what is known is told")


def _check_confirmable(order: Order, now: datetime) -> None:
    status = shown_status(order, now)
    if status in UNPAID:
        return
    if status is OrderStatus.CONFIRMED:
        raise Conflict("Order is already confirmed", code="order_confirmed")
    if order.failure_reason == "expired" or order.status in UNPAID:
        raise Conflict("Order has expired", code="hold_expired")
    raise Conflict(f"Cannot confirm {status.value} order", code="order_finished")


def _pay(actor: Actor, order: Order, payment_id: str, payment_method: str, now: datetime) -> None:
    try:
        payment = start_payment(actor=actor, order=order, return_url=_return_url(order), now=now)
        if payment is not None:
            _pay_in_sandbox(payment, payment_id, payment_method, now)
    except Conflict:
        # Somebody else was ahead since the order was read: what they made of it says more than how far we came.
        order = _reread(order)
        ask_about_payment(order, now)
        _check_confirmable(_reread(order), now)
        raise


def _pay_in_sandbox(payment: Payment, payment_id: str, payment_method: str, now: datetime) -> None:
    reference = payment.reference
    sandbox.approve(reference)
    record_provider_event(
        provider=payment.provider,
        event_key=f"confirm_payment:{reference}",
        kind="confirm_payment",
        reference=reference,
        body=json.dumps({"payment_id": payment_id, "payment_method": payment_method}),
        now=now,
    )
    settle_payment(reference, now)


def _reread(order: Order) -> Order:
    query = sa.select(Order).where(Order.id == order.id).execution_options(populate_existing=True)
    order = db.session.scalars(query).one()
    db.session.expire(order, ["payments"])
    return order


def _return_url(order: Order) -> str:
    return public_url("checkout.returned", secret=secret_of(order))
