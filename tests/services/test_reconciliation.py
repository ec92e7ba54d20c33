"""Asking about what nobody told: in turn, seldom where little is to be expected, and past a provider that does not answer."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import pytest

from easyticket.core import clock
from easyticket.db import db, transaction
from easyticket.integrations.providers import ChargeState
from easyticket.models import OrderStatus, Payment, PaymentState
from easyticket.services import reconciliation
from easyticket.services.expiry import expire_orders
from easyticket.services.reconciliation import reconcile_payments
from tests import factories
from tests.services.strict_provider import StrictProvider
from tests.services.test_orders import place
from tests.services.test_payments import balance, start

pytestmark = pytest.mark.usefixtures("db_session")


def begun(count: int) -> list[Payment]:
    event = factories.make_simple_event()
    return [start(place(event)) for _ in range(count)]


def in_seconds(payment: Payment, seconds: float) -> datetime:
    return payment.created_at + timedelta(seconds=seconds)


def test_open_attempts_are_asked_about_again_after_a_while(provider: StrictProvider) -> None:
    *_, last = begun(3)
    now = in_seconds(last, 20)
    assert reconcile_payments(now) == 3
    assert reconcile_payments(now + timedelta(seconds=10)) == 0
    assert reconcile_payments(now + timedelta(seconds=20)) == 3


def test_one_that_does_not_answer_is_asked_twice_and_others_come_first_next_time(
    provider: StrictProvider,
) -> None:
    payments = begun(4)
    now = in_seconds(payments[-1], 20)
    provider.down = {"fetch"}
    assert reconcile_payments(now) == 2
    provider.down = set()
    provider.pay(payments[3].reference)
    assert reconcile_payments(now + timedelta(seconds=1)) == 2
    db.session.refresh(payments[3])
    assert payments[3].state is PaymentState.PAID


def test_many_that_wait_for_one_provider_keep_nobody_of_another_waiting(
    provider: StrictProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciliation, "_MOST_OPEN", 3)
    *silent, asked = begun(5)
    with transaction():
        for payment in silent:
            payment.provider = "paystack"
    provider.pay(asked.reference)
    reconcile_payments(in_seconds(asked, 20))
    db.session.refresh(asked)
    assert asked.state is PaymentState.PAID


def test_money_for_an_attempt_that_was_given_up_is_found_for_three_days(provider: StrictProvider) -> None:
    [payment] = begun(1)
    provider.unclosable.add(payment.reference)
    expire_orders(payment.order.expires_at)
    assert payment.state is PaymentState.CANCELED
    asked = 0
    moment = payment.created_at
    while moment < payment.created_at + timedelta(days=2, hours=23):
        moment += timedelta(minutes=10)
        asked += reconcile_payments(moment)
    assert 30 < asked < 120
    provider.pay(payment.reference)
    assert reconcile_payments(payment.created_at + timedelta(days=4)) == 0
    assert reconcile_payments(payment.created_at + timedelta(days=3) - timedelta(seconds=1)) in (0, 1)


def test_late_money_is_found_without_any_event(provider: StrictProvider) -> None:
    [payment] = begun(1)
    provider.unclosable.add(payment.reference)
    ended_at = payment.order.expires_at
    expire_orders(ended_at)
    provider.pay(payment.reference)
    reconcile_payments(ended_at + timedelta(minutes=3))
    db.session.refresh(payment.order)
    assert payment.order.status is OrderStatus.CONFIRMED


def test_a_fee_that_is_known_later_is_posted_once(provider: StrictProvider) -> None:
    [payment] = begun(1)
    provider.pay(payment.reference)
    reconcile_payments(in_seconds(payment, 20))
    assert (payment.state, payment.provider_fee_minor) == (PaymentState.PAID, None)
    provider.decide(payment.reference, ChargeState.PAID, fee_minor=180)
    later = in_seconds(payment, 20) + timedelta(minutes=6)
    assert reconcile_payments(later) == 1
    assert reconcile_payments(later + timedelta(minutes=6)) == 0
    db.session.refresh(payment)
    assert payment.provider_fee_minor == 180
    assert (balance("fee_expense", payment.order), balance("provider_cash", payment.order)) == (
        180,
        payment.amount_minor - 180,
    )


def test_a_fee_nobody_ever_tells_is_asked_for_a_few_times(provider: StrictProvider) -> None:
    [payment] = begun(1)
    provider.pay(payment.reference)
    moment = in_seconds(payment, 20)
    reconcile_payments(moment)
    asked = 0
    for _ in range(3 * 24 * 6):
        moment += timedelta(minutes=10)
        asked += reconcile_payments(moment)
    assert 2 < asked < 10


def test_an_answer_with_nothing_new_only_moves_the_turn(provider: StrictProvider) -> None:
    [payment] = begun(1)
    now = max(in_seconds(payment, 20), clock.now())
    reconcile_payments(now)
    db.session.refresh(payment)
    assert (payment.state, payment.checked_at) == (PaymentState.OPEN, now)


def test_an_answer_that_the_database_does_not_take_stops_nobody_else(
    provider: StrictProvider, caplog: pytest.LogCaptureFixture
) -> None:
    payments = begun(3)
    far, odd, last = payments
    provider.pay(far.reference, amount_minor=10**30)
    provider.decide(odd.reference, ChargeState.OPEN, message="Declined\x00by the bank")
    provider.pay(last.reference)
    now = in_seconds(last, 20)
    with caplog.at_level(logging.ERROR):
        assert reconcile_payments(now) == 3
    for payment in payments:
        db.session.refresh(payment)
    assert (far.state, odd.state, last.state) == (PaymentState.OPEN, PaymentState.OPEN, PaymentState.PAID)
    # Told with its whole story, and at the end of the queue.
    assert any(record.exc_info and far.id in (record.args or ()) for record in caplog.records)
    assert (far.checked_at, odd.checked_at) == (now, now)
