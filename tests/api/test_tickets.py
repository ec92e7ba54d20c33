"""My tickets through the API's door: lists, one, its PDF, the counts, and the scan at a gate."""

from __future__ import annotations

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
from easyticket.db import transaction
from easyticket.models import Event, EventStatus, OrderStatus, Ticket, TicketStatus, User
from easyticket.services.tickets import qr_content
from tests import factories
from tests.api.conftest import Caller
from tests.queries.test_tickets import one_of_each, set_status, tickets_for
from tests.servers.settings import PUBLIC_URL
from tests.services.test_gate import running_event, ticket_for
from tests.services.test_ticket_transfers import bought, send
from tests.statements import counted_statements

Call = Callable[..., Caller]
pytestmark = pytest.mark.usefixtures("db_session")

PATH = "/api/tickets/my-tickets/"
VERIFY = f"{PATH}verify/"
KEYS = set(
    "id ticket_number qr_code_data event event_title event_date event_date_formatted venue ticket_name tier_name day_name "
    "full_ticket_name price status is_used used_at is_valid attendee_name attendee_email order_number created_at "
    "qr_code_image pdf_url order ticket_type event_location buyer_name buyer_email updated_at scanned_by".split()
)


def numbers(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.json
    return [row["ticket_number"] for row in answer.json["results"]]


def gate_of(call: Call, ticket: Ticket) -> Caller:
    return call(ticket.event.organizer)


def verified(call: Call, ticket: Ticket) -> Any:
    return gate_of(call, ticket).post(VERIFY, {"qr_code_data": qr_content(ticket)})


def test_a_ticket_has_every_key_the_clients_know(call: Call) -> None:
    user = factories.make_user()
    event = factories.make_simple_event(
        title="Night of Drums",
        venue_name="Hall 2",
        venue_address="4 Ring Rd",
        time_zone="America/New_York",
        start_at=datetime.fromisoformat("2037-03-01T23:00:00+00:00"),
        currency="USD",
    )
    (ticket,) = tickets_for(user, event)
    shown = call(user).get(f"{PATH}{ticket.uuid}/").json
    assert shown.keys() >= KEYS
    assert shown | {"created_at": "", "updated_at": ""} == {
        "id": str(ticket.uuid),
        "ticket_number": ticket.code,
        "qr_code_data": qr_content(ticket),
        "qr_code_image": f"{PUBLIC_URL}/qr/{qr_content(ticket)}.png",
        "pdf_url": f"{PUBLIC_URL}{PATH}{ticket.uuid}/download/",
        "order": str(ticket.order.uuid),
        "order_number": ticket.order.number,
        "event": str(event.uuid),
        "event_title": "Night of Drums",
        "event_date": "2037-03-01T23:00:00Z",
        "event_date_formatted": "Sunday, March 01, 2037 at 06:00 PM",
        "event_location": "Accra",
        "venue": {"name": "Hall 2", "address": "4 Ring Rd", "city": "Accra"},
        "ticket_type": str(event.ticket_types[0].uuid),
        "ticket_name": "Standard",
        "tier_name": "",
        "day_name": "",
        "full_ticket_name": "Standard",
        "price": "50.00",
        "currency": "USD",
        "status": "active",
        "is_used": False,
        "used_at": None,
        "scanned_by": None,
        "is_valid": True,
        "attendee_name": user.display_name,
        "attendee_email": user.email,
        "buyer_name": user.display_name,
        "buyer_email": user.email,
        "created_at": "",
        "updated_at": "",
    }
    assert call(user).get(PATH).json["results"] == [shown]


def test_the_names_of_tier_and_day_are_joined(call: Call) -> None:
    user = factories.make_user()
    (ticket,) = tickets_for(user, factories.make_grid_event())
    shown = call(user).get(f"{PATH}{ticket.uuid}/").json
    assert (shown["ticket_name"], shown["tier_name"], shown["day_name"]) == ("Pass", "Regular", "Day 1")
    assert shown["full_ticket_name"] == "Pass - Regular - Day 1"
    # The event's beginning, also for a pass of another day.
    assert shown["event_date"] == ticket.event.start_at.isoformat().replace("+00:00", "Z")


def test_the_list_works_without_an_ordering(call: Call) -> None:
    # The original answered 500 unless the query had one.
    user = factories.make_user()
    old, new = (tickets_for(user, issued_at=clock.now() - timedelta(days=days))[0].code for days in (2, 1))
    caller = call(user)
    for query, found in {
        "": [new, old],
        "?ordering=": [new, old],
        "?ordering=created_at": [old, new],
        "?ordering=-created_at": [new, old],
        "?ordering=nonsense": [new, old],
        "?status=&is_used=&event=&ordering=&page=": [new, old],
        "?unknown=1": [new, old],
    }.items():
        assert numbers(caller.get(f"{PATH}{query}")) == found, query


def test_the_beginning_of_the_event_sorts_by_either_name(call: Call) -> None:
    user, now = factories.make_user(), clock.now()
    later, soon = (
        tickets_for(user, factories.make_simple_event(start_at=now + timedelta(days=days)))[0].code
        for days in (9, 2)
    )
    caller = call(user)
    for name in ("event_date", "event__start_date"):
        assert numbers(caller.get(f"{PATH}?ordering={name}")) == [soon, later]
        assert numbers(caller.get(f"{PATH}?ordering=-{name}")) == [later, soon]


def test_filters_filter(call: Call) -> None:
    user = factories.make_user()
    made = {name: ticket.code for name, ticket in one_of_each(user).items()}
    past = str(tickets_for(user, factories.make_simple_event())[0].event.uuid)
    caller = call(user)
    for query, names in {
        "status=used": {"used", "used, over"},
        "status=cancelled": {"cancelled", "called off"},
        "status=expired": {"expired"},
        "is_used=true": {"used", "used, over"},
        "is_used=1&status=expired": set(),
    }.items():
        assert set(numbers(caller.get(f"{PATH}?{query}"))) == {made[name] for name in names}, query
    assert len(numbers(caller.get(f"{PATH}?status=active"))) == 2
    assert len(numbers(caller.get(f"{PATH}?is_used=FALSE"))) == 5
    assert len(numbers(caller.get(f"{PATH}?event={past}"))) == 1
    expired = caller.get(f"{PATH}?status=expired").json["results"][0]
    assert (expired["status"], expired["is_valid"], expired["is_used"]) == ("expired", False, False)


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("status=paid", {"status": ["Select a valid choice. paid is not one of the available choices."]}),
        ("is_used=maybe", {"is_used": ["Must be a valid boolean."]}),
        ("event=seven", {"event": ["“seven” is not a valid UUID."]}),
        (
            "event=00000000-0000-4000-8000-000000000000",
            {"event": ["Select a valid choice. That choice is not one of the available choices."]},
        ),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(
    query: str, errors: dict[str, list[str]], call: Call
) -> None:
    answer = call(factories.make_user()).get(f"{PATH}?{query}")
    assert (answer.status_code, answer.json["field_errors"]) == (400, errors)


def test_nobody_is_listed_or_shown_the_tickets_of_another(call: Call) -> None:
    # The original listed every organizer all tickets of the whole site.
    user, organizer = factories.make_user(), factories.make_organizer()
    (ticket,) = tickets_for(user, factories.make_simple_event(organizer=organizer))
    for other, status in (
        (organizer, 404),
        (factories.make_organizer(), 404),
        (factories.make_user(), 404),
        (factories.make_staff(), 200),
    ):
        caller = call(other)
        assert numbers(caller.get(PATH)) == []
        assert caller.get(f"{PATH}?event={ticket.event.uuid}").json["count"] == 0
        assert caller.get(f"{PATH}stats/").json["total_tickets"] == 0
        assert caller.get(f"{PATH}{ticket.uuid}/").status_code == status
        assert caller.get(f"{PATH}{ticket.uuid}/download/").status_code == status


def test_nobody_without_a_token_gets_anything(call: Call) -> None:
    (ticket,) = tickets_for(factories.make_user())
    for path in (PATH, f"{PATH}{ticket.uuid}/", f"{PATH}stats/", f"{PATH}{ticket.uuid}/download/"):
        assert call().get(path).status_code == 401
    assert call().post(VERIFY, {"qr_code_data": qr_content(ticket)}).status_code == 401


@pytest.mark.parametrize(
    "name", ["seven", "TKT-20260301-0000000000", "00000000-0000-4000-8000-000000000000", "0"]
)
def test_what_names_no_ticket_is_not_found(name: str, call: Call) -> None:
    caller = call(factories.make_user())
    for path in (f"{PATH}{name}/", f"{PATH}{name}/download/"):
        answer = caller.get(path)
        assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_pages_of_tickets(call: Call) -> None:
    user = factories.make_user()
    tickets_for(user, count=3)
    caller = call(user)
    first = caller.get(f"{PATH}?page_size=2&status=active").json
    assert (first["count"], len(first["results"]), first["previous"]) == (3, 2, None)
    assert first["next"] == f"{PUBLIC_URL}{PATH}?status=active&page=2&page_size=2"
    assert len(caller.get(first["next"].removeprefix(PUBLIC_URL)).json["results"]) == 1
    assert caller.get(f"{PATH}?page=2").status_code == 404


def test_the_list_takes_as_many_statements_for_fifty_as_for_one(call: Call) -> None:
    user = factories.make_user()
    caller = call(user)
    asked = []
    for count in (1, 49):
        for ticket in tickets_for(user, count=count):
            set_status(ticket, TicketStatus.USED)
        with counted_statements() as statements:
            assert caller.get(f"{PATH}?page_size=100&is_used=true").status_code == 200
        asked.append(len(statements))
    assert asked[0] == asked[1]


def test_the_stats_have_the_six_keys_the_clients_know(call: Call) -> None:
    user = factories.make_user()
    one_of_each(user)
    assert call(user).get(f"{PATH}stats/").json == {
        "total_tickets": 6,
        "active_tickets": 1,
        "used_tickets": 2,
        "cancelled_tickets": 2,
        "expired_tickets": 1,
        "upcoming_events": 2,
        "past_events": 1,
    }


def test_the_pdf_holds_the_code_and_the_qr_code(call: Call) -> None:
    user = factories.make_user()
    (ticket,) = tickets_for(user)
    answer = call(user).get(f"{PATH}{ticket.uuid}/download/")
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == f"attachment; filename=ticket-{ticket.code}.pdf"
    assert answer.headers["Cache-Control"] == "private, no-store"
    (page,) = pypdf.PdfReader(io.BytesIO(answer.data)).pages
    assert ticket.code in page.extract_text()


def test_a_cancelled_ticket_has_no_pdf_and_no_picture(call: Call) -> None:
    user = factories.make_user()
    (ticket,) = tickets_for(user)
    set_status(ticket, TicketStatus.CANCELLED)
    answer = call(user).get(f"{PATH}{ticket.uuid}/download/")
    assert (answer.status_code, answer.json["code"]) == (400, "ticket_cancelled")
    shown = call(user).get(f"{PATH}{ticket.uuid}/").json
    assert (shown["status"], shown["is_valid"], shown["qr_code_image"]) == ("cancelled", False, None)


def test_the_picture_holds_what_verifies_and_needs_no_token(call: Call, app: Flask) -> None:
    user = factories.make_user()
    (ticket,) = tickets_for(user)
    shown = call(user).get(f"{PATH}{ticket.uuid}/").json
    answer = call().get(shown["qr_code_image"].removeprefix(PUBLIC_URL))
    assert (answer.status_code, answer.content_type) == (200, "image/png")
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(answer.data)).convert("L"))
    assert found.text == shown["qr_code_data"]


