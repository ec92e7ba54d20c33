"""Tiers, day passes and day-and-tier prices as the API takes and gives them: three faces of one row, the offer."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from easyticket.http.fields import (
    Amount,
    Answer,
    Body,
    Day,
    Flag,
    Identifier,
    Many,
    Moment,
    Nested,
    Price,
    Query,
    Text,
    Whole,
)

_NAME = {"maxLength": 50, "pattern": r"\S"}
_NUMBER = {"minimum": 1, "maximum": 1000}
_DAY_OF_EVENT = "Left out, it is the event's day of that number."
_NO_NUMBER: dict[str, str | list[Any] | dict[Any, Any]] = {
    "required": "Enter a number.",
    "invalid": "Enter a number.",
}


class _OfferFields(Body):
    price = Price(required=True)
    quantity = Whole(required=True, metadata={"minimum": 1})
    sales_start_at = Moment(data_key="sales_start", allow_none=True)
    sales_end_at = Moment(data_key="sales_end", allow_none=True)
    is_active = Flag()


class TierFields(_OfferFields):
    """A tier within its ticket type."""

    tier_number = Whole(required=True, metadata=_NUMBER)
    tier_name = Text(data_key="name", required=True, metadata=_NAME)


class TierBody(TierFields):
    """A tier to be made."""

    ticket_type = Identifier(required=True)


class DayPassFields(_OfferFields):
    """A day pass within its ticket type. One for all days has neither a number nor a date."""

    day_number = Whole(
        allow_none=True, metadata={**_NUMBER, "description": "Needed unless it is for all days."}
    )
    day_name = Text(data_key="name", required=True, metadata=_NAME)
    day_on = Day(data_key="date", allow_none=True, metadata={"description": _DAY_OF_EVENT})
    is_all_days = Flag()


class DayPassBody(DayPassFields):
    """A day pass to be made."""

    ticket_type = Identifier(required=True)


class DayTierFields(_OfferFields):
    """The price of one tier on one day within its ticket type."""

    day_number = Whole(required=True, metadata=_NUMBER)
    day_name = Text(required=True, metadata=_NAME)
    day_on = Day(data_key="date", allow_none=True, metadata={"description": _DAY_OF_EVENT})
    tier_number = Whole(required=True, metadata=_NUMBER)
    tier_name = Text(required=True, metadata=_NAME)


class DayTierBody(DayTierFields):
    """The price of one tier on one day to be made."""

    ticket_type = Identifier(required=True)


class _OfferAnswer(Answer):
    id = Identifier(required=True)
    ticket_type = Identifier(required=True)
    price = Amount(required=True)
    quantity = Whole(required=True)
    quantity_sold = Whole(required=True)
    quantity_reserved = Whole(
        required=True, metadata={"description": "Held for orders that are not paid yet."}
    )
    available_quantity = Whole(
        required=True,
        metadata={
            "description": "What can be bought now, by its own, its ticket type's and its event's limit."
        },
    )
    quantity_available = Whole(required=True, metadata={"description": "The same as `available_quantity`."})
    is_sold_out = Flag(
        required=True, metadata={"description": "Too little is left; what is reserved may come back."}
    )
    is_on_sale = Flag(
        required=True, metadata={"description": "Whether its sale is open, whatever is left of it."}
    )
    is_active = Flag(required=True)
    sales_start = Moment(required=True, allow_none=True)
    sales_end = Moment(required=True, allow_none=True)
    created_at = Moment(required=True)


class TierAnswer(_OfferAnswer):
    """A tier."""

    tier_number = Whole(required=True)
    name = Text(required=True)


class DayPassAnswer(_OfferAnswer):
    """A day pass."""

    day_number = Whole(required=True, allow_none=True)
    name = Text(required=True)
    date = Day(required=True, allow_none=True)
    is_all_days = Flag(required=True)


class DayTierAnswer(_OfferAnswer):
    """The price of one tier on one day."""

    day_number = Whole(required=True)
    day_name = Text(required=True)
    date = Day(required=True, allow_none=True)
    tier_number = Whole(required=True)
    tier_name = Text(required=True)


class TierQuery(Query):
    """What a list of tiers is narrowed to."""

    ticket_type_uuid = Identifier(data_key="ticket_type")
    ordering = Text(metadata={"description": "`tier_number`, `price`; `-` before it for the largest first."})


class DayPassQuery(Query):
    """What a list of day passes is narrowed to."""

    ticket_type_uuid = Identifier(data_key="ticket_type")
    is_all_days = Flag()
    ordering = Text(
        metadata={"description": "`day_number`, `price`, `date`; `-` before it for the largest first."}
    )


class DayTierQuery(Query):
    """What a list of day-and-tier prices is narrowed to."""

    ticket_type_uuid = Identifier(data_key="ticket_type")
    day_number = Whole(error_messages=_NO_NUMBER)
    tier_number = Whole(error_messages=_NO_NUMBER)
    is_active = Flag()
    ordering = Text(
        metadata={
            "description": "`day_number`, `tier_number`, `price`, `date`; `-` before it for the largest first."
        }
    )


class MatrixQuery(Query):
    """Which grid is asked for."""

    ticket_type = Identifier(required=True, error_messages={"required": "ticket_type parameter is required"})


class NumberAndName(Answer):
    """A day or a tier of the grid."""

    number = Whole(required=True)
    name = Text(required=True)


class MatrixAnswer(Answer):
    """The active prices of a ticket type by day and tier; the keys of `matrix` are their numbers."""

    ticket_type = Identifier(required=True)
    days = Many(NumberAndName, required=True)
    tiers = Many(NumberAndName, required=True)
    matrix = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.Dict(keys=ma.fields.String(), values=Nested(DayTierAnswer)),
        required=True,
    )


_TYPE_ID = "c3e10f6e-3c58-4d2a-9a55-0f6a1f9be111"
_STOCK = {
    "quantity_sold": 2,
    "quantity_reserved": 0,
    "available_quantity": 48,
    "quantity_available": 48,
    "is_sold_out": False,
    "is_on_sale": True,
    "is_active": True,
    "sales_start": None,
    "sales_end": None,
    "created_at": "2026-01-05T09:00:00Z",
}
_IDS = {"id": "e8a7c1de-58a5-4f0c-8a15-6a3c5c0f5f01", "ticket_type": _TYPE_ID}
TIER_EXAMPLE: dict[str, Any] = {
    **_IDS,
    "tier_number": 1,
    "name": "Front",
    "price": "30.00",
    "quantity": 50,
    **_STOCK,
}
TIER_BODY_EXAMPLE = {
    "ticket_type": _TYPE_ID,
    "tier_number": 1,
    "name": "Front",
    "price": "30.00",
    "quantity": 50,
}
DAY_PASS_EXAMPLE: dict[str, Any] = {
    **_IDS,
    "day_number": 1,
    "name": "Friday",
    "date": "2030-03-08",
    "is_all_days": False,
    "price": "40.00",
    "quantity": 50,
    **_STOCK,
}
DAY_PASS_BODY_EXAMPLE = {
    "ticket_type": _TYPE_ID,
    "day_number": 1,
    "name": "Friday",
    "date": "2030-03-08",
    "price": "40.00",
    "quantity": 50,
    "is_all_days": False,
}
_CELL = {"day_number": 1, "day_name": "Friday", "date": "2030-03-08", "tier_number": 1, "tier_name": "Gold"}
DAY_TIER_EXAMPLE: dict[str, Any] = {**_IDS, **_CELL, "price": "90.00", "quantity": 50, **_STOCK}
DAY_TIER_BODY_EXAMPLE = {
    "ticket_type": _TYPE_ID,
    **_CELL,
    "price": "90.00",
    "quantity": 50,
    "is_active": True,
}
MATRIX_EXAMPLE: dict[str, Any] = {
    "ticket_type": _TYPE_ID,
    "days": [{"number": 1, "name": "Friday"}],
    "tiers": [{"number": 1, "name": "Gold"}],
    "matrix": {"1": {"1": DAY_TIER_EXAMPLE}},
}
