"""The columns of the list of people who come to an event."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy.orm import InstrumentedAttribute

from easyticket.core.money import Money
from easyticket.documents.tables import Cell, Columns
from easyticket.models import Event, Ticket
from easyticket.queries.attendees import Attendee


def attendee_columns(event: Event) -> Columns[Attendee]:
    """Return the columns; times are in the event's zone."""
    zone = ZoneInfo(event.time_zone)
    return (
        # The buyer's where the ticket says none, and while there is no ticket.
        ("Name", lambda place: _said(place, Ticket.attendee_name) or place.line.order.buyer_name),
        ("E-mail", lambda place: _said(place, Ticket.attendee_email) or place.line.order.buyer_email),
        ("Phone", lambda place: _said(place, Ticket.attendee_phone) or place.line.order.buyer_phone),
        ("Ticket", lambda place: (place.ticket or place.line).full_name),
        ("Code", lambda place: place.ticket.code if place.ticket else ""),
        ("Price", lambda place: Money(place.line.unit_price_minor, place.line.order.currency).decimal),
        ("Currency", lambda place: place.line.order.currency),
        ("Order", lambda place: place.line.order.number),
        ("Bought", lambda place: place.line.order.created_at.astimezone(zone)),
        ("Paid", lambda place: "Yes" if place.ticket else "Not yet"),
        ("Let in", lambda place: _let_in(place, zone)),
    )


def _said(place: Attendee, field: InstrumentedAttribute[str]) -> str:
    """Return what the ticket says in this field; nothing while there is no ticket."""
    return getattr(place.ticket, field.key, "")


def _let_in(place: Attendee, zone: ZoneInfo) -> Cell:
    used_at = place.ticket.used_at if place.ticket else None
    return used_at.astimezone(zone) if used_at else None
