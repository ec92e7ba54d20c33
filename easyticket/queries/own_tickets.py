"""The tickets of an account as its pages list them: those that still let somebody in, and all others, in pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from easyticket.db import db
from easyticket.models import Event, EventStatus, Ticket, TicketStatus
from easyticket.queries.pages import Page, page_of
from easyticket.queries.tickets import owned_by, shown
from easyticket.rules.permissions import Actor


def list_coming_tickets(actor: Actor, now: datetime, *, page: int, per_page: int) -> Page[Ticket]:
    """Return the account's valid tickets of events that are not over, the next event first.

    :raises NotFound: there is no such page.
    """
    return _page(actor, _is_coming(now), (Event.start_at, Ticket.id), page, per_page)


def list_past_tickets(actor: Actor, now: datetime, *, page: int, per_page: int) -> Page[Ticket]:
    """Return its other tickets, of events that are over and cancelled ones, the latest event first.

    :raises NotFound: there is no such page.
    """
    latest = (Event.start_at.desc(), Ticket.id.desc())
    return _page(actor, sa.not_(_is_coming(now)), latest, page, per_page)


def _page(
    actor: Actor,
    condition: sa.ColumnElement[bool],
    order: Sequence[sa.ColumnExpressionArgument[object]],
    page: int,
    per_page: int,
) -> Page[Ticket]:
    conditions = (*owned_by(actor), condition)
    count = db.session.scalar(sa.select(sa.func.count(Ticket.id)).join(Ticket.event).where(*conditions)) or 0
    found = shown().options(selectinload(Ticket.transfers)).where(*conditions).order_by(*order)

    def load(limit: int, offset: int) -> Sequence[Ticket]:
        return db.session.scalars(found.limit(limit).offset(offset)).all()

    return page_of(load, count=count, page=page, per_page=per_page)


def _is_coming(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        Event.end_at > now, Event.status != EventStatus.CANCELLED, Ticket.status != TicketStatus.CANCELLED
    )
