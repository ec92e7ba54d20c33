"""Finding events: one by its name, lists by filters, similar ones, and the cities they are in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from easyticket.core.errors import NotFound
from easyticket.db import db
from easyticket.models import Event, EventStatus
from easyticket.queries.event_cards import EventCard, load_cards
from easyticket.queries.event_filters import EventFilters, EventOrder, conditions_of, is_public, order_by
from easyticket.queries.pages import Page, page_of
from easyticket.rules.permissions import Actor, Permission, may

TAKEN_DOWN = (
    "We took this event down: it is not shown, and no tickets are sold. Whoever has tickets finds them on the page of the "
    "order as before."
)


@dataclass(frozen=True, slots=True)
class CityCount:
    """A city with the number of events that are still to come or running there."""

    key: str
    name: str
    count: int


def get_event(actor: Actor, key: str | UUID | int) -> Event:
    """Return the event with this slug, UUID or number, with its organizer, category and pictures.

    :raises NotFound: there is none, or it is a draft of somebody else, or administrators took it down (its own code).
    """
    event = db.session.scalar(
        sa.select(Event).where(_is_named(key)).options(*_with_names(), selectinload(Event.images))
    )
    if event is None or not may(actor, Permission.SEE_EVENT, event):
        if event is not None and event.taken_down_at is not None and event.status is not EventStatus.DRAFT:
            raise NotFound(TAKEN_DOWN, code="event_taken_down")
        raise NotFound("There is no such event.", code="no_such_event")
    return event


def list_events(
    actor: Actor,
    filters: EventFilters,
    *,
    order: EventOrder = EventOrder.SOONEST,
    page: int = 1,
    per_page: int = 20,
    now: datetime,
) -> Page[EventCard]:
    """Return one page of the events the actor may see, in three statements however many they are.

    :raises NotFound: there is no such page.
    """
    conditions = conditions_of(actor, filters, now)
    count = db.session.scalar(sa.select(sa.func.count()).select_from(Event).where(*conditions)) or 0
    found = for_list(sa.select(Event).where(*conditions)).order_by(*order_by(order, filters.when, now))

    def load(limit: int, offset: int) -> Sequence[EventCard]:
        return load_cards(db.session.scalars(found.limit(limit).offset(offset)), now)

    return page_of(load, count=count, page=page, per_page=per_page)


def list_similar_events(event: Event, now: datetime, *, limit: int = 4) -> list[EventCard]:
    """Return the events that `find_similar_events` finds, as cards."""
    return load_cards(find_similar_events(event, now, limit=limit), now)


def find_similar_events(event: Event, now: datetime, *, limit: int) -> Sequence[Event]:
    """Return public events of the same category or city: both first, then the category, then the city, each the soonest first."""
    same_city = Event.venue_city_key == event.venue_city_key
    same_category = sa.false() if event.category_id is None else Event.category_id == event.category_id
    nearness = sa.case((sa.and_(same_city, same_category), 0), (same_category, 1), else_=2)
    found = (
        for_list(sa.select(Event))
        .where(is_public(now), Event.id != event.id, sa.or_(same_city, same_category))
        .order_by(nearness, Event.start_at, Event.id)
        .limit(limit)
    )
    return db.session.scalars(found).all()


def list_cities(now: datetime, *, limit: int = 100) -> list[CityCount]:
    """Return the cities that have public events, the one with the most first."""
    count = sa.func.count(Event.id)
    rows = db.session.execute(
        sa.select(Event.venue_city_key, sa.func.min(Event.venue_city), count)
        .where(is_public(now), Event.venue_city_key != "")
        .group_by(Event.venue_city_key)
        .order_by(count.desc(), Event.venue_city_key)
        .limit(limit)
    )
    return [CityCount(key, name, number) for key, name, number in rows]


def _is_named(key: str | UUID | int) -> sa.ColumnElement[bool]:
    if isinstance(key, UUID):
        return Event.uuid == key
    if isinstance(key, int):
        return Event.id == key if 0 < key < 2**63 else sa.false()
    # No slug has them, and a database refuses NUL and half pairs with an error of its own.
    return Event.slug == key if key.isprintable() else sa.false()


def _with_names() -> tuple[ORMOption, ...]:
    return joinedload(Event.organizer), joinedload(Event.category)


def for_list(statement: sa.Select[Any]) -> sa.Select[Any]:
    """Return the statement loading what lists show, leaving the long texts where they are."""
    long_texts = (Event.description, Event.search_text, Event.terms_and_conditions, Event.refund_policy)
    return statement.options(*_with_names(), *map(defer, long_texts))
