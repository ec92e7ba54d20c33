"""Choosing tickets on the event's page: what is held, what is refused, and that one form holds once."""

from __future__ import annotations

import re
from datetime import timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from easyticket.core import clock
from easyticket.db import db
from easyticket.models import (
    Event,
    Order,
    OrderStatus,
)
from tests import factories
from tests.web.buying import (
    BUYER,
    begin,
    buy,
    choose,
    field_of,
    held,
    order_of,
    orders,
    secret_of,
    text_of,
)

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def event() -> Event:
    return factories.make_simple_event(quantity=10)


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
        assert "Only 3 are left of “Standard”." in text_of(answer)
        name = f"quantity-{few.ticket_types[0].offers[0].uuid}"
        assert field_of(answer, name) == "4"

    def test_sold_out_is_told_from_all_held(self, client: FlaskClient) -> None:
        sold, all_held = factories.make_simple_event(quantity=2), factories.make_simple_event(quantity=2)
        factories.sell_places(sold.ticket_types[0].offers[0], 2)
        factories.hold_places(
            all_held.ticket_types[0].offers[0], 2, expires_at=clock.now() + timedelta(minutes=3, seconds=30)
        )
        assert "“Standard” is sold out." in text_of(choose(client, sold, 1))
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
