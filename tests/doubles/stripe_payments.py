"""What can be done with payment intents, and in which state: create, update, confirm, authenticate, cancel."""

from __future__ import annotations

import time

from tests.doubles.stripe_amounts import check_amount
from tests.doubles.stripe_books import Asked, Books
from tests.doubles.stripe_cards import CARDS, PAYMENT_METHODS, Card
from tests.doubles.stripe_collecting import add_method, confirm
from tests.doubles.stripe_errors import Refusal, Thing, missing_parameter, no_such, unexpected_state
from tests.doubles.stripe_forms import BOOLEAN, INTEGER, LIST, METADATA, TEXT, Spec
from tests.doubles.stripe_objects import new_intent

CANCELABLE = (
    "requires_payment_method",
    "requires_capture",
    "requires_confirmation",
    "requires_action",
    "processing",
)
METHOD_DATA: Spec = {
    "type": ("card",),
    "card": {"number": TEXT, "exp_month": INTEGER, "exp_year": INTEGER, "cvc": TEXT},
    "billing_details": {
        "name": TEXT,
        "email": TEXT,
        "phone": TEXT,
        "address": {"country": TEXT, "postal_code": TEXT},
    },
    "allow_redisplay": TEXT,
    "metadata": METADATA,
}
SHARED: Spec = {
    "amount": INTEGER,
    "currency": TEXT,
    "description": TEXT,
    "metadata": METADATA,
    "receipt_email": TEXT,
    "statement_descriptor": TEXT,
    "statement_descriptor_suffix": TEXT,
    "transfer_group": TEXT,
    "payment_method": TEXT,
    "allowed_payment_method_types": LIST,
    "payment_method_types": LIST,
    "expand": LIST,
}
CREATE: Spec = SHARED | {
    "automatic_payment_methods": {"enabled": BOOLEAN, "allow_redirects": ("always", "never")},
    "capture_method": ("automatic", "automatic_async"),
    "confirmation_method": ("automatic",),
    "confirm": BOOLEAN,
    "payment_method_data": METHOD_DATA,
    "return_url": TEXT,
    "use_stripe_sdk": BOOLEAN,
}
UPDATE: Spec = {name: kind for name, kind in SHARED.items() if "payment_method_types" not in name}
STILL_CHANGEABLE = {"metadata", "description", "receipt_email", "transfer_group", "expand"}
CONFIRM: Spec = {
    "payment_method": TEXT,
    "payment_method_data": METHOD_DATA,
    "return_url": TEXT,
    "use_stripe_sdk": BOOLEAN,
    "receipt_email": TEXT,
    "expand": LIST,
}
CANCEL: Spec = {
    "cancellation_reason": ("duplicate", "fraudulent", "requested_by_customer", "abandoned"),
    "expand": LIST,
}


def create_intent(books: Books, asked: Asked) -> Thing:
    """Open a payment intent, and confirm it at once if asked."""
    params = asked.params
    check_amount(params["amount"], params["currency"])
    _check_types(params)
    confirms = params.get("confirm", False)
    for name in () if confirms else ("return_url", "use_stripe_sdk"):
        if name in params:
            raise Refusal(f"{name} may only be passed when confirm=true.", param=name)
    intent = new_intent(books, params, asked.livemode)
    method = _method(books, asked, intent)
    books.add(intent)
    books.tell("payment_intent.created", intent)
    if method:
        intent |= {"payment_method": method["id"], "status": "requires_confirmation"}
    return confirm(books, intent, asked.params) if confirms else intent


def _check_types(params: Thing) -> None:
    if "payment_method_types" in params:
        raise Refusal(
            "payment_method_types is no longer supported. Use allowed_payment_method_types.",
            code="payment_method_types_no_longer_supported",
            param="payment_method_types",
        )
    if "automatic_payment_methods" in params and "allowed_payment_method_types" in params:
        raise Refusal(
            "You may only specify one of these parameters: automatic_payment_methods, allowed_payment_method_types."
        )
    if not set(params.get("allowed_payment_method_types", ["card"])) & {"card", "link"}:
        raise Refusal(
            "No payment method type of the list can be used for this payment.",
            param="allowed_payment_method_types",
        )


