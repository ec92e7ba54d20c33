"""Events made and changed together with pictures that were uploaded for them: files first, then the rows, then all or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from easyticket.models import Event
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.services.events import EventDraft, create_event, update_event
from easyticket.services.images import Upload, stored_pictures


def create_event_with_pictures(
    *, actor: Actor, draft: EventDraft, uploads: Mapping[str, Upload], now: datetime
) -> Event:
    """Return a new event with the uploads as its `banner_image` and `thumbnail_image`, or keep neither.

    :raises Invalid: messages by field, those of a file that is no picture under its own.
    """
    require(actor, Permission.CREATE_EVENT)
    with stored_pictures(uploads) as names:
        stored: dict[str, Any] = dict(names)
        return create_event(actor=actor, draft=replace(draft, **stored), now=now)


def update_event_with_pictures(
    *, actor: Actor, event: Event, changes: Mapping[str, Any], uploads: Mapping[str, Upload], now: datetime
) -> Event:
    """Change fields and pictures of an event, or nothing at all; a picture that is replaced is deleted.

    :raises Invalid: messages by field, those of a file that is no picture under its own.
    """
    require(actor, Permission.EDIT_EVENT, event)
    with stored_pictures(uploads) as names:
        return update_event(actor=actor, event=event, changes={**changes, **names}, now=now)
