"""Who comes to an event, through the door of the Cafa Tickets API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from easyticket.core import clock
from easyticket.db import db
from easyticket.models import Event, EventStatus
from easyticket.services.tickets import qr_content
from tests import factories
from tests.api_v1.conftest import Caller
from tests.queries.test_attendees import guest
from tests.services.test_gate import running_event, scan
from tests.statements import counted_statements

Call = Callable[..., Caller]
pytestmark = pytest.mark.usefixtures("db_session")


def path(event: Event, key: object = None) -> str:
    return f"/api/v1/events/{key or event.slug}/attendees/"


def found(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.json
    return [row["attendee_name"] for row in answer.json["results"]]


def test_the_list_has_every_key_the_clients_read(call: Call) -> None:
    organizer = factories.make_organizer(first_name="Kojo", last_name="Antwi")
    event = running_event(organizer=organizer)
    offer = event.ticket_types[0].offers[0]
    inside = guest(event, "Ama Owusu", at=-9, attendee_phone="+233241234567")
    other = guest(event, "Kofi Mensah", at=-5)
    held = factories.make_order(event, [(offer, 2)], buyer_name="Yaa Asante", buyer_phone="+233200000001")
    let_in = scan(event, qr_content(inside)).scanned_at
    answer = call(organizer).get(f"{path(event)}?payment_status=all").json
    assert {name: answer[name] for name in answer if name != "results"} == {
        "count": 4,
        "next": None,
        "previous": None,
        "page_size": 20,
        "total_pages": 1,
        "current_page": 1,
        "summary": {
            "total_attendees": 2,
            "checked_in": 1,
            "not_checked_in": 1,
            "check_in_percentage": 50.0,
        },
    }
    rows = {row["attendee_name"]: row for row in answer["results"]}
    ticket_type = {"id": offer.id, "name": "Standard", "price": "50.00"}
    assert rows["Ama Owusu"] == {
        "ticket_id": inside.code,
        "attendee_name": "Ama Owusu",
        "attendee_email": "guest@example.org",
        "attendee_phone": "+233241234567",
        "ticket_type": ticket_type,
        "purchase_date": inside.created_at.isoformat().replace("+00:00", "Z"),
        "payment_status": "paid",
        "payment_reference": inside.order.purchase_code,
        "amount_paid": "52.50",
        "is_checked_in": True,
        "checked_in_at": let_in.isoformat().replace("+00:00", "Z"),
        "checked_in_by": {"id": organizer.id, "username": f"user{organizer.id}", "full_name": "Kojo Antwi"},
    }
    # A place is called what its buyer was told, until it is a ticket.
    places = {f"{held.purchase_code}-{number}" for number in (1, 2)}
    assert {row["ticket_id"] for row in answer["results"]} == {inside.code, other.code, *places}
    expected = rows["Kofi Mensah"]
    nobody = {"is_checked_in": False, "checked_in_at": None, "checked_in_by": None}
    assert expected | nobody == expected
    assert rows["Yaa Asante"] == {
        "ticket_id": rows["Yaa Asante"]["ticket_id"],
        "attendee_name": "Yaa Asante",
        "attendee_email": "guest@example.org",
        "attendee_phone": "+233200000001",
        "ticket_type": ticket_type,
        "purchase_date": held.created_at.isoformat().replace("+00:00", "Z"),
        "payment_status": "pending",
        "payment_reference": held.purchase_code,
        "amount_paid": "0.00",
        **nobody,
    }


def test_filters_and_orders_have_the_clients_names_and_the_summary_stays_the_events(call: Call) -> None:
    event = factories.make_tiered_event(start_at=clock.now() - timedelta(hours=1))
    gold = event.ticket_types[0].offers[1]
    guest(event, "Ama", at=1), guest(event, "Kofi", at=2, offer=1)
    scan(event, guest(event, "Yaa", at=3).code)
    factories.make_order(event, [(gold, 1)], buyer_name="Held", created_at=clock.now() - timedelta(days=1))
    caller = call(event.organizer)
    for query, names in {
        "": ["Yaa", "Kofi", "Ama"],
        "search=&ticket_type_id=&payment_status=&check_in_status=&sort_by=&page_size=": [
            "Yaa",
            "Kofi",
            "Ama",
        ],
        "search=KOF": ["Kofi"],
        f"ticket_type_id={gold.id}": ["Kofi"],
        "payment_status=paid&sort_by=attendee_name": ["Ama", "Kofi", "Yaa"],
        "payment_status=pending": ["Held"],
        "payment_status=all": ["Yaa", "Kofi", "Ama", "Held"],
        "check_in_status=checked_in": ["Yaa"],
        "check_in_status=not_checked_in": ["Kofi", "Ama"],
        "check_in_status=all&sort_by=-attendee_name": ["Yaa", "Kofi", "Ama"],
        "sort_by=ticket_type": ["Kofi", "Ama", "Yaa"],
        "sort_by=check_in_time&page_size=1": ["Yaa"],
        "sort_by=nonsense&unknown=1": ["Yaa", "Kofi", "Ama"],
    }.items():
        answer = caller.get(f"{path(event)}?{query}")
        assert found(answer) == names, query
        assert answer.json["summary"]["total_attendees"] == 3
    for query in ("ticket_type_id=gold", "payment_status=failed", "check_in_status=maybe"):
        answer = caller.get(f"{path(event)}?{query}")
        assert (answer.status_code, answer.json["details"].keys()) == (400, {query.partition("=")[0]})
    assert caller.get(f"{path(event)}?page=2").status_code == 404


def test_it_is_the_organizers_and_the_staffs_by_slug_or_number(call: Call) -> None:
    event = running_event(status=EventStatus.DRAFT)
    assert call(event.organizer).get(path(event, event.id)).status_code == 200
    assert call(factories.make_staff()).get(path(event)).status_code == 200
    stranger = call(factories.make_organizer())
    assert stranger.get(path(event)).status_code == 404
    assert stranger.get(path(event, "nothing")).status_code == 404
    answer = call(factories.make_organizer()).get(path(running_event()))
    assert (answer.status_code, answer.json["error"]) == (403, "Permission Denied")
    assert call().get(path(event)).status_code == 401


def test_the_list_takes_as_many_statements_for_twenty_as_for_one(call: Call) -> None:
    event = running_event()
    caller = call(event.organizer)
    asked = []
    for count in (1, 19):
        for _ in range(count):
            scan(event, guest(event).code, actor=factories.actor_of(factories.make_staff()))
            factories.make_order(event)
        db.session.expire_all()
        with counted_statements() as statements:
            answer = caller.get(f"{path(event)}?payment_status=all&page_size=100")
        asked.append((len(statements), len(answer.json["results"])))
    assert asked == [(asked[0][0], 2), (asked[0][0], 40)]
