"""The orders of an organizer's events, as the desk reads them: one by its number, or found by number or address."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from easyticket.core.errors import NotFound
from easyticket.db import db
from easyticket.models import Event, Order, Refund
from easyticket.rules.permissions import Actor, Permission, may

MOST_FOUND = 50


def get_sold_order(actor: Actor, number: str) -> Order:
    """Return one order of the actor's events with all that its page shows.

    :raises NotFound: there is none, or it is of somebody else's event.
    """
    order = db.session.scalars(
        sa.select(Order)
        .where(Order.number == number)
        .options(
            joinedload(Order.event).joinedload(Event.organizer),
            selectinload(Order.lines),
            selectinload(Order.payments),
            selectinload(Order.refunds).selectinload(Refund.tickets),
            selectinload(Order.disputes),
            selectinload(Order.tickets),
        )
    ).first()
    if order is None or not may(actor, Permission.SEE_SALES, order.event):
        raise NotFound("You have sold no order of this number.")
    return order


def find_sold_orders(event: Event, wanted: str) -> Sequence[Order]:
    """Return the event's orders of a number, or of buyers whose address or name begins so, the newest first; 50 at most."""
    text = " ".join(wanted.split())
    if not text:
        return []
    folded = text.lower()
    begins = sa.or_(
        Order.number == text.upper(),
        Order.buyer_email.startswith(folded, autoescape=True),
        sa.func.lower(Order.buyer_name).startswith(folded, autoescape=True),
    )
    query = sa.select(Order).where(Order.event_id == event.id, begins).options(selectinload(Order.lines))
    return db.session.scalars(query.order_by(Order.id.desc()).limit(MOST_FOUND)).all()
