"""Where an online event happens is told to whoever holds a ticket that can let them in, and to nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from easyticket.core import clock
from easyticket.core.errors import Invalid
from easyticket.db import db, transaction
from easyticket.models import Event, EventStatus, Order, TicketStatus
from easyticket.rules.online_links import online_link_of_order
from easyticket.services.events import update_event
from easyticket.services.orders import secret_of
from easyticket.services.tickets import issue_tickets
from tests import factories
from tests.factories import actor_of

pytestmark = pytest.mark.usefixtures("db_session")

LINK = "https://meet.example.org/drums?pwd=tam-tam"


def sold(quantity: int = 1) -> tuple[Event, Order]:
    event = factories.make_simple_event(online_link=LINK)
    order = factories.sell_places(event.ticket_types[0].offers[0], quantity)
    with transaction():
        issue_tickets(order, clock.now())
    return event, order


def test_holders_see_it_on_their_pages_and_in_their_calendar_and_visitors_nowhere(
    client: FlaskClient,
) -> None:
    event, order = sold()
    secret, code = secret_of(order), order.tickets[0].code
    shown = LINK.replace("&", "&amp;")
    for address in (f"/orders/{secret}/", f"/orders/{secret}/{code}/"):
        assert shown in client.get(address).text
    assert LINK in client.get(f"/orders/{secret}/calendar.ics").text.replace("\r\n ", "")
    for address in (
        f"/events/{event.slug}/",
        f"/events/{event.slug}/calendar.ics",
        f"/api/events/{event.slug}/",
    ):
        assert "meet.example.org" not in client.get(address).text


@pytest.mark.parametrize("end", ["ticket", "event", "sent"])
def test_it_ends_with_the_ticket(client: FlaskClient, end: str) -> None:
    event, order = sold(2)
    with transaction():
        order.tickets[0].status = TicketStatus.CANCELLED
    assert online_link_of_order(order) == LINK
    with transaction():
        if end == "ticket":
            order.tickets[1].status = TicketStatus.CANCELLED
        elif end == "sent":
            order.tickets[1].sent_on_at = clock.now()
        else:
            event.status, event.cancelled_at = EventStatus.CANCELLED, clock.now()
    assert online_link_of_order(order) == ""
    assert "meet.example.org" not in client.get(f"/orders/{secret_of(order)}/calendar.ics").text


@pytest.mark.parametrize(
    "address",
    [
        "meet.example.org/x",
        "javascript:alert(1)",
        "https://",
        "https://a b",
        "https://me:pw@x.org",
        "https://[::1",
    ],
)
def test_only_addresses_of_the_web_are_taken(address: str) -> None:
    event = factories.make_event(start_at=clock.now() + timedelta(days=3))
    with pytest.raises(Invalid) as refusal:
        update_event(
            actor=actor_of(event.organizer), event=event, changes={"online_link": address}, now=clock.now()
        )
    assert refusal.value.fields == {"online_link": ["Give the whole address, beginning with https://."]}
    db.session.rollback()
