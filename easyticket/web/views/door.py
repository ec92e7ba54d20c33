"""The door of an event, written out: what can be sold, what was sold, and the tickets of one sale with their codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from flask import url_for

from easyticket.core.money import Money
from easyticket.models import Event, Order, Ticket, TicketStatus
from easyticket.queries.door import DoorTotals
from easyticket.queries.ticket_stock import OfferStock
from easyticket.rules.admission import why_not_admitted
from easyticket.rules.door_sales import may_be_taken_back, sells_at_door
from easyticket.rules.purchase import MAX_TICKETS
from easyticket.rules.sales import NotOnSale, why_offer_not_on_sale
from easyticket.rules.wording import clock_text, money_text, sum_text
from easyticket.services.tickets import qr_content
from easyticket.web.views.chooser import zero_text


@dataclass(frozen=True, slots=True)
class DoorOffer:
    """One thing to sell. `off` says why none of it can be, where that is so."""

    field: str
    name: str
    price: str
    note: str
    off: str
    value: str
    most: int
    unit_minor: int


@dataclass(frozen=True, slots=True)
class DoorRow:
    """One of the last sales."""

    url: str
    title: str
    detail: str
    number: str
    amount: str


@dataclass(frozen=True, slots=True)
class DoorPage:
    """The page to sell on. `why_not` says why nothing can be sold, if so."""

    title: str
    slug: str
    why_not: str
    offers: Sequence[DoorOffer]
    zero: str
    sold: str
    rows: Sequence[DoorRow]


@dataclass(frozen=True, slots=True)
class DoorTicket:
    """One ticket that was sold: who for, its code and where its picture is; no picture once it is worth nothing."""

    name: str
    attendee: str
    code: str
    qr_url: str
    state: str


@dataclass(frozen=True, slots=True)
class DoorSalePage:
    """The page of one sale: what to take, and the tickets to show or write down."""

    title: str
    slug: str
    number: str
    heading: str
    tone: str
    text: str
    tickets: Sequence[DoorTicket]
    order_url: str
    may_check_in: bool
    key: str
    take_back_url: str


def door_page(
    event: Event,
    offers: Sequence[OfferStock],
    totals: DoorTotals,
    sales: Sequence[Order],
    typed: Mapping[str, str],
    now: datetime,
) -> DoorPage:
    """Return the page to sell on, with what was typed before."""
    return DoorPage(
        title=event.title,
        slug=event.slug,
        why_not=""
        if sells_at_door(event, now)
        else "Tickets are sold while the event is published and not over.",
        offers=[_offer(each, typed, now) for each in offers],
        zero=zero_text(event.currency),
        sold=_sold_text(totals),
        rows=[_row(event, order) for order in sales],
    )


def door_sale_page(event: Event, order: Order, now: datetime) -> DoorSalePage:
    """Return the page of one sale."""
    is_good = any(ticket.status is not TicketStatus.CANCELLED for ticket in order.tickets)
    cash = money_text(Money(order.cash_minor, order.currency))
    count = "1 ticket" if order.quantity == 1 else f"{order.quantity} tickets"
    mailed = f" Also on the way to {order.buyer_email}." if order.buyer_email else ""
    return DoorSalePage(
        title=event.title,
        slug=event.slug,
        number=order.number,
        heading=(f"Take {cash}" if order.cash_minor else "Nothing to take") if is_good else "Taken back",
        tone="good" if is_good else "",
        text=f"{count} sold.{mailed}" if is_good else "These tickets let nobody in.",
        tickets=[_ticket(event, ticket) for ticket in order.tickets],
        order_url=url_for("organizer.order", number=order.number),
        may_check_in=any(_can_come_in(event, ticket, now) for ticket in order.tickets),
        key=str(uuid4()),
        take_back_url=url_for("organizer.take_back", number=order.number) if may_be_taken_back(order) else "",
    )


def _offer(stock: OfferStock, typed: Mapping[str, str], now: datetime) -> DoorOffer:
    offer = stock.offer
    left = f"{stock.left:,} left" if stock.left else ""
    is_hidden = why_offer_not_on_sale(offer, now) is NotOnSale.INACTIVE
    return DoorOffer(
        field=f"quantity-{offer.uuid}",
        name=offer.full_name,
        price=money_text(Money(offer.price_minor, offer.ticket_type.event.currency)),
        note=" · ".join(filter(None, (left, "not shown to buyers" if is_hidden else ""))),
        off="" if stock.left else "All held by buyers" if stock.held else "Sold out",
        value=typed.get(str(offer.uuid), ""),
        most=min(stock.left, MAX_TICKETS),
        unit_minor=offer.price_minor,
    )


def _sold_text(totals: DoorTotals) -> str:
    if not totals.orders:
        return ""
    tickets = "1 ticket" if totals.tickets == 1 else f"{totals.tickets:,} tickets"
    return f"{tickets} sold at the door, {sum_text(totals.cash)} in cash"


def _row(event: Event, order: Order) -> DoorRow:
    lines = ", ".join(f"{line.quantity} × {line.full_name}" for line in order.lines)
    at = clock_text(order.created_at, event.time_zone)
    return DoorRow(
        url=url_for("organizer.door_sale", slug=event.slug, number=order.number),
        title=lines,
        detail=" · ".join(filter(None, (at, order.buyer_name))),
        number=order.number,
        amount=money_text(Money(order.cash_minor, order.currency)),
    )


def _ticket(event: Event, ticket: Ticket) -> DoorTicket:
    is_good = ticket.status is not TicketStatus.CANCELLED
    is_in = ticket.status is TicketStatus.USED and ticket.used_at is not None
    at = f"In since {clock_text(ticket.used_at, event.time_zone)}" if is_in and ticket.used_at else ""
    return DoorTicket(
        name=ticket.full_name,
        attendee=ticket.attendee_name,
        code=ticket.code,
        qr_url=url_for("qr.picture", code=qr_content(ticket)) if is_good else "",
        state=at if is_good else "Taken back",
    )


def _can_come_in(event: Event, ticket: Ticket, now: datetime) -> bool:
    return ticket.status is TicketStatus.ACTIVE and why_not_admitted(ticket, event, now) is None