@pytest.mark.parametrize("code", ["0" * 63, "0" * 65, "g" * 64, "TKT-20260301-7J2KQ0ABCD", "0" * 64 + "%0A"])
def test_nothing_else_is_drawn_as_a_qr_code(code: str, call: Call) -> None:
    assert call().get(f"/qr/{code}.png").status_code == 404


def test_a_ticket_is_verified_and_marked_as_used(call: Call) -> None:
    ticket = ticket_for(running_event())
    answer = verified(call, ticket)
    assert answer.status_code == 200
    assert answer.json.keys() == {"success", "valid", "message", "ticket"}
    assert (answer.json["success"], answer.json["valid"]) == (True, True)
    assert answer.json["message"] == "Ticket verified and marked as used"
    shown = answer.json["ticket"]
    assert shown.keys() >= KEYS
    assert (shown["status"], shown["is_used"], shown["is_valid"]) == ("used", True, False)
    assert shown["scanned_by"] == ticket.event.organizer.email
    assert shown["used_at"] is not None


def test_the_printed_code_and_forms_verify_too(call: Call) -> None:
    event = running_event()
    gate = call(event.organizer)
    assert gate.post(VERIFY, {"qr_code_data": ticket_for(event).code}).status_code == 200
    assert gate.post(VERIFY, data={"qr_code_data": qr_content(ticket_for(event))}).status_code == 200


