"""How one event sells: money, tickets by type, day and hour, check-ins, and how many orders were paid in the end.

Days and hours are those of the event's own zone. Databases know no zones we could rely on, so they count by quarters of
an hour, of which every zone's hours are made, and the few rows of that are put together here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from easyticket.core.money import Money
from easyticket.db import db
from easyticket.models import (
    Admission,
    Event,
    Offer,
    Order,
    OrderLine,
    Ticket,
    TicketStatus,
    TicketType,
)
from easyticket.models.order import UNPAID
from easyticket.queries.earnings import GROSS, IS_PAID, PRICED_TICKETS, TICKETS, Revenue, load_posted
from easyticket.queries.offers import fee_basis_points_of
from easyticket.queries.organizer import Stock, find_event_stocks
from easyticket.queries.ticket_stock import OfferStock, load_stocks, select_ticket_types
from easyticket.queries.traffic import Traffic, find_traffic
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.rules.pricing import fee_within
from easyticket.rules.sales import is_sale_over

_QUARTER = 15 * 60
_LATEST = 10


@dataclass(frozen=True, slots=True)
class Sold:
    """Tickets and what they brought at their price less discounts, in minor units; what was returned later is in it.

    `priced_tickets` are those that were not sold at the door.
    """

    tickets: int = 0
    gross_minor: int = 0
    priced_tickets: int = 0

    def __add__(self, other: Sold) -> Sold:
        return Sold(
            self.tickets + other.tickets,
            self.gross_minor + other.gross_minor,
            self.priced_tickets + other.priced_tickets,
        )


@dataclass(frozen=True, slots=True)
class _Piece:
    offer_id: int
    at: datetime
    sold: Sold


@dataclass(frozen=True, slots=True)
class OfferSales:
    """One offer with its stock now, and all that was sold of it."""

    stock: OfferStock
    sold: Sold

    @property
    def quantity(self) -> int:
        """How many there are of it altogether."""
        return self.stock.offer.total_quantity


@dataclass(frozen=True, slots=True)
class TicketCounts:
    """Tickets that came into being: those that are valid or were used, those let in, and those cancelled since."""

    valid: int
    checked_in: int
    cancelled: int


@dataclass(frozen=True, slots=True)
class OrderCounts:
    """Orders that held places: all of them, those that can still be paid, and those that were."""

    held: int
    still_open: int
    paid: int

    @property
    def ended(self) -> int:
        """How many were paid or not paid in time."""
        return self.held - self.still_open


@dataclass(frozen=True, slots=True)
class LatestSale:
    """A ticket that was sold, at its price less its discount."""

    ticket: Ticket
    amount: Money


@dataclass(frozen=True, slots=True)
class EventSales:
    """Everything about the sales of one event. `projected_minor` is its gross if all that is left is sold as well."""

    event: Event
    revenue: Revenue
    fee_basis_points: int
    stock: Stock
    tickets: TicketCounts
    orders: OrderCounts
    traffic: Traffic
    offers: Sequence[OfferSales]
    by_day: Sequence[tuple[date, Sold]]
    by_hour: Sequence[tuple[int, Sold]]
    check_ins: Sequence[tuple[date, int, int]]
    latest: Sequence[LatestSale]
    projected_minor: int


def get_event_sales(actor: Actor, event: Event, now: datetime) -> EventSales:
    """Return how an event sells, in a fixed number of statements however much it sold.

    :raises Forbidden: it is somebody else's.
    """
    require(actor, Permission.SEE_SALES, event)
    pieces = _load_pieces(event)
    sold = sum((piece.sold for piece in pieces), Sold())
    revenue = Revenue(
        event.currency,
        tickets=sold.tickets,
        priced_tickets=sold.priced_tickets,
        gross_minor=sold.gross_minor,
    )
    revenue += load_posted(Order.event_id == event.id).of(currency=event.currency)
    offers = _load_offers(event, dict(_folded((piece.offer_id, piece.sold) for piece in pieces)), now)
    stock = find_event_stocks([event])[event.id]
    return EventSales(
        event=event,
        revenue=revenue,
        fee_basis_points=fee_basis_points_of(event),
        stock=stock,
        tickets=_count_tickets(event),
        orders=_count_orders(event, now),
        traffic=find_traffic([event.id])[event.id],
        offers=offers,
        by_day=_folded((piece.at.date(), piece.sold) for piece in pieces),
        by_hour=_folded((piece.at.hour, piece.sold) for piece in pieces),
        check_ins=_load_check_ins(event),
        latest=_load_latest(event),
        projected_minor=_projected(event, revenue, offers, stock, now),
    )


def _load_pieces(event: Event) -> list[_Piece]:
    """Return what was sold by offers and quarters of an hour, in the event's zone."""
    rows = db.session.execute(
        sa.select(
            OrderLine.offer_id,
            _quarter_of(Order.confirmed_at),
            TICKETS,
            PRICED_TICKETS,
            sa.func.sum(GROSS),
        )
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.event_id == event.id, Order.currency == event.currency, IS_PAID)
        .group_by(OrderLine.offer_id, sa.literal_column("quarter"))
    )
    return [
        _Piece(offer_id, _local(event, second), Sold(int(tickets), int(gross), int(priced or 0)))
        for offer_id, second, tickets, priced, gross in rows
    ]


