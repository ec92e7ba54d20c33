"""What stands on a printed ticket, in words: a plain value, so that drawing it needs no database."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from easyticket.core.money import Money
from easyticket.models import CheckInPolicy, Ticket, TicketStatus
from easyticket.rules.wording import day_text, days_text, hours_text, money_text

_ENTRY = {
    CheckInPolicy.SINGLE: "It admits one person, once.",
    CheckInPolicy.DAILY: "It admits one person, once on each day it is for.",
    CheckInPolicy.MULTIPLE: "It admits one person, who may leave and come back.",
}


@dataclass(frozen=True, slots=True)
class TicketPaper:
    """One printed ticket. `qr_content` is empty for a ticket that is no longer valid; `event_id` decides the cover."""

    event_id: int
    title: str
    day: str
    hours: str
    venue: str
    address: str
    organizer: str
    ticket_name: str
    valid_on: str
    entry: str
    attendee: str
    price: str
    order_number: str
    code: str
    qr_content: str


def paper_of(ticket: Ticket, qr_content: str) -> TicketPaper:
    """Return what is printed for a ticket; a cancelled one gets no QR code, whatever `qr_content` says."""
    event = ticket.event
    return TicketPaper(
        event_id=event.id,
        title=printable(event.title) or "Event",
        day=days_text(event),
        hours=hours_text(event),
        venue=printable(event.venue_name),
        address=printable(
            ", ".join(filter(None, (event.venue_address, event.venue_city, event.venue_country)))
        ),
        organizer=printable(event.organizer.display_name),
        ticket_name=printable(ticket.full_name) or "Ticket",
        valid_on=_valid_on(ticket),
        entry=_ENTRY[event.check_in_policy],
        attendee=printable(ticket.attendee_name),
        # What was paid from hand to hand was paid, although not to us.
        price=money_text(
            Money(ticket.price_minor if ticket.order.cash_minor else ticket.paid_minor, ticket.currency)
        ),
        order_number=ticket.order.number,
        code=ticket.code,
        qr_content="" if ticket.status is TicketStatus.CANCELLED else qr_content,
    )


def printable(text: str) -> str:
    """Return `text` on one line without what fonts on paper do not have (emoji) or what turns lines around."""
    return " ".join("".join(letter for letter in text if _is_printable(letter)).split())


def _is_printable(letter: str) -> bool:
    category = unicodedata.category(letter)
    if letter in "\u200d\ufe0e\ufe0f\u20e3" or 0x1F3FB <= ord(letter) <= 0x1F3FF:
        return False  # what joins and colours emoji
    is_control = category == "Cc" and not letter.isspace()
    is_turning = category == "Cf" and unicodedata.bidirectional(letter) not in ("BN", "L", "R", "AL")
    return not (
        is_control or is_turning or (category == "So" and ord(letter) > 0x2190) or category in ("Cs", "Co")
    )


def _valid_on(ticket: Ticket) -> str:
    if ticket.is_all_days:
        return "Every day of the event"
    return f"Only on {day_text(ticket.day_on)}" if ticket.day_on else ""
