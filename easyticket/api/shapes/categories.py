"""Categories as dictionaries with the API's keys."""

from __future__ import annotations

from typing import Any

from easyticket.queries.categories import CategoryCount


def category_shape(row: CategoryCount) -> dict[str, Any]:
    """Return a category with how many published events it has."""
    category = row.category
    return {
        "id": category.uuid,
        "name": category.name,
        "slug": category.slug,
        "description": category.description,
        "icon": category.icon,
        "is_active": category.is_active,
        "events_count": row.published,
        "created_at": category.created_at,
    }
