"""From the event's page to tickets: what is held, asked, kept and told on the way, and what a stranger cannot do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from threading import Barrier, Thread
from typing import NoReturn
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from easyticket.core import clock
from easyticket.core.errors import ProviderDown
from easyticket.db import db
from easyticket.integrations.providers import ChargeSnapshot, ChargeState
from easyticket.integrations.sandbox import SandboxProvider
from easyticket.models import (
    Event,
    HoldState,
    Order,
    OrderStatus,
    PaymentState,
    Quota,
    QuotaKind,
    Refund,
    User,
)
from easyticket.queries.users import find_user_by_email
from easyticket.services import sandbox
from easyticket.services.orders import expire_orders
from easyticket.services.orders import secret_of as link_secret
from easyticket.services.payments import apply_snapshot
from tests import factories
from tests.factories import PASSWORD
from tests.web.buying import BUYER, begin, buy, choose, decide, field_of, order_of, pay, secret_of, text_of

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def event() -> Event:
    return factories.make_simple_event(quantity=10)


@pytest.fixture
def clock_hand() -> Iterator[time_machine.Traveller]:
    """Moves the time forward."""
    with time_machine.travel(clock.now(), tick=True) as traveller:
        yield traveller


def held(event: Event) -> tuple[int, int]:
    """How many places of the event's first ticket type are held and sold."""
    db.session.rollback()
    quota = db.session.scalars(
        sa.select(Quota).filter_by(kind=QuotaKind.TICKET_TYPE, owner_id=event.ticket_types[0].id)
    ).one()
    return quota.held, quota.sold


def orders() -> list[Order]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Order).order_by(Order.id)))


def sign_in(client: FlaskClient, user: User) -> None:
    answer = client.post("/sign-in/", data={"email": user.email, "password": PASSWORD})
    assert answer.status_code in (302, 303)


class TestChoosing:
    def test_chosen_tickets_are_held_and_the_details_come_next(
        self, client: FlaskClient, event: Event
    ) -> None:
        answer = choose(client, event, 3)
        assert answer.status_code == 303
        assert answer.headers["Location"] == f"/checkout/{secret_of(answer)}/"
        assert held(event) == (3, 0)
        page = text_of(client.get(answer.headers["Location"]))
        assert "3 × Standard" in page
        assert "GH₵ 157.50" in page
        assert re.search(r"Held for you until \d\d:\d\d GMT", page)

    @pytest.mark.parametrize("typed", ["-1", "1.5", "1e2", "+2", "٣", "\uff12", "two", "0x2", "1 2", "99999"])
    def test_only_plain_digits_are_a_number_of_tickets(
        self, client: FlaskClient, event: Event, typed: str
    ) -> None:
        answer = choose(client, event, typed)
        assert answer.status_code == 400
        assert "plain digits" in text_of(answer)
        assert held(event) == (0, 0)

    @pytest.mark.parametrize("typed", ["", "0", "00"])
    def test_nothing_chosen_is_said_so(self, client: FlaskClient, event: Event, typed: str) -> None:
        answer = choose(client, event, typed)
        assert answer.status_code == 400
        assert "Choose at least one ticket." in text_of(answer)

    def test_offers_of_elsewhere_and_made_up_ones_are_refused(
        self, client: FlaskClient, event: Event
    ) -> None:
        other = factories.make_simple_event().ticket_types[0].offers[0].uuid
        for name in (
            f"quantity-{other}",
            f"quantity-{uuid4()}",
            "quantity-1",
            "quantity-",
            "quantity-x' OR 1=1",
        ):
            answer = client.post(f"/events/{event.slug}/tickets/", data={name: "1"})
            assert answer.status_code == 400, name
        assert orders() == []

    def test_a_repeated_field_is_refused(self, client: FlaskClient, event: Event) -> None:
        name = f"quantity-{event.ticket_types[0].offers[0].uuid}"
        answer = client.post(f"/events/{event.slug}/tickets/", data={name: ["1", "9"]})
        assert answer.status_code == 400
        assert orders() == []

    def test_prices_in_the_form_change_nothing(self, client: FlaskClient, event: Event) -> None:
        answer = choose(client, event, 2, price="1", total_minor="0", fee_minor="0", status="confirmed")
        order = order_of(secret_of(answer))
        assert (order.total_minor, order.status) == (10_500, OrderStatus.PENDING)

    def test_more_than_is_left_keeps_what_was_typed(self, client: FlaskClient) -> None:
        few = factories.make_simple_event(quantity=3)
        answer = choose(client, few, 4)
        assert answer.status_code == 400
        assert "Only 3 are left of 'Standard'." in text_of(answer)
        name = f"quantity-{few.ticket_types[0].offers[0].uuid}"
        assert field_of(answer, name) == "4"

    def test_sold_out_is_told_from_all_held(self, client: FlaskClient) -> None:
        sold, all_held = factories.make_simple_event(quantity=2), factories.make_simple_event(quantity=2)
        factories.sell_places(sold.ticket_types[0].offers[0], 2)
        factories.hold_places(
            all_held.ticket_types[0].offers[0], 2, expires_at=clock.now() + timedelta(minutes=3, seconds=30)
        )
        assert "'Standard' is sold out." in text_of(choose(client, sold, 1))
        assert "may come back in 4 minutes" in text_of(choose(client, all_held, 1))

    def test_other_tickets_replace_those_held_before(self, client: FlaskClient, event: Event) -> None:
        first = begin(client, event, 2)
        client.post(f"/checkout/{first}/email/", data=BUYER)
        second = begin(client, event, 5)
        assert held(event) == (5, 0)
        assert order_of(first).status is OrderStatus.CANCELLED
        assert order_of(second).buyer_email == "kofi@example.org"

    def test_the_last_tickets_can_be_chosen_anew_by_who_holds_them(self, client: FlaskClient) -> None:
        few = factories.make_simple_event(quantity=4)
        begin(client, few, 4)
        begin(client, few, 3)
        assert held(few) == (3, 0)

    def test_what_is_held_stays_held_when_more_cannot_be_had(self, client: FlaskClient) -> None:
        few = factories.make_simple_event(quantity=4)
        first = begin(client, few, 2)
        assert choose(client, few, 5).status_code == 400
        assert held(few) == (2, 0)
        assert order_of(first).status is OrderStatus.PENDING

    def test_a_paid_order_is_not_replaced(self, client: FlaskClient, event: Event) -> None:
        first = buy(client, event, 1)
        begin(client, event, 2)
        assert held(event) == (2, 1)
        assert order_of(first).status is OrderStatus.CONFIRMED

    def test_another_browser_replaces_nothing(self, app: Flask, event: Event) -> None:
        begin(app.test_client(), event, 2)
        begin(app.test_client(), event, 3)
        assert held(event) == (5, 0)

    def test_an_unpublished_event_is_not_there(self, client: FlaskClient) -> None:
        draft = factories.make_simple_event(status="draft")
        assert choose(client, draft, 1).status_code == 404


