"""People as others see them: organizers, and whoever let somebody in."""

from __future__ import annotations

from typing import Any

from easyticket.api_v1.shapes.media import media_url
from easyticket.models import User


def username_of(user: User) -> str:
    """Return the username; accounts made elsewhere may have none and are shown by their number."""
    return user.username or f"user{user.id}"


def brief_shape(user: User) -> dict[str, Any]:
    """Return a person in four keys."""
    return {**name_shape(user), "profile_image": media_url(user.profile_image)}


def name_shape(user: User) -> dict[str, Any]:
    """Return a person in three keys."""
    return {"id": user.id, "username": username_of(user), "full_name": user.full_name or user.display_name}
