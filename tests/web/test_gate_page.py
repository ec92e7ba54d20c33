"""The gate's page as plain forms, which is also what its script speaks to."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from easyticket.core import clock
from easyticket.db import db, transaction
from easyticket.models import Event, Scan, Ticket, User
from easyticket.services.tickets import cancel_tickets, issue_tickets, qr_content
from tests import factories
from tests.factories import PASSWORD

pytestmark = pytest.mark.usefixtures("db_session")

NOW = clock.now()


def sign_in(client: FlaskClient, user: User) -> User:
    client.post("/sign-in/", data={"email": user.email, "password": PASSWORD})
    return user


@pytest.fixture
def event(client: FlaskClient) -> Event:
    """An event that began an hour ago, whose organizer stands at its gate."""
    organizer = sign_in(client, factories.make_organizer(first_name="Efua", last_name="Asante"))
    begun = NOW - timedelta(hours=1)
    return factories.make_simple_event(organizer=organizer, start_at=begun, end_at=begun + timedelta(hours=5))


def ticket_for(event: Event, **fields: Any) -> Ticket:
    [ticket] = issue_tickets(factories.sell_places(event.ticket_types[0].offers[0], 1), NOW)
    with transaction():
        for name, value in fields.items():
            setattr(ticket, name, value)
    return ticket


def scan(
    client: FlaskClient, event: Event, code: str, *, headers: dict[str, str] | None = None, **data: str
) -> TestResponse:
    fields = {"code": code, "gate": "North", "scan_key": str(uuid4()), **data}
    return client.post(f"/gate/{event.slug}/scan/", data=fields, headers=headers)


def words(answer: TestResponse) -> str:
    """Return what a page says, without tags, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def kind_of(answer: TestResponse) -> str:
    """Return the kind of the answer on the page: admit, already, stop or wait."""
    found = re.search(r'data-result="(\w+)"', answer.text)
    assert found is not None
    return found[1]


def scan_key_in(answer: TestResponse) -> str:
    found = re.search(r'name="scan_key"[^>]* value="([^"]+)"', answer.text)
    assert found is not None
    return found[1]


def test_the_gate_is_named_once_and_then_ready(client: FlaskClient, event: Event) -> None:
    address = f"/gate/{event.slug}/"
    assert "Which gate is this?" in words(client.get(address))
    named = client.get(f"{address}?gate=North%20door", follow_redirects=True)
    assert kind_of(named) == "wait"
    assert "North door" in words(client.get(address))
    assert "Which gate is this?" in words(client.get(f"{address}?rename=1"))


def test_a_tickets_code_is_no_name_of_a_gate(client: FlaskClient, event: Event) -> None:
    ticket = ticket_for(event)
    for code in (qr_content(ticket), ticket.code, ticket.code.lower().replace("-", " ")):
        answer = client.get(f"/gate/{event.slug}/", query_string={"gate": code})
        assert answer.status_code == 400
        assert "That is a ticket's code. Name the gate first, for example Main gate." in words(answer)
        assert code not in answer.text
    assert "Which gate is this?" in words(client.get(f"/gate/{event.slug}/"))


def test_a_ticket_is_admitted_and_counted(client: FlaskClient, event: Event) -> None:
    ticket = ticket_for(event, attendee_name="Nana Yaa Osei")
    answer = scan(client, event, qr_content(ticket))
    assert kind_of(answer) == "admit"
    assert "ADMIT Nana Yaa Osei Standard" in words(answer)
    assert "1 of 1 inside" in words(answer)


def test_a_disputed_ticket_is_admitted_with_a_word_to_the_gate(client: FlaskClient, event: Event) -> None:
    disputed = ticket_for(event, disputed_at=NOW)
    answer = scan(client, event, qr_content(disputed))
    assert kind_of(answer) == "admit"
    assert "The payer’s bank disputes this payment. Let the person in" in words(answer)
    assert "bank" not in words(scan(client, event, qr_content(ticket_for(event))))


def test_who_is_in_already_is_told_when_where_and_by_whom(client: FlaskClient, event: Event) -> None:
    ticket = ticket_for(event)
    scan(client, event, qr_content(ticket))
    answer = scan(client, event, ticket.code.lower(), gate="South")
    assert kind_of(answer) == "already"
    assert re.search(r"ALREADY IN Let in at \d\d:\d\d, North, by Efua Asante", words(answer))


