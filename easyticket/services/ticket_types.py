"""Ticket types: what an event sells, each made with all its offers and the counters that limit them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from easyticket.core.errors import Invalid
from easyticket.db import db, transactional
from easyticket.models import (
    Event,
    OfferKind,
    PricingType,
    QuotaKind,
    TicketType,
)
from easyticket.rules.fields import Faults
from easyticket.rules.offer_fields import (
    KIND_BY_PRICING,
    LIST_OF_KIND,
    clean_offer,
    clean_ticket_type,
    why_kind_not_sold,
    why_too_many,
)
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.rules.search import search_text_of_type
from easyticket.services import inventory
from easyticket.services.event_changes import (
    note_type_changed,
    note_type_deleted,
    note_type_made,
    type_values,
)
from easyticket.services.listed_price import keep_listed_price
from easyticket.services.offers import (
    OfferDraft,
    add_offer,
    assign,
    check_never_ordered,
    known_fields,
    lock_event,
    note_unpayable,
    resize,
    values_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketTypeDraft:
    """A ticket type as somebody wants it. The price counts for simple pricing only, `offers` for every other.

    Price and moments are told as in `OfferDraft`. `pricing_type` must be the event's where it is told.
    """

    name: str
    total_quantity: int
    pricing_type: PricingType | None = None
    price_minor: int | None = None
    price: Decimal | None = None
    description: str = ""
    benefits: str = ""
    sales_start_at: datetime | None = None
    sales_end_at: datetime | None = None
    min_purchase: int = 1
    max_purchase: int = 10
    is_active: bool = True
    # Left out, it comes last.
    position: int | None = None
    offers: Sequence[OfferDraft] = ()


_TYPE_FIELDS = {field.name for field in fields(TicketTypeDraft)} - {"offers"}
# What is read from a draft and not stored with the ticket type.
_NOT_STORED = {"pricing_type", "price", "price_minor"}


@transactional
def create_ticket_type(*, actor: Actor, event: Event, draft: TicketTypeDraft, now: datetime) -> TicketType:
    """Return a new ticket type with all its offers and counters, or make nothing at all.

    :raises Invalid: messages by field; those of an offer are called `tiers.0.price`, `day_passes.0.price` and so
        on, counted within their kind.
    """
    require(actor, Permission.EDIT_TICKET_TYPES, event)
    lock_event(event)
    faults = Faults()
    values = clean_ticket_type(faults, values_of(draft), event)
    note_unpayable(faults, event, values["price_minor"])
    offers = _clean_offers(faults, event, values)
    faults.raise_if_any()
    _check_name(event, values["name"])
    ticket_type = TicketType(
        event=event,
        created_at=now,
        **{name: values[name] for name in _TYPE_FIELDS - _NOT_STORED - {"position"}},
        position=len(event.ticket_types) if draft.position is None else draft.position,
    )
    ticket_type.search_text = search_text_of_type(ticket_type)
    db.session.add(ticket_type)
    db.session.flush()
    quota = inventory.open_quota(QuotaKind.TICKET_TYPE, ticket_type.id, event.id, ticket_type.total_quantity)
    for offer_values in offers:
        add_offer(ticket_type, offer_values, quota, now)
    keep_listed_price(event)
    note_type_made(actor, ticket_type, now)
    return ticket_type


@transactional
def update_ticket_type(
    *, actor: Actor, ticket_type: TicketType, changes: Mapping[str, Any], now: datetime
) -> TicketType:
    """Change fields of a ticket type; the price is that of its one offer and counts for simple pricing only.

    :raises Invalid: messages by field, also where the quantity would fall below what is sold and held.
    """
    event = ticket_type.event
    require(actor, Permission.EDIT_TICKET_TYPES, event)
    lock_event(event)
    changes = known_fields(changes, _TYPE_FIELDS)
    simple_offer = next((offer for offer in ticket_type.offers if offer.kind is OfferKind.SIMPLE), None)
    before = {name: getattr(ticket_type, name) for name in _TYPE_FIELDS - _NOT_STORED}
    # A price of None is no price; one that is not told stays.
    kept = simple_offer.price_minor if simple_offer and "price" not in changes else None
    before |= {"pricing_type": None, "price": None, "price_minor": kept}
    faults = Faults()
    values = clean_ticket_type(faults, {**before, **changes}, event)
    if simple_offer is None or values["price_minor"] != simple_offer.price_minor:
        note_unpayable(faults, event, values["price_minor"])
    faults.raise_if_any()
    _check_name(event, values["name"], own_id=ticket_type.id)
    known_before = type_values(ticket_type)
    if values["total_quantity"] != ticket_type.total_quantity:
        resize(QuotaKind.TICKET_TYPE, ticket_type.id, values["total_quantity"], "total_quantity")
    price_minor = values.pop("price_minor")
    if simple_offer is not None:
        simple_offer.price_minor = price_minor
    assign(ticket_type, values)
    ticket_type.search_text = search_text_of_type(ticket_type)
    keep_listed_price(event)
    note_type_changed(actor, ticket_type, known_before, now)
    return ticket_type


@transactional
def delete_ticket_type(*, actor: Actor, ticket_type: TicketType, now: datetime) -> None:
    """Remove a ticket type that nobody ever ordered, with its offers and counters.

    :raises Invalid: it was ordered: it can be switched off instead.
    """
    event = ticket_type.event
    require(actor, Permission.EDIT_TICKET_TYPES, event)
    lock_event(event)
    check_never_ordered(ticket_type.offers)
    note_type_deleted(actor, ticket_type, now)
    for offer in ticket_type.offers:
        inventory.close_quota(QuotaKind.OFFER, offer.id)
    inventory.close_quota(QuotaKind.TICKET_TYPE, ticket_type.id)
    event.ticket_types.remove(ticket_type)
    keep_listed_price(event)


def _clean_offers(faults: Faults, event: Event, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    drafts: Sequence[OfferDraft] = values["offers"]
    for kind in OfferKind:
        reason = why_kind_not_sold(event, kind)
        if reason and any(draft.kind is kind for draft in drafts):
            faults.add(LIST_OF_KIND[kind], reason)
    if event.pricing_type is PricingType.SIMPLE:
        simple = OfferDraft(kind=OfferKind.SIMPLE, price_minor=values["price_minor"] or 0)
        # Its price is the ticket type's, whose faults are noted already.
        return [clean_offer(Faults(), values_of(simple), event, ())]
    wanted = KIND_BY_PRICING[event.pricing_type]
    if reason := why_too_many(len(drafts)):
        faults.add(LIST_OF_KIND[wanted], reason)
        return []
    clean: list[dict[str, Any]] = []
    for draft in (draft for draft in drafts if draft.kind is wanted):
        prefix = f"{LIST_OF_KIND[wanted]}.{len(clean)}."
        clean.append(clean_offer(faults, values_of(draft), event, clean, prefix=prefix))
        note_unpayable(faults, event, clean[-1]["price_minor"], prefix)
    return clean


def _check_name(event: Event, name: str, own_id: int | None = None) -> None:
    same_name = sa.select(TicketType.id).where(TicketType.event_id == event.id, TicketType.name == name)
    if db.session.scalar(same_name.where(TicketType.id != (own_id or 0))) is not None:
        message = "The fields event, name must make a unique set."
        raise Invalid(message, code="name_taken", fields={"non_field_errors": [message]})
