"""What an order is to its buyer, told from its status, hold, payments and refunds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from easyticket.models import Hold, HoldState, Order, OrderStatus, Payment, PaymentState, Refund, RefundState
from easyticket.rules.order_phase import (
    OrderPhase,
    is_hold_good,
    last_payment_of,
    late_refund_of,
    payment_to_ask_about,
    phase_of,
    seconds_left_of,
)

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)
BEFORE = NOW - timedelta(seconds=1)

RELEASED = HoldState.RELEASED
CONVERTED = HoldState.CONVERTED


def order(
    status: OrderStatus = OrderStatus.PENDING,
    *payments: PaymentState,
    hold: HoldState = HoldState.HELD,
    until: datetime = LATER,
    refund: str = "",
    reason: str = "",
) -> Order:
    made = Order(status=status, expires_at=until, failure_reason=reason)
    made.hold = Hold(state=hold, expires_at=until)
    made.payments = [Payment(attempt=number, state=state) for number, state in enumerate(payments, start=1)]
    made.refunds = [Refund(source=refund, state=RefundState.REQUESTED)] if refund else []
    return made


@pytest.mark.parametrize(
    ("given", "phase"),
    [
        (order(), OrderPhase.HELD),
        (order(OrderStatus.PROCESSING, PaymentState.CREATED), OrderPhase.HELD),
        (order(OrderStatus.PROCESSING, PaymentState.OPEN), OrderPhase.PAYING),
        (order(OrderStatus.PENDING, PaymentState.FAILED), OrderPhase.DECLINED),
        (order(OrderStatus.PROCESSING, PaymentState.FAILED, PaymentState.OPEN), OrderPhase.PAYING),
        (order(OrderStatus.PENDING, PaymentState.CANCELED), OrderPhase.HELD),
        (order(OrderStatus.PROCESSING, PaymentState.PROCESSING), OrderPhase.WAITING),
        (order(OrderStatus.PROCESSING, PaymentState.PROCESSING, until=BEFORE), OrderPhase.WAITING),
        (order(OrderStatus.PROCESSING, PaymentState.QUARANTINED), OrderPhase.UNDER_REVIEW),
        (order(until=BEFORE), OrderPhase.EXPIRED),
        (order(OrderStatus.PROCESSING, PaymentState.OPEN, until=BEFORE), OrderPhase.EXPIRED),
        (order(OrderStatus.FAILED, hold=RELEASED, until=BEFORE, reason="expired"), OrderPhase.EXPIRED),
        (order(OrderStatus.FAILED, hold=RELEASED, reason="something else"), OrderPhase.FAILED),
        (order(OrderStatus.CANCELLED, hold=RELEASED), OrderPhase.CANCELLED),
        (order(OrderStatus.CONFIRMED, PaymentState.PAID, hold=CONVERTED), OrderPhase.CONFIRMED),
        (order(OrderStatus.REFUNDED, PaymentState.PAID, hold=CONVERTED, refund="buyer"), OrderPhase.REFUNDED),
    ],
)
def test_an_order_is_in_the_phase_its_rows_tell(given: Order, phase: OrderPhase) -> None:
    assert phase_of(given, NOW) is phase


@pytest.mark.parametrize("status", [OrderStatus.FAILED, OrderStatus.CANCELLED])
def test_money_that_came_too_late_is_told_whatever_ended_the_order(status: OrderStatus) -> None:
    late = order(status, PaymentState.SURPLUS, hold=RELEASED, until=BEFORE, refund="late_payment")
    assert phase_of(late, NOW) is OrderPhase.LATE_REFUND
    assert late_refund_of(late) is late.refunds[0]


def test_a_free_order_that_was_called_off_is_told_from_one_that_was_given_back() -> None:
    called_off = order(OrderStatus.CANCELLED, hold=CONVERTED)
    called_off.confirmed_at = BEFORE
    assert phase_of(called_off, NOW) is OrderPhase.CALLED_OFF


def test_tickets_held_again_after_late_money_are_held() -> None:
    again = order(OrderStatus.PENDING, PaymentState.SURPLUS, refund="late_payment")
    assert phase_of(again, NOW) is OrderPhase.HELD


def test_paying_twice_leaves_the_order_confirmed() -> None:
    twice = order(
        OrderStatus.CONFIRMED,
        PaymentState.SURPLUS,
        PaymentState.PAID,
        hold=CONVERTED,
        refund="surplus_payment",
    )
    assert phase_of(twice, NOW) is OrderPhase.CONFIRMED


def test_a_hold_is_good_up_to_its_last_moment_and_not_at_it() -> None:
    held = order()
    assert is_hold_good(held, LATER - timedelta(microseconds=1))
    assert not is_hold_good(held, LATER)


def test_the_seconds_left_count_a_begun_one_and_are_never_below_zero() -> None:
    assert seconds_left_of(order(), NOW) == 600
    assert seconds_left_of(order(), NOW + timedelta(milliseconds=500)) == 600
    assert seconds_left_of(order(), NOW + timedelta(seconds=1)) == 599
    assert seconds_left_of(order(until=BEFORE), NOW) == 0
    assert seconds_left_of(order(hold=RELEASED), NOW) == 0


def test_the_provider_is_asked_about_the_last_attempt_even_after_it_failed() -> None:
    tried = order(OrderStatus.PENDING, PaymentState.CANCELED, PaymentState.FAILED)
    asked = payment_to_ask_about(tried)
    assert asked is not None
    assert asked is last_payment_of(tried)
    assert asked.attempt == 2


@pytest.mark.parametrize(
    "state", [PaymentState.CREATED, PaymentState.PAID, PaymentState.SURPLUS, PaymentState.QUARANTINED]
)
def test_the_provider_is_not_asked_about_what_is_decided_or_never_reached_it(state: PaymentState) -> None:
    assert payment_to_ask_about(order(OrderStatus.PENDING, state)) is None
    assert payment_to_ask_about(order()) is None