class TestTheSameFormTwice:
    def sent(self, client: FlaskClient, event: Event) -> dict[str, str]:
        page = client.get(f"/events/{event.slug}/")
        token = field_of(page, "csrf_token")
        assert token
        return {f"quantity-{event.ticket_types[0].offers[0].uuid}": "2", "csrf_token": token}

    @pytest.mark.csrf
    def test_holds_once(self, client: FlaskClient, event: Event) -> None:
        form = self.sent(client, event)
        first, second = (client.post(f"/events/{event.slug}/tickets/", data=form) for _ in range(2))
        assert secret_of(first) == secret_of(second)
        assert held(event) == (2, 0)

    @pytest.mark.csrf
    def test_holds_anew_after_the_first_order_is_over(self, client: FlaskClient, event: Event) -> None:
        form = self.sent(client, event)
        first = secret_of(client.post(f"/events/{event.slug}/tickets/", data=form))
        client.post(f"/checkout/{first}/cancel/", data={"csrf_token": form["csrf_token"]})
        second = secret_of(client.post(f"/events/{event.slug}/tickets/", data=form))
        assert first != second
        assert held(event) == (2, 0)

    @pytest.mark.csrf
    def test_without_its_token_it_holds_nothing(self, client: FlaskClient, event: Event) -> None:
        form = self.sent(client, event) | {"csrf_token": ""}
        assert client.post(f"/events/{event.slug}/tickets/", data=form).status_code == 400
        assert orders() == []


def test_a_double_click_holds_once_although_both_arrive_together(committing_app: Flask) -> None:
    with committing_app.app_context():
        event = factories.make_simple_event(quantity=10)
        path, offer = f"/events/{event.slug}/tickets/", event.ticket_types[0].offers[0].uuid
    together, places = Barrier(4), []

    def send() -> None:
        browser = committing_app.test_client()
        together.wait()
        answer = browser.post(path, data={f"quantity-{offer}": "2", "csrf_token": "the-token-of-one-form"})
        places.append(answer.headers["Location"])

    threads = [Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(places)) == 1
    with committing_app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Order)) == 1


