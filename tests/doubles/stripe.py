"""A strict double of Stripe: its API, its webhooks and a stand-in for Stripe.js, over HTTP on loopback.

In a test: the fixture `stripe_double`. As a process: `python -m tests.doubles.stripe --port N`, with controls under /__ctl/.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable
from typing import Any, ClassVar

from werkzeug import Request, Response
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from tests.doubles import stripe_browser, stripe_disputes, stripe_payments, stripe_reads, stripe_refunds
from tests.doubles.faults import Fault
from tests.doubles.server import Double, serve
from tests.doubles.stripe_books import Asked, Books
from tests.doubles.stripe_controls import CONTROLS, StripeControls
from tests.doubles.stripe_errors import Refusal, Thing
from tests.doubles.stripe_forms import Spec, check, read_form
from tests.doubles.stripe_idempotency import NOT_BEGUN, Idempotency
from tests.doubles.stripe_webhooks import Webhooks

SECRET_KEY, PUBLISHABLE_KEY = "sk_test_51TheDouble", "pk_test_51TheDouble"
LIVE_SECRET_KEY, LIVE_PUBLISHABLE_KEY = "sk_live_51TheDouble", "pk_live_51TheDouble"
KEYS = (SECRET_KEY, PUBLISHABLE_KEY, LIVE_SECRET_KEY, LIVE_PUBLISHABLE_KEY)
Work = Callable[[Books, Asked], Thing]
PI = "/v1/payment_intents"
# Method and address, what does it, its parameters, those that are required.
CALLS: tuple[tuple[str, str, Work, Spec, tuple[str, ...]], ...] = (
    ("POST", PI, stripe_payments.create_intent, stripe_payments.CREATE, ("amount", "currency")),
    ("GET", PI, stripe_reads.list_of("payment_intent"), stripe_reads.PAGE | stripe_reads.CREATED, ()),
    ("GET", f"{PI}/<intent>", stripe_reads.retrieve("payment_intent"), stripe_reads.RETRIEVE, ()),
    ("POST", f"{PI}/<intent>", stripe_payments.update_intent, stripe_payments.UPDATE, ()),
    ("POST", f"{PI}/<intent>/confirm", stripe_payments.confirm_intent, stripe_payments.CONFIRM, ()),
    ("POST", f"{PI}/<intent>/cancel", stripe_payments.cancel_intent, stripe_payments.CANCEL, ()),
    ("GET", "/v1/charges/<charge>", stripe_reads.retrieve("charge"), stripe_reads.RETRIEVE, ()),
    ("POST", "/v1/refunds", stripe_refunds.create_refund, stripe_refunds.CREATE, ()),
    ("GET", "/v1/refunds", stripe_reads.list_of("refund"), stripe_reads.OF_A_CHARGE, ()),
    ("GET", "/v1/refunds/<refund>", stripe_reads.retrieve("refund"), stripe_reads.RETRIEVE, ()),
    ("POST", "/v1/refunds/<refund>", stripe_refunds.update_refund, stripe_refunds.UPDATE, ()),
    ("POST", "/v1/refunds/<refund>/cancel", stripe_refunds.cancel_refund, stripe_reads.RETRIEVE, ()),
    ("GET", "/v1/disputes", stripe_reads.list_of("dispute"), stripe_reads.OF_A_CHARGE, ()),
    ("GET", "/v1/disputes/<dispute>", stripe_reads.retrieve("dispute"), stripe_reads.RETRIEVE, ()),
    ("POST", "/v1/disputes/<dispute>/close", stripe_disputes.close_dispute, stripe_reads.RETRIEVE, ()),
    ("GET", "/v1/balance", stripe_reads.balance, stripe_reads.RETRIEVE, ()),
    (
        "GET",
        "/v1/balance_transactions/<line>",
        stripe_reads.retrieve("balance_transaction"),
        stripe_reads.RETRIEVE,
        (),
    ),
    ("GET", "/v1/events", stripe_reads.list_of("event"), stripe_reads.EVENTS, ()),
    ("GET", "/v1/events/<event>", stripe_reads.retrieve("event"), stripe_reads.RETRIEVE, ()),
    (
        "POST",
        stripe_browser.AUTHENTICATE,
        stripe_browser.authenticate,
        stripe_browser.AUTHENTICATION,
        ("outcome",),
    ),
)
MAP = Map([Rule(path, methods=[method], endpoint=place) for place, (method, path, *_) in enumerate(CALLS)])
# What a browser may do with its key and the secret of the intent.
FOR_BROWSERS = (stripe_payments.confirm_intent, stripe_browser.authenticate, CALLS[2][2])


class StripeDouble(StripeControls, Double):
    """Stripe on loopback: keys, idempotency, errors and books as the real one has them."""

    name: ClassVar[str] = "stripe"
    controls: ClassVar[tuple[str, ...]] = (*Double.controls, *CONTROLS)

    def __init__(self) -> None:
        super().__init__()
        self.deliveries = Webhooks()
        self.books = Books(self.deliveries.send)
        self.idempotency = Idempotency()

    def clear(self) -> None:
        """Forget objects, keys of idempotency and webhooks."""
        self.deliveries.clear()
        self.idempotency.clear()
        with self.lock:
            self.books.clear()

    def stop(self) -> None:
        """Stop answering and sending."""
        super().stop()
        self.deliveries.stop()

    def error(self, status: int) -> Response:
        """Return an error of Stripe's own making."""
        kinds = {429: "invalid_request_error"}
        code = {"code": "rate_limit"} if status == 429 else {}
        error = {"message": "An error of the double.", "type": kinds.get(status, "api_error"), **code}
        return _json({"error": error}, status)

    def work(self, request: Request, fault: Fault | None) -> Response:
        """Answer behind the door: version and key first, then the idempotency key, then the work."""
        if not request.path.startswith("/v1/"):
            return stripe_browser.serve_page(self, request)
        if request.method == "OPTIONS":
            return stripe_browser.allow(Response(status=200))
        try:
            account, params = self._let_in(request)
            # What goes wrong in front of the API (502, 503, 504, 429) never reaches the keys; its own 500 is kept.
            if fault and fault.kind == "error_before" and fault.status != 500:
                return self.error(fault.status)
            kept_form = json.dumps(params, sort_keys=True)
            response = self.idempotency.once(
                account, request, kept_form, lambda: super(StripeDouble, self).work(request, fault)
            )
        except Refusal as refusal:
            response = _json({"error": refusal.error}, refusal.status)
        if response.status_code == 500 and request.method == "POST":
            response.headers["Stripe-Should-Retry"] = "false"
        return self._finish(request, response)

    def answer(self, request: Request) -> Response:
        """Do the call and tell its result."""
        request_id = _request_id(request)
        try:
            with self.lock:
                return _json(self._call(request), 200, **{"Request-Id": request_id})
        except Refusal as refusal:
            headers = {NOT_BEGUN: "yes"} if refusal.is_before_the_work else {}
            error = refusal.error | {
                "request_log_url": f"https://dashboard.stripe.com/test/logs/{request_id}"
            }
            return _json({"error": error}, refusal.status, **{"Request-Id": request_id}, **headers)

    def _call(self, request: Request) -> Thing:
        try:
            place, ids = MAP.bind_to_environ(request.environ).match()
        except HTTPException:
            raise Refusal(
                f"Unrecognized request URL ({request.method}: {request.path}).", status=404
            ) from None
        _, _, work, spec, required = CALLS[place]
        key, params = _key(request), read_form(_raw(request))
        asked = Asked(
            params={},
            ids=dict(ids),
            livemode=key.startswith(("sk_live_", "pk_live_")),
            is_publishable=key.startswith("pk_"),
            request_id=_request_id(request),
            idempotency_key=request.headers.get("Idempotency-Key"),
            path=request.path,
            base=self.url,
        )
        if asked.is_publishable:
            self._check_secret(asked, work, params)
        asked.params = check(params, spec, required)
        self.books.asked = asked
        try:
            thing = work(self.books, asked)
        finally:
            self.books.asked = None
        return self._shown(thing, asked)

    def _shown(self, thing: Thing, asked: Asked) -> Thing:
        if "id" not in thing:
            return thing
        shown = self.books.show(thing, asked.params.get("expand"))
        return stripe_browser.seen_by_browsers(shown) if asked.is_publishable else shown

    def _check_secret(self, asked: Asked, work: Work, params: Thing) -> None:
        if work not in FOR_BROWSERS:
            raise Refusal(
                "This API call cannot be made with a publishable API key. Please use a secret API key.",
                status=401,
                code="secret_key_required",
            )
        for name in ("key", "_stripe_version"):
            params.pop(name, None)
        given, intent = params.pop("client_secret", ""), stripe_payments.intent_of(self.books, asked)
        if given != intent["client_secret"]:
            raise Refusal(
                "The client_secret provided does not match any associated PaymentIntent on this account.",
                code="resource_missing",
                param="intent",
            )

    def _let_in(self, request: Request) -> tuple[str, dict[str, Any]]:
        key = _key(request)
        if not key:
            raise Refusal("You did not provide an API key.", status=401)
        if key not in KEYS:
            raise Refusal(f"Invalid API Key provided: {key[:8]}****{key[-4:]}", status=401)
        is_form = request.mimetype == "application/x-www-form-urlencoded"
        if request.method == "POST" and request.get_data() and not is_form:
            raise Refusal(
                f"Invalid request: bodies are form-encoded, this one is {request.mimetype or 'nothing'}."
            )
        if "Stripe-Account" in request.headers:
            raise Refusal(
                f"The provided key '{key[:8]}****' does not have access to that account.", status=403
            )
        params = read_form(_raw(request))
        version = request.headers.get("Stripe-Version", params.get("_stripe_version", ""))
        if not re.fullmatch(r"20\d\d-\d\d-\d\d(\.[a-z_]+)?", version):
            raise Refusal(f"Invalid Stripe API version: {version!r}")
        return key[:8], params

    def _finish(self, request: Request, response: Response) -> Response:
        response.headers.remove(NOT_BEGUN)
        response.headers.setdefault("Request-Id", _request_id(request))
        for name in ("Stripe-Version", "Idempotency-Key"):
            if name in request.headers:
                response.headers[name] = request.headers[name]
        return stripe_browser.allow(response)


def _request_id(request: Request) -> str:
    return str(request.environ.setdefault("double.request_id", f"req_{secrets.token_urlsafe(10)[:14]}"))


def _raw(request: Request) -> str:
    raw = request.get_data() if request.method == "POST" else request.query_string
    return raw.decode("utf-8", "replace")


def _key(request: Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme == "Bearer":
        return token.strip()
    given = read_form(_raw(request)).get("key", "")
    return given if isinstance(given, str) and given.startswith("pk_") else ""


def _json(thing: Thing, status: int, **headers: str) -> Response:
    return Response(json.dumps(thing, indent=2), status, headers, content_type="application/json")


if __name__ == "__main__":
    serve(StripeDouble)
