"""Reading categories: one by its name, or all of them with how much is on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from easyticket.core.errors import NotFound
from easyticket.db import db
from easyticket.models import Category, Event, EventStatus


@dataclass(frozen=True, slots=True)
class CategoryCount:
    """A category, how many published events it has, and how many of those are not past."""

    category: Category
    published: int
    current: int


def get_category(key: str | UUID | int) -> Category:
    """Return the active category with this slug, UUID or number.

    :raises NotFound: there is none, or it is switched off.
    """
    column = {UUID: Category.uuid, int: Category.id}.get(type(key), Category.slug)
    usable = key.isprintable() if isinstance(key, str) else isinstance(key, UUID) or 0 < key < 2**63
    category = (
        db.session.scalar(sa.select(Category).where(column == key, Category.is_active)) if usable else None
    )
    if category is None:
        raise NotFound("There is no such category.")
    return category


def list_categories(now: datetime, *, include_inactive: bool = False) -> list[CategoryCount]:
    """Return the categories by name, each with its counts, in one statement."""
    published = sa.and_(Event.category_id == Category.id, Event.status == EventStatus.PUBLISHED)
    statement = (
        sa.select(Category, sa.func.count(Event.id), sa.func.count(sa.case((Event.end_at > now, 1))))
        .outerjoin(Event, published)
        .group_by(Category.id)
        .order_by(Category.name)
    )
    if not include_inactive:
        statement = statement.where(Category.is_active)
    return [CategoryCount(*row) for row in db.session.execute(statement)]
