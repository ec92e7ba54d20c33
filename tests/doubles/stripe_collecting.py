"""How money is collected: the card is asked, 3-D Secure may come between, and the charge goes through or is declined."""

from __future__ import annotations

from typing import Any

from tests.doubles.stripe_amounts import fee_of
from tests.doubles.stripe_books import Books
from tests.doubles.stripe_cards import Card
from tests.doubles.stripe_disputes import open_dispute
from tests.doubles.stripe_errors import Refusal, Thing, unexpected_state
from tests.doubles.stripe_objects import new_charge, new_method, new_transaction


def add_method(books: Books, card: Card, livemode: bool, billing: Thing | None = None) -> Thing:
    """Keep a new payment method for a card."""
    method = books.add(new_method(books, card, livemode, billing))
    books.cards[method["id"]] = card
    return method


def confirm(books: Books, intent: Thing, params: Thing) -> Thing:
    """Take the money from the payment method of the intent, or ask the payer to authenticate first."""
    if intent["payment_method"] is None:
        raise unexpected_state(
            "You cannot confirm this PaymentIntent because it's missing a payment method.", books.show(intent)
        )
    automatic = intent["automatic_payment_methods"] or {}
    if automatic.get("enabled") and automatic["allow_redirects"] == "always" and "return_url" not in params:
        raise Refusal(
            "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these"
            " payment methods might redirect your customer off of your page, you must provide a `return_url`."
        )
    card = books.cards[intent["payment_method"]]
    intent |= {"last_payment_error": None, "next_action": None}
    if card.authenticates:
        return _ask_to_authenticate(books, intent, params)
    return take_money(books, intent, card)


def _ask_to_authenticate(books: Books, intent: Thing, params: Thing) -> Thing:
    if params.get("use_stripe_sdk") or "return_url" not in params:
        action = {
            "type": "use_stripe_sdk",
            "use_stripe_sdk": {"type": "three_d_secure_redirect", "source": "src_1"},
        }
    else:
        page = f"{books.asked.base if books.asked else ''}/redirect/authenticate/{intent['id']}"
        action = {
            "type": "redirect_to_url",
            "redirect_to_url": {"url": page, "return_url": params["return_url"]},
        }
    intent |= {"status": "requires_action", "next_action": action}
    books.tell("payment_intent.requires_action", intent)
    return intent


def authenticate(books: Books, intent: Thing, passed: bool) -> Thing:
    """End 3-D Secure: the payer has passed, and the money is taken, or not, and another card is needed."""
    if intent["status"] != "requires_action":
        raise unexpected_state("This PaymentIntent asks for no authentication.", books.show(intent))
    intent["next_action"] = None
    if passed:
        return take_money(books, intent, books.cards[intent["payment_method"]])
    _fail(
        books,
        intent,
        {
            "code": "payment_intent_authentication_failure",
            "message": "We are unable to authenticate your payment method. Please choose a different payment method"
            " and try again.",
            "type": "invalid_request_error",
        },
    )
    return intent


def take_money(books: Books, intent: Thing, card: Card) -> Thing:
    """Charge the card.

    :raises Refusal: the card is declined (402); the intent waits for another one.
    """
    method = books.things[intent["payment_method"]]
    charge = books.add(new_charge(books, intent, method, card))
    intent["latest_charge"] = charge["id"]
    books.cards[charge["id"]] = card
    if card.decline:
        _decline(books, intent, charge, card)
    if not books.plans.late_fees:
        post_fee(books, charge)
    intent |= {"status": "succeeded", "amount_received": intent["amount"], "processing": None}
    books.tell("charge.succeeded", charge)
    books.tell("payment_intent.succeeded", intent)
    if card.dispute:
        open_dispute(books, charge, card.dispute, warning=card.is_inquiry)
    return intent


def post_fee(books: Books, charge: Thing) -> None:
    """Enter the charge in the balance, from when on the fee is known."""
    fee = fee_of(charge["amount"], charge["currency"])
    transaction = books.add(new_transaction(books, charge, "charge", charge["amount"], fee))
    charge["balance_transaction"] = transaction["id"]


def _decline(books: Books, intent: Thing, charge: Thing, card: Card) -> None:
    error = {"charge": charge["id"], "code": card.decline, "message": card.message, "type": "card_error"}
    if card.decline_code:
        error["decline_code"] = card.decline_code
    books.tell("charge.failed", charge)
    _fail(books, intent, error)
    more: dict[str, Any] = {
        name: value for name, value in error.items() if name in ("charge", "decline_code")
    }
    more["payment_method"] = intent["last_payment_error"]["payment_method"]
    raise Refusal(
        card.message,
        status=402,
        kind="card_error",
        code=card.decline,
        payment_intent=books.show(intent),
        **more,
    )


def _fail(books: Books, intent: Thing, error: Thing) -> None:
    method = books.show(books.things[intent["payment_method"]])
    intent |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "processing": None,
        "last_payment_error": error | {"payment_method": method},
    }
    books.tell("payment_intent.payment_failed", intent)
