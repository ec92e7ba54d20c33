"""What the paths of this surface name: an event by slug or number. Not found, then not allowed, then the body is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from easyticket.http.openapi import finds
from easyticket.models import Event
from easyticket.queries.events import get_event
from easyticket.rules.permissions import Actor, Permission
from easyticket.rules.slugs import slug_or_number

View = TypeVar("View", bound=Callable[..., Any])

NO_SUCH_EVENT = {404: "There is no such event."}


def find_event(actor: Actor, ref: str) -> Event:
    """Return the event of a path, with its organizer, category and pictures.

    :raises NotFound: there is none, or it is a draft of somebody else.
    """
    return get_event(actor, slug_or_number(ref))


def for_event(permission: Permission | None = None) -> Callable[[View], View]:
    """Replace the path's `<event_ref:ref>` by the `event` it names, and ask for `permission` to do this with it."""
    return finds(find_event, key="ref", name="event", permission=permission)
