"""How Stripe's objects look when they are made, member by member."""

from __future__ import annotations

import time
from typing import Any

from tests.doubles.stripe_amounts import fee_of
from tests.doubles.stripe_books import Books
from tests.doubles.stripe_cards import Card
from tests.doubles.stripe_errors import Thing


def new_intent(books: Books, params: Thing, livemode: bool) -> Thing:
    """A payment intent that nobody has paid yet."""
    name = books.new_id("pi")
    types = params.get("allowed_payment_method_types")
    automatic = None if types else {"allow_redirects": "always", "enabled": True}
    if automatic and "automatic_payment_methods" in params:
        automatic |= params["automatic_payment_methods"]
    return {
        "id": name,
        "object": "payment_intent",
        "allowed_payment_method_types": types,
        "amount": params["amount"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": automatic,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": params.get("capture_method", "automatic_async"),
        "client_secret": f"{name}_secret_{books.new_id('x')[3:]}",
        "confirmation_method": "automatic",
        "created": int(time.time()),
        "currency": params["currency"],
        "customer": None,
        "description": params.get("description"),
        "excluded_payment_method_types": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": livemode,
        "metadata": {key: value for key, value in params.get("metadata", {}).items() if value != ""},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": [name for name in types or ["card"] if name in ("card", "link")],
        "processing": None,
        "receipt_email": params.get("receipt_email"),
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "source": None,
        "statement_descriptor": params.get("statement_descriptor"),
        "statement_descriptor_suffix": params.get("statement_descriptor_suffix"),
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": params.get("transfer_group"),
    }


def new_method(books: Books, card: Card, livemode: bool, billing: Thing | None = None) -> Thing:
    """A payment method for a card."""
    return {
        "id": books.new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": _billing(billing),
        "card": {**_card(card), "checks": None, "wallet": None},
        "created": int(time.time()),
        "customer": None,
        "livemode": livemode,
        "metadata": {},
        "type": "card",
    }


def _card(card: Card) -> Thing:
    return {
        "brand": card.brand,
        "country": "US",
        "exp_month": 12,
        "exp_year": 2034,
        "funding": "credit",
        "last4": card.last4,
    }


def _billing(given: Thing | None) -> Thing:
    return {"address": None, "email": None, "name": None, "phone": None, "tax_id": None} | (given or {})


def new_charge(books: Books, intent: Thing, method: Thing, card: Card) -> Thing:
    """The charge of an intent: succeeded, or failed with the card's reason. It has no balance transaction yet."""
    failed = bool(card.decline)
    return {
        "id": books.new_id("ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0 if failed else intent["amount"],
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": "EASYTICKET",
        "captured": not failed,
        "created": int(time.time()),
        "currency": intent["currency"],
        "customer": None,
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": card.decline or None,
        "failure_message": card.message if failed else None,
        "fraud_details": {},
        "livemode": intent["livemode"],
        "metadata": dict(intent["metadata"]),
        "on_behalf_of": None,
        "outcome": {
            "network_status": "declined_by_network" if failed else "approved_by_network",
            "reason": card.decline_code or None,
            "risk_level": "normal",
            "seller_message": "Payment complete." if not failed else "The bank declined the payment.",
            "type": "issuer_declined" if failed else "authorized",
        },
        "paid": not failed,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {"card": _card(card), "type": "card"},
        "radar_options": {},
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "failed" if failed else "succeeded",
        "transfer_data": None,
        "transfer_group": intent["transfer_group"],
    }


def new_transaction(books: Books, source: Thing, kind: str, amount: int, fee: int = 0) -> Thing:
    """A line of the balance, in the currency the account is paid out in; `amount` is in that of the source."""
    plans = books.plans
    currency, rate = source["currency"], None
    if plans.settlement_currency and plans.settlement_currency != currency:
        currency, rate = plans.settlement_currency, plans.exchange_rate
        amount = round(amount * rate)
        fee = fee_of(amount, currency) if kind == "charge" else round(fee * rate)
    details = {"amount": fee, "application": None, "currency": currency, "type": "stripe_fee"}
    return {
        "id": books.new_id("txn"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": int(time.time()) + 7 * 86400,
        "balance_type": "payments",
        "created": int(time.time()),
        "currency": currency,
        "description": source.get("description"),
        "exchange_rate": rate,
        "fee": fee,
        "fee_details": [{**details, "description": "Stripe processing fees"}] if fee else [],
        "net": amount - fee,
        "reporting_category": kind,
        "source": source["id"],
        "status": "pending",
        "type": kind,
    }


def new_refund(books: Books, charge: Thing, params: Thing, amount: int, status: str) -> Thing:
    """A refund of a charge in its first state."""
    return {
        "id": books.new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": int(time.time()),
        "currency": charge["currency"],
        "destination_details": {
            "card": {
                "reference_status": "pending",
                "reference_type": "acquirer_reference_number",
                "type": "refund",
            },
            "type": "card",
        },
        "metadata": params.get("metadata", {}),
        "payment_intent": charge["payment_intent"],
        "reason": params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": status,
        "transfer_reversal": None,
    }


def new_dispute(books: Books, charge: Thing, reason: str, amount: int, status: str) -> Thing:
    """A dispute about a charge; the seller has seven days to answer."""
    now = int(time.time())
    return {
        "id": books.new_id("dp"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {},
        "evidence_details": {
            "due_by": now + 7 * 86400,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": status.startswith("warning"),
        "livemode": charge["livemode"],
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "card": {"brand": "visa", "case_type": "chargeback", "network_reason_code": "10.4"},
            "type": "card",
        },
        "reason": reason,
        "status": status,
    }


def new_list(url: str, page: list[Any], has_more: bool) -> Thing:
    """A page of a list."""
    return {"object": "list", "data": page, "has_more": has_more, "url": url}
