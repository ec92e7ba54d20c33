"""What the operations on categories give."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from easyticket.http.fields import Answer, Many

EXAMPLE: dict[str, Any] = {
    "id": 3,
    "name": "Music",
    "slug": "music",
    "description": "Concerts and festivals",
    "icon": "FaMusic",
    "event_count": 12,
}
LIST_EXAMPLE: dict[str, Any] = {"count": 1, "categories": [EXAMPLE]}


class CategoryAnswer(Answer):
    """One category."""

    id = ma.fields.Integer(required=True)
    name = ma.fields.String(required=True)
    slug = ma.fields.String(required=True)
    description = ma.fields.String(required=True)
    icon = ma.fields.String(required=True, metadata={"description": "A name of react-icons/fa."})
    event_count = ma.fields.Integer(required=True, metadata={"description": "Its events that are not past."})


class CategoryList(Answer):
    """All categories."""

    count = ma.fields.Integer(required=True)
    categories = Many(CategoryAnswer, required=True)