class TestDetails:
    def test_a_guest_needs_a_name_and_an_address_only(self, client: FlaskClient, event: Event) -> None:
        secret = begin(client, event)
        answer = pay(client, secret)
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("http://tickets.example/sandbox/ET-")
        order = order_of(secret)
        assert (order.buyer_name, order.buyer_email, order.user_id) == (
            "Kofi Mensah",
            "kofi@example.org",
            None,
        )

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"buyer_name": ""}, "Enter your name."),
            ({"buyer_email": ""}, "Enter your e-mail address"),
            ({"buyer_email": "kofi"}, "Enter a valid email address."),
            ({"buyer_email": "a@b.example\r\nBcc: x@y.example"}, "Enter a valid email address."),
            ({"buyer_name": "x" * 256}, "255"),
            ({"buyer_phone": "0" * 21}, "20"),
        ],
    )
    def test_what_is_missing_or_wrong_is_told_and_the_rest_is_kept(
        self, client: FlaskClient, event: Event, fields: dict[str, str], said: str
    ) -> None:
        secret = begin(client, event)
        answer = pay(client, secret, **{"buyer_phone": "024 123 4567"} | fields)
        assert answer.status_code == 400
        assert said in text_of(answer)
        for name, value in ({**BUYER, "buyer_phone": "024 123 4567"}).items():
            if name not in fields:
                assert field_of(answer, name) == value
        assert order_of(secret).payments == []

    def test_somebody_signed_in_finds_the_form_filled_in(self, client: FlaskClient, event: Event) -> None:
        user = factories.make_user(first_name="Ama", last_name="Serwaa", email="ama@example.org")
        sign_in(client, user)
        secret = begin(client, event)
        page = client.get(f"/checkout/{secret}/")
        assert field_of(page, "buyer_name") == "Ama Serwaa"
        assert field_of(page, "buyer_email") == "ama@example.org"
        assert field_of(page, "password") is None
        assert order_of(secret).user_id == user.id

    def test_signing_in_on_the_way_takes_the_order_along(self, client: FlaskClient, event: Event) -> None:
        user = factories.make_user()
        secret = begin(client, event)
        assert f"/sign-in/?next=/checkout/{secret}/" in client.get(f"/checkout/{secret}/").text
        sign_in(client, user)
        pay(client, secret)
        assert order_of(secret).user_id == user.id

    def test_a_password_makes_an_account_on_the_way(self, client: FlaskClient, event: Event) -> None:
        secret = begin(client, event)
        answer = pay(client, secret, password=PASSWORD)
        assert answer.status_code == 303
        user = find_user_by_email("kofi@example.org")
        assert user is not None
        assert (user.first_name, user.last_name, user.is_email_verified) == ("Kofi", "Mensah", False)
        assert order_of(secret).user_id == user.id
        assert client.get("/orders/").status_code == 200

    def test_a_weak_password_is_refused_before_anything_is_paid(
        self, client: FlaskClient, event: Event
    ) -> None:
        secret = begin(client, event)
        answer = pay(client, secret, password="short")
        assert answer.status_code == 400
        assert "password" in text_of(answer).lower()
        assert find_user_by_email("kofi@example.org") is None
        assert order_of(secret).payments == []

    def test_a_taken_address_offers_to_sign_in_and_keeps_everything(
        self, client: FlaskClient, event: Event
    ) -> None:
        user = factories.make_user(email="kofi@example.org")
        secret = begin(client, event)
        answer = pay(client, secret, password="Another-password-9", buyer_phone="024 123 4567")
        assert answer.status_code == 400
        assert "There is an account with this address already." in text_of(answer)
        assert "Sign in and go on" in text_of(answer)
        sign_in(client, user)
        page = client.get(f"/checkout/{secret}/")
        assert field_of(page, "buyer_name") == "Kofi Mensah"
        assert field_of(page, "buyer_phone") == "024 123 4567"

    def test_terms_are_shown_where_the_event_has_some(self, client: FlaskClient, event: Event) -> None:
        assert "terms" not in text_of(client.get(f"/checkout/{begin(client, event)}/"))
        strict = factories.make_simple_event(terms_and_conditions="No bags.\n<script>alert(1)</script>")
        page = client.get(f"/checkout/{begin(client, strict)}/")
        assert "By paying you accept the organizer’s terms." in text_of(page)
        assert "No bags." in text_of(page)
        assert "<script>alert" not in page.text

    def test_a_free_order_is_had_at_once(self, client: FlaskClient) -> None:
        free = factories.make_simple_event(price_minor=0, is_free=True)
        secret = begin(client, free)
        page = client.get(f"/checkout/{secret}/")
        assert "Get tickets" in text_of(page)
        assert "Pay" not in text_of(page)
        answer = pay(client, secret)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/orders/{secret}/")
        assert order_of(secret).status is OrderStatus.CONFIRMED
        assert len(order_of(secret).tickets) == 2

    def test_asking_for_the_address_of_a_step_leads_to_its_page(
        self, client: FlaskClient, event: Event
    ) -> None:
        secret = begin(client, event)
        for step in ("pay", "promo", "email", "hold-again", "cancel"):
            assert client.get(f"/checkout/{secret}/{step}/").headers["Location"] == f"/checkout/{secret}/"
        answer = client.get(f"/events/{event.slug}/tickets/")
        assert answer.headers["Location"] == f"/events/{event.slug}/"

    def test_giving_the_tickets_back_frees_them(self, client: FlaskClient, event: Event) -> None:
        secret = begin(client, event)
        answer = client.post(f"/checkout/{secret}/cancel/")
        assert answer.headers["Location"] == f"/events/{event.slug}/"
        assert held(event) == (0, 0)
        assert "These tickets were given back" in text_of(client.get(f"/checkout/{secret}/"))


