"""From chosen tickets to payment, step by step, and the page the payer comes back to."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request

from easyticket.http.auth import current_actor
from easyticket.http.headers import allow_in_policy
from easyticket.rules.permissions import Actor
from easyticket.services.providers import payment_page_origins

__all__ = ["blueprint"]

blueprint = Blueprint("checkout", __name__)


def order_key() -> str:
    """Return the limiter's key for the order of the running request: many buyers may share one address."""
    return f"order:{(request.view_args or {}).get('secret', '')}"


def holder_of(secret: str) -> Actor:
    """Return who is asking, holding the secret of an order's link."""
    return current_actor().with_order_secret(secret)


def allow_payment_page() -> None:
    """Let the form of the running page lead to the payment page, ours or a provider's: Chromium holds the policy against
    redirects too."""
    shop = current_app.config["SETTINGS"].public_url
    allow_in_policy("form-action", " ".join(["'self'", shop, *payment_page_origins()]))


@blueprint.after_request
def keep_secret(response: Response) -> Response:
    """Tell no other site, and no log of ours, the address of a page whose address is its key."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


from easyticket.web.checkout import choosing, details, payment_return, refusals  # noqa: E402, F401 (they add their routes)
