"""What a purchase is called where clients poll its payment: three words, and why it is not paid in words for people."""

from __future__ import annotations

import enum
from datetime import datetime

from easyticket.models import Order, OrderStatus, Payment, PaymentState
from easyticket.models.order import UNPAID
from easyticket.rules.order_phase import OrderPhase, is_expired, phase_of, shown_status


class PurchaseStatus(enum.StrEnum):
    """Where a purchase stands. A refunded one was completed."""

    COMPLETED = "completed"
    PENDING = "pending"
    FAILED = "failed"


class PurchaseOutcome(enum.StrEnum):
    """The same with the reason told apart, for whoever comes back from paying."""

    COMPLETED = "completed"
    PENDING = "pending"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


_COMPLETED = (OrderStatus.CONFIRMED, OrderStatus.REFUNDED)
_ENDED = (PaymentState.FAILED, PaymentState.CANCELED)

_SENTENCES = {
    PurchaseOutcome.COMPLETED: "Payment completed. The tickets are on their way to your e-mail address.",
    PurchaseOutcome.PENDING: "The payment is not finished yet. The tickets are held meanwhile.",
    PurchaseOutcome.FAILED: "The payment failed and nothing was charged. Try again.",
    PurchaseOutcome.CANCELLED: "The payment was cancelled and nothing was charged.",
    PurchaseOutcome.EXPIRED: "The time to pay has run out, and the tickets are not held any more. Choose them again.",
}
_REVIEW = "Money came that is not what was asked for. We look into it and write to you."
_LATE = "The payment came after the time to pay had run out, and the tickets were gone. The money is on its way back."
_NOT_WANTED = "This purchase was cancelled, and a payment came all the same. The money is on its way back."
_CALLED_OFF = "These tickets were cancelled. There is nothing to pay back."


def purchase_status(order: Order, payment: Payment | None, now: datetime) -> PurchaseStatus:
    """Return where the purchase stands; of an unpaid order, as the attempt that is asked about (the last one) has it.

    A declined attempt has failed although the tickets stay held for another one: who polls it must hear that.
    """
    if order.status in _COMPLETED:
        return PurchaseStatus.COMPLETED
    if shown_status(order, now) not in UNPAID or (payment is not None and payment.state in _ENDED):
        return PurchaseStatus.FAILED
    return PurchaseStatus.PENDING


def purchase_outcome(order: Order, payment: Payment | None, now: datetime) -> PurchaseOutcome:
    """Return the same with the reason told apart."""
    status = purchase_status(order, payment, now)
    if status is not PurchaseStatus.FAILED:
        return PurchaseOutcome(status.value)
    was_declined = payment is not None and payment.state is PaymentState.FAILED
    if was_declined or phase_of(order, now) in (OrderPhase.LATE_REFUND, OrderPhase.UNDER_REVIEW):
        return PurchaseOutcome.FAILED
    if is_expired(order, now):
        return PurchaseOutcome.EXPIRED
    was_given_up = payment is not None and payment.state is PaymentState.CANCELED
    is_cancelled = order.status is OrderStatus.CANCELLED or was_given_up
    return PurchaseOutcome.CANCELLED if is_cancelled else PurchaseOutcome.FAILED


def purchase_sentence(order: Order, payment: Payment | None, now: datetime) -> str:
    """Return what whoever asks is told about it: what happened, and what to do next."""
    phase = phase_of(order, now)
    if phase is OrderPhase.UNDER_REVIEW:
        return _REVIEW
    if phase is OrderPhase.LATE_REFUND:
        return _NOT_WANTED if order.status is OrderStatus.CANCELLED else _LATE
    if phase is OrderPhase.CALLED_OFF:
        return _CALLED_OFF
    if order.status is OrderStatus.REFUNDED:
        return "The payment was completed, and all of it was returned. The tickets are not valid any more."
    return _SENTENCES[purchase_outcome(order, payment, now)]


def failure_reason(order: Order, payment: Payment | None, now: datetime) -> str:
    """Return in one sentence why a purchase is not paid. What the provider said of a declined attempt stays the reason,
    whatever becomes of its order."""
    if payment is not None and payment.state is PaymentState.FAILED:
        return _as_sentence(payment.last_error or "The payment was declined.")
    phase = phase_of(order, now)
    if phase is OrderPhase.UNDER_REVIEW:
        return _REVIEW
    if order.status is OrderStatus.CANCELLED:
        return _as_sentence(order.cancellation_reason or "The purchase was cancelled.")
    if phase is OrderPhase.LATE_REFUND:
        return "The payment came after the time to pay had run out."
    if is_expired(order, now):
        return "The time to pay ran out."
    return _as_sentence((payment.last_error if payment else "") or "The payment was not completed.")


def _as_sentence(text: str) -> str:
    """Return what a person or a provider wrote with the full stop they may have left out."""
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."
