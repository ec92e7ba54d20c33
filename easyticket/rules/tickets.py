"""Where a ticket stands at a moment, for its holder: what is stored about it, and what follows from its event."""

from __future__ import annotations

import enum
from datetime import datetime

from easyticket.models import CheckInPolicy, EventStatus, Order, Ticket, TicketStatus


class TicketState(enum.StrEnum):
    """The status the APIs send. `queries/tickets.py` says the same to the database; a test holds the two together."""

    ACTIVE = "active"
    USED = "used"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


def state_of(ticket: Ticket, now: datetime) -> TicketState:
    """Return the ticket's state at `now`: one that nobody used expires with its event, or is cancelled with it."""
    if ticket.status is not TicketStatus.ACTIVE:
        return TicketState(ticket.status.value)
    if ticket.event.status is EventStatus.CANCELLED:
        return TicketState.CANCELLED
    return TicketState.EXPIRED if ticket.event.end_at <= now else TicketState.ACTIVE


def state_until_over(ticket: Ticket, now: datetime) -> TicketState:
    """Return the same for holders who are told of used tickets as done with: one that can still admit is active."""
    return TicketState.ACTIVE if can_still_admit(ticket, now) else state_of(ticket, now)


def can_still_admit(ticket: Ticket, now: datetime) -> bool:
    """Return whether the ticket may let its holder in at some time from `now` to the event's end.

    A used one may where it admits more than once: a pass for all days, or an event that people leave and come back to.
    """
    if ticket.event.status is EventStatus.CANCELLED or ticket.event.end_at <= now:
        return False
    admits_again = ticket.is_all_days or ticket.event.check_in_policy is not CheckInPolicy.SINGLE
    return ticket.status is TicketStatus.ACTIVE or (ticket.status is TicketStatus.USED and admits_again)


def is_with_buyer(ticket: Ticket) -> bool:
    """Tell whether a ticket still belongs to its order: one that was sent on is shown to its new holder only."""
    return ticket.sent_on_at is None


def can_be_shown(ticket: Ticket) -> bool:
    """Tell whether whoever has the order may show the ticket at a gate: neither ended nor sent on."""
    return ticket.status is not TicketStatus.CANCELLED and is_with_buyer(ticket)


def has_no_valid_ticket(order: Order) -> bool:
    """Tell whether an order had tickets and all of them were ended: its money is on its way back, or held up."""
    return bool(order.tickets) and all(ticket.status is TicketStatus.CANCELLED for ticket in order.tickets)


def is_all_sent_on(order: Order) -> bool:
    """Tell whether an order's valid tickets, of which there is one at least, are all with other people now."""
    valid = [ticket for ticket in order.tickets if ticket.status is not TicketStatus.CANCELLED]
    return bool(valid) and not any(is_with_buyer(ticket) for ticket in valid)


def place_name(order: Order, number: int) -> str:
    """Return what a place of an unpaid order is called, counted from 1, while it has no ticket. Nobody is let in by it."""
    return f"{order.purchase_code}-{number}"
