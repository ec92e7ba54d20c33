"""Signs two of three generated webhooks, as their providers do; they would only be refused for their signatures otherwise.

Paystack is set up for its own door only: with its key everywhere, payments would begin there and not in the sandbox.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any
from zlib import crc32

import stripe
from flask import Flask

from config import Settings
from easyticket.core import clock
from tests.api.access_table import WEBHOOK_SECRET
from tests.api_v1.access_table import PAYSTACK_KEY, paystack_signature


class SignedWebhooks:
    """Stands before the application: what is signed is what is sent, byte by byte."""

    def __init__(self, app: Flask) -> None:
        self._app, self._application = app, app.wsgi_app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        header, sign = _SIGNERS.get(environ["PATH_INFO"], ("", None))
        if sign is not None and environ["REQUEST_METHOD"] == "POST":
            body = environ["wsgi.input"].read()
            environ["wsgi.input"] = io.BytesIO(body)
            if crc32(body) % 3:
                environ[header] = sign(body)
        if environ["PATH_INFO"] != _PAYSTACK_DOOR:
            return self._application(environ, start_response)
        settings: Settings = self._app.config["SETTINGS"]
        self._app.config["SETTINGS"] = replace(settings, paystack_secret_key=PAYSTACK_KEY)
        try:
            return self._application(environ, start_response)
        finally:
            self._app.config["SETTINGS"] = settings


def _stripe_signature(body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    stamp = int(clock.now().timestamp())
    return str(stripe.WebhookSignature.generate_signature_header(text, WEBHOOK_SECRET, stamp))


_PAYSTACK_DOOR = "/api/v1/payments/webhook/"
_SIGNERS: dict[str, tuple[str, Callable[[bytes], str] | None]] = {
    "/api/webhooks/stripe/": ("HTTP_STRIPE_SIGNATURE", _stripe_signature),
    _PAYSTACK_DOOR: ("HTTP_X_PAYSTACK_SIGNATURE", paystack_signature),
}
