"""Reading Paystack's webhooks: the signature over the raw bytes first, then what the event is about. It is a trigger only."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from easyticket.core.errors import Forbidden, Invalid
from easyticket.integrations.providers import NoticeTopic, WebhookNotice

SIGNATURE_HEADER = "X-Paystack-Signature"
_LONGEST = 255
_LONGEST_KIND = 80
# Events whose number names them; Paystack's webhooks have no id, no time and no nonce of their own.
_NAMED_BY_NUMBER = ("charge.", "transfer.")
# What kinds begin with; the first that fits.
_TOPICS = {
    "charge.dispute.": NoticeTopic.DISPUTE,
    "charge.": NoticeTopic.CHARGE,
    "refund.": NoticeTopic.REFUND,
    "transfer.": NoticeTopic.TRANSFER,
}


def read_paystack_event(body: bytes, signature: str, secret: str) -> WebhookNotice:
    """Return what an event is about: our reference of the charge it names, or of the payout that is transferred.

    The event's key is its kind with the number of what it is about; where that says too little, a digest of the body.

    :raises Forbidden: the signature is missing or wrong (code `bad_signature`).
    :raises Invalid: signed, but no event (code `no_event`).
    """
    _verify(body, signature, secret)
    try:
        event = json.loads(body.decode())
    except (ValueError, RecursionError):
        raise _no_event() from None
    kind = event.get("event") if isinstance(event, dict) else None
    if not isinstance(kind, str) or not (
        kind.isascii() and kind.isprintable() and 0 < len(kind) <= _LONGEST_KIND
    ):
        raise _no_event()
    about = _object(event.get("data"))
    return WebhookNotice(
        event_key=_key(kind, about, body),
        kind=kind,
        reference=_reference(about),
        topic=next((_TOPICS[start] for start in _TOPICS if kind.startswith(start)), NoticeTopic.OTHER),
    )


def sign(body: bytes, secret: str) -> str:
    """Return the signature of a webhook: HMAC-SHA512 of the raw body, in hex."""
    return hmac.new(secret.encode(), body, hashlib.sha512).hexdigest()


def _verify(body: bytes, signature: str, secret: str) -> None:
    if not signature:
        raise Forbidden("The webhook is not signed.", code="bad_signature")
    # Compared as bytes: texts with other letters than ASCII cannot be.
    if not hmac.compare_digest(sign(body, secret).encode(), signature.strip().lower().encode()):
        raise Forbidden("The webhook's signature is wrong.", code="bad_signature")


def _key(kind: str, about: dict[str, Any], body: bytes) -> str:
    number = about.get("id")
    is_number = isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 2**63
    if is_number and kind.startswith(_NAMED_BY_NUMBER) and not kind.startswith("charge.dispute."):
        return f"{kind}:{number}"
    return f"{kind}:{hashlib.sha256(body).hexdigest()}"


def _reference(about: dict[str, Any]) -> str:
    of_dispute = _object(about.get("transaction")).get("reference")
    found = about.get("transaction_reference") or of_dispute or about.get("reference")
    if not isinstance(found, str) or len(found) > _LONGEST:
        return ""
    return found if found.isascii() and found.isprintable() else ""


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _no_event() -> Invalid:
    return Invalid("The body is not an event.", code="no_event")
