"""What lists of events show beside the event itself: its lowest and highest price and whether there is something to buy.

One statement for all events of a list, however many they are.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from easyticket.core.money import Money, smallest_step
from easyticket.db import db
from easyticket.models import Event, Offer, OfferQuota, Quota, TicketType
from easyticket.queries.offers import fee_basis_points_of
from easyticket.rules.pricing import price_with_fee

# A day, the night after it until six, and the twelve hours by which the last zone is behind.
_DAY_OVER_EVERYWHERE = timedelta(hours=24 + 6 + 12)


class Availability(enum.StrEnum):
    """Whether anything of an event can be bought; whether the event itself still sells is not asked here."""

    NOTHING_YET = "nothing_yet"
    NOT_YET = "not_yet"
    ON_SALE = "on_sale"
    ALL_HELD = "all_held"
    SOLD_OUT = "sold_out"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class EventCard:
    """An event in a list. Prices are with all fees, of what is on sale or will be; None where that is nothing."""

    event: Event
    lowest: Money | None
    highest: Money | None
    availability: Availability


def load_cards(events: Iterable[Event], now: datetime) -> list[EventCard]:
    """Return the cards of these events, in their order, with one statement."""
    events = list(events)
    rows = {row.event_id: row for row in db.session.execute(_summary([event.id for event in events], now))}
    return [_card(event, rows.get(event.id)) for event in events]


def is_offered(now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition that an offer, joined with its ticket type, is on sale or will be: active and not closed.

    A day's ticket counts until its day is over in every zone there is: lists need not know better than that.
    """
    return sa.and_(
        sa.or_(Offer.day_on.is_(None), Offer.day_on > (now - _DAY_OVER_EVERYWHERE).date()),
        Offer.is_active,
        TicketType.is_active,
        sa.or_(Offer.sales_end_at.is_(None), Offer.sales_end_at > now),
        sa.or_(TicketType.sales_end_at.is_(None), TicketType.sales_end_at > now),
    )


def _summary(event_ids: Sequence[int], now: datetime) -> sa.Executable:
    offered = is_offered(now)
    begun = sa.and_(
        sa.or_(Offer.sales_start_at.is_(None), Offer.sales_start_at <= now),
        sa.or_(TicketType.sales_start_at.is_(None), TicketType.sales_start_at <= now),
    )
    is_open = sa.and_(offered, begun)
    return (
        sa.select(
            Offer.event_id,
            sa.func.min(sa.case((offered, Offer.price_minor))).label("lowest"),
            sa.func.max(sa.case((offered, Offer.price_minor))).label("highest"),
            _any(sa.and_(is_open, ~_is_used_up(Quota.held + Quota.sold))).label("can_be_bought"),
            _any(sa.and_(is_open, ~_is_used_up(Quota.sold))).label("may_come_back"),
            _any(is_open).label("is_open"),
            _any(offered).label("is_offered"),
        )
        .join(TicketType, TicketType.id == Offer.ticket_type_id)
        .where(Offer.event_id.in_(event_ids), Offer.is_active, TicketType.is_active)
        .group_by(Offer.event_id)
    )


def _is_used_up(taken: sa.ColumnExpressionArgument[int]) -> sa.ColumnElement[bool]:
    """Return the condition that one of an offer's counters has no room beside `taken`."""
    return (
        sa.select(OfferQuota.id)
        .join(Quota, Quota.id == OfferQuota.quota_id)
        .where(OfferQuota.offer_id == Offer.id, Quota.capacity.is_not(None), Quota.capacity <= taken)
        .correlate(Offer)
        .exists()
    )


def _any(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.max(sa.case((condition, 1), else_=0))


def _card(event: Event, row: Any) -> EventCard:
    lowest, highest = (row.lowest, row.highest) if row else (None, None)
    return EventCard(event, _price(event, lowest), _price(event, highest), _availability(row))


def _price(event: Event, price_minor: int | None) -> Money | None:
    if price_minor is None:
        return None
    basis_points = fee_basis_points_of(event)
    step = smallest_step(event.currency)
    minor = price_with_fee(price_minor, fee_basis_points=basis_points, fee_bearer=event.fee_bearer, step=step)
    return Money(minor, event.currency)


def _availability(row: Any) -> Availability:
    if row is None:
        return Availability.NOTHING_YET
    if row.can_be_bought:
        return Availability.ON_SALE
    if row.may_come_back:
        return Availability.ALL_HELD
    if row.is_open:
        return Availability.SOLD_OUT
    return Availability.NOT_YET if row.is_offered else Availability.CLOSED
