"""The gate: every ticket admits once, every refusal says why, every try stays on record."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import Forbidden, Invalid, Unauthenticated
from easyticket.core.signing import digest
from easyticket.db import db, transaction
from easyticket.models import (
    Admission,
    CheckInPolicy,
    Event,
    Offer,
    OrderStatus,
    Scan,
    ScanOutcome,
    Ticket,
    TicketStatus,
)
from easyticket.rules.permissions import ANONYMOUS, Actor
from easyticket.services.gate import ScanResult, admit_ticket
from easyticket.services.tickets import cancel_tickets, issue_tickets, qr_content
from tests import factories
from tests.factories import actor_of

pytestmark = pytest.mark.usefixtures("db_session")

NOW = clock.now()


def running_event(**fields: Any) -> Event:
    """Return an event that began an hour ago and sells one ticket type."""
    begun = NOW - timedelta(hours=1)
    return factories.make_simple_event(**{"start_at": begun, "end_at": begun + timedelta(hours=5), **fields})


def ticket_for(event: Event, offer: Offer | None = None) -> Ticket:
    [ticket] = issue_tickets(factories.sell_places(offer or event.ticket_types[0].offers[0], 1), NOW)
    return ticket


def scan(
    event: Event,
    code: str,
    *,
    key: UUID | None = None,
    gate: str = "North",
    now: datetime = NOW,
    actor: Actor | None = None,
) -> ScanResult:
    actor = actor or actor_of(event.organizer)
    return admit_ticket(actor=actor, event=event, code=code, gate=gate, scan_key=key or uuid4(), now=now)


def test_the_first_scan_admits_and_marks_the_ticket_used() -> None:
    event = running_event()
    ticket = ticket_for(event)
    result = scan(event, qr_content(ticket))
    assert (result.outcome, result.is_admitted, result.ticket) == (ScanOutcome.ADMITTED, True, ticket)
    assert (ticket.status, ticket.used_at, ticket.used_by_id) == (TicketStatus.USED, NOW, event.organizer_id)


def test_the_second_scan_says_when_where_and_by_whom_the_first_was() -> None:
    event = running_event()
    ticket = ticket_for(event)
    scan(event, qr_content(ticket), gate="North")
    later = scan(event, ticket.code, gate="South", now=NOW + timedelta(minutes=9))
    assert later.outcome is ScanOutcome.ALREADY_IN
    assert later.first is not None
    assert (later.first.admitted_at, later.first.gate) == (NOW, "North")
    assert later.first.admitted_by == event.organizer
    assert ticket.used_at == NOW


def test_codes_are_typed_in_any_shape() -> None:
    event = running_event()
    for shape in (
        lambda code: code.lower(),
        lambda code: code.removeprefix("TKT-").replace("-", " "),
        lambda code: code[-10:],
        lambda code: f'{{"ticket_id": "{code}", "event_id": 1}}',
    ):
        assert scan(event, shape(ticket_for(event).code)).is_admitted


@pytest.mark.parametrize(
    "code", ["", "hello", "0" * 64, "TKT-20200101-0000000000", "x" * 5000, "{", "\x00", "🎫"]
)
def test_no_code_breaks_the_gate_and_an_unknown_one_is_said_to_be_unknown(code: str) -> None:
    event = running_event()
    result = scan(event, code)
    assert (result.outcome, result.ticket) == (ScanOutcome.UNKNOWN, None)
    assert scan(event, qr_content(ticket_for(event))).is_admitted


def test_a_ticket_of_another_event_stops_and_a_strangers_ticket_says_nothing_about_itself() -> None:
    event = running_event()
    own, strangers = ticket_for(running_event(organizer=event.organizer)), ticket_for(running_event())
    assert scan(event, qr_content(own)).outcome is ScanOutcome.WRONG_EVENT
    for code in (qr_content(strangers), strangers.code, strangers.code[-10:]):
        result = scan(event, code)
        assert (result.outcome, result.ticket) == (ScanOutcome.UNKNOWN, None)
    assert db.session.scalars(sa.select(Scan.ticket_id).where(Scan.ticket_id == strangers.id)).all() == []
    assert (own.status, strangers.status) == (TicketStatus.ACTIVE, TicketStatus.ACTIVE)


def test_a_cancelled_ticket_and_an_unpaid_order_stop() -> None:
    event = running_event()
    cancelled, unpaid = ticket_for(event), ticket_for(event)
    cancel_tickets([cancelled], NOW, restock=True)
    with transaction():
        unpaid.order.status = OrderStatus.FAILED
    assert scan(event, cancelled.code).outcome is ScanOutcome.CANCELLED
    assert scan(event, unpaid.code).outcome is ScanOutcome.UNPAID


def test_the_same_key_gets_its_first_answer_again_whatever_happened_since() -> None:
    event = running_event()
    ticket = ticket_for(event)
    key, second = uuid4(), uuid4()
    assert scan(event, qr_content(ticket), key=key).is_admitted
    assert scan(event, qr_content(ticket), key=second).outcome is ScanOutcome.ALREADY_IN
    repeated = scan(event, qr_content(ticket), key=key, now=NOW + timedelta(minutes=1))
    assert (repeated.outcome, repeated.scanned_at) == (ScanOutcome.ADMITTED, NOW)
    assert scan(event, qr_content(ticket), key=second).outcome is ScanOutcome.ALREADY_IN
    unknown = uuid4()
    assert [scan(event, "nonsense", key=unknown).outcome for _ in range(2)] == [ScanOutcome.UNKNOWN] * 2
    assert db.session.scalar(sa.select(sa.func.count(Scan.id))) == 3


def test_a_key_cannot_stand_for_another_code() -> None:
    event = running_event()
    key = uuid4()
    scan(event, qr_content(ticket_for(event)), key=key)
    with pytest.raises(Invalid) as refusal:
        scan(event, qr_content(ticket_for(event)), key=key)
    assert refusal.value.code == "scan_key_reused"


def test_an_all_days_pass_admits_once_on_each_day() -> None:
    event = factories.make_day_event(days=3)
    ticket = ticket_for(event, event.ticket_types[0].offers[-1])
    outcomes = []
    for day in range(2):
        noon = event.start_at + timedelta(days=day, hours=2)
        outcomes += [scan(event, ticket.code, now=noon + timedelta(hours=hour)).outcome for hour in range(2)]
    assert outcomes == [ScanOutcome.ADMITTED, ScanOutcome.ALREADY_IN] * 2


def test_a_day_pass_admits_on_its_day_only() -> None:
    event = factories.make_day_event(days=3)
    second_day = ticket_for(event, event.ticket_types[0].offers[1])
    assert scan(event, second_day.code, now=event.start_at).outcome is ScanOutcome.WRONG_DAY
    assert scan(event, second_day.code, now=event.start_at + timedelta(days=1)).is_admitted


def test_where_people_may_come_back_every_scan_admits() -> None:
    event = running_event(check_in_policy=CheckInPolicy.MULTIPLE)
    ticket = ticket_for(event)
    assert [scan(event, ticket.code).is_admitted for _ in range(3)] == [True] * 3
    assert ticket.used_at == NOW


def test_every_try_is_on_record_by_its_digest_only() -> None:
    event = running_event()
    ticket = ticket_for(event)
    for code in (qr_content(ticket), ticket.code, "nonsense"):
        scan(event, code, gate="  North \n door  ")
    rows = db.session.scalars(sa.select(Scan).order_by(Scan.id)).all()
    outcomes = [ScanOutcome.ADMITTED, ScanOutcome.ALREADY_IN, ScanOutcome.UNKNOWN]
    assert [row.outcome for row in rows] == outcomes
    assert {row.gate for row in rows} == {"North door"}
    assert rows[0].code_digest == ticket.qr_digest == digest(qr_content(ticket))
    assert db.session.scalar(sa.select(sa.func.count(Admission.id))) == 1


def test_only_the_events_organizer_and_staff_scan() -> None:
    event = running_event()
    code = qr_content(ticket_for(event))
    for stranger in (actor_of(factories.make_organizer()), actor_of(factories.make_user())):
        with pytest.raises(Forbidden):
            scan(event, code, actor=stranger)
    with pytest.raises(Unauthenticated):
        scan(event, code, actor=ANONYMOUS)
    assert scan(event, code, actor=actor_of(factories.make_staff())).is_admitted
