"""Ticket types as the desk makes and changes them: one with all its prices in one save, and in what order they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from easyticket.core.errors import Invalid, invalid_field
from easyticket.db import db, transactional
from easyticket.models import Event, Offer, OfferKind, Quota, QuotaKind, TicketType
from easyticket.rules.fields import Faults
from easyticket.rules.offer_fields import KIND_BY_PRICING, LIST_OF_KIND, clean_offer, why_too_many
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.services import inventory
from easyticket.services.event_changes import (
    note_event_changed,
    note_offer_changed,
    note_offer_deleted,
    note_offer_made,
    note_type_changed,
    offer_values,
    type_values,
)
from easyticket.services.listed_price import keep_listed_price
from easyticket.services.offers import (
    OFFER_FIELDS,
    OfferDraft,
    add_offer,
    assign,
    cell_of,
    check_never_ordered,
    lock_event,
    note_unpayable,
    resize,
    values_of,
)
from easyticket.services.ticket_types import TicketTypeDraft, create_ticket_type, update_ticket_type


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceEntry:
    """One price of a table: fields of `OfferDraft` by name, and the UUID of the offer that has it already, if one has.

    Fields of such an offer that are not named stay as they are. `is_removed` wants it deleted.
    """

    values: Mapping[str, Any]
    offer_uuid: UUID | None = None
    is_removed: bool = False


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A price that was checked: the offer that has it, None for a new one, and where it stands in the table."""

    offer: Offer | None
    values: Mapping[str, Any]
    prefix: str


@transactional
def save_ticket_type(
    *,
    actor: Actor,
    event: Event,
    ticket_type: TicketType | None,
    values: Mapping[str, Any],
    prices: Sequence[PriceEntry] = (),
    now: datetime,
) -> TicketType:
    """Return a ticket type as it is wanted with all its prices, or change nothing at all; None makes a new one.

    `values` are fields of `TicketTypeDraft`; a `total_quantity` of None is what the prices have together. `prices` come in
    the order they are to stand in; offers of the type that are not among them stay, behind them. An event whose tickets
    were all free is called free no longer once one of them costs something.

    :raises Invalid: messages by field, those of a price under `tiers.0.price`, `day_passes.2.quantity` and so on.
    """
    require(actor, Permission.EDIT_TICKET_TYPES, event)
    lock_event(event)
    kept = [entry for entry in prices if not entry.is_removed]
    wanted = dict(values)
    if KIND_BY_PRICING[event.pricing_type] is not OfferKind.SIMPLE:
        others = _offers_not_in(prices, ticket_type)
        if not kept and not others:
            field = LIST_OF_KIND[KIND_BY_PRICING[event.pricing_type]]
            raise invalid_field(field, "A ticket needs at least one price.")
        wanted["total_quantity"] = wanted.get("total_quantity") or _sum_of(kept, others)
    _end_free(actor, event, [wanted, *(entry.values for entry in kept)], now)
    if ticket_type is None:
        kind = KIND_BY_PRICING[event.pricing_type]
        offers = [OfferDraft(kind=kind, **entry.values) for entry in kept]
        return create_ticket_type(
            actor=actor, event=event, draft=TicketTypeDraft(**wanted, offers=offers), now=now
        )
    update_ticket_type(actor=actor, ticket_type=ticket_type, changes=wanted, now=now)
    if prices:
        _save_prices(actor, ticket_type, prices, now)
    return ticket_type


@transactional
def move_ticket_type(*, actor: Actor, ticket_type: TicketType, places: int, now: datetime) -> None:
    """Show a ticket type so many places later than now, or earlier if below 0; at either end it stays where it is."""
    event = ticket_type.event
    require(actor, Permission.EDIT_TICKET_TYPES, event)
    lock_event(event)
    known_before = type_values(ticket_type)
    types = sorted(event.ticket_types, key=lambda each: (each.position, each.id))
    before = types.index(ticket_type)
    after = min(max(before + places, 0), len(types) - 1)
    types.insert(after, types.pop(before))
    for position, each in enumerate(types):
        each.position = position
    note_type_changed(actor, ticket_type, known_before, now)
    db.session.flush()
    db.session.expire(event, ["ticket_types"])


def _offers_not_in(prices: Sequence[PriceEntry], ticket_type: TicketType | None) -> list[Offer]:
    named = {entry.offer_uuid for entry in prices}
    return [offer for offer in ticket_type.offers if offer.uuid not in named] if ticket_type else []