def test_a_used_ticket_says_when_and_by_whom(call: Call) -> None:
    ticket = ticket_for(running_event())
    first = verified(call, ticket).json["ticket"]
    answer = verified(call, ticket)
    assert answer.status_code == 400
    body = answer.json
    assert (body["success"], body["valid"], body["error"]) == (False, False, "Ticket already used")
    assert body["field_errors"] == {}
    assert (body["code"], body["used_at"]) == ("already_in", first["used_at"])
    assert body["scanned_by"] == ticket.event.organizer.email
    assert body["ticket"] == first
    assert body["detail"].startswith("This ticket was used on ")
    assert body["detail"].endswith(f" by {ticket.event.organizer.email}.")


def test_a_cancelled_ticket_and_one_of_a_cancelled_event_are_refused(call: Call) -> None:
    cancelled, called_off, refunded = (ticket_for(running_event()) for _ in range(3))
    with transaction():
        cancelled.status = TicketStatus.CANCELLED
        called_off.event.status = EventStatus.CANCELLED
        refunded.order.status = OrderStatus.REFUNDED
    for ticket, code in ((cancelled, "cancelled"), (called_off, "cancelled"), (refunded, "refunded")):
        answer = verified(call, ticket)
        assert (answer.status_code, answer.json["success"]) == (400, False)
        assert (answer.json["error"], answer.json["code"]) == ("Ticket is cancelled", code)
        assert answer.json["status"] == "cancelled"
        assert answer.json["ticket"]["ticket_number"] == ticket.code


