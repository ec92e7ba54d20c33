"""Categories as this surface gives them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from easyticket.queries.category_items import CategoryItem


def category_list_shape(categories: Sequence[CategoryItem]) -> dict[str, Any]:
    """Return all categories with their number."""
    return {"count": len(categories), "categories": [category_shape(each) for each in categories]}


def category_shape(category: CategoryItem) -> dict[str, Any]:
    """Return one category with the number of its published events that are not past."""
    return {
        "id": category.id,
        "name": category.name,
        "slug": category.slug,
        "description": category.description,
        "icon": category.icon,
        "event_count": category.event_count,
    }
