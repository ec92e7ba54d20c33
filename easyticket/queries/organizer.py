"""What organizers see of their own events: stock and earnings of many events in one query each, never one per row.

Anybody else's event is NotFound; the people who run the site may look at every single one.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from easyticket.core.errors import NotFound
from easyticket.core.money import Money
from easyticket.db import db
from easyticket.models import (
    Event,
    EventStatus,
    LedgerEntry,
    Quota,
    QuotaKind,
    TicketType,
)
from easyticket.queries.earnings import SHARES
from easyticket.queries.pages import Page, page_of
from easyticket.rules.permissions import Actor, Permission, may
from easyticket.rules.search import words_of


class OwnEvents(enum.StrEnum):
    """Which of their events somebody looks at. What was cancelled is past."""

    ALL = ""
    COMING = "coming"
    PAST = "past"
    DRAFTS = "drafts"


@dataclass(frozen=True, slots=True)
class Stock:
    """How much of something is sold, held for buyers who have not paid, and left; `capacity` None has no limit."""

    capacity: int | None = 0
    sold: int = 0
    held: int = 0

    @property
    def left(self) -> int | None:
        """What can still be bought now."""
        return None if self.capacity is None else max(self.capacity - self.sold - self.held, 0)


@dataclass(frozen=True, slots=True)
class OwnEvent:
    """An event with what it sold and what that brought its organizer, after fees and refunds."""

    event: Event
    stock: Stock
    earned: Money


def list_own_events(
    actor: Actor,
    now: datetime,
    *,
    which: OwnEvents = OwnEvents.ALL,
    wanted: str = "",
    page: int,
    per_page: int,
) -> Page[OwnEvent]:
    """Return the actor's events: what is ahead or running by its beginning, then what is over, the last one first.

    `wanted` are words that all stand somewhere in title, description, tags or place.

    :raises NotFound: there is no such page.
    """
    mine = sa.and_(Event.organizer_id == actor.user_id, _is_of(which, now))
    for word in words_of(wanted):
        mine = sa.and_(mine, Event.search_text.contains(word, autoescape=True))
    count = db.session.scalar(sa.select(sa.func.count(Event.id)).where(mine)) or 0
    is_over = sa.case((Event.end_at > now, 0), else_=1)
    ahead_by_start = sa.case((Event.end_at > now, Event.start_at))
    query = (
        sa.select(Event).where(mine).order_by(is_over, ahead_by_start, Event.start_at.desc(), Event.id.desc())
    )

    def load(limit: int, offset: int) -> Sequence[OwnEvent]:
        events = db.session.scalars(query.limit(limit).offset(offset)).all()
        stocks, earnings = find_event_stocks(events), find_earnings(events)
        return [OwnEvent(event, stocks[event.id], earnings[event.id]) for event in events]

    return page_of(load, count=count, page=page, per_page=per_page)


def _is_of(which: OwnEvents, now: datetime) -> sa.ColumnElement[bool]:
    is_draft, is_cancelled = Event.status == EventStatus.DRAFT, Event.status == EventStatus.CANCELLED
    if which is OwnEvents.DRAFTS:
        return is_draft
    if which is OwnEvents.COMING:
        return sa.and_(Event.status == EventStatus.PUBLISHED, Event.end_at > now)
    if which is OwnEvents.PAST:
        return sa.and_(sa.not_(is_draft), sa.or_(is_cancelled, Event.end_at <= now))
    return sa.true()


def is_event_cancelled(slug: str) -> bool:
    """Tell whether the event of this address was cancelled; False where there is none."""
    of_slug = sa.select(Event.id).where(Event.slug == slug, Event.status == EventStatus.CANCELLED)
    return db.session.scalar(of_slug) is not None


def get_own_event(actor: Actor, slug: str) -> Event:
    """Return one event of the actor's with everything it sells.

    :raises NotFound: there is none, or it is somebody else's.
    """
    event = db.session.scalars(
        sa.select(Event)
        .where(Event.slug == slug)
        .options(
            joinedload(Event.organizer),
            joinedload(Event.category),
            selectinload(Event.ticket_types).selectinload(TicketType.offers),
        )
    ).first()
    if event is None or not may(actor, Permission.EDIT_EVENT, event):
        raise NotFound("You have no event at this address.")
    return event


def find_usual_choices(actor: Actor) -> Mapping[str, str]:
    """Return the time zone and the currency of the event the actor made last; nothing before the first one."""
    newest = sa.select(Event.time_zone, Event.currency).where(Event.organizer_id == actor.user_id)
    row = db.session.execute(newest.order_by(Event.id.desc()).limit(1)).first()
    return {"time_zone": row.time_zone, "currency": row.currency} if row else {}


def get_own_ticket_type(actor: Actor, slug: str, ticket_type_uuid: UUID) -> TicketType:
    """Return one ticket type of one of the actor's events.

    :raises NotFound: there is none, or it is somebody else's.
    """
    event = get_own_event(actor, slug)
    found = next((each for each in event.ticket_types if each.uuid == ticket_type_uuid), None)
    if found is None:
        raise NotFound("This event has no such ticket type.")
    return found


def find_event_stocks(events: Sequence[Event]) -> Mapping[int, Stock]:
    """Return the stock of each event by its id: what its ticket types sell together, within its own capacity.

    Of a ticket type that is switched off only what it sold counts.
    """
    on_sale = sa.case((TicketType.is_active, Quota.capacity), else_=Quota.sold + Quota.held)
    rows = db.session.execute(
        sa.select(Quota.event_id, sa.func.sum(on_sale), sa.func.sum(Quota.sold), sa.func.sum(Quota.held))
        .join(TicketType, TicketType.id == Quota.owner_id)
        .where(Quota.kind == QuotaKind.TICKET_TYPE, Quota.event_id.in_([event.id for event in events]))
        .group_by(Quota.event_id)
    )
    totals = {event_id: (int(capacity or 0), int(sold), int(held)) for event_id, capacity, sold, held in rows}
    return {event.id: _stock_of(event, *totals.get(event.id, (0, 0, 0))) for event in events}


def find_stocks_of(event: Event) -> Mapping[tuple[QuotaKind, int], Stock]:
    """Return every counter of one event by kind and owner: its ticket types and its offers among them."""
    quotas = db.session.scalars(sa.select(Quota).where(Quota.event_id == event.id))
    return {(quota.kind, quota.owner_id): Stock(quota.capacity, quota.sold, quota.held) for quota in quotas}


def find_earnings(events: Sequence[Event]) -> Mapping[int, Money]:
    """Return the organizer's share of each event by its id, after fees and refunds, as the ledger has it."""
    rows = db.session.execute(
        sa.select(LedgerEntry.event_id, sa.func.sum(LedgerEntry.amount_minor))
        .where(
            LedgerEntry.organizer_id.in_({event.organizer_id for event in events}),
            LedgerEntry.account.in_(SHARES),
            # Payouts debit the same account, and belong to no order.
            LedgerEntry.event_id.in_([event.id for event in events]),
            LedgerEntry.order_id.is_not(None),
        )
        .group_by(LedgerEntry.event_id)
    )
    # What is owed to somebody is a credit, and credits are negative.
    shares = {event_id: -int(amount) for event_id, amount in rows}
    return {event.id: Money(shares.get(event.id, 0), event.currency) for event in events}


def _stock_of(event: Event, on_sale: int, sold: int, held: int) -> Stock:
    capacity = on_sale if event.total_capacity is None else min(on_sale, event.total_capacity)
    return Stock(capacity, sold, held)
