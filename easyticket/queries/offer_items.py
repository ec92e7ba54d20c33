"""What an event sells as outside clients know it: each offer is a ticket type of its own, with what is left of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from easyticket.core.errors import NotFound
from easyticket.db import db
from easyticket.models import Event, Offer, OfferQuota, Order, OrderLine, Quota, TicketType
from easyticket.queries.ticket_stock import OfferStock, load_stocks, select_ticket_types


@dataclass(frozen=True, slots=True)
class OfferItem:
    """One offer. `quantity` is how many there are of it, `remaining` what can be bought now by all the limits it is under.

    It can be bought while it is on sale and as many are left as have to be bought at least. `sold_out_at` is when the
    last one was paid for; None while some are left or only held.
    """

    offer: Offer
    quantity: int
    sold: int
    remaining: int
    is_available: bool
    sold_out_at: datetime | None


def list_offer_items(event: Event, now: datetime, *, include_inactive: bool = False) -> list[OfferItem]:
    """Return what the event sells in the organizer's order, for those who may see it; switched off ones if asked for."""
    return load_offer_items([event], now, include_inactive=include_inactive)[event.id]


def load_offer_items(
    events: Iterable[Event], now: datetime, *, include_inactive: bool = False
) -> dict[int, list[OfferItem]]:
    """Return what these events sell by the events' numbers, in three statements, and one more where something is sold out."""
    found: dict[int, list[OfferItem]] = {event.id: [] for event in events}
    types = db.session.scalars(
        select_ticket_types()
        .where(TicketType.event_id.in_(found))
        .order_by(TicketType.event_id, TicketType.position, TicketType.id)
    ).all()
    stocks = [
        each
        for stock in load_stocks(types, now)
        for each in stock.offers
        if include_inactive or (each.offer.is_active and stock.ticket_type.is_active)
    ]
    sold_out = _load_sold_out([stock.offer.id for stock in stocks if stock.left == 0])
    for stock in stocks:
        found[stock.offer.event_id].append(_item(stock, sold_out.get(stock.offer.id)))
    return found


def _item(stock: OfferStock, sold_out_at: datetime | None) -> OfferItem:
    offer = stock.offer
    return OfferItem(
        offer=offer,
        quantity=offer.total_quantity,
        sold=stock.sold,
        remaining=stock.left,
        is_available=stock.is_on_sale and stock.left >= offer.ticket_type.min_purchase,
        sold_out_at=sold_out_at,
    )


def _load_sold_out(offer_ids: Sequence[int]) -> dict[int, datetime]:
    """Return since when these offers are sold out: the last sale from the first of their counters that was used up."""
    if not offer_ids:
        return {}
    own, shared = sa.orm.aliased(OfferQuota), sa.orm.aliased(OfferQuota)
    last_sale = sa.func.max(Order.confirmed_at).label("last_sale")
    used_up = (
        sa.select(own.offer_id, last_sale)
        .join(Quota, Quota.id == own.quota_id)
        .join(shared, shared.quota_id == own.quota_id)
        .join(OrderLine, OrderLine.offer_id == shared.offer_id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(own.offer_id.in_(offer_ids), Quota.capacity <= Quota.sold, Order.confirmed_at.is_not(None))
        .group_by(own.offer_id, own.quota_id)
        .subquery()
    )
    first = sa.select(used_up.c.offer_id, sa.func.min(used_up.c.last_sale)).group_by(used_up.c.offer_id)
    return {row[0]: row[1] for row in db.session.execute(first)}


def get_event_offer(event: Event, offer_id: int) -> Offer:
    """Return what an event sells under this number, with its ticket type.

    :raises NotFound: there is no such thing.
    """
    known = 0 < offer_id < 2**63
    named = sa.select(Offer).filter_by(event_id=event.id, id=offer_id).options(joinedload(Offer.ticket_type))
    found = db.session.scalar(named) if known else None
    if found is None:
        raise NotFound("This event has no such ticket type.", code="no_such_ticket_type")
    return found
