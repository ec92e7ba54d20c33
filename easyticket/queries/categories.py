"""Reading categories: one by its name, or all of them with how much is on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from easyticket.core.errors import NotFound
from easyticket.db import db
from easyticket.models import Category, Event, EventStatus
from easyticket.queries.event_filters import is_listed
from easyticket.queries.pages import Page, page_of


@dataclass(frozen=True, slots=True)
class CategoryCount:
    """A category, how many published events it has, and how many of those are not past."""

    category: Category
    published: int
    current: int


def get_category(key: str | UUID | int, *, include_inactive: bool = False) -> Category:
    """Return the category with this slug, UUID or number.

    :raises NotFound: there is none, or it is switched off and those are not asked for.
    """
    may_be = sa.true() if include_inactive else Category.is_active
    column = {UUID: Category.uuid, int: Category.id}.get(type(key), Category.slug)
    usable = key.isprintable() if isinstance(key, str) else isinstance(key, UUID) or 0 < key < 2**63
    category = db.session.scalar(sa.select(Category).where(column == key, may_be)) if usable else None
    if category is None:
        raise NotFound("There is no such category.", code="no_such_category")
    return category


def list_categories(now: datetime, *, include_inactive: bool = False) -> list[CategoryCount]:
    """Return the categories by name, each with its counts, in one statement."""
    statement = _counted(now).order_by(Category.name)
    if not include_inactive:
        statement = statement.where(Category.is_active)
    return [CategoryCount(*row) for row in db.session.execute(statement)]


def list_category_page(now: datetime, *, page: int, per_page: int) -> Page[CategoryCount]:
    """Return one page of the active categories by name, each with its counts.

    :raises NotFound: there is no such page.
    """
    count = db.session.scalar(sa.select(sa.func.count(Category.id)).where(Category.is_active)) or 0
    statement = _counted(now).where(Category.is_active).order_by(Category.name, Category.id)

    def load(limit: int, offset: int) -> list[CategoryCount]:
        return [CategoryCount(*row) for row in db.session.execute(statement.limit(limit).offset(offset))]

    return page_of(load, count=count, page=page, per_page=per_page)


def count_category(category: Category, now: datetime) -> CategoryCount:
    """Return a category with its counts."""
    return CategoryCount(*db.session.execute(_counted(now).where(Category.id == category.id)).one())


def _counted(now: datetime) -> sa.Select[Category, int, int]:
    published = sa.and_(Event.category_id == Category.id, Event.status == EventStatus.PUBLISHED, is_listed())
    return (
        sa.select(Category, sa.func.count(Event.id), sa.func.count(sa.case((Event.end_at > now, 1))))
        .outerjoin(Event, published)
        .group_by(Category.id)
    )
