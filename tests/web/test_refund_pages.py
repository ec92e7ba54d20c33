"""Money back through the pages: the buyer's own, the organizer's for a sold order, and how far a cancelled event is."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from easyticket.core import clock
from easyticket.db import db, transaction
from easyticket.integrations.providers import DisputeState, RefundOutcome, RefundSnapshot
from easyticket.integrations.sandbox import SandboxProvider
from easyticket.jobs.entry import drain_outbox
from easyticket.models import (
    Dispute,
    Event,
    Order,
    OrderStatus,
    Refund,
    RefundState,
    Ticket,
    TicketStatus,
    User,
)
from easyticket.rules.permissions import SYSTEM
from easyticket.services.cancellation import unwind_event
from easyticket.services.event_steps import cancel_event
from easyticket.services.events import update_event
from easyticket.services.refund_sending import apply_refund_snapshot
from easyticket.services.refunds import request_refund
from tests import factories
from tests.factories import PASSWORD
from tests.statements import counted_statements
from tests.web.buying import buy, field_of, order_of, text_of

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def organizer() -> User:
    return factories.make_organizer()


@pytest.fixture
def event(organizer: User) -> Event:
    return factories.make_simple_event(title="Highlife Night", organizer=organizer, buyer_refund_days=3)


@pytest.fixture
def secret(app: Flask, event: Event) -> str:
    return buy(app.test_client(), event, 3)


@pytest.fixture
def desk(app: Flask, organizer: User) -> FlaskClient:
    client = app.test_client()
    client.post("/sign-in/", data={"email": organizer.email, "password": PASSWORD})
    return client


def use(ticket: Ticket) -> None:
    with transaction():
        ticket.status, ticket.used_at = TicketStatus.USED, clock.now()


def dispute(order: Order) -> None:
    with transaction() as session:
        session.add(
            Dispute(
                order_id=order.id,
                payment_id=order.payments[0].id,
                provider_ref="dp_1",
                state=DisputeState.OPEN,
                amount_minor=order.total_minor,
                currency=order.currency,
                reason="product_not_received",
            )
        )


class TestTheBuyer:
    def test_is_told_until_when_before_and_after_paying(
        self, client: FlaskClient, event: Event, secret: str
    ) -> None:
        for path in (f"/events/{event.slug}/", f"/orders/{secret}/"):
            assert "You can have your money back until" in text_of(client.get(path)), path

    def test_chooses_tickets_sees_what_comes_back_and_gives_them_back(
        self, client: FlaskClient, secret: str
    ) -> None:
        order = order_of(secret)
        codes = [ticket.code for ticket in order.tickets]
        path = f"/orders/{secret}/refund/"
        assert f'href="{path}"' in client.get(f"/orders/{secret}/").text
        assert "Which tickets do you give back?" in text_of(client.get(path))
        page = client.get(path, query_string={"tickets": codes[:2]})
        assert "GH₵ 105.00 goes back to you" in text_of(page)
        assert "These tickets stop working at once" in text_of(page)
        data = {"tickets": codes[:2], "token": field_of(page, "token")}
        for _ in range(2):
            answer = client.post(path, data=data)
            assert answer.location == f"/orders/{secret}/"
        text = text_of(client.get(answer.location))
        assert text.count("GH₵ 105.00 was sent back.") == 1
        [refund] = order_of(secret).refunds
        assert (refund.source, refund.amount_minor) == ("buyer", 10_500)

    def test_gives_all_back_with_one_press(self, client: FlaskClient, secret: str) -> None:
        page = client.get(f"/orders/{secret}/refund/?all=1")
        codes = [ticket.code for ticket in order_of(secret).tickets]
        assert all(f'name="tickets" value="{code}"' in page.text for code in codes)
        client.post(f"/orders/{secret}/refund/", data={"tickets": codes, "token": field_of(page, "token")})
        assert order_of(secret).status is OrderStatus.REFUNDED
        assert "was refunded" in text_of(client.get(f"/orders/{secret}/"))
        assert "Nothing is left to return" in text_of(client.get(f"/orders/{secret}/refund/"))

    def test_cannot_send_a_form_without_tickets(self, client: FlaskClient, secret: str) -> None:
        answer = client.post(f"/orders/{secret}/refund/", data={"token": "x"})
        assert (answer.status_code, order_of(secret).refunds) == (400, [])

    def test_who_comes_too_late_is_told_why_and_whom_to_ask(
        self, client: FlaskClient, event: Event, secret: str
    ) -> None:
        code = order_of(secret).tickets[0].code
        with time_machine.travel(event.start_at - timedelta(days=2)):
            page = client.get(f"/orders/{secret}/")
            assert "Money back was possible until" in text_of(page)
            assert "/refund/" not in page.text
            assert "Ask the organizer" in text_of(client.get(f"/orders/{secret}/refund/"))
            answer = client.post(f"/orders/{secret}/refund/", data={"tickets": [code], "token": "x"})
        assert (answer.status_code, order_of(secret).refunds) == (409, [])

    def test_hears_of_a_bank_that_has_the_money_in_hand(self, client: FlaskClient, secret: str) -> None:
        dispute(order_of(secret))
        for path in ("", "refund/"):
            assert "Your bank is looking into this payment" in text_of(client.get(f"/orders/{secret}/{path}"))

    def test_sees_what_becomes_of_the_money(self, client: FlaskClient, secret: str) -> None:
        refund = request_refund(actor=SYSTEM, order=order_of(secret), source="buyer", now=clock.now())
        text = text_of(client.get(f"/orders/{secret}/"))
        assert "is being refunded The tickets are no longer valid." in text
        assert "GH₵ 157.50 is on its way back to you." in text
        apply_refund_snapshot(refund.id, RefundSnapshot("re_1", RefundOutcome.FAILED), clock.now())
        text = text_of(client.get(f"/orders/{secret}/"))
        assert "GH₵ 157.50 could not be sent back yet. We are looking into it" in text

    def test_a_refusal_of_the_provider_is_told_on_the_page_of_the_order(
        self, client: FlaskClient, secret: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        refused = RefundSnapshot("", RefundOutcome.FAILED, "The card is closed.")
        monkeypatch.setattr(SandboxProvider, "refund", lambda *_: refused)
        code = order_of(secret).tickets[0].code
        answer = client.post(
            f"/orders/{secret}/refund/", data={"tickets": [code], "token": "x"}, follow_redirects=True
        )
        assert "GH₵ 52.50 could not be sent back yet." in text_of(answer)

    def test_other_peoples_tickets_cannot_be_named(
        self, app: Flask, client: FlaskClient, event: Event, secret: str
    ) -> None:
        other = order_of(buy(app.test_client(), event, 1)).tickets[0].code
        answer = client.post(f"/orders/{secret}/refund/", data={"tickets": [other], "token": "x"})
        assert (answer.status_code, order_of(secret).refunds) == (400, [])


class TestTheDesk:
    def test_finds_orders_by_number_and_buyer(self, app: Flask, desk: FlaskClient, event: Event) -> None:
        first, second = (order_of(buy(app.test_client(), event, 1)) for _ in range(2))
        path = f"/organizer/events/{event.slug}/orders/"
        assert desk.get(f"{path}?q={first.number.lower()}").location == f"/organizer/orders/{first.number}/"
        text = text_of(desk.get(f"{path}?q=KOFI@"))
        assert first.number in text
        assert second.number in text
        assert "No order fits" in text_of(desk.get(f"{path}?q=nobody"))
        assert "No order fits" not in text_of(desk.get(path))

    def test_shows_what_there_is_of_an_order(self, desk: FlaskClient, secret: str) -> None:
        order = order_of(secret)
        dispute(order)
        use(order.tickets[0])
        page = desk.get(f"/organizer/orders/{order.number}/")
        for said in (
            "kofi@example.org",
            order.tickets[2].code,
            "Let in",
            "product not received",
            "GH₵ 157.50",
        ):
            assert said in text_of(page)
        assert "the buyer would have the money twice" in text_of(page)
        assert "Return money" not in text_of(page)

    def test_an_amount_is_looked_at_first_and_returned_once(self, desk: FlaskClient, secret: str) -> None:
        order = order_of(secret)
        path = f"/organizer/orders/{order.number}/refund/"
        data = {"what": "amount", "amount": "12,50", "reason": "Late start", "token": "of-the-page"}
        page = desk.post(path, data=data)
        assert "GH₵ 12.50 goes back to Kofi Mensah" in text_of(page)
        assert "No ticket stops working" in text_of(page)
        assert order_of(secret).refunds == []
        for _ in range(2):
            assert desk.post(path, data={**data, "confirm": "1"}).status_code == 303
        [refund] = order_of(secret).refunds
        assert (refund.amount_minor, refund.source, refund.reason) == (1_250, "organizer", "Late start")
        assert {ticket.status for ticket in order_of(secret).tickets} == {TicketStatus.ACTIVE}

    def test_a_used_ticket_goes_back_only_on_purpose(self, desk: FlaskClient, secret: str) -> None:
        order = order_of(secret)
        use(order.tickets[0])
        path = f"/organizer/orders/{order.number}/refund/"
        data = {"what": "tickets", "tickets": [order.tickets[0].code], "token": "t"}
        page = desk.post(path, data=data)
        assert page.status_code == 400
        assert "A ticket has been used already." in text_of(page)
        page = desk.post(path, data={**data, "override_used": "y"})
        assert "Among them is one that let somebody in already." in text_of(page)
        desk.post(path, data={**data, "override_used": "y", "confirm": "1"})
        [refund] = order_of(secret).refunds
        assert refund.override_by_id == order.event.organizer_id

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            ({"what": "tickets"}, "Choose at least one ticket."),
            ({"what": "amount", "amount": ""}, "A valid amount is required."),
            ({"what": "amount", "amount": "500"}, "more than what is left of the payment, GH₵ 157.50."),
            ({"what": "amount", "amount": "0"}, "Ensure this value is greater than 0."),
            ({"what": "whole", "reason": "x" * 201}, "At most 200 characters."),
        ],
    )
    def test_what_cannot_be_is_said_in_the_form(
        self, desk: FlaskClient, secret: str, data: dict[str, str], said: str
    ) -> None:
        answer = desk.post(f"/organizer/orders/{order_of(secret).number}/refund/", data=data)
        assert answer.status_code == 400
        assert said in text_of(answer)

    def test_a_refund_that_failed_is_sent_again_from_the_page(self, desk: FlaskClient, secret: str) -> None:
        order = order_of(secret)
        refund = request_refund(
            actor=SYSTEM, order=order, amount_minor=500, source="organizer", now=clock.now()
        )
        apply_refund_snapshot(refund.id, RefundSnapshot("re_1", RefundOutcome.FAILED), clock.now())
        page = desk.get(f"/organizer/orders/{order.number}/")
        [again] = re.findall(r'action="([^"]+/again/)"', page.text)
        for _ in range(2):
            desk.post(again)
        assert [each.state for each in order_of(secret).refunds] == [
            RefundState.FAILED,
            RefundState.SUCCEEDED,
        ]
        assert "/again/" not in desk.get(f"/organizer/orders/{order.number}/").text

    def test_orders_of_others_are_not_found(self, app: Flask, secret: str) -> None:
        order = order_of(secret)
        client = app.test_client()
        other = factories.make_organizer()
        assert "/sign-in/" in client.get(f"/organizer/orders/{order.number}/").location
        client.post("/sign-in/", data={"email": other.email, "password": PASSWORD})
        paths = ("", "refund/")
        for path in paths:
            assert client.get(f"/organizer/orders/{order.number}/{path}").status_code == 404
        assert client.get(f"/organizer/events/{order.event.slug}/orders/?q=kofi").status_code == 404
        assert (
            client.post(f"/organizer/orders/{order.number}/refund/", data={"what": "whole"}).status_code
            == 404
        )


class TestTheOrganizersPromise:
    def test_is_chosen_in_the_form_of_the_event(self, desk: FlaskClient, event: Event) -> None:
        page = desk.get(f"/organizer/events/{event.slug}/edit/")
        assert re.search(r'<option selected value="3">Until 3 days before it begins', page.text)

    def test_can_only_be_bettered_once_tickets_are_sold(
        self, desk: FlaskClient, event: Event, secret: str
    ) -> None:
        def promise(days: int | None) -> None:
            update_event(actor=SYSTEM, event=event, changes={"buyer_refund_days": days}, now=clock.now())

        for stricter in (7, None):
            with pytest.raises(Exception, match="only give buyers more time"):
                promise(stricter)
        promise(1)
        assert event.buyer_refund_days == 1


class TestCancelledEvents:
    def test_the_page_tells_how_far_it_is_and_asks_until_it_is_done(
        self, desk: FlaskClient, event: Event, secret: str
    ) -> None:
        page = desk.get(f"/organizer/events/{event.slug}/cancel/")
        assert "Goes back to the buyers GH₵ 157.50" in text_of(page)
        assert "Of that, service fee we give back GH₵ 7.50" in text_of(page)
        cancel_event(actor=SYSTEM, event=event, reason="Storm", now=clock.now())
        path = f"/organizer/events/{event.slug}/"
        assert "0 of 1 paid order ended" in text_of(desk.get(path))
        unwind_event(event.id)
        part = desk.get(f"{path}progress/", headers={"HX-Request": "true"})
        assert ("1 refund on the way" in text_of(part), "every 3s" in part.text) == (True, True)
        drain_outbox()
        part = desk.get(f"{path}progress/", headers={"HX-Request": "true"})
        assert ("1 refund returned" in text_of(part), "hx-get" in part.text) == (True, False)
        assert desk.get(f"{path}progress/").location == path

    def test_the_preview_asks_as_often_for_many_orders_as_for_one(
        self, app: Flask, desk: FlaskClient, event: Event, secret: str
    ) -> None:
        address = f"/organizer/events/{event.slug}/cancel/"
        desk.get(address)
        with counted_statements() as one:
            desk.get(address)
        for _ in range(3):
            buy(app.test_client(), event, 1)
        with counted_statements() as many:
            desk.get(address)
        assert len(one) == len(many)
        assert db.session.scalar(sa.select(sa.func.count(Refund.id))) == 0
