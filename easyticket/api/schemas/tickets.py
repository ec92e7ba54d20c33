"""Tickets as the API takes and gives them."""

from __future__ import annotations

from typing import Any, NoReturn

import marshmallow as ma

from easyticket.core.errors import Invalid
from easyticket.http.bodies import wrong_input
from easyticket.http.fields import (
    Amount,
    Answer,
    Body,
    ChoiceFilter,
    Flag,
    Identifier,
    Moment,
    Nested,
    Query,
    Text,
)
from easyticket.rules.tickets import TicketState

_STATES = [state.value for state in TicketState]
_QR = "9b2f6c1e5a7d4c3b9e217f4d8a90b6c29b2f6c1e5a7d4c3b9e217f4d8a90b6c2"
_ID = "7e1f2a3b-4c5d-4e6f-8a9b-0c1d2e3f4a5b"

TICKET_EXAMPLE: dict[str, Any] = {
    "id": _ID,
    "ticket_number": "TKT-20260301-7J2KQ0ABCD",
    "qr_code_data": _QR,
    "qr_code_image": f"https://tickets.example/qr/{_QR}.png",
    "pdf_url": f"https://tickets.example/api/tickets/my-tickets/{_ID}/download/",
    "order": "f00d1c2b-3a49-4857-8675-849302a1b0cf",
    "order_number": "OE-20260301-0042",
    "event": "71aa0b1c-2d3e-4f50-8162-738495a6b7c8",
    "event_title": "Night of Drums",
    "event_date": "2026-03-01T18:00:00Z",
    "event_date_formatted": "Sunday, March 01, 2026 at 06:00 PM",
    "event_location": "Accra",
    "venue": {"name": "Hall 2", "address": "4 Ring Rd", "city": "Accra"},
    "ticket_type": "c3e1d2f3-a4b5-4c6d-8e7f-901a2b3c4d5e",
    "ticket_name": "Floor",
    "tier_name": "",
    "day_name": "",
    "full_ticket_name": "Floor",
    "price": "20.00",
    "currency": "USD",
    "status": "active",
    "is_used": False,
    "used_at": None,
    "scanned_by": None,
    "is_valid": True,
    "attendee_name": "Ama Boateng",
    "attendee_email": "ama@example.org",
    "buyer_name": "Ama Boateng",
    "buyer_email": "ama@example.org",
    "created_at": "2026-02-01T10:00:00Z",
    "updated_at": "2026-02-01T10:00:00Z",
}
STATS_EXAMPLE = {
    "total_tickets": 10,
    "active_tickets": 4,
    "used_tickets": 3,
    "cancelled_tickets": 2,
    "expired_tickets": 1,
    "upcoming_events": 2,
    "past_events": 3,
}
SCAN_BODY_EXAMPLE = {"qr_code_data": _QR}
SCAN_EXAMPLE = {
    "success": True,
    "valid": True,
    "message": "Ticket verified and marked as used",
    "ticket": TICKET_EXAMPLE
    | {"status": "used", "is_used": True, "used_at": "2026-03-01T17:40:00Z", "is_valid": False}
    | {"scanned_by": "gate@example.org", "updated_at": "2026-03-01T17:40:00Z"},
}


class TicketQuery(Query):
    """What a list of tickets is narrowed to and sorted by."""

    state = ChoiceFilter(
        _STATES,
        data_key="status",
        metadata={"description": "An unused ticket of a past event is expired.", "example": "active"},
    )
    is_used = Flag(metadata={"description": "Whether it was scanned at a gate.", "example": False})
    event_uuid = Identifier(data_key="event", metadata={"description": "The event they are for."})
    ordering = Text(
        metadata={
            "description": "`created_at`, `event_date`, `event__start_date`, several with commas, `-` for the latest first.",
            "example": "-created_at",
        }
    )


