"""Offers under a ticket type: tiers, day passes and cells of the day-and-tier grid, made, changed and removed one by one.

What making a ticket type with all its offers shares with this is here as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from easyticket.core.errors import Invalid, invalid_field
from easyticket.db import db, transactional
from easyticket.models import Event, Offer, OfferKind, OrderLine, Quota, QuotaKind, Ticket, TicketType
from easyticket.queries.traces import was_ordered
from easyticket.rules.fields import Faults
from easyticket.rules.offer_fields import clean_offer, why_kind_not_sold, why_too_many
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.rules.pricing import why_price_not_payable
from easyticket.services import inventory
from easyticket.services.event_changes import (
    note_offer_changed,
    note_offer_deleted,
    note_offer_made,
    offer_values,
)
from easyticket.services.listed_price import keep_listed_price
from easyticket.services.providers import least_charge


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


# What can be changed of an offer that stands.
OFFER_FIELDS = {field.name for field in fields(OfferDraft)} - {"kind"}


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
    values = clean_offer(faults, values_of(draft), ticket_type.event, map(cell_of, ticket_type.offers))
    note_unpayable(faults, ticket_type.event, values["price_minor"])
    faults.raise_if_any()
    quota = db.session.scalars(
        sa.select(Quota).filter_by(kind=QuotaKind.TICKET_TYPE, owner_id=ticket_type.id)
    ).one()
    offer = add_offer(ticket_type, values, quota, now)
    keep_listed_price(ticket_type.event)
    note_offer_made(actor, offer, now)
    return offer


@transactional
def update_offer(*, actor: Actor, offer: Offer, changes: Mapping[str, Any], now: datetime) -> Offer:
    """Change fields of an offer. Tickets that are sold keep the names, day and price they were sold with.

    :raises Invalid: messages by field, also where the quantity would fall below what is sold and held.
    """
    event = offer.ticket_type.event
    require(actor, Permission.EDIT_OFFERS, event)
    lock_event(event)
    changes = known_fields(changes, OFFER_FIELDS)
    before = {name: getattr(offer, name) for name in {*OFFER_FIELDS, "kind"} - {"price"}} | {"price": None}
    if changes.get("is_all_days"):
        before["day_number"] = None
    others = [cell_of(other) for other in offer.ticket_type.offers if other.id != offer.id]
    faults = Faults()
    values = clean_offer(faults, {**before, **changes}, event, others)
    # A price that stands stays, whoever collects by now.
    if values["price_minor"] != offer.price_minor:
        note_unpayable(faults, event, values["price_minor"])
    faults.raise_if_any()
    known_before = offer_values(offer)
    if values["quantity"] != offer.quantity:
        resize(QuotaKind.OFFER, offer.id, values["quantity"], "quantity")
    assign(offer, values)
    keep_listed_price(event)
    note_offer_changed(actor, offer, known_before, now)
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
    check_never_ordered([offer])
    note_offer_deleted(actor, offer, now)
    inventory.close_quota(QuotaKind.OFFER, offer.id)
    offer.ticket_type.offers.remove(offer)
    keep_listed_price(event)


def note_unpayable(faults: Faults, event: Event, price_minor: int | None, prefix: str = "") -> None:
    """Note it if whoever collects the event's money takes no such amount."""
    reason = why_price_not_payable(price_minor or 0, event.currency, least_charge(event.currency))
    if reason:
        faults.add(f"{prefix}price", reason)


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


def cell_of(offer: Offer) -> dict[str, Any]:
    """Return the names and numbers an offer takes in its ticket type."""
    return {name: getattr(offer, name) for name in ("tier_number", "tier_name", "day_number", "day_name")}


def add_offer(ticket_type: TicketType, values: Mapping[str, Any], type_quota: Quota, now: datetime) -> Offer:
    """Return a new offer of checked values, with the counters that limit it: its type's, its event's and its own."""
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


def check_never_ordered(offers: Sequence[Offer]) -> None:
    """Return if nobody ever ordered any of these offers; nobody can until the transaction ends.

    :raises Invalid: somebody did.
    """
    ids = [offer.id for offer in offers]
    # Locked, so that no order can take one of them between this look and the end of the transaction.
    db.session.execute(sa.select(Offer.id).where(Offer.id.in_(ids)).order_by(Offer.id).with_for_update())
    if was_ordered(offers):
        raise Invalid("It has been ordered, so it cannot be deleted. Switch it off instead.", code="in_use")


def resize(kind: QuotaKind, owner_id: int, capacity: int | None, field: str) -> None:
    """Give a counter another capacity.

    :raises Invalid: on `field`: less than what is sold and held.
    """
    try:
        inventory.resize_quota(kind, owner_id, capacity)
    except Invalid as refusal:
        raise Invalid(refusal.message, code=refusal.code, fields={field: [refusal.message]}) from None


def values_of(draft: Any) -> dict[str, Any]:
    """Return the fields of a draft by name."""
    return {field.name: getattr(draft, field.name) for field in fields(draft)}


def known_fields(changes: Mapping[str, Any], known: set[str]) -> Mapping[str, Any]:
    """Return the changes if every one of them is to a known field; anything else is a mistake of the caller's."""
    if unknown := changes.keys() - known:
        raise TypeError(f"these fields cannot be changed: {', '.join(sorted(unknown))}")
    return changes


def assign(row: TicketType | Offer, values: Mapping[str, Any]) -> None:
    """Write what is different into a row."""
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
    db.session.flush()
