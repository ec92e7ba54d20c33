"""Finding ticket types with what is left of them: one by its UUID, lists by filters, those of an event, those on sale now.

Those of a draft are its owner's and the site's people's only; for everybody else there are none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, aliased

from easyticket.core.errors import NotFound, invalid_field
from easyticket.db import db
from easyticket.models import Event, EventStatus, PricingType, TicketType
from easyticket.queries.on_sale import can_type_be_bought, is_type_on_sale
from easyticket.queries.ordering import sorted_by
from easyticket.queries.pages import Page, page_of
from easyticket.queries.ticket_stock import TypeStock, load_stocks, select_ticket_types
from easyticket.rules.permissions import Actor, Permission, may
from easyticket.rules.search import words_of

NO_SUCH_CHOICE = "Select a valid choice. That choice is not one of the available choices."


@dataclass(frozen=True, slots=True)
class TypeFilters:
    """What a list of ticket types is narrowed to; the defaults narrow nothing."""

    event_uuid: UUID | None = None
    pricing_type: PricingType | None = None
    is_active: bool | None = None
    is_on_sale: bool | None = None
    query: str = ""


# The price is that of simple pricing; ticket types without one come last.
_COLUMNS = {
    "created_at": TicketType.created_at,
    "price": TicketType.listed_price_minor,
    "total_quantity": TicketType.total_quantity,
}


def get_ticket_type(actor: Actor, uuid: UUID) -> TicketType:
    """Return the ticket type with its event and offers.

    :raises NotFound: there is none, or its event is a draft of somebody else.
    """
    found = db.session.scalar(select_ticket_types().where(TicketType.uuid == uuid))
    if found is None or not may(actor, Permission.SEE_EVENT, found.event):
        raise NotFound("No TicketType matches the given query.")
    return found


def get_type_stock(actor: Actor, uuid: UUID, now: datetime) -> TypeStock:
    """Return the ticket type with what is left of it and of all its offers.

    :raises NotFound: there is none, or its event is a draft of somebody else.
    """
    return load_stocks([get_ticket_type(actor, uuid)], now)[0]


def list_type_stocks(
    actor: Actor,
    filters: TypeFilters,
    *,
    ordering: str = "",
    page: int = 1,
    per_page: int = 20,
    now: datetime,
) -> Page[TypeStock]:
    """Return one page of the ticket types the actor may see, in four statements however many they are.

    `ordering` names `created_at`, `price` or `total_quantity`, several with commas, `-` for the largest first. A filter
    by sale takes one statement more.

    :raises Invalid: there is no such event.
    :raises NotFound: there is no such page.
    """
    conditions = [is_under_visible_event(actor, TicketType.event_id), *_conditions_of(actor, filters, now)]
    order = sorted_by(ordering, _COLUMNS, default="created_at", model=TicketType, empty_last={"price"})
    return _page(conditions, order, page, per_page, now)


def list_stocks_of_event(
    actor: Actor, event_uuid: UUID, *, page: int = 1, per_page: int = 20, now: datetime
) -> Page[TypeStock]:
    """Return the active ticket types of an event in the organizer's order; none for an event the actor cannot see.

    :raises NotFound: there is no such page.
    """
    event_id = sa.select(Event.id).where(Event.uuid == event_uuid, is_visible_to(actor)).scalar_subquery()
    conditions = [TicketType.event_id == event_id, TicketType.is_active.is_(True)]
    return _page(conditions, (TicketType.position, TicketType.id), page, per_page, now)


def list_event_stocks(event: Event, now: datetime) -> list[TypeStock]:
    """Return all active ticket types of an event in the organizer's order, for those who may see the event."""
    found = select_ticket_types().where(TicketType.event_id == event.id, TicketType.is_active.is_(True))
    return load_stocks(db.session.scalars(found.order_by(TicketType.position, TicketType.id)).all(), now)


def list_available_stocks(*, page: int = 1, per_page: int = 20, now: datetime) -> Page[TypeStock]:
    """Return the ticket types of published events that are on sale and not sold out, those of the soonest event first.

    :raises NotFound: there is no such page.
    """
    order = (Event.start_at, Event.id, TicketType.position, TicketType.id)
    return _page([TicketType.event_id == Event.id, can_type_be_bought(now)], order, page, per_page, now)


def get_event_to_sell(actor: Actor, event_uuid: UUID) -> Event:
    """Return the event that somebody wants to sell a new ticket type of; whether they may is for the service to say.

    :raises Invalid: there is none, or it is a draft of somebody else.
    """
    event = db.session.scalar(sa.select(Event).where(Event.uuid == event_uuid, is_visible_to(actor)))
    if event is None:
        raise invalid_field("event", f'Invalid pk "{event_uuid}" - object does not exist.')
    return event


def is_visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the condition that the actor may see an event and what is under it: no draft of somebody else, nor taken down."""
    if actor.is_staff:
        return sa.true()
    is_out = sa.and_(Event.status != EventStatus.DRAFT, Event.taken_down_at.is_(None))
    return is_out if actor.user_id is None else sa.or_(is_out, Event.organizer_id == actor.user_id)


def is_under_visible_event(actor: Actor, event_id: InstrumentedAttribute[int]) -> sa.ColumnElement[bool]:
    """Return the same for rows under events, without a join: those left out are few, and all other events many."""
    if actor.is_staff:
        return sa.true()
    event = aliased(Event)
    found = []
    # One by one, so that each is answered by the index of its few events.
    for is_gone in (event.status == EventStatus.DRAFT, event.taken_down_at.is_not(None)):
        gone = sa.exists().where(event.id == event_id, is_gone)
        found.append(~(gone if actor.user_id is None else gone.where(event.organizer_id != actor.user_id)))
    return sa.and_(*found)


def _conditions_of(actor: Actor, filters: TypeFilters, now: datetime) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if filters.event_uuid is not None:
        found.append(TicketType.event_id == _visible_event_id(actor, filters.event_uuid))
    if filters.pricing_type is not None:
        found.append(TicketType.event.has(Event.pricing_type == filters.pricing_type))
    if filters.is_active is not None:
        found.append(TicketType.is_active.is_(filters.is_active))
    if filters.is_on_sale is not None:
        on_sale = TicketType.event.has(is_type_on_sale(now))
        found.append(on_sale if filters.is_on_sale else ~on_sale)
    found += [TicketType.search_text.contains(word, autoescape=True) for word in words_of(filters.query)]
    return found


def _visible_event_id(actor: Actor, event_uuid: UUID) -> int:
    found = db.session.scalar(sa.select(Event.id).where(Event.uuid == event_uuid, is_visible_to(actor)))
    if found is None:
        raise invalid_field("event", NO_SUCH_CHOICE)
    return found


def _page(
    conditions: Sequence[sa.ColumnElement[bool]],
    order: Sequence[sa.ColumnExpressionArgument[Any]],
    page: int,
    per_page: int,
    now: datetime,
) -> Page[TypeStock]:
    ids = sa.select(TicketType.id).where(*conditions).correlate(None)
    count = db.session.scalar(ids.with_only_columns(sa.func.count(), maintain_column_froms=True)) or 0

    def load(limit: int, offset: int) -> list[TypeStock]:
        # What is skipped is skipped by ids, and only the rows of the page are read whole.
        wanted = TicketType.id.in_(ids.order_by(*order).limit(limit).offset(offset))
        found = select_ticket_types().where(wanted).order_by(*order)
        return load_stocks(db.session.scalars(found).all(), now)

    return page_of(load, count=count, page=page, per_page=per_page)
