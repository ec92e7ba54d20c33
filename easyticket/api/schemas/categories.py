"""Categories as the API takes and gives them."""

from __future__ import annotations

from typing import Any

from easyticket.http.fields import Answer, Body, Flag, Identifier, Moment, Text, Whole

EXAMPLE: dict[str, Any] = {
    "id": "5d1c7f0e-8c0a-4f0b-9f5e-0d8c6a1f2b3c",
    "name": "Theatre",
    "slug": "theatre",
    "description": "Plays and readings",
    "icon": "FaTheaterMasks",
    "is_active": True,
    "events_count": 3,
    "created_at": "2026-01-02T08:00:00Z",
}
BODY_EXAMPLE = {"name": "Theatre", "description": "Plays and readings", "icon": "FaTheaterMasks"}


class CategoryBody(Body):
    """A category to be made or changed."""

    name = Text(required=True, metadata={"maxLength": 100, "pattern": r"\S"})
    slug = Text(metadata={"maxLength": 100, "description": "Made from the name where it is left out."})
    description = Text()
    icon = Text(metadata={"maxLength": 50, "description": "A name of the react-icons set."})
    is_active = Flag()


class CategoryAnswer(Answer):
    """A category."""

    id = Identifier(required=True)
    name = Text(required=True)
    slug = Text(required=True)
    description = Text(required=True)
    icon = Text(required=True)
    is_active = Flag(required=True)
    events_count = Whole(required=True, metadata={"description": "Published events in it."})
    created_at = Moment(required=True)
