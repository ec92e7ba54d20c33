"""Ticket types as the Cafa Tickets API makes and changes them: each is a simple type with one offer, named by the offer's number.

Offers of events with tiers or days are sold there too; they are changed where their whole grid is seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from easyticket.core.errors import Invalid, invalid_field
from easyticket.core.money import Money
from easyticket.db import db, transactional
from easyticket.models import Event, Offer, OfferKind, PricingType, TicketType
from easyticket.rules.event_forms import is_same_edge, read_window_edge, why_too_many_tickets
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.rules.sales import sales_end, sales_start
from easyticket.services.offers import lock_event
from easyticket.services.ticket_types import (
    TicketTypeDraft,
    create_ticket_type,
    delete_ticket_type,
    update_ticket_type,
)

NOT_SIMPLE = "This event sells tiers or days. Change its tickets on its page of this site, where all of them are seen together."
_NEEDED = ("name", "price", "total_quantity")
_WINDOW = ("sales_start_at", "sales_end_at")
_USUAL_MOST = 10

# Fields of a ticket type by name; edges of the sales window may be days alone.
Entry = Mapping[str, Any]


@transactional
def add_ticket_type(*, actor: Actor, event: Event, entry: Entry, now: datetime) -> Offer:
    """Return the offer of a new ticket type.

    :raises Invalid: messages by field; more tickets than the event has room for; or it sells tiers or days.
    """
    require(actor, Permission.EDIT_TICKET_TYPES, event)
    lock_event(event)
    offer = make_type(actor, event, entry, now)
    check_room(event, "total_quantity")
    return offer


@transactional
def change_ticket_type(*, actor: Actor, offer: Offer, changes: Entry, now: datetime) -> Offer:
    """Change a ticket type; what is as it is shown changes nothing.

    :raises Invalid: messages by field; below what is sold and held; more than the event has room for; not simple.
    """
    event = offer.ticket_type.event
    require(actor, Permission.EDIT_TICKET_TYPES, event)
    lock_event(event)
    if alter_type(actor, offer, changes, now):
        check_room(event, "total_quantity")
    return offer


@transactional
def remove_ticket_type(*, actor: Actor, offer: Offer, now: datetime) -> None:
    """Remove a ticket type that nobody ever ordered.

    :raises Invalid: it was ordered, is the only one of its event, or is not simple.
    """
    event = offer.ticket_type.event
    require(actor, Permission.EDIT_TICKET_TYPES, event)
    lock_event(event)
    if offer.kind is not OfferKind.SIMPLE:
        raise Invalid(NOT_SIMPLE, code="not_simple")
    if len(event.ticket_types) == 1:
        raise Invalid("An event needs at least one ticket type. Add another one first.", code="last_type")
    delete_ticket_type(actor=actor, ticket_type=offer.ticket_type, now=now)


def write_types(actor: Actor, event: Event, entries: Sequence[Entry], now: datetime) -> bool:
    """Change the ticket types that are named by `id` and add those that are not; tell whether anything changed.

    :raises Invalid: messages by field and place, as in `ticket_types.0.price`.
    """
    offers = {offer.id: offer for ticket_type in event.ticket_types for offer in ticket_type.offers}
    has_changed = False
    for number, entry in enumerate(entries):
        with _named_within(f"ticket_types.{number}."):
            offer_id = entry.get("id")
            if offer_id is None:
                make_type(actor, event, entry, now)
                has_changed = True
            elif offer_id not in offers:
                raise invalid_field("id", "This event has no such ticket type.")
            else:
                has_changed |= alter_type(actor, offers[offer_id], entry, now)
    return has_changed


def make_type(actor: Actor, event: Event, entry: Entry, now: datetime) -> Offer:
    """Return the offer of a new ticket type of an event whose row is locked.

    :raises Invalid: messages by field.
    """
    if event.pricing_type is not PricingType.SIMPLE:
        raise Invalid(NOT_SIMPLE, code="not_simple")
    missing = [name for name in _NEEDED if entry.get(name) is None]
    if missing:
        required = "This field is required."
        raise Invalid(required, fields={name: [required] for name in missing})
    values = {name: value for name, value in entry.items() if name != "id" and value is not None}
    values |= {name: _edge(values[name], name) for name in _WINDOW if name in values}
    values.setdefault("max_purchase", max(_USUAL_MOST, values.get("min_purchase", 1)))
    with _own_words():
        made = create_ticket_type(actor=actor, event=event, draft=TicketTypeDraft(**values), now=now)
    return made.offers[0]


def alter_type(actor: Actor, offer: Offer, entry: Entry, now: datetime) -> bool:
    """Write into a ticket type what differs from how it is shown; tell whether anything did.

    :raises Invalid: messages by field, or it is not simple.
    """
    changes = _differences(offer, entry)
    if not changes:
        return False
    if offer.kind is not OfferKind.SIMPLE:
        raise Invalid(NOT_SIMPLE, code="not_simple")
    with _own_words():
        update_ticket_type(actor=actor, ticket_type=offer.ticket_type, changes=changes, now=now)
    return True


def check_room(event: Event, field: str) -> None:
    """Return if the ticket types that are switched on have no more tickets together than the event has room for.

    :raises Invalid: they have; the message stands under `field`.
    """
    db.session.flush()
    quantities = db.session.scalar(
        sa.select(sa.func.sum(TicketType.total_quantity)).where(
            TicketType.event_id == event.id, TicketType.is_active
        )
    )
    if refusal := why_too_many_tickets(int(quantities or 0), event.total_capacity):
        raise invalid_field(field, refusal)


def _differences(offer: Offer, entry: Entry) -> dict[str, Any]:
    ticket_type = offer.ticket_type
    zone = ticket_type.event.time_zone
    shown = {
        "name": offer.full_name,
        "description": ticket_type.description,
        "price": Money(offer.price_minor, ticket_type.event.currency).decimal,
        "total_quantity": offer.total_quantity,
        "min_purchase": ticket_type.min_purchase,
        "max_purchase": ticket_type.max_purchase,
    }
    # What may not be empty and is said to be nothing is not said at all.
    changes = {
        name: entry[name]
        for name, value in shown.items()
        if entry.get(name) is not None and entry[name] != value
    }
    edges = {"sales_start_at": sales_start(offer), "sales_end_at": sales_end(offer)}
    for name, stored in edges.items():
        if name in entry and not is_same_edge(stored, entry[name], zone):
            changes[name] = _edge(entry[name], name)
    return changes


def _edge(value: date | datetime | None, name: str) -> datetime | None:
    return read_window_edge(value, is_end=name == "sales_end_at")


@contextmanager
def _own_words() -> Iterator[None]:
    """Say that a name is taken at the name: that it is so together with the event tells a form nothing."""
    try:
        yield
    except Invalid as refusal:
        if refusal.code != "name_taken":
            raise
        raise invalid_field("name", "Another ticket type of this event has this name.") from None


@contextmanager
def _named_within(prefix: str) -> Iterator[None]:
    """Have the messages of one row of a list stand under its place in the list."""
    try:
        yield
    except Invalid as refusal:
        fields = refusal.fields or {"non_field_errors": [refusal.message]}
        raise Invalid(
            refusal.message,
            code=refusal.code,
            fields={f"{prefix}{name}": texts for name, texts in fields.items()},
        ) from None
