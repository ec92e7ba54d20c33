"""What an order is to its buyer at this moment. Pages, mails and lists ask here, so that they all tell the same."""

from __future__ import annotations

import enum
from datetime import datetime, timedelta
from math import ceil

from easyticket.models import HoldState, Order, OrderStatus, Payment, PaymentState, Refund
from easyticket.models.order import UNPAID

# What a refund's `source` says when the money came for places that were gone, or for an order already paid.
LATE_SOURCE = "late_payment"
SURPLUS_SOURCE = "surplus_payment"


class OrderPhase(enum.StrEnum):
    """The buyer's side of an order, from the first hold to the last refund."""

    HELD = "held"  # the places are kept and nothing is being paid
    PAYING = "paying"  # sent to the provider, who has heard nothing yet
    DECLINED = "declined"  # the last attempt failed, the places are still kept
    EXPIRED = "expired"  # the hold ran out unpaid
    WAITING = "waiting"  # the provider is at work on the payment
    UNDER_REVIEW = "under_review"  # money came that is not what was asked for
    CONFIRMED = "confirmed"
    LATE_REFUND = "late_refund"  # paid when the places were gone; the money is on its way back
    REFUNDED = "refunded"
    CANCELLED = "cancelled"  # given back before it was paid
    CALLED_OFF = "called_off"  # its tickets were good once, and ended with nothing to pay back
    FAILED = "failed"


# The provider has nothing to add: it was never asked to collect, or the money has been dealt with.
_DECIDED = (PaymentState.CREATED, PaymentState.PAID, PaymentState.SURPLUS, PaymentState.QUARANTINED)
# Nothing is paid and the buyer can still go on, perhaps after holding the places again.
OPEN_PHASES = frozenset({OrderPhase.HELD, OrderPhase.PAYING, OrderPhase.DECLINED, OrderPhase.EXPIRED})
# The places are kept for the buyer at this moment.
KEPT_PHASES = frozenset({OrderPhase.HELD, OrderPhase.PAYING, OrderPhase.DECLINED})
# They were kept, were never paid for, and may be held again.
LAPSED_PHASES = frozenset({OrderPhase.EXPIRED, OrderPhase.FAILED})
# How long after it was made an order may hold its tickets again: nobody keeps them from others for ever.
RENEWABLE_FOR = timedelta(hours=2)


def may_hold_again(order: Order, now: datetime) -> bool:
    """Tell whether the tickets of an order whose hold ran out may be held for it once more, if they are still there."""
    return phase_of(order, now) in LAPSED_PHASES and now - order.created_at <= RENEWABLE_FOR


def phase_of(order: Order, now: datetime) -> OrderPhase:
    """Return the phase of an order from its status, hold, payments and refunds."""
    if order.status is OrderStatus.CONFIRMED:
        return OrderPhase.CONFIRMED
    states = {payment.state for payment in order.payments}
    if any(is_waiting_for_review(payment) for payment in order.payments):
        return OrderPhase.UNDER_REVIEW
    # Paid without being confirmed is a moment between two commits at most; to the buyer it is still on its way.
    if order.status in UNPAID and states & {PaymentState.PROCESSING, PaymentState.PAID}:
        return OrderPhase.WAITING
    return _phase_kept(order) if is_hold_good(order, now) else _phase_ended(order)


def _phase_kept(order: Order) -> OrderPhase:
    last = last_payment_of(order)
    if last is not None and last.state is PaymentState.OPEN:
        return OrderPhase.PAYING
    if last is not None and last.state is PaymentState.FAILED:
        return OrderPhase.DECLINED
    return OrderPhase.HELD


def _phase_ended(order: Order) -> OrderPhase:
    if late_refund_of(order) is not None:
        return OrderPhase.LATE_REFUND
    if order.status is OrderStatus.REFUNDED:
        return OrderPhase.REFUNDED
    if order.status is OrderStatus.CANCELLED:
        return OrderPhase.CANCELLED if order.confirmed_at is None else OrderPhase.CALLED_OFF
    ran_out = order.status in UNPAID or order.failure_reason == "expired"
    return OrderPhase.EXPIRED if ran_out else OrderPhase.FAILED


def is_hold_good(order: Order, now: datetime) -> bool:
    """Tell whether the order's places are still kept for it."""
    return order.hold is not None and order.hold.state is HoldState.HELD and now < order.hold.expires_at


def is_expired(order: Order, now: datetime) -> bool:
    """Tell whether the order ran out unpaid, whether or not somebody has ended it yet."""
    if order.status is OrderStatus.FAILED:
        return order.failure_reason == "expired"
    in_hand = any(payment.state is PaymentState.PROCESSING for payment in order.payments)
    return order.status in UNPAID and order.expires_at <= now and not in_hand


def shown_status(order: Order, now: datetime) -> OrderStatus:
    """Return the status the APIs send: an order that ran out has failed, although nobody may have ended it yet."""
    return OrderStatus.FAILED if is_expired(order, now) else order.status


def seconds_left_of(order: Order, now: datetime) -> int:
    """Return how many seconds the places are still kept, a begun one being whole; 0 when they are not."""
    return max(ceil((order.expires_at - now).total_seconds()), 0) if is_hold_good(order, now) else 0


def last_payment_of(order: Order) -> Payment | None:
    """Return the latest attempt to pay the order, if there was one."""
    return max(order.payments, key=lambda payment: payment.attempt, default=None)


def is_waiting_for_review(payment: Payment) -> bool:
    """Tell whether money came that is not what was asked for, and nobody has decided what becomes of it."""
    return payment.state is PaymentState.QUARANTINED and payment.reviewed_at is None


def payment_to_ask_about(order: Order) -> Payment | None:
    """Return the last attempt if the provider may know something new about it: money can come even for a failed one."""
    last = last_payment_of(order)
    return None if last is None or last.state in _DECIDED else last


def is_payable_attempt(payment: Payment, now: datetime) -> bool:
    """Tell whether the payer of this attempt can still pay it on the provider's page: it is open and the places are kept."""
    order = payment.order
    return phase_of(order, now) is OrderPhase.PAYING and last_payment_of(order) is payment


def late_refund_of(order: Order) -> Refund | None:
    """Return the refund of money that came when the places were gone, if there is one."""
    return next((refund for refund in order.refunds if refund.source == LATE_SOURCE), None)
