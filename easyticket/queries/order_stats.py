"""What an account has ordered, in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from easyticket.core.money import Money
from easyticket.db import db
from easyticket.models import Event, EventStatus, Order, OrderLine, OrderStatus
from easyticket.rules.permissions import Actor


@dataclass(frozen=True, slots=True)
class OrderStats:
    """Orders by where they stand, tickets of paid orders, and what they cost less what was returned.

    `spent` has one sum for each currency, the one of most orders first: sums of different currencies cannot be added.
    """

    total: int
    pending: int
    confirmed: int
    cancelled: int
    tickets: int
    upcoming_events: int
    spent: tuple[Money, ...]


def count_orders(actor: Actor, now: datetime) -> OrderStats:
    """Return the numbers of the actor's own orders. Pending are those that can still be paid."""
    mine = Order.user_id == actor.user_id
    by_status = {
        OrderStatus(row[0]): int(row[1])
        for row in db.session.execute(
            sa.select(Order.status, sa.func.count()).where(mine).group_by(Order.status)
        )
    }
    pending = sa.select(sa.func.count()).where(
        mine, Order.status == OrderStatus.PENDING, Order.expires_at > now
    )
    paid = sa.and_(mine, Order.status == OrderStatus.CONFIRMED)
    upcoming = (
        sa.select(sa.func.count(sa.distinct(Order.event_id)))
        .join(Event, Event.id == Order.event_id)
        .where(paid, Event.start_at > now, Event.status == EventStatus.PUBLISHED)
    )
    tickets = (
        sa.select(sa.func.coalesce(sa.func.sum(OrderLine.quantity), 0)).join(OrderLine.order).where(paid)
    )
    return OrderStats(
        total=sum(by_status.values()),
        pending=int(db.session.scalar(pending) or 0),
        confirmed=by_status.get(OrderStatus.CONFIRMED, 0),
        cancelled=by_status.get(OrderStatus.CANCELLED, 0),
        tickets=int(db.session.scalar(tickets) or 0),
        upcoming_events=int(db.session.scalar(upcoming) or 0),
        spent=_spent(paid),
    )


def _spent(paid: sa.ColumnElement[bool]) -> tuple[Money, ...]:
    rows = db.session.execute(
        sa.select(Order.currency, sa.func.sum(Order.total_minor - Order.refunded_minor))
        .where(paid)
        .group_by(Order.currency)
        .order_by(sa.func.count().desc(), Order.currency)
    )
    return tuple(Money(int(minor), currency) for currency, minor in rows)
