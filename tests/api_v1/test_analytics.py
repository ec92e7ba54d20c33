"""Analytics of an event through the door of the Cafa Tickets API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import time_machine

from easyticket.core import clock
from easyticket.db import db
from easyticket.models import Event, EventStatus
from easyticket.rules.permissions import SYSTEM
from easyticket.services import refund_sending, refunds
from easyticket.services.payments import settle_payment
from tests import factories
from tests.api_v1.conftest import Caller
from tests.services.test_orders import place
from tests.services.test_payments import approved

pytestmark = pytest.mark.usefixtures("db_session")

PATHS = ["/api/v1/events/{}/analytics/", "/api/v1/events/my-events/{}/analytics/"]


@pytest.fixture
def event() -> Iterator[Event]:
    """A hundred places at 50.00: four sold one afternoon in two orders, one of which was given back; two are held."""
    with time_machine.travel(datetime(2027, 3, 1, 14, 40, tzinfo=UTC), tick=False):
        yield _make_event()


def _make_event() -> Event:
    event = factories.make_simple_event(price_minor=5_000)
    for quantity, returned in ((3, 0), (1, 5_250)):
        order, payment = approved(event, quantity)
        settle_payment(payment.reference)
        if returned:
            refund = refunds.request_refund(actor=SYSTEM, order=order, source="organizer", now=clock.now())
            refund_sending.send_refund(refund.id)
    place(event, 2)
    return event


def test_an_organizer_reads_what_both_clients_show(event: Event, call: Callable[..., Caller]) -> None:
    offer = event.ticket_types[0].offers[0]
    addresses = [path.format(ref) for path in PATHS for ref in (event.slug, event.id)]
    get = call(event.organizer).get
    body, *same = (get(address).json for address in addresses)
    assert same == [body] * 3
    assert {key: body[key] for key in ("event_id", "event_title", "event_status", "currency")} == {
        "event_id": event.id,
        "event_title": event.title,
        "event_status": "upcoming",
        "currency": "GHS",
    }
    assert body["overview"] == {
        "total_tickets": 100,
        "tickets_sold": 3,
        "tickets_held": 2,
        "tickets_remaining": 95,
        "tickets_cancelled": 1,
        "tickets_checked_in": 0,
        "sales_percentage": 3.0,
        "check_in_percentage": 0.0,
        "gross_revenue": "200.00",
        "net_revenue": "150.00",
        "platform_fee": "7.50",
        "platform_fee_percentage": 5.0,
        "average_ticket_price": "50.00",
        "projected_revenue": "4900.00",
    }
    assert body["revenue"] == {
        "gross": "200.00",
        "refunds": "50.00",
        "fees": "7.50",
        "fees_paid_by_buyers": "7.50",
        "net": "150.00",
        "returned_to_buyers": "52.50",
    }
    assert body["sales_by_ticket_type"] == [
        {
            "ticket_type_id": offer.id,
            "ticket_type": "Standard",
            "price": "50.00",
            "tickets_sold": 3,
            "tickets_held": 2,
            "tickets_remaining": 95,
            "total_quantity": 100,
            "revenue": "200.00",
            "percentage_of_total_sales": 100.0,
            "percentage_of_quantity_sold": 3.0,
        }
    ]
    sold = {"tickets_sold": 4, "revenue": "200.00"}
    assert body["sales_timeline"] == [
        {"date": "2027-03-01", **sold, "cumulative_tickets": 4, "cumulative_revenue": "200.00"}
    ]
    assert body["sales_by_hour"] == [{"hour": "14:00", **sold}]
    assert body["check_ins_by_hour"] == []
    assert body["conversion"] == {
        "orders_held": 3,
        "orders_open": 1,
        "orders_paid": 2,
        "held_to_paid_percentage": 100.0,
    }
    assert body["traffic"] == {"page_views": 0, "unique_visitors": 0, "conversion_rate": 0.0}
    assert len(body["recent_sales"]) == 4
    latest = body["recent_sales"][0]
    assert latest == {
        "ticket_id": latest["ticket_id"],
        "ticket_type": "Standard",
        "amount": "50.00",
        "buyer_name": "Kofi Mensah",
        "purchase_date": "2027-03-01T14:40:00Z",
    }
    # The web client calls toFixed on these: texts would end its page.
    numbers = [name for name in body["overview"] if name.endswith("_percentage")]
    assert all(type(body["overview"][name]) is float for name in numbers)
    assert type(body["traffic"]["conversion_rate"]) is float


def test_looks_at_the_page_show_in_its_traffic(
    event: Event, call: Callable[..., Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("easyticket.services.visits.PAUSE", 0.0)
    address = f"/events/{event.slug}/"
    for agent in ("Firefox", "Firefox", "Chrome"):
        call().get(address, headers={"User-Agent": agent}).close()
    path = PATHS[0].format(event.slug)
    traffic = call(event.organizer).get(path).json["traffic"]
    assert traffic == {"page_views": 3, "unique_visitors": 2, "conversion_rate": 100.0}


def test_only_its_organizer_and_administrators_may_look(call: Callable[..., Caller]) -> None:
    event = factories.make_simple_event()
    draft = factories.make_simple_event(status=EventStatus.DRAFT, published_at=None)
    path, hidden = (PATHS[0].format(each.id) for each in (event, draft))
    stranger = factories.make_organizer()
    assert call(factories.make_staff()).get(path).status_code == 200
    assert call(stranger).get(path).status_code == 403
    assert call(stranger).get(hidden).status_code == 404
    assert call().get(path).status_code == 401
    db.session.rollback()
    assert call(stranger).get(PATHS[1].format("nothing-here")).status_code == 404
