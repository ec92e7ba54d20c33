"""Stripe's webhooks: the signature of its SDK over the bytes that are sent, to the endpoints that want the event."""

from __future__ import annotations

import time

import stripe

from tests.doubles.deliveries import Deliveries

SECRET = "whsec_0ThisIsTheSecretOfTheDouble"


class Webhooks(Deliveries):
    """Deliveries with Stripe's signature. `secrets` are more than one while a secret is rotated."""

    def __init__(self) -> None:
        super().__init__(self._signature)

    def clear(self) -> None:
        """Be well-behaved again, with the usual secret and all events wanted."""
        super().clear()
        self.secrets = [SECRET]
        # Seconds by which the time in signatures is off.
        self.offset = 0
        # The kinds of events that the endpoint has asked for; empty for all.
        self.wanted: tuple[str, ...] = ()

    def send(self, kind: str, body: bytes) -> None:
        """Send an event if it is wanted."""
        if not self.wanted or kind in self.wanted:
            self.post(kind, body)

    def _signature(self, body: bytes) -> dict[str, str]:
        at = int(time.time()) + self.offset
        signed = [
            stripe.WebhookSignature.generate_signature_header(body.decode(), secret, at)
            for secret in self.secrets
        ]
        first, *others = signed
        header = ",".join([first, *(other.partition(",")[2] for other in others)])
        return {"Stripe-Signature": header, "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)"}
