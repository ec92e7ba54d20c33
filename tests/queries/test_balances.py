"""An organizer's balance is what the ledger says, sorted by when it can be paid out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from easyticket.core import clock
from easyticket.core.ids import random_code
from easyticket.db import transaction
from easyticket.models import (
    Event,
    EventStatus,
    Order,
    OrderStatus,
    Payment,
    PaymentProfile,
    PaymentState,
    Payout,
    Refund,
    User,
)
from easyticket.queries.balances import Balance, find_next_available_at, find_uncovered, get_balance
from easyticket.services import ledger
from tests import factories
from tests.statements import counted_statements

pytestmark = pytest.mark.usefixtures("db_session")


def make_sale(event: Event, *, days_ago: int = 30) -> Order:
    """A paid order of one ticket: 52.50 from the buyer, 50.00 of them the organizer's."""
    sold_at = clock.now() - timedelta(days=days_ago)
    order = factories.make_order(event, status=OrderStatus.CONFIRMED, confirmed_at=sold_at)
    ledger.post_fulfilment(order, sold_at)
    return order


def take_back(order: Order) -> Refund:
    """All of a sale goes back to its buyer."""
    money = {"amount_minor": order.total_minor, "currency": order.currency, "order_id": order.id}
    with transaction() as session:
        payment = Payment(attempt=1, provider="sandbox", reference=random_code(26), **money)
        session.add(payment)
        session.flush()
        refund = Refund(payment_id=payment.id, source="organizer", **money)
        session.add(refund)
        session.flush()
        ledger.post_refund_requested(refund, clock.now(), fulfilled=True)
    return refund


def make_past_event(organizer: User, **fields: object) -> Event:
    return factories.make_simple_event(
        organizer=organizer,
        start_at=clock.now() - timedelta(days=2),
        **fields,  # type: ignore[arg-type]
    )


def pay_out(organizer: User, amount_minor: int) -> Payout:
    with transaction() as session:
        payout = Payout(
            organizer_id=organizer.id,
            reference=random_code(26),
            method="manual",
            amount_minor=amount_minor,
            currency="GHS",
        )
        session.add(payout)
        session.flush()
        ledger.post_payout_requested(payout, clock.now())
    return payout


def test_money_can_be_paid_out_once_its_event_is_over_and_its_sale_a_week_old() -> None:
    organizer, now = factories.make_organizer(), clock.now()
    over = make_past_event(organizer)
    make_sale(over)
    newly_sold = make_sale(over, days_ago=3)
    make_sale(factories.make_simple_event(organizer=organizer), days_ago=20)
    make_sale(make_past_event(organizer, status=EventStatus.CANCELLED))
    make_sale(make_past_event(organizer, currency="USD"))
    make_sale(make_past_event(factories.make_organizer()))

    assert get_balance(organizer.id, "GHS", now) == Balance(
        currency="GHS",
        earnings_minor=20_000,
        fees_minor=0,
        available_minor=5_000,
        pending_minor=10_000,
        on_hold_minor=5_000,
        paid_out_minor=0,
    )
    assert newly_sold.confirmed_at is not None
    assert find_next_available_at(organizer.id, "GHS", now) == newly_sold.confirmed_at + timedelta(days=7)
    assert find_next_available_at(organizer.id, "USD", now) is None
    in_a_week = get_balance(organizer.id, "GHS", now + timedelta(days=7))
    assert (in_a_week.available_minor, in_a_week.pending_minor) == (10_000, 5_000)


def test_payouts_and_fees_leave_what_is_available_and_everything_adds_up() -> None:
    organizer, now = factories.make_organizer(), clock.now()
    profile = PaymentProfile(id=1, user_id=organizer.id, verification_attempts=1)
    ledger.post_verification_fee(profile, 100, "GHS", now)
    assert get_balance(organizer.id, "GHS", now).available_minor == -100
    assert get_balance(organizer.id, "GHS", now).payable_minor == 0

    make_sale(make_past_event(organizer))
    ledger.post_payout_paid(pay_out(organizer, 1_000), now)
    ledger.post_payout_cancelled(pay_out(organizer, 500), now)
    pay_out(organizer, 700)
    balance = get_balance(organizer.id, "GHS", now)
    assert (balance.earnings_minor, balance.fees_minor, balance.available_minor) == (5_000, 100, 3_200)
    assert (balance.on_hold_minor, balance.paid_out_minor) == (700, 1_000)


