"""Reading Stripe's webhooks: the signature over the raw bytes first, then what the event is about. It is a trigger only."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

import stripe

from easyticket.core.errors import Invalid
from easyticket.integrations.providers import NoticeTopic, WebhookNotice

SIGNATURE_HEADER = "Stripe-Signature"
# Seconds an event's time may differ from ours. Stripe's library looks at the past only.
TOLERANCE = 300
_LONGEST_ID = 255
_REFUNDS = ("refund.", "charge.refund")
_DISPUTES = ("charge.dispute.",)
_CHARGES = ("payment_intent.", "charge.")
_STAMP = re.compile(r"(?:^|,)t=([0-9]{1,11})(?:,|$)")


def read_stripe_event(body: bytes, signature: str, secret: str, now: datetime) -> WebhookNotice:
    """Return what an event is about: our reference from the metadata if Stripe has it, else the id of the payment intent.

    :raises Invalid: the signature is missing, wrong or of another time (code `bad_signature`); signed, but no event.
    """
    _verify(body, signature, secret, now)
    try:
        event = json.loads(body.decode())
    except (ValueError, RecursionError):
        raise _no_event() from None
    if not isinstance(event, dict):
        raise _no_event()
    kind = _word(event.get("type"))[:80]
    return WebhookNotice(_word(event.get("id")), kind, _reference(event), topic_of(kind))


def topic_of(kind: str) -> NoticeTopic:
    """Return what an event of this type is about."""
    if kind.startswith(_REFUNDS):
        return NoticeTopic.REFUND
    if kind.startswith(_DISPUTES):
        return NoticeTopic.DISPUTE
    return NoticeTopic.CHARGE if kind.startswith(_CHARGES) else NoticeTopic.OTHER


def _verify(body: bytes, signature: str, secret: str, now: datetime) -> None:
    stamp = _STAMP.search(signature) if signature.isascii() else None
    if stamp is None:
        raise _not_signed("The webhook is not signed.")
    try:
        stripe.WebhookSignature.verify_header(body, signature, secret, TOLERANCE)
    except (stripe.SignatureVerificationError, UnicodeDecodeError):
        raise _not_signed("The webhook's signature is wrong.") from None
    if int(stamp[1]) > now.timestamp() + TOLERANCE:
        raise _not_signed("The webhook's time is too far from ours.")


def _reference(event: dict[str, Any]) -> str:
    thing = _object(_object(event.get("data")).get("object"))
    ours = _object(thing.get("metadata")).get("reference")
    intent = thing.get("payment_intent") if thing.get("object") != "payment_intent" else thing.get("id")
    # Metadata is what anybody with the account wrote there; a database keeps no control characters.
    return next((str(found) for found in (ours, intent) if _is_word(found)), "")


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _word(value: Any) -> str:
    if not _is_word(value):
        raise _no_event()
    return str(value)


def _is_word(value: Any) -> bool:
    is_text = isinstance(value, str) and value.isascii() and value.isprintable()
    return is_text and 0 < len(value) <= _LONGEST_ID


def _not_signed(message: str) -> Invalid:
    return Invalid(message, code="bad_signature")


def _no_event() -> Invalid:
    return Invalid("The body is not an event.", code="no_event")
