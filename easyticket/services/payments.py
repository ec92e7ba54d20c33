"""Paying an order: starting an attempt, asking the provider what became of it, and having it closed.

A provider is never called inside a transaction, and a time-out means "not known", never "failed".
"""

from __future__ import annotations

import logging
from datetime import datetime

import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import NotFound
from easyticket.db import db
from easyticket.integrations.providers import (
    ChargeRefused,
    ChargeRequest,
    ChargeState,
    ReferenceUsed,
)
from easyticket.models import Order, Payment, PaymentState
from easyticket.models.order import UNPAID
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.rules.settling import SETTLED
from easyticket.services.attempts import (
    give_time_for_proof,
    note_refused,
    note_started,
    note_unusable,
    open_attempt,
)
from easyticket.services.providers import get_provider, provider_for
from easyticket.services.settlement import apply_snapshot

log = logging.getLogger(__name__)

# A provider that knows a reference and does not tell its page any more gets another one at once, so often.
_REFERENCES = 2


def start_payment(
    *, actor: Actor, order: Order, return_url: str, method: str = "", now: datetime
) -> Payment | None:
    """Return the attempt to send the payer to (`pay_url`), or None where nothing is to be paid and the order is confirmed.

    Asked again, it gives the attempt that is open; after a decline it opens a new one. The hold is not renewed, only
    lengthened once where the provider needs more time than is left. `method` is how the payer means to pay, until the
    provider says how it was.

    :raises Conflict: the order is not payable (any more): paid, cancelled, or its hold ran out (code `hold_expired`).
    :raises ChargeRefused: the provider will not collect it, and says why; the places stay held.
    :raises ProviderDown: the provider did not answer; the attempt stays and is continued by the next call.
    """
    require(actor, Permission.PAY_ORDER, order)
    order_id, provider = order.id, provider_for(order.currency) if order.total_minor else None
    for _ in range(_REFERENCES):
        payment_id = open_attempt(order_id, now, provider, return_url, method)
        if payment_id is None:
            return None
        payment = db.session.get_one(Payment, payment_id)
        if payment.state is not PaymentState.CREATED:
            return payment
        try:
            return _begin(payment)
        except ReferenceUsed as answer:
            log.warning("payment %s is begun anew: %s", payment_id, answer.message)
            note_unusable(payment_id, answer.message)
    raise ChargeRefused("The payment could not be begun. Nothing was charged: try again in a minute.")


def settle_payment(reference: str, now: datetime | None = None) -> Payment:
    """Ask the provider about one attempt and act on the answer; safe to call by anyone, any number of times.

    Once the order's time is up, asking means closing: else whoever waits on a page would keep the places by asking.

    :raises NotFound: no attempt has this reference, or its provider is switched off.
    :raises ProviderDown: nothing is known; ask again.
    """
    payment = get_payment(reference)
    if payment.state in SETTLED:
        return payment
    now = now or clock.now()
    is_time_up = payment.order.status in UNPAID and payment.order.expires_at <= now
    if is_time_up and payment.state is PaymentState.OPEN:
        return close_payment(reference, now)
    return ask_about(payment, now)


def learn_fee(reference: str, now: datetime) -> Payment:
    """Ask the provider what it kept of money that was dealt with, if that is not known yet.

    :raises NotFound, ProviderDown: as `settle_payment`.
    """
    payment = get_payment(reference)
    if payment.state not in SETTLED or payment.provider_fee_minor is not None:
        return payment
    return ask_about(payment, now)


def ask_about(payment: Payment, now: datetime) -> Payment:
    """Read the charge of an attempt afresh and act on it.

    :raises NotFound, ProviderDown: as `settle_payment`.
    """
    payment_id, reference, provider_ref = payment.id, payment.reference, payment.provider_ref or ""
    provider = get_provider(payment.provider)
    db.session.rollback()  # no transaction, not even a reading one, stays open while the provider thinks
    return apply_snapshot(payment_id, provider.fetch(reference, provider_ref), now)


def close_payment(reference: str, now: datetime) -> Payment:
    """Ask the provider to take no more money for an attempt whose time is up, and act on what it says.

    A payer in the middle of proving who they are gets a little more time instead, once. An attempt whose start was never
    answered is started again with the same reference first: only then can it be closed.

    :raises NotFound, ProviderDown: as `settle_payment`.
    """
    payment = get_payment(reference)
    if payment.state in SETTLED:
        return payment
    if payment.state is PaymentState.OPEN and payment.grace_given_at is None:
        payment = _ask_before_closing(payment, now)
        if payment.state in SETTLED or payment.grace_given_at is not None:
            return payment
    return _close(payment, now)


def close_given_up_payment(payment_id: int) -> None:
    """Have the provider close an attempt that was given up, so that nobody pays it any more (job).

    :raises NotFound, ProviderDown: as `settle_payment`; the job comes again.
    """
    payment = db.session.get_one(Payment, payment_id)
    if payment.state not in SETTLED:
        _close(payment, clock.now())


def get_payment(reference: str) -> Payment:
    """Return the attempt with our reference.

    :raises NotFound: there is none.
    """
    payment = db.session.scalar(sa.select(Payment).where(Payment.reference == reference))
    if payment is None:
        raise NotFound("There is no such payment.")
    return payment


def _begin(payment: Payment) -> Payment:
    """Tell the provider about an attempt, for the first time or once more with the same reference."""
    payment_id, provider = payment.id, get_provider(payment.provider)
    request = ChargeRequest(
        reference=payment.reference,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        email=payment.order.buyer_email,
        description=f"{payment.order.event.title}, order {payment.order.number}",
        return_url=payment.return_url,
    )
    db.session.rollback()  # no transaction, not even a reading one, stays open while the provider thinks
    try:
        started = provider.start(request)
    except ChargeRefused as refusal:
        note_refused(payment_id, refusal.message)
        raise
    return note_started(payment_id, started)


def _ask_before_closing(payment: Payment, now: datetime) -> Payment:
    payment_id, reference, provider_ref = payment.id, payment.reference, payment.provider_ref or ""
    provider = get_provider(payment.provider)
    db.session.rollback()
    snapshot = provider.fetch(reference, provider_ref)
    if snapshot.needs_action and give_time_for_proof(payment_id, now):
        return get_payment(reference)
    if snapshot.state in (ChargeState.PAID, ChargeState.CANCELED):
        return apply_snapshot(payment_id, snapshot, now)
    return get_payment(reference)


def _close(payment: Payment, now: datetime) -> Payment:
    payment_id, reference = payment.id, payment.reference
    try:
        if payment.provider_ref is None and payment.state is not PaymentState.FAILED:
            payment = _begin(payment)
    except ChargeRefused as refusal:
        log.info("payment %s was never begun: %s", payment_id, refusal.message)
        return get_payment(reference)
    except ReferenceUsed:
        payment = get_payment(
            reference
        )  # known there without an id that we were told; it is closed by its reference
    provider, provider_ref = get_provider(payment.provider), payment.provider_ref or ""
    db.session.rollback()
    return apply_snapshot(payment_id, provider.close(reference, provider_ref), now)
