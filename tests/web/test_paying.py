"""Paying and coming back: what the payer reads in every state, and that only the provider is believed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import NoReturn

import pytest
import sqlalchemy as sa
import time_machine
from flask.testing import FlaskClient

from easyticket.core import clock
from easyticket.core.errors import ProviderDown
from easyticket.db import db
from easyticket.integrations.providers import ChargeSnapshot, ChargeState
from easyticket.integrations.sandbox import SandboxProvider
from easyticket.models import (
    Event,
    HoldState,
    OrderStatus,
    PaymentState,
    Refund,
)
from easyticket.services import sandbox
from easyticket.services.expiry import expire_orders
from easyticket.services.settlement import apply_snapshot
from tests import factories
from tests.web.buying import (
    BUYER,
    begin,
    buy,
    decide,
    field_of,
    held,
    order_of,
    pay,
    text_of,
)

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def event() -> Event:
    return factories.make_simple_event(quantity=10)


@pytest.fixture
def clock_hand() -> Iterator[time_machine.Traveller]:
    """Moves the time forward."""
    with time_machine.travel(clock.now(), tick=True) as traveller:
        yield traveller


class TestPaying:
    def test_an_approved_payment_leads_to_the_tickets(self, client: FlaskClient, event: Event) -> None:
        secret = begin(client, event)
        back = decide(client, pay(client, secret), "approve")
        assert back.headers["Location"] == f"http://tickets.example/checkout/{secret}/return/"
        answer = client.get(f"/checkout/{secret}/return/")
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/orders/{secret}/")
        assert held(event) == (0, 2)

    def test_nothing_in_the_return_address_is_believed(self, client: FlaskClient, event: Event) -> None:
        other = buy(client, event, 1)
        secret = begin(client, event)
        pay(client, secret)
        paid = order_of(other).payments[0].reference
        answer = client.get(
            f"/checkout/{secret}/return/?status=success&trxref={paid}&reference={paid}&redirect_status=succeeded"
        )
        assert answer.status_code == 200
        assert "Waiting for the payment provider" in text_of(answer)
        assert order_of(secret).status is OrderStatus.PROCESSING

    def test_a_declined_payment_keeps_the_hold_and_opens_a_new_try(
        self, client: FlaskClient, event: Event
    ) -> None:
        secret = begin(client, event)
        decide(client, pay(client, secret), "decline")
        answer = text_of(client.get(f"/checkout/{secret}/return/"))
        assert "Not paid" in answer
        assert "The card was declined. Nothing was charged" in answer
        assert "Try again: pay GH₵ 105.00" in answer
        assert held(event) == (2, 0)
        details = client.get(f"/checkout/{secret}/")
        assert "Your payment was declined" in text_of(details)
        assert field_of(details, "buyer_email") == "kofi@example.org"
        decide(client, pay(client, secret), "approve")
        client.get(f"/checkout/{secret}/return/")
        order = order_of(secret)
        assert order.status is OrderStatus.CONFIRMED
        assert [payment.state for payment in order.payments] == [PaymentState.FAILED, PaymentState.PAID]

    def test_going_back_without_deciding_leads_on_to_the_same_payment(
        self, client: FlaskClient, event: Event
    ) -> None:
        secret = begin(client, event)
        first = pay(client, secret)
        decide(client, first, "nothing")
        answer = client.get(f"/checkout/{secret}/return/")
        assert "Waiting for the payment provider" in text_of(answer)
        assert '<noscript><meta http-equiv="refresh"' in answer.text
        assert pay(client, secret).headers["Location"] == first.headers["Location"]

    def test_a_payment_given_up_can_be_made_again(self, client: FlaskClient, event: Event) -> None:
        secret = begin(client, event)
        decide(client, pay(client, secret), "cancel")
        assert "Nothing was charged" in text_of(client.get(f"/checkout/{secret}/return/"))
        assert "The payment was not made" in text_of(client.get(f"/checkout/{secret}/"))
        assert pay(client, secret).status_code == 303

    def test_a_paid_order_cannot_be_changed_paid_or_given_back_again(
        self, client: FlaskClient, event: Event
    ) -> None:
        secret = buy(client, event)
        for path in ("pay", "cancel", "hold-again", "promo"):
            answer = client.post(f"/checkout/{secret}/{path}/", data=BUYER | {"buyer_name": "Somebody Else"})
            assert (answer.status_code, answer.headers["Location"]) == (303, f"/orders/{secret}/"), path
        order = order_of(secret)
        assert (order.buyer_name, len(order.payments), order.status) == (
            "Kofi Mensah",
            1,
            OrderStatus.CONFIRMED,
        )

    def test_money_of_another_amount_is_told_to_be_looked_at(self, client: FlaskClient, event: Event) -> None:
        secret = begin(client, event)
        pay(client, secret)
        payment = order_of(secret).payments[0]
        snapshot = ChargeSnapshot(
            reference=payment.reference,
            provider_ref=payment.provider_ref or "",
            state=ChargeState.PAID,
            amount_minor=1,
            currency=payment.currency,
            is_live=False,
        )
        apply_snapshot(payment.id, snapshot, clock.now())
        answer = text_of(client.get(f"/checkout/{secret}/return/"))
        assert "We are looking at your payment" in answer
        assert payment.reference in answer.replace(" ", "")
        assert order_of(secret).tickets == []


class TestTheProviderDoesNotAnswer:
    def test_before_paying_everything_typed_stays_and_nothing_is_charged(
        self, client: FlaskClient, event: Event, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        secret = begin(client, event)
        with monkeypatch.context() as broken:
            broken.setattr(SandboxProvider, "start", silent)
            answer = pay(client, secret)
        assert answer.status_code == 502
        assert "The provider does not answer." in text_of(answer)
        assert field_of(answer, "buyer_name") == "Kofi Mensah"
        assert pay(client, secret).status_code == 303
        assert len(order_of(secret).payments) == 1

    def test_after_paying_the_page_goes_on_asking(
        self, client: FlaskClient, event: Event, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        secret = begin(client, event)
        decide(client, pay(client, secret), "approve")
        with monkeypatch.context() as broken:
            broken.setattr(SandboxProvider, "fetch", silent)
            answer = client.get(f"/checkout/{secret}/return/")
            assert answer.status_code == 200
            assert "Waiting for the payment provider" in text_of(answer)
            assert client.get(f"/checkout/{secret}/status/?seen=paying").status_code == 204
        assert client.get(f"/checkout/{secret}/return/").headers["Location"] == f"/orders/{secret}/"


def silent(*_: object) -> NoReturn:
    raise ProviderDown("The provider does not answer.")


class TestThePollingReturnPage:
    def test_an_unchanged_state_is_not_sent_again(self, client: FlaskClient, event: Event) -> None:
        secret = begin(client, event)
        decide(client, pay(client, secret), "nothing")
        assert client.get(f"/checkout/{secret}/status/?seen=paying").status_code == 204

    def test_a_changed_state_replaces_the_old_one(self, client: FlaskClient, event: Event) -> None:
        secret = begin(client, event)
        page = pay(client, secret)
        decide(client, page, "decline")
        answer = client.get(f"/checkout/{secret}/status/?seen=paying")
        assert answer.text.strip().startswith('<div id="state">')
        assert "Not paid" in text_of(answer)

    def test_paid_leads_to_the_tickets(self, client: FlaskClient, event: Event) -> None:
        secret = begin(client, event)
        decide(client, pay(client, secret), "approve")
        answer = client.get(f"/checkout/{secret}/status/?seen=paying")
        assert answer.headers["HX-Redirect"] == f"/orders/{secret}/"


class TestTheHoldRunsOut:
    @pytest.mark.parametrize("step", ["pay", "hold-again"])
    @pytest.mark.parametrize("was_ended", [False, True])
    def test_what_was_typed_is_kept_and_the_same_is_held_again_by_one_press(
        self,
        client: FlaskClient,
        event: Event,
        clock_hand: time_machine.Traveller,
        step: str,
        was_ended: bool,
    ) -> None:
        secret = begin(client, event)
        clock_hand.shift(timedelta(minutes=16))
        if was_ended:
            expire_orders()
        again = client.post(f"/checkout/{secret}/{step}/", data=BUYER | {"buyer_phone": "024 1"})
        assert (again.status_code, again.headers["Location"]) == (303, f"/checkout/{secret}/")
        order = order_of(secret)
        assert (order.buyer_phone, order.status, order.payments) == ("024 1", OrderStatus.PENDING, [])
        assert order.hold is not None
        assert order.hold.state is HoldState.HELD
        assert held(event) == (2, 0)
        details = text_of(client.get(f"/checkout/{secret}/"))
        assert "Your tickets are held again until" in details
        assert "Nothing is paid yet." in details
        assert "Pay GH₵ 105.00" in details
        assert pay(client, secret).headers["Location"].startswith("http://tickets.example/sandbox/")

    def test_a_payment_left_open_does_not_stand_in_the_way(
        self, client: FlaskClient, event: Event, clock_hand: time_machine.Traveller
    ) -> None:
        secret = begin(client, event)
        decide(client, pay(client, secret), "nothing")
        clock_hand.shift(timedelta(minutes=16))
        assert pay(client, secret).headers["Location"] == f"/checkout/{secret}/"
        assert held(event) == (2, 0)

    def test_a_price_that_changed_meanwhile_is_told_before_it_is_paid(
        self, client: FlaskClient, event: Event, clock_hand: time_machine.Traveller
    ) -> None:
        secret = begin(client, event)
        event.ticket_types[0].offers[0].price_minor = 6_000
        db.session.commit()
        clock_hand.shift(timedelta(minutes=16))
        pay(client, secret)
        details = text_of(client.get(f"/checkout/{secret}/"))
        assert "the total was GH₵ 105.00 and is now GH₵ 126.00" in details
        assert "Pay GH₵ 126.00" in details

    def test_what_an_order_cannot_keep_stays_in_the_form(
        self, client: FlaskClient, event: Event, clock_hand: time_machine.Traveller
    ) -> None:
        secret = begin(client, event)
        clock_hand.shift(timedelta(minutes=16))
        answer = pay(client, secret, promo_code="EARLY", buyer_email="kofi@gmial.com")
        assert answer.status_code == 200
        assert "Your tickets are held again until" in text_of(answer)
        assert "Did you mean" in text_of(answer)
        assert field_of(answer, "buyer_email") == "kofi@gmial.com"

    def test_holding_again_what_is_still_held_changes_nothing(
        self, client: FlaskClient, event: Event
    ) -> None:
        secret = begin(client, event)
        answer = client.post(f"/checkout/{secret}/hold-again/", data=BUYER)
        assert answer.status_code == 200
        assert field_of(answer, "buyer_name") == "Kofi Mensah"
        assert "Pay GH₵ 105.00" in text_of(answer)
        assert held(event) == (2, 0)

    def test_half_a_form_is_kept_too(
        self, client: FlaskClient, event: Event, clock_hand: time_machine.Traveller
    ) -> None:
        secret = begin(client, event)
        clock_hand.shift(timedelta(minutes=16))
        expire_orders()
        answer = client.post(
            f"/checkout/{secret}/hold-again/", data={"buyer_name": "Kofi", "buyer_email": ""}
        )
        assert answer.status_code == 200
        assert field_of(answer, "buyer_name") == "Kofi"
        assert "Pay GH₵ 105.00" in text_of(answer)

    @pytest.mark.parametrize("step", ["pay", "hold-again"])
    def test_tickets_that_others_took_are_named(
        self, client: FlaskClient, clock_hand: time_machine.Traveller, step: str
    ) -> None:
        few = factories.make_simple_event(quantity=2)
        secret = begin(client, few)
        clock_hand.shift(timedelta(minutes=16))
        expire_orders()
        factories.sell_places(few.ticket_types[0].offers[0], 2)
        answer = client.post(f"/checkout/{secret}/{step}/", data=BUYER)
        assert answer.status_code == 400
        assert "This order is finished" not in text_of(answer)
        assert "“Standard” is sold out." in text_of(answer)
        assert f'href="/events/{few.slug}/"' in answer.text
        assert field_of(answer, "buyer_name") == "Kofi Mensah"

    def test_money_that_comes_late_becomes_tickets_while_some_are_left(
        self, client: FlaskClient, event: Event, clock_hand: time_machine.Traveller
    ) -> None:
        secret = begin(client, event)
        decide(client, pay(client, secret), "approve_late")
        assert "Waiting for the payment provider" in text_of(client.get(f"/checkout/{secret}/return/"))
        clock_hand.shift(timedelta(minutes=16))
        expire_orders()
        assert "Not paid in time" in text_of(client.get(f"/checkout/{secret}/status/?seen=paying"))
        sandbox.approve_late(order_of(secret).payments[0].reference)
        answer = client.get(f"/checkout/{secret}/status/?seen=expired")
        assert answer.headers["HX-Redirect"] == f"/orders/{secret}/"
        assert held(event) == (0, 2)

    def test_money_that_comes_too_late_goes_back_with_a_reference(
        self, client: FlaskClient, clock_hand: time_machine.Traveller
    ) -> None:
        few = factories.make_simple_event(quantity=2)
        secret = begin(client, few)
        decide(client, pay(client, secret), "approve_late")
        clock_hand.shift(timedelta(minutes=16))
        expire_orders()
        factories.sell_places(few.ticket_types[0].offers[0], 2)
        reference = order_of(secret).payments[0].reference
        sandbox.approve_late(reference)
        for path in (f"/checkout/{secret}/return/", f"/orders/{secret}/"):
            answer = text_of(client.get(path))
            assert "too late" in answer
            assert "GH₵ 105.00 is on its way back to you." in answer
            assert reference in answer.replace(" ", "")
        assert db.session.scalars(sa.select(Refund)).one().amount_minor == 10_500
