"""The picture of an event as its organizer chooses it on the desk: uploaded whole, cut to the cover's shape, and cut again."""

from __future__ import annotations

from datetime import datetime

from easyticket.core.errors import Conflict, invalid_field
from easyticket.db import db, transactional
from easyticket.models import Event
from easyticket.rules.covers import Cut
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.services.events import update_event
from easyticket.services.images import Upload, stored_cut, stored_pictures
from easyticket.services.offers import lock_event


def set_cover(*, actor: Actor, event: Event, upload: Upload | None, cut: Cut, now: datetime) -> Event:
    """Show another picture, or without an upload another part of the one there is, on the event's page and in every list.

    :raises Invalid: the file is no picture that is taken, or there is none to cut (field `picture`).
    :raises Conflict: somebody else changed the picture at this moment.
    """
    require(actor, Permission.EDIT_EVENT, event)
    if upload is not None:
        with stored_pictures({"picture": upload}) as names, stored_cut(names["picture"], cut) as banner:
            return _show_cover(actor, event, names["picture"], banner, cut, now)
    source = cover_source_of(event)
    if not source:
        raise invalid_field("picture", "Choose a picture.")
    with stored_cut(source, cut) as banner:
        return _show_cover(actor, event, source, banner, cut, now, is_kept=True)


@transactional
def remove_cover(*, actor: Actor, event: Event, now: datetime) -> Event:
    """Take the picture away; the cover that is drawn for the event stands in for it from now on."""
    return update_event(
        actor=actor, event=event, changes={"banner_image": "", "thumbnail_image": ""}, now=now
    )


def cover_source_of(event: Event) -> str:
    """Return the name of the whole picture that a cover can be cut from; nothing where the event has none."""
    return event.cover_source or event.banner_image or event.thumbnail_image


@transactional
def _show_cover(
    actor: Actor, event: Event, source: str, banner: str, cut: Cut, now: datetime, *, is_kept: bool = False
) -> Event:
    lock_event(event)
    if is_kept and cover_source_of(event) != source:
        raise Conflict("The picture was changed at this moment. Load the page again.", code="picture_changed")
    # What it replaces is deleted later, unless a row names it then: the whole picture does if it stays.
    update_event(actor=actor, event=event, changes={"banner_image": banner, "thumbnail_image": ""}, now=now)
    event.cover_source, event.cover_cut = source, cut.as_fields()
    db.session.flush()
    return event
