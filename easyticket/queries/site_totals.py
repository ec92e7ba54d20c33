"""How the site does for those who run it: the last thirty days beside the thirty before, and what sells best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from easyticket.db import db
from easyticket.models import Event, Order, OrderLine, User
from easyticket.queries.earnings import IS_PAID, TICKETS
from easyticket.rules.permissions import Actor, Permission, require

# How long one of the two spans is that are put side by side.
SPAN = timedelta(days=30)
_BEST = 5


@dataclass(frozen=True, slots=True)
class Pair:
    """A number of the last thirty days, and that of the thirty before."""

    now: int = 0
    before: int = 0


@dataclass(frozen=True, slots=True)
class MoneyPair:
    """What buyers paid in one currency with all fees, and the platform's part of it, both as on the day they paid."""

    currency: str
    paid: Pair
    fees: Pair


@dataclass(frozen=True, slots=True)
class BestSeller:
    """An event that sold in the last thirty days, and how many tickets."""

    title: str
    slug: str
    tickets: int


@dataclass(frozen=True, slots=True)
class SiteTotals:
    """Sales of paid orders, what of them was returned later among them; accounts made and events published.

    `money` has the currency of most orders first.
    """

    orders: Pair
    tickets: Pair
    accounts: Pair
    events: Pair
    money: Sequence[MoneyPair]
    best: Sequence[BestSeller]


def load_site_totals(actor: Actor, now: datetime) -> SiteTotals:
    """Return how the site does, in five statements.

    :raises Forbidden: the actor does not run it.
    """
    require(actor, Permission.RUN_SITE)
    paid = _load_paid(now)
    return SiteTotals(
        orders=Pair(sum(row.orders for row in paid), sum(row.orders_before for row in paid)),
        tickets=_count_tickets(now),
        accounts=_count_of(User.created_at, now, User.deleted_at.is_(None)),
        events=_count_of(Event.published_at, now, Event.taken_down_at.is_(None)),
        money=[
            MoneyPair(row.currency, Pair(row.paid, row.paid_before), Pair(row.fees, row.fees_before))
            for row in paid
            if row.paid or row.paid_before
        ],
        best=_find_best(now),
    )


def _load_paid(now: datetime) -> Sequence[Any]:
    is_new, orders = Order.confirmed_at > now - SPAN, sa.func.count(Order.id)
    paid, fees = sa.func.sum(Order.total_minor), sa.func.sum(Order.platform_fee_minor)
    return db.session.execute(
        sa.select(
            Order.currency,
            orders.filter(is_new).label("orders"),
            orders.filter(~is_new).label("orders_before"),
            *_both("paid", paid, is_new),
            *_both("fees", fees, is_new),
        )
        .where(*_paid_since(now - 2 * SPAN, now))
        .group_by(Order.currency)
        .order_by(orders.desc(), Order.currency)
    ).all()


def _both(name: str, total: sa.Function[Any], is_new: sa.ColumnElement[bool]) -> list[sa.Label[int]]:
    return [
        sa.cast(sa.func.coalesce(total.filter(is_new), 0), sa.BigInteger).label(name),
        sa.cast(sa.func.coalesce(total.filter(~is_new), 0), sa.BigInteger).label(f"{name}_before"),
    ]


def _count_tickets(now: datetime) -> Pair:
    is_new = Order.confirmed_at > now - SPAN
    counted = sa.select(*_both("tickets", TICKETS, is_new)).join(OrderLine.order)
    row = db.session.execute(counted.where(*_paid_since(now - 2 * SPAN, now))).one()
    return Pair(row.tickets, row.tickets_before)


def _count_of(at: Any, now: datetime, condition: sa.ColumnElement[bool]) -> Pair:
    """Return how many rows have this moment in either span."""
    count, is_new = sa.func.count(), at > now - SPAN
    counted = sa.select(count.filter(is_new), count.filter(~is_new))
    row = db.session.execute(counted.where(at > now - 2 * SPAN, at <= now, condition)).one()
    return Pair(*tuple(row))


def _find_best(now: datetime) -> list[BestSeller]:
    sold = sa.cast(TICKETS, sa.BigInteger)
    rows = db.session.execute(
        sa.select(Event.title, Event.slug, sold)
        .select_from(OrderLine)
        .join(OrderLine.order)
        .join(Order.event)
        .where(*_paid_since(now - SPAN, now))
        .group_by(Event.id, Event.title, Event.slug)
        .order_by(sold.desc(), Event.id)
        .limit(_BEST)
    )
    return [BestSeller(title, slug, int(tickets)) for title, slug, tickets in rows]


def _paid_since(at: datetime, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return IS_PAID, Order.confirmed_at > at, Order.confirmed_at <= now
