"""The page where an order is paid by card: ours, with Stripe's fields in it. Its address is its key, as a provider's
is: the reference alone, which organizers and front ends see, opens nothing."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, redirect, render_template
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.core.errors import NotFound
from easyticket.core.signing import pay_token, same
from easyticket.http.auth import public
from easyticket.http.headers import allow_in_policy
from easyticket.integrations.stripe import StripeProvider
from easyticket.integrations.stripe_client import SCRIPT
from easyticket.rules.order_phase import is_payable_attempt
from easyticket.services.payments import get_payment
from easyticket.web.views.card import card_page

blueprint = Blueprint("card", __name__)

# What Stripe's script needs. Nothing of this holds on any other page.
_POLICY = {
    "script-src": "'self' https://js.stripe.com https://*.js.stripe.com",
    "frame-src": "https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com",
    "connect-src": "'self' https://api.stripe.com",
}


@blueprint.get("/pay/<reference>/<token>/")
@public
def page(reference: str, token: str) -> ResponseReturnValue:
    """Ask for the card; an attempt that cannot be paid any more leads to the page that tells what became of it."""
    if not same(token, pay_token(current_app.config["SETTINGS"].secret_key, reference)):
        raise NotFound("There is no such payment.")
    payment, now = get_payment(reference), clock.now()
    if payment.provider != StripeProvider.name:
        raise NotFound("There is no such payment.")
    if not is_payable_attempt(payment, now):
        return redirect(payment.return_url, 303)
    for directive, sources in _POLICY.items():
        allow_in_policy(directive, sources)
    return render_template("checkout/card.html", page=card_page(payment, now), stripe_script=SCRIPT)


@blueprint.after_request
def keep_secret(response: Response) -> Response:
    """Tell nobody the address, and let a bank's page that Stripe opens in a window talk back to it."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin-allow-popups"
    return response
