"""The test cards of Stripe's documentation and what each of them does."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    """A card. `decline` is the error code with which it is refused, `authenticates` asks for 3-D Secure first.

    `dispute` opens one with this reason after the payment, `refunds` is how its refunds begin.
    """

    number: str
    brand: str = "visa"
    decline: str = ""
    decline_code: str = ""
    message: str = "Your card was declined."
    authenticates: bool = False
    dispute: str = ""
    is_inquiry: bool = False
    refunds: str = "succeeded"

    @property
    def last4(self) -> str:
        """What may be shown of the number."""
        return self.number[-4:]


CARDS = {
    card.number: card
    for card in (
        Card("4242424242424242"),
        Card("4000056655665556"),
        Card("5555555555554444", "mastercard"),
        Card("378282246310005", "amex"),
        Card("4000000000000077"),
        Card("4000000000000002", decline="card_declined", decline_code="generic_decline"),
        Card(
            "4000000000009995",
            decline="card_declined",
            decline_code="insufficient_funds",
            message="Your card has insufficient funds.",
        ),
        Card("4000000000009987", decline="card_declined", decline_code="lost_card"),
        Card("4000000000009979", decline="card_declined", decline_code="stolen_card"),
        Card("4000000000000069", decline="expired_card", message="Your card has expired."),
        Card("4000000000000127", decline="incorrect_cvc", message="Your card's security code is incorrect."),
        Card(
            "4000000000000119",
            decline="processing_error",
            message="An error occurred while processing your card. Try again in a little bit.",
        ),
        Card("4242424242424241", decline="incorrect_number", message="Your card number is incorrect."),
        Card("4000002500003155", authenticates=True),
        Card("4000002760003184", authenticates=True),
        Card("4000000000003220", authenticates=True),
        Card("4000000000003063", authenticates=True),
        Card("4000008400001629", decline="card_declined", decline_code="generic_decline", authenticates=True),
        Card("4000000000000259", dispute="fraudulent"),
        Card("4000000000002685", dispute="product_not_received"),
        Card("4000000000001976", dispute="fraudulent", is_inquiry=True),
        Card("4000000000007726", refunds="pending"),
        Card("4000000000005126"),
    )
}
GOOD = "4242424242424242"
DECLINED = "4000000000000002"
WITH_3DS = "4000002760003184"

# Names that stand for cards where a payment method is named instead of a number.
PAYMENT_METHODS = {
    "pm_card_visa": GOOD,
    "pm_card_mastercard": "5555555555554444",
    "pm_card_amex": "378282246310005",
    "pm_card_visa_chargeDeclined": DECLINED,
    "pm_card_visa_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_chargeDeclinedExpiredCard": "4000000000000069",
    "pm_card_threeDSecure2Required": "4000000000003220",
    "pm_card_authenticationRequired": WITH_3DS,
    "pm_card_createDispute": "4000000000000259",
    "pm_card_createDisputeInquiry": "4000000000001976",
    "pm_card_pendingRefund": "4000000000007726",
    "pm_card_refundFail": "4000000000005126",
}
