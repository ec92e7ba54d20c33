"""The Cafa Tickets API at /api/v1/: JSON for the two clients that exist for it, thin over the services of the web pages.

One file per resource with its operations; `schemas/` says what goes in and out, `shapes/` turns models into it. It is
named after its address and is no older version of the EasyTicket API.
"""

from __future__ import annotations

from typing import Any

from flask import Flask

from easyticket.api_v1 import (
    accounts,
    analytics,
    attendees,
    categories,
    documents,
    events,
    identity,
    organizer_events,
    payment_profiles,
    payments,
    profile,
    public,
    purchases,
    revenue,
    stats,
    ticket_types,
    tickets,
    webhooks,
    withdrawals,
)
from easyticket.api_v1.blueprint import PREFIX, register
from easyticket.api_v1.errors import Error, answer_error, error_example
from easyticket.http.errors import answer_json
from easyticket.http.openapi import JsonApi

# The order is that of the tags in the document.
_BLUEPRINTS = (
    accounts.blueprint,
    profile.blueprint,
    stats.blueprint,
    identity.blueprint,
    categories.blueprint,
    events.blueprint,
    organizer_events.blueprint,
    ticket_types.blueprint,
    purchases.blueprint,
    payments.blueprint,
    tickets.blueprint,
    payment_profiles.blueprint,
    withdrawals.blueprint,
    analytics.blueprint,
    revenue.blueprint,
    attendees.blueprint,
    public.blueprint,
    webhooks.blueprint,
    documents.blueprint,
)
_DESCRIPTION = """Events, tickets, payments and organizers' numbers of this EasyTicket site, for the clients of Cafa Tickets.

Log in at `/api/v1/auth/login/`: the answer holds an access token (2 hours) and a refresh token (30 days). Send the access
token as `Authorization: Bearer …`. Every error has `error`, `message`, `details` and `status_code`. Lists come in pages of
20 (`page`, `page_size` up to 100). Events are named by slug or number. Prices are in the event's currency."""


class CafaApi(JsonApi):
    """The second surface."""

    def error_example(self, status: int, sentence: str = "") -> dict[str, Any]:
        """Return what a refusal of this status looks like here."""
        return error_example(status, sentence)


def init_api_v1(app: Flask) -> None:
    """Register every operation of this surface, its errors and its OpenAPI document (`app.extensions["cafa-api"]`)."""
    app.config.update(
        CAFA_API_TITLE="Cafa Tickets API",
        CAFA_API_VERSION="1.0",
        CAFA_OPENAPI_VERSION="3.0.3",
    )
    api = CafaApi(app, config_prefix="CAFA", error_schema=Error, info={"description": _DESCRIPTION})
    bearer = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    cookie = {"type": "apiKey", "in": "cookie", "name": "access_token"}
    api.spec.components.security_scheme("bearerAuth", bearer)
    api.spec.components.security_scheme("cookieAuth", cookie)
    register(api, _BLUEPRINTS)
    answer_json(app, f"{PREFIX}/", answer_error)
    app.extensions["cafa-api"] = api
