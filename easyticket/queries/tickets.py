"""Reading tickets: one of an order, one by its code or UUID, those of an account, and how many there are of them.

What is not yours is not found. Nobody is given a list of other people's tickets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, defer, joinedload

from easyticket.core.errors import NotFound, invalid_field
from easyticket.core.ids import typed_code
from easyticket.db import db
from easyticket.models import (
    CheckInPolicy,
    Event,
    EventStatus,
    Offer,
    Order,
    RetiredCode,
    Ticket,
    TicketStatus,
)
from easyticket.queries.ordering import sorted_by
from easyticket.queries.pages import Page, page_of
from easyticket.queries.ticket_types import NO_SUCH_CHOICE
from easyticket.rules.admission import as_ticket_code
from easyticket.rules.permissions import Actor, Permission, may
from easyticket.rules.ticket_transfers import SENT_ON
from easyticket.rules.tickets import TicketState

_CODE_PART = re.compile(r"[A-Z0-9-]{4,32}")
_UNKNOWN = "There is no ticket at this address."
# Surface 1 knows the event's beginning by two names.
_COLUMNS = {
    "created_at": Ticket.created_at,
    "event_date": Event.start_at,
    "event__start_date": Event.start_at,
}


@dataclass(frozen=True, slots=True)
class TicketFilters:
    """What a list of tickets is narrowed to; None asks for nothing.

    `until_over` has the states of rules.tickets.state_until_over, in which one that admits again is not done with.
    """

    state: TicketState | None = None
    until_over: bool = False
    is_used: bool | None = None
    event_uuid: UUID | None = None


@dataclass(frozen=True, slots=True)
class TicketStats:
    """How many tickets somebody has by state, and for how many events that are not over, or over, one counts or counted."""

    total: int
    active: int
    used: int
    cancelled: int
    expired: int
    upcoming_events: int
    past_events: int


def get_ticket(actor: Actor, key: str | UUID) -> Ticket:
    """Return a ticket by its code or UUID, with what is shown of it.

    :raises NotFound: there is none, or none that `actor` may see.
    """
    named = Ticket.uuid == key if isinstance(key, UUID) else Ticket.code == typed_code(key)
    ticket = db.session.scalar(shown().where(named))
    if ticket is None or not may(actor, Permission.SEE_TICKET, ticket):
        raise NotFound(_UNKNOWN)
    return ticket


def get_ticket_of_order(order: Order, code: str) -> Ticket:
    """Return the ticket of this order that has the code, unless it was sent on.

    :raises NotFound: the order has no such ticket (any more), whoever else may have it.
    """
    theirs = (Ticket.order_id == order.id, Ticket.code == code, Ticket.sent_on_at.is_(None))
    ticket = db.session.scalar(shown().where(*theirs))
    if ticket is None:
        raise NotFound(SENT_ON if was_sent_on(order, code) else _UNKNOWN)
    return ticket


def was_sent_on(order: Order, code: str) -> bool:
    """Tell whether a ticket of the order had this code before it was sent on."""
    query = (
        sa.select(RetiredCode.id)
        .join(RetiredCode.ticket)
        .where(RetiredCode.code == code, Ticket.order_id == order.id)
    )
    return db.session.scalar(query) is not None


def find_ticket_sent_by_buyer(order: Order, code: str) -> Ticket | None:
    """Return the ticket of the order that had this code until its buyer sent it on, or None."""
    return db.session.scalar(
        shown()
        .join(RetiredCode, RetiredCode.ticket_id == Ticket.id)
        .where(RetiredCode.code == code, Ticket.order_id == order.id, Ticket.sent_on_at.is_not(None))
    )


def list_tickets(
    actor: Actor,
    filters: TicketFilters,
    *,
    ordering: str = "",
    page: int = 1,
    per_page: int = 20,
    now: datetime,
) -> Page[Ticket]:
    """Return one page of the tickets of the actor's account, with what is shown of them, in two statements (three by event).

    `ordering` names `created_at`, `event_date` or `event__start_date`, several with commas, `-` for the latest first.

    :raises Invalid: there is no event of that UUID.
    :raises NotFound: there is no such page.
    """
    conditions = [*owned_by(actor), *narrowed_to(filters, now)]
    count = db.session.scalar(sa.select(sa.func.count(Ticket.id)).join(Ticket.event).where(*conditions)) or 0
    order = sorted_by(ordering, _COLUMNS, default="-created_at", model=Ticket)
    found = shown().where(*conditions).order_by(*order)

    def load(limit: int, offset: int) -> Sequence[Ticket]:
        return db.session.scalars(found.limit(limit).offset(offset)).all()

    return page_of(load, count=count, page=page, per_page=per_page)


def count_tickets(actor: Actor, now: datetime, *, until_over: bool = False) -> TicketStats:
    """Return how many tickets the actor's account has, in one statement; `until_over` as in `TicketFilters`."""
    count, events = sa.func.count(Ticket.id), sa.func.count(Ticket.event_id.distinct())
    counts = sa.not_(_is_in(TicketState.CANCELLED, now))
    row = db.session.execute(
        sa.select(
            count,
            *(count.filter(_is_in(state, now, until_over=until_over)) for state in TicketState),
            events.filter(counts, Event.end_at > now),
            events.filter(counts, Event.end_at <= now),
        )
        .join(Ticket.event)
        .where(*owned_by(actor))
    ).one()
    return TicketStats(*tuple(row))


