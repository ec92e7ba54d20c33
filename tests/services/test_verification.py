"""A code without its event: the ticket names the event, and only that event's people may scan it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import Forbidden, Unauthenticated
from easyticket.db import db, transaction
from easyticket.models import Admission, Event, EventStatus, Offer, Scan, ScanOutcome, Ticket, TicketStatus
from easyticket.rules.permissions import ANONYMOUS, Actor
from easyticket.services.gate import Verification, verify_ticket
from easyticket.services.tickets import qr_content
from tests import factories
from tests.factories import actor_of
from tests.services.test_gate import running_event, ticket_for

pytestmark = pytest.mark.usefixtures("db_session")

NOW = clock.now()


def verify(code: str, actor: Actor, now: datetime = NOW) -> Verification:
    return verify_ticket(actor=actor, code=code, gate="API", scan_key=uuid4(), now=now)


def by_its_organizer(ticket: Ticket, now: datetime = NOW) -> ScanOutcome:
    return verify(qr_content(ticket), actor_of(ticket.event.organizer), now).outcome


def offer_named(event: Event, day_name: str) -> Offer:
    offers = event.ticket_types[0].offers
    return next(offer for offer in offers if offer.day_name == day_name)


def test_what_the_qr_code_holds_and_the_printed_code_name_the_ticket() -> None:
    event = running_event()
    for code_of in (
        qr_content,
        lambda ticket: ticket.code,
        lambda ticket: ticket.code.lower().replace("-", ""),
    ):
        ticket = ticket_for(event)
        result = verify(code_of(ticket), actor_of(event.organizer))
        assert (result.is_admitted, result.ticket) == (True, ticket)
        assert (ticket.status, ticket.used_at) == (TicketStatus.USED, NOW)


@pytest.mark.parametrize("code", ["", "hello", "0" * 64, "TKT-20200101-0000000000", "x" * 5000, "{", "🎫"])
def test_an_unknown_code_is_unknown(code: str) -> None:
    assert verify(code, actor_of(factories.make_organizer())) == Verification(ScanOutcome.UNKNOWN)


def test_the_last_ten_characters_are_no_name_where_no_event_is_known() -> None:
    event = running_event()
    assert verify(ticket_for(event).code[-10:], actor_of(event.organizer)).ticket is None


def test_only_the_events_organizer_and_staff_scan_its_tickets() -> None:
    event = running_event()
    ticket = ticket_for(event)
    stranger = factories.make_organizer()
    for actor in (actor_of(factories.make_user()), actor_of(stranger)):
        with pytest.raises(Forbidden, match="Only staff and event organizers can scan tickets"):
            verify(qr_content(ticket), actor)
    with pytest.raises(Unauthenticated):
        verify(qr_content(ticket), ANONYMOUS)
    assert (ticket.status, db.session.scalar(sa.select(sa.func.count(Scan.id)))) == (TicketStatus.ACTIVE, 0)
    assert verify(qr_content(ticket), actor_of(factories.make_staff())).is_admitted


def test_a_consumer_is_refused_before_the_code_is_looked_at() -> None:
    with pytest.raises(Forbidden):
        verify("hello", actor_of(factories.make_user()))


def test_the_second_time_tells_of_the_first() -> None:
    ticket = ticket_for(running_event())
    assert by_its_organizer(ticket) is ScanOutcome.ADMITTED
    later = verify(ticket.code, actor_of(ticket.event.organizer), NOW + timedelta(minutes=5))
    assert later.outcome is ScanOutcome.ALREADY_IN
    assert later.first is not None
    assert (later.first.admitted_at, later.first.admitted_by) == (NOW, ticket.event.organizer)
    assert db.session.scalar(sa.select(sa.func.count(Admission.id))) == 1
    assert list(db.session.scalars(sa.select(Scan.outcome).order_by(Scan.id))) == ["admitted", "already_in"]


def test_a_cancelled_ticket_and_a_cancelled_event_stop() -> None:
    ticket, called_off = ticket_for(running_event()), ticket_for(running_event())
    with transaction():
        ticket.status = TicketStatus.CANCELLED
        called_off.event.status = EventStatus.CANCELLED
    assert by_its_organizer(ticket) is ScanOutcome.CANCELLED
    assert by_its_organizer(called_off) is ScanOutcome.CANCELLED


def test_days_before_the_doors_and_long_after_the_end_nobody_comes_in() -> None:
    start_at = NOW + timedelta(days=3)
    ticket = ticket_for(factories.make_simple_event(start_at=start_at))
    assert by_its_organizer(ticket, NOW) is ScanOutcome.NOT_YET
    assert by_its_organizer(ticket, start_at + timedelta(days=2)) is ScanOutcome.OVER
    assert by_its_organizer(ticket, start_at) is ScanOutcome.ADMITTED


def test_a_day_pass_admits_on_its_day_only() -> None:
    event = factories.make_day_event()
    first, second = (ticket_for(event, offer_named(event, name)) for name in ("Day 1", "Day 2"))
    tomorrow = event.start_at + timedelta(days=1)
    assert by_its_organizer(second, event.start_at) is ScanOutcome.WRONG_DAY
    assert by_its_organizer(first, tomorrow) is ScanOutcome.WRONG_DAY
    assert by_its_organizer(second, tomorrow) is ScanOutcome.ADMITTED


def test_a_ticket_for_a_tier_on_a_day_admits_on_that_day_only() -> None:
    event = factories.make_grid_event()
    ticket = ticket_for(event, offer_named(event, "Day 2"))
    assert by_its_organizer(ticket, event.start_at) is ScanOutcome.WRONG_DAY
    assert by_its_organizer(ticket, event.start_at + timedelta(days=1)) is ScanOutcome.ADMITTED


def test_a_pass_for_all_days_admits_once_on_each() -> None:
    event = factories.make_day_event()
    ticket = ticket_for(event, offer_named(event, "All days"))
    for number in range(3):
        day = event.start_at + timedelta(days=number)
        assert by_its_organizer(ticket, day) is ScanOutcome.ADMITTED
        again = verify(qr_content(ticket), actor_of(event.organizer), day + timedelta(minutes=1))
        assert (again.outcome, again.first.admitted_at) == (ScanOutcome.ALREADY_IN, day)  # type: ignore[union-attr]
