"""Lists of events as clients of an API ask for them: any status, any order, and an organizer's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from easyticket.core.errors import invalid_field
from easyticket.db import db
from easyticket.models import Category, Event, EventStatus
from easyticket.queries.event_filters import EventFilters, When, conditions_of
from easyticket.queries.events import for_list
from easyticket.queries.ordering import sorted_by
from easyticket.queries.pages import Page, page_of
from easyticket.queries.ticket_types import NO_SUCH_CHOICE
from easyticket.rules.permissions import Actor, Permission, require

_COLUMNS = {
    "start_date": Event.start_at,
    "created_at": Event.created_at,
    "base_price": Event.listed_price_thousandths,
    "title": Event.title,
}
# What each status an API sends means in the database: what is stored, and where the clock has to stand (rules/schedule.py).
_STATUSES = {
    "draft": ((EventStatus.DRAFT,), When.ANY),
    "published": ((EventStatus.PUBLISHED,), When.UPCOMING),
    "ongoing": ((EventStatus.PUBLISHED,), When.ONGOING),
    "completed": ((EventStatus.PUBLISHED,), When.PAST),
    "cancelled": ((EventStatus.CANCELLED,), When.ANY),
}


def filters_for(*, status: str = "", category: UUID | None = None, **filters: Any) -> EventFilters:
    """Return the filters clients of an API mean: a status as `rules.schedule.status_of` tells it, a category by its UUID.

    Without a status the list is what is published and not past.

    :raises Invalid: there is no such category.
    """
    statuses, when = _STATUSES[status] if status else ((EventStatus.PUBLISHED,), When.CURRENT)
    category_id = None
    if category is not None:
        category_id = db.session.scalar(sa.select(Category.id).filter_by(uuid=category))
        if category_id is None:
            raise invalid_field("category", NO_SUCH_CHOICE)
    return EventFilters(statuses=statuses, when=when, category_id=category_id, **filters)


def list_events_by(
    actor: Actor,
    filters: EventFilters,
    *,
    ordering: str = "",
    page: int = 1,
    per_page: int = 20,
    now: datetime,
) -> Page[Event]:
    """Return one page of the events the actor may see, with organizer and category, in two statements.

    `ordering` names `start_date`, `created_at`, `base_price` or `title`, several with commas, `-` for the largest first.

    :raises NotFound: there is no such page.
    """
    conditions = conditions_of(actor, filters, now)
    # Of rows, not of ids: indexes that lack the id count as well.
    count = db.session.scalar(sa.select(sa.func.count()).select_from(Event).where(*conditions)) or 0
    order = sorted_by(ordering, _COLUMNS, default="-start_date", model=Event)
    ids = sa.select(Event.id).where(*conditions).order_by(*order)

    def load(limit: int, offset: int) -> Sequence[Event]:
        # What is skipped is skipped by ids, and only the rows of the page are read whole.
        found = sa.select(Event).where(Event.id.in_(ids.limit(limit).offset(offset))).order_by(*order)
        return db.session.scalars(for_list(found)).all()

    return page_of(load, count=count, page=page, per_page=per_page)


def list_my_events(actor: Actor, *, page: int = 1, per_page: int = 20, now: datetime) -> Page[Event]:
    """Return the actor's own events in every status, the last to begin first.

    :raises Forbidden: the actor is no organizer.
    :raises NotFound: there is no such page.
    """
    require(actor, Permission.LIST_OWN_EVENTS)
    mine = EventFilters(organizer_id=actor.user_id, statuses=tuple(EventStatus), when=When.ANY)
    return list_events_by(actor, mine, page=page, per_page=per_page, now=now)


def list_upcoming_events(actor: Actor, *, page: int = 1, per_page: int = 20, now: datetime) -> Page[Event]:
    """Return the published events that have not begun, the soonest first.

    :raises NotFound: there is no such page.
    """
    ahead = EventFilters(when=When.UPCOMING)
    return list_events_by(actor, ahead, ordering="start_date", page=page, per_page=per_page, now=now)


def list_featured_events(actor: Actor, *, page: int = 1, per_page: int = 20, now: datetime) -> Page[Event]:
    """Return the featured events that are published and not past, the newest first.

    :raises NotFound: there is no such page.
    """
    featured = EventFilters(is_featured=True)
    return list_events_by(actor, featured, ordering="-created_at", page=page, per_page=per_page, now=now)
