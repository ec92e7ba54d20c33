"""People who come to an event, as its organizer sees them, and what a scanner is told about a code."""

from __future__ import annotations

from typing import Any

from easyticket.api_v1.shapes.people import name_shape
from easyticket.api_v1.shapes.tickets import reference_of, type_shape
from easyticket.core.money import Money
from easyticket.models import Admission, OrderLine, ScanOutcome, Ticket, User
from easyticket.queries.attendees import Attendee, AttendeeCounts
from easyticket.rules.tickets import place_name
from easyticket.rules.wording import gate_time_text, moment_text
from easyticket.services.gate import ScanResult

# The words the clients branch on (the API contract), and fitting ones for what the original let through.
_REFUSALS = {
    ScanOutcome.ALREADY_IN: "Already checked in",
    ScanOutcome.WRONG_EVENT: "Wrong event",
    ScanOutcome.UNKNOWN: "Invalid ticket",
    ScanOutcome.CANCELLED: "Ticket cancelled",
    ScanOutcome.REFUNDED: "Ticket refunded",
    ScanOutcome.UNPAID: "Ticket not paid",
    ScanOutcome.WRONG_DAY: "Wrong day",
    ScanOutcome.NOT_YET: "Too early",
    ScanOutcome.OVER: "Event has ended",
    ScanOutcome.REPLACED: "Ticket has a new code",
}


def attendee_shape(attendee: Attendee) -> dict[str, Any]:
    """Return one place: of a ticket, or of an order that is not paid yet, which has no code yet and nobody in."""
    if attendee.ticket is None:
        return _held_shape(attendee.line, attendee.number)
    ticket = attendee.ticket
    return {
        **_person_shape(ticket),
        "purchase_date": ticket.created_at,
        "payment_status": "paid",
        "payment_reference": reference_of(ticket.order),
        "amount_paid": Money(ticket.paid_minor, ticket.currency),
        "is_checked_in": ticket.used_at is not None,
        "checked_in_at": ticket.used_at,
        "checked_in_by": _scanner_shape(ticket.used_by) if ticket.used_at else None,
    }


def summary_shape(counts: AttendeeCounts) -> dict[str, Any]:
    """Return how many come and how many have come, over the whole event."""
    return {
        "total_attendees": counts.total,
        "checked_in": counts.checked_in,
        "not_checked_in": counts.not_checked_in,
        "check_in_percentage": counts.percentage,
    }


def admission_shape(admission: Admission) -> dict[str, Any]:
    """Return one time somebody was let in."""
    person = _person_shape(admission.ticket)
    return {
        **{name: person[name] for name in ("ticket_id", "attendee_name", "attendee_email", "ticket_type")},
        "checked_in_at": admission.admitted_at,
        "checked_in_by": _scanner_shape(admission.admitted_by),
    }


def admitted_shape(admission: Admission, counts: AttendeeCounts) -> dict[str, Any]:
    """Return what a scanner is told of a ticket that was let in."""
    return {
        "success": True,
        "message": f"{admission.ticket.attendee_name or 'Guest'} is checked in.",
        "ticket": {**admission_shape(admission), "is_checked_in": True},
        "event_stats": {
            "total_checked_in": counts.checked_in,
            "total_attendees": counts.total,
            "check_in_percentage": f"{counts.percentage:.1f}",
        },
    }


def refused_shape(result: ScanResult, status: int) -> dict[str, Any]:
    """Return what a scanner is told of a code that lets nobody in: the body of an error, with the ticket if there is one."""
    message = _sentence(result)
    # Whoever shows an old code must not read the new one off a scanner.
    ticket = None if result.outcome is ScanOutcome.REPLACED else result.ticket
    return {
        "success": False,
        "error": _REFUSALS[result.outcome],
        "message": message,
        "details": {"ticket_id": [message]},
        "status_code": status,
        "detail": message,
        **({"ticket": _refused_ticket_shape(result, ticket)} if ticket else {}),
    }


def _held_shape(line: OrderLine, number: int) -> dict[str, Any]:
    order = line.order
    return {
        "ticket_id": place_name(order, number),
        "attendee_name": order.buyer_name,
        "attendee_email": order.buyer_email,
        "attendee_phone": order.buyer_phone,
        "ticket_type": {
            "id": line.offer_id,
            "name": line.full_name,
            "price": Money(line.unit_price_minor, order.currency),
        },
        "purchase_date": order.created_at,
        "payment_status": "pending",
        "payment_reference": reference_of(order),
        "amount_paid": Money(0, order.currency),
        "is_checked_in": False,
        "checked_in_at": None,
        "checked_in_by": None,
    }


def _person_shape(ticket: Ticket) -> dict[str, Any]:
    return {
        "ticket_id": ticket.code,
        "attendee_name": ticket.attendee_name,
        "attendee_email": ticket.attendee_email,
        "attendee_phone": ticket.attendee_phone,
        "ticket_type": type_shape(ticket),
    }


def _scanner_shape(user: User | None) -> dict[str, Any]:
    """Return who let somebody in; never nothing, because the clients read on."""
    return name_shape(user) if user else {"id": 0, "username": "", "full_name": "Deleted account"}


def _refused_ticket_shape(result: ScanResult, ticket: Ticket) -> dict[str, Any]:
    first = result.first
    return {
        "ticket_id": ticket.code,
        "attendee_name": ticket.attendee_name,
        "checked_in_at": first.admitted_at if first else ticket.used_at,
        "checked_in_by": _name_of(first.admitted_by if first else ticket.used_by),
    }


def _name_of(user: User | None) -> str:
    return str(name_shape(user)["full_name"]) if user else ""


def _sentence(result: ScanResult) -> str:
    """Return why, with the times and names that a person at the gate needs."""
    event, ticket, first = result.event, result.ticket, result.first
    if first is not None:
        by = f" by {name}" if (name := _name_of(first.admitted_by)) else ""
        return f"This ticket was checked in on {moment_text(first.admitted_at, event.time_zone)}{by}."
    if result.outcome is ScanOutcome.WRONG_EVENT and ticket is not None:
        return f"This ticket is for another event: {ticket.event.title}."
    return gate_time_text(result.outcome, event, ticket.day_on if ticket else None) or result.message
