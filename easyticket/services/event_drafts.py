"""What somebody types into an event's form is kept before it is saved, so that a closed tab loses nothing.

A draft that was saved or discarded stays as an empty row for a while: what a page that was opened before it still sends,
late or from another tab, must not bring it back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from easyticket.core.errors import Conflict, Invalid
from easyticket.db import db, insert_if_new, transactional
from easyticket.models import Event, EventDraft
from easyticket.queries.event_drafts import form_of
from easyticket.rules.permissions import Actor, Permission, require

# Characters of everything together: two texts of the longest kind, with signs that are written longer, and room for the rest.
MOST_CHARACTERS = 250_000
KEPT_FOR = timedelta(days=90)


@transactional
def keep_event_draft(
    *, actor: Actor, event: Event | None, fields: Mapping[str, str], opened_at: datetime, now: datetime
) -> None:
    """Keep what is typed in the form of an event, or of a new one (None), as it is: nothing is checked.

    `opened_at` is when the page with the form was made.

    :raises Invalid: it is too much to be kept.
    :raises Conflict: the form was saved or its draft discarded after this page was opened.
    """
    _require(actor, event)
    if len(json.dumps(dict(fields), ensure_ascii=False)) > MOST_CHARACTERS:
        raise Invalid("This is too long to be kept. Save it, or make it shorter.", code="draft_too_long")
    draft = _locked_draft(actor, event, now)
    if not draft.fields and opened_at < draft.updated_at and draft.created_at != draft.updated_at:
        raise Conflict(
            "This was saved or discarded in another tab meanwhile. Load the page again to go on from there.",
            code="draft_ended",
        )
    draft.fields, draft.updated_at = dict(fields), now


@transactional
def discard_event_draft(*, actor: Actor, event: Event | None, now: datetime) -> None:
    """Forget what was typed into the form of an event, or of a new one (None), because it is saved or not wanted."""
    _require(actor, event)
    draft = _locked_draft(actor, event, now)
    # Later than it was made in any case: the two together say that it was ended.
    draft.fields, draft.updated_at = {}, max(now, draft.created_at + timedelta(microseconds=1))


def forget_event_drafts(event: Event) -> None:
    """Delete what anybody typed into the form of an event that is deleted itself."""
    db.session.execute(sa.delete(EventDraft).where(EventDraft.form == form_of(event)))


def _require(actor: Actor, event: Event | None) -> None:
    if event is None:
        require(actor, Permission.CREATE_EVENT)
    else:
        require(actor, Permission.EDIT_EVENT, event)


def _locked_draft(actor: Actor, event: Event | None, now: datetime) -> EventDraft:
    key = {"user_id": actor.user_id, "form": form_of(event)}
    insert_if_new(EventDraft, {**key, "fields": {}, "created_at": now, "updated_at": now})
    return db.session.scalars(
        sa.select(EventDraft).filter_by(**key).with_for_update().execution_options(populate_existing=True)
    ).one()
