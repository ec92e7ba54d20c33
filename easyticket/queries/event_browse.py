"""Lists of public events as outside clients ask for them: by part of the calendar, days, price and category, with items."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa

from easyticket.db import db
from easyticket.models import Event, Offer, TicketType
from easyticket.queries.category_items import is_in_category
from easyticket.queries.event_cards import is_offered
from easyticket.queries.event_filters import (
    Condition,
    EventFilters,
    PriceRange,
    When,
    conditions_of,
    in_thousandths,
    sold_tickets,
)
from easyticket.queries.event_items import EventItem, load_event_items
from easyticket.queries.events import for_list
from easyticket.queries.ordering import Columns, sorted_by
from easyticket.queries.pages import Page, page_of
from easyticket.rules.permissions import Actor
from easyticket.rules.schedule import span_of_days

# No zone is further from UTC.
_FARTHEST = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowseFilters:
    """What a list of public events is narrowed to; the defaults are those that have not begun.

    A category is named by its slug or number. Days are those of calendars where the event is, and an event fits if any
    part of it does. Prices are major units without fees, in whatever currency an event has; one ticket in the range is enough.
    """

    when: When = When.UPCOMING
    category: str = ""
    search: str = ""
    city: str = ""
    date_from: date | None = None
    date_to: date | None = None
    price_min: Decimal | None = None
    price_max: Decimal | None = None


def browse_events(
    actor: Actor,
    filters: BrowseFilters,
    *,
    ordering: str = "",
    page: int = 1,
    per_page: int = 20,
    now: datetime,
) -> Page[EventItem]:
    """Return one page of these events, in six statements however many they are; days and a category take one more each.

    `ordering` names `start_date`, `end_date`, `price` (the lowest), `created_at` or `popularity`, several with commas, `-`
    for the largest first; popularity is the most sold first both ways. By itself what begins last comes first, and of
    what is past, what ended last.

    :raises NotFound: there is no such page.
    """
    conditions = _conditions_of(actor, filters, now)
    count = db.session.scalar(sa.select(sa.func.count()).select_from(Event).where(*conditions)) or 0
    default = "-end_date" if filters.when is When.PAST else "-start_date"
    order = sorted_by(_popular_first(ordering), _columns(now), default=default, model=Event)
    ids = sa.select(Event.id).where(*conditions).order_by(*order)

    def load(limit: int, offset: int) -> Sequence[EventItem]:
        # What is skipped is skipped by ids, and only the rows of the page are read whole.
        found = sa.select(Event).where(Event.id.in_(ids.limit(limit).offset(offset))).order_by(*order)
        return load_event_items(db.session.scalars(for_list(found)), now)

    return page_of(load, count=count, page=page, per_page=per_page)


def _conditions_of(actor: Actor, filters: BrowseFilters, now: datetime) -> list[Condition]:
    shared = EventFilters(
        query=filters.search,
        city=filters.city,
        when=filters.when,
        price=PriceRange(filters.price_min, filters.price_max, with_fees=False),
    )
    found = conditions_of(actor, shared, now)
    if filters.category:
        found.append(is_in_category(filters.category))
    if filters.date_from or filters.date_to:
        found.append(_is_on_days(filters.date_from, filters.date_to, found))
    return found


def _is_on_days(first_on: date | None, last_on: date | None, others: Iterable[Condition]) -> Condition:
    """Return the condition that an event has a part on these days of its own calendar.

    The database knows no zones, so the few that the events in question have are looked up first.
    """
    # Before the one and after the other there is no time any more where clocks are far from UTC.
    first_on = None if first_on and first_on.year < 2 else first_on
    last_on = None if last_on and last_on.year > 9998 else last_on
    near = _overlaps(first_on, last_on, "UTC", _FARTHEST)
    zones = db.session.scalars(sa.select(Event.time_zone).distinct().where(*others, near))
    return sa.or_(
        sa.false(),
        *(sa.and_(Event.time_zone == zone, _overlaps(first_on, last_on, zone)) for zone in zones),
    )


def _overlaps(
    first_on: date | None, last_on: date | None, zone: str, margin: timedelta = timedelta()
) -> Condition:
    span = span_of_days(first_on, last_on, zone)
    found: list[Condition] = [sa.true()]
    if span.start_at is not None:
        found.append(Event.end_at > span.start_at - margin)
    if span.end_at is not None:
        found.append(Event.start_at < span.end_at + margin)
    return sa.and_(*found)


def _columns(now: datetime) -> Columns:
    return {
        "start_date": Event.start_at,
        "end_date": Event.end_at,
        "created_at": Event.created_at,
        "price": _lowest_price(now),
        "popularity": sold_tickets(),
    }


def _lowest_price(now: datetime) -> sa.ColumnElement[int]:
    """Return the lowest price an item shows (`queries.event_items`), so that lists are in the order people see."""
    of_event = (
        sa.select(sa.func.min(Offer.price_minor))
        .join(TicketType, TicketType.id == Offer.ticket_type_id)
        .where(Offer.event_id == Event.id, Offer.is_active, TicketType.is_active)
        .correlate(Event)
    )
    shown = [of_event.where(is_offered(now)), of_event]
    return sa.func.coalesce(
        *(in_thousandths(each.scalar_subquery()) for each in shown), Event.listed_price_thousandths
    )


def _popular_first(ordering: str) -> str:
    """Return the ordering with popularity told as the largest first, the soonest first among equals."""
    names = [name.strip() for name in ordering.split(",")]
    return ",".join(
        "-popularity,start_date" if name.removeprefix("-") == "popularity" else name for name in names
    )
