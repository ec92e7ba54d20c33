"""Payments and refunds as dictionaries with the API's keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from easyticket.core.money import Money
from easyticket.models import Payment, Refund, RefundState
from easyticket.rules.intents import intent_id, intent_status
from easyticket.rules.order_phase import shown_status


def intent_shape(payment: Payment) -> dict[str, Any]:
    """Return the intent that a payment page is opened with."""
    return {
        "success": True,
        "payment_intent": {
            "client_secret": payment.client_secret,
            "payment_intent_id": intent_id(payment),
            "amount": payment.amount_minor,
            "currency": payment.currency.lower(),
            "status": intent_status(payment),
            "payment_url": payment.pay_url or None,
        },
    }


def payment_status_shape(payment: Payment, now: datetime) -> dict[str, Any]:
    """Return where the payment of an order stands."""
    order = payment.order
    return {
        "order_id": order.uuid,
        "order_number": order.number,
        "order_status": shown_status(order, now).value,
        "payment_status": intent_status(payment),
        "amount": _number(payment.amount_minor, payment.currency),
        "currency": payment.currency.lower(),
    }


def refund_shape(refund: Refund) -> dict[str, Any]:
    """Return a refund; our own name for it where the provider has not answered yet."""
    is_done = refund.state is RefundState.SUCCEEDED
    return {
        "success": True,
        "refund_id": refund.provider_ref or str(refund.uuid),
        "amount": _number(refund.amount_minor, refund.currency),
        "currency": refund.currency.lower(),
        "status": "succeeded" if is_done else "pending",
    }


def _number(minor: int, currency: str) -> float:
    # Only the edge writes it as a number, because the clients read one; nothing is counted with it.
    return float(Money(minor, currency).decimal)
