"""Tickets as apps show them to their holders: with event, category, order and payments, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, contains_eager, joinedload
from sqlalchemy.orm.interfaces import ORMOption

from easyticket.core.errors import NotFound
from easyticket.core.ids import typed_code
from easyticket.db import db
from easyticket.models import Event, Order, Ticket
from easyticket.queries.category_items import find_other, is_in_category
from easyticket.queries.pages import Page, page_of
from easyticket.queries.tickets import TicketFilters, has_code, narrowed_to, owned_by, shown
from easyticket.rules.permissions import Actor, Permission, may
from easyticket.rules.search import fold, words_of
from easyticket.rules.tickets import TicketState


@dataclass(frozen=True, slots=True)
class ItemFilters:
    """What a list of tickets is narrowed to; nothing asks for nothing.

    `query` is looked for in the code and the event's title, `category` is a slug or a number.
    """

    state: TicketState | None = None
    query: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class TicketItem:
    """A ticket with the number and name of its event's category, which is "Other" for an event without one."""

    ticket: Ticket
    category_id: int
    category_name: str


def filters_for(
    *, status: str = "", query: str = "", category: str = "", category_id: int | None = None
) -> ItemFilters:
    """Return the filters that clients of the API mean: `paid` is their other word for `active`, `all` asks for nothing."""
    state = {"": None, "all": None, "paid": TicketState.ACTIVE}.get(status, status)
    if not category and category_id is not None:
        category = str(category_id)
    return ItemFilters(TicketState(state) if state else None, query, category)


def get_ticket_item(actor: Actor, code: str) -> TicketItem:
    """Return a ticket by its printed code, with its event's organizer.

    :raises NotFound: there is none, or none that `actor` may see.
    """
    ticket = None
    if code.isprintable():
        organizer = contains_eager(Ticket.event).joinedload(Event.organizer)
        named = Ticket.code == typed_code(code)
        ticket = db.session.scalar(shown().options(*_loaded(), organizer).where(named))
    if ticket is None or not may(actor, Permission.SEE_TICKET, ticket):
        raise NotFound("There is no ticket with this code.", code="no_such_ticket")
    return _items([ticket])[0]


def list_ticket_items(
    actor: Actor, filters: ItemFilters, *, page: int = 1, per_page: int = 10, now: datetime
) -> Page[TicketItem]:
    """Return one page of the tickets of the actor's account, the latest first.

    :raises NotFound: there is no such page.
    """
    conditions = [
        *owned_by(actor),
        *narrowed_to(TicketFilters(state=filters.state, until_over=True), now),
        *([is_in_category(filters.category)] if filters.category else ()),
        *_found_by(actor, filters.query),
    ]
    return _page(conditions, Ticket.created_at, page, per_page)


def list_attended(actor: Actor, *, page: int = 1, per_page: int = 20, now: datetime) -> Page[TicketItem]:
    """Return one page of the account's tickets that let somebody in, the last one let in first.

    :raises NotFound: there is no such page.
    """
    used = narrowed_to(TicketFilters(state=TicketState.USED), now)
    return _page([*owned_by(actor), *used], Ticket.used_at, page, per_page)


def list_items_of_order(order: Order) -> list[TicketItem]:
    """Return the tickets of an order as they were made, without those that were sent on; none before it is paid.

    Whose order it is has been asked already.
    """
    theirs = (Ticket.order_id == order.id, Ticket.sent_on_at.is_(None))
    found = shown().options(*_loaded()).where(*theirs).order_by(Ticket.id)
    return _items(db.session.scalars(found).all())


def _page(
    conditions: Sequence[sa.ColumnElement[bool]],
    moment: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None],
    page: int,
    per_page: int,
) -> Page[TicketItem]:
    count = db.session.scalar(sa.select(sa.func.count(Ticket.id)).join(Ticket.event).where(*conditions)) or 0
    found = shown().options(*_loaded()).where(*conditions).order_by(moment.desc(), Ticket.id.desc())

    def load(limit: int, offset: int) -> Sequence[TicketItem]:
        return _items(db.session.scalars(found.limit(limit).offset(offset)).all())

    return page_of(load, count=count, page=page, per_page=per_page)


def _items(tickets: Sequence[Ticket]) -> list[TicketItem]:
    other = find_other()
    return [TicketItem(ticket, *_category_of(ticket.event, other)) for ticket in tickets]


def _category_of(event: Event, other: tuple[int, str]) -> tuple[int, str]:
    return (event.category.id, event.category.name) if event.category else other


def _found_by(actor: Actor, query: str) -> list[sa.ColumnElement[bool]]:
    """Return the condition that the query is a part of the code or that all of its words are in the title.

    Titles are compared here and not in the database, which knows no accents: an account has few events.
    """
    words = words_of(query)
    if not words:
        return []
    titles = (
        sa.select(Event.id, Event.title).join(Ticket, Ticket.event_id == Event.id).where(*owned_by(actor))
    )
    found = [
        event_id
        for event_id, title in db.session.execute(titles.distinct())
        if all(word in fold(title) for word in words)
    ]
    return [sa.or_(has_code(query), Event.id.in_(found))]


def _loaded() -> tuple[ORMOption, ...]:
    return (
        contains_eager(Ticket.event).joinedload(Event.category),
        joinedload(Ticket.order).selectinload(Order.payments),
    )
