"""Charges of the Paystack double: initialize, verify, fetch and list, and what happens to them on the payer's side."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

from werkzeug import Response

from tests.doubles.paystack_answers import Ask, Refused, Route, is_listed, page_of, told
from tests.doubles.paystack_books import Books, Charge, new_code, now
from tests.doubles.paystack_desk import Desk
from tests.doubles.paystack_papers import charge_paper

CHANNELS = {"card", "bank", "apple_pay", "ussd", "qr", "mobile_money", "bank_transfer", "eft", "capitec_pay"}
LEAST = {"GHS": 10, "NGN": 5000, "ZAR": 100, "KES": 300, "USD": 200, "XOF": 100}
STATUSES = ("abandoned", "failed", "ongoing", "pending", "processing", "queued", "reversed", "success")


def initialize(ask: Ask) -> Response:
    """POST /transaction/initialize."""
    ask.only(
        "email", "amount", "currency", "reference", "callback_url", "channels", "metadata", "label", "bearer"
    )
    email = ask.text("email", "Email Address")
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        raise Refused("Email is invalid", "invalid_email_address")
    amount, currency = ask.amount(), ask.currency()
    if amount < LEAST[currency]:
        raise Refused("Amount is below the minimum for this currency", "invalid_amount")
    charge = Charge(
        domain=ask.books.domain,
        reference=_new_reference(ask),
        access_code=new_code(""),
        email=email,
        asked=amount,
        amount=amount,
        currency=currency,
        callback_url=_callback_url(ask),
        channels=_channels(ask),
        metadata=_metadata(ask),
        tampered=dict(ask.desk.knobs.tamper),
    )
    ask.books.charges[charge.reference] = charge
    page = {
        "authorization_url": f"{ask.desk.url}/checkout/{charge.access_code}",
        "access_code": charge.access_code,
        "reference": charge.reference,
    }
    return told("Authorization URL created", page)


def verify(ask: Ask, reference: str) -> Response:
    """GET /transaction/verify/:reference."""
    charge = ask.books.charges.get(reference)
    if charge is None:
        raise Refused(
            "Transaction reference not found.",
            "transaction_not_found",
            status=ask.desk.knobs.unknown_reference_status,
            next_step="Ensure that you're passing the reference of a transaction that exists on this integration",
        )
    return told("Verification successful", charge_paper(charge, ask.desk.knobs))


def fetch(ask: Ask, number: str) -> Response:
    """GET /transaction/:id."""
    charge = ask.books.find_charge(number) if number.isdigit() else None
    if charge is None:
        raise Refused("Transaction not found", "transaction_not_found", status=404)
    return told("Transaction retrieved", charge_paper(charge, ask.desk.knobs))


def list_charges(ask: Ask) -> Response:
    """GET /transaction."""
    status = ask.query.get("status", "")
    if status and status not in STATUSES:
        raise Refused("Status is invalid")
    chosen = [
        charge
        for charge in ask.books.charges.values()
        if status in ("", charge.status) and is_listed(ask, charge.created_at)
    ]
    papers = [charge_paper(charge, ask.desk.knobs) for charge in chosen]
    volume = sum(charge.amount for charge in chosen)
    return page_of(ask, papers, "Transactions retrieved", total_volume=volume)


ROUTES: list[Route] = [
    ("POST", r"/transaction/initialize", initialize),
    ("GET", r"/transaction/verify/([^/]+)", verify),
    ("GET", r"/transaction", list_charges),
    ("GET", r"/transaction/([^/]+)", fetch),
]


# What happens on the payer's side.


def begin(charge: Charge, status: str, channel: str) -> None:
    """Let the payer be in the middle of paying: ongoing, pending, processing or queued."""
    charge.status, charge.channel = status, channel
    charge.message = charge.gateway_response = "Please complete authorization process on your mobile phone"
    _note(charge, "action", f"Attempted to pay with {channel}")


def refuse(charge: Charge, channel: str, reason: str = "Declined") -> None:
    """Let the bank say no. No webhook tells of it, and the payer may try again."""
    charge.status, charge.channel = "failed", channel
    charge.message = charge.gateway_response = reason
    charge.attempts += 1
    _note(charge, "error", f"Error: {reason}")


def succeed(desk: Desk, books: Books, charge: Charge, authorization: dict[str, Any]) -> None:
    """Let the money come in, and tell of it. A charge that was paid is not paid again."""
    if charge.was_paid:
        return
    # Ghana: 1.95 percent on every channel.
    fees = (charge.asked * 195 + 5000) // 10000
    charge.amount = charge.asked + fees if desk.knobs.customer_pays_fee else charge.asked
    charge.fees, charge.paid_at, charge.status = fees, now(), "success"
    charge.channel, charge.authorization = authorization["channel"], authorization
    charge.message, charge.gateway_response = None, "Approved by Financial Institution"
    charge.attempts += 1
    _note(charge, "success", f"Successfully paid with {charge.channel} / {authorization['bank']}")
    books.put_in(charge.currency, charge.amount - fees)
    desk.tell(books, "charge.success", charge_paper(charge, desk.knobs, in_webhook=True))


def _note(charge: Charge, kind: str, message: str) -> None:
    seconds = int((now() - charge.created_at).total_seconds())
    charge.history.append({"type": kind, "message": message, "time": seconds})


# What initialize takes.


def _new_reference(ask: Ask) -> str:
    reference = ask.text_or("reference", new_code("T"))
    if not re.fullmatch(r"[A-Za-z0-9.=-]{1,100}", reference):
        raise Refused("Transaction reference may hold letters, digits, - . and = only", "invalid_reference")
    if reference in ask.books.charges:
        raise Refused(
            "Duplicate Transaction Reference",
            "duplicate_reference",
            next_step="Ensure that you're passing a unique reference for every transaction",
        )
    return reference


def _callback_url(ask: Ask) -> str:
    address = ask.text_or("callback_url", "")
    if address and (urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).netloc):
        raise Refused("callback_url must be a valid URL", "invalid_callback_url")
    return address


def _channels(ask: Ask) -> tuple[str, ...]:
    channels = ask.body.get("channels", [])
    if not isinstance(channels, list) or not set(map(str, channels)) <= CHANNELS:
        raise Refused("channels must be an array of known channels", "invalid_channels")
    return tuple(channels)


def _metadata(ask: Ask) -> Any:
    metadata = ask.body.get("metadata")
    if isinstance(metadata, str) and metadata:
        try:
            metadata = json.loads(metadata)
        except ValueError:
            raise Refused("metadata must be a JSON object", "invalid_metadata") from None
    if metadata and not isinstance(metadata, dict):
        raise Refused("metadata must be a JSON object", "invalid_metadata")
    return metadata or None
