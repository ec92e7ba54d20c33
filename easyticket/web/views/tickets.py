"""A ticket as its holder sees it, written out: strings and flags only, made from the row and the moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from easyticket.models import Order, Ticket, TicketStatus
from easyticket.rules.online_links import online_link_of_ticket
from easyticket.rules.wording import clock_text, day_text, period_text, place_text
from easyticket.services.orders import secret_of
from easyticket.web.views.order_parts import Pill


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket as its holder sees it."""

    title: str
    when: str
    place: str
    type: str
    holder: str
    code: str
    code_head: str
    code_groups: tuple[str, ...]
    qr_url: str
    qr_missing: str
    status: Pill | None
    is_void: bool
    url: str
    pdf_url: str
    next_url: str
    online_link: str


def ticket_view(ticket: Ticket, order: Order, now: datetime) -> TicketView:
    """Return a ticket of `order` as its holder sees it at this moment."""
    event, secret = order.event, secret_of(order)
    head, groups = _read_aloud(ticket.code)
    is_void = ticket.status is TicketStatus.CANCELLED
    return TicketView(
        title=event.title,
        when=_ticket_when(ticket, order),
        place=place_text(event),
        type=ticket.full_name,
        holder=ticket.attendee_name,
        code=ticket.code,
        code_head=head,
        code_groups=groups,
        qr_url="" if is_void else url_for("orders.ticket_qr", secret=secret, code=ticket.code),
        qr_missing="This ticket was cancelled and lets nobody in." if is_void else "",
        status=_ticket_pill(ticket, order, now),
        is_void=is_void,
        url=url_for("orders.ticket", secret=secret, code=ticket.code),
        pdf_url=url_for("orders.ticket_pdf", secret=secret, code=ticket.code),
        next_url=_next_url(ticket, order),
        online_link=online_link_of_ticket(ticket),
    )


def _ticket_pill(ticket: Ticket, order: Order, now: datetime) -> Pill | None:
    zone = order.event.time_zone
    if ticket.status is TicketStatus.CANCELLED:
        return Pill("Cancelled", "stop")
    if ticket.used_at is not None:
        day = day_text(ticket.used_at, zone).rpartition(" ")[0]  # without the year: a pill has one short line
        return Pill(f"Let in {day}, {clock_text(ticket.used_at, zone)}", "good")
    return Pill("This event is over", "quiet") if order.event.end_at <= now else None


def _ticket_when(ticket: Ticket, order: Order) -> str:
    if ticket.day_on is not None:
        return day_text(ticket.day_on)
    return period_text(order.event)


def _next_url(ticket: Ticket, order: Order) -> str:
    following = [
        each for each in order.tickets if each.id > ticket.id and each.status is not TicketStatus.CANCELLED
    ]
    return url_for("orders.ticket", secret=secret_of(order), code=following[0].code) if following else ""


def _read_aloud(code: str) -> tuple[str, tuple[str, ...]]:
    """Split a code into its date part and what is read out in one breath each: "TKT-20261212-", "7J2KQ", "0ABCD"."""
    head, dash, tail = code.rpartition("-")
    return head + dash, tuple(tail[start : start + 5] for start in range(0, len(tail), 5))
