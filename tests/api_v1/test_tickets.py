"""My tickets through the door of the Cafa Tickets API: lists, one by its code, its PDF, and the events one has been to."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pypdf
import pytest
import zxingcpp
from flask import Flask
from PIL import Image

from easyticket.core import clock
from easyticket.db import db, transaction
from easyticket.models import CheckInPolicy, Payment, PaymentState, Ticket, TicketStatus
from easyticket.services.tickets import qr_content
from tests import factories
from tests.api_v1.conftest import Caller
from tests.queries.test_tickets import one_of_each, set_status, tickets_for
from tests.servers.settings import PUBLIC_URL
from tests.statements import counted_statements

Call = Callable[..., Caller]
pytestmark = pytest.mark.usefixtures("db_session")

PATH = "/api/v1/tickets/"
MINE = f"{PATH}my-tickets/"


def codes(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.json
    return [row["ticket_id"] for row in answer.json["results"]]


def paid_by(ticket: Ticket, state: PaymentState = PaymentState.PAID, attempt: int = 1) -> Payment:
    """Return a payment of the ticket's order."""
    order = ticket.order
    payment = Payment(
        order_id=order.id,
        attempt=attempt,
        provider="sandbox",
        reference=f"ET-{order.number}-{attempt}",
        state=state,
        amount_minor=order.total_minor,
        currency=order.currency,
    )
    with transaction():
        db.session.add(payment)
        order.payment_method = "mobile_money"
    return payment


def evening(**fields: Any) -> Any:
    """Return an event in New York whose clocks show another day than UTC."""
    begins = datetime.fromisoformat("2037-03-02T00:30:00+00:00")
    return factories.make_simple_event(
        **{
            "title": "Night of Drums",
            "time_zone": "America/New_York",
            "start_at": begins,
            "end_at": begins + timedelta(hours=5),
            "currency": "GHS",
            "category": factories.make_category("Music"),
            **fields,
        }
    )


def test_a_ticket_has_every_key_the_clients_read(call: Call) -> None:
    user = factories.make_user(phone_number="+233241234567")
    event = evening()
    (ticket,) = tickets_for(user, event)
    with transaction():
        ticket.attendee_phone = "+233241234567"
    paid_by(ticket, PaymentState.FAILED)
    reference = paid_by(ticket, attempt=2).reference
    (shown,) = call(user).get(MINE).json["results"]
    assert shown["event"].pop("featured_image").startswith("/media/")
    assert shown.pop("event") == {
        "id": event.id,
        "title": "Night of Drums",
        "slug": event.slug,
        "category": {"id": event.category_id, "name": "Music"},
        "venue_name": "National Theatre",
        "venue_city": "Accra",
        "start_date": "2037-03-01",
        "start_time": "19:30:00",
        "status": "upcoming",
    }
    assert shown == {
        "ticket_id": ticket.code,
        "qr_code": f"/media/qr/{qr_content(ticket)}.png",
        "qr_code_url": f"/media/qr/{qr_content(ticket)}.png",
        "download_url": f"{PATH}{ticket.code}/download/",
        "ticket_type": {"id": ticket.offer_id, "name": "Standard", "price": "50.00"},
        "attendee_info": {"name": user.display_name, "email": user.email, "phone": "+233241234567"},
        "purchase_date": ticket.created_at.isoformat().replace("+00:00", "Z"),
        "payment_reference": reference,
        "price": "50.00",
        "amount_paid": "52.50",
        "currency": "GHS",
        "status": "active",
        "is_checked_in": False,
        "checked_in_at": None,
    }


def test_one_ticket_says_where_who_and_how_it_was_paid(call: Call) -> None:
    user = factories.make_user()
    organizer = factories.make_organizer(username="drums")
    event = evening(organizer=organizer)
    (ticket,) = tickets_for(user, event)
    with transaction():
        ticket.offer.ticket_type.description = "A place on the floor."
        event.venue_latitude = "5.6"
    reference = paid_by(ticket).reference
    (item,) = call(user).get(MINE).json["results"]
    shown = call(user).get(f"{PATH}{ticket.code.lower()}/").json
    assert shown["event"] == item["event"] | {
        "description": "An evening of music.",
        "venue_address": "Liberia Road",
        "venue_country": "Ghana",
        "venue_location": {"latitude": "5.600000", "longitude": None},
        "end_date": "2037-03-02",
        "end_time": "00:30:00",
        "organizer": {
            "id": organizer.id,
            "username": "drums",
            "full_name": organizer.full_name,
            "profile_image": None,
        },
    }
    assert shown["ticket_type"] == item["ticket_type"] | {"description": "A place on the floor."}
    assert shown["purchase_info"] == {
        "purchase_date": item["purchase_date"],
        "payment_reference": reference,
        "payment_method": "mobile_money",
        "amount_paid": "52.50",
        "currency": "GHS",
        "payment_status": "completed",
    }
    assert {name: shown[name] for name in item if name not in ("event", "ticket_type")} == {
        name: value for name, value in item.items() if name not in ("event", "ticket_type")
    }


