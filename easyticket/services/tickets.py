"""Tickets come into being when an order is paid, and end when it is cancelled or refunded."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime

from flask import current_app

from easyticket.core.errors import Conflict
from easyticket.core.ids import ticket_code
from easyticket.core.money import smallest_step
from easyticket.core.signing import digest, ticket_qr
from easyticket.db import db, transactional
from easyticket.documents.ticket_paper import paper_of
from easyticket.documents.ticket_pdf import render_tickets_pdf
from easyticket.models import Order, OrderLine, Ticket, TicketStatus
from easyticket.queue import JobName, enqueue
from easyticket.rules.pricing import apportion
from easyticket.rules.tickets import is_with_buyer
from easyticket.services import inventory


def qr_content(ticket: Ticket) -> str:
    """Return what the ticket's QR code holds: 64 hex digits, derived again from the secret and never stored."""
    secret_key: str = current_app.config["SETTINGS"].secret_key
    return ticket_qr(secret_key, ticket.event_id, ticket.random_id, ticket.generation)


def print_ticket(ticket: Ticket) -> bytes:
    """Return one ticket as a PDF.

    :raises Conflict: the ticket was cancelled.
    :raises Unavailable: this machine cannot draw.
    """
    if ticket.status is TicketStatus.CANCELLED:
        raise Conflict("This ticket was cancelled, so there is nothing to print.", code="ticket_cancelled")
    paper = paper_of(ticket, qr_content(ticket))
    # Drawing takes a while: what it needs has been read, and no connection waits meanwhile.
    db.session.rollback()
    return render_tickets_pdf([paper])


@transactional
def issue_tickets(order: Order, now: datetime) -> list[Ticket]:
    """Make one ticket per place of a paid order, in the buyer's name."""
    tickets = [ticket for line in order.lines for ticket in _tickets_of(order, line, now)]
    db.session.add_all(tickets)
    db.session.flush()
    return tickets


@transactional
def cancel_tickets(tickets: Iterable[Ticket], now: datetime, *, restock: bool) -> None:
    """Make tickets worthless at the gate at once; `restock` puts their places back on sale."""
    ended = [ticket for ticket in tickets if ticket.status is not TicketStatus.CANCELLED]
    for ticket in ended:
        ticket.status = TicketStatus.CANCELLED
        ticket.cancelled_at = now
    db.session.flush()
    tell_other_holders(ended)
    if restock:
        inventory.return_tickets(ended, now)


@transactional
def tell_other_holders(ended: Iterable[Ticket]) -> None:
    """Mail those who got one of these tickets from its buyer, to whom the mails about the order go, that it has ended."""
    for ticket in ended:
        if not is_with_buyer(ticket):
            enqueue(JobName.MAIL_TICKET_ENDED, {"ticket_id": ticket.id})


def _tickets_of(order: Order, line: OrderLine, now: datetime) -> list[Ticket]:
    whole = line.subtotal_minor - line.discount_minor + line.fee_minor
    # In steps, so that each can be returned by itself.
    paid = apportion(whole, (1,) * line.quantity, smallest_step(order.currency))
    return [_ticket(order, line, paid_minor, now) for paid_minor in paid]


def _ticket(order: Order, line: OrderLine, paid_minor: int, now: datetime) -> Ticket:
    secret_key: str = current_app.config["SETTINGS"].secret_key
    random_id = secrets.token_bytes(16)
    return Ticket(
        code=ticket_code(now.date()),
        random_id=random_id,
        generation=0,
        qr_digest=digest(ticket_qr(secret_key, order.event_id, random_id, 0)),
        order=order,
        order_line_id=line.id,
        event_id=order.event_id,
        offer_id=line.offer_id,
        owner_id=order.user_id,
        attendee_name=order.buyer_name,
        attendee_email=order.buyer_email,
        attendee_phone=order.buyer_phone,
        ticket_name=line.ticket_name,
        tier_name=line.tier_name,
        day_name=line.day_name,
        day_on=line.day_on,
        is_all_days=line.is_all_days,
        price_minor=line.unit_price_minor,
        paid_minor=paid_minor,
        currency=order.currency,
        status=TicketStatus.ACTIVE,
        created_at=now,
    )
