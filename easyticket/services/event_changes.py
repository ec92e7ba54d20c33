"""What the log says of events, ticket types and offers that were made and changed: their fields by name, as people know them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from easyticket.db import db
from easyticket.models import Category, ChangeAction, Event, Offer, OfferKind, PaymentProfile, TicketType
from easyticket.rules.permissions import Actor
from easyticket.services.change_log import record_change, record_difference, values_of

_MADE_WITH = ("title", "start_at", "end_at", "venue_name", "venue_city", "total_capacity")
_TYPE = (
    "name",
    "total_quantity",
    "description",
    "benefits",
    "sales_start_at",
    "sales_end_at",
    "min_purchase",
    "max_purchase",
    "is_active",
    "position",
)
_OFFER = (
    "price_minor",
    "quantity",
    "tier_number",
    "tier_name",
    "day_number",
    "day_name",
    "day_on",
    "is_all_days",
    "sales_start_at",
    "sales_end_at",
    "is_active",
)


def note_event_made(actor: Actor, event: Event, now: datetime) -> None:
    """Note that an event was made."""
    record_change(actor, ChangeAction.EVENT_CREATED, event=event, after=values_of(event, _MADE_WITH), now=now)


def note_event_changed(
    actor: Actor, event: Event, names: Iterable[str], before: Mapping[str, Any], now: datetime
) -> None:
    """Note what is not as it was `before` in an event."""
    changed = [name for name in sorted(names) if getattr(event, name) != before[name]]
    record_difference(
        actor,
        ChangeAction.EVENT_CHANGED,
        dict(_named(name, before[name]) for name in changed),
        dict(_named(name, getattr(event, name)) for name in changed),
        event=event,
        now=now,
    )


def type_values(ticket_type: TicketType) -> dict[str, Any]:
    """Return what the log knows of a ticket type, with its price where it has one."""
    simple = next((offer for offer in ticket_type.offers if offer.kind is OfferKind.SIMPLE), None)
    return values_of(ticket_type, _TYPE) | ({"price_minor": simple.price_minor} if simple else {})


def note_type_made(actor: Actor, ticket_type: TicketType, now: datetime) -> None:
    """Note that a ticket type was made, with all that it sells and for how many minor units each."""
    values = type_values(ticket_type)
    after = {name: values[name] for name in ("name", "total_quantity", "price_minor") if name in values}
    parts = [
        [_own_name(offer), offer.price_minor]
        for offer in ticket_type.offers
        if offer.kind is not OfferKind.SIMPLE
    ]
    _record(
        actor,
        ChangeAction.TICKET_TYPE_CREATED,
        ticket_type,
        after | ({"offers": parts} if parts else {}),
        now,
    )


def note_type_changed(
    actor: Actor, ticket_type: TicketType, before: Mapping[str, Any], now: datetime
) -> None:
    """Note what is not as it was `before` (its `type_values`) in a ticket type."""
    record_difference(
        actor,
        ChangeAction.TICKET_TYPE_CHANGED,
        before,
        type_values(ticket_type),
        event=ticket_type.event,
        subject=ticket_type.name,
        now=now,
    )


def note_type_deleted(actor: Actor, ticket_type: TicketType, now: datetime) -> None:
    """Note that a ticket type is about to be removed."""
    _record(actor, ChangeAction.TICKET_TYPE_DELETED, ticket_type, {}, now)


def offer_values(offer: Offer) -> dict[str, Any]:
    """Return what the log knows of an offer."""
    return values_of(offer, _OFFER)


def note_offer_made(actor: Actor, offer: Offer, now: datetime) -> None:
    """Note that a tier, a day pass or a cell of the grid was made."""
    after = {name: value for name, value in offer_values(offer).items() if value not in (None, "", False)}
    _record(actor, ChangeAction.OFFER_CREATED, offer, after, now)


def note_offer_changed(actor: Actor, offer: Offer, before: Mapping[str, Any], now: datetime) -> None:
    """Note what is not as it was `before` (its `offer_values`) in an offer."""
    record_difference(
        actor,
        ChangeAction.OFFER_CHANGED,
        before,
        offer_values(offer),
        event=offer.ticket_type.event,
        subject=offer.full_name,
        now=now,
    )


def note_offer_deleted(actor: Actor, offer: Offer, now: datetime) -> None:
    """Note that an offer is about to be removed."""
    _record(actor, ChangeAction.OFFER_DELETED, offer, {}, now)


def _record(
    actor: Actor, action: ChangeAction, row: TicketType | Offer, after: Mapping[str, Any], now: datetime
) -> None:
    ticket_type = row if isinstance(row, TicketType) else row.ticket_type
    name = row.name if isinstance(row, TicketType) else row.full_name
    record_change(actor, action, event=ticket_type.event, subject=name, after=after, now=now)


def _own_name(offer: Offer) -> str:
    return " - ".join(filter(None, (offer.tier_name, offer.day_name)))


def _named(name: str, value: Any) -> tuple[str, Any]:
    """Return a field as it is noted: what refers to another row by that row's name, as the number tells nobody anything."""
    if name == "category_id":
        category = db.session.get(Category, value or 0)
        return "category", category.name if category else ""
    if name == "payment_profile_id":
        profile = db.session.get(PaymentProfile, value or 0)
        return "payment_profile", profile.name if profile else ""
    return name, value
