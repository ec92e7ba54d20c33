"""What is left of ticket types and of each offer under them, and whether they are on sale: one statement for any number.

An offer takes from its own counter, from its ticket type's and from its event's (services/ticket_types.py makes it so).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, selectinload

from easyticket.db import db
from easyticket.models import Event, Offer, OfferKind, Quota, QuotaKind, TicketType
from easyticket.rules.sales import why_not_on_sale, why_offer_not_on_sale


@dataclass(frozen=True, slots=True)
class OfferStock:
    """One offer with its counts. `left` is what can be bought of it now, by all the counters it takes from.

    It is sold out when fewer are left than somebody has to buy at least; what is only held for other buyers may come back.
    """

    offer: Offer
    sold: int
    held: int
    left: int
    is_sold_out: bool
    is_on_sale: bool


@dataclass(frozen=True, slots=True)
class TypeStock:
    """One ticket type with its counts and its offers in the organizer's order.

    `left` is what the type and its event have left; `buyable` counts of that the offers that are open now, or all that
    are switched on while none is, and decides whether it is sold out. Prices are minor units without the fee;
    `lowest_price_minor` is None while nothing is switched on.
    """

    ticket_type: TicketType
    offers: tuple[OfferStock, ...]
    sold: int
    held: int
    left: int
    buyable: int
    is_sold_out: bool
    is_on_sale: bool
    lowest_price_minor: int | None

    @property
    def price_minor(self) -> int | None:
        """The price of simple pricing; None where tiers or days have prices of their own."""
        return next(
            (each.offer.price_minor for each in self.offers if each.offer.kind is OfferKind.SIMPLE), None
        )

    def offers_of(self, kind: OfferKind) -> list[OfferStock]:
        """Return the offers of one kind by their numbers; passes for all days come last."""
        found = [each for each in self.offers if each.offer.kind is kind]
        return sorted(found, key=lambda each: _place(each.offer))


@dataclass(frozen=True, slots=True)
class _Counter:
    capacity: int | None
    held: int
    sold: int

    @property
    def left(self) -> int | None:
        return None if self.capacity is None else max(self.capacity - self.held - self.sold, 0)


_Counters = Mapping[tuple[QuotaKind, int], _Counter]
_NO_COUNTER = _Counter(None, 0, 0)


def select_ticket_types() -> sa.Select[TicketType]:
    """Return ticket types joined with their events, both loaded with all offers as `load_stocks` needs them."""
    long_texts = (Event.description, Event.search_text, Event.terms_and_conditions, Event.refund_policy)
    event = contains_eager(TicketType.event)
    without = [event.defer(text) for text in long_texts]
    return (
        sa.select(TicketType).join(TicketType.event).options(event, *without, selectinload(TicketType.offers))
    )


def load_stocks(ticket_types: Sequence[TicketType], now: datetime) -> list[TypeStock]:
    """Return what is left of these ticket types, in their order; lists come from `select_ticket_types`."""
    if not ticket_types:
        return []
    counters = _load_counters({ticket_type.event_id for ticket_type in ticket_types})
    return [_type_stock(ticket_type, counters, now) for ticket_type in ticket_types]


def _load_counters(event_ids: Iterable[int]) -> _Counters:
    # All counters of the events: naming those that are needed would take three kinds of condition, which no index serves.
    rows = db.session.execute(
        sa.select(Quota.kind, Quota.owner_id, Quota.capacity, Quota.held, Quota.sold).where(
            Quota.event_id.in_(event_ids)
        )
    )
    return {(row.kind, row.owner_id): _Counter(row.capacity, row.held, row.sold) for row in rows}


def _type_stock(ticket_type: TicketType, counters: _Counters, now: datetime) -> TypeStock:
    own = counters[QuotaKind.TICKET_TYPE, ticket_type.id]
    shared = (own, counters.get((QuotaKind.EVENT, ticket_type.event_id), _NO_COUNTER))
    on = [offer for offer in ticket_type.offers if offer.is_active]
    needed = ticket_type.min_purchase if len(on) == 1 else 1
    offers = tuple(_offer_stock(offer, own, shared, counters, needed, now) for offer in ticket_type.offers)
    counted = [each for each in offers if why_offer_not_on_sale(each.offer, now) is None]
    counted = counted or [each for each in offers if each.offer.is_active]
    left = _least(shared)
    buyable = min(left, sum(each.left for each in counted)) if counted else left
    return TypeStock(
        ticket_type=ticket_type,
        offers=offers,
        sold=own.sold,
        held=own.held,
        left=left,
        buyable=buyable,
        is_sold_out=buyable < ticket_type.min_purchase,
        is_on_sale=any(each.is_on_sale for each in offers),
        lowest_price_minor=min((offer.price_minor for offer in on), default=None),
    )


def _offer_stock(
    offer: Offer,
    of_type: _Counter,
    shared: tuple[_Counter, ...],
    counters: _Counters,
    needed: int,
    now: datetime,
) -> OfferStock:
    # A simple ticket type has one offer, which is limited by the type alone.
    own = counters.get((QuotaKind.OFFER, offer.id), of_type)
    left = _least((own, *shared))
    return OfferStock(
        offer=offer,
        sold=own.sold,
        held=own.held,
        left=left,
        is_sold_out=left < needed,
        is_on_sale=why_not_on_sale(offer, now) is None,
    )


def _least(counters: Iterable[_Counter]) -> int:
    """Return the smallest number left; a ticket type always has a limit, so there is one."""
    return min(counter.left for counter in counters if counter.left is not None)


def _place(offer: Offer) -> tuple[float, float, int]:
    """Return what offers of one kind are sorted by."""
    last = float("inf")
    day, tier = offer.day_number, offer.tier_number
    return (last if day is None else day, last if tier is None else tier, offer.id)