def _sum_of(kept: Sequence[PriceEntry], others: Sequence[Offer]) -> int:
    quantities = [entry.values.get("quantity") or 0 for entry in kept]
    together = sum(quantities) + sum(offer.quantity or 0 for offer in others)
    return max(1, min(together, inventory.MAX_CAPACITY))


def _end_free(actor: Actor, event: Event, priced: Sequence[Mapping[str, Any]], now: datetime) -> None:
    if not event.is_free or not any(values.get("price_minor") for values in priced):
        return
    event.is_free = False
    note_event_changed(actor, event, ["is_free"], {"is_free": True}, now)


def _save_prices(actor: Actor, ticket_type: TicketType, prices: Sequence[PriceEntry], now: datetime) -> None:
    wanted = _checked(ticket_type, prices)
    _remove(actor, ticket_type, prices, now)
    # Counters in the order of their ids, as everybody takes them.
    standing = [(each.offer.id, each.offer, each) for each in wanted if each.offer]
    for _, offer, each in sorted(standing, key=lambda one: one[0]):
        _change(actor, offer, each, now)
    offers = [each.offer or _add(actor, ticket_type, each, now) for each in wanted]
    named = {offer.id for offer in offers}
    offers += [offer for offer in ticket_type.offers if offer.id not in named]
    for position, offer in enumerate(offers):
        offer.position = position
    db.session.flush()
    db.session.expire(ticket_type, ["offers"])
    keep_listed_price(ticket_type.event)


def _checked(ticket_type: TicketType, prices: Sequence[PriceEntry]) -> list[_Wanted]:
    event = ticket_type.event
    kind = KIND_BY_PRICING[event.pricing_type]
    offers = {offer.uuid: offer for offer in ticket_type.offers}
    taken = [cell_of(offer) for offer in _offers_not_in(prices, ticket_type)]
    faults = Faults()
    found = []
    for number, entry in enumerate(prices):
        if entry.is_removed:
            continue
        prefix = f"{LIST_OF_KIND[kind]}.{number}."
        offer = offers.get(entry.offer_uuid) if entry.offer_uuid else None
        before = _before(offer) if offer else values_of(OfferDraft(kind=kind))
        clean = clean_offer(faults, {**before, **entry.values}, event, taken, prefix)
        if offer is None or clean["price_minor"] != offer.price_minor:
            note_unpayable(faults, event, clean["price_minor"], prefix)
        taken.append(clean)
        found.append(_Wanted(offer, clean, prefix))
    if reason := why_too_many(len(taken)):
        faults.add(LIST_OF_KIND[kind], reason)
    faults.raise_if_any()
    return found


def _before(offer: Offer) -> dict[str, Any]:
    before = {name: getattr(offer, name) for name in (*OFFER_FIELDS - {"price"}, "kind")}
    return {**before, "price": None}


def _remove(actor: Actor, ticket_type: TicketType, prices: Sequence[PriceEntry], now: datetime) -> None:
    kind = KIND_BY_PRICING[ticket_type.event.pricing_type]
    offers = {offer.uuid: offer for offer in ticket_type.offers}
    for number, entry in enumerate(prices):
        offer = offers.get(entry.offer_uuid) if entry.is_removed and entry.offer_uuid else None
        if offer is None:
            continue
        try:
            check_never_ordered([offer])
            inventory.close_quota(QuotaKind.OFFER, offer.id)
        except Invalid as refusal:
            place = f"{LIST_OF_KIND[kind]}.{number}.price"
            raise Invalid(refusal.message, code=refusal.code, fields={place: [refusal.message]}) from None
        note_offer_deleted(actor, offer, now)
        ticket_type.offers.remove(offer)
    # Written now, so that another price can take its number.
    db.session.flush()


def _change(actor: Actor, offer: Offer, wanted: _Wanted, now: datetime) -> None:
    known_before = offer_values(offer)
    if wanted.values["quantity"] != offer.quantity:
        resize(QuotaKind.OFFER, offer.id, wanted.values["quantity"], f"{wanted.prefix}quantity")
    assign(offer, wanted.values)
    note_offer_changed(actor, offer, known_before, now)


def _add(actor: Actor, ticket_type: TicketType, wanted: _Wanted, now: datetime) -> Offer:
    type_quota = sa.select(Quota).filter_by(kind=QuotaKind.TICKET_TYPE, owner_id=ticket_type.id)
    offer = add_offer(ticket_type, wanted.values, db.session.scalars(type_quota).one(), now)
    note_offer_made(actor, offer, now)
    return offer
