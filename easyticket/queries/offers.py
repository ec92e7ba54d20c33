"""What an event has on sale at this moment: each offer with its state, what is left, and its price with all fees."""

from __future__ import annotations

import enum
import math
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import contains_eager

from easyticket.core.money import smallest_step
from easyticket.db import db
from easyticket.models import Event, Hold, HoldLine, HoldState, Offer, OfferQuota, Quota, TicketType
from easyticket.rules.pricing import price_with_fee
from easyticket.rules.sales import (
    is_sale_over,
    sales_end,
    sales_start,
    why_offer_not_on_sale,
)


class OfferState(enum.StrEnum):
    """What stands in the way of buying an offer now, if anything."""

    ON_SALE = "on_sale"
    NOT_YET = "not_yet"
    CLOSED = "closed"
    SOLD_OUT = "sold_out"
    # Nothing is left, but some of it is only held and may come back.
    ALL_HELD = "all_held"
    INACTIVE = "inactive"


@dataclass(frozen=True, slots=True)
class OfferOnSale:
    """One offer as it stands now. Prices are minor units of the event's currency.

    `left` is None where nothing limits it. `minimum` and `maximum` are the limits of its ticket type per purchase;
    `maximum` is lowered to what is left. `look_again_seconds` is set when everything is held, and says when the first
    of what stands in the way runs out.
    """

    offer: Offer
    state: OfferState
    left: int | None
    look_again_seconds: int | None
    price_with_fee_minor: int
    minimum: int
    maximum: int
    sales_start_at: datetime | None
    sales_end_at: datetime | None

    @property
    def is_on_sale(self) -> bool:
        """True if it can be bought now."""
        return self.state is OfferState.ON_SALE


@dataclass(frozen=True, slots=True)
class _Limit:
    """One counter an offer takes from, as the database has it now."""

    quota_id: int
    capacity: int | None
    held: int
    sold: int

    @property
    def left(self) -> int | None:
        return None if self.capacity is None else max(self.capacity - self.held - self.sold, 0)


@dataclass(frozen=True, slots=True)
class _Stock:
    """An offer with its counters; `needed` is the smallest number somebody can buy of it."""

    offer: Offer
    limits: tuple[_Limit, ...]
    needed: int

    @property
    def left(self) -> int | None:
        return min((limit.left for limit in self.limits if limit.left is not None), default=None)

    @property
    def short(self) -> list[_Limit]:
        """The counters that have too little left."""
        return [limit for limit in self.limits if limit.left is not None and limit.left < self.needed]

    @property
    def may_come_back(self) -> bool:
        """True if each of those would have enough once its holds run out."""
        return all((limit.left or 0) + limit.held >= self.needed for limit in self.short)


def fee_basis_points_of(event: Event) -> int:
    """Return the fee of an event in hundredths of a percent: its own, or the site's."""
    default: int = current_app.config["SETTINGS"].fee_basis_points
    return default if event.fee_basis_points is None else event.fee_basis_points


def list_offers(event: Event, now: datetime, *, include_inactive: bool = False) -> list[OfferOnSale]:
    """Return what the event sells in the organizer's order, in at most three statements however much it is.

    Offers that were switched off are left out unless `include_inactive`. A draft's are told as if it were published,
    so that its owner sees what buyers will see.
    """
    stocks = _load_stocks(event, include_inactive=include_inactive)
    states = [_state(stock, event, now) for stock in stocks]
    blocking = {
        limit.quota_id
        for stock, state in zip(stocks, states, strict=True)
        if state is OfferState.ALL_HELD
        for limit in stock.short
    }
    first_back = _load_first_expiries(event, blocking) if blocking else {}
    return [_told(stock, state, first_back, event, now) for stock, state in zip(stocks, states, strict=True)]


def _load_stocks(event: Event, *, include_inactive: bool) -> list[_Stock]:
    offers = db.session.scalars(
        sa.select(Offer)
        .join(Offer.ticket_type)
        .where(Offer.event_id == event.id)
        .options(contains_eager(Offer.ticket_type))
        .order_by(TicketType.position, TicketType.id, Offer.position, Offer.id)
    ).all()
    if not include_inactive:
        offers = [offer for offer in offers if offer.is_active and offer.ticket_type.is_active]
    offers_of_type = Counter(offer.ticket_type_id for offer in offers)
    limits = _load_limits(event)
    return [
        _Stock(
            offer=offer,
            limits=tuple(limits[offer.id]),
            # Where a type has several offers, its least purchase may be mixed from them.
            needed=offer.ticket_type.min_purchase if offers_of_type[offer.ticket_type_id] == 1 else 1,
        )
        for offer in offers
    ]


def _load_limits(event: Event) -> dict[int, list[_Limit]]:
    rows = db.session.execute(
        sa.select(OfferQuota.offer_id, Quota.id, Quota.capacity, Quota.held, Quota.sold)
        .join(Offer, Offer.id == OfferQuota.offer_id)
        .join(Quota, Quota.id == OfferQuota.quota_id)
        .where(Offer.event_id == event.id)
    )
    limits: dict[int, list[_Limit]] = defaultdict(list)
    for offer_id, quota_id, capacity, held, sold in rows:
        limits[offer_id].append(_Limit(quota_id, capacity, held, sold))
    return limits


def _load_first_expiries(event: Event, quota_ids: Collection[int]) -> dict[int, datetime]:
    """Return when the first hold on each of these counters runs out."""
    rows = db.session.execute(
        sa.select(HoldLine.quota_id, sa.func.min(Hold.expires_at))
        .join(Hold, Hold.id == HoldLine.hold_id)
        .where(Hold.event_id == event.id, Hold.state == HoldState.HELD, HoldLine.quota_id.in_(quota_ids))
        .group_by(HoldLine.quota_id)
    )
    return {row[0]: row[1] for row in rows}


def _state(stock: _Stock, event: Event, now: datetime) -> OfferState:
    if is_sale_over(event, now):
        return OfferState.CLOSED
    reason = why_offer_not_on_sale(stock.offer, now)
    if reason is not None:
        return OfferState(reason.value)
    if not stock.short:
        return OfferState.ON_SALE
    return OfferState.ALL_HELD if stock.may_come_back else OfferState.SOLD_OUT


def _told(
    stock: _Stock, state: OfferState, first_back: Mapping[int, datetime], event: Event, now: datetime
) -> OfferOnSale:
    offer, left = stock.offer, stock.left
    most = offer.ticket_type.max_purchase
    return OfferOnSale(
        offer=offer,
        state=state,
        left=left,
        look_again_seconds=_seconds_until_back(stock, first_back, now)
        if state is OfferState.ALL_HELD
        else None,
        price_with_fee_minor=price_with_fee(
            offer.price_minor,
            fee_basis_points=fee_basis_points_of(event),
            fee_bearer=event.fee_bearer,
            step=smallest_step(event.currency),
        ),
        minimum=offer.ticket_type.min_purchase,
        maximum=most if left is None else min(most, left),
        sales_start_at=sales_start(offer),
        sales_end_at=sales_end(offer),
    )


def _seconds_until_back(stock: _Stock, first_back: Mapping[int, datetime], now: datetime) -> int:
    """Return when the last of the counters in the way gets something back; a hold that ran out ends any moment now."""
    last = max(first_back.get(limit.quota_id, now) for limit in stock.short)
    return max(math.ceil((last - now).total_seconds()), 1)
