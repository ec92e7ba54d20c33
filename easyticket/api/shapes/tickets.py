"""Tickets as dictionaries with the API's keys, and what a scanner is told."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from easyticket.core.money import Money
from easyticket.links import public_url
from easyticket.models import Event, ScanOutcome, Ticket, User
from easyticket.queries.tickets import TicketStats
from easyticket.rules.tickets import TicketState, can_still_admit, state_of
from easyticket.rules.wording import gate_time_text, moment_text
from easyticket.services.gate import Verification
from easyticket.services.tickets import qr_content

# The sentences the clients know (the API contract), and ours for what the original let through.
REFUSALS = {
    ScanOutcome.ALREADY_IN: "Ticket already used",
    ScanOutcome.CANCELLED: "Ticket is cancelled",
    ScanOutcome.REFUNDED: "Ticket is cancelled",
    ScanOutcome.UNPAID: "Ticket is not paid",
    ScanOutcome.WRONG_DAY: "Ticket is for another day",
    ScanOutcome.NOT_YET: "Doors are not open yet",
    ScanOutcome.OVER: "Event has ended",
    ScanOutcome.REPLACED: "This ticket has a new code, so this one lets nobody in.",
    ScanOutcome.UNKNOWN: "Invalid QR code. Ticket not found.",
}


def ticket_shape(ticket: Ticket, now: datetime) -> dict[str, Any]:
    """Return a ticket with its QR code, event, order and state at `now`."""
    event, order = ticket.event, ticket.order
    return {
        "id": ticket.uuid,
        "ticket_number": ticket.code,
        **_to_show(ticket, now),
        "order": order.uuid,
        "order_number": order.number,
        **_event_shape(event),
        "ticket_type": ticket.offer.ticket_type.uuid,
        "ticket_name": ticket.ticket_name,
        "tier_name": ticket.tier_name,
        "day_name": ticket.day_name,
        "full_ticket_name": ticket.full_name,
        "price": Money(ticket.price_minor, ticket.currency),
        "currency": ticket.currency,
        "status": state_of(ticket, now).value,
        "is_used": ticket.used_at is not None,
        "used_at": ticket.used_at,
        "scanned_by": _email_of(ticket.used_by),
        "is_valid": can_still_admit(ticket, now),
        "attendee_name": ticket.attendee_name,
        "attendee_email": ticket.attendee_email,
        "buyer_name": order.buyer_name,
        "buyer_email": order.buyer_email,
        "created_at": ticket.created_at,
        "updated_at": ticket.updated_at,
    }


def stats_shape(stats: TicketStats) -> dict[str, int]:
    """Return how many tickets somebody has."""
    names = ("total", "active", "used", "cancelled", "expired")
    return {f"{name}_tickets" if name in names else name: number for name, number in asdict(stats).items()}


def admitted_shape(ticket: Ticket, now: datetime) -> dict[str, Any]:
    """Return what a scanner is told of a ticket that was let in."""
    return {
        "success": True,
        "valid": True,
        "message": "Ticket verified and marked as used",
        "ticket": ticket_shape(ticket, now),
    }


def refused_shape(result: Verification, now: datetime) -> dict[str, Any]:
    """Return what a scanner is told of a code that lets nobody in: the body of an error, with the ticket if there is one."""
    error = REFUSALS[result.outcome]
    # Whoever shows an old code must not read the new one off a scanner.
    ticket = None if result.outcome is ScanOutcome.REPLACED else result.ticket
    return {
        "success": False,
        "valid": False,
        "error": error,
        "detail": _detail(result) or f"{error.rstrip('.')}.",
        "field_errors": {} if ticket else {"qr_code_data": [error]},
        "code": result.outcome.value,
        **(_circumstances(result, ticket) if ticket else {}),
        **({"ticket": ticket_shape(ticket, now)} if ticket else {}),
    }


def _to_show(ticket: Ticket, now: datetime) -> dict[str, Any]:
    content = qr_content(ticket)
    is_cancelled = state_of(ticket, now) is TicketState.CANCELLED
    return {
        "qr_code_data": content,
        # A picture that is shown at a gate should not look as if it counted.
        "qr_code_image": None if is_cancelled else public_url("qr.picture", code=content),
        "pdf_url": public_url("api_my_tickets.download_ticket", id=ticket.uuid),
    }


def _event_shape(event: Event) -> dict[str, Any]:
    local = event.start_at.astimezone(ZoneInfo(event.time_zone))
    return {
        "event": event.uuid,
        "event_title": event.title,
        "event_date": event.start_at,
        "event_date_formatted": f"{local:%A, %B %d, %Y at %I:%M %p}",
        "event_location": event.venue_city,
        "venue": {"name": event.venue_name, "address": event.venue_address, "city": event.venue_city},
    }


def _circumstances(result: Verification, ticket: Ticket) -> dict[str, Any]:
    """Return what a scanner's app shows of a refusal beside its sentence, under the original's names."""
    if result.outcome is ScanOutcome.ALREADY_IN and result.first is not None:
        return {"used_at": result.first.admitted_at, "scanned_by": _email_of(result.first.admitted_by)}
    if result.outcome in (ScanOutcome.CANCELLED, ScanOutcome.REFUNDED):
        return {"status": TicketState.CANCELLED.value}
    return {"event_end_date": ticket.event.end_at} if result.outcome is ScanOutcome.OVER else {}


def _detail(result: Verification) -> str:
    """Return the sentence with times and names that a person at the gate reads, or nothing where there is no more to say."""
    if result.ticket is None:
        return ""
    ticket, event = result.ticket, result.ticket.event
    if result.outcome is ScanOutcome.ALREADY_IN and result.first is not None:
        who = _email_of(result.first.admitted_by)
        used = f"This ticket was used on {moment_text(result.first.admitted_at, event.time_zone)}"
        return f"{used} by {who}." if who else f"{used}."
    if about_time := gate_time_text(result.outcome, event, ticket.day_on):
        return about_time
    return {
        ScanOutcome.CANCELLED: "This ticket was cancelled and lets nobody in.",
        ScanOutcome.REFUNDED: "The money for this ticket was returned, so it lets nobody in.",
        ScanOutcome.UNPAID: "The order of this ticket is not paid.",
    }.get(result.outcome, "")


def _email_of(user: User | None) -> str | None:
    return user.email if user else None
