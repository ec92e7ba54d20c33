"""The gate through the door of the Cafa Tickets API: who is let in, what the others hear, and who came in last."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from easyticket.core import clock
from easyticket.db import transaction
from easyticket.models import CheckInPolicy, Event, EventStatus, OrderStatus, Ticket, TicketStatus
from easyticket.services.tickets import qr_content
from tests import factories
from tests.api_v1.conftest import Caller
from tests.queries.test_attendees import guest
from tests.services.test_gate import running_event, ticket_for
from tests.services.test_ticket_transfers import send
from tests.statements import counted_statements

Call = Callable[..., Caller]
pytestmark = pytest.mark.usefixtures("db_session")


def path(event: Event, name: str = "checkin", key: object = None) -> str:
    return f"/api/v1/events/{key or event.slug}/{name}/"


def checked(caller: Caller, event: Event, code: str) -> Any:
    return caller.post(path(event), {"ticket_id": code})


def test_a_ticket_is_checked_in_and_the_second_time_is_told_when_and_by_whom(call: Call) -> None:
    organizer = factories.make_organizer(username="kojo", first_name="Kojo", last_name="Antwi")
    event = running_event(organizer=organizer)
    ticket = guest(event, "Ama Owusu")
    guest(event, "Kofi Mensah")
    caller = call(organizer)
    answer = checked(caller, event, ticket.code)
    assert answer.status_code == 200, answer.json
    body = answer.json
    moment = body["ticket"].pop("checked_in_at")
    assert body == {
        "success": True,
        "message": "Ama Owusu is checked in.",
        "ticket": {
            "ticket_id": ticket.code,
            "attendee_name": "Ama Owusu",
            "attendee_email": "guest@example.org",
            "ticket_type": {"id": ticket.offer_id, "name": "Standard", "price": "50.00"},
            "is_checked_in": True,
            "checked_in_by": {"id": organizer.id, "username": "kojo", "full_name": "Kojo Antwi"},
        },
        "event_stats": {"total_checked_in": 1, "total_attendees": 2, "check_in_percentage": "50.0"},
    }
    again = checked(caller, event, ticket.code)
    assert again.status_code == again.json["status_code"] == 400
    assert (again.json["success"], again.json["error"]) == (False, "Already checked in")
    assert again.json["message"].startswith("This ticket was checked in on ")
    assert again.json["message"].endswith(" by Kojo Antwi.")
    assert again.json["details"] == {"ticket_id": [again.json["message"]]}
    assert again.json["ticket"] == {
        "ticket_id": ticket.code,
        "attendee_name": "Ama Owusu",
        "checked_in_at": moment,
        "checked_in_by": "Kojo Antwi",
    }


def test_what_scanners_read_is_taken_in_every_form(call: Call) -> None:
    event = running_event()
    caller = call(event.organizer)
    for written in (
        lambda ticket: qr_content(ticket),
        lambda ticket: ticket.code.lower(),
        lambda ticket: json.dumps({"ticket_id": ticket.code, "event_id": event.id, "attendee_name": "Ama"}),
        lambda ticket: json.dumps({"ticket_id": qr_content(ticket)}),
    ):
        assert checked(caller, event, written(ticket_for(event))).json["success"] is True
    assert caller.post(path(event, key=event.id), {"ticket_id": ticket_for(event).code}).status_code == 200
    assert caller.post(path(event), data={"ticket_id": ticket_for(event).code}).status_code == 200


def refused_tickets(event: Event) -> dict[str, Ticket]:
    """Return a ticket for every other reason to stay outside, by the error the clients are told."""
    now = clock.now()
    made = {name: ticket_for(event) for name in ("Ticket cancelled", "Ticket refunded", "Ticket not paid")}
    with transaction():
        made["Ticket cancelled"].status = TicketStatus.CANCELLED
        made["Ticket refunded"].order.status = OrderStatus.REFUNDED
        made["Ticket not paid"].order.status = OrderStatus.FAILED
    ahead = factories.make_simple_event(start_at=now + timedelta(days=3))
    past = factories.make_simple_event(start_at=now - timedelta(days=3))
    days = factories.make_day_event(start_at=now - timedelta(hours=1), end_at=now + timedelta(days=2))
    second_day = next(each for each in days.ticket_types[0].offers if each.day_number == 2)
    with transaction():
        second_day.day_on = (now + timedelta(days=2)).date()
    return made | {
        "Too early": ticket_for(ahead),
        "Event has ended": ticket_for(past),
        "Wrong day": ticket_for(days, second_day),
    }


def test_every_other_refusal_has_a_short_error_and_the_ticket(call: Call) -> None:
    event = running_event()
    own = ticket_for(running_event(organizer=event.organizer, title="Other evening"))
    cases = {**refused_tickets(event), "Wrong event": own}
    for error, ticket in cases.items():
        at = event if error == "Wrong event" else ticket.event
        answer = checked(call(at.organizer), at, ticket.code)
        assert (answer.status_code, answer.json["error"]) == (400, error), answer.json
        assert answer.json["success"] is False
        assert answer.json["message"].endswith(".")
        shown = answer.json["ticket"]
        assert shown.keys() == {"ticket_id", "attendee_name", "checked_in_at", "checked_in_by"}
        assert (shown["ticket_id"], shown["checked_in_at"], shown["checked_in_by"]) == (ticket.code, None, "")


def test_a_code_that_is_nobodys_or_a_strangers_is_an_invalid_ticket(call: Call) -> None:
    event = running_event()
    caller = call(event.organizer)
    strangers = ticket_for(running_event())
    for code in ("TKT-20260301-0000000000", "hello", "0" * 64, "x" * 2000, "{", strangers.code):
        answer = checked(caller, event, code)
        assert (answer.status_code, answer.json["error"]) == (404, "Invalid ticket")
        assert answer.json["success"] is False
        assert "ticket" not in answer.json
    for body in ({}, {"ticket_id": ""}, {"ticket_id": None}, {"ticket_id": ["a"]}):
        answer = caller.post(path(event), body)
        assert (answer.status_code, answer.json["success"]) == (400, False)
        assert answer.json["details"].keys() == {"ticket_id"}


@pytest.mark.parametrize(
    ("policy", "admitted"),
    [
        (CheckInPolicy.SINGLE, [True, False, False]),
        (CheckInPolicy.DAILY, [True, False, True]),
        (CheckInPolicy.MULTIPLE, [True, True, True]),
    ],
)
def test_the_policy_says_how_often(policy: CheckInPolicy, admitted: list[bool], call: Call) -> None:
    begun = clock.now() - timedelta(hours=1)
    event = running_event(check_in_policy=policy, start_at=begun, end_at=begun + timedelta(days=3))
    ticket = ticket_for(event)
    answers = [checked(call(event.organizer), event, ticket.code) for _ in range(2)]
    with time_machine.travel(clock.now() + timedelta(days=1)):
        answers.append(checked(call(event.organizer), event, ticket.code))
    assert [answer.json["success"] for answer in answers] == admitted


def test_a_draft_or_unknown_event_is_not_found_and_a_strangers_is_forbidden(call: Call) -> None:
    event, draft = running_event(), running_event(status=EventStatus.DRAFT)
    code = ticket_for(event).code
    stranger = factories.make_organizer()
    for at, status in ((event, 403), (draft, 404)):
        answer = checked(call(stranger), at, code)
        assert (answer.status_code, answer.json["success"]) == (status, False)
        assert call(stranger).get(path(at, "checkin-history")).status_code == status
    nowhere = call(stranger).post(path(event, key="nothing"), {"ticket_id": code})
    assert (nowhere.status_code, nowhere.json["success"]) == (404, False)
    nobody = call().post(path(event), {"ticket_id": code})
    assert (nobody.status_code, nobody.json["success"]) == (401, False)
    assert checked(call(factories.make_staff()), event, code).status_code == 200


def test_the_history_is_a_plain_array_of_the_last_ten(call: Call) -> None:
    event = running_event()
    caller = call(event.organizer)
    assert caller.get(path(event, "checkin-history")).json == []
    asked, tickets = [], []
    for count in (1, 11):
        for _ in range(count):
            tickets.append(guest(event, f"Guest {len(tickets)}"))
            checked(caller, event, tickets[-1].code)
        with counted_statements() as statements:
            answer = caller.get(path(event, "checkin-history"))
        asked.append(len(statements))
    assert asked[0] == asked[1]
    assert [row["ticket_id"] for row in answer.json] == [ticket.code for ticket in tickets[:1:-1]]
    last, organizer = tickets[-1], event.organizer
    shown = answer.json[0]
    assert shown.pop("checked_in_at").endswith("Z")
    assert shown == {
        "ticket_id": last.code,
        "attendee_name": "Guest 11",
        "attendee_email": "guest@example.org",
        "ticket_type": {"id": last.offer_id, "name": "Standard", "price": "50.00"},
        "checked_in_by": {
            "id": organizer.id,
            "username": f"user{organizer.id}",
            "full_name": organizer.full_name,
        },
    }


def test_the_code_from_before_a_ticket_was_sent_on_is_refused_without_showing_the_new_one(call: Call) -> None:
    event = running_event()
    ticket = ticket_for(event)
    old = ticket.code
    send(ticket)
    answer = checked(call(event.organizer), event, old)
    assert answer.status_code == answer.json["status_code"] == 400
    assert (answer.json["success"], answer.json["error"]) == (False, "Ticket has a new code")
    assert answer.json["message"] == "This ticket has a new code, so this one lets nobody in."
    assert "ticket" not in answer.json
    assert checked(call(event.organizer), event, ticket.code).status_code == 200