class TestTheAddressLooksWrong:
    def test_paying_asks_once_and_then_believes(self, client: FlaskClient, event: Event) -> None:
        secret = begin(client, event)
        answer = pay(client, secret, buyer_email="kofi@gmial.com")
        assert answer.status_code == 200
        assert "Did you mean kofi@gmail.com?" in text_of(answer)
        assert field_of(answer, "seen_email") == "kofi@gmial.com"
        assert (
            pay(client, secret, buyer_email="kofi@gmial.com", seen_email="kofi@gmial.com").status_code == 303
        )
        assert order_of(secret).buyer_email == "kofi@gmial.com"

    def test_the_suggestion_is_taken_by_one_press(self, client: FlaskClient, event: Event) -> None:
        secret = begin(client, event)
        typed = BUYER | {"buyer_email": "kofi@gmial.com", "use_email": "1", "buyer_phone": "024 1"}
        answer = client.post(f"/checkout/{secret}/email/", data=typed)
        assert field_of(answer, "buyer_email") == "kofi@gmail.com"
        assert field_of(answer, "buyer_phone") == "024 1"
        assert "Did you mean" not in text_of(answer)

    def test_with_scripts_only_the_field_comes_back(self, client: FlaskClient, event: Event) -> None:
        secret = begin(client, event)
        answer = client.post(
            f"/checkout/{secret}/email/",
            data={"buyer_email": "kofi@gmial.com"},
            headers={"HX-Request": "true"},
        )
        assert answer.text.strip().startswith('<div id="email-field">')
        assert "Did you mean kofi@gmail.com?" in text_of(answer)


