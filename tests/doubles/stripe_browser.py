"""The part of Stripe that browsers meet: the stand-in for Stripe.js, 3-D Secure, and what a publishable key may see."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from markupsafe import escape
from werkzeug import Request, Response
from werkzeug.utils import redirect

from tests.doubles import stripe_collecting, stripe_payments
from tests.doubles.stripe_books import Asked, Books
from tests.doubles.stripe_errors import Refusal, Thing
from tests.doubles.stripe_forms import Spec

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Route

    from tests.doubles.stripe import StripeDouble

SCRIPT = Path(__file__).with_name("stripe_stand_in.js")
# Where Stripe.js tells how 3-D Secure ended. The real one does it through frames of the bank.
AUTHENTICATE = "/v1/payment_intents/<intent>/authenticate"
AUTHENTICATION: Spec = {"outcome": ("passed", "failed")}
REDIRECT = "/redirect/authenticate/"
SEEN = (
    "id object amount amount_details automatic_payment_methods canceled_at cancellation_reason capture_method"
    " client_secret confirmation_method created currency description last_payment_error livemode next_action"
    " payment_method payment_method_configuration_details payment_method_types processing receipt_email"
    " setup_future_usage shipping source status"
).split()
PAGE = """<!doctype html><title>3-D Secure</title><h1>3-D Secure</h1>
<form method="post"><input type="hidden" name="return_url" value="{}">
<button name="outcome" value="passed">Complete authentication</button>
<button name="outcome" value="failed">Fail authentication</button></form>"""


def seen_by_browsers(intent: Thing) -> Thing:
    """Return of an intent what a publishable key is shown."""
    return {name: intent[name] for name in SEEN}


def allow(response: Response) -> Response:
    """Let pages of other origins read the answer."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Headers"] = (
        "Authorization, Stripe-Version, Content-Type, Idempotency-Key"
    )
    response.headers["Access-Control-Allow-Methods"] = "GET, POST"
    return response


def authenticate(books: Books, asked: Asked) -> Thing:
    """End 3-D Secure as the payer did in the browser."""
    intent = stripe_payments.intent_of(books, asked)
    return stripe_collecting.authenticate(books, intent, asked.params["outcome"] == "passed")


def serve_page(double: StripeDouble, request: Request) -> Response:
    """Serve what is no API: the script, and the bank's page of a redirect."""
    if request.path.startswith(REDIRECT):
        return _bank_page(double, request)
    if request.path.endswith((".js", "/v3", "/v3/")):
        return Response(SCRIPT.read_bytes(), content_type="text/javascript; charset=utf-8")
    return Response("Not found", 404, content_type="text/plain")


def _bank_page(double: StripeDouble, request: Request) -> Response:
    with double.lock:
        intent = double.books.things[request.path.removeprefix(REDIRECT)]
        if request.method == "GET":
            back = (intent["next_action"] or {}).get("redirect_to_url", {}).get("return_url", "")
            return Response(PAGE.format(escape(back)), content_type="text/html")
        try:
            stripe_collecting.authenticate(double.books, intent, request.form["outcome"] == "passed")
        except Refusal as refusal:
            if refusal.status != 402:
                return Response("This payment asks for nothing any more.", 410, content_type="text/plain")
        status = "succeeded" if intent["status"] == "succeeded" else "failed"
        back = request.form["return_url"]
        words = {
            "payment_intent": intent["id"],
            "payment_intent_client_secret": intent["client_secret"],
            "redirect_status": status,
        }
        return redirect(f"{back}{'&' if '?' in back else '?'}{urlencode(words)}")


def route_stripe(context: BrowserContext, url: str) -> None:
    """Let a browser find the double at `url` where it looks for Stripe.js and Stripe's API; the addresses stay Stripe's."""

    def forward(route: Route) -> None:
        path = route.request.url.split("/", 3)[3]
        answer: Any = route.fetch(url=f"{url}/{path}", max_redirects=0)
        route.fulfill(response=answer)

    context.route("https://js.stripe.com/**", forward)
    context.route("https://api.stripe.com/**", forward)