def test_after_the_end_and_days_before_the_doors_nobody_is_let_in(call: Call) -> None:
    now = clock.now()
    over = ticket_for(factories.make_simple_event(start_at=now - timedelta(days=3)))
    ahead = ticket_for(factories.make_simple_event(start_at=now + timedelta(days=3)))
    late, early = verified(call, over), verified(call, ahead)
    assert (late.status_code, late.json["error"], late.json["code"]) == (400, "Event has ended", "over")
    assert late.json["event_end_date"] == over.event.end_at.isoformat().replace("+00:00", "Z")
    assert (early.status_code, early.json["error"], early.json["code"]) == (
        400,
        "Doors are not open yet",
        "not_yet",
    )
    assert early.json["ticket"]["status"] == "active"


def test_a_pass_for_another_day_is_refused(call: Call) -> None:
    event = factories.make_running_day_event()
    passes = {offer.day_name: ticket_for(event, offer) for offer in event.ticket_types[0].offers}
    tomorrow = verified(call, passes["Day 3"])
    assert (tomorrow.status_code, tomorrow.json["error"]) == (400, "Ticket is for another day")
    assert tomorrow.json["detail"].startswith("This ticket is for ")
    assert verified(call, passes["Day 1"]).status_code == 200
    all_days = verified(call, passes["All days"])
    assert (all_days.status_code, all_days.json["ticket"]["is_valid"]) == (200, True)
    again = verified(call, passes["All days"])
    assert (again.status_code, again.json["error"]) == (400, "Ticket already used")


