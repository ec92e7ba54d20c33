"""The lists that are measured: each filter, search and order the EasyTicket API offers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from easyticket.db import db
from easyticket.models import (
    Category,
    Event,
    EventStatus,
    Offer,
    OfferKind,
    Order,
    PricingType,
    TicketType,
    User,
)
from easyticket.queries import event_lists, order_lists, ticket_types
from easyticket.queries.categories import list_category_page
from easyticket.queries.event_lists import filters_for, list_events_by
from easyticket.queries.offer_faces import OfferFilters, list_offer_stocks
from easyticket.queries.pages import Page
from easyticket.queries.ticket_types import TypeFilters, list_type_stocks
from easyticket.queries.tickets import TicketFilters, list_tickets
from easyticket.rules.permissions import ANONYMOUS, Actor
from easyticket.rules.tickets import TicketState

Pages = Callable[..., Page[Any]]


@dataclass(frozen=True, slots=True)
class Listed:
    """One list as somebody asks for it; `pages` takes `page` and `per_page`."""

    path: str
    asked: str
    pages: Pages


@dataclass(frozen=True, slots=True)
class Cast:
    """Who asks, and what they ask about."""

    now: datetime
    organizer: Actor
    buyer: Actor
    staff: Actor
    event: UUID
    category: UUID
    city: str
    small_city: str
    rare_word: str
    priced_by: dict[OfferKind, UUID]


def choose_cast(now: datetime) -> Cast:
    """Return those with the most rows, where lists are slowest: organizer, buyer, event, category, city."""

    def ranked(column: Any) -> sa.Select[Any]:
        found = sa.select(column).where(column.is_not(None)).group_by(column)
        return found.order_by(sa.func.count().desc(), column)

    def most(column: Any) -> Any:
        return db.session.scalars(ranked(column).limit(1)).one()

    def priced_by(kind: OfferKind) -> UUID:
        found = (
            sa.select(TicketType.uuid)
            .join(TicketType.event)
            .join(Offer, Offer.ticket_type_id == TicketType.id)
        )
        found = found.where(Offer.kind == kind, Event.status == EventStatus.PUBLISHED)
        return db.session.scalars(found.order_by(TicketType.id.desc()).limit(1)).one()

    cities = db.session.scalars(ranked(Event.venue_city)).all()
    event = db.session.get_one(Event, most(Order.event_id))
    return Cast(
        now=now,
        organizer=_actor(most(Event.organizer_id), is_organizer=True),
        buyer=_actor(most(Order.user_id)),
        staff=_actor(db.session.scalars(sa.select(sa.func.max(User.id))).one(), is_staff=True),
        event=event.uuid,
        category=db.session.get_one(Category, most(Event.category_id)).uuid,
        city=cities[0],
        small_city=cities[len(cities) * 3 // 4],
        rare_word=event.title.split()[0],
        priced_by={kind: priced_by(kind) for kind in OfferKind},
    )


def _actor(user_id: int, *, is_organizer: bool = False, is_staff: bool = False) -> Actor:
    email = db.session.get_one(User, user_id).email
    return Actor(
        user_id=user_id, email=email, is_staff=is_staff, is_organizer=is_organizer, is_email_verified=True
    )


def all_lists(cast: Cast) -> Iterator[Listed]:
    """Yield every list of the API."""
    yield Listed("events/categories/", "", partial(list_category_page, cast.now))
    yield from _events(cast)
    yield from _ticket_types(cast)
    for kind, path in (
        (OfferKind.TIER, "tickets/tiers/"),
        (OfferKind.DAY_PASS, "tickets/day-passes/"),
        (OfferKind.DAY_TIER, "tickets/day-tier-prices/"),
    ):
        yield from _offers(cast, kind, path)
    yield from _tickets(cast)
    yield from _orders(cast)


def both_ways(*names: str) -> list[str]:
    """Return each name as an ordering, upwards and downwards."""
    return [sign + name for name in names for sign in ("", "-")]


def _events(cast: Cast) -> Iterator[Listed]:
    def asked(text: str, *, actor: Actor = ANONYMOUS, ordering: str = "", **filters: Any) -> Listed:
        found = filters_for(**filters)
        text = "&".join(part for part in (text, f"ordering={ordering}" if ordering else "") if part)
        return Listed("events/", text, partial(list_events_by, actor, found, ordering=ordering, now=cast.now))

    yield asked("")
    for order in both_ways("start_date", "created_at", "base_price", "title"):
        yield asked("", ordering=order)
    yield asked("", ordering="base_price,-start_date")
    yield asked("status=draft", status="draft", actor=cast.organizer)
    yield asked("status=draft (staff)", status="draft", actor=cast.staff)
    for status in ("published", "ongoing", "completed", "cancelled"):
        yield asked(f"status={status}", status=status)
    for order in both_ways("start_date", "base_price"):
        yield asked("status=completed", status="completed", ordering=order)
    narrowed: dict[str, dict[str, Any]] = {
        "category=<the largest>": {"category": cast.category},
        "venue_city=<the largest>": {"city": cast.city},
        "venue_city=<a small one>": {"city": cast.small_city},
        "is_free=true": {"is_free": True},
        "is_featured=true": {"is_featured": True},
        "pricing_type=tier_and_day": {"pricing_type": PricingType.TIER_AND_DAY},
        "search=music": {"query": "music"},
        "search=live music street": {"query": "live music street"},
        "search=<a rare name>": {"query": cast.rare_word},
        "search=<found nowhere>": {"query": "xylofonist"},
    }
    for text, filters in narrowed.items():
        yield asked(text, **filters)
        yield asked(f"{text}&status=completed", status="completed", **filters)
    yield asked("venue_city=<the largest>", city=cast.city, ordering="title")
    yield asked("venue_city=<the largest>&category=<the largest>", city=cast.city, category=cast.category)
    yield asked("search=music", query="music", ordering="base_price")
    yield Listed("events/my_events/", "", partial(event_lists.list_my_events, cast.organizer, now=cast.now))
    yield Listed("events/upcoming/", "", partial(event_lists.list_upcoming_events, ANONYMOUS, now=cast.now))
    yield Listed("events/featured/", "", partial(event_lists.list_featured_events, ANONYMOUS, now=cast.now))


def _ticket_types(cast: Cast) -> Iterator[Listed]:
    def asked(text: str, *, actor: Actor = ANONYMOUS, ordering: str = "", **filters: Any) -> Listed:
        found = TypeFilters(**filters)
        text = "&".join(part for part in (text, f"ordering={ordering}" if ordering else "") if part)
        pages = partial(list_type_stocks, actor, found, ordering=ordering, now=cast.now)
        return Listed("tickets/types/", text, pages)

    yield asked("")
    yield asked("(organizer)", actor=cast.organizer)
    for order in both_ways("created_at", "price", "total_quantity"):
        yield asked("", ordering=order)
    yield asked("event=<the most sold>", event_uuid=cast.event)
    yield asked("event=<the most sold>", event_uuid=cast.event, ordering="price")
    for pricing in (PricingType.SIMPLE, PricingType.TIER_AND_DAY):
        yield asked(f"pricing_type={pricing}", pricing_type=pricing)
    for flag in (True, False):
        yield asked(f"is_active={flag}".lower(), is_active=flag)
        yield asked(f"is_on_sale={flag}".lower(), is_on_sale=flag)
    for words in ("table", "drink table highlife", "xylofonist"):
        yield asked(f"search={words}", query=words)
    yield asked("search=table", query="table", ordering="price")
    by_event = partial(ticket_types.list_stocks_of_event, ANONYMOUS, cast.event, now=cast.now)
    yield Listed("tickets/types/by_event/", "event_id=<the most sold>", by_event)
    available = partial(ticket_types.list_available_stocks, now=cast.now)
    yield Listed("tickets/types/available/", "", available)


_OFFER_ORDERS = {
    OfferKind.TIER: ("tier_number", "price"),
    OfferKind.DAY_PASS: ("day_number", "price", "date"),
    OfferKind.DAY_TIER: ("day_number", "tier_number", "price", "date"),
}
_OFFER_FLAGS: dict[OfferKind, tuple[tuple[str, Any], ...]] = {
    OfferKind.TIER: (),
    OfferKind.DAY_PASS: (("is_all_days", True), ("is_all_days", False)),
    OfferKind.DAY_TIER: (("day_number", 2), ("tier_number", 2), ("is_active", True), ("is_active", False)),
}


def _offers(cast: Cast, kind: OfferKind, path: str) -> Iterator[Listed]:
    def asked(text: str, *, ordering: str = "", **filters: Any) -> Listed:
        found = OfferFilters(**filters)
        pages = partial(list_offer_stocks, ANONYMOUS, kind, found, ordering=ordering, now=cast.now)
        return Listed(path, text, pages)

    yield asked("")
    yield asked("ticket_type=<one>", ticket_type_uuid=cast.priced_by[kind])
    for order in both_ways(*_OFFER_ORDERS[kind]):
        yield asked(f"ordering={order}", ordering=order)
    for name, value in _OFFER_FLAGS[kind]:
        yield asked(f"{name}={value}".lower(), **{name: value})


def _tickets(cast: Cast) -> Iterator[Listed]:
    def asked(text: str, *, ordering: str = "", **filters: Any) -> Listed:
        found = TicketFilters(**filters)
        pages = partial(list_tickets, cast.buyer, found, ordering=ordering, now=cast.now)
        return Listed("tickets/my-tickets/", text, pages)

    yield asked("")
    for order in both_ways("created_at", "event__start_date"):
        yield asked(f"ordering={order}", ordering=order)
    for state in TicketState:
        yield asked(f"status={state}", state=state)
    yield asked("is_used=true", is_used=True)
    yield asked("event=<the most sold>", event_uuid=cast.event)


def _orders(cast: Cast) -> Iterator[Listed]:
    for name, actor in (("", cast.buyer), ("(staff)", cast.staff)):
        yield Listed("orders/", name, partial(order_lists.list_orders, actor))
        yield Listed("orders/pending/", name, partial(order_lists.list_pending_orders, actor, cast.now))
        yield Listed("orders/confirmed/", name, partial(order_lists.list_confirmed_orders, actor))
    yield Listed("orders/my_tickets/", "", partial(order_lists.list_bought_lines, cast.buyer))
