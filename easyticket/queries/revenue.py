"""What an organizer's events earned in a period, by event and by month, and the latest sales.

Each sum is that of the orders that were paid in the period, with what was refunded of them since. Months are those of the
zone that is asked for; the database sorts sales into them by the moments they begin, so that it gives one row for each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import contains_eager

from easyticket.core.money import Money
from easyticket.db import db
from easyticket.models import Event, FeeBearer, Order, OrderLine
from easyticket.queries.balances import Balance, find_next_available_at, get_balance
from easyticket.queries.earnings import IS_PAID, Condition, Revenue, RevenueBy, load_revenue, load_sold
from easyticket.rules.periods import Month, RevenuePeriod, months_from, span_of_period
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.rules.pricing import fee_within
from easyticket.rules.schedule import Span, day_in

_LATEST = 10


@dataclass(frozen=True, slots=True)
class EventRevenue:
    """What one event earned."""

    event_id: int
    title: str
    revenue: Revenue


@dataclass(frozen=True, slots=True)
class Sums:
    """What all events of one currency earned together, by event (the one that earned most first) and by month, newest first."""

    currency: str
    total: Revenue
    by_event: Sequence[EventRevenue]
    by_month: Sequence[tuple[str, Revenue]]


@dataclass(frozen=True, slots=True)
class Sale:
    """Tickets of one kind in one order as they were sold, in minor units: `gross_minor` is what they cost less discounts.

    `fee_minor` is the platform's part, whoever bears it, and `net_minor` the organizer's.
    """

    event_title: str
    ticket_name: str
    sold_at: datetime
    currency: str
    quantity: int
    gross_minor: int
    fee_minor: int
    net_minor: int


@dataclass(frozen=True, slots=True)
class OrganizerRevenue:
    """An organizer's earnings in a period: in the currency asked for, and in each other one there is, never added up."""

    main: Sums
    others: Sequence[Sums]
    latest: Sequence[Sale]


@dataclass(frozen=True, slots=True)
class OrganizerSales:
    """Tickets and gross of an organizer's months by currency, the newest month first, and the latest sales."""

    months: Mapping[str, Sequence[tuple[str, Revenue]]]
    latest: Sequence[Sale]

    def gross(self, currency: str) -> Money:
        """Return what all months brought in one currency."""
        return Money(sum(each.gross_minor for _, each in self.months.get(currency, ())), currency)


@dataclass(frozen=True, slots=True)
class RevenueReport:
    """The revenue of a period, and what of all there is can be paid out: now, and from `next_payout_on` (the site's zone)."""

    period: RevenuePeriod
    revenue: OrganizerRevenue
    balance: Balance
    next_payout_on: date | None


def get_revenue_report(actor: Actor, period: RevenuePeriod, now: datetime) -> RevenueReport:
    """Return what the actor's own events earned in a period, in a fixed number of statements.

    :raises Unauthenticated: nobody is signed in.
    """
    require(actor, Permission.EDIT_OWN_PROFILE)
    settings, organizer_id = current_app.config["SETTINGS"], actor.user_id or 0
    currency, zone = settings.v1_default_currency, settings.default_time_zone
    next_at = find_next_available_at(organizer_id, currency, now)
    return RevenueReport(
        period=period,
        revenue=load_organizer_revenue(organizer_id, period, now),
        balance=get_balance(organizer_id, currency, now),
        next_payout_on=day_in(zone, next_at) if next_at else None,
    )


def load_organizer_revenue(organizer_id: int, period: RevenuePeriod, now: datetime) -> OrganizerRevenue:
    """Return what an organizer's events earned in a period, in at most five statements however much it is."""
    settings = current_app.config["SETTINGS"]
    currency, zone = settings.v1_default_currency, settings.default_time_zone
    span = span_of_period(period, zone, now)
    paid = sa.and_(Event.organizer_id == organizer_id, _within(span))
    sums = _load_sums(paid, _load_months(paid, span, zone, now))
    return OrganizerRevenue(
        main=sums.pop(currency, Sums(currency, Revenue(currency), (), ())),
        others=[sums[code] for code in sorted(sums)],
        latest=_load_latest(paid),
    )


