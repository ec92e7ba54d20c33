"""Reading tickets: one of an order, one by its code, or those of an account. What is not yours is not found."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from easyticket.core.errors import NotFound
from easyticket.core.ids import typed_code
from easyticket.db import db
from easyticket.models import Order, Ticket
from easyticket.rules.permissions import Actor, Permission, may

_UNKNOWN = "There is no ticket at this address."


def get_ticket(actor: Actor, code: str) -> Ticket:
    """Return a ticket by its code, with its event and order.

    :raises NotFound: there is none, or none that `actor` may see.
    """
    ticket = db.session.scalar(_tickets().where(Ticket.code == typed_code(code)))
    if ticket is None or not may(actor, Permission.SEE_TICKET, ticket):
        raise NotFound(_UNKNOWN)
    return ticket


def get_ticket_of_order(order: Order, code: str) -> Ticket:
    """Return the ticket of this order that has the code.

    :raises NotFound: the order has no such ticket, whoever else may have it.
    """
    ticket = db.session.scalar(_tickets().where(Ticket.order_id == order.id, Ticket.code == code))
    if ticket is None:
        raise NotFound(_UNKNOWN)
    return ticket


def list_tickets(actor: Actor) -> list[Ticket]:
    """Return the tickets of the actor's account, the latest first."""
    # Tickets of guests have no owner, so somebody without an account must not be given them.
    query = _tickets().where(Ticket.owner_id.is_not(None), Ticket.owner_id == actor.user_id)
    return list(db.session.scalars(query.order_by(Ticket.created_at.desc(), Ticket.id.desc())))


def _tickets() -> sa.Select[Ticket]:
    return sa.select(Ticket).options(joinedload(Ticket.event), joinedload(Ticket.order))
