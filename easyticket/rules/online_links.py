"""Who is told where an online event happens: whoever holds a ticket that can still let them in, and nobody else."""

from __future__ import annotations

from easyticket.models import EventStatus, Order, Ticket, TicketStatus


def online_link_of_order(order: Order) -> str:
    """Return the address for the buyer of an order; nothing once no ticket of it is valid and with the buyer any more."""
    theirs = [ticket for ticket in order.tickets if ticket.sent_on_at is None]
    return next(filter(None, map(online_link_of_ticket, theirs)), "")


def online_link_of_ticket(ticket: Ticket) -> str:
    """Return the address for whoever holds a ticket; nothing where the ticket or its event was cancelled."""
    is_void = ticket.status is TicketStatus.CANCELLED or ticket.event.status is EventStatus.CANCELLED
    return "" if is_void else ticket.event.online_link