class ScanBody(Body):
    """A code from a scanner."""

    code = Text(
        data_key="qr_code_data",
        required=True,
        blank=False,
        metadata={"description": "What the QR code holds, or the ticket number printed under it."},
    )

    def handle_error(self, error: ma.ValidationError, data: Any, **_kwargs: Any) -> NoReturn:
        """Refuse as every other code is refused here: with `success` false.

        :raises Invalid: always.
        """
        refusal: Invalid = wrong_input(error.messages_dict)
        refusal.context |= {"success": False, "valid": False}
        raise refusal


class Venue(Answer):
    """Where an event is."""

    name = ma.fields.String(required=True)
    address = ma.fields.String(required=True)
    city = ma.fields.String(required=True)


class TicketAnswer(Answer):
    """The right of one person to come in."""

    id = ma.fields.UUID(required=True)
    ticket_number = ma.fields.String(required=True, metadata={"description": "The code printed on it."})
    qr_code_data = ma.fields.String(required=True, metadata={"description": "What its QR code holds."})
    qr_code_image = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"format": "uri", "description": "Its QR code as a PNG; null once it is cancelled."},
    )
    pdf_url = ma.fields.String(required=True, metadata={"format": "uri"})
    order = ma.fields.UUID(required=True)
    order_number = ma.fields.String(required=True)
    event = ma.fields.UUID(required=True)
    event_title = ma.fields.String(required=True)
    event_date = Moment(required=True, metadata={"description": "When the event begins."})
    event_date_formatted = ma.fields.String(
        required=True, metadata={"description": "The same in the event's time zone."}
    )
    event_location = ma.fields.String(required=True, metadata={"description": "The city."})
    venue = Nested(Venue, required=True)
    ticket_type = ma.fields.UUID(required=True)
    ticket_name = ma.fields.String(required=True)
    tier_name = ma.fields.String(required=True)
    day_name = ma.fields.String(required=True)
    full_ticket_name = ma.fields.String(required=True)
    price = Amount(required=True)
    currency = ma.fields.String(required=True)
    status = ma.fields.String(required=True, metadata={"enum": _STATES})
    is_used = ma.fields.Boolean(required=True)
    used_at = Moment(required=True, allow_none=True)
    scanned_by = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "The e-mail address of who let it in."}
    )
    is_valid = ma.fields.Boolean(
        required=True, metadata={"description": "Whether it can let somebody in until the event's end."}
    )
    attendee_name = ma.fields.String(required=True)
    attendee_email = ma.fields.String(required=True)
    buyer_name = ma.fields.String(required=True)
    buyer_email = ma.fields.String(required=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)


class TicketStatsAnswer(Answer):
    """How many tickets the account has. Cancelled tickets count for no event."""

    total_tickets = ma.fields.Integer(required=True)
    active_tickets = ma.fields.Integer(required=True)
    used_tickets = ma.fields.Integer(required=True)
    cancelled_tickets = ma.fields.Integer(required=True)
    expired_tickets = ma.fields.Integer(required=True)
    upcoming_events = ma.fields.Integer(required=True, metadata={"description": "Those not over yet."})
    past_events = ma.fields.Integer(required=True)


class ScanAnswer(Answer):
    """A ticket that was let in."""

    success = ma.fields.Boolean(required=True)
    valid = ma.fields.Boolean(required=True)
    message = ma.fields.String(required=True)
    ticket = Nested(TicketAnswer, required=True)


class ScanRefusal(Answer):
    """A code that lets nobody in: an error with what a scanner's app shows of it."""

    success = ma.fields.Boolean(required=True)
    valid = ma.fields.Boolean(required=True)
    error = ma.fields.String(required=True)
    detail = ma.fields.String(required=True)
    field_errors = ma.fields.Dict(
        keys=ma.fields.String(), values=ma.fields.List(ma.fields.String()), required=True
    )
    code = ma.fields.String(required=True)
    used_at = Moment()
    scanned_by = ma.fields.String(allow_none=True)
    status = ma.fields.String()
    event_end_date = Moment()
    ticket = Nested(TicketAnswer)
