"""Which offer a line of an order means, in the words that the API's clients know."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from easyticket.core.errors import Invalid
from easyticket.models import OfferKind, PricingType
from easyticket.rules.fields import Faults
from easyticket.rules.ordered_lines import OrderedLine, offer_of

TYPE, TIER, DAY, CELL, OTHER = (UUID(int=number) for number in range(1, 6))
KINDS = {TIER: OfferKind.TIER, DAY: OfferKind.DAY_PASS, CELL: OfferKind.DAY_TIER, TYPE: OfferKind.SIMPLE}


def judge(pricing: PricingType, *, ticket_type_id: int = 1, quantity: int = 1, **named: UUID) -> Any:
    """Return the offer that is meant, or the messages by field."""
    ticket_type: Any = SimpleNamespace(id=1, name="Seat", event=SimpleNamespace(pricing_type=pricing))
    offers: Any = {
        uuid: SimpleNamespace(uuid=uuid, ticket_type_id=ticket_type_id, kind=kind)
        for uuid, kind in KINDS.items()
    }
    faults = Faults()
    offer = offer_of(OrderedLine(TYPE, quantity, **named), ticket_type, offers, faults, "items.0.")
    try:
        faults.raise_if_any()
    except Invalid as refused:
        return refused.fields
    return offer.uuid if offer else None


@pytest.mark.parametrize(
    ("pricing", "named", "meant"),
    [
        (PricingType.SIMPLE, {}, TYPE),
        (PricingType.TIERED, {"ticket_tier_id": TIER}, TIER),
        (PricingType.DAY_BASED, {"day_pass_id": DAY}, DAY),
        (PricingType.TIER_AND_DAY, {"day_tier_price_id": CELL}, CELL),
        (PricingType.TIER_AND_DAY, {"day_tier_price_id": CELL, "ticket_tier_id": TIER}, CELL),
    ],
)
def test_each_pricing_type_names_its_offer_in_its_own_field(
    pricing: PricingType, named: dict[str, UUID], meant: UUID
) -> None:
    assert judge(pricing, **named) == meant


@pytest.mark.parametrize(
    ("pricing", "field", "sentence"),
    [
        (PricingType.TIERED, "ticket_tier_id", "Ticket tier is required for this ticket type"),
        (PricingType.DAY_BASED, "day_pass_id", "Day pass is required for this ticket type"),
        (
            PricingType.TIER_AND_DAY,
            "day_tier_price_id",
            "Day+Tier price combination is required for this ticket type",
        ),
    ],
)
def test_a_line_without_its_field_is_told_which_one(pricing: PricingType, field: str, sentence: str) -> None:
    assert judge(pricing) == {f"items.0.{field}": [sentence]}


@pytest.mark.parametrize(
    ("pricing", "field", "sentence"),
    [
        (PricingType.TIERED, "ticket_tier_id", "Invalid ticket tier"),
        (PricingType.DAY_BASED, "day_pass_id", "Invalid day pass"),
        (PricingType.TIER_AND_DAY, "day_tier_price_id", "Invalid day+tier price combination"),
    ],
)
@pytest.mark.parametrize("named", [OTHER, TYPE, TIER], ids=["unknown", "of another kind", "of another type"])
def test_an_offer_that_is_not_one_of_the_types_is_invalid(
    pricing: PricingType, field: str, sentence: str, named: UUID
) -> None:
    assert judge(pricing, ticket_type_id=2, **{field: named}) == {f"items.0.{field}": [sentence]}


@pytest.mark.parametrize(
    ("pricing", "named", "field", "sentence"),
    [
        (
            PricingType.SIMPLE,
            {"ticket_tier_id": TIER},
            "ticket_tier_id",
            "This ticket type does not use tiers or day passes",
        ),
        (
            PricingType.SIMPLE,
            {"day_tier_price_id": CELL},
            "day_tier_price_id",
            "This ticket type does not use tiers or day passes",
        ),
        (
            PricingType.TIERED,
            {"ticket_tier_id": TIER, "day_pass_id": DAY},
            "day_pass_id",
            "This ticket type does not use day passes",
        ),
        (
            PricingType.DAY_BASED,
            {"day_pass_id": DAY, "ticket_tier_id": TIER},
            "ticket_tier_id",
            "This ticket type does not use tiers",
        ),
    ],
)
def test_a_field_that_the_pricing_type_has_no_use_for_is_refused(
    pricing: PricingType, named: dict[str, UUID], field: str, sentence: str
) -> None:
    assert judge(pricing, **named) == {f"items.0.{field}": [sentence]}


def test_everything_wrong_with_a_line_is_said_at_once() -> None:
    assert judge(PricingType.TIERED, quantity=0) == {
        "items.0.quantity": ["Ensure this value is greater than or equal to 1."],
        "items.0.ticket_tier_id": ["Ticket tier is required for this ticket type"],
    }
