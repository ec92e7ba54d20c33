"""What an organizer is owed, summed from the ledger: what can be paid out now, what has to wait and what was paid."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app

from easyticket.db import db
from easyticket.models import Event, EventStatus, LedgerEntry, LedgerPosting, Order, OrderStatus

_SHARE, _TRANSIT = "organizer_payable", "payout_transit"
# The kind of posting that says money has arrived at an organizer (services/ledger.py).
_ARRIVED = "payout_paid"
_OWN, _CANCELLED, _READY, _WAITING = "own", "cancelled", "ready", "waiting"


@dataclass(frozen=True, slots=True)
class Balance:
    """Amounts of one organizer in minor units of one currency, less what was refunded of each sale.

    `earnings_minor - fees_minor` is what the other four add up to. `available_minor` is below zero where refunds or
    fees took more than there was: sales to come make up for it.
    """

    currency: str
    # The shares of all sales so far, and what was taken from them for checking accounts.
    earnings_minor: int
    fees_minor: int
    # Can be paid out now.
    available_minor: int
    # Of events that are not over, or sold too short ago.
    pending_minor: int
    # On its way to the organizer, or of cancelled events, whose buyers get it back.
    on_hold_minor: int
    # Has arrived.
    paid_out_minor: int

    @property
    def payable_minor(self) -> int:
        """The most that can be asked for now; never below zero."""
        return max(self.available_minor, 0)


def get_balance(organizer_id: int, currency: str, now: datetime) -> Balance:
    """Return what an organizer has in one currency. One statement, however many sales there were."""
    by_account: Counter[tuple[str, str]] = Counter()
    arrived = 0
    for account, phase, kind, minor in db.session.execute(_sums(organizer_id, currency, now)):
        by_account[account, phase] += int(minor)
        arrived += int(minor) if (account, kind) == (_TRANSIT, _ARRIVED) else 0
    transit = -sum(minor for (account, _), minor in by_account.items() if account == _TRANSIT)
    ready, waiting = -by_account[_SHARE, _READY], -by_account[_SHARE, _WAITING]
    cancelled, own = -by_account[_SHARE, _CANCELLED], -by_account[_SHARE, _OWN]
    return Balance(
        currency=currency,
        earnings_minor=ready + waiting + cancelled,
        fees_minor=-(own + transit + arrived),
        available_minor=ready + own,
        pending_minor=waiting,
        on_hold_minor=cancelled + transit,
        paid_out_minor=arrived,
    )


def find_next_available_at(organizer_id: int, currency: str, now: datetime) -> datetime | None:
    """Return when the next of the money that waits can be paid out (UTC), or None where none waits."""
    waiting = (
        sa.select(Event.end_at, sa.func.min(Order.confirmed_at))
        .join(Order, Order.event_id == Event.id)
        .where(Event.organizer_id == organizer_id, Event.status == EventStatus.PUBLISHED)
        .where(Order.currency == currency, Order.status == OrderStatus.CONFIRMED, Order.total_minor > 0)
        .where(sa.not_(_is_ready(now)))
        .group_by(Event.id, Event.end_at)
    )
    rows = db.session.execute(waiting).all()
    return min((max(end_at, sold_at + _delay()) for end_at, sold_at in rows if sold_at), default=None)


def _sums(organizer_id: int, currency: str, now: datetime) -> sa.Select[str, str, str, int]:
    phase = sa.case(
        (LedgerEntry.order_id.is_(None), _OWN),
        (Event.status == EventStatus.CANCELLED, _CANCELLED),
        (_is_ready(now), _READY),
        else_=_WAITING,
    ).label("phase")
    return (
        sa.select(LedgerEntry.account, phase, LedgerPosting.kind, sa.func.sum(LedgerEntry.amount_minor))
        .join(LedgerEntry.posting)
        .outerjoin(Order, Order.id == LedgerEntry.order_id)
        .outerjoin(Event, Event.id == Order.event_id)
        .where(LedgerEntry.organizer_id == organizer_id, LedgerEntry.account.in_((_SHARE, _TRANSIT)))
        .where(LedgerEntry.currency == currency)
        .group_by(LedgerEntry.account, phase, LedgerPosting.kind)
    )


def _is_ready(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(Event.end_at <= now, Order.confirmed_at <= now - _delay())


def _delay() -> timedelta:
    return timedelta(days=current_app.config["SETTINGS"].payout_delay_days)
