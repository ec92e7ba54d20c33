"""Ticket types and the offers under them: what an event sells, each with the counters that limit it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from easyticket.core.errors import Invalid, invalid_field
from easyticket.db import db, transactional
from easyticket.models import (
    Event,
    Offer,
    OfferKind,
    OrderLine,
    PricingType,
    Quota,
    QuotaKind,
    Ticket,
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
from easyticket.services.listed_price import keep_listed_price


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferDraft:
    """An offer as somebody wants it. The price is told either in major units (`price`) or in minor ones of the event's currency.

    Moments of the sales window are aware, or naive and then those of clocks in the event's zone.
    """

    kind: OfferKind
    price_minor: int = 0
    price: Decimal | None = None
    quantity: int | None = None
    tier_number: int | None = None
    tier_name: str = ""
    day_number: int | None = None
    day_name: str = ""
    # Left out, it is the event's day with that number.
    day_on: date | None = None
    is_all_days: bool = False
    sales_start_at: datetime | None = None
    sales_end_at: datetime | None = None
    is_active: bool = True


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
_OFFER_FIELDS = {field.name for field in fields(OfferDraft)} - {"kind"}
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
    values = clean_ticket_type(faults, _values(draft), event)
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
        _add_offer(ticket_type, offer_values, quota, now)
    keep_listed_price(event)
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
    changes = _known(changes, _TYPE_FIELDS)
    simple_offer = next((offer for offer in ticket_type.offers if offer.kind is OfferKind.SIMPLE), None)
    before = {name: getattr(ticket_type, name) for name in _TYPE_FIELDS - _NOT_STORED}
    # A price of None is no price; one that is not told stays.
    kept = simple_offer.price_minor if simple_offer and "price" not in changes else None
    before |= {"pricing_type": None, "price": None, "price_minor": kept}
    faults = Faults()
    values = clean_ticket_type(faults, {**before, **changes}, event)
    faults.raise_if_any()
    _check_name(event, values["name"], own_id=ticket_type.id)
    if values["total_quantity"] != ticket_type.total_quantity:
        _resize(QuotaKind.TICKET_TYPE, ticket_type.id, values["total_quantity"], "total_quantity")
    price_minor = values.pop("price_minor")
    if simple_offer is not None:
        simple_offer.price_minor = price_minor
    _assign(ticket_type, values)
    ticket_type.search_text = search_text_of_type(ticket_type)
    keep_listed_price(event)
    return ticket_type


@transactional
def delete_ticket_type(*, actor: Actor, ticket_type: TicketType, now: datetime) -> None:
    """Remove a ticket type that nobody ever ordered, with its offers and counters.

    :raises Invalid: it was ordered: it can be switched off instead.
    """
    event = ticket_type.event
    require(actor, Permission.EDIT_TICKET_TYPES, event)
    lock_event(event)
    _check_never_ordered(ticket_type.offers)
    for offer in ticket_type.offers:
        inventory.close_quota(QuotaKind.OFFER, offer.id)
    inventory.close_quota(QuotaKind.TICKET_TYPE, ticket_type.id)
    event.ticket_types.remove(ticket_type)
    keep_listed_price(event)


@transactional
def create_offer(*, actor: Actor, ticket_type: TicketType, draft: OfferDraft, now: datetime) -> Offer:
    """Return a new tier, day pass or cell of the grid under a ticket type that stands.

    :raises Invalid: messages by field; the kind must be that of the event's pricing type.
    """
    require(actor, Permission.EDIT_OFFERS, ticket_type.event)
    lock_event(ticket_type.event)
    if reason := why_kind_not_sold(ticket_type.event, draft.kind):
        raise invalid_field("ticket_type", reason)
    if draft.kind is OfferKind.SIMPLE and ticket_type.offers:
        raise invalid_field("ticket_type", "A ticket type of simple pricing has one price.")
    if reason := why_too_many(len(ticket_type.offers) + 1):
        raise invalid_field("ticket_type", reason)
    faults = Faults()
    values = clean_offer(faults, _values(draft), ticket_type.event, map(_cell_of, ticket_type.offers))
    faults.raise_if_any()
    quota = db.session.scalars(
        sa.select(Quota).filter_by(kind=QuotaKind.TICKET_TYPE, owner_id=ticket_type.id)
    ).one()
    offer = _add_offer(ticket_type, values, quota, now)
    keep_listed_price(ticket_type.event)
    return offer


@transactional
def update_offer(*, actor: Actor, offer: Offer, changes: Mapping[str, Any], now: datetime) -> Offer:
    """Change fields of an offer. Tickets that are sold keep the names, day and price they were sold with.

    :raises Invalid: messages by field, also where the quantity would fall below what is sold and held.
    """
    event = offer.ticket_type.event
    require(actor, Permission.EDIT_OFFERS, event)
    lock_event(event)
    changes = _known(changes, _OFFER_FIELDS)
    before = {name: getattr(offer, name) for name in {*_OFFER_FIELDS, "kind"} - {"price"}} | {"price": None}
    if changes.get("is_all_days"):
        before["day_number"] = None
    others = [_cell_of(other) for other in offer.ticket_type.offers if other.id != offer.id]
    faults = Faults()
    values = clean_offer(faults, {**before, **changes}, event, others)
    faults.raise_if_any()
    if values["quantity"] != offer.quantity:
        _resize(QuotaKind.OFFER, offer.id, values["quantity"], "quantity")
    _assign(offer, values)
    keep_listed_price(event)
    return offer


@transactional
def delete_offer(*, actor: Actor, offer: Offer, now: datetime) -> None:
    """Remove an offer that nobody ever ordered, with its counter.

    :raises Invalid: it was ordered, or it is the only price of a simple ticket type.
    """
    event = offer.ticket_type.event
    require(actor, Permission.EDIT_OFFERS, event)
    lock_event(event)
    if offer.kind is OfferKind.SIMPLE:
        raise Invalid(
            "A ticket type of simple pricing has one price. Delete the ticket type instead.", code="in_use"
        )
    _check_never_ordered([offer])
    inventory.close_quota(QuotaKind.OFFER, offer.id)
    offer.ticket_type.offers.remove(offer)
    keep_listed_price(event)


def lock_event(event: Event) -> None:
    """Let one change of an event and its ticket types at a time through; buying and scanning go on meanwhile."""
    # FOR NO KEY UPDATE on PostgreSQL: orders, tickets and scans only need the key of the row to stay.
    db.session.execute(sa.select(Event.id).where(Event.id == event.id).with_for_update(key_share=True))
    db.session.refresh(event)


def move_days(event: Event, shift: timedelta) -> None:
    """Take day passes, and the tickets sold for them, along with an event that was postponed as a whole."""
    if not shift:
        return
    offers = sa.select(Offer.id).where(Offer.event_id == event.id)
    for day_on, ours in (
        (Offer.day_on, Offer.event_id == event.id),
        (OrderLine.day_on, OrderLine.offer_id.in_(offers)),
        (Ticket.day_on, Ticket.event_id == event.id),
    ):
        days = db.session.scalars(sa.select(day_on).where(ours, day_on.is_not(None)).distinct()).all()
        # From the far end, so that no day moves onto one that has still to move itself.
        for day in sorted(filter(None, days), reverse=shift > timedelta(0)):
            db.session.execute(sa.update(day_on.class_).where(ours, day_on == day).values(day_on=day + shift))


def _clean_offers(faults: Faults, event: Event, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    drafts: Sequence[OfferDraft] = values["offers"]
    for kind in OfferKind:
        reason = why_kind_not_sold(event, kind)
        if reason and any(draft.kind is kind for draft in drafts):
            faults.add(LIST_OF_KIND[kind], reason)
    if event.pricing_type is PricingType.SIMPLE:
        simple = OfferDraft(kind=OfferKind.SIMPLE, price_minor=values["price_minor"] or 0)
        # Its price is the ticket type's, whose faults are noted already.
        return [clean_offer(Faults(), _values(simple), event, ())]
    wanted = KIND_BY_PRICING[event.pricing_type]
    if reason := why_too_many(len(drafts)):
        faults.add(LIST_OF_KIND[wanted], reason)
        return []
    clean: list[dict[str, Any]] = []
    for draft in (draft for draft in drafts if draft.kind is wanted):
        prefix = f"{LIST_OF_KIND[wanted]}.{len(clean)}."
        clean.append(clean_offer(faults, _values(draft), event, clean, prefix=prefix))
    return clean


def _cell_of(offer: Offer) -> dict[str, Any]:
    """Return the names and numbers an offer takes in its ticket type."""
    return {name: getattr(offer, name) for name in ("tier_number", "tier_name", "day_number", "day_name")}


def _add_offer(ticket_type: TicketType, values: Mapping[str, Any], type_quota: Quota, now: datetime) -> Offer:
    event_id = ticket_type.event_id
    position = max((other.position + 1 for other in ticket_type.offers), default=0)
    offer = Offer(event_id=event_id, position=position, created_at=now, **values)
    ticket_type.offers.append(offer)
    db.session.flush()
    event_quota = db.session.scalars(
        sa.select(Quota).filter_by(kind=QuotaKind.EVENT, owner_id=event_id)
    ).one()
    quotas = [type_quota, event_quota]
    if offer.quantity is not None:
        quotas.append(inventory.open_quota(QuotaKind.OFFER, offer.id, event_id, offer.quantity))
    inventory.link_offer(offer, quotas)
    return offer


def _check_name(event: Event, name: str, own_id: int | None = None) -> None:
    same_name = sa.select(TicketType.id).where(TicketType.event_id == event.id, TicketType.name == name)
    if db.session.scalar(same_name.where(TicketType.id != (own_id or 0))) is not None:
        message = "The fields event, name must make a unique set."
        raise Invalid(message, code="name_taken", fields={"non_field_errors": [message]})


def _check_never_ordered(offers: Sequence[Offer]) -> None:
    ids = [offer.id for offer in offers]
    # Locked, so that no order can take one of them between this look and the end of the transaction.
    db.session.execute(sa.select(Offer.id).where(Offer.id.in_(ids)).order_by(Offer.id).with_for_update())
    if db.session.scalar(sa.select(OrderLine.id).where(OrderLine.offer_id.in_(ids)).limit(1)) is not None:
        raise Invalid("It has been ordered, so it cannot be deleted. Switch it off instead.", code="in_use")


def _resize(kind: QuotaKind, owner_id: int, capacity: int | None, field: str) -> None:
    try:
        inventory.resize_quota(kind, owner_id, capacity)
    except Invalid as refusal:
        raise Invalid(refusal.message, code=refusal.code, fields={field: [refusal.message]}) from None


def _values(draft: OfferDraft | TicketTypeDraft) -> dict[str, Any]:
    return {field.name: getattr(draft, field.name) for field in fields(draft)}


def _known(changes: Mapping[str, Any], known: set[str]) -> Mapping[str, Any]:
    if unknown := changes.keys() - known:
        raise TypeError(f"these fields cannot be changed: {', '.join(sorted(unknown))}")
    return changes


def _assign(row: TicketType | Offer, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
    db.session.flush()
