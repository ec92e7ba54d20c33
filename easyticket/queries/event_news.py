"""What changed about an event that its ticket holders were not told yet, and who they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from easyticket.db import db
from easyticket.models import Change, ChangeAction, Event, Order, OrderStatus, Ticket, TicketStatus, User
from easyticket.rules.event_news import NewsLine, is_news, may_be_news, news_of

_DECIDED = (ChangeAction.EVENT_NEWS_MAILED, ChangeAction.EVENT_NEWS_KEPT)
_IS_VALID = Ticket.status != TicketStatus.CANCELLED


@dataclass(frozen=True, slots=True)
class EventNews:
    """What holders should hear: `changes` are what it comes from, `holders` how many addresses it would go to."""

    lines: Sequence[NewsLine]
    changes: Sequence[Change]
    holders: int

    @property
    def last_change_id(self) -> int:
        """What whoever decides has seen."""
        return self.changes[-1].id


def find_event_news(event: Event, now: datetime) -> EventNews | None:
    """Return what nobody decided about yet, in three statements; None where there is nothing to tell, or nobody to be told."""
    if not may_be_news(event, now):
        return None
    decided = sa.select(sa.func.max(Change.id)).where(
        Change.event_id == event.id, Change.action.in_([each.value for each in _DECIDED])
    )
    changes = list_news_changes(event.id, after=db.session.scalar(decided) or 0)
    for number in range(len(changes)):
        if lines := news_of(event, changes[number:]):
            # Where all of it together changed nothing, only those who came in between have anything to hear.
            since = changes[number - 1].changed_at if number else None
            holders = _count_holders(event.id, since, changes[-1].changed_at)
            return EventNews(lines, changes, holders) if holders else None
    return None


def list_news_changes(event_id: int, *, after: int, until: int | None = None) -> list[Change]:
    """Return the changes of an event since the first ticket was sold that holders have to hear of, the oldest first.

    Those with numbers above `after`, up to `until`.
    """
    first_sale = sa.select(sa.func.min(Ticket.created_at)).where(Ticket.event_id == event_id, _IS_VALID)
    found = sa.select(Change).where(
        Change.event_id == event_id,
        Change.id > after,
        Change.action == ChangeAction.EVENT_CHANGED.value,
        Change.changed_at > first_sale.scalar_subquery(),
    )
    if until is not None:
        found = found.where(Change.id <= until)
    return [change for change in db.session.scalars(found.order_by(Change.id)) if is_news(change)]


def _count_holders(event_id: int, since: datetime | None, before: datetime) -> int:
    """Return how many addresses hold tickets that became theirs `before` a moment, and not before `since`."""
    holders = (select_buyers(event_id, before, since), select_receivers(event_id, before, since))
    addresses = sa.union(
        *(each.with_only_columns(sa.func.lower(each.selected_columns.address)) for each in holders)
    ).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(addresses)) or 0


def select_buyers(event_id: int, before: datetime, since: datetime | None = None) -> sa.Select[int, str]:
    """Select `id` and `address` of the orders with tickets that are still with their buyer and were sold `before` a moment."""
    has_tickets = sa.exists().where(
        Ticket.order_id == Order.id,
        _IS_VALID,
        Ticket.sent_on_at.is_(None),
        *_between(Ticket.created_at, since, before),
    )
    address = sa.case((Order.buyer_email != "", Order.buyer_email), else_=User.email).label("address")
    is_there = sa.and_(User.id == Order.user_id, User.deleted_at.is_(None))
    return (
        sa.select(Order.id.label("id"), address)
        .outerjoin(User, is_there)
        .where(Order.event_id == event_id, Order.status == OrderStatus.CONFIRMED, has_tickets, address != "")
    )


def select_receivers(event_id: int, before: datetime, since: datetime | None = None) -> sa.Select[int, str]:
    """Select `id` and `address` of the tickets that were sent on to somebody `before` a moment."""
    return sa.select(Ticket.id.label("id"), Ticket.attendee_email.label("address")).where(
        Ticket.event_id == event_id,
        _IS_VALID,
        Ticket.attendee_email != "",
        *_between(Ticket.sent_on_at, since, before),
    )


def _between(moment: Any, since: datetime | None, before: datetime) -> list[sa.ColumnElement[bool]]:
    return [moment < before, *([] if since is None else [moment >= since])]
