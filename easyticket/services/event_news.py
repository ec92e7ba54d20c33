"""Telling ticket holders that date, place or online address of an event changed: decided once, mailed once to each address.

A job writes the mails as jobs of their own, batch by batch. Each has a key of the change and the address, so a run that
was killed goes on where it stopped, and who has several orders hears of it once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from easyticket.core.errors import Conflict
from easyticket.core.signing import digest
from easyticket.db import db, transactional
from easyticket.models import Change, ChangeAction, Event, OutboxJob
from easyticket.queries.event_news import (
    EventNews,
    find_event_news,
    select_buyers,
    select_receivers,
)
from easyticket.queue import JobName, enqueue
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.services.change_log import record_change
from easyticket.services.offers import lock_event

_BATCH = 200
_SOURCES: Mapping[str, Callable[[int, datetime], sa.Select[int, str]]] = {
    "order_id": select_buyers,
    "ticket_id": select_receivers,
}


@transactional
def tell_holders(*, actor: Actor, event: Event, last_change_id: int, now: datetime) -> int:
    """Have everybody who holds tickets mailed what changed up to `last_change_id`; return to how many addresses.

    :raises Conflict: it was decided already, or the event was changed again since.
    """
    news = _undecided(actor, event, last_change_id, now)
    payload = {
        "event_id": event.id,
        "first_change_id": news.changes[0].id,
        "last_change_id": news.last_change_id,
    }
    enqueue(JobName.TELL_HOLDERS, payload, key=f"event-news:{news.last_change_id}")
    _note(actor, ChangeAction.EVENT_NEWS_MAILED, event, news, now)
    return news.holders


@transactional
def leave_holders_untold(*, actor: Actor, event: Event, last_change_id: int, now: datetime) -> None:
    """Note that nobody is mailed what changed up to `last_change_id`.

    :raises Conflict: as `tell_holders`.
    """
    news = _undecided(actor, event, last_change_id, now)
    _note(actor, ChangeAction.EVENT_NEWS_KEPT, event, news, now)


def spread_event_news(event_id: int, first_change_id: int, last_change_id: int) -> int:
    """Plan the mail to each holder of what changed, and return how many were planned anew (job)."""
    changed_at = db.session.get_one(Change, last_change_id).changed_at
    about = {"first_change_id": first_change_id, "last_change_id": last_change_id}
    count = 0
    for name, select in _SOURCES.items():
        holders, last_id = select(event_id, changed_at), 0
        while rows := _next(holders, last_id):
            last_id = rows[-1].id
            count += _plan_mails(name, rows, about)
    return count


def _next(holders: sa.Select[int, str], after: int) -> Sequence[sa.Row[int, str]]:
    number = holders.selected_columns.id
    rows = db.session.execute(holders.where(number > after).order_by(number).limit(_BATCH)).all()
    db.session.rollback()
    return rows


@transactional
def _plan_mails(name: str, rows: Sequence[sa.Row[int, str]], about: Mapping[str, int]) -> int:
    prefix = f"event-news:{about['last_change_id']}"
    wanted: dict[str, int] = {}
    for row in rows:
        wanted.setdefault(f"{prefix}:{digest(row.address.lower())[:40]}", row.id)
    planned = set(db.session.scalars(sa.select(OutboxJob.key).where(OutboxJob.key.in_(wanted))))
    for key in wanted.keys() - planned:
        enqueue(JobName.MAIL_EVENT_CHANGED, {name: wanted[key], **about}, key=key)
    return len(wanted.keys() - planned)


def _undecided(actor: Actor, event: Event, last_change_id: int, now: datetime) -> EventNews:
    require(actor, Permission.EDIT_EVENT, event)
    lock_event(event)
    news = find_event_news(event, now)
    if news is None or news.last_change_id != last_change_id:
        raise Conflict(
            "This was decided already, or the event was changed again. Look at it once more.",
            code="news_decided",
        )
    return news


def _note(actor: Actor, action: ChangeAction, event: Event, news: EventNews, now: datetime) -> None:
    record_change(actor, action, event=event, after={"holders": news.holders}, now=now)
