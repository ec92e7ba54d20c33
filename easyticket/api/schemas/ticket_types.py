"""Ticket types as the API takes and gives them, with the tiers, day passes and day-and-tier prices under them."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from easyticket.api.schemas.offers import (
    TIER_EXAMPLE,
    DayPassAnswer,
    DayPassFields,
    DayTierAnswer,
    DayTierFields,
    TierAnswer,
    TierFields,
)
from easyticket.http.fields import (
    Amount,
    Answer,
    Body,
    Choice,
    ChoiceFilter,
    Flag,
    Identifier,
    Many,
    Moment,
    Price,
    Query,
    Text,
    Whole,
)
from easyticket.models import PricingType
from easyticket.rules.offer_fields import MAX_OFFERS

_PRICING_TYPES = [each.value for each in PricingType]


class TicketTypeFields(Body):
    """What of a ticket type can be changed."""

    name = Text(required=True, metadata={"maxLength": 100, "pattern": r"\S"})
    total_quantity = Whole(required=True, metadata={"minimum": 1})
    description = Text()
    pricing_type = Choice(_PRICING_TYPES, metadata={"description": "The event's; another one is refused."})
    price = Price(
        allow_none=True, metadata={"description": "For simple pricing, and needed there; 0 is free."}
    )
    sales_start_at = Moment(data_key="sales_start", allow_none=True)
    sales_end_at = Moment(data_key="sales_end", allow_none=True)
    min_purchase = Whole(metadata={"minimum": 1, "description": "1 where a new one leaves it out."})
    max_purchase = Whole(metadata={"minimum": 1, "description": "10 where a new one leaves it out."})
    benefits = Text()
    is_active = Flag(metadata={"description": "True where a new one leaves it out."})


class TicketTypeBody(TicketTypeFields):
    """A ticket type to be made, with what is sold under it."""

    event = Identifier(required=True)
    tiers = Many(TierFields, most=MAX_OFFERS)
    day_passes = Many(DayPassFields, most=MAX_OFFERS)
    day_tier_prices = Many(DayTierFields, most=MAX_OFFERS)


class TicketTypeRow(Answer):
    """A ticket type in a list."""

    id = Identifier(required=True)
    event = Identifier(required=True)
    event_title = Text(required=True)
    event_slug = Text(required=True)
    name = Text(required=True)
    description = Text(required=True)
    pricing_type = Choice(_PRICING_TYPES, required=True)
    price = Amount(required=True, allow_none=True, metadata={"description": "Null unless pricing is simple."})
    min_price = ma.fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "The lowest price under it; null while it has none."},
    )
    total_quantity = Whole(required=True)
    quantity_sold = Whole(required=True)
    quantity_reserved = Whole(
        required=True, metadata={"description": "Held for orders that are not paid yet."}
    )
    available_quantity = Whole(
        required=True, metadata={"description": "The rest of its own quantity, within the event's capacity."}
    )
    quantity_available = Whole(
        required=True, metadata={"description": "What of that its open tiers or days sell now."}
    )
    is_sold_out = Flag(
        required=True, metadata={"description": "Too little is left; what is reserved may come back."}
    )
    is_on_sale = Flag(
        required=True, metadata={"description": "Whether a sale under it is open, whatever is left."}
    )
    sales_start = Moment(required=True, allow_none=True)
    sales_end = Moment(required=True, allow_none=True)
    is_active = Flag(required=True)
    created_at = Moment(required=True)


class TicketTypeDetail(TicketTypeRow):
    """A ticket type with everything under it."""

    min_purchase = Whole(required=True)
    max_purchase = Whole(required=True)
    benefits = Text(required=True)
    updated_at = Moment(required=True)
    tiers = Many(TierAnswer, required=True)
    day_passes = Many(DayPassAnswer, required=True)
    day_tier_prices = Many(DayTierAnswer, required=True)


class TicketTypeQuery(Query):
    """What a list of ticket types is narrowed to."""

    event_uuid = Identifier(data_key="event", metadata={"description": "The UUID of an event."})
    pricing_type = ChoiceFilter(_PRICING_TYPES)
    is_active = Flag()
    is_on_sale = Flag()
    query = Text(
        data_key="search",
        metadata={"description": "Every word must be in the name, description or benefits."},
    )
    ordering = Text(
        metadata={
            "description": "`created_at`, `price`, `total_quantity`; `-` before it for the largest first."
        }
    )


class EventQuery(Query):
    """Which event's ticket types are asked for."""

    event_id = Identifier(required=True, error_messages={"required": "event_id parameter is required"})


ROW_EXAMPLE: dict[str, Any] = {
    "id": "c3e10f6e-3c58-4d2a-9a55-0f6a1f9be111",
    "event": "71aa4e0e-3f3c-4d0e-9d3e-3a5d1f7b2c10",
    "event_title": "Night of Drums",
    "event_slug": "night-of-drums",
    "name": "Floor",
    "description": "",
    "pricing_type": "tiered",
    "price": None,
    "min_price": 30.0,
    "total_quantity": 120,
    "quantity_sold": 2,
    "quantity_reserved": 0,
    "available_quantity": 48,
    "quantity_available": 48,
    "is_sold_out": False,
    "is_on_sale": True,
    "sales_start": None,
    "sales_end": None,
    "is_active": True,
    "created_at": "2026-01-05T09:00:00Z",
}
DETAIL_EXAMPLE: dict[str, Any] = {
    **ROW_EXAMPLE,
    "min_purchase": 1,
    "max_purchase": 10,
    "benefits": "",
    "updated_at": "2026-01-05T09:00:00Z",
    "tiers": [TIER_EXAMPLE],
    "day_passes": [],
    "day_tier_prices": [],
}
CHANGES_EXAMPLE = {
    "name": "VIP Pass",
    "pricing_type": "simple",
    "price": 150.00,
    "total_quantity": 100,
    "sales_start": "2026-01-01T00:00:00Z",
    "sales_end": "2030-12-01T00:00:00Z",
    "min_purchase": 1,
    "max_purchase": 10,
    "benefits": "VIP lounge access, Meet & Greet",
}
BODY_EXAMPLE = {"event": ROW_EXAMPLE["event"], **CHANGES_EXAMPLE}
