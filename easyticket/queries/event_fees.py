"""Events by their fees: those with one of their own, or those somebody looks for."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from easyticket.db import db
from easyticket.models import Event
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.rules.search import words_of

_MOST = 50


def list_events_by_fee(actor: Actor, wanted: str) -> Sequence[Event]:
    """Return the events whose slug, title or place has all words of `wanted`, the newest first, fifty at most.

    Without a word: those that have a fee of their own.
    """
    require(actor, Permission.SET_EVENT_FEE)
    words = words_of(wanted)
    conditions = [
        sa.or_(Event.search_text.contains(word, autoescape=True), Event.slug.contains(word, autoescape=True))
        for word in words
    ]
    return db.session.scalars(
        sa.select(Event)
        .options(joinedload(Event.organizer))
        .where(*(conditions or [Event.fee_basis_points.is_not(None)]))
        .order_by(Event.id.desc())
        .limit(_MOST)
    ).all()
