"""What the door of an event has to sell, and what was sold there so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from easyticket.core.errors import NotFound
from easyticket.core.money import Money
from easyticket.db import db
from easyticket.models import Event, Order, OrderLine, OrderStatus, SalesChannel, TicketType
from easyticket.queries.ticket_stock import OfferStock, load_stocks, select_ticket_types
from easyticket.rules.door_sales import is_day_over
from easyticket.rules.permissions import Actor, Permission, require

_LATEST = 10


@dataclass(frozen=True, slots=True)
class DoorTotals:
    """What was sold at the door and not taken back: orders, tickets, and the cash for them, which is in none of our books."""

    orders: int
    tickets: int
    cash: Money


def list_door_offers(event: Event, now: datetime) -> list[OfferStock]:
    """Return everything the event has on sale or off, except for days that are over, in the organizer's order."""
    found = select_ticket_types().where(TicketType.event_id == event.id)
    types = db.session.scalars(found.order_by(TicketType.position, TicketType.id)).all()
    offers = [offer for stock in load_stocks(types, now) for offer in stock.offers]
    return [each for each in offers if not is_day_over(each.offer, now)]


def count_door_sales(event: Event) -> DoorTotals:
    """Return what the event sold at its door, in one statement."""
    tickets = (
        sa.select(sa.func.sum(OrderLine.quantity)).where(OrderLine.order_id == Order.id).scalar_subquery()
    )
    count, sold, cash = db.session.execute(
        sa.select(sa.func.count(Order.id), sa.func.sum(tickets), sa.func.sum(Order.cash_minor)).where(
            *_sold_at_door(event)
        )
    ).one()
    return DoorTotals(int(count), int(sold or 0), Money(int(cash or 0), event.currency))


def list_last_door_sales(event: Event) -> Sequence[Order]:
    """Return the last sales at the event's door, the newest first."""
    found = sa.select(Order).where(*_sold_at_door(event)).options(selectinload(Order.lines))
    return db.session.scalars(found.order_by(Order.id.desc()).limit(_LATEST)).all()


def get_door_sale(actor: Actor, event: Event, number: str) -> Order:
    """Return one sale at the door of the event, with its tickets.

    :raises Forbidden: this is somebody else's event.
    :raises NotFound: nothing of this number was sold at its door.
    """
    require(actor, Permission.SELL_AT_DOOR, event)
    found = sa.select(Order).where(
        Order.event_id == event.id, Order.number == number, Order.channel == SalesChannel.DESK
    )
    order = db.session.scalars(found.options(selectinload(Order.lines), selectinload(Order.tickets))).first()
    if order is None:
        raise NotFound("Nothing of this number was sold at the door.")
    return order


def _sold_at_door(event: Event) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Order.event_id == event.id,
        Order.channel == SalesChannel.DESK,
        Order.status == OrderStatus.CONFIRMED,
    )
