"""Orders of an organizer's events as their desk shows them: one by its number, and lists by whatever narrows them."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, joinedload, selectinload

from easyticket.core.errors import NotFound
from easyticket.db import db
from easyticket.models import (
    Dispute,
    Event,
    Offer,
    Order,
    OrderLine,
    OrderStatus,
    Payment,
    Refund,
    SalesChannel,
    Ticket,
    TicketType,
)
from easyticket.models.order import UNPAID
from easyticket.queries.attendees import found_by
from easyticket.queries.earnings import IS_PAID
from easyticket.queries.pages import Page, page_of
from easyticket.queries.tickets import has_code
from easyticket.rules.permissions import Actor, Permission, may, require
from easyticket.rules.schedule import Span

Condition = sa.ColumnElement[bool]
_NUMBER = re.compile(r"[A-Z0-9-]{4,24}")


class SoldState(enum.StrEnum):
    """Where an order stands, as its organizer would say it."""

    PAID = "paid"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    NOT_PAID_YET = "not_paid_yet"
    NEVER_PAID = "never_paid"
    CANCELLED = "cancelled"


class SoldThrough(enum.StrEnum):
    """How people bought."""

    WEB = "web"
    APP = "app"
    DOOR = "door"


class SoldOrdering(enum.StrEnum):
    """What comes first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    LARGEST = "largest"
    BUYER = "buyer"


_CHANNELS: Mapping[SoldThrough, tuple[SalesChannel, ...]] = {
    SoldThrough.WEB: (SalesChannel.WEB,),
    SoldThrough.APP: (SalesChannel.API, SalesChannel.API_V1),
    SoldThrough.DOOR: (SalesChannel.DESK,),
}


@dataclass(frozen=True, slots=True)
class SoldOrderFilters:
    """What a list of orders is narrowed to; None and nothing ask for all. `placed` is a span of moments (UTC)."""

    query: str = ""
    state: SoldState | None = None
    through: SoldThrough | None = None
    ticket_type: UUID | None = None
    placed: Span = field(default_factory=Span)


@dataclass(frozen=True, slots=True)
class SoldSum:
    """What the paid ones among some orders brought in one currency, in minor units.

    `paid_minor` is what buyers paid through us with all fees, `refunded_minor` what of it went back. `cash_minor` was
    taken at the door and is in neither.
    """

    currency: str
    orders: int
    tickets: int
    paid_minor: int
    refunded_minor: int
    cash_minor: int


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


def get_sold_ticket(order: Order, code: str) -> Ticket:
    """Return the ticket of a sold order that has the code.

    :raises NotFound: the order has no such ticket.
    """
    found = next((ticket for ticket in order.tickets if ticket.code == code), None)
    if found is None:
        raise NotFound("This order has no such ticket.")
    return found


def list_sold_orders(
    actor: Actor,
    event: Event | None,
    filters: SoldOrderFilters,
    *,
    ordering: SoldOrdering = SoldOrdering.NEWEST,
    page: int,
    per_page: int,
    now: datetime,
) -> Page[Order]:
    """Return one page of the orders of an event, or of all events of the actor's, in a fixed number of statements.

    :raises Forbidden: this is somebody else's event.
    :raises NotFound: there is no such page.
    """
    conditions = _conditions(actor, event, filters, now)
    count = db.session.scalar(sa.select(sa.func.count(Order.id)).where(*conditions)) or 0
    ids = sa.select(Order.id).where(*conditions).order_by(*_KEYS[ordering])

    def load(limit: int, offset: int) -> Sequence[Order]:
        # What is skipped is skipped by ids, and only the rows of the page are read whole.
        wanted = db.session.scalars(ids.limit(limit).offset(offset)).all()
        loaded = (joinedload(Order.event), selectinload(Order.lines), selectinload(Order.payments))
        found = sa.select(Order).where(Order.id.in_(wanted)).options(*loaded, selectinload(Order.disputes))
        orders = {order.id: order for order in db.session.scalars(found)}
        return [orders[order_id] for order_id in wanted]

    return page_of(load, count=count, page=page, per_page=per_page)


def sum_sold_orders(
    actor: Actor, event: Event | None, filters: SoldOrderFilters, now: datetime
) -> list[SoldSum]:
    """Return what the paid ones of those orders brought, for each currency, in one statement.

    :raises Forbidden: this is somebody else's event.
    """
    of_order = (
        sa.select(sa.func.sum(OrderLine.quantity)).where(OrderLine.order_id == Order.id).scalar_subquery()
    )
    rows = db.session.execute(
        sa.select(
            Order.currency,
            sa.func.count(Order.id),
            sa.func.sum(of_order),
            sa.func.sum(Order.total_minor),
            sa.func.sum(Order.refunded_minor),
            sa.func.sum(Order.cash_minor),
        )
        .where(*_conditions(actor, event, filters, now), IS_PAID)
        .group_by(Order.currency)
        .order_by(Order.currency)
    )
    return [SoldSum(currency, *(int(each or 0) for each in sums)) for currency, *sums in rows]


