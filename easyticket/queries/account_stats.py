"""What an account did, in numbers: tickets it bought, events it holds, and the last things that happened."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import contains_eager

from easyticket.core.money import Money
from easyticket.db import db
from easyticket.models import (
    Category,
    Event,
    EventStatus,
    Order,
    Quota,
    Ticket,
    TicketStatus,
    User,
)
from easyticket.queries.account_numbers import IS_VALID, age_in_days
from easyticket.queries.category_items import find_other
from easyticket.queries.earnings import IS_PAID
from easyticket.queries.event_filters import IS_OF_EVENT
from easyticket.queries.revenue import OrganizerSales, load_sales
from easyticket.queries.tickets import TicketStats, count_tickets
from easyticket.queries.users import get_own_user
from easyticket.rules.permissions import Actor

_LATEST = 10


class Activity(enum.StrEnum):
    """What may have happened."""

    TICKET_PURCHASE = "ticket_purchase"
    TICKET_SALE = "ticket_sale"
    EVENT_CREATED = "event_created"


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened; `amount` is what somebody paid, or the price of what was sold."""

    kind: Activity
    event_title: str
    at: datetime
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class CategorySpending:
    """Valid tickets of one category, and what was spent in it and not returned."""

    category: str
    tickets: int
    spent: Money


@dataclass(frozen=True, slots=True)
class OwnEvents:
    """The events of an organizer: all of them, those that are public and not over, those that are over, and their tickets."""

    created: int
    active: int
    past: int
    tickets_sold: int
    attendees: int
    best: tuple[int, str, int] | None

    @property
    def tickets_each(self) -> float:
        """How many tickets one event sold in the mean."""
        return round(self.tickets_sold / self.created, 1) if self.created else 0.0


@dataclass(frozen=True, slots=True)
class AccountStats:
    """Everything about one account. Amounts of different currencies are never added; `currency` is that of this surface."""

    user: User
    age_days: int
    tickets: TicketStats
    events_attended: int
    spent: dict[str, Money]
    by_category: Sequence[CategorySpending]
    events: OwnEvents
    currency: str
    sales: OrganizerSales
    latest: Sequence[Happening]


def get_account_stats(actor: Actor, now: datetime) -> AccountStats:
    """Return the numbers of the actor's own account, in a fixed number of statements.

    :raises NotFound: the account is not active any more.
    """
    user = get_own_user(actor)
    _, other = find_other()
    spent = _load_spent(user, other)
    sales = load_sales(user.id, now)
    currency: str = current_app.config["SETTINGS"].v1_default_currency
    return AccountStats(
        user=user,
        age_days=age_in_days(user, now),
        tickets=count_tickets(actor, now, until_over=True),
        events_attended=_count_attended(user),
        spent=_by_currency(spent, currency),
        by_category=_by_category(spent, _count_by_category(user, other), currency),
        events=_load_own_events(user, now),
        currency=currency,
        sales=sales,
        latest=_latest([*_purchases(user), *_sales(sales), *_created(user)]),
    )


def _load_spent(user: User, other: str) -> list[tuple[str, Money]]:
    """Return what the account paid and did not get back, by category and currency; `other` is where events without one are."""
    category = sa.func.coalesce(Category.name, other).label("of_category")
    rows = db.session.execute(
        sa.select(category, Order.currency, sa.func.sum(Order.total_minor - Order.refunded_minor))
        .join(Order.event)
        .outerjoin(Event.category)
        .where(Order.user_id == user.id, IS_PAID)
        .group_by(sa.literal_column("of_category"), Order.currency)
    )
    return [(name, Money(int(minor), code)) for name, code, minor in rows]


def _count_by_category(user: User, other: str) -> dict[str, int]:
    category = sa.func.coalesce(Category.name, other).label("of_category")
    rows = db.session.execute(
        sa.select(category, sa.func.count(Ticket.id))
        .join(Ticket.event)
        .outerjoin(Event.category)
        .where(Ticket.owner_id == user.id, IS_VALID)
        .group_by(sa.literal_column("of_category"))
    )
    return {row[0]: row[1] for row in rows}


def _by_currency(spent: Sequence[tuple[str, Money]], currency: str) -> dict[str, Money]:
    found = {currency: Money(0, currency)}
    for _, money in spent:
        found[money.currency] = found.get(money.currency, Money(0, money.currency)) + money
    return found


def _by_category(
    spent: Sequence[tuple[str, Money]], tickets: dict[str, int], currency: str
) -> list[CategorySpending]:
    """Return the categories of the account's tickets, the one with most first, with what was spent in one currency."""
    paid = {name: money for name, money in spent if money.currency == currency}
    found = [
        CategorySpending(name, count, paid.get(name, Money(0, currency))) for name, count in tickets.items()
    ]
    return sorted(found, key=lambda each: (-each.tickets, each.category))


def _count_attended(user: User) -> int:
    attended = sa.select(sa.func.count(Ticket.event_id.distinct())).where(
        Ticket.owner_id == user.id, Ticket.status == TicketStatus.USED
    )
    return db.session.scalar(attended) or 0


def _load_own_events(user: User, now: datetime) -> OwnEvents:
    count, is_on = sa.func.count(), Event.status == EventStatus.PUBLISHED
    mine = Event.organizer_id == user.id
    created, active, past, sold = db.session.execute(
        sa.select(
            count,
            count.filter(is_on, Event.end_at > now),
            count.filter(is_on, Event.end_at <= now),
            sa.func.sum(Quota.sold),
        )
        .select_from(Event)
        .join(Quota, IS_OF_EVENT)
        .where(mine)
    ).one()
    best = db.session.execute(
        sa.select(Event.id, Event.title, Quota.sold)
        .join(Quota, IS_OF_EVENT)
        .where(mine, Quota.sold > 0)
        .order_by(Quota.sold.desc(), Event.id)
        .limit(1)
    ).first()
    attendees = db.session.scalar(
        sa.select(sa.func.count(Ticket.id))
        .join(Ticket.event)
        .where(mine, Ticket.status != TicketStatus.CANCELLED)
    )
    return OwnEvents(
        created=created,
        active=active,
        past=past,
        tickets_sold=int(sold or 0),
        attendees=attendees or 0,
        best=(best.id, best.title, best.sold) if best else None,
    )


def _purchases(user: User) -> list[Happening]:
    found = (
        sa.select(Order)
        .join(Order.event)
        .options(contains_eager(Order.event).load_only(Event.title))
        .where(Order.user_id == user.id, IS_PAID)
        .order_by(Order.confirmed_at.desc(), Order.id.desc())
        .limit(_LATEST)
    )
    return [
        Happening(
            Activity.TICKET_PURCHASE,
            order.event.title,
            order.confirmed_at or order.created_at,
            Money(order.total_minor, order.currency),
        )
        for order in db.session.scalars(found)
    ]


def _sales(sales: OrganizerSales) -> list[Happening]:
    return [
        Happening(
            Activity.TICKET_SALE, sale.event_title, sale.sold_at, Money(sale.gross_minor, sale.currency)
        )
        for sale in sales.latest
    ]


def _created(user: User) -> list[Happening]:
    found = sa.select(Event.title, Event.created_at).where(Event.organizer_id == user.id)
    rows = db.session.execute(found.order_by(Event.id.desc()).limit(_LATEST))
    return [Happening(Activity.EVENT_CREATED, row.title, row.created_at) for row in rows]


def _latest(happenings: Sequence[Happening]) -> list[Happening]:
    return sorted(happenings, key=lambda each: each.at, reverse=True)[:_LATEST]
