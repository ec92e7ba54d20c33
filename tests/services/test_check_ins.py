"""Checking in by hand, and taking a check-in back: the gate's rules hold, and nothing that was scanned is lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import Conflict, Forbidden
from easyticket.db import db
from easyticket.models import (
    Admission,
    Change,
    ChangeAction,
    CheckInPolicy,
    Event,
    Scan,
    ScanOutcome,
    Ticket,
    TicketStatus,
)
from easyticket.queries.audit.finding import Scope
from easyticket.queries.audit.invariants import audit_database
from easyticket.rules.admission import UNDO_WITHIN
from easyticket.rules.permissions import Actor
from easyticket.services.check_ins import check_in_all, check_in_by_hand, undo_check_in
from easyticket.services.tickets import cancel_tickets, issue_tickets
from tests import factories
from tests.factories import actor_of

pytestmark = pytest.mark.usefixtures("db_session")

NOW = clock.now()


def running_event(**fields: Any) -> Event:
    begun = NOW - timedelta(hours=1)
    return factories.make_simple_event(**{"start_at": begun, "end_at": begun + timedelta(hours=5), **fields})


def ticket_for(event: Event) -> Ticket:
    [ticket] = issue_tickets(factories.sell_places(event.ticket_types[0].offers[0], 1), NOW)
    return ticket


def let_in(ticket: Ticket, now: datetime = NOW, actor: Actor | None = None) -> ScanOutcome:
    actor = actor or actor_of(ticket.event.organizer)
    return check_in_by_hand(actor=actor, ticket=ticket, scan_key=uuid4(), now=now).outcome


def undo(ticket: Ticket, now: datetime = NOW, actor: Actor | None = None) -> None:
    undo_check_in(actor=actor or actor_of(ticket.event.organizer), ticket=ticket, scan_key=uuid4(), now=now)


def outcomes() -> list[ScanOutcome]:
    return list(db.session.scalars(sa.select(Scan.outcome).order_by(Scan.id)))


def actions() -> list[str]:
    return list(db.session.scalars(sa.select(Change.action).order_by(Change.id)))


def i8() -> tuple[Any, ...]:
    return next(found.violations for found in audit_database(Scope(NOW)) if found.code == "I8")


def test_a_check_in_by_hand_is_a_scan_like_any_other_and_is_written_down() -> None:
    ticket = ticket_for(running_event())

    assert let_in(ticket) is ScanOutcome.ADMITTED
    assert let_in(ticket) is ScanOutcome.ALREADY_IN

    assert db.session.get_one(Ticket, ticket.id).status is TicketStatus.USED
    assert outcomes() == [ScanOutcome.ADMITTED, ScanOutcome.ALREADY_IN]
    assert actions() == [ChangeAction.CHECK_IN_MADE]


def test_a_button_pressed_twice_checks_in_once() -> None:
    ticket, key = ticket_for(running_event()), uuid4()
    actor = actor_of(ticket.event.organizer)

    for later in range(2):
        moment = NOW + timedelta(seconds=later)
        assert check_in_by_hand(actor=actor, ticket=ticket, scan_key=key, now=moment).is_admitted

    assert outcomes() == [ScanOutcome.ADMITTED]
    assert actions() == [ChangeAction.CHECK_IN_MADE]


def test_what_was_taken_back_admits_once_more_and_every_scan_stays() -> None:
    ticket = ticket_for(running_event())
    let_in(ticket)

    undo(ticket)

    ticket = db.session.get_one(Ticket, ticket.id)
    assert (ticket.status, ticket.used_at, ticket.used_by_id) == (TicketStatus.ACTIVE, None, None)
    assert let_in(ticket) is ScanOutcome.ADMITTED
    assert outcomes() == [ScanOutcome.ADMITTED, ScanOutcome.UNDONE, ScanOutcome.ADMITTED]
    assert actions()[1] == ChangeAction.CHECK_IN_UNDONE
    assert i8() == ()


def test_taking_back_the_second_day_leaves_the_first() -> None:
    ticket = ticket_for(running_event(check_in_policy=CheckInPolicy.MULTIPLE))
    let_in(ticket, NOW)
    let_in(ticket, NOW + timedelta(minutes=5))

    undo(ticket, NOW + timedelta(minutes=6))

    ticket = db.session.get_one(Ticket, ticket.id)
    assert (ticket.status, ticket.used_at) == (TicketStatus.USED, NOW)
    assert i8() == ()


def test_a_check_in_is_taken_back_once_and_for_a_quarter_of_an_hour() -> None:
    ticket, key = ticket_for(running_event()), uuid4()
    actor = actor_of(ticket.event.organizer)
    with pytest.raises(Conflict):
        undo(ticket)
    let_in(ticket)
    with pytest.raises(Conflict):
        undo(ticket, NOW + UNDO_WITHIN + timedelta(seconds=1))

    undo_check_in(actor=actor, ticket=ticket, scan_key=key, now=NOW)
    undo_check_in(actor=actor, ticket=ticket, scan_key=key, now=NOW)

    assert outcomes() == [ScanOutcome.ADMITTED, ScanOutcome.UNDONE]


def test_a_ticket_that_was_cancelled_since_stays_as_it_is() -> None:
    ticket = ticket_for(running_event())
    let_in(ticket)
    cancel_tickets([ticket], NOW, restock=False)

    with pytest.raises(Conflict):
        undo(ticket)

    assert db.session.scalar(sa.select(sa.func.count(Admission.id))) == 1


def test_the_gates_repeated_question_gets_its_first_answer_also_after_it_was_taken_back() -> None:
    ticket, key = ticket_for(running_event()), uuid4()
    actor = actor_of(ticket.event.organizer)
    check_in_by_hand(actor=actor, ticket=ticket, scan_key=key, now=NOW)
    undo(ticket)

    again = check_in_by_hand(actor=actor, ticket=ticket, scan_key=key, now=NOW + timedelta(minutes=1))

    assert (again.outcome, again.first) == (ScanOutcome.ADMITTED, None)


def test_only_the_organizer_checks_in_and_takes_back() -> None:
    ticket = ticket_for(running_event())
    stranger = actor_of(factories.make_organizer())
    with pytest.raises(Forbidden):
        let_in(ticket, actor=stranger)
    let_in(ticket)
    with pytest.raises(Forbidden):
        undo(ticket, actor=stranger)


def test_all_tickets_of_a_sale_are_let_in_at_once_and_each_once() -> None:
    event = running_event()
    order = factories.sell_places(event.ticket_types[0].offers[0], 3)
    issue_tickets(order, NOW)
    actor, key = actor_of(event.organizer), uuid4()

    assert check_in_all(actor=actor, order=order, key=key, now=NOW) == 3
    assert check_in_all(actor=actor, order=order, key=key, now=NOW) == 0

    assert outcomes() == [ScanOutcome.ADMITTED] * 3
