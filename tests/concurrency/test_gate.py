"""One ticket admits once, however many gates scan it at the same instant."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from easyticket.core import clock
from easyticket.db import db
from easyticket.http.tokens import make_tokens
from easyticket.models import Admission, Event, RetiredCode, Scan, Ticket, TicketTransfer
from easyticket.rules.permissions import ANONYMOUS
from easyticket.services.orders import secret_of
from easyticket.services.payments import start_payment
from tests import factories
from tests.api.conftest import open_session
from tests.books import what_is_wrong
from tests.concurrency.actions import scan, scan_or_send, verify
from tests.concurrency.crowd import crowd
from tests.services.test_orders import place


def ticket_code_of(event: Event) -> str:
    """Return the code of a ticket of an event that costs nothing."""
    order = place(event)
    actor = ANONYMOUS.with_order_secret(secret_of(order))
    start_payment(actor=actor, order=order, return_url="http://tickets.example/", now=clock.now())
    return db.session.scalars(sa.select(Ticket.code)).one()


def running_event() -> Event:
    return factories.make_simple_event(price_minor=0, start_at=clock.now() - timedelta(minutes=10))


def counted(model: type[Admission | Scan | TicketTransfer | RetiredCode]) -> int | None:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


def test_sixteen_parallel_scans_of_one_ticket_let_one_person_in(committing_app: Flask) -> None:
    with committing_app.app_context():
        code = ticket_code_of(running_event())
    url = committing_app.config["SETTINGS"].database_url
    assert Counter(crowd(scan, [code] * 16, database_url=url)) == {"admitted": 1, "already_in": 15}
    with committing_app.app_context():
        assert (counted(Admission), counted(Scan)) == (1, 16)
        assert what_is_wrong() == []


def test_sixteen_scanners_of_the_api_hear_of_one_success(committing_app: Flask) -> None:
    with committing_app.app_context():
        event = running_event()
        code, organizer = ticket_code_of(event), event.organizer
        token = make_tokens(organizer, open_session(organizer)).access
    url = committing_app.config["SETTINGS"].database_url
    assert Counter(crowd(verify, [(code, token)] * 16, database_url=url)) == {
        "200 Ticket verified and marked as used": 1,
        "400 Ticket already used": 15,
    }
    with committing_app.app_context():
        assert (counted(Admission), counted(Scan)) == (1, 16)
        assert what_is_wrong() == []


def test_a_ticket_sent_on_and_scanned_at_the_same_instant_ends_in_exactly_one(committing_app: Flask) -> None:
    """Whoever comes first decides: the gate, and nothing is sent; or one of the senders, and the old code is dead."""
    url = committing_app.config["SETTINGS"].database_url
    with committing_app.app_context():
        code = ticket_code_of(running_event())
        ticket_id = db.session.scalars(sa.select(Ticket.id)).one()
    wishes = [("scan", code, ticket_id) for _ in range(8)]
    wishes += [("send", f"friend{number}@example.org", ticket_id) for number in range(8)]
    answers = Counter(crowd(scan_or_send, wishes, database_url=url))
    with committing_app.app_context():
        ticket = db.session.scalars(sa.select(Ticket)).one()
        if answers["admitted"]:
            assert answers == {"admitted": 1, "already_in": 7, "ticket_not_sendable": 8}
            assert (counted(Admission), counted(TicketTransfer), ticket.code) == (1, 0, code)
        else:
            assert answers["replaced"] == 8 and answers["sent"] == 1
            assert answers["ticket_sent_on"] + answers["permission_denied"] == 7
            assert (counted(Admission), counted(TicketTransfer), counted(RetiredCode)) == (0, 1, 1)
            assert scan(ticket.code) == "admitted"
        assert what_is_wrong() == []