def _conditions(
    actor: Actor, event: Event | None, filters: SoldOrderFilters, now: datetime
) -> list[Condition]:
    if event is not None:
        require(actor, Permission.SEE_SALES, event)
    conditions = [_is_of(Order.event_id, actor, event)]
    if filters.state is not None:
        conditions.append(_is_in(filters.state, now))
    if filters.through is not None:
        conditions.append(Order.channel.in_(_CHANNELS[filters.through]))
    if filters.ticket_type is not None:
        conditions.append(_holds_type(filters.ticket_type))
    if filters.placed.start_at is not None:
        conditions.append(Order.created_at >= filters.placed.start_at)
    if filters.placed.end_at is not None:
        conditions.append(Order.created_at < filters.placed.end_at)
    return conditions + _found_by(filters.query, _is_of(Ticket.event_id, actor, event))


def _is_of(event_id: InstrumentedAttribute[int], actor: Actor, event: Event | None) -> Condition:
    """Return the condition that a column names the event, or any event of the actor's."""
    if event is not None:
        return event_id == event.id
    return event_id.in_(sa.select(Event.id).where(Event.organizer_id == actor.user_id))


def _is_in(state: SoldState, now: datetime) -> Condition:
    is_confirmed, is_unpaid = Order.status == OrderStatus.CONFIRMED, Order.status.in_(UNPAID)
    was_paid = Order.confirmed_at.is_not(None)
    is_cancelled = Order.status == OrderStatus.CANCELLED
    # Of those whose time is up, those that nobody has ended yet.
    is_over = sa.and_(Order.status == OrderStatus.PENDING, Order.expires_at <= now)
    return {
        SoldState.PAID: sa.and_(is_confirmed, Order.refunded_minor == 0),
        SoldState.PARTLY_REFUNDED: sa.and_(is_confirmed, Order.refunded_minor > 0),
        SoldState.REFUNDED: Order.status == OrderStatus.REFUNDED,
        SoldState.DISPUTED: sa.exists().where(Dispute.order_id == Order.id),
        SoldState.NOT_PAID_YET: sa.and_(is_unpaid, sa.not_(is_over)),
        SoldState.NEVER_PAID: sa.or_(
            Order.status == OrderStatus.FAILED, sa.and_(is_cancelled, sa.not_(was_paid)), is_over
        ),
        SoldState.CANCELLED: sa.and_(is_cancelled, was_paid),
    }[state]


def _holds_type(uuid: UUID) -> Condition:
    of_type = sa.select(Offer.id).join(Offer.ticket_type).where(TicketType.uuid == uuid)
    return sa.exists().where(OrderLine.order_id == Order.id, OrderLine.offer_id.in_(of_type))


def _found_by(query: str, is_ticket_here: Condition) -> list[Condition]:
    """Return the condition that the order has this number, payment or ticket, or was bought by whom it names."""
    number = "".join(query.split()).upper()
    others = [
        _holds_ticket(query, is_ticket_here),
        sa.exists().where(Payment.order_id == Order.id, Payment.reference == query.strip()),
    ]
    if _NUMBER.fullmatch(number):
        others.append(Order.number.startswith(number, autoescape=True))
        others.append(Order.purchase_code == number)
    return found_by(query, (Order.buyer_name, Order.buyer_email, Order.buyer_phone), *others)


def _holds_ticket(query: str, is_here: Condition) -> Condition:
    """Return the condition that a ticket of the order has this code, or is in the name or at the address of whom it names."""
    named = found_by(query, (Ticket.attendee_name, Ticket.attendee_email, Ticket.attendee_phone))
    is_named = sa.or_(has_code(query), *named)
    return Order.id.in_(sa.select(Ticket.order_id).where(is_here, is_named))


_KEYS: Mapping[SoldOrdering, tuple[Any, ...]] = {
    SoldOrdering.NEWEST: (Order.id.desc(),),
    SoldOrdering.OLDEST: (Order.id.asc(),),
    SoldOrdering.LARGEST: ((Order.total_minor + Order.cash_minor).desc(), Order.id.desc()),
    SoldOrdering.BUYER: (sa.func.lower(Order.buyer_name), Order.id.desc()),
}
