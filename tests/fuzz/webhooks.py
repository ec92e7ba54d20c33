"""Signs two of three generated webhooks, which would otherwise only be refused for their signatures."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any
from zlib import crc32

import stripe

from easyticket.core import clock
from tests.api.access_table import WEBHOOK_SECRET

PATH = "/api/webhooks/stripe/"


class SignedWebhooks:
    """Stands before the application: what is signed is what is sent, byte by byte."""

    def __init__(self, application: Any) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == PATH and environ["REQUEST_METHOD"] == "POST":
            body = environ["wsgi.input"].read()
            environ["wsgi.input"] = io.BytesIO(body)
            if crc32(body) % 3:
                environ["HTTP_STRIPE_SIGNATURE"] = _signature(body)
        answer: Iterable[bytes] = self._application(environ, start_response)
        return answer


def _signature(body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    stamp = int(clock.now().timestamp())
    return str(stripe.WebhookSignature.generate_signature_header(text, WEBHOOK_SECRET, stamp))
