"""Categories as outside clients show them: with how many events there are to go to, and "Other" for events without one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from easyticket.core.errors import NotFound
from easyticket.db import db
from easyticket.models import Category, Event
from easyticket.queries.categories import get_category
from easyticket.queries.event_filters import is_public
from easyticket.rules.slugs import slug_or_number

OTHER, _OTHER_NAME = "other", "Other"
_ANY_ICON = "FaCalendarAlt"


@dataclass(frozen=True, slots=True)
class CategoryItem:
    """A category with how many published events of it are not past. Its number is 0 where it is nobody's row."""

    id: int
    name: str
    slug: str
    description: str = ""
    icon: str = _ANY_ICON
    event_count: int = 0


def list_category_items(now: datetime) -> list[CategoryItem]:
    """Return the active categories by name in two statements; "Other" comes last while some event has no category."""
    counts = _count_events(now)
    rows = db.session.scalars(sa.select(Category).where(Category.is_active).order_by(Category.name)).all()
    found = [_item(row, counts) for row in rows]
    if counts.get(None) and all(item.slug != OTHER for item in found):
        found.append(_nobodys(counts))
    return found


def load_category_items(
    categories: Iterable[Category | None], now: datetime
) -> dict[int | None, CategoryItem]:
    """Return these categories by their numbers in two statements; None stands for events without one."""
    other = _find_other()
    known = {category.id: category for category in (*categories, other) if category is not None}
    counts = _count_events(now, sa.or_(Event.category_id.in_(known), Event.category_id.is_(None)))
    items: dict[int | None, CategoryItem] = {key: _item(row, counts) for key, row in known.items()}
    return items | {None: items[other.id] if other else _nobodys(counts)}


def is_in_category(key: str) -> sa.ColumnElement[bool]:
    """Return the condition that an event is in the category with this slug or number, switched off or not.

    Where there is none, no event is: links with a category's name outlive the category.
    """
    if key in (OTHER, "0"):
        other = _find_other()
        without_any = Event.category_id.is_(None)
        return sa.or_(without_any, Event.category_id == other.id) if other else without_any
    try:
        category = get_category(slug_or_number(key), include_inactive=True)
    except NotFound:
        return sa.false()
    return is_in_category(OTHER) if category.slug == OTHER else Event.category_id == category.id


def find_other() -> tuple[int, str]:
    """Return number and name of what events without a category are in: those of the row "other", or nobody's."""
    row = _find_other()
    return (row.id, row.name) if row else (0, _OTHER_NAME)


def _find_other() -> Category | None:
    return db.session.scalar(sa.select(Category).where(Category.slug == OTHER))


def _count_events(now: datetime, *conditions: sa.ColumnElement[bool]) -> dict[int | None, int]:
    counted = sa.select(Event.category_id, sa.func.count()).where(is_public(now), *conditions)
    return {row[0]: row[1] for row in db.session.execute(counted.group_by(Event.category_id))}


def _item(category: Category, counts: Mapping[int | None, int]) -> CategoryItem:
    without_any = counts.get(None, 0) if category.slug == OTHER else 0
    return CategoryItem(
        id=category.id,
        name=category.name,
        slug=category.slug,
        description=category.description,
        icon=category.icon or _ANY_ICON,
        event_count=counts.get(category.id, 0) + without_any,
    )


def _nobodys(counts: Mapping[int | None, int]) -> CategoryItem:
    return CategoryItem(id=0, name=_OTHER_NAME, slug=OTHER, event_count=counts.get(None, 0))
