"""The numbers of an account through the door of the Cafa Tickets API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from easyticket.core import clock
from easyticket.db import db
from easyticket.models import Event, Order, User
from easyticket.queries.account_stats import get_account_stats
from easyticket.rules.permissions import SYSTEM
from easyticket.services import refund_sending, refunds, sandbox
from easyticket.services.gate import admit_ticket
from easyticket.services.payments import settle_payment, start_payment
from easyticket.services.tickets import qr_content
from tests import factories
from tests.api_v1.conftest import Caller
from tests.services.test_orders import place
from tests.services.test_payments import RETURN_URL
from tests.statements import counted_statements

pytestmark = pytest.mark.usefixtures("db_session")

PATH = "/api/v1/auth/users/stats/"


def buy(user: User, event: Event, quantity: int = 1) -> Order:
    actor = factories.actor_of(user)
    order = place(event, quantity, actor=actor)
    payment = start_payment(actor=actor, order=order, return_url=RETURN_URL, now=clock.now())
    assert payment is not None
    sandbox.approve(payment.reference)
    settle_payment(payment.reference)
    return order


def give_back(order: Order) -> None:
    refund = refunds.request_refund(actor=SYSTEM, order=order, source="organizer", now=clock.now())
    refund_sending.send_refund(refund.id)


@pytest.fixture
def ama() -> User:
    """Sold three tickets for an evening of her own, and bought in two currencies: one was given back, one was used."""
    with time_machine.travel(clock.now() - timedelta(days=12)):
        ama = factories.make_organizer(username="ama")
    own = factories.make_simple_event(title="Night of Drums", organizer=ama, price_minor=5_000)
    buy(factories.make_user(), own, 3)
    music = factories.make_category(name="Music")
    begun = clock.now() - timedelta(hours=1)
    now_on = factories.make_simple_event(title="On now", category=music, start_at=begun, price_minor=2_000)
    [ticket] = buy(ama, now_on).tickets
    admit_ticket(
        actor=SYSTEM, event=now_on, code=qr_content(ticket), gate="", scan_key=uuid4(), now=clock.now()
    )
    buy(ama, factories.make_simple_event(title="No category", price_minor=1_000), 2)
    give_back(buy(ama, now_on))
    buy(ama, factories.make_simple_event(title="Dollars", category=music, currency="USD", price_minor=3_000))
    return ama


def test_an_account_reads_what_it_bought_and_what_it_sold(ama: User, call: Callable[..., Caller]) -> None:
    get = call(ama).get
    body = get(PATH).json
    assert get("/api/v1/auth/stats/").json == body
    assert (body["user_id"], body["username"]) == (ama.id, "ama")
    assert body["overview"] == {
        "tickets_purchased": 4,
        "events_organized": 1,
        "events_attended": 1,
        "total_spent": "42.00",
        "total_revenue": "150.00",
        "currency": "GHS",
        "account_age_days": 12,
        "account_age_display": "12d",
    }
    assert body["purchasing_stats"] == {
        "active_tickets": 3,
        "used_tickets": 1,
        "total_spent": "42.00",
        "tickets_by_category": [
            {"category": "Music", "count": 2, "total_spent": "21.00"},
            {"category": "Other", "count": 2, "total_spent": "21.00"},
        ],
        "upcoming_events": 3,
        "past_events": 0,
    }
    organizing = body["organizing_stats"]
    [month] = organizing.pop("revenue_by_month")
    assert (month["revenue"], month["tickets_sold"]) == ("150.00", 3)
    best = {"id": organizing["best_selling_event"]["id"], "title": "Night of Drums", "tickets_sold": 3}
    assert organizing == {
        "total_events_created": 1,
        "active_events": 1,
        "past_events": 0,
        "total_tickets_sold": 3,
        "total_revenue": "150.00",
        "total_attendees": 3,
        "average_tickets_per_event": 3.0,
        "best_selling_event": best,
    }
    assert body["other_currencies"] == [{"currency": "USD", "total_spent": "31.50", "total_revenue": "0.00"}]


def test_the_last_things_that_happened_come_newest_first(ama: User, call: Callable[..., Caller]) -> None:
    found = [(each["type"], each["event_title"]) for each in call(ama).get(PATH).json["recent_activity"]]
    assert found == [
        ("ticket_purchase", "Dollars"),
        ("ticket_purchase", "On now"),
        ("ticket_purchase", "No category"),
        ("ticket_purchase", "On now"),
        ("ticket_sale", "Night of Drums"),
        ("event_created", "Night of Drums"),
    ]


def test_a_new_account_has_zeros_and_nobody_else_sees_them(call: Callable[..., Caller]) -> None:
    body = call(factories.make_user()).get(PATH).json
    assert body["overview"]["total_spent"] == body["overview"]["total_revenue"] == "0.00"
    assert body["organizing_stats"]["best_selling_event"] is None
    assert body["organizing_stats"]["average_tickets_per_event"] == 0.0
    assert (body["recent_activity"], body["other_currencies"]) == ([], [])
    assert call().get(PATH).status_code == 401


def test_the_numbers_take_as_many_statements_for_much_as_for_little(ama: User) -> None:
    actor, counts = factories.actor_of(ama), []
    for _ in range(2):
        db.session.expire_all()
        with counted_statements() as seen:
            get_account_stats(actor, clock.now())
        counts.append(len(seen))
        for _ in range(4):
            event = factories.make_simple_event(organizer=ama, category=factories.make_category())
            buy(factories.make_user(), event)
            buy(ama, event, 2)
    assert counts[0] == counts[1] <= 16


def test_what_has_no_category_stands_under_the_name_that_the_site_gave_to_other(
    call: Callable[..., Caller],
) -> None:
    buyer = factories.make_user()
    factories.make_category("Everything else", slug="other")
    buy(buyer, factories.make_simple_event())
    [row] = call(buyer).get(PATH).json["purchasing_stats"]["tickets_by_category"]
    assert row["category"] == "Everything else"
    popular = call().get("/api/v1/public/stats/").json["data"]["highlights"]["most_popular_event"]
    assert popular["category"] == "Everything else"
