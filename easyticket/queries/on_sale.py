"""The conditions "on sale" and "can be bought" for the database: what rules/sales.py says of one offer, said of all at once.

A test holds the two together.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import load_only

from easyticket.db import db
from easyticket.models import Event, EventStatus, Offer, OfferKind, Quota, QuotaKind, TicketType
from easyticket.rules.schedule import event_day_ends_at

Condition = sa.ColumnElement[bool]

# Zones are at most so far ahead of UTC or behind it, and a night belongs to the day before until six.
_AHEAD = timedelta(hours=14)
_BEHIND = timedelta(hours=12)
_DAY_AND_NIGHT = timedelta(hours=24 + 6)
# Stands for "no limit" in sums; a capacity is never above it.
_PLENTY = 10_000_000


def is_type_on_sale(now: datetime) -> Condition:
    """Return the condition that a ticket type, joined with its event, has an offer that is on sale now."""
    is_open = sa.select(Offer.id).where(Offer.ticket_type_id == TicketType.id, *_open_now(now))
    return sa.and_(_event_sells(now), is_open.correlate(TicketType).exists())


def can_type_be_bought(now: datetime) -> Condition:
    """Return the condition that a ticket type, joined with its event, is on sale now and not sold out."""
    own = sa.and_(Quota.kind == QuotaKind.OFFER, Quota.owner_id == Offer.id)
    left = sa.func.coalesce(Quota.capacity - Quota.held - Quota.sold, _PLENTY)
    open_left = (
        sa.select(sa.func.coalesce(sa.func.sum(left), 0))
        .select_from(Offer)
        .outerjoin(Quota, own)
        .where(Offer.ticket_type_id == TicketType.id, *_open_now(now))
        .correlate(TicketType)
        .scalar_subquery()
    )
    return sa.and_(
        _event_sells(now),
        ~_is_short(QuotaKind.TICKET_TYPE, TicketType.id),
        ~_is_short(QuotaKind.EVENT, TicketType.event_id),
        open_left >= TicketType.min_purchase,
    )


def _event_sells(now: datetime) -> Condition:
    is_up = Event.taken_down_at.is_(None)
    return sa.and_(Event.status == EventStatus.PUBLISHED, Event.end_at > now, is_up)


def _open_now(now: datetime) -> list[Condition]:
    found: list[Condition] = [Offer.is_active.is_(True), TicketType.is_active.is_(True)]
    for row in (Offer, TicketType):
        found.append(sa.or_(row.sales_start_at.is_(None), row.sales_start_at <= now))
        found.append(sa.or_(row.sales_end_at.is_(None), row.sales_end_at > now))
    surely_over = Offer.day_on <= (now - _BEHIND - _DAY_AND_NIGHT).date()
    found.append(sa.or_(Offer.day_on.is_(None), sa.not_(surely_over)))
    if over := _load_days_over(now):
        found.append(Offer.id.not_in(sa.bindparam("over", over, expanding=True, literal_execute=True)))
    return found


def _load_days_over(now: datetime) -> Sequence[int]:
    """Return the offers for one day that are over by the clock of their event, of the few days where zones differ.

    When a day is over depends on the event's zone and on how long its nights are, which no database can tell; only events
    that are running on those days are asked.
    """
    last_on = (now + _AHEAD).date()
    rows = db.session.execute(
        sa.select(Offer.id, Offer.day_on, Event)
        .join(Event, Event.id == Offer.event_id)
        .options(load_only(Event.time_zone, Event.start_at, Event.end_at))
        .where(
            _event_sells(now),
            Event.start_at <= now,
            # The only kinds that have a day, named for their index.
            Offer.kind.in_((OfferKind.DAY_PASS, OfferKind.DAY_TIER)),
            Offer.day_on > (now - _BEHIND - _DAY_AND_NIGHT).date(),
            Offer.day_on < last_on,
        )
    )
    return [
        offer_id for offer_id, day_on, event in rows if day_on and event_day_ends_at(event, day_on) <= now
    ]


def _is_short(kind: QuotaKind, owner_id: sa.ColumnExpressionArgument[int]) -> Condition:
    """Return the condition that a counter has less left than has to be bought at once."""
    short = sa.select(Quota.id).where(
        Quota.kind == kind,
        Quota.owner_id == owner_id,
        Quota.capacity - Quota.held - Quota.sold < TicketType.min_purchase,
    )
    return short.correlate(TicketType).exists()