def owned_by(actor: Actor) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions on the tickets of the actor's account."""
    # Tickets of guests have no owner, so somebody without an account must not be given them.
    return Ticket.owner_id.is_not(None), Ticket.owner_id == actor.user_id


def has_code(text: str) -> sa.ColumnElement[bool]:
    """Return the condition that a ticket's code begins with what somebody typed, or has it in its random part.

    Fewer than four characters are in too many codes to mean one.
    """
    typed = as_ticket_code(text) or typed_code(text)
    if not _CODE_PART.fullmatch(typed):
        return sa.false()
    return Ticket.code.like(f"{typed}%" if typed.startswith("TKT") else f"TKT-________-%{typed}%")


def narrowed_to(filters: TicketFilters, now: datetime) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of a statement that joins the event.

    :raises Invalid: there is no event of that UUID.
    """
    found: list[sa.ColumnElement[bool]] = []
    if filters.state is not None:
        found.append(_is_in(filters.state, now, until_over=filters.until_over))
    if filters.is_used is not None:
        found.append(Ticket.used_at.is_not(None) if filters.is_used else Ticket.used_at.is_(None))
    if filters.event_uuid is not None:
        found.append(Ticket.event_id == _event_id(filters.event_uuid))
    return found


def _event_id(uuid: UUID) -> int:
    event_id = db.session.scalar(sa.select(Event.id).where(Event.uuid == uuid))
    if event_id is None:
        raise invalid_field("event", NO_SUCH_CHOICE)
    return event_id


def _is_in(state: TicketState, now: datetime, *, until_over: bool = False) -> sa.ColumnElement[bool]:
    """Return the condition that rules.tickets.state_of, or state_until_over, answers for a row."""
    is_active, is_on = Ticket.status == TicketStatus.ACTIVE, Event.status != EventStatus.CANCELLED
    if until_over and state is TicketState.ACTIVE:
        return sa.or_(_is_in(state, now), _admits_again(now))
    if until_over and state is TicketState.USED:
        return sa.and_(_is_in(state, now), sa.not_(_admits_again(now)))
    return {
        TicketState.ACTIVE: sa.and_(is_active, is_on, Event.end_at > now),
        TicketState.EXPIRED: sa.and_(is_active, is_on, Event.end_at <= now),
        TicketState.USED: Ticket.status == TicketStatus.USED,
        TicketState.CANCELLED: sa.or_(
            Ticket.status == TicketStatus.CANCELLED, sa.and_(is_active, sa.not_(is_on))
        ),
    }[state]


def _admits_again(now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition that rules.tickets.can_still_admit answers for the row of a used ticket."""
    is_lasting = sa.or_(Ticket.is_all_days, Event.check_in_policy != CheckInPolicy.SINGLE)
    is_on = sa.and_(Event.status != EventStatus.CANCELLED, Event.end_at > now)
    return sa.and_(Ticket.status == TicketStatus.USED, is_on, is_lasting)


def shown() -> sa.Select[Ticket]:
    """Return the statement that loads tickets with what every list shows of them."""
    long_texts = (Event.description, Event.search_text, Event.terms_and_conditions, Event.refund_policy)
    return (
        sa.select(Ticket)
        .join(Ticket.event)
        .options(
            contains_eager(Ticket.event).options(*map(defer, long_texts)),
            joinedload(Ticket.order),
            joinedload(Ticket.used_by),
            joinedload(Ticket.offer).joinedload(Offer.ticket_type),
        )
    )