class TestPromoCodes:
    def test_are_asked_for_only_where_there_are_some(self, client: FlaskClient, event: Event) -> None:
        assert "promo" not in text_of(client.get(f"/checkout/{begin(client, event)}/")).lower()
        factories.make_promo_code(event, "EARLY10")
        assert "Have a promo code?" in text_of(client.get(f"/checkout/{begin(client, event)}/"))

    def test_apply_and_come_off_and_everything_typed_stays(self, client: FlaskClient, event: Event) -> None:
        factories.make_promo_code(event, "EARLY10")
        secret = begin(client, event)
        answer = client.post(f"/checkout/{secret}/promo/", data=BUYER | {"promo_code": " early10 "})
        assert answer.status_code == 200
        assert "Pay GH₵ 94.50" in text_of(answer)
        assert field_of(answer, "buyer_name") == "Kofi Mensah"
        off = client.post(f"/checkout/{secret}/promo/", data=BUYER | {"remove_promo": "1"})
        assert "Pay GH₵ 105.00" in text_of(off)

    def test_one_that_pays_for_everything_leaves_nothing_to_pay(
        self, client: FlaskClient, event: Event
    ) -> None:
        factories.make_promo_code(event, "GUEST", value=10_000)
        secret = begin(client, event)
        answer = client.post(f"/checkout/{secret}/promo/", data=BUYER | {"promo_code": "guest"})
        assert "Get tickets" in text_of(answer)
        assert pay(client, secret).headers["Location"] == f"/orders/{secret}/"
        assert held(event) == (0, 2)

    def test_an_unknown_one_is_told_beside_its_field(self, client: FlaskClient, event: Event) -> None:
        factories.make_promo_code(event, "EARLY10")
        answer = client.post(f"/checkout/{begin(client, event)}/promo/", data=BUYER | {"promo_code": "LATE"})
        assert answer.status_code == 400
        assert "This code is not known here." in text_of(answer)

    def test_one_that_was_typed_and_not_applied_is_not_passed_over(
        self, client: FlaskClient, event: Event
    ) -> None:
        factories.make_promo_code(event, "EARLY10")
        secret = begin(client, event)
        answer = pay(client, secret, promo_code="early10")
        assert answer.status_code == 200
        assert "Pay GH₵ 94.50" in text_of(answer)
        assert order_of(secret).payments == []
        assert pay(client, secret).status_code == 303
        assert order_of(secret).payments[0].amount_minor == 9_450


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
    def test_what_was_typed_is_kept_and_the_same_is_held_again_by_one_press(
        self, client: FlaskClient, event: Event, clock_hand: time_machine.Traveller
    ) -> None:
        secret = begin(client, event)
        clock_hand.shift(timedelta(minutes=16))
        answer = pay(client, secret, buyer_phone="024 1")
        assert answer.status_code == 409
        assert "Your tickets are no longer held" in text_of(answer)
        assert "Hold the same tickets again" in text_of(answer)
        assert "Pay GH₵" not in text_of(answer)
        assert field_of(answer, "buyer_phone") == "024 1"
        again = client.post(f"/checkout/{secret}/hold-again/", data=BUYER | {"buyer_phone": "024 1"})
        assert again.headers["Location"] == f"/checkout/{secret}/"
        order = order_of(secret)
        assert (order.buyer_phone, order.status) == ("024 1", OrderStatus.PENDING)
        assert order.hold is not None
        assert order.hold.state is HoldState.HELD
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

    def test_tickets_that_others_took_are_named(
        self, client: FlaskClient, clock_hand: time_machine.Traveller
    ) -> None:
        few = factories.make_simple_event(quantity=2)
        secret = begin(client, few)
        clock_hand.shift(timedelta(minutes=16))
        expire_orders()
        factories.sell_places(few.ticket_types[0].offers[0], 2)
        answer = client.post(f"/checkout/{secret}/hold-again/", data=BUYER)
        assert answer.status_code == 400
        assert "'Standard' is sold out." in text_of(answer)
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


class TestStrangers:
    @pytest.mark.parametrize("path", ["", "return/", "status/"])
    def test_a_wrong_secret_finds_nothing(self, client: FlaskClient, event: Event, path: str) -> None:
        begin(client, event)
        assert client.get(f"/checkout/{'0' * 32}/{path}").status_code == 404

    @pytest.mark.parametrize("path", ["pay", "promo", "email", "hold-again", "cancel"])
    def test_a_wrong_secret_changes_nothing(self, client: FlaskClient, event: Event, path: str) -> None:
        begin(client, event)
        assert client.post(f"/checkout/{'0' * 32}/{path}/", data=BUYER).status_code == 404
        assert held(event) == (2, 0)

    @pytest.mark.csrf
    def test_every_change_needs_the_token_of_a_form(self, client: FlaskClient, event: Event) -> None:
        secret = link_secret(factories.make_order(event))
        for path in ("pay", "promo", "email", "hold-again", "cancel"):
            assert client.post(f"/checkout/{secret}/{path}/", data=BUYER).status_code == 400, path
        assert order_of(secret).status is OrderStatus.PENDING

    @pytest.mark.csrf
    def test_forms_work_over_https_although_the_page_sends_no_referer(
        self, client: FlaskClient, event: Event
    ) -> None:
        secret = link_secret(factories.make_order(event))
        page = client.get(f"/checkout/{secret}/", base_url="https://tickets.example")
        assert page.headers["Referrer-Policy"] == "no-referrer"
        form = BUYER | {"csrf_token": field_of(page, "csrf_token") or ""}
        answer = client.post(f"/checkout/{secret}/pay/", data=form, base_url="https://tickets.example")
        assert answer.status_code == 303

    def test_the_pages_are_kept_by_nobody(self, client: FlaskClient, event: Event) -> None:
        answer = client.get(f"/checkout/{begin(client, event)}/")
        assert "no-store" in answer.headers["Cache-Control"]
        assert "noindex" in answer.text
