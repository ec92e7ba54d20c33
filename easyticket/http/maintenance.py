"""The maintenance switch: with MAINTENANCE=true buying and selling pause with 503.

What cannot wait goes on: people stand at a door with their tickets, and payments that were begun are finished.
"""

from __future__ import annotations

from flask import Flask, current_app, request
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.routing import RequestRedirect

# Seconds after which programs may ask again.
_ASK_AGAIN = 300
# By blueprint or by endpoint. The pictures are those on order pages. Payments that were begun: the provider's
# news, the pages where payers pay, and the one they come back to.
_GOES_ON = {
    "static",
    "site",
    "gate",
    "orders",
    "qr",
    "api_my_tickets",
    "v1_tickets",
    "v1_attendees",
    "events.cover",
    "events.picture",
    "account.sign_in",
    "account.sign_out",
    "api_accounts.log_in",
    "api_accounts.refresh_tokens",
    "v1_accounts.log_in",
    "v1_accounts.refresh_token",
    "v1_payments",
    "v1_webhooks",
    "webhooks",
    "sandbox",
    "card",
    "checkout.returned",
    "checkout.status",
}


def init_maintenance(app: Flask) -> None:
    """Stop every request but those that cannot wait while the site is being worked on."""
    app.before_request(_refuse)


def _refuse() -> None:
    if not current_app.config["SETTINGS"].maintenance or isinstance(
        request.routing_exception, RequestRedirect
    ):
        return
    if _GOES_ON.isdisjoint({request.endpoint, request.blueprint}):
        # Not an AppError: rooms of the site have their own pages for those, and this one is the same everywhere.
        raise ServiceUnavailable(retry_after=_ASK_AGAIN)
