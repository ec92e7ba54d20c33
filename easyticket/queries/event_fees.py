"""Events by their fees: those with one of their own, or those somebody looks for."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from easyticket.db import db
from easyticket.models import Event
from easyticket.queries.pages import Page, page_of
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.rules.search import words_of


def list_events_by_fee(actor: Actor, wanted: str, *, page: int, per_page: int) -> Page[Event]:
    """Return a page of the events whose slug, title or place has all words of `wanted`, the newest first.

    Without a word: those that have a fee of their own.

    :raises NotFound: there is no such page.
    """
    require(actor, Permission.SET_EVENT_FEE)
    conditions = [
        sa.or_(Event.search_text.contains(word, autoescape=True), Event.slug.contains(word, autoescape=True))
        for word in words_of(wanted)
    ] or [Event.fee_basis_points.is_not(None)]
    found = sa.select(Event).options(joinedload(Event.organizer)).where(*conditions).order_by(Event.id.desc())

    def load(limit: int, offset: int) -> Sequence[Event]:
        return db.session.scalars(found.limit(limit).offset(offset)).all()

    count = db.session.scalar(sa.select(sa.func.count(Event.id)).where(*conditions)) or 0
    return page_of(load, count=count, page=page, per_page=per_page)
