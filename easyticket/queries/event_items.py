"""What outside clients read beside an event in any list: its tickets in all, sold and left, its prices and its category.

Four statements for any number of events; queries/offer_items.py tells what each of their tickets is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from easyticket.core.money import Money
from easyticket.db import db
from easyticket.models import Event, Offer, Quota, QuotaKind, TicketType
from easyticket.queries.category_items import CategoryItem, load_category_items
from easyticket.queries.event_cards import is_offered
from easyticket.rules.pricing import listed_price


@dataclass(frozen=True, slots=True)
class PriceSpan:
    """The lowest and the highest price of an event, without fees, in its currency."""

    lowest: Money
    highest: Money


@dataclass(frozen=True, slots=True)
class EventItem:
    """An event in a list. `total` is all it has to sell, `available` what nobody bought or holds, by its own limit too.

    Prices are those of what is on sale or will be; of all that is switched on where nothing is any more; and what the
    organizer listed the event at, or nothing, while there are no tickets.
    """

    event: Event
    category: CategoryItem
    total: int
    sold: int
    available: int
    prices: PriceSpan


def load_event_items(events: Iterable[Event], now: datetime) -> list[EventItem]:
    """Return the items of these events in their order, in four statements; lists come from `queries.events.for_list`."""
    events = list(events)
    if not events:
        return []
    categories = load_category_items((event.category for event in events), now)
    prices = load_prices(events, now)
    stocks = {row.event_id: row for row in db.session.execute(_stocks([event.id for event in events]))}
    return [
        EventItem(event, categories[event.category_id], *_counts(stocks[event.id]), prices[event.id])
        for event in events
    ]


def load_event_item(event: Event, now: datetime) -> EventItem:
    """Return the item of one event."""
    return load_event_items([event], now)[0]


def load_prices(events: Sequence[Event], now: datetime) -> dict[int, PriceSpan]:
    """Return the prices of these events by their numbers, as items tell them, in one statement."""
    rows = {row.event_id: row for row in db.session.execute(_prices([event.id for event in events], now))}
    return {event.id: _span(event, rows.get(event.id)) for event in events}


def _prices(event_ids: Sequence[int], now: datetime) -> sa.Executable:
    offered = sa.case((is_offered(now), Offer.price_minor))
    return (
        sa.select(
            Offer.event_id,
            sa.func.coalesce(sa.func.min(offered), sa.func.min(Offer.price_minor)).label("lowest"),
            sa.func.coalesce(sa.func.max(offered), sa.func.max(Offer.price_minor)).label("highest"),
        )
        .join(TicketType, TicketType.id == Offer.ticket_type_id)
        .where(Offer.event_id.in_(event_ids), Offer.is_active, TicketType.is_active)
        .group_by(Offer.event_id)
    )


def _span(event: Event, row: Any) -> PriceSpan:
    if row is None:
        return PriceSpan(listed_price(event), listed_price(event))
    return PriceSpan(Money(row.lowest, event.currency), Money(row.highest, event.currency))


def _stocks(event_ids: Sequence[int]) -> sa.Executable:
    of_event, of_type = Quota.kind == QuotaKind.EVENT, Quota.kind == QuotaKind.TICKET_TYPE
    taken = Quota.held + Quota.sold
    # What is switched off has only what was sold and is held of it.
    offered = sa.case((TicketType.is_active, Quota.capacity), else_=taken)
    return (
        sa.select(
            Quota.event_id,
            sa.func.max(sa.case((of_event, Quota.capacity))).label("capacity"),
            sa.func.max(sa.case((of_event, Quota.sold))).label("sold"),
            sa.func.max(sa.case((of_event, taken))).label("taken"),
            sa.func.sum(sa.case((of_type, offered))).label("offered"),
            sa.func.sum(sa.case((of_type, offered - taken))).label("left"),
        )
        .outerjoin(TicketType, sa.and_(of_type, TicketType.id == Quota.owner_id))
        .where(Quota.event_id.in_(event_ids), sa.or_(of_event, of_type))
        .group_by(Quota.event_id)
    )


def _counts(row: Any) -> tuple[int, int, int]:
    """Return how many tickets there are in all, sold, and left.

    An event that sells nothing yet has its room for people in all, and nothing of it is left to buy.
    """
    room = row.capacity
    if row.offered is None:
        return room or 0, row.sold, 0
    total, left = int(row.offered), int(row.left)
    if room is not None:
        total, left = min(total, room), min(left, room - row.taken)
    return total, row.sold, max(left, 0)
