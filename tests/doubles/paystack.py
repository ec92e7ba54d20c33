"""A strict double of Paystack: its API, its checkout page and its webhooks, as an HTTP server in this process or its own.

    double = PaystackDouble(); double.start(); double.configure(webhook_url="http://…")     # in this process
    python -m tests.doubles.paystack --port 8500 --set 'configure={"webhook_url":"http://…"}'

The keys are `TEST_KEY` and `LIVE_KEY`; each has books of its own. What tests can make happen are the methods of
`PaystackControls`, over HTTP as POST /__ctl/<name> with their arguments as a JSON object.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from werkzeug import Request, Response

from tests.doubles import (
    paystack_accounts,
    paystack_charges,
    paystack_disputes,
    paystack_refunds,
    paystack_transfers,
)
from tests.doubles.paystack_answers import Ask, Refused, Route, read_body
from tests.doubles.paystack_books import DOMAINS, LIVE_KEY, TEST_KEY, Books
from tests.doubles.paystack_controls import PaystackControls
from tests.doubles.paystack_page import answer_checkout
from tests.doubles.server import serve

ROUTES: list[Route] = [
    *paystack_charges.ROUTES,
    *paystack_refunds.ROUTES,
    *paystack_disputes.ROUTES,
    *paystack_transfers.ROUTES,
    *paystack_accounts.ROUTES,
]


class PaystackDouble(PaystackControls):
    """Paystack on loopback."""

    name = "paystack"

    def answer(self, request: Request) -> Response:
        """Answer a payer's browser, or the shop that has a key."""
        with self.lock:
            self.desk.url = self.url
            if request.path.startswith("/checkout/"):
                return answer_checkout(self.desk, request)
            try:
                return self._asked(request)
            except Refused as refusal:
                return refusal.response

    def error(self, status: int) -> Response:
        """Return an error of Paystack's own."""
        if status == 429:
            return Refused("Too many requests", "rate_limited", status=429, kind="api_error").response
        return Refused("An error occurred", "unknown", status=status, kind="api_error").response

    def _asked(self, request: Request) -> Response:
        books = self._books(request)
        ask = Ask(self.desk, books, request.args, read_body(request))
        for method, pattern, handler in ROUTES:
            if method == request.method and (match := re.fullmatch(pattern, request.path)):
                return handler(ask, *map(unquote, match.groups()))
        raise Refused("Requested route not found", "not_found", status=404)

    def _books(self, request: Request) -> Books:
        header = request.headers.get("Authorization", "")
        if not header:
            raise Refused("No Authorization Header was found", "no_authorization", status=401)
        scheme, _, key = header.partition(" ")
        if scheme != "Bearer" or key not in DOMAINS:
            raise Refused(
                "Invalid key",
                "invalid_Key",
                status=401,
                next_step="Ensure that you provide the correct authorization key for the request",
            )
        return self.desk.books[DOMAINS[key]]


__all__ = ["LIVE_KEY", "TEST_KEY", "PaystackDouble"]

if __name__ == "__main__":
    serve(PaystackDouble)
