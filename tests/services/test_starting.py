"""Beginning to pay: a provider that refuses, forgets its page, loses its answer, or needs more time than is left."""

from __future__ import annotations

from datetime import timedelta

import pytest

from easyticket.core import clock
from easyticket.core.errors import Conflict, ProviderDown
from easyticket.db import db
from easyticket.integrations.providers import ChargeRefused, ChargeState
from easyticket.jobs.entry import drain_outbox
from easyticket.models import HoldState, Order, OrderStatus, Payment, PaymentState
from easyticket.services.expiry import expire_orders
from easyticket.services.orders import cancel_order
from easyticket.services.payments import settle_payment, start_payment
from tests import factories
from tests.services.strict_provider import StrictProvider
from tests.services.test_orders import holding, place
from tests.services.test_payments import RETURN_URL, start

pytestmark = pytest.mark.usefixtures("db_session")


def only_payment(order: Order) -> Payment:
    db.session.refresh(order)
    [payment] = order.payments
    db.session.refresh(payment)
    return payment


def test_a_refused_charge_is_told_in_words_and_keeps_the_places(provider: StrictProvider) -> None:
    order = place(factories.make_simple_event())
    provider.refusal = "This amount is too small to be paid by card."
    with pytest.raises(Conflict, match="too small"):
        start(order)
    refused = only_payment(order)
    assert (refused.state, refused.last_error) == (PaymentState.FAILED, provider.refusal)
    assert order.hold is not None
    assert (order.status, order.hold.state) == (OrderStatus.PENDING, HoldState.HELD)

    provider.refusal = ""
    assert start(order).attempt == 2


def test_a_reference_whose_page_is_told_no_more_gives_way_to_a_new_one(provider: StrictProvider) -> None:
    order = place(factories.make_simple_event())
    provider.mute = {"start"}
    with pytest.raises(ProviderDown):
        start(order)
    lost = only_payment(order)
    assert lost.state is PaymentState.CREATED
    provider.mute, provider.used = set(), {lost.reference}

    second = start(order)
    db.session.refresh(lost)
    assert (second.state, second.attempt, lost.state) == (PaymentState.OPEN, 2, PaymentState.CANCELED)
    assert second.reference != lost.reference

    # Whoever has its page after all and pays, gets the tickets: the order is not paid yet.
    provider.pay(lost.reference)
    settle_payment(lost.reference)
    db.session.refresh(order)
    assert (order.status, lost.state) == (OrderStatus.CONFIRMED, PaymentState.PAID)


def test_a_provider_that_knows_every_reference_is_not_asked_for_ever(provider: StrictProvider) -> None:
    order = place(factories.make_simple_event())

    class Everything(set[str]):
        def __contains__(self, _: object) -> bool:
            return True

    provider.used = Everything()
    with pytest.raises(ChargeRefused):
        start(order)
    assert provider.asked["start"] == 2


def test_a_lost_answer_is_asked_for_again_with_the_same_reference(provider: StrictProvider) -> None:
    order = place(factories.make_simple_event())
    provider.mute = {"start"}
    with pytest.raises(ProviderDown):
        start(order)
    provider.mute = set()
    payment = start(order)
    assert (payment.attempt, payment.state, list(provider.charges)) == (
        1,
        PaymentState.OPEN,
        [payment.reference],
    )


def test_an_attempt_whose_start_was_never_answered_is_closed_with_its_hold(provider: StrictProvider) -> None:
    order = place(factories.make_simple_event())
    provider.mute = {"start"}
    with pytest.raises(ProviderDown):
        start(order)
    provider.mute = set()
    assert expire_orders(order.expires_at) == 1
    payment = only_payment(order)
    assert (payment.state, payment.provider_ref) == (PaymentState.CANCELED, f"ch_{payment.reference}")
    assert provider.charges[payment.reference].state is ChargeState.CANCELED


def test_asking_about_an_attempt_that_is_being_started_decides_nothing(provider: StrictProvider) -> None:
    order = place(factories.make_simple_event())
    provider.down = {"start"}
    with pytest.raises(ProviderDown):
        start(order)
    payment = only_payment(order)
    assert settle_payment(payment.reference).state is PaymentState.CREATED
    provider.down = set()
    assert start(order).reference == payment.reference


def test_giving_an_order_up_closes_its_payment_at_the_provider(provider: StrictProvider) -> None:
    order = place(factories.make_simple_event())
    reference = start(order).reference
    cancel_order(actor=holding(order), order=order, now=clock.now())
    assert provider.charges[reference].state is ChargeState.OPEN
    drain_outbox()
    assert provider.charges[reference].state is ChargeState.CANCELED


class TestTime:
    """Mobile money needs minutes on the phone; a card does not."""

    def start_late(self, order: Order, left: timedelta) -> Payment:
        payment = start_payment(
            actor=holding(order), order=order, return_url=RETURN_URL, now=order.expires_at - left
        )
        assert payment is not None
        return payment

    def test_a_hold_that_is_too_short_is_lengthened_once(self, provider: StrictProvider) -> None:
        provider.least_seconds = 240
        order = place(factories.make_simple_event())
        begun_at = order.expires_at - timedelta(seconds=30)
        first = self.start_late(order, timedelta(seconds=30))
        db.session.refresh(order)
        assert order.expires_at == begun_at + timedelta(minutes=4)
        assert order.hold is not None and order.hold.expires_at == order.expires_at

        # The page that is open may be gone back to, without more time.
        ends_at = order.expires_at
        assert self.start_late(order, timedelta(seconds=20)).id == first.id
        db.session.refresh(order)
        assert order.expires_at == ends_at

        provider.decide(first.reference, ChargeState.CANCELED)
        settle_payment(first.reference, ends_at - timedelta(seconds=20))
        with pytest.raises(Conflict) as refused:
            self.start_late(order, timedelta(seconds=20))
        assert refused.value.code == "hold_expired"
        assert len(provider.charges) == 1

    def test_one_that_is_long_enough_stays_as_it_is(self, provider: StrictProvider) -> None:
        provider.least_seconds = 240
        order = place(factories.make_simple_event())
        ends_at = order.expires_at
        payment = self.start_late(order, timedelta(minutes=5))
        assert (order.expires_at, payment.grace_given_at) == (ends_at, None)
