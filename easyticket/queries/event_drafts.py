"""What somebody typed into an event's form and has not saved yet; everybody sees their own only."""

from __future__ import annotations

import sqlalchemy as sa

from easyticket.db import db
from easyticket.models import Event, EventDraft
from easyticket.rules.permissions import Actor

NEW = "new"


def find_event_draft(actor: Actor, event: Event | None) -> EventDraft | None:
    """Return what the actor typed into the form of an event, or of a new one (None), if there is something unsaved."""
    mine = sa.select(EventDraft).filter_by(user_id=actor.user_id, form=form_of(event))
    draft = db.session.scalars(mine).first()
    return draft if draft is not None and draft.fields else None


def form_of(event: Event | None) -> str:
    """Return what the form of an event is called, or that of a new one (None)."""
    return NEW if event is None else str(event.uuid)