def test_an_event_without_a_category_is_in_other_and_a_free_order_is_its_own_reference(call: Call) -> None:
    user = factories.make_user()
    (ticket,) = tickets_for(user, factories.make_simple_event(price_minor=0))
    caller = call(user)
    (shown,) = caller.get(MINE).json["results"]
    assert shown["event"]["category"] == {"id": 0, "name": "Other"}
    assert shown["payment_reference"] == ticket.order.purchase_code
    assert (shown["price"], shown["amount_paid"]) == ("0.00", "0.00")
    for query in ("category=other", "category_id=0"):
        assert codes(caller.get(f"{MINE}?{query}")) == [ticket.code]
    other = factories.make_category("Others", slug="other")
    (shown,) = call(user).get(MINE).json["results"]
    assert shown["event"]["category"] == {"id": other.id, "name": "Others"}
    for query in ("category=other", f"category_id={other.id}"):
        assert codes(call(user).get(f"{MINE}?{query}")) == [ticket.code]


def test_filters_filter(call: Call) -> None:
    user = factories.make_user()
    made = {name: ticket.code for name, ticket in one_of_each(user).items()}
    music = factories.make_category("Music")
    drums = factories.make_simple_event(title="Soirée of Drums", category=music, slug="soiree")
    made["drums"] = tickets_for(user, drums)[0].code
    caller = call(user)
    active = {"active", "drums"}
    for query, names in {
        "status=active": active,
        "status=paid": active,
        "status=used": {"used", "used, over"},
        "status=cancelled": {"cancelled", "called off"},
        "status=expired": {"expired"},
        "status=all": set(made),
        "status=&search=&category=&category_id=&page=": set(made),
        "unknown=1": set(made),
        "search=soiree+DRUMS": {"drums"},
        "search=drums+nowhere": set(),
        f"search={made['used'][-6:].lower()}": {"used"},
        f"search={made['used']}": {"used"},
        "search=%25": set(),
        f"category={music.slug}": {"drums"},
        f"category_id={music.id}": {"drums"},
        f"category={music.slug}&status=used": set(),
        "category=other&status=expired": {"expired"},
        "category=nonsense": set(),
        "category_id=999999": set(),
    }.items():
        assert set(codes(caller.get(f"{MINE}?{query}"))) == {made[name] for name in names}, query
    for query, name in {"status=reserved": "status", "category_id=nonsense": "category_id"}.items():
        answer = caller.get(f"{MINE}?{query}")
        assert (answer.status_code, answer.json["message"]) == (400, "The data provided is invalid")
        assert answer.json["details"].keys() == {name}


def test_a_ticket_that_admits_again_is_active_until_its_event_is_over(call: Call) -> None:
    user = factories.make_user()
    event = factories.make_simple_event(check_in_policy=CheckInPolicy.DAILY)
    (ticket,) = tickets_for(user, event)
    set_status(ticket, TicketStatus.USED)
    caller = call(user)
    (listed,) = caller.get(f"{MINE}?status=active").json["results"]
    for shown in (listed, caller.get(f"{PATH}{ticket.code}/").json):
        assert (shown["status"], shown["is_checked_in"]) == ("active", True)
        assert shown["checked_in_at"]
    assert codes(caller.get(f"{MINE}?status=used")) == []
    assert codes(caller.get(f"{PATH}attended-events/")) == [ticket.code]
    with transaction():
        event.start_at, event.end_at = clock.now() - timedelta(hours=3), clock.now()
    (listed,) = caller.get(f"{MINE}?status=used").json["results"]
    assert listed["status"] == "used"


def test_ten_on_a_page_the_latest_first(call: Call) -> None:
    user = factories.make_user()
    old, new = (
        [each.code for each in tickets_for(user, count=6, issued_at=clock.now() - timedelta(days=days))]
        for days in (2, 1)
    )
    caller = call(user)
    first = caller.get(f"{MINE}?status=active").json
    facts = {name: first[name] for name in ("count", "page_size", "total_pages", "current_page", "previous")}
    assert facts == {"count": 12, "page_size": 10, "total_pages": 2, "current_page": 1, "previous": None}
    second = caller.get(first["next"].removeprefix(PUBLIC_URL))
    shown = [row["ticket_id"] for row in first["results"]] + codes(second)
    assert shown == [*reversed(new), *reversed(old)]
    assert second.json["next"] is None
    assert caller.get(f"{MINE}?page=3").status_code == 404


