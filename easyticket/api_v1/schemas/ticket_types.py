"""Ticket types as organizers write them and see them. Each is an offer of the event; its number is the offer's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import marshmallow as ma

from easyticket.api_v1.fields import DayOrMoment
from easyticket.http.fields import Amount, Answer, Body, Moment, Nested, Price, Text, Whole
from easyticket.queries.my_events import OFFER_STATES

EXAMPLE: dict[str, Any] = {
    "id": 4,
    "name": "Regular",
    "description": "A place on the floor.",
    "price": "50.00",
    "currency": "GHS",
    "quantity": 100,
    "tickets_sold": 3,
    "tickets_remaining": 97,
    "min_purchase": 1,
    "max_purchase": 10,
    "available_from": None,
    "available_until": "2030-12-06T17:00:00Z",
    "is_available": True,
    "sold_out_at": None,
    "revenue": "150.00",
    "sales_percentage": 3.0,
    "status": "active",
}
BODY_EXAMPLE: dict[str, Any] = {
    "name": "Regular",
    "description": "A place on the floor.",
    "price": "50.00",
    "quantity": 100,
    "min_purchase": 1,
    "max_purchase": 10,
    "available_until": "2030-12-06T17:00:00Z",
}
STEP_EXAMPLE: dict[str, Any] = {"message": "Ticket type added.", "ticket_type": EXAMPLE}
DELETED_EXAMPLE = {"message": "Ticket type deleted."}

_OLD_NAMES = {"sales_start": "available_from", "sales_end": "available_until"}
_DAY_ALONE = "A moment, or a day alone: its {} by clocks where the event is. `{}` is read as well."


class TicketTypeChanges(Body):
    """A ticket type to be changed: what is left out stays, and so does the price of what was sold."""

    blank_is_null: ClassVar[tuple[str, ...]] = (
        "price",
        "quantity",
        "min_purchase",
        "max_purchase",
        "available_from",
        "available_until",
    )

    name = Text(metadata={"maxLength": 100})
    description = Text(allow_none=True)
    price = Price(allow_none=True, metadata={"description": "In the event's currency; 0 is free."})
    total_quantity = Whole(
        data_key="quantity", allow_none=True, metadata={"minimum": 1, "maximum": 10_000_000}
    )
    min_purchase = Whole(allow_none=True, metadata={"minimum": 1})
    max_purchase = Whole(allow_none=True, metadata={"minimum": 1, "description": "Without one it is 10."})
    sales_start_at = DayOrMoment(
        data_key="available_from",
        allow_none=True,
        metadata={"description": _DAY_ALONE.format("beginning", "sales_start")},
    )
    sales_end_at = DayOrMoment(
        data_key="available_until",
        allow_none=True,
        metadata={"description": _DAY_ALONE.format("end", "sales_end")},
    )

    @ma.pre_load
    def _read_old_names(self, data: Mapping[str, Any], **_kwargs: Any) -> Mapping[str, Any]:
        told = {
            name: data[old] or None for old, name in _OLD_NAMES.items() if old in data and name not in data
        }
        return {**data, **told}


class TicketTypeBody(TicketTypeChanges):
    """A ticket type to be made."""

    name = Text(required=True, blank=False, metadata={"maxLength": 100})
    price = Price(required=True, metadata={"description": "In the event's currency; 0 is free."})
    total_quantity = Whole(data_key="quantity", required=True, metadata={"minimum": 1, "maximum": 10_000_000})

    blank_is_null = ("min_purchase", "max_purchase", "available_from", "available_until")


class TicketTypeEntry(TicketTypeChanges):
    """A ticket type within the form that changes an event: the one with this `id`, or a new one without."""

    blank_is_null = ("id", *TicketTypeChanges.blank_is_null)

    id = Whole(allow_none=True, metadata={"minimum": 1})


class OwnTicketTypeAnswer(Answer):
    """A ticket type with its sales, for its organizer."""

    id = ma.fields.Integer(required=True)
    name = ma.fields.String(required=True)
    description = ma.fields.String(required=True)
    price = Amount(required=True)
    currency = ma.fields.String(required=True)
    quantity = ma.fields.Integer(required=True)
    tickets_sold = ma.fields.Integer(required=True)
    tickets_remaining = ma.fields.Integer(
        required=True, metadata={"description": "What can be bought now, by all the limits it is under."}
    )
    min_purchase = ma.fields.Integer(required=True)
    max_purchase = ma.fields.Integer(required=True)
    available_from = Moment(required=True, allow_none=True)
    available_until = Moment(required=True, allow_none=True)
    is_available = ma.fields.Boolean(required=True)
    sold_out_at = Moment(required=True, allow_none=True)
    revenue = Amount(
        required=True, metadata={"description": "What was sold, less discounts; later refunds are in it."}
    )
    sales_percentage = ma.fields.Float(required=True, metadata={"description": "Sold of all there are."})
    status = ma.fields.String(
        required=True,
        metadata={
            "enum": list(OFFER_STATES),
            "description": "`inactive` is switched off or not on sale yet.",
        },
    )


class TicketTypeStepAnswer(Answer):
    """What was done, and the ticket type as it is now."""

    message = ma.fields.String(required=True)
    ticket_type = Nested(OwnTicketTypeAnswer, required=True)


class DoneAnswer(Answer):
    """What was done."""

    message = ma.fields.String(required=True)
