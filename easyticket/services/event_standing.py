"""What administrators decide about an event of somebody else: featured, left out of lists, taken down, shown again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from easyticket.core.errors import Invalid, invalid_field
from easyticket.db import db, transactional
from easyticket.models import ChangeAction, Event, EventStatus
from easyticket.queue import JobName, enqueue
from easyticket.rules.people import normal_line
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.services.change_log import record_update, values_of
from easyticket.services.offers import lock_event

LONGEST_REASON = 500


@transactional
def feature_event(*, actor: Actor, event: Event, is_featured: bool, now: datetime) -> Event:
    """Put an event on the first page's shelf, or take it from there.

    :raises Forbidden: the actor is no administrator.
    """
    require(actor, Permission.FEATURE_EVENT, event)
    return _decide(actor, ChangeAction.EVENT_FEATURED, event, now, is_featured=is_featured)


@transactional
def hide_event(*, actor: Actor, event: Event, is_hidden: bool, now: datetime) -> Event:
    """Leave an event out of all lists and searches, or show it there again. Whoever has its address sees and buys as before.

    :raises Forbidden: the actor is no administrator.
    """
    require(actor, Permission.TAKE_DOWN_EVENT, event)
    hidden_at = (event.hidden_at or now) if is_hidden else None
    return _decide(actor, ChangeAction.EVENT_HIDDEN, event, now, hidden_at=hidden_at)


@transactional
def take_down_event(*, actor: Actor, event: Event, reason: str, now: datetime) -> Event:
    """Take an event away from everybody but its organizer, who is told why by mail, and stop its sale at once.

    Tickets that were sold stay valid and its gate stays open: what becomes of them is for a cancellation to say.

    :raises Invalid: no reason, or one that is too long (field `reason`); a draft, or taken down already.
    """
    require(actor, Permission.TAKE_DOWN_EVENT, event)
    reason = normal_line(reason, field="reason", longest=LONGEST_REASON)
    if not reason:
        raise invalid_field("reason", "Say why. The organizer reads it.")
    lock_event(event)
    if event.status is EventStatus.DRAFT:
        raise Invalid("A draft is seen by its organizer alone. There is nothing to take down.", code="draft")
    if event.taken_down_at is not None:
        raise Invalid("It is taken down already.", code="taken_down")
    _decide(actor, ChangeAction.EVENT_TAKEN_DOWN, event, now, taken_down_at=now, takedown_reason=reason)
    enqueue(JobName.MAIL_EVENT_TAKEN_DOWN, {"event_id": event.id})
    return event


@transactional
def restore_event(*, actor: Actor, event: Event, now: datetime) -> Event:
    """Give everybody an event back that was taken down; its sale goes on, and its organizer is told by mail.

    :raises Invalid: it is not taken down.
    """
    require(actor, Permission.TAKE_DOWN_EVENT, event)
    lock_event(event)
    if event.taken_down_at is None:
        raise Invalid("It is not taken down.", code="not_taken_down")
    _decide(actor, ChangeAction.EVENT_RESTORED, event, now, taken_down_at=None, takedown_reason="")
    enqueue(JobName.MAIL_EVENT_RESTORED, {"event_id": event.id})
    return event


def _decide(actor: Actor, action: ChangeAction, event: Event, now: datetime, **values: Any) -> Event:
    """Set fields of an event, and note it where anything changed."""
    lock_event(event)
    before = values_of(event, values)
    for name, value in values.items():
        setattr(event, name, value)
    db.session.flush()
    record_update(actor, action, event, values, before, now=now, event=event)
    return event
