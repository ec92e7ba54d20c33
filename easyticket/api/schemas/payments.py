"""Payments and refunds as the API takes and gives them. Amounts are numbers here and currencies lower-case, as at Stripe."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from easyticket.http.fields import Answer, Body, Choice, Flag, Identifier, Nested, Price, Text, Whole
from easyticket.models import OrderStatus
from easyticket.rules.intents import INTENT_STATUSES

_REFUND_STATUSES = ("pending", "succeeded")

INTENT_EXAMPLE: dict[str, Any] = {
    "success": True,
    "payment_intent": {
        "client_secret": "pi_3Q0_secret_x",
        "payment_intent_id": "pi_3Q0",
        "amount": 4200,
        "currency": "usd",
        "status": "requires_payment_method",
        "payment_url": None,
    },
}
STATUS_EXAMPLE: dict[str, Any] = {
    "order_id": "f00d6c1e-51a2-4b8f-9c3d-2e7f8a9b0c1d",
    "order_number": "OE-20260201-0042",
    "order_status": "confirmed",
    "payment_status": "succeeded",
    "amount": 42.0,
    "currency": "usd",
}
REFUND_BODY_EXAMPLE: dict[str, Any] = {"amount": 21.0, "reason": "requested_by_customer"}
REFUND_EXAMPLE: dict[str, Any] = {
    "success": True,
    "refund_id": "re_3Q0",
    "amount": 21.0,
    "currency": "usd",
    "status": "succeeded",
}


class RefundBody(Body):
    """How much goes back, in major units, and why. Without an amount all that is left."""

    amount = Price(allow_none=True)
    reason = Text(metadata={"maxLength": 200})


class IntentAnswer(Answer):
    """What a payment page needs to know."""

    client_secret = Text(required=True)
    payment_intent_id = Text(required=True)
    amount = Whole(required=True, metadata={"description": "In minor units."})
    currency = Text(required=True)
    status = Choice(INTENT_STATUSES, required=True)
    payment_url = Text(
        required=True,
        allow_none=True,
        metadata={"description": "The page where the payer pays, if the provider has one of its own."},
    )


class CreatedIntentAnswer(Answer):
    """The payment of an order, begun."""

    success = Flag(required=True)
    payment_intent = Nested(IntentAnswer, required=True)


class PaymentStatusAnswer(Answer):
    """Where the payment of an order stands."""

    order_id = Identifier(required=True)
    order_number = Text(required=True)
    order_status = Choice([status.value for status in OrderStatus], required=True)
    payment_status = Choice(INTENT_STATUSES, required=True)
    amount = ma.fields.Float(required=True, metadata={"description": "In major units."})
    currency = Text(required=True)


class RefundAnswer(Answer):
    """Money on its way back."""

    success = Flag(required=True)
    refund_id = Text(required=True)
    amount = ma.fields.Float(required=True, metadata={"description": "In major units."})
    currency = Text(required=True)
    status = Choice(
        _REFUND_STATUSES,
        required=True,
        metadata={"description": "`pending` where the provider has not confirmed it yet."},
    )


class ReceivedAnswer(Answer):
    """A webhook was taken."""

    received = Flag(required=True)