def _load_check_ins(event: Event) -> list[tuple[date, int, int]]:
    rows = db.session.execute(
        sa.select(_quarter_of(Admission.admitted_at), sa.func.count())
        .where(Admission.event_id == event.id)
        .group_by(sa.literal_column("quarter"))
    )
    hours: Counter[tuple[date, int]] = Counter()
    for second, count in rows:
        moment = _local(event, second)
        hours[moment.date(), moment.hour] += count
    return [(day_on, hour, count) for (day_on, hour), count in sorted(hours.items())]


def _load_offers(event: Event, sold: dict[int, Sold], now: datetime) -> list[OfferSales]:
    found = select_ticket_types().where(TicketType.event_id == event.id)
    types = db.session.scalars(found.order_by(TicketType.position, TicketType.id)).all()
    return [
        OfferSales(stock, sold.get(stock.offer.id, Sold()))
        for type_stock in load_stocks(types, now)
        for stock in type_stock.offers
    ]


def _count_tickets(event: Event) -> TicketCounts:
    count, is_cancelled = sa.func.count(), Ticket.status == TicketStatus.CANCELLED
    row = db.session.execute(
        sa.select(
            count.filter(sa.not_(is_cancelled)),
            count.filter(Ticket.status == TicketStatus.USED),
            count.filter(is_cancelled),
        ).where(Ticket.event_id == event.id)
    ).one()
    return TicketCounts(*row)


def _count_orders(event: Event, now: datetime) -> OrderCounts:
    is_open = sa.and_(Order.status.in_(UNPAID), Order.expires_at > now)
    count = sa.func.count()
    row = db.session.execute(
        sa.select(count, count.filter(is_open), count.filter(Order.confirmed_at.is_not(None))).where(
            Order.event_id == event.id
        )
    ).one()
    return OrderCounts(*row)


def _load_latest(event: Event) -> list[LatestSale]:
    # By their numbers first: sorting them takes no more of each ticket.
    newest = sa.select(Ticket.id).where(Ticket.event_id == event.id).order_by(Ticket.id.desc()).limit(_LATEST)
    found = (
        sa.select(Ticket)
        .where(Ticket.id.in_(newest))
        .options(joinedload(Ticket.order), joinedload(Ticket.order_line))
        .order_by(Ticket.id.desc())
    )
    return [LatestSale(ticket, price_paid_for(ticket)) for ticket in db.session.scalars(found)]


def price_paid_for(ticket: Ticket) -> Money:
    """Return a ticket's price less its share of the discount, without the fee that its buyer paid on top."""
    line = ticket.order_line
    whole = line.subtotal_minor - line.discount_minor + line.fee_minor
    fee = fee_within(ticket.paid_minor, line.fee_minor, whole) if line.fee_minor else 0
    return Money(ticket.paid_minor - fee, ticket.currency)


def _projected(
    event: Event, revenue: Revenue, offers: Iterable[OfferSales], stock: Stock, now: datetime
) -> int:
    """Return what is earned at prices, and what is left at the mean price of what is left."""
    earned = revenue.gross_minor - revenue.refunds_minor
    if is_sale_over(event, now):
        return earned
    open_ = [each.stock for each in offers if _is_active(each.stock.offer)]
    left = sum(each.left for each in open_)
    worth = sum(each.left * each.offer.price_minor for each in open_)
    return earned + (worth * (stock.left or 0) // left if left else 0)


def _is_active(offer: Offer) -> bool:
    return offer.is_active and offer.ticket_type.is_active


def _quarter_of(moment: Any) -> sa.Label[int]:
    """Return the second (epoch) at which the quarter of an hour of a moment begins."""
    second = sa.extract("epoch", moment)
    return (second - second % _QUARTER).label("quarter")


def _local(event: Event, second: Any) -> datetime:
    return datetime.fromtimestamp(int(second), UTC).astimezone(ZoneInfo(event.time_zone))


def _folded(rows: Iterable[tuple[Any, Sold]]) -> list[tuple[Any, Sold]]:
    found: dict[Any, Sold] = {}
    for key, sold in rows:
        found[key] = found.get(key, Sold()) + sold
    return sorted(found.items())
