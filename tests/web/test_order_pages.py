"""Orders and tickets after paying: who sees them, what they show in each state, and the files they give."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar

from easyticket.core import clock
from easyticket.db import db, transaction
from easyticket.http.limits import limiter
from easyticket.models import Event, Order, OrderStatus, OutboxJob, PaymentState, TicketStatus, User
from easyticket.queue import JobName
from easyticket.rules.permissions import SYSTEM
from easyticket.services import sandbox
from easyticket.services.cancellation import unwind_event
from easyticket.services.event_steps import cancel_event
from easyticket.services.orders import join_guest_orders
from easyticket.services.orders import secret_of as link_secret
from easyticket.services.payments import settle_payment
from easyticket.services.refund_sending import send_refund
from easyticket.services.refunds import request_refund
from easyticket.services.tickets import issue_tickets, qr_content
from tests import factories
from tests.fixtures.database import application_on
from tests.servers.databases import Databases
from tests.web.buying import BUYER, begin, buy, decide, order_of, pay, sign_in, text_of

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def event() -> Event:
    return factories.make_simple_event(title="Highlife Night", quantity=10)


def bought(event: Event, user: User, quantity: int = 1) -> Order:
    offer = event.ticket_types[0].offers[0]
    order = factories.make_order(event, [(offer, quantity)], user=user, status=OrderStatus.CONFIRMED)
    issue_tickets(order, clock.now())
    return order


def confirmations() -> int:
    jobs = sa.select(sa.func.count()).where(OutboxJob.name == JobName.MAIL_ORDER_CONFIRMED)
    db.session.rollback()
    return db.session.scalar(jobs) or 0


class TestTheOrder:
    def test_shows_what_was_bought_to_whoever_has_the_link(self, app: Flask, event: Event) -> None:
        secret = buy(app.test_client(), event, 2)
        page = app.test_client().get(f"/orders/{secret}/")
        text = text_of(page)
        assert "You are going to Highlife Night" in text
        assert "Your 2 tickets" in text
        assert "kofi@example.org" in text
        assert "Prices on the event page include this fee. GH₵ 5.00 Total with all fees GH₵ 105.00" in text
        order = order_of(secret)
        assert order.number in text
        for ticket in order.tickets:
            assert ticket.code in text
            assert f'src="/orders/{secret}/{ticket.code}/qr.svg"' in page.text

    def test_tells_nobody_its_address_and_is_kept_by_nobody(self, client: FlaskClient, event: Event) -> None:
        secret = buy(client, event, 1)
        code = order_of(secret).tickets[0].code
        for path in ("", "tickets.pdf", "calendar.ics", f"{code}/", f"{code}/ticket.pdf", f"{code}/qr.svg"):
            answer = client.get(f"/orders/{secret}/{path}")
            assert answer.status_code == 200, path
            assert answer.headers["Referrer-Policy"] == "no-referrer", path
            assert "no-store" in answer.headers["Cache-Control"], path

    def test_is_not_found_by_a_wrong_secret(self, client: FlaskClient, event: Event) -> None:
        secret = buy(client, event, 1)
        code = order_of(secret).tickets[0].code
        wrong = ("b" if secret[0] == "a" else "a") + secret[1:]
        for path in ("", "tickets.pdf", "calendar.ics", f"{code}/", f"{code}/ticket.pdf", f"{code}/qr.svg"):
            assert client.get(f"/orders/{wrong}/{path}").status_code == 404, path
        assert client.post(f"/orders/{wrong}/resend/").status_code == 404

    def test_shows_no_ticket_of_another_order(self, client: FlaskClient, event: Event) -> None:
        mine, other = buy(client, event, 1), buy(client, event, 1)
        code = order_of(other).tickets[0].code
        for path in ("", "ticket.pdf", "qr.svg"):
            assert client.get(f"/orders/{mine}/{code}/{path}").status_code == 404, path

    def test_that_is_not_paid_goes_on_where_it_was_left(self, client: FlaskClient, event: Event) -> None:
        secret = begin(client, event)
        assert client.get(f"/orders/{secret}/").headers["Location"] == f"/checkout/{secret}/"
        pay(client, secret)
        payment = order_of(secret).payments[0]
        with transaction() as session:
            session.get_one(type(payment), payment.id).state = PaymentState.PROCESSING
        assert client.get(f"/orders/{secret}/").headers["Location"] == f"/checkout/{secret}/return/"
        assert client.get(f"/checkout/{secret}/").headers["Location"] == f"/checkout/{secret}/return/"

    def test_whose_tickets_are_with_other_people_says_so(self, client: FlaskClient, event: Event) -> None:
        secret = buy(client, event, 2)
        for number, ticket in enumerate(order_of(secret).tickets):
            to = {"to_name": "Ama Ata", "to_email": f"ama{number}@example.org"}
            client.post(f"/orders/{secret}/{ticket.code}/send/", data=to)
            text = text_of(client.get(f"/orders/{secret}/"))
            assert "We also send them to" not in text
            assert ("The tickets you kept are below, and to whom you sent the others." in text) is (
                number == 0
            )
        assert "You sent on your tickets for Highlife Night They are no longer yours." in text
        assert "You are going to" not in text

    def test_that_was_paid_twice_tells_of_the_money_on_its_way_back(
        self, client: FlaskClient, event: Event
    ) -> None:
        secret = begin(client, event)
        first = pay(client, secret)
        decide(client, first, "cancel")
        client.get(f"/checkout/{secret}/return/")
        decide(client, pay(client, secret), "approve")
        client.get(f"/checkout/{secret}/return/")
        reference = order_of(secret).payments[0].reference
        with transaction() as session:
            session.execute(
                sa.update(sandbox.SandboxCharge)
                .where(sandbox.SandboxCharge.reference == reference)
                .values(state="succeeded")
            )
        settle_payment(reference)
        text = text_of(client.get(f"/orders/{secret}/"))
        assert "You are going to Highlife Night" in text
        assert "This order was paid twice. Your tickets stay valid." in text
        assert reference in text.replace(" ", "")

    def test_that_was_refunded_offers_no_tickets(self, client: FlaskClient, event: Event) -> None:
        secret = buy(client, event, 1)
        refund = request_refund(actor=SYSTEM, order=order_of(secret), source="buyer", now=clock.now())
        assert "GH₵ 52.50 is on its way back to you." in text_of(client.get(f"/orders/{secret}/"))
        send_refund(refund.id)
        text = text_of(client.get(f"/orders/{secret}/"))
        assert "Your order for Highlife Night was refunded" in text
        assert "GH₵ 52.50 was sent back." in text
        assert "This ticket was cancelled and lets nobody in." in text
        code = order_of(secret).tickets[0].code
        for path in ("tickets.pdf", f"{code}/ticket.pdf", f"{code}/qr.svg"):
            assert client.get(f"/orders/{secret}/{path}").status_code == 404, path

    @pytest.mark.parametrize("price_minor", [5_000, 0])
    def test_of_a_cancelled_event_says_so(self, client: FlaskClient, price_minor: int) -> None:
        event = factories.make_simple_event(title="Highlife Night", price_minor=price_minor)
        secret = begin(client, event, 1)
        answer = pay(client, secret)
        if price_minor:
            decide(client, answer, "approve")
            client.get(f"/checkout/{secret}/return/")
        cancel_event(actor=SYSTEM, event=event, reason="Rain.", now=clock.now())
        unwind_event(event.id)
        text = text_of(client.get(f"/orders/{secret}/"))
        assert "Highlife Night was cancelled" in text
        assert "You are going" not in text
        assert ("GH₵ 52.50 is on its way back to you." in text) is (price_minor > 0)
        assert ("Your money goes back" in text) is (price_minor > 0)
        assert client.get(f"/orders/{secret}/tickets.pdf").status_code == 404

    def test_escapes_what_people_typed(self, client: FlaskClient) -> None:
        event = factories.make_simple_event(title="<script>alert(1)</script> & friends")
        secret = buy(client, event, 1, buyer_name="<img src=x onerror=alert(2)>")
        for path in (f"/orders/{secret}/", f"/orders/{secret}/{order_of(secret).tickets[0].code}/"):
            page = client.get(path).text
            assert "<script>alert" not in page
            assert "<img src=x" not in page


class TestTheTicket:
    def test_stands_alone_with_its_code_to_read_out(self, client: FlaskClient, event: Event) -> None:
        secret = buy(client, event, 2)
        first, second = order_of(secret).tickets
        page = client.get(f"/orders/{secret}/{first.code}/")
        random = first.code.rpartition("-")[2]
        assert f"{random[:5]} {random[5:]}" in text_of(page)
        assert f'href="/orders/{secret}/{second.code}/"' in page.text
        assert "Next ticket" not in text_of(client.get(f"/orders/{secret}/{second.code}/"))

    def test_has_its_own_qr_code(self, client: FlaskClient, event: Event) -> None:
        secret = buy(client, event, 2)
        pictures = {
            client.get(f"/orders/{secret}/{ticket.code}/qr.svg").text for ticket in order_of(secret).tickets
        }
        assert len(pictures) == 2
        answer = client.get(f"/orders/{secret}/{order_of(secret).tickets[0].code}/qr.svg")
        assert answer.mimetype == "image/svg+xml"
        assert qr_content(order_of(secret).tickets[0]) not in answer.text

    def test_says_when_it_was_used(self, client: FlaskClient, event: Event) -> None:
        secret = buy(client, event, 1)
        with transaction() as session:
            ticket = session.merge(order_of(secret).tickets[0])
            ticket.status, ticket.used_at = TicketStatus.USED, event.start_at
        page = text_of(client.get(f"/orders/{secret}/{ticket.code}/"))
        assert f"Let in {event.start_at:%a %-d %B}, {event.start_at:%H:%M}" in page

    def test_of_one_day_names_that_day(self, client: FlaskClient) -> None:
        event = factories.make_day_event(days=2)
        secret = buy(client, event, 1)
        ticket = order_of(secret).tickets[0]
        assert ticket.day_on is not None
        text = text_of(client.get(f"/orders/{secret}/{ticket.code}/"))
        assert f"{ticket.day_on.day} {ticket.day_on:%B %Y}" in text
        assert "Day 1" in text


class TestFiles:
    def test_all_tickets_come_in_one_pdf(self, client: FlaskClient, event: Event) -> None:
        secret = buy(client, event, 2)
        answer = client.get(f"/orders/{secret}/tickets.pdf")
        assert answer.mimetype == "application/pdf"
        order = order_of(secret)
        assert f"tickets-{order.number}.pdf" in answer.headers["Content-Disposition"]
        with pypdfium2.PdfDocument(BytesIO(answer.data)) as pdf:
            assert len(pdf) == 2

    def test_one_ticket_comes_alone(self, client: FlaskClient, event: Event) -> None:
        secret = buy(client, event, 2)
        code = order_of(secret).tickets[1].code
        answer = client.get(f"/orders/{secret}/{code}/ticket.pdf")
        with pypdfium2.PdfDocument(BytesIO(answer.data)) as pdf:
            assert len(pdf) == 1
        assert code in answer.headers["Content-Disposition"]

    def test_the_calendar_file_has_the_event_and_not_the_secret(
        self, client: FlaskClient, event: Event
    ) -> None:
        secret = buy(client, event, 1)
        answer = client.get(f"/orders/{secret}/calendar.ics")
        assert answer.mimetype == "text/calendar"
        entry = Calendar.from_ical(answer.data).walk("VEVENT")[0]
        assert entry["SUMMARY"] == "Highlife Night"
        assert entry["URL"] == f"http://tickets.example/events/{event.slug}/"
        assert secret not in answer.text


class TestSendingTheMailAgain:
    def test_queues_one_more(self, client: FlaskClient, event: Event) -> None:
        secret = buy(client, event, 1)
        assert confirmations() == 1
        answer = client.post(f"/orders/{secret}/resend/", follow_redirects=True)
        assert "Your tickets are on their way to kofi@example.org again." in text_of(answer)
        assert confirmations() == 2

    def test_is_refused_where_there_is_nothing_to_send(self, client: FlaskClient, event: Event) -> None:
        secret = begin(client, event)
        assert client.post(f"/orders/{secret}/resend/").status_code == 409
        assert confirmations() == 0

    def test_is_slow_for_each_order(
        self, databases: Databases, migrated_database: str, tmp_path: Path
    ) -> None:
        address = databases.new(template=migrated_database)
        with application_on(address, tmp_path, RATELIMIT_ENABLED="true") as app:
            app.config["WTF_CSRF_ENABLED"] = False
            client = app.test_client()
            first = [client.post(f"/orders/{'1' * 32}/resend/").status_code for _ in range(4)]
            other = client.post(f"/orders/{'2' * 32}/resend/").status_code
        limiter.enabled = False
        assert first == [404, 404, 404, 429]
        assert other == 404


class TestTheList:
    def test_needs_somebody_signed_in(self, client: FlaskClient) -> None:
        assert client.get("/orders/").headers["Location"].startswith("/sign-in/?next=/orders/")

    def test_says_what_to_do_while_it_is_empty(self, client: FlaskClient) -> None:
        sign_in(client, factories.make_user())
        assert "No tickets for what comes" in text_of(client.get("/orders/"))
        assert "Nothing here yet" in text_of(client.get("/orders/past/"))
        assert "No orders yet" in text_of(client.get("/orders/bought/"))

    def test_shows_what_is_not_paid_what_comes_and_what_is_past(
        self, client: FlaskClient, event: Event
    ) -> None:
        user, stranger = factories.make_user(), factories.make_user()
        over = factories.make_simple_event(title="Last Week", start_at=clock.now() - timedelta(days=7))
        waiting = factories.make_simple_event(title="Not Yet Paid")
        bought(event, user, 3)
        bought(over, user)
        bought(factories.make_simple_event(title="Not Mine"), stranger)
        sign_in(client, user)
        secret = begin(client, waiting, 2)
        coming, past, paid = (text_of(client.get(f"/orders/{part}")) for part in ("", "past/", "bought/"))
        assert coming.index("Not Yet Paid") < coming.index("Highlife Night")
        assert coming.count("Show ticket") == 3 and "Last Week" not in coming
        assert "Last Week" in past and "Highlife Night" not in past
        assert "Last Week" in paid and "Highlife Night" in paid and "3 tickets" in paid
        assert "Not Mine" not in coming + past + paid
        assert f'href="/checkout/{secret}/"' in client.get("/orders/").text

    def test_goes_on_in_pages(self, client: FlaskClient) -> None:
        user = factories.make_user()
        over = factories.make_simple_event(start_at=clock.now() - timedelta(days=7))
        for _ in range(21):
            bought(over, user)
        sign_in(client, user)
        for path in ("/orders/past/", "/orders/bought/"):
            assert f'href="{path}?page=2"' in client.get(path).text
            assert client.get(f"{path}?page=2").status_code == 200
            for wrong in ("3", "0", "-1", "x", "٢", "9" * 5000):
                assert client.get(f"{path}?page={wrong}").status_code == 404, wrong

    def test_leads_to_orders_by_their_link(self, client: FlaskClient, event: Event) -> None:
        user = factories.make_user()
        order = bought(event, user)
        sign_in(client, user)
        secret = link_secret(order)
        assert f'href="/orders/{secret}/"' in client.get("/orders/bought/").text
        assert f'href="/orders/{secret}/{order.tickets[0].code}/"' in client.get("/orders/").text
        assert client.get(f"/orders/{secret}/").status_code == 200


def test_a_guest_order_joins_the_account_that_proves_the_address(client: FlaskClient, event: Event) -> None:
    secret = buy(client, event, 1, **BUYER)
    user = factories.make_user(email="kofi@example.org", is_verified=False)
    sign_in(client, user)
    assert "Highlife Night" not in text_of(client.get("/orders/"))
    with transaction() as session:
        user = session.merge(user)
        user.email_verified_at = clock.now()
        join_guest_orders(user)
    assert "Highlife Night" in text_of(client.get("/orders/"))
    assert order_of(secret).tickets[0].owner_id == user.id
