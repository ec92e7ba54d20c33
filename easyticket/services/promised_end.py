"""Keeps the end that buyers were promised, so that nobody is paid before it by having the event end sooner."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from easyticket.db import db, transactional
from easyticket.models import Event, Order


@transactional
def keep_promised_end(event: Event, end_before: datetime) -> None:
    """Remember `end_before` (UTC) if the event ends sooner from now on and anybody has ordered tickets of it."""
    if event.end_at < end_before and db.session.scalar(_is_ordered(event)):
        event.promised_end_at = max(end_before, event.promised_end_at or end_before)
        db.session.flush()


def _is_ordered(event: Event) -> sa.Select[bool]:
    # Whatever became of the order: late money may still make tickets of it.
    return sa.select(sa.exists().where(Order.event_id == event.id))
