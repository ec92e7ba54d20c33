"""What organizers are owed, summed from the ledger: what can be paid out now, what has to wait, what was paid, and what was
paid or asked for without being covered any more.

Once real money is paid out of the site, sales that were paid with play money or with a provider's test keys are no part of
any of it: nobody was charged for them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app

from easyticket.core.money import Money, currency_digits
from easyticket.db import db
from easyticket.models import (
    Event,
    EventStatus,
    LedgerAccount,
    LedgerEntry,
    LedgerPosting,
    Order,
    OrderStatus,
    Payment,
    PaymentState,
    PostingKind,
)
from easyticket.rules.payouts import is_money_real

_SHARE, _TRANSIT = LedgerAccount.ORGANIZER_PAYABLE, LedgerAccount.PAYOUT_TRANSIT
_FROZEN = LedgerAccount.ORGANIZER_DISPUTED
# What was paid out, and what of that came back: account and kind of its entries.
_ARRIVED = ((_TRANSIT, PostingKind.PAYOUT_PAID), (_SHARE, PostingKind.PAYOUT_REVERSED))
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
    # Of events that are not over, or were to last longer when they were sold; or sold too short ago.
    pending_minor: int
    # On its way to the organizer, frozen by disputes, or of cancelled events, whose buyers get it back.
    on_hold_minor: int
    # Has arrived.
    paid_out_minor: int
    # The parts of what is on hold that are on their way and frozen by disputes; the rest is of cancelled events.
    on_its_way_minor: int = 0
    disputed_minor: int = 0

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
        arrived += int(minor) if (account, kind) in _ARRIVED else 0
    transit, disputed = (
        -sum(minor for (account, _), minor in by_account.items() if account == wanted)
        for wanted in (_TRANSIT, _FROZEN)
    )
    ready, waiting = -by_account[_SHARE, _READY], -by_account[_SHARE, _WAITING]
    cancelled, own = -by_account[_SHARE, _CANCELLED], -by_account[_SHARE, _OWN]
    return Balance(
        currency=currency,
        earnings_minor=ready + waiting + cancelled + disputed,
        fees_minor=-(own + transit + arrived),
        available_minor=ready + own,
        pending_minor=waiting,
        on_hold_minor=cancelled + transit + disputed,
        paid_out_minor=arrived,
        on_its_way_minor=transit,
        disputed_minor=disputed,
    )


def list_balances(organizer_id: int, now: datetime) -> list[Balance]:
    """Return an organizer's balance in every currency they ever had money in, by its code."""
    mine = LedgerEntry.organizer_id == organizer_id
    currencies = sa.select(LedgerEntry.currency).where(mine).distinct().order_by(LedgerEntry.currency)
    return [get_balance(organizer_id, currency, now) for currency in db.session.scalars(currencies).all()]


def get_least_payout(currency: str) -> Money:
    """Return the least that can be paid out in a currency (the setting MIN_PAYOUT)."""
    whole: int = current_app.config["SETTINGS"].min_payout
    return Money(whole * 10 ** currency_digits(currency), currency)


def find_next_available_at(organizer_id: int, currency: str, now: datetime) -> datetime | None:
    """Return when the next of the money that waits can be paid out (UTC), or None where none waits."""
    waiting = (
        sa.select(_promised_end(), sa.func.min(Order.confirmed_at))
        .join(Order, Order.event_id == Event.id)
        .where(Event.organizer_id == organizer_id, Event.status == EventStatus.PUBLISHED)
        .where(Order.currency == currency, Order.status == OrderStatus.CONFIRMED, Order.total_minor > 0)
        .where(sa.not_(_is_ready(now)), was_really_paid(Order.id))
        .group_by(Event.id)
    )
    rows = db.session.execute(waiting).all()
    return min((max(end_at, sold_at + _delay()) for end_at, sold_at in rows if sold_at), default=None)


def find_uncovered(organizer_ids: Collection[int], now: datetime) -> dict[tuple[int, str], int]:
    """Return by organizer and currency how much, in minor units, was paid out or asked for beyond what can be paid out of
    all their sales: refunds took it. Only where there is something; one statement. What a check of an account costs is no
    part of it."""
    missing = sa.func.sum(LedgerEntry.amount_minor)
    is_payable = sa.and_(Event.status != EventStatus.CANCELLED, _is_ready(now))
    rows = db.session.execute(
        sa.select(LedgerEntry.organizer_id, LedgerEntry.currency, missing)
        .join(LedgerEntry.posting)
        .outerjoin(Order, Order.id == LedgerEntry.order_id)
        .outerjoin(Event, Event.id == Order.event_id)
        .where(LedgerEntry.organizer_id.in_(organizer_ids), LedgerEntry.account == _SHARE)
        .where(was_really_paid(LedgerEntry.order_id))
        .where(
            LedgerPosting.kind != PostingKind.VERIFICATION, sa.or_(LedgerEntry.order_id.is_(None), is_payable)
        )
        .group_by(LedgerEntry.organizer_id, LedgerEntry.currency)
        .having(missing > 0)
    )
    return {(organizer_id, currency): int(minor) for organizer_id, currency, minor in rows if organizer_id}


def was_really_paid(order_id: Any) -> sa.ColumnElement[bool]:
    """Return the condition that the order in a column was not settled with play or test money; NULL is no order and fulfils
    it. On a site without a live key, where nothing that is paid out is real, everything fulfils it."""
    if not is_money_real(current_app.config["SETTINGS"]):
        return sa.true()
    return ~sa.exists().where(
        Payment.order_id == order_id, Payment.state == PaymentState.PAID, Payment.is_live.is_(False)
    )


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
        .where(LedgerEntry.organizer_id == organizer_id, LedgerEntry.account.in_((_SHARE, _FROZEN, _TRANSIT)))
        .where(LedgerEntry.currency == currency, was_really_paid(LedgerEntry.order_id))
        .group_by(LedgerEntry.account, phase, LedgerPosting.kind)
    )


def _is_ready(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(_promised_end() <= now, Order.confirmed_at <= now - _delay())


def _promised_end() -> sa.ColumnElement[datetime]:
    """The latest end the event had since tickets of it were ordered."""
    is_sooner = Event.promised_end_at > Event.end_at
    return sa.case((is_sooner, Event.promised_end_at), else_=Event.end_at)


def _delay() -> timedelta:
    return timedelta(days=current_app.config["SETTINGS"].payout_delay_days)
