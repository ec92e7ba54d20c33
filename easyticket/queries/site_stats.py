"""How much goes on at the whole site: the few numbers that anybody may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import joinedload

from easyticket.core.money import Money
from easyticket.db import db
from easyticket.models import Event, EventStatus, Order, Quota, Ticket, TicketStatus
from easyticket.queries.category_items import find_other
from easyticket.queries.earnings import IS_PAID
from easyticket.queries.event_filters import IS_OF_EVENT, is_public, is_up
from easyticket.rules.periods import RevenuePeriod, span_of_period
from easyticket.rules.schedule import Period, span_of


@dataclass(frozen=True, slots=True)
class PopularEvent:
    """An event with the tickets it sold and the name of its category, "Other" for one without."""

    event: Event
    tickets_sold: int
    category_name: str


@dataclass(frozen=True, slots=True)
class SiteStats:
    """Published events ahead, running and of all times, who holds them, and what they sold; none that was taken down.

    An organizer is somebody with a published event, new in the month of the first one. `revenue` is tickets at their
    price less discounts, of one currency. `most_popular` of what is not over sold most.
    """

    upcoming_events: int
    running_events: int
    published_events: int
    events_this_month: int
    organizers: int
    new_organizers_this_month: int
    tickets_sold: int
    checked_in: int
    revenue: Money
    most_popular: PopularEvent | None


def get_site_stats(now: datetime) -> SiteStats:
    """Return the numbers of the whole site in six statements at most."""
    settings = current_app.config["SETTINGS"]
    currency, zone = settings.v1_default_currency, settings.default_time_zone
    events = _count_events(zone, now)
    organizers = _count_organizers(zone, now)
    return SiteStats(
        upcoming_events=events.upcoming,
        running_events=events.running,
        published_events=events.published,
        events_this_month=events.this_month,
        organizers=organizers.all,
        new_organizers_this_month=organizers.new,
        tickets_sold=int(events.sold or 0),
        checked_in=_count_checked_in(),
        revenue=_load_revenue(currency),
        most_popular=_find_most_popular(now),
    )


def _count_events(zone: str, now: datetime) -> Any:
    count = sa.func.count()
    this_month = span_of_period(RevenuePeriod.THIS_MONTH, zone, now)
    month_ends_at = span_of(Period.MONTH, zone, now).end_at
    return db.session.execute(
        sa.select(
            count.label("published"),
            count.filter(Event.start_at > now).label("upcoming"),
            count.filter(Event.start_at <= now, Event.end_at > now).label("running"),
            count.filter(Event.start_at >= this_month.start_at, Event.start_at < month_ends_at).label(
                "this_month"
            ),
            sa.func.sum(Quota.sold).label("sold"),
        )
        .select_from(Event)
        .join(Quota, IS_OF_EVENT)
        .where(Event.status == EventStatus.PUBLISHED, is_up())
    ).one()


def _count_organizers(zone: str, now: datetime) -> Any:
    began = (
        sa.select(sa.func.min(Event.published_at).label("at"))
        .where(Event.status == EventStatus.PUBLISHED, is_up())
        .group_by(Event.organizer_id)
        .subquery()
    )
    count = sa.func.count()
    this_month = span_of_period(RevenuePeriod.THIS_MONTH, zone, now)
    is_new = began.c.at >= this_month.start_at
    counted = sa.select(count.label("all"), count.filter(is_new).label("new")).select_from(began)
    return db.session.execute(counted).one()


def _count_checked_in() -> int:
    used = sa.select(sa.func.count()).where(Ticket.status == TicketStatus.USED, is_up(Ticket.event_id))
    return db.session.scalar(used) or 0


def _load_revenue(currency: str) -> Money:
    gross = sa.func.sum(Order.subtotal_minor - Order.discount_minor)
    minor = db.session.scalar(
        sa.select(gross).where(IS_PAID, Order.currency == currency, is_up(Order.event_id))
    )
    return Money(int(minor or 0), currency)


def _find_most_popular(now: datetime) -> PopularEvent | None:
    found = db.session.execute(
        sa.select(Event, Quota.sold)
        .join(Quota, IS_OF_EVENT)
        .options(joinedload(Event.category))
        .where(is_public(now), Quota.sold > 0)
        .order_by(Quota.sold.desc(), Event.id)
        .limit(1)
    ).first()
    if found is None:
        return None
    event, sold = found
    return PopularEvent(event, sold, event.category.name if event.category else find_other()[1])
