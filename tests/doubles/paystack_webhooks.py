"""Paystack's webhooks: bodies with escaped slashes and nothing beyond ASCII, signed over the very bytes that are sent."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

from tests.doubles.deliveries import Deliveries
from tests.doubles.paystack_books import TEST_KEY


@dataclass(frozen=True)
class Webhook:
    """One event, as it is sent or would be."""

    event: str
    data: dict[str, Any]
    body: bytes
    headers: dict[str, str]


def body_of(event: str, data: dict[str, Any]) -> bytes:
    """Return the body as Paystack writes it."""
    text = json.dumps({"event": event, "data": data}, ensure_ascii=True, separators=(",", ":"))
    return text.replace("/", "\\/").encode()


def signature_of(body: bytes, key: str) -> str:
    """Return the signature of a body: HMAC-SHA512 with the secret key, in hex."""
    return hmac.new(key.encode(), body, hashlib.sha512).hexdigest()


class Webhooks(Deliveries):
    """Every event stands in `told`, whether it was delivered, held or dropped."""

    def __init__(self) -> None:
        self.told: list[Webhook] = []
        self._keys: dict[bytes, str] = {}
        super().__init__(self._headers)

    def clear(self) -> None:
        """Forget all, the addresses too."""
        super().clear()
        self.told.clear()
        self._keys.clear()

    def tell(self, event: str, data: dict[str, Any], key: str) -> None:
        """Note an event and send it as the settings say; return at once."""
        body = body_of(event, data)
        self._keys[body] = key
        self.told.append(Webhook(event, data, body, self._headers(body)))
        self.post(event, body)

    def of(self, event: str) -> list[Webhook]:
        """Return the events whose name begins so."""
        return [webhook for webhook in self.told if webhook.event.startswith(event)]

    def again(self, event: str = "", times: int = 1) -> int:
        """Send what was told once more, `times` each; tell how many."""
        chosen = self.of(event) * times
        for webhook in chosen:
            self.post(webhook.event, webhook.body)
        return len(chosen)

    def _headers(self, body: bytes) -> dict[str, str]:
        key = self._keys.get(body, TEST_KEY)
        return {
            "Content-Type": "application/json",
            "User-Agent": "Paystack/2.0",
            "X-Paystack-Signature": signature_of(body, key),
        }
