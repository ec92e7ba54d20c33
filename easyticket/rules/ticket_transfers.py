"""Whether a ticket can be sent on to somebody else, and to whom. Who may do it says rules/permissions.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from easyticket.core.errors import invalid_field
from easyticket.models import EventStatus, OrderStatus, Ticket, TicketStatus, TicketTransfer
from easyticket.rules.people import check_all, normal_email, normal_line

NAME_LENGTH = 255
SENT_ON = "This ticket was sent on to somebody else, so it is not yours to show or to send any more."


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who gets a ticket: a name for the gate and an address, which need not be that of an account."""

    name: str
    email: str


def normal_receiver(name: str, email: str) -> Receiver:
    """Return who gets a ticket, as names and addresses are kept.

    :raises Invalid: no name, too long a one, or no address (fields `to_name`, `to_email`).
    """
    return Receiver(
        **check_all(
            {
                "name": lambda: _named(normal_line(name, field="to_name", longest=NAME_LENGTH)),
                "email": lambda: normal_email(email, field="to_email"),
            }
        )
    )


def _named(name: str) -> str:
    if not name:
        raise invalid_field("to_name", "Enter the name of who gets the ticket.")
    return name


def is_last(transfer: TicketTransfer) -> bool:
    """Tell whether a ticket is still with whoever got it by this sending."""
    return transfer.ticket.transfers[-1].id == transfer.id


def why_not_sendable(ticket: Ticket, now: datetime) -> str | None:
    """Return why nobody can send the ticket on at `now`, or None. Whether its event is sold out makes no difference."""
    if ticket.event.status is EventStatus.CANCELLED:
        return "The event was cancelled, so there is nothing to send on."
    if ticket.status is TicketStatus.CANCELLED:
        return "This ticket was cancelled, so there is nothing to send on."
    if ticket.event.end_at <= now:
        return "The event is over."
    if ticket.used_at is not None:
        return "This ticket has let somebody in already, so it stays with them."
    if ticket.order.status is not OrderStatus.CONFIRMED:
        return "The order of this ticket is not paid."
    if ticket.disputed_at is not None:
        return "A bank is looking into the payment for this ticket. Until it has decided, the ticket stays where it is."
    return None