def test_every_stop_says_why(client: FlaskClient, event: Event) -> None:
    cancelled = ticket_for(event)
    cancel_tickets([cancelled], NOW, restock=True)
    other = factories.make_simple_event(organizer=event.organizer, title="Next week's show")
    days = factories.make_running_day_event(organizer=event.organizer)
    second_day = days.ticket_types[0].offers[1]
    [wrong_day] = issue_tickets(factories.sell_places(second_day, 1), NOW)
    for gate, code, sentence in (
        (event, cancelled.code, "This ticket was cancelled."),
        (event, ticket_for(other).code, "This ticket is for Next week's show, "),
        (event, "nonsense", "No ticket of this event has this code. Read: nonsense"),
        (event, ticket_for(factories.make_simple_event()).code, "No ticket of this event has this code."),
        (other, ticket_for(other).code, "Too early. Doors open at "),
        (days, wrong_day.code, f"This ticket is for {second_day.day_on:%a}"),
    ):
        answer = scan(client, gate, code)
        assert (answer.status_code, kind_of(answer)) == (200, "stop")
        assert sentence in words(answer)


def test_what_was_read_is_shown_as_text(client: FlaskClient, event: Event) -> None:
    assert "<script>alert" not in scan(client, event, "<script>alert(1)</script>").text


def test_sending_the_same_form_again_gives_the_same_answer_and_each_page_has_a_new_key(
    client: FlaskClient, event: Event
) -> None:
    ticket = ticket_for(event)
    client.get(f"/gate/{event.slug}/?gate=North")
    key = scan_key_in(client.get(f"/gate/{event.slug}/"))
    first = scan(client, event, ticket.code, scan_key=key)
    again = scan(client, event, ticket.code, scan_key=key)
    assert (kind_of(first), kind_of(again)) == ("admit", "admit")
    assert len({key, scan_key_in(first), scan_key_in(again)}) == 3
    assert db.session.scalar(sa.select(sa.func.count(Scan.id))) == 1


@pytest.mark.parametrize("data", [{"code": ""}, {"code": "  "}, {"scan_key": "7"}, {"scan_key": ""}])
def test_without_a_code_or_a_key_nothing_is_decided(
    client: FlaskClient, event: Event, data: dict[str, str]
) -> None:
    answer = scan(client, event, **{"code": "TKT-20200101-0000000000", **data})
    assert (answer.status_code, kind_of(answer)) == (400, "wait")
    assert db.session.scalar(sa.select(Scan.id)) is None


def test_the_script_gets_the_parts_that_change_and_no_page(client: FlaskClient, event: Event) -> None:
    answer = scan(client, event, ticket_for(event).code, headers={"HX-Request": "true"})
    assert "<html" not in answer.text
    assert [part in answer.text for part in ('id="answer"', 'id="scans"', 'id="counts"')] == [True] * 3
    counts = client.get(f"/gate/{event.slug}/counts/")
    assert words(counts) == "1 of 1 inside"


def test_only_the_gate_may_use_the_camera(client: FlaskClient, event: Event) -> None:
    client.get(f"/gate/{event.slug}/?gate=North")
    gate, choose = client.get(f"/gate/{event.slug}/"), client.get("/gate/")
    assert "camera=(self)" in gate.headers["Permissions-Policy"]
    assert "worker-src 'self' blob:" in gate.headers["Content-Security-Policy"]
    assert "camera=()" in choose.headers["Permissions-Policy"]


def test_passes_count_on_their_day(client: FlaskClient, event: Event) -> None:
    days = factories.make_running_day_event(organizer=event.organizer)
    first, second, _, all_days = days.ticket_types[0].offers
    for offer in (first, first, second, all_days):
        [ticket] = issue_tickets(factories.sell_places(offer, 1), NOW)
    scan(client, days, ticket.code)
    assert words(client.get(f"/gate/{days.slug}/counts/")) == "1 of 3 inside"


def test_gates_to_open_are_those_of_ones_own_events_that_are_not_over(
    client: FlaskClient, event: Event
) -> None:
    over = NOW - timedelta(days=3)
    factories.make_event(
        organizer=event.organizer, title="Long ago", start_at=over, end_at=over + timedelta(hours=1)
    )
    factories.make_event(title="Somebody else's")
    page = words(client.get("/gate/"))
    assert event.title in page
    assert "Long ago" not in page
    assert "Somebody else's" not in page


def test_another_organizers_gate_is_not_found_and_buyers_have_none(client: FlaskClient, event: Event) -> None:
    stranger = factories.make_simple_event()
    for answer in (
        client.get(f"/gate/{stranger.slug}/"),
        client.get(f"/gate/{stranger.slug}/counts/"),
        scan(client, stranger, ticket_for(stranger).code),
    ):
        assert answer.status_code == 404
    client.post("/sign-out/")
    assert scan(client, event, "x", headers={"HX-Request": "true"}).status_code == 401
    sign_in(client, factories.make_user())
    assert client.get("/gate/").status_code == 403
