"""Desks and gates that do the same thing at the same instant, in several processes."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from easyticket.core import clock
from easyticket.core.errors import Invalid
from easyticket.db import db
from easyticket.models import Event, Scan, TicketType, User
from easyticket.rules.permissions import SYSTEM
from easyticket.services.events import EventDraft, create_event
from easyticket.services.gate import admit_ticket
from easyticket.services.ticket_types import TicketTypeDraft, create_ticket_type
from easyticket.services.tickets import issue_tickets
from tests import factories
from tests.concurrency.crowd import crowd

KEY = UUID(int=1)


def make_event(organizer_id: int) -> str:
    start_at = clock.now() + timedelta(days=1)
    draft = EventDraft(
        title="Same title",
        venue_name="Hall",
        venue_city="Accra",
        start_at=start_at,
        end_at=start_at + timedelta(hours=1),
        organizer_id=organizer_id,
    )
    return create_event(actor=SYSTEM, draft=draft, now=clock.now()).slug


def add_ticket_type(event_id: int) -> str:
    event = db.session.get_one(Event, event_id)
    draft = TicketTypeDraft(name="Standard", total_quantity=10, price_minor=100)
    try:
        create_ticket_type(actor=SYSTEM, event=event, draft=draft, now=clock.now())
    except Invalid as refusal:
        return refusal.code
    return "made"


def scan_with_one_key(code: str) -> str:
    event = db.session.scalars(sa.select(Event)).one()
    result = admit_ticket(actor=SYSTEM, event=event, code=code, gate="", scan_key=KEY, now=clock.now())
    return result.outcome.value


def test_events_of_one_title_made_at_once_get_slugs_of_their_own(committing_app: Flask) -> None:
    url = committing_app.config["SETTINGS"].database_url
    with committing_app.app_context():
        organizer: User = factories.make_organizer()
        organizer_id = organizer.id
    slugs = crowd(make_event, [organizer_id] * 8, database_url=url)
    assert set(slugs) == {"same-title", *(f"same-title-{number}" for number in range(2, 9))}


def test_a_form_for_a_ticket_type_sent_twice_makes_one(committing_app: Flask) -> None:
    url = committing_app.config["SETTINGS"].database_url
    with committing_app.app_context():
        event_id = factories.make_event().id
    assert Counter(crowd(add_ticket_type, [event_id] * 4, database_url=url)) == {"made": 1, "name_taken": 3}
    with committing_app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(TicketType.id))) == 1


@pytest.mark.parametrize(("is_ticket", "outcome"), [(True, "admitted"), (False, "unknown")])
def test_one_scan_sent_many_times_at_once_gets_one_answer(
    committing_app: Flask, is_ticket: bool, outcome: str
) -> None:
    url = committing_app.config["SETTINGS"].database_url
    with committing_app.app_context():
        event = factories.make_simple_event(start_at=clock.now() - timedelta(minutes=10))
        [ticket] = issue_tickets(factories.sell_places(event.ticket_types[0].offers[0], 1), clock.now())
        code = ticket.code if is_ticket else "nonsense"
    assert Counter(crowd(scan_with_one_key, [code] * 8, database_url=url)) == {outcome: 8}
    with committing_app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Scan.id))) == 1
