"""What a payment is called on the API, whose clients know the words of one provider."""

from __future__ import annotations

from easyticket.models import Order, Payment, PaymentState

_STATUS = {
    PaymentState.CREATED: "requires_payment_method",
    PaymentState.OPEN: "requires_payment_method",
    PaymentState.PROCESSING: "processing",
    # After a decline another card may be tried.
    PaymentState.FAILED: "requires_payment_method",
    PaymentState.CANCELED: "canceled",
    PaymentState.PAID: "succeeded",
    PaymentState.SURPLUS: "succeeded",
    # Money came that is not what was asked for: somebody looks at it.
    PaymentState.QUARANTINED: "processing",
}
INTENT_STATUSES = tuple(sorted(set(_STATUS.values())))
PAYMENT_METHODS = ("stripe", "paypal", "card", "bank_transfer", "cash", "pending")
# Ours that the clients do not know: the sandbox stands for Stripe, and nothing was paid for a free order.
_METHODS = {"sandbox": "stripe", "paystack": "card", "mobile_money": "bank_transfer", "free": "pending"}


def intent_status(payment: Payment) -> str:
    """Return the state of a payment as clients know it: `requires_payment_method`, `processing`, `succeeded`, `canceled`."""
    return _STATUS[payment.state]


def intent_id(payment: Payment) -> str:
    """Return the provider's name of the payment; ours while the provider has not answered yet."""
    return payment.provider_ref or payment.reference


def payment_method_of(order: Order) -> str:
    """Return how the order is or was paid, in a word that clients know."""
    method = _METHODS.get(order.payment_method, order.payment_method)
    return method if method in PAYMENT_METHODS else "card"
