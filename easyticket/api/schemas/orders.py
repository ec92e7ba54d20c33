"""Orders as the API takes and gives them."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from easyticket.api.schemas.tickets import TICKET_EXAMPLE, TicketAnswer
from easyticket.http.fields import (
    Amount,
    Answer,
    Body,
    Choice,
    Flag,
    Identifier,
    Many,
    Moment,
    Nested,
    Text,
    Whole,
)
from easyticket.models import OrderStatus
from easyticket.rules.intents import PAYMENT_METHODS
from easyticket.rules.purchase import MAX_TICKETS

_STATUSES = [status.value for status in OrderStatus]

BODY_EXAMPLE: dict[str, Any] = {
    "event": "71aa6b1c-2f0e-4a53-9d0c-3f6f1c9b7a10",
    "buyer_email": "ama@example.org",
    "buyer_phone": "+233241234567",
    "buyer_name": "Ama Owusu",
    "notes": "",
    "promo_code": "",
    "items": [{"ticket_type_id": "c3e1f0aa-6f57-4d5c-a1c8-0c2f8d9b4e21", "quantity": 2}],
}
LINE_EXAMPLE: dict[str, Any] = {
    "id": "1f4b8c2d-7a90-4c3e-8b52-6d0e9f1a2b3c",
    "ticket_type": "c3e1f0aa-6f57-4d5c-a1c8-0c2f8d9b4e21",
    "ticket_tier": None,
    "day_pass": None,
    "day_tier_price": None,
    "quantity": 2,
    "unit_price": "20.00",
    "subtotal": "40.00",
    "ticket_name": "Floor",
    "tier_name": "",
    "day_name": "",
    "full_ticket_name": "Floor",
    "created_at": "2026-02-01T09:00:00Z",
}
BOUGHT_EXAMPLE = {**LINE_EXAMPLE, "order": "f00d6c1e-51a2-4b8f-9c3d-2e7f8a9b0c1d"}
LIST_EXAMPLE: dict[str, Any] = {
    "id": "f00d6c1e-51a2-4b8f-9c3d-2e7f8a9b0c1d",
    "order_number": "OE-20260201-0042",
    "event": "71aa6b1c-2f0e-4a53-9d0c-3f6f1c9b7a10",
    "event_name": "Night of Drums",
    "status": "pending",
    "total_amount": "42.00",
    "currency": "USD",
    "total_tickets": 2,
    "is_paid": False,
    "is_expired": False,
    "created_at": "2026-02-01T09:00:00Z",
    "expires_at": "2026-02-01T09:15:00Z",
}
EXAMPLE: dict[str, Any] = {
    **LIST_EXAMPLE,
    "user": "0b0f7d3e-9a41-4c26-8e1b-5a6c7d8e9f00",
    "event_image": None,
    "event_location": "Accra",
    "event_date": "2026-03-01T18:00:00Z",
    "subtotal": "40.00",
    "service_fee": "2.00",
    "discount_amount": "0.00",
    "refunded_amount": "0.00",
    "payment_method": "pending",
    "payment_id": "",
    "paid_at": None,
    "buyer_email": "ama@example.org",
    "buyer_phone": "+233241234567",
    "buyer_name": "Ama Owusu",
    "promo_code": "",
    "notes": "",
    "cancellation_reason": "",
    "cancelled_at": None,
    "items": [LINE_EXAMPLE],
    "tickets": [],
    "updated_at": "2026-02-01T09:00:00Z",
}
_CANCELLED = EXAMPLE | {
    "status": "cancelled",
    "cancelled_at": "2026-02-01T09:05:00Z",
    "cancellation_reason": "Changed my mind",
    "updated_at": "2026-02-01T09:05:00Z",
}
CANCELLED_EXAMPLE = {**_CANCELLED, "message": "Order cancelled successfully", "order": _CANCELLED}
_CONFIRMED = EXAMPLE | {
    "status": "confirmed",
    "is_paid": True,
    "payment_method": "card",
    "payment_id": "sbx_ET-5Q0W8J2N4R6T1Y3V7X9Z0B2D4F",
    "paid_at": "2026-02-01T09:05:00Z",
    "tickets": [TICKET_EXAMPLE],
}
CONFIRMED_EXAMPLE = {
    **_CONFIRMED,
    "message": "Payment confirmed successfully",
    "warning": "This endpoint is deprecated. Use Stripe webhooks in production.",
    "order": _CONFIRMED,
}
STATS_EXAMPLE = {
    "total_orders": 5,
    "pending_orders": 1,
    "confirmed_orders": 3,
    "cancelled_orders": 1,
    "total_spent": "250.00",
    "total_tickets": 10,
    "upcoming_events": 2,
    "currency": "USD",
    "spent_by_currency": {"USD": "250.00"},
}


class LineBody(Body):
    """Some tickets of one type. Which of the three ids it needs follows from the event's pricing type."""

    ticket_type_id = Identifier(required=True)
    ticket_tier_id = Identifier(
        allow_none=True, metadata={"description": "For `tiered` events.", "nullable": True}
    )
    day_pass_id = Identifier(
        allow_none=True, metadata={"description": "For `day_based` events.", "nullable": True}
    )
    day_tier_price_id = Identifier(
        allow_none=True, metadata={"description": "For `tier_and_day` events.", "nullable": True}
    )
    quantity = Whole(required=True, metadata={"minimum": 1, "maximum": 100})