def update_intent(books: Books, asked: Asked) -> Thing:
    """Change what may still be changed."""
    intent = intent_of(books, asked)
    params: Thing = dict(asked.params)
    is_open = intent["status"] in ("requires_payment_method", "requires_confirmation", "requires_action")
    if not is_open and set(params) - STILL_CHANGEABLE:
        raise unexpected_state(_this("update", intent), books.show(intent))
    wanted = intent | params
    check_amount(wanted["amount"], wanted["currency"])
    for key, value in params.pop("metadata", {}).items():
        intent["metadata"].pop(key, None) if value == "" else intent["metadata"].update({key: value})
    method = _method(books, asked, intent)
    if method:
        intent |= {"payment_method": method["id"], "status": "requires_confirmation"}
    intent.update({name: value for name, value in params.items() if name not in ("expand", "payment_method")})
    return intent


def confirm_intent(books: Books, asked: Asked) -> Thing:
    """Pay, as Stripe.js does with the client secret or a server with a payment method it has."""
    intent, params = intent_of(books, asked), asked.params
    if intent["status"] in ("succeeded", "canceled", "processing"):
        raise unexpected_state(_this("confirm", intent), books.show(intent))
    method = _method(books, asked, intent)
    if method:
        intent["payment_method"] = method["id"]
    return confirm(books, intent, params)


def cancel_intent(books: Books, asked: Asked) -> Thing:
    """Make sure that nobody pays this any more."""
    intent = intent_of(books, asked)
    refused = intent["status"] == "processing" and not books.plans.cancels_processing
    if intent["status"] not in CANCELABLE or refused:
        raise unexpected_state(_this("cancel", intent, CANCELABLE), books.show(intent))
    intent |= {
        "status": "canceled",
        "canceled_at": int(time.time()),
        "cancellation_reason": asked.params.get("cancellation_reason"),
        "next_action": None,
        "processing": None,
    }
    books.tell("payment_intent.canceled", intent)
    return intent


def intent_of(books: Books, asked: Asked) -> Thing:
    """Return the intent that the address of the request names."""
    return books.get("payment_intent", asked.ids["intent"], asked.livemode, "intent", in_url=True)


def _method(books: Books, asked: Asked, intent: Thing) -> Thing | None:
    data, name = asked.params.get("payment_method_data"), asked.params.get("payment_method")
    if data and name:
        raise Refusal("You may only specify one of these parameters: payment_method, payment_method_data.")
    if data:
        return add_method(books, _card_of(data, asked), intent["livemode"], data.get("billing_details"))
    if name in PAYMENT_METHODS:
        return add_method(books, CARDS[PAYMENT_METHODS[name]], intent["livemode"])
    if name:
        raise no_such("PaymentMethod", name, "payment_method")
    return None


def _card_of(data: Thing, asked: Asked) -> Card:
    if not asked.is_publishable:
        raise Refusal(
            "Sending credit card numbers directly to the Stripe API is generally unsafe.", status=402
        )
    for name in ("number", "exp_month", "exp_year", "cvc"):
        if name not in data.get("card", {}):
            raise missing_parameter(f"payment_method_data[card][{name}]")
    number = data["card"]["number"].replace(" ", "")
    if number not in CARDS or asked.livemode:
        raise Refusal(
            "Your card number is incorrect.", status=402, kind="card_error", code="incorrect_number"
        )
    return CARDS[number]


def _this(verb: str, intent: Thing, allowed: tuple[str, ...] = ()) -> str:
    past = {"cancel": "canceled", "confirm": "confirmed", "update": "updated"}[verb]
    only = f" Only a PaymentIntent with one of the following statuses may be {past}: {', '.join(allowed)}."
    start = f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}."
    return start + (only if allowed else "")