def load_sales(organizer_id: int, now: datetime) -> OrganizerSales:
    """Return what an organizer sold of all times, in three statements: what the ledger made of it is not asked."""
    mine, months = Event.organizer_id == organizer_id, RevenueBy()
    if found := _load_months(mine, Span(), current_app.config["SETTINGS"].default_time_zone, now):
        months = load_sold(mine, [_month_of(found)])
    by_currency: dict[str, list[tuple[str, Revenue]]] = {}
    for (month, code), revenue in sorted(months.rows.items(), reverse=True):
        by_currency.setdefault(code, []).append((month, revenue))
    return OrganizerSales(by_currency, _load_latest(mine))


def _load_sums(paid: Condition, months: Sequence[Month]) -> dict[str, Sums]:
    if not months:
        return {}
    loaded = load_revenue(paid, [Event.id.label("of_event"), _month_of(months)]).rows
    titles = _load_titles({event_id for event_id, _, _ in loaded})
    by_currency: dict[str, list[tuple[int, str, Revenue]]] = {}
    for (event_id, month, code), revenue in loaded.items():
        by_currency.setdefault(code, []).append((event_id, month, revenue))
    return {code: _sums(code, rows, titles) for code, rows in by_currency.items()}


def _sums(code: str, rows: Sequence[tuple[int, str, Revenue]], titles: dict[int, str]) -> Sums:
    events: dict[int, Revenue] = {}
    months: dict[str, Revenue] = {}
    for event_id, month, revenue in rows:
        events[event_id] = events.get(event_id, Revenue(code)) + revenue
        months[month] = months.get(month, Revenue(code)) + revenue
    by_event = [EventRevenue(event_id, titles[event_id], revenue) for event_id, revenue in events.items()]
    return Sums(
        currency=code,
        total=sum(months.values(), Revenue(code)),
        by_event=sorted(by_event, key=lambda each: (-each.revenue.gross_minor, each.event_id)),
        by_month=sorted(months.items(), reverse=True),
    )


def _load_months(paid: Condition, span: Span, zone: str, now: datetime) -> list[Month]:
    """Return the months that sales are sorted into, the newest first; none where nothing was sold."""
    first_at = span.start_at or db.session.scalar(
        sa.select(sa.func.min(Order.confirmed_at)).join(Order.event).where(IS_PAID, paid)
    )
    return months_from(first_at, now, zone) if first_at else []


def _month_of(months: Sequence[Month]) -> sa.Label[Any]:
    return sa.case(*((Order.confirmed_at >= month.start_at, month.name) for month in months)).label(
        "of_month"
    )


def _load_titles(event_ids: set[int]) -> dict[int, str]:
    rows = db.session.execute(sa.select(Event.id, Event.title).where(Event.id.in_(event_ids)))
    return {row.id: row.title for row in rows}


def _load_latest(paid: Condition) -> list[Sale]:
    newest_first = Order.confirmed_at.desc(), Order.id.desc()
    # By their numbers first: sorting them takes no more of each order.
    newest = sa.select(Order.id).join(Order.event).where(IS_PAID, paid).order_by(*newest_first).limit(_LATEST)
    found = (
        sa.select(OrderLine)
        .join(OrderLine.order)
        .join(Order.event)
        .options(contains_eager(OrderLine.order).contains_eager(Order.event).load_only(Event.title))
        .where(Order.id.in_(newest))
        .order_by(*newest_first, OrderLine.id)
        .limit(_LATEST)
    )
    return [_sale_of(line) for line in db.session.scalars(found)]


def _sale_of(line: OrderLine) -> Sale:
    order = line.order
    gross = line.subtotal_minor - line.discount_minor
    fee = fee_within(gross, order.platform_fee_minor, order.subtotal_minor - order.discount_minor)
    return Sale(
        event_title=order.event.title,
        ticket_name=line.full_name,
        sold_at=order.confirmed_at or order.created_at,
        currency=order.currency,
        quantity=line.quantity,
        gross_minor=gross,
        fee_minor=fee,
        net_minor=gross - (fee if order.fee_bearer is FeeBearer.ORGANIZER else 0),
    )


def _within(span: Span) -> Condition:
    after = Order.confirmed_at >= span.start_at if span.start_at else sa.true()
    before = Order.confirmed_at < span.end_at if span.end_at else sa.true()
    return sa.and_(after, before)
