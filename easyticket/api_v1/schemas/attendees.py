"""What an organizer's apps ask about the people who come, and what they send from the gate."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from easyticket.api_v1.errors import Error
from easyticket.api_v1.schemas.tickets import TYPE_EXAMPLE, TypeAnswer
from easyticket.http.fields import Amount, Answer, Body, ChoiceFilter, Moment, Nested, Query, Text, Whole

_CODE = "TKT-20260301-7J2KQ0ABCD"
_SCANNER_EXAMPLE: dict[str, Any] = {"id": 1, "username": "kojo", "full_name": "Kojo Antwi"}

ATTENDEE_EXAMPLE: dict[str, Any] = {
    "ticket_id": _CODE,
    "attendee_name": "Ama Boateng",
    "attendee_email": "ama@example.org",
    "attendee_phone": "+233241234567",
    "ticket_type": TYPE_EXAMPLE,
    "purchase_date": "2026-02-01T10:00:00Z",
    "payment_status": "paid",
    "payment_reference": "ET-3K7QW9ZC5T2M8N4B6V1X0JHGFD",
    "amount_paid": "52.50",
    "is_checked_in": True,
    "checked_in_at": "2026-03-01T17:40:00Z",
    "checked_in_by": _SCANNER_EXAMPLE,
}
SUMMARY_EXAMPLE: dict[str, Any] = {
    "total_attendees": 40,
    "checked_in": 20,
    "not_checked_in": 20,
    "check_in_percentage": 50.0,
}
CHECK_IN_BODY_EXAMPLE: dict[str, Any] = {"ticket_id": _CODE}
ADMISSION_EXAMPLE: dict[str, Any] = {
    "ticket_id": _CODE,
    "attendee_name": "Ama Boateng",
    "attendee_email": "ama@example.org",
    "ticket_type": TYPE_EXAMPLE,
    "checked_in_at": "2026-03-01T17:40:00Z",
    "checked_in_by": _SCANNER_EXAMPLE,
}
CHECKED_IN_EXAMPLE: dict[str, Any] = {
    "success": True,
    "message": "Ama Boateng is checked in.",
    "ticket": {**ADMISSION_EXAMPLE, "is_checked_in": True},
    "event_stats": {"total_checked_in": 20, "total_attendees": 40, "check_in_percentage": "50.0"},
}


class AttendeeQuery(Query):
    """What the list of attendees is narrowed to and sorted by."""

    query = Text(
        data_key="search",
        metadata={"description": "Words of name or e-mail address, a phone number, or a part of a code."},
    )
    offer_id = Whole(data_key="ticket_type_id", metadata={"description": "A ticket type of this event."})
    payment_status = ChoiceFilter(
        ["paid", "pending", "all"],
        metadata={"description": "`pending` are places held for orders that are not paid yet."},
    )
    check_in_status = ChoiceFilter(["checked_in", "not_checked_in", "all"])
    ordering = Text(
        data_key="sort_by",
        metadata={
            "description": "`purchase_date`, `attendee_name`, `ticket_type` or `check_in_time`, `-` for the latest first.",
            "example": "-purchase_date",
        },
    )


class CheckInBody(Body):
    """A code from a scanner or a keyboard."""

    code = Text(
        data_key="ticket_id",
        required=True,
        blank=False,
        metadata={
            "description": "The ticket's code, what its QR code holds, or JSON text with either as `ticket_id`."
        },
    )


class Scanner(Answer):
    """Who let somebody in."""

    id = ma.fields.Integer(required=True)
    username = ma.fields.String(required=True)
    full_name = ma.fields.String(required=True)


class AttendeeAnswer(Answer):
    """One place at an event."""

    ticket_id = ma.fields.String(
        required=True,
        metadata={"description": "A name for the place until it is paid, then the ticket's code."},
    )
    attendee_name = ma.fields.String(required=True)
    attendee_email = ma.fields.String(required=True)
    attendee_phone = ma.fields.String(required=True)
    ticket_type = Nested(TypeAnswer, required=True)
    purchase_date = Moment(required=True)
    payment_status = ma.fields.String(required=True, metadata={"enum": ["paid", "pending", "failed"]})
    payment_reference = ma.fields.String(required=True)
    amount_paid = Amount(required=True)
    is_checked_in = ma.fields.Boolean(required=True)
    checked_in_at = Moment(
        required=True,
        allow_none=True,
        metadata={"description": "When it let somebody in for the first time."},
    )
    checked_in_by = Nested(Scanner, required=True, allow_none=True)


class AttendeeSummary(Answer):
    """Counts over the whole event, whatever the list is narrowed to. Only paid places count."""

    total_attendees = ma.fields.Integer(required=True)
    checked_in = ma.fields.Integer(required=True)
    not_checked_in = ma.fields.Integer(required=True)
    check_in_percentage = ma.fields.Float(required=True)


class AdmissionAnswer(Answer):
    """One time somebody was let in."""

    ticket_id = ma.fields.String(required=True)
    attendee_name = ma.fields.String(required=True)
    attendee_email = ma.fields.String(required=True)
    ticket_type = Nested(TypeAnswer, required=True)
    checked_in_at = Moment(required=True)
    checked_in_by = Nested(Scanner, required=True)


class CheckedInTicket(AdmissionAnswer):
    """The ticket that was let in."""

    is_checked_in = ma.fields.Boolean(required=True)


class EventStats(Answer):
    """How many people are in."""

    total_checked_in = ma.fields.Integer(required=True)
    total_attendees = ma.fields.Integer(required=True)
    check_in_percentage = ma.fields.String(required=True, metadata={"description": "With one digit."})


class CheckInAnswer(Answer):
    """A ticket that was let in."""

    success = ma.fields.Boolean(required=True)
    message = ma.fields.String(required=True)
    ticket = Nested(CheckedInTicket, required=True)
    event_stats = Nested(EventStats, required=True)


class RefusedTicket(Answer):
    """What a scanner's app shows of a ticket that lets nobody in."""

    ticket_id = ma.fields.String(required=True)
    attendee_name = ma.fields.String(required=True)
    checked_in_at = Moment(required=True, allow_none=True)
    checked_in_by = ma.fields.String(required=True, metadata={"description": "A name, or nothing."})


class CheckInRefusal(Error):
    """A code that lets nobody in: an error with what a scanner's app shows of it."""

    success = ma.fields.Boolean(required=True)
    ticket = Nested(RefusedTicket)
