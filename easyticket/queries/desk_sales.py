"""How things sell, for the first screens of the desk: by day, beside an earlier event, and a sign that changes with the sales."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import load_only

from easyticket.core.money import Money
from easyticket.core.signing import digest
from easyticket.db import db
from easyticket.models import Event, EventStatus, Order, OrderLine, Quota, QuotaKind, SalesChannel, Scan
from easyticket.queries.desk_scope import DeskScope
from easyticket.queries.earnings import GROSS
from easyticket.queries.event_filters import IS_OF_EVENT
from easyticket.rules.pace import Pace, days_shown, same_distance, span_shown
from easyticket.rules.schedule import start_of_day

# What was paid once; what was returned later is in it.
WAS_PAID = Order.confirmed_at.is_not(None)
AT_THE_DOOR = Order.channel == SalesChannel.DESK


@dataclass(slots=True)
class DaySales:
    """What was sold on one day: tickets, and their price less discounts by currency. Money taken at the door is none of ours
    and stands apart."""

    tickets: int = 0
    amounts: dict[str, Money] = field(default_factory=dict)
    at_the_door: dict[str, Money] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SalesByDay:
    """Thirty days in a row and what was sold on those that sold anything."""

    days: Sequence[date]
    sold: Mapping[date, DaySales]

    @property
    def tickets(self) -> Mapping[date, int]:
        """How many tickets were sold on each day that sold any."""
        return {day_on: sales.tickets for day_on, sales in self.sold.items()}


def load_sales_by_day(scope: DeskScope, now: datetime) -> SalesByDay:
    """Return the sales of the last thirty days, or of those before an event ended, in one statement."""
    days = days_shown(scope.zone, min(now, scope.event.end_at) if scope.event else now)
    span = span_shown(days, scope.zone)
    begins = [(start_of_day(day_on, scope.zone), day_on.isoformat()) for day_on in reversed(days)]
    day = sa.case(*((Order.confirmed_at >= start_at, name) for start_at, name in begins)).label("of_day")
    rows = db.session.execute(
        sa.select(day, Order.currency, AT_THE_DOOR, sa.func.sum(OrderLine.quantity), sa.func.sum(GROSS))
        .select_from(OrderLine)
        .join(OrderLine.order)
        .join(Order.event)
        .where(scope.is_in_it, Order.confirmed_at >= span.start_at, Order.confirmed_at < span.end_at)
        .group_by(sa.literal_column("of_day"), Order.currency, AT_THE_DOOR)
    )
    sold: dict[date, DaySales] = {}
    for name, currency, is_at_the_door, tickets, gross in rows:
        sales = sold.setdefault(date.fromisoformat(name), DaySales())
        sales.tickets += int(tickets)
        (sales.at_the_door if is_at_the_door else sales.amounts)[currency] = Money(int(gross), currency)
    return SalesByDay(days, sold)


def find_pace(event: Event, now: datetime) -> Pace | None:
    """Return how an event sells beside the organizer's last one before it that sold anything, in two statements, or None."""
    other = db.session.scalar(
        sa.select(Event)
        .join(Quota, IS_OF_EVENT)
        .options(load_only(Event.slug, Event.title, Event.start_at, Event.end_at))
        .where(Event.organizer_id == event.organizer_id, Event.status == EventStatus.PUBLISHED)
        .where(Event.id != event.id, Event.start_at < event.start_at, Event.start_at < now, Quota.sold > 0)
        .order_by(Event.start_at.desc(), Event.id.desc())
        .limit(1)
    )
    if other is None:
        return None
    tickets = sa.func.sum(OrderLine.quantity)
    is_ours, is_theirs = Order.event_id == event.id, Order.event_id == other.id
    by_then = Order.confirmed_at <= same_distance(event, other, now)
    row = db.session.execute(
        sa.select(tickets.filter(is_ours), tickets.filter(is_theirs, by_then), tickets.filter(is_theirs))
        .select_from(OrderLine)
        .join(OrderLine.order)
        .where(Order.event_id.in_((event.id, other.id)), WAS_PAID)
    ).one()
    return Pace(other, *(int(count or 0) for count in row))


def read_pulse(scope: DeskScope) -> str:
    """Return a sign that is another one once something was sold, held, given back or (of one event) scanned.

    It is asked for every few seconds by everybody who looks: it reads counters, and no orders.
    """
    counters: list[Any] = list(
        db.session.execute(
            sa.select(sa.func.sum(Quota.sold), sa.func.sum(Quota.held)).where(
                Quota.kind == QuotaKind.EVENT, Quota.event_id.in_(scope.event_ids)
            )
        ).one()
    )
    if scope.event is not None:
        last_scan = sa.select(sa.func.max(Scan.scanned_at)).where(Scan.event_id == scope.event.id)
        counters.append(db.session.scalar(last_scan))
    return digest(repr(counters))[:16]