def test_an_unknown_code_is_said_at_its_field(call: Call) -> None:
    answer = call(factories.make_organizer()).post(VERIFY, {"qr_code_data": "0" * 64})
    assert answer.status_code == 400
    assert answer.json == {
        "success": False,
        "valid": False,
        "error": "Invalid QR code. Ticket not found.",
        "detail": "Invalid QR code. Ticket not found.",
        "field_errors": {"qr_code_data": ["Invalid QR code. Ticket not found."]},
        "code": "unknown",
    }


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "This field is required."),
        ({"qr_code_data": None}, "This field may not be null."),
        ({"qr_code_data": "  "}, "This field may not be blank."),
        ({"qr_code_data": ["x"]}, "Not a valid string."),
        ({"qr_code_data": {"a": 1}}, "Not a valid string."),
        ({"qr_code_data": True}, "Not a valid string."),
    ],
)
def test_a_body_without_a_code_is_refused(body: dict[str, Any], message: str, call: Call) -> None:
    answer = call(factories.make_organizer()).post(VERIFY, body)
    assert (answer.status_code, answer.json["success"]) == (400, False)
    assert (answer.json["error"], answer.json["field_errors"]) == (message, {"qr_code_data": [message]})


@pytest.mark.parametrize("code", [12345, "x" * 100_000, "💃" * 300, '{"ticket_id": 7}', "-1", "' OR 1=1 --"])
def test_nonsense_is_unknown(code: Any, call: Call) -> None:
    answer = call(factories.make_organizer()).post(VERIFY, {"qr_code_data": code})
    assert (answer.status_code, answer.json["code"]) == (400, "unknown")


def test_only_the_events_organizer_and_staff_scan(call: Call) -> None:
    # The original let any organizer scan any ticket.
    ticket = ticket_for(running_event())
    body = {"qr_code_data": qr_content(ticket)}
    for user, status in ((factories.make_user(), 403), (factories.make_organizer(), 403)):
        answer = call(user).post(VERIFY, body)
        assert answer.status_code == status
        assert answer.json["error"] == "Only staff and event organizers can scan tickets"
        assert "ticket" not in answer.json
    assert call(factories.make_staff()).post(VERIFY, body).status_code == 200


def test_a_consumer_hears_that_first_whatever_was_sent(call: Call) -> None:
    for body in ({}, {"qr_code_data": "0" * 64}):
        assert call(factories.make_user()).post(VERIFY, body).status_code == 403


def test_the_holder_cannot_let_themselves_in(call: Call) -> None:
    user: User = factories.make_user()
    event: Event = running_event()
    (ticket,) = tickets_for(user, event)
    assert call(user).post(VERIFY, {"qr_code_data": qr_content(ticket)}).status_code == 403
    assert call(user).get(f"{PATH}{ticket.uuid}/").json["status"] == "active"


def test_the_code_from_before_a_ticket_was_sent_on_is_refused_without_showing_the_new_one(call: Call) -> None:
    ticket = ticket_for(running_event())
    old = qr_content(ticket)
    send(ticket)
    answer = gate_of(call, ticket).post(VERIFY, {"qr_code_data": old})
    assert answer.status_code == 400
    sentence = "This ticket has a new code, so this one lets nobody in."
    assert (answer.json["error"], answer.json["detail"], answer.json["code"]) == (
        sentence,
        sentence,
        "replaced",
    )
    assert answer.json["field_errors"] == {"qr_code_data": [sentence]}
    assert "ticket" not in answer.json
    assert verified(call, ticket).status_code == 200


def test_a_sent_ticket_is_its_new_holders_and_leaves_the_buyers_lists_and_order(call: Call) -> None:
    buyer, receiver = factories.make_user(), factories.make_user(email="efua@example.org")
    [ticket] = bought(buyer)
    send(ticket, actor=factories.actor_of(buyer))
    assert numbers(call(buyer).get(PATH)) == []
    assert numbers(call(receiver).get(PATH)) == [ticket.code]
    for path in (f"{PATH}{ticket.uuid}/", f"{PATH}{ticket.uuid}/download/"):
        assert call(buyer).get(path).status_code == 404
    assert call(buyer).get(f"/api/orders/{ticket.order.uuid}/").json["tickets"] == []
