"""Categories of events: made, renamed, switched off and deleted by the people who run the site."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from easyticket.core.errors import invalid_field
from easyticket.db import db, transactional
from easyticket.models import Category, ChangeAction
from easyticket.rules.fields import Faults
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.rules.slugs import numbered, slug_of
from easyticket.services.change_log import record_change, record_update

_FIELDS = {"name", "slug", "description", "icon", "is_active"}


@transactional
def create_category(
    *,
    actor: Actor,
    name: str,
    slug: str = "",
    description: str = "",
    icon: str = "",
    is_active: bool = True,
    now: datetime,
) -> Category:
    """Return a new category; without a slug it gets one from its name.

    :raises Invalid: messages by field; name and slug are unique.
    """
    require(actor, Permission.EDIT_CATEGORIES)
    values = {"name": name, "slug": slug, "description": description, "icon": icon, "is_active": is_active}
    category = Category(created_at=now, **_clean(values))
    db.session.add(category)
    db.session.flush()
    record_change(actor, ChangeAction.CATEGORY_CREATED, subject=category.name, now=now)
    return category


@transactional
def update_category(
    *, actor: Actor, category: Category, changes: Mapping[str, Any], now: datetime
) -> Category:
    """Change fields of a category.

    :raises Invalid: messages by field.
    """
    require(actor, Permission.EDIT_CATEGORIES)
    if unknown := changes.keys() - _FIELDS:
        raise TypeError(f"these fields cannot be changed: {', '.join(sorted(unknown))}")
    before = {name: getattr(category, name) for name in _FIELDS}
    for name, value in _clean({**before, **changes}, own_id=category.id).items():
        setattr(category, name, value)
    db.session.flush()
    record_update(
        actor, ChangeAction.CATEGORY_CHANGED, category, before, before, subject=category.name, now=now
    )
    return category


@transactional
def delete_category(*, actor: Actor, category: Category, now: datetime) -> None:
    """Remove a category; its events go on without one."""
    require(actor, Permission.EDIT_CATEGORIES)
    record_change(actor, ChangeAction.CATEGORY_DELETED, subject=category.name, now=now)
    db.session.delete(category)
    db.session.flush()


def _clean(values: Mapping[str, Any], own_id: int = 0) -> dict[str, Any]:
    faults = Faults()
    clean = dict(values)
    clean["name"] = faults.line("name", clean["name"], 100, required=True)
    clean["slug"] = faults.line("slug", clean["slug"], 100)
    clean["description"] = faults.text("description", clean["description"])
    clean["icon"] = faults.line("icon", clean["icon"], 50)
    faults.raise_if_any()
    if _taken(Category.name, clean["name"], own_id):
        raise invalid_field("name", "Event Category with this name already exists.")
    wanted = slug_of(clean["slug"] or clean["name"], otherwise="category")
    if clean["slug"] and _taken(Category.slug, wanted, own_id):
        raise invalid_field("slug", "Event Category with this slug already exists.")
    taken = set(db.session.scalars(sa.select(Category.slug).where(Category.id != own_id)))
    return clean | {"slug": numbered(wanted, taken)}


def _taken(column: sa.orm.InstrumentedAttribute[str], value: str, own_id: int) -> bool:
    return db.session.scalar(sa.select(Category.id).where(column == value, Category.id != own_id)) is not None
