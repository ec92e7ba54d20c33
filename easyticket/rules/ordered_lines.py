"""Which offer a line of an order means, written as the clients of the API write it. The sentences are the API contract's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from easyticket.models import Offer, OfferKind, PricingType, TicketType
from easyticket.rules.fields import Faults


@dataclass(frozen=True, slots=True)
class OrderedLine:
    """So many tickets of one type and, where its event prices that way, of one tier, day or both."""

    ticket_type_id: UUID
    quantity: int
    ticket_tier_id: UUID | None = None
    day_pass_id: UUID | None = None
    day_tier_price_id: UUID | None = None

    @property
    def offer_ids(self) -> tuple[UUID, ...]:
        """The offers that the line names, whether or not they fit."""
        named = (self.ticket_tier_id, self.day_pass_id, self.day_tier_price_id)
        return tuple(offer_id for offer_id in named if offer_id is not None)


# The field that says which offer is meant, the kind it has to be, and what is said where it is missing or wrong.
_FIELDS = {
    PricingType.TIERED: (
        "ticket_tier_id",
        OfferKind.TIER,
        "Ticket tier is required for this ticket type",
        "Invalid ticket tier",
    ),
    PricingType.DAY_BASED: (
        "day_pass_id",
        OfferKind.DAY_PASS,
        "Day pass is required for this ticket type",
        "Invalid day pass",
    ),
    PricingType.TIER_AND_DAY: (
        "day_tier_price_id",
        OfferKind.DAY_TIER,
        "Day+Tier price combination is required for this ticket type",
        "Invalid day+tier price combination",
    ),
}
# The fields that say nothing under a pricing type, and what is said of them.
_FOREIGN = {
    PricingType.SIMPLE: (
        ("ticket_tier_id", "day_pass_id", "day_tier_price_id"),
        "This ticket type does not use tiers or day passes",
    ),
    PricingType.TIERED: (
        ("day_pass_id", "day_tier_price_id"),
        "This ticket type does not use day passes",
    ),
    PricingType.DAY_BASED: (
        ("ticket_tier_id", "day_tier_price_id"),
        "This ticket type does not use tiers",
    ),
    # A cell of the grid names its tier and its day, so that naming them besides does no harm.
    PricingType.TIER_AND_DAY: ((), ""),
}


def offer_of(
    line: OrderedLine,
    ticket_type: TicketType | None,
    offers: Mapping[UUID, Offer],
    faults: Faults,
    prefix: str,
) -> Offer | None:
    """Return the offer a line means, or None and what is wrong with the line in `faults` (fields begin with `prefix`).

    `ticket_type` is the event's type that the line names; `offers` are those that may be meant, by UUID.
    """
    if line.quantity < 1:
        faults.add(f"{prefix}quantity", "Ensure this value is greater than or equal to 1.")
    if ticket_type is None:
        faults.add(f"{prefix}ticket_type_id", "Ticket type not found")
        return None
    pricing = ticket_type.event.pricing_type
    if pricing is PricingType.SIMPLE:
        offer = next((one for one in offers.values() if _is_of(one, ticket_type, OfferKind.SIMPLE)), None)
        if offer is None:
            faults.add(f"{prefix}ticket_type_id", f"Ticket '{ticket_type.name}' is not currently on sale")
    else:
        offer = _named_offer(line, ticket_type, pricing, offers, faults, prefix)
    _refuse_foreign(line, pricing, faults, prefix)
    return offer


def _named_offer(
    line: OrderedLine,
    ticket_type: TicketType,
    pricing: PricingType,
    offers: Mapping[UUID, Offer],
    faults: Faults,
    prefix: str,
) -> Offer | None:
    field, kind, missing, wrong = _FIELDS[pricing]
    offer_id: UUID | None = getattr(line, field)
    offer = offers.get(offer_id) if offer_id is not None else None
    if offer is not None and _is_of(offer, ticket_type, kind):
        return offer
    faults.add(f"{prefix}{field}", missing if offer_id is None else wrong)
    return None


def _refuse_foreign(line: OrderedLine, pricing: PricingType, faults: Faults, prefix: str) -> None:
    fields, sentence = _FOREIGN[pricing]
    for field in fields:
        if getattr(line, field) is not None:
            faults.add(f"{prefix}{field}", sentence)


def _is_of(offer: Offer, ticket_type: TicketType, kind: OfferKind) -> bool:
    return offer.ticket_type_id == ticket_type.id and offer.kind is kind