def test_nobody_is_listed_or_shown_the_tickets_of_another(call: Call) -> None:
    user, organizer = factories.make_user(), factories.make_organizer()
    (ticket,) = tickets_for(user, factories.make_simple_event(organizer=organizer))
    paths = (f"{PATH}{ticket.code}/", f"{PATH}{ticket.code}/download/")
    for other, status in ((organizer, 404), (factories.make_user(), 404), (factories.make_staff(), 200)):
        caller = call(other)
        assert codes(caller.get(MINE)) == []
        assert {caller.get(path).status_code for path in paths} == {status}
    for path in (*paths, MINE, f"{PATH}attended-events/"):
        assert call().get(path).status_code == 401
    for name in ("TKT-20260301-0000000000", str(ticket.uuid), "0", "%00"):
        for path in (f"{PATH}{name}/", f"{PATH}{name}/download/"):
            answer = call(user).get(path)
            assert (answer.status_code, answer.json["error"]) in ((404, "Not Found"), (400, "Bad Request")), (
                path
            )


def test_the_events_one_has_been_to_come_the_last_first(call: Call) -> None:
    user = factories.make_user()
    tickets_for(user)
    (ticket,) = tickets_for(user, evening())
    (older,) = tickets_for(user)
    for each, day in ((ticket, 1), (older, 3)):
        set_status(each, TicketStatus.USED)
        with transaction():
            each.used_at = clock.now() - timedelta(days=day)
    answer = call(user).get(f"{PATH}attended-events/")
    assert codes(answer) == [ticket.code, older.code]
    assert answer.json["page_size"] == 20
    event, shown = ticket.event, answer.json["results"][0]
    assert shown["event"].pop("featured_image").startswith("/media/")
    assert shown == {
        "event": {
            "id": event.id,
            "title": "Night of Drums",
            "slug": event.slug,
            "category": "Music",
            "venue_name": "National Theatre",
            "event_date": "2037-03-02T00:30:00Z",
        },
        "ticket_id": ticket.code,
        "ticket_type": "Standard",
        "attended_date": ticket.used_at.isoformat().replace("+00:00", "Z"),
        "amount_paid": "52.50",
    }
    assert answer.json["results"][1]["event"]["category"] == "Other"


@pytest.mark.parametrize("path", [MINE, f"{MINE}?search=evening&status=used", f"{PATH}attended-events/"])
def test_lists_take_as_many_statements_for_twenty_as_for_one(path: str, call: Call) -> None:
    user = factories.make_user()
    caller = call(user)
    join, asked = "&" if "?" in path else "?", []
    for count in (1, 19):
        for _ in range(count):
            category = factories.make_category()
            (ticket,) = tickets_for(user, factories.make_simple_event(category=category))
            paid_by(ticket)
            set_status(ticket, TicketStatus.USED)
        with counted_statements() as statements:
            answer = caller.get(f"{path}{join}page_size=100")
        asked.append((len(statements), len(answer.json["results"])))
    assert asked == [(asked[0][0], 1), (asked[0][0], 20)]


def test_the_pdf_is_a_file_to_keep_and_a_cancelled_ticket_has_none(call: Call) -> None:
    user = factories.make_user()
    ticket, cancelled = tickets_for(user, count=2)
    set_status(cancelled, TicketStatus.CANCELLED)
    answer = call(user).get(f"{PATH}{ticket.code}/download/")
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == f"attachment; filename=ticket-{ticket.code}.pdf"
    (page,) = pypdf.PdfReader(io.BytesIO(answer.data)).pages
    assert ticket.code in page.extract_text()
    refused = call(user).get(f"{PATH}{cancelled.code}/download/")
    assert (refused.status_code, refused.content_type) == (400, "application/json")
    assert refused.json["message"] == "This ticket was cancelled, so there is nothing to print."


def test_the_picture_of_the_code_stands_under_media_and_is_absolute_where_the_site_is_set_so(
    call: Call, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = factories.make_user()
    (ticket,) = tickets_for(user)
    content = qr_content(ticket)
    settings = dataclasses.replace(app.config["SETTINGS"], v1_absolute_media_urls=True)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    (shown,) = call(user).get(MINE).json["results"]
    assert shown["qr_code"] == shown["qr_code_url"] == f"{PUBLIC_URL}/media/qr/{content}.png"
    assert shown["download_url"] == f"{PUBLIC_URL}{PATH}{ticket.code}/download/"
    answer = call().get(shown["qr_code"].removeprefix(PUBLIC_URL))
    assert (answer.status_code, answer.content_type) == (200, "image/png")
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(answer.data)).convert("L"))
    assert found.text == content
    assert call().get(f"/media/qr/{content[:-1]}.png").status_code == 404
