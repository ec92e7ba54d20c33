"""What the people of a crowd do. Functions of a module, because another process has to find them by name."""

from __future__ import annotations

import os
import signal
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from flask import current_app

from easyticket.core import clock
from easyticket.core.errors import AppError
from easyticket.db import db
from easyticket.integrations import mail
from easyticket.jobs import entry
from easyticket.models import Event, SalesChannel, Ticket
from easyticket.rules.permissions import ANONYMOUS, SYSTEM
from easyticket.services import sandbox
from easyticket.services.baskets import WantedLine
from easyticket.services.gate import admit_ticket
from easyticket.services.orders import Buyer, place_order, secret_of
from easyticket.services.payments import settle_payment, start_payment
from easyticket.services.shortage import SoldOut
from easyticket.services.ticket_transfers import send_ticket_on
from tests.concurrency.crowd import application_on


def buy_one(event_id: int) -> str:
    """Hold, pay and settle one ticket of the event's first offer; tell how it ended."""
    event = db.session.get_one(Event, event_id)
    wanted = [WantedLine(event.ticket_types[0].offers[0].uuid, 1)]
    buyer = Buyer("Efua Sarpong", "efua@example.org")
    try:
        order = place_order(
            actor=ANONYMOUS, event=event, lines=wanted, channel=SalesChannel.WEB, buyer=buyer, now=clock.now()
        )
    except SoldOut:
        return "sold out"
    actor = ANONYMOUS.with_order_secret(secret_of(order))
    payment = start_payment(actor=actor, order=order, return_url="http://tickets.example/", now=clock.now())
    assert payment is not None
    sandbox.approve(payment.reference)
    return settle_payment(payment.reference).state.value


def settle(reference: str) -> str:
    return settle_payment(reference).state.value


def scan(code: str) -> str:
    """Scan a ticket at a gate of its event; tell what the gate said."""
    event = db.session.scalars(sa.select(Event)).one()
    result = admit_ticket(
        actor=SYSTEM, event=event, code=code, gate="North", scan_key=uuid4(), now=clock.now()
    )
    return result.outcome.value


def scan_or_send(request: tuple[str, str, int]) -> str:
    """Scan a ticket by its first code (`scan`, code, ticket's id), or send it on to an address (`send`, address, id)."""
    what, text, ticket_id = request
    if what == "scan":
        return scan(text)
    ticket = db.session.get_one(Ticket, ticket_id)
    buyer = ANONYMOUS.with_order_secret(secret_of(ticket.order))
    try:
        send_ticket_on(actor=buyer, ticket=ticket, to_name="Efua", to_email=text, now=clock.now())
    except AppError as refusal:
        return refusal.code
    return "sent"


def verify(request: tuple[str, str]) -> str:
    """Send a ticket's code to the API with a token (`code`, `token`); tell what the scanner was told."""
    code, token = request
    answer = current_app.test_client().post(
        "/api/tickets/my-tickets/verify/",
        json={"qr_code_data": code},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.json is not None
    return f"{answer.status_code} {answer.json.get('message') or answer.json['error']}"


def pay_and_die(database_url: str, event_id: int, *, while_mailing: bool) -> None:
    """Pay an order, then die by kill -9: at once after the commit, or inside the delivery of the mail."""
    with application_on(database_url).app_context():
        event = db.session.get_one(Event, event_id)
        order = place_order(
            actor=ANONYMOUS,
            event=event,
            lines=[WantedLine(event.ticket_types[0].offers[0].uuid, 2)],
            channel=SalesChannel.WEB,
            buyer=Buyer("Yaw Boateng", "yaw@example.org"),
            now=clock.now(),
        )
        payment = start_payment(
            actor=ANONYMOUS.with_order_secret(secret_of(order)),
            order=order,
            return_url="http://tickets.example/",
            now=clock.now(),
        )
        assert payment is not None
        sandbox.approve(payment.reference)
        settle_payment(payment.reference)
        if while_mailing:
            mail.FolderMailer.deliver = _die  # type: ignore[assignment]
            entry.drain_outbox()
        _die()


def _die(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)