def test_money_waits_for_the_latest_end_the_event_had_since_it_was_sold() -> None:
    organizer, now = factories.make_organizer(), clock.now()
    promised = now + timedelta(days=3)
    make_sale(make_past_event(organizer, promised_end_at=promised))
    make_sale(make_past_event(organizer, promised_end_at=now - timedelta(days=9)))
    balance = get_balance(organizer.id, "GHS", now)
    assert (balance.available_minor, balance.pending_minor) == (5_000, 5_000)
    assert find_next_available_at(organizer.id, "GHS", now) == promised
    assert get_balance(organizer.id, "GHS", promised).available_minor == 10_000


def test_what_was_asked_for_is_covered_by_sales_that_can_be_paid_out_and_by_nothing_else() -> None:
    organizer, now = factories.make_organizer(), clock.now()
    past = make_past_event(organizer)
    order = make_sale(past)
    ledger.post_verification_fee(
        PaymentProfile(id=1, user_id=organizer.id, verification_attempts=1), 100, "GHS", now
    )
    ledger.post_payout_paid(pay_out(organizer, 2_000), now)
    pay_out(organizer, 3_000)
    assert find_uncovered([organizer.id], now) == {}

    take_back(order)
    make_sale(factories.make_simple_event(organizer=organizer))
    make_sale(make_past_event(organizer, status=EventStatus.CANCELLED))
    other = factories.make_organizer()
    make_sale(make_past_event(other))
    assert find_uncovered([organizer.id, other.id], now) == {(organizer.id, "GHS"): 5_000}
    make_sale(past)
    assert find_uncovered([organizer.id], now) == {}


def test_one_sale_and_twenty_take_the_same_single_statement() -> None:
    organizer, now = factories.make_organizer(), clock.now()
    for _ in range(20):
        make_sale(make_past_event(organizer))
    organizer_id = organizer.id
    with counted_statements() as statements:
        assert get_balance(organizer_id, "GHS", now).available_minor == 100_000
    assert len(statements) == 1


def settle(order: Order, *, is_live: bool) -> None:
    """Write down the payment that settled a sale, after one of the other kind that came to nothing."""
    money = {"amount_minor": order.total_minor, "currency": order.currency, "order_id": order.id}
    ends = ((1, PaymentState.CANCELED, not is_live), (2, PaymentState.PAID, is_live))
    with transaction() as session:
        for attempt, state, live in ends:
            named = {"provider": "paystack", "reference": random_code(26)}
            session.add(Payment(attempt=attempt, state=state, is_live=live, **named, **money))


@pytest.mark.parametrize("key", ["stripe_secret_key", "paystack_secret_key"])
def test_once_real_money_is_paid_out_play_money_is_no_part_of_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    organizer, now = factories.make_organizer(), clock.now()
    past, coming = make_past_event(organizer), factories.make_simple_event(organizer=organizer)
    for event in (past, coming):
        settle(make_sale(event), is_live=False)
    play = get_balance(organizer.id, "GHS", now)
    assert (play.available_minor, play.pending_minor) == (5_000, 5_000)
    pay_out(organizer, 5_000)
    assert find_uncovered([organizer.id], now) == {}

    settings = app.config["SETTINGS"]
    monkeypatch.setitem(app.config, "SETTINGS", replace(settings, **{key: "sk_test_of_a_shop"}))
    assert get_balance(organizer.id, "GHS", now).pending_minor == 5_000
    monkeypatch.setitem(app.config, "SETTINGS", replace(settings, **{key: "sk_live_of_a_shop"}))
    with counted_statements() as statements:
        real = get_balance(organizer.id, "GHS", now)
    assert len(statements) == 1
    assert (real.payable_minor, real.pending_minor, real.earnings_minor) == (0, 0, 0)
    assert find_uncovered([organizer.id], now) == {(organizer.id, "GHS"): 5_000}
    assert find_next_available_at(organizer.id, "GHS", now) is None

    for event in (past, coming):
        settle(make_sale(event), is_live=True)
    real = get_balance(organizer.id, "GHS", now)
    # What was asked for is still on its way, on the account of what is earned now.
    assert (real.available_minor, real.pending_minor, real.on_hold_minor) == (0, 5_000, 5_000)
    assert real.earnings_minor == 10_000
    assert find_uncovered([organizer.id], now) == {}
    assert find_next_available_at(organizer.id, "GHS", now) == coming.end_at
