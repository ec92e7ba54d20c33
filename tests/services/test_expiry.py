"""Closing at the hold's end: what a provider that decides late, or says nothing, may cost others, and for how long."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from easyticket.db import db
from easyticket.integrations.providers import ChargeState
from easyticket.jobs.entry import drain_outbox
from easyticket.models import (
    Change,
    ChangeAction,
    Event,
    Hold,
    HoldState,
    Order,
    OrderStatus,
    Payment,
    PaymentState,
)
from easyticket.services import inventory
from easyticket.services.expiry import PATIENCE, clean_up_orders, expire_orders
from easyticket.services.payments import get_payment, settle_payment
from easyticket.services.reconciliation import reconcile_payments
from tests import factories
from tests.services.strict_provider import StrictProvider
from tests.services.test_orders import place
from tests.services.test_payments import start

pytestmark = pytest.mark.usefixtures("db_session")

A_MOMENT = timedelta(seconds=1)


def begun(event: Event | None = None) -> tuple[Order, Payment]:
    """An order whose payer is on the provider's page."""
    order = place(event or factories.make_simple_event())
    return order, start(order)


def hold_of(order: Order) -> HoldState:
    db.session.refresh(order)
    assert order.hold is not None
    db.session.refresh(order.hold)
    return order.hold.state


def test_a_payer_who_is_proving_who_they_are_gets_three_minutes_once(provider: StrictProvider) -> None:
    order, payment = begun()
    ended_at = order.expires_at
    provider.decide(payment.reference, ChargeState.OPEN, needs_action=True)
    assert expire_orders(ended_at) == 0
    db.session.refresh(order)
    assert (order.expires_at, provider.asked["close"]) == (ended_at + timedelta(minutes=3), 0)
    assert expire_orders(ended_at + A_MOMENT) == 0

    assert expire_orders(order.expires_at) == 1
    assert provider.charges[payment.reference].state is ChargeState.CANCELED
    assert hold_of(order) is HoldState.RELEASED


def test_proving_it_in_time_brings_the_tickets(provider: StrictProvider) -> None:
    order, payment = begun()
    provider.decide(payment.reference, ChargeState.OPEN, needs_action=True)
    ended_at = order.expires_at
    expire_orders(ended_at)
    provider.pay(payment.reference, needs_action=False)
    assert expire_orders(ended_at + timedelta(minutes=3)) == 0
    db.session.refresh(order)
    assert order.status is OrderStatus.CONFIRMED


def test_a_payment_in_hand_keeps_its_places_for_half_an_hour_and_no_longer(provider: StrictProvider) -> None:
    order, payment = begun()
    ended_at = order.expires_at
    provider.decide(payment.reference, ChargeState.PROCESSING)
    assert expire_orders(ended_at) == 0
    assert hold_of(order) is HoldState.HELD
    assert expire_orders(ended_at + PATIENCE - A_MOMENT) == 0
    assert expire_orders(ended_at + PATIENCE) == 1
    assert (hold_of(order), order.failure_reason) == (HoldState.RELEASED, "expired")

    # The money comes after all, and the places are still there.
    provider.pay(payment.reference)
    settle_payment(payment.reference)
    db.session.refresh(order)
    assert (order.status, len(order.tickets)) == (OrderStatus.CONFIRMED, 1)


def test_a_provider_that_does_not_answer_keeps_places_for_half_an_hour_and_no_longer(
    provider: StrictProvider,
) -> None:
    order, payment = begun()
    ended_at = order.expires_at
    provider.down = {"fetch", "close"}
    assert expire_orders(ended_at) == 0
    assert hold_of(order) is HoldState.HELD
    assert expire_orders(ended_at + PATIENCE) == 1
    assert hold_of(order) is HoldState.RELEASED

    provider.down, reference = set(), payment.reference
    drain_outbox()
    assert provider.charges[reference].state is ChargeState.CANCELED
    assert get_payment(reference).state is PaymentState.CANCELED


def test_a_provider_that_was_asked_a_moment_ago_is_not_asked_again(provider: StrictProvider) -> None:
    order, payment = begun()
    provider.decide(payment.reference, ChargeState.PROCESSING)
    for seconds in (1, 5, 15):
        expire_orders(order.expires_at + timedelta(seconds=seconds))
    assert provider.asked["close"] == 1
    expire_orders(order.expires_at + timedelta(seconds=40))
    assert provider.asked["close"] == 2


def test_one_that_does_not_answer_is_left_alone_for_the_round_and_others_end(
    provider: StrictProvider,
) -> None:
    event = factories.make_simple_event()
    orders = [begun(event)[0] for _ in range(4)]
    unpaid = place(event)
    provider.down = {"fetch"}
    last = max(order.expires_at for order in [*orders, unpaid])
    assert expire_orders(last) == 1
    assert (provider.asked["fetch"], hold_of(unpaid)) == (2, HoldState.RELEASED)
    # Somebody who waits for places has less patience.
    assert expire_orders(last, event.id) == 0
    assert provider.asked["fetch"] == 3