class OrderBody(Body):
    """What to order, and for whom. Prices and status are not for a client to say and are ignored."""

    event = Identifier(required=True)
    buyer_email = Text(
        metadata={"maxLength": 254, "description": "Where the tickets go. Left out: the account's address."}
    )
    buyer_phone = Text(metadata={"maxLength": 20})
    buyer_name = Text(metadata={"maxLength": 255, "description": "Left out: the account's name."})
    promo_code = Text(metadata={"maxLength": 50})
    notes = Text(metadata={"maxLength": 2000})
    items = Many(LineBody, required=True, most=MAX_TICKETS)


class CancelBody(Body):
    """Why an order is cancelled."""

    reason = Text(metadata={"maxLength": 500})


class ConfirmBody(Body):
    """What a test says about a payment. It is noted and proves nothing."""

    payment_id = Text(required=True, blank=False, metadata={"maxLength": 255})
    payment_method = Choice(PAYMENT_METHODS, required=True)


class LineAnswer(Answer):
    """One line of an order, with names and prices as they were when it was made."""

    id = Identifier(required=True)
    ticket_type = Identifier(required=True)
    ticket_tier = Identifier(required=True, allow_none=True)
    day_pass = Identifier(required=True, allow_none=True)
    day_tier_price = Identifier(required=True, allow_none=True)
    quantity = Whole(required=True)
    unit_price = Amount(required=True)
    subtotal = Amount(required=True)
    ticket_name = Text(required=True)
    tier_name = Text(required=True)
    day_name = Text(required=True)
    full_ticket_name = Text(required=True)
    created_at = Moment(required=True)


class BoughtLineAnswer(LineAnswer):
    """A line of a paid order."""

    order = Identifier(required=True)


class OrderListItem(Answer):
    """An order in a list."""

    id = Identifier(required=True)
    order_number = Text(required=True)
    event = Identifier(required=True)
    event_name = Text(required=True)
    status = Choice(_STATUSES, required=True)
    total_amount = Amount(required=True)
    currency = Text(required=True)
    total_tickets = Whole(required=True)
    is_paid = Flag(required=True)
    is_expired = Flag(required=True)
    created_at = Moment(required=True)
    expires_at = Moment(required=True)


class OrderAnswer(OrderListItem):
    """An order with its lines and, once it is paid, its tickets."""

    user = Identifier(required=True, allow_none=True)
    event_image = Text(required=True, allow_none=True)
    event_location = Text(required=True)
    event_date = Moment(required=True)
    subtotal = Amount(required=True)
    service_fee = Amount(required=True)
    discount_amount = Amount(required=True)
    refunded_amount = Amount(required=True)
    payment_method = Choice(PAYMENT_METHODS, required=True)
    payment_id = Text(required=True)
    paid_at = Moment(required=True, allow_none=True)
    buyer_email = Text(required=True)
    buyer_phone = Text(required=True)
    buyer_name = Text(required=True)
    promo_code = Text(required=True)
    notes = Text(required=True)
    cancellation_reason = Text(required=True)
    cancelled_at = Moment(required=True, allow_none=True)
    items = Many(LineAnswer, required=True)
    tickets = Many(TicketAnswer, required=True)
    updated_at = Moment(required=True)


class CancelledOrderAnswer(OrderAnswer):
    """The cancelled order at the top, and once more under `order`."""

    message = Text(required=True)
    order = Nested(OrderAnswer, required=True)


class ConfirmedOrderAnswer(CancelledOrderAnswer):
    """The confirmed order at the top, and once more under `order`."""

    warning = Text(required=True)


class OrderStatsAnswer(Answer):
    """An account's orders in numbers."""

    total_orders = Whole(required=True)
    pending_orders = Whole(required=True)
    confirmed_orders = Whole(required=True)
    cancelled_orders = Whole(required=True)
    total_spent = Amount(
        required=True,
        metadata={"description": "In `currency`, less what was returned; see `spent_by_currency`."},
    )
    total_tickets = Whole(required=True)
    upcoming_events = Whole(required=True)
    currency = Text(required=True, metadata={"description": "The currency of most of the paid orders."})
    spent_by_currency = ma.fields.Dict(keys=ma.fields.String(), values=Amount(), required=True)


class CleanupAnswer(Answer):
    """What the cleanup did."""

    message = Text(required=True)
    count = Whole(required=True)
