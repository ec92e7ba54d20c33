"""Events of everybody, as administrators look for them: whatever their state is."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload

from easyticket.core.errors import NotFound
from easyticket.db import db
from easyticket.models import Event, EventStatus, Quota
from easyticket.queries.event_filters import IS_OF_EVENT
from easyticket.queries.pages import Page, page_of
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.rules.search import words_of

# What lists show of an event; the long texts stay where they are.
_LISTED = (
    joinedload(Event.organizer),
    joinedload(Event.category),
    *map(defer, (Event.description, Event.search_text, Event.terms_and_conditions, Event.refund_policy)),
)


class EventKind(enum.StrEnum):
    """Which events a list is about."""

    ALL = "all"
    ON_SALE = "on_sale"
    FEATURED = "featured"
    HIDDEN = "hidden"
    TAKEN_DOWN = "taken_down"
    DRAFTS = "drafts"
    PAST = "past"
    CANCELLED = "cancelled"


def list_all_events(
    actor: Actor,
    wanted: str = "",
    kind: EventKind = EventKind.ALL,
    *,
    page: int = 1,
    per_page: int = 20,
    now: datetime,
) -> Page[tuple[Event, int]]:
    """Return one page of the events whose title, place or address has all words of `wanted`, with the tickets each sold.

    The newest first; two statements however many they are.

    :raises NotFound: there is no such page.
    """
    require(actor, Permission.TAKE_DOWN_EVENT)
    conditions = [_is_of(kind, now)]
    conditions += [
        sa.or_(Event.search_text.contains(word, autoescape=True), Event.slug.contains(word, autoescape=True))
        for word in words_of(wanted)
    ]
    count = db.session.scalar(sa.select(sa.func.count()).select_from(Event).where(*conditions)) or 0
    sold = sa.func.coalesce(Quota.sold, 0)
    found = sa.select(Event, sold).outerjoin(Quota, IS_OF_EVENT).options(*_LISTED).where(*conditions)

    def load(limit: int, offset: int) -> Sequence[tuple[Event, int]]:
        rows = db.session.execute(found.order_by(Event.id.desc()).limit(limit).offset(offset))
        return [(event, number) for event, number in rows]

    return page_of(load, count=count, page=page, per_page=per_page)


def get_any_event(actor: Actor, slug: str) -> tuple[Event, int]:
    """Return an event of whomever, and how many tickets it sold.

    :raises NotFound: there is none.
    """
    require(actor, Permission.TAKE_DOWN_EVENT)
    named = Event.slug == slug if slug.isprintable() else sa.false()
    sold = sa.func.coalesce(Quota.sold, 0)
    query = sa.select(Event, sold).outerjoin(Quota, IS_OF_EVENT).options(*_LISTED)
    row = db.session.execute(query.where(named)).first()
    if row is None:
        raise NotFound("There is no such event.")
    return row[0], row[1]


def _is_of(kind: EventKind, now: datetime) -> sa.ColumnElement[bool]:
    is_out = Event.status == EventStatus.PUBLISHED
    return {
        EventKind.ALL: sa.true(),
        EventKind.ON_SALE: sa.and_(is_out, Event.end_at > now, Event.taken_down_at.is_(None)),
        EventKind.FEATURED: Event.is_featured.is_(True),
        EventKind.HIDDEN: Event.hidden_at.is_not(None),
        EventKind.TAKEN_DOWN: Event.taken_down_at.is_not(None),
        EventKind.DRAFTS: Event.status == EventStatus.DRAFT,
        EventKind.PAST: sa.and_(is_out, Event.end_at <= now),
        EventKind.CANCELLED: Event.status == EventStatus.CANCELLED,
    }[kind]
