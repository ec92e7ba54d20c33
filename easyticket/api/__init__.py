"""The EasyTicket API at /api/: JSON for outside clients, thin over the services that the web pages use.

One file per resource with its operations; `schemas/` says what goes in and out, `shapes/` turns models into it.
"""

from __future__ import annotations

from typing import Any

from flask import Flask

from easyticket.api import (
    accounts,
    categories,
    day_passes,
    day_tier_prices,
    documents,
    events,
    orders,
    payments,
    ticket_types,
    tickets,
    tiers,
    webhooks,
)
from easyticket.api.errors import Error, answer_error, error_example
from easyticket.http.errors import answer_json
from easyticket.http.openapi import JsonApi

PREFIX = "/api/"
# The order is that of the tags in the document.
_BLUEPRINTS = (
    accounts.blueprint,
    categories.blueprint,
    events.blueprint,
    ticket_types.blueprint,
    tiers.blueprint,
    day_passes.blueprint,
    day_tier_prices.blueprint,
    tickets.blueprint,
    orders.blueprint,
    payments.blueprint,
    webhooks.blueprint,
    documents.blueprint,
)
_DESCRIPTION = """Events, tickets, orders and payments of this EasyTicket site.

Sign in at `/api/auth/login/`: the answer holds an access token (5 minutes) and a refresh token (7 days) and sets both as
HttpOnly cookies. Send the access token as `Authorization: Bearer …`, or let the browser send its cookie.
Every error has `error`, `detail`, `field_errors` and `code`. Lists come in pages of 20 (`page`, `page_size` up to 100)."""


class EasyTicketApi(JsonApi):
    """The first surface."""

    def error_example(self, status: int, sentence: str = "") -> dict[str, Any]:
        """Return what a refusal of this status looks like here."""
        return error_example(status, sentence)


def init_api(app: Flask) -> None:
    """Register every operation of this surface, its errors and its OpenAPI document (`app.extensions["easyticket-api"]`)."""
    app.config.update(
        EASYTICKET_API_TITLE="EasyTicket API",
        EASYTICKET_API_VERSION="1.1",
        EASYTICKET_OPENAPI_VERSION="3.0.3",
    )
    api = EasyTicketApi(
        app, config_prefix="EASYTICKET", error_schema=Error, info={"description": _DESCRIPTION}
    )
    api.spec.components.security_scheme(
        "bearerAuth", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    )
    api.spec.components.security_scheme(
        "cookieAuth", {"type": "apiKey", "in": "cookie", "name": "access_token"}
    )
    for blueprint in _BLUEPRINTS:
        api.register_blueprint(blueprint)
    answer_json(app, PREFIX, answer_error)
    app.extensions["easyticket-api"] = api