def test_a_payment_that_cannot_be_closed_gives_its_places_up_all_the_same(provider: StrictProvider) -> None:
    order, payment = begun()
    provider.unclosable.add(payment.reference)
    assert expire_orders(order.expires_at) == 1
    assert hold_of(order) is HoldState.RELEASED
    assert payment.state is PaymentState.CANCELED


def test_who_waits_on_a_page_does_not_keep_the_places_by_asking(provider: StrictProvider) -> None:
    """The page one comes back to asks every few seconds, and so does the round that looks for lost webhooks."""
    order, payment = begun()
    reference, late = payment.reference, order.expires_at
    for seconds in range(2, 60, 2):
        now = late + timedelta(seconds=seconds)
        if seconds % 10 == 0:
            expire_orders(now)
        settle_payment(reference, now)
        reconcile_payments(now)
    assert provider.charges[reference].state is ChargeState.CANCELED
    assert hold_of(order) is HoldState.RELEASED


def test_nor_where_the_provider_can_close_nothing(provider: StrictProvider) -> None:
    order, payment = begun()
    reference, late = payment.reference, order.expires_at + A_MOMENT
    provider.unclosable.add(reference)
    settle_payment(reference, late)
    assert expire_orders(late + A_MOMENT) == 1
    assert hold_of(order) is HoldState.RELEASED


def test_one_that_is_never_answered_about_does_not_use_up_the_tries_of_others(
    provider: StrictProvider,
) -> None:
    event = factories.make_simple_event()
    payments = [begun(event)[1] for _ in range(4)]
    provider.unanswered = {payment.reference for payment in payments[:2]}
    last = max(payment.order.expires_at for payment in payments)
    assert [expire_orders(last), expire_orders(last + A_MOMENT)] == [0, 2]


def test_places_can_be_held_again_at_once_by_whoever_has_just_looked(provider: StrictProvider) -> None:
    order, payment = begun()
    late = order.expires_at + A_MOMENT
    settle_payment(payment.reference, late)
    assert expire_orders(late + A_MOMENT, order.event_id) == 1
    assert hold_of(order) is HoldState.RELEASED


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (ChargeState.PAID, {"amount_minor": 10**30}),
        pytest.param(
            ChargeState.CANCELED, {"message": "Closed\x00by us"}, marks=pytest.mark.postgresql, id="nul"
        ),
    ],
)
def test_an_answer_that_the_database_does_not_take_keeps_its_own_places_half_an_hour_and_no_others(
    provider: StrictProvider,
    caplog: pytest.LogCaptureFixture,
    state: ChargeState,
    said: dict[str, object],
) -> None:
    event = factories.make_simple_event()
    odd, payment = begun(event)
    paying, unpaid = begun(event)[0], place(event)
    provider.decide(payment.reference, state, **said)
    last = max(order.expires_at for order in (odd, paying, unpaid))
    with caplog.at_level(logging.ERROR):
        assert expire_orders(last) == 2
    assert [hold_of(order) for order in (paying, unpaid)] == [HoldState.RELEASED] * 2
    assert (hold_of(odd), payment.checked_at) == (HoldState.HELD, last)
    assert any(record.exc_info and odd.id in (record.args or ()) for record in caplog.records)

    assert expire_orders(odd.expires_at + PATIENCE) == 1
    assert hold_of(odd) is HoldState.RELEASED


def test_an_administrator_who_ends_orders_is_in_the_log_unless_there_were_none() -> None:
    staff, order = factories.actor_of(factories.make_staff()), place(factories.make_simple_event())
    assert clean_up_orders(actor=staff, now=order.expires_at - A_MOMENT) == 0
    assert clean_up_orders(actor=staff, now=order.expires_at) == 1
    [change] = db.session.scalars(sa.select(Change))
    assert (change.action, change.actor_id) == (ChangeAction.ORDER_HOLDS_ENDED, staff.user_id)
    assert change.after == {"orders_ended": 1}


def test_an_order_that_cannot_be_ended_keeps_no_other_one(
    provider: StrictProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = factories.make_simple_event()
    stuck, other = place(event), place(event)
    release, stuck_hold = inventory.release_hold, stuck.hold

    def fail_once(hold: Hold, now: datetime) -> None:
        if stuck_hold is not None and hold.id == stuck_hold.id:
            raise ArithmeticError("more is released than was held")
        release(hold, now)

    monkeypatch.setattr(inventory, "release_hold", fail_once)
    assert expire_orders(max(stuck.expires_at, other.expires_at)) == 1
    assert (hold_of(stuck), hold_of(other)) == (HoldState.HELD, HoldState.RELEASED)
