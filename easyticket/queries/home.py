"""What the home page shows: featured events, the next seven days, and some of each of the biggest cities."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from easyticket.db import db
from easyticket.models import Event
from easyticket.queries.categories import CategoryCount, list_categories
from easyticket.queries.event_cards import EventCard, load_cards
from easyticket.queries.event_filters import is_public
from easyticket.queries.events import CityCount, for_list, list_cities

_FEATURED = 4
_SOON = 8
_CITIES = 3
_PER_CITY = 4


@dataclass(frozen=True, slots=True)
class Home:
    """The home page's events; an event may stand on more than one shelf."""

    featured: list[EventCard]
    soon: list[EventCard]
    by_city: list[tuple[CityCount, list[EventCard]]]
    cities: list[CityCount]
    categories: list[CategoryCount]


def get_home(now: datetime) -> Home:
    """Return what is on, in six statements however much that is."""
    cities = list_cities(now, limit=12)
    featured = _load(Event.is_featured, now=now, limit=_FEATURED)
    soon = _load(Event.start_at < now + timedelta(days=7), now=now, limit=_SOON)
    in_cities = _load_in_cities([city.key for city in cities[:_CITIES]], now)
    cards = _cards_by_id([*featured, *soon, *in_cities], now)
    return Home(
        featured=[cards[event.id] for event in featured],
        soon=[cards[event.id] for event in soon],
        by_city=[
            (city, [cards[event.id] for event in in_cities if event.venue_city_key == city.key])
            for city in cities[:_CITIES]
        ],
        cities=cities,
        categories=list_categories(now),
    )


def _cards_by_id(events: Iterable[Event], now: datetime) -> dict[int, EventCard]:
    once = {event.id: event for event in events}
    return {card.event.id: card for card in load_cards(once.values(), now)}


def _load(condition: sa.ColumnExpressionArgument[bool], *, now: datetime, limit: int) -> list[Event]:
    found = for_list(sa.select(Event)).where(is_public(now), condition)
    return list(db.session.scalars(found.order_by(Event.start_at, Event.id).limit(limit)))


def _load_in_cities(keys: list[str], now: datetime) -> list[Event]:
    """Return the soonest events of each city, all cities in one statement."""
    place = sa.func.row_number().over(partition_by=Event.venue_city_key, order_by=(Event.start_at, Event.id))
    ranked = (
        sa.select(Event.id, place.label("place"))
        .where(is_public(now), Event.venue_city_key.in_(keys))
        .subquery()
    )
    found = (
        for_list(sa.select(Event)).join(ranked, ranked.c.id == Event.id).where(ranked.c.place <= _PER_CITY)
    )
    return list(db.session.scalars(found.order_by(Event.start_at, Event.id)))
