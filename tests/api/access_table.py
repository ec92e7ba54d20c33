"""Who may do what: one row for each operation of the API, and more where it depends on the state of the thing.

The columns are the kinds of callers. Nobody is asked to sign in first (401); what somebody may not see is not there (404);
what somebody sees and may not do is refused (403), before the body is looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import stripe

from easyticket.core import clock
from tests.api import world as bodies
from tests.api.seed_operations import Operation
from tests.api.world import Body, World
from tests.factories import PASSWORD

#: `organizer` owns the events, `consumer` the orders and tickets that a row is about.
CALLERS = ("anonymous", "consumer", "organizer", "other", "staff")

PUBLIC = "200 200 200 200 200"
SIGNED_IN = "401 200 200 200 200"
ONLY_STAFF = "401 403 403 403 200"
# The event is to be seen by everybody and changed by its organizer and by the people who run the site.
EVENT_OWNER = "401 403 200 403 200"
# A draft is to be seen by the same two only.
DRAFT_OWNER = "401 404 200 404 200"
BUYER = "401 200 404 404 200"
# Administrators see the order and do not pay it.
ONLY_BUYER = "401 200 404 404 403"


@dataclass(frozen=True)
class Row:
    """One operation, what it is called on (`of`) and with, and the status each kind of caller gets."""

    operation: Operation
    statuses: dict[str, int]
    of: Callable[[World], object] | None = None
    body: Callable[[World], Body] | None = None
    query: Callable[[World], Body] | None = None
    # All that is sent, as the test client takes it, where it is more than a JSON object.
    sent: Callable[[World], dict[str, Any]] | None = None
    about: str = ""

    def __str__(self) -> str:
        return " ".join([*self.operation, *([self.about] if self.about else [])])

    def path(self, world: World) -> str:
        """Return the path with the thing of this world in it."""
        return self.operation[1].format_map(self.parts(world))

    def parts(self, world: World) -> dict[str, str]:
        """Return the varying parts of the path by name; where `of` gives one thing, it stands for each of them."""
        if self.of is None:
            return {}
        found = self.of(world)
        if isinstance(found, dict):
            return {name: str(value) for name, value in found.items()}
        return dict.fromkeys(re.findall(r"\{(\w+)\}", self.operation[1]), str(found))

    def options(self, world: World) -> dict[str, Any]:
        """Return what is sent, as the test client takes it."""
        parts = {"json": self.body, "query_string": self.query}
        options = {name: make(world) for name, make in parts.items() if make is not None}
        return options | (self.sent(world) if self.sent is not None else {})


def row(operation: str, statuses: str, **fields: Any) -> Row:
    """Return a row as it is written in the table."""
    method, path = operation.split()
    columns = dict(zip(CALLERS, map(int, statuses.split()), strict=True))
    return Row((method, path), columns, **fields)


def created(statuses: str) -> str:
    """Return a row's statuses for an operation that makes something."""
    return statuses.replace("200", "201")


def deleted(statuses: str) -> str:
    """Return a row's statuses for an operation that deletes something."""
    return statuses.replace("200", "204")


def _new_account(_world: World) -> Body:
    return {
        "email": f"{uuid4().hex}@example.org",
        "password": PASSWORD,
        "password_confirm": PASSWORD,
        "user_type": "consumer",
    }


def _new_password(_world: World) -> Body:
    new = "Another-password-2"
    return {"old_password": PASSWORD, "new_password": new, "new_password_confirm": new}


def _refresh_token(world: World) -> Body:
    return {"refresh": world.new_tokens(world.consumer).refresh}


def _own_refresh_token(world: World) -> Body:
    return {"refresh": world.tokens.refresh} if world.tokens else _refresh_token(world)


ACCOUNTS = (
    row("POST /api/auth/signup/", created(PUBLIC), body=_new_account),
    row("POST /api/auth/verify-email/", PUBLIC, body=lambda w: {"token": w.verification_token()}),
    row("POST /api/auth/resend-verification/", PUBLIC, body=lambda w: {"email": w.consumer.email}),
    row("POST /api/auth/login/", PUBLIC, body=lambda w: {"email": w.consumer.email, "password": PASSWORD}),
    row("POST /api/auth/logout/", SIGNED_IN, body=_own_refresh_token),
    row("POST /api/auth/token/refresh/", PUBLIC, body=_refresh_token),
    row("GET /api/auth/profile/", SIGNED_IN),
    row("PUT /api/auth/profile/", SIGNED_IN, body=lambda _: {"first_name": "Ama", "last_name": "Boateng"}),
    row("PATCH /api/auth/profile/", SIGNED_IN, body=lambda _: {"first_name": "Ama"}),
    row("POST /api/auth/change-password/", SIGNED_IN, body=_new_password),
)


def _category(world: World) -> str:
    return world.category.slug


CATEGORIES = (
    row("GET /api/events/categories/", PUBLIC),
    row("GET /api/events/categories/{slug}/", PUBLIC, of=_category),
    row("POST /api/events/categories/", created(ONLY_STAFF), body=lambda _: {"name": "Puppetry"}),
    row("PUT /api/events/categories/{slug}/", ONLY_STAFF, of=_category, body=lambda _: {"name": "Puppetry"}),
    row("PATCH /api/events/categories/{slug}/", ONLY_STAFF, of=_category, body=lambda _: {"icon": "FaDrum"}),
    row("DELETE /api/events/categories/{slug}/", deleted(ONLY_STAFF), of=_category),
)


def _event(world: World) -> str:
    return world.event.slug


def _draft(world: World) -> str:
    return world.draft.slug


def _renamed(_world: World) -> Body:
    return {"title": "Renamed"}


EVENTS = (
    row("GET /api/events/", PUBLIC),
    row("GET /api/events/{slug}/", PUBLIC, of=_event),
    row("GET /api/events/{slug}/", "404 404 200 404 200", of=_draft, about="of a draft"),
    # Administrators manage the events of others; events of their own need an organizer's account.
    row("POST /api/events/", "401 403 201 201 403", body=bodies.event_body),
    row("PUT /api/events/{slug}/", EVENT_OWNER, of=_event, body=bodies.event_body),
    row("PUT /api/events/{slug}/", DRAFT_OWNER, of=_draft, body=bodies.event_body, about="of a draft"),
    row("PATCH /api/events/{slug}/", EVENT_OWNER, of=_event, body=_renamed),
    row("PATCH /api/events/{slug}/", DRAFT_OWNER, of=_draft, body=_renamed, about="of a draft"),
    row("DELETE /api/events/{slug}/", deleted(EVENT_OWNER), of=_event),
    row("DELETE /api/events/{slug}/", deleted(DRAFT_OWNER), of=_draft, about="of a draft"),
    row("GET /api/events/my_events/", "401 403 200 200 403"),
    row("GET /api/events/upcoming/", PUBLIC),
    row("GET /api/events/featured/", PUBLIC),
    row("GET /api/events/search/", PUBLIC, query=lambda _: {"search": "music"}),
    row("POST /api/events/{slug}/publish/", DRAFT_OWNER, of=_draft),
    row(
        "POST /api/events/{slug}/publish/", "401 403 400 403 400", of=_event, about="of one that is published"
    ),
    row("POST /api/events/{slug}/cancel/", EVENT_OWNER, of=_event),
)


def _type(world: World) -> object:
    return world.ticket_type.uuid


def _type_of_draft(world: World) -> object:
    return world.draft.ticket_types[0].uuid


TICKET_TYPES = (
    row("GET /api/tickets/types/", PUBLIC),
    row("GET /api/tickets/types/{id}/", PUBLIC, of=_type),
    row("GET /api/tickets/types/{id}/", "404 404 200 404 200", of=_type_of_draft, about="of a draft"),
    row("POST /api/tickets/types/", created(EVENT_OWNER), body=bodies.ticket_type_body),
    row("PUT /api/tickets/types/{id}/", EVENT_OWNER, of=_type, body=bodies.ticket_type_body),
    row("PATCH /api/tickets/types/{id}/", EVENT_OWNER, of=_type, body=lambda _: {"name": "Floor"}),
    row(
        "PATCH /api/tickets/types/{id}/",
        DRAFT_OWNER,
        of=_type_of_draft,
        body=lambda _: {"name": "Floor"},
        about="of a draft",
    ),
    row("DELETE /api/tickets/types/{id}/", deleted(EVENT_OWNER), of=_type),
    row("GET /api/tickets/types/by_event/", PUBLIC, query=lambda w: {"event_id": w.event.uuid}),
    row("GET /api/tickets/types/available/", PUBLIC),
)


def _offers(path: str, of: Callable[[World], object], body: Callable[[World], Body]) -> tuple[Row, ...]:
    """Return the six rows of one kind of price."""
    return (
        row(f"GET {path}", PUBLIC),
        row(f"GET {path}{{id}}/", PUBLIC, of=of),
        row(f"POST {path}", created(EVENT_OWNER), body=body),
        row(f"PUT {path}{{id}}/", EVENT_OWNER, of=of, body=body),
        row(f"PATCH {path}{{id}}/", EVENT_OWNER, of=of, body=lambda _: {"quantity": 40}),
        row(f"DELETE {path}{{id}}/", deleted(EVENT_OWNER), of=of),
    )


PRICES = (
    *_offers("/api/tickets/tiers/", lambda w: w.tier.uuid, bodies.tier_body),
    *_offers("/api/tickets/day-passes/", lambda w: w.day_pass.uuid, bodies.day_pass_body),
    *_offers("/api/tickets/day-tier-prices/", lambda w: w.cell.uuid, bodies.cell_body),
    row("GET /api/tickets/day-tier-prices/matrix/", PUBLIC, query=lambda w: {"ticket_type": w.grid.uuid}),
)


def _ticket(world: World) -> object:
    return world.ticket.uuid


TICKETS = (
    row("GET /api/tickets/my-tickets/", SIGNED_IN),
    row("GET /api/tickets/my-tickets/{id}/", BUYER, of=_ticket),
    row(
        "POST /api/tickets/my-tickets/verify/",
        EVENT_OWNER,
        body=lambda w: {"qr_code_data": w.code_at_the_gate},
    ),
    row("GET /api/tickets/my-tickets/stats/", SIGNED_IN),
    row("GET /api/tickets/my-tickets/{id}/download/", BUYER, of=_ticket),
)


def _pending(world: World) -> object:
    return world.pending.uuid


def _paid(world: World) -> object:
    return world.paid.uuid


def _payment(_world: World) -> Body:
    return {"payment_id": "pi_test", "payment_method": "stripe"}


ORDERS = (
    row("GET /api/orders/", SIGNED_IN),
    row("GET /api/orders/{id}/", BUYER, of=_pending),
    row("POST /api/orders/", created(SIGNED_IN), body=bodies.order_body),
    row("GET /api/orders/pending/", SIGNED_IN),
    row("GET /api/orders/confirmed/", SIGNED_IN),
    row("POST /api/orders/{id}/cancel/", BUYER, of=_pending, body=lambda _: {"reason": "Changed my mind"}),
    row("POST /api/orders/{id}/confirm_payment/", ONLY_BUYER, of=_pending, body=_payment),
    row("GET /api/orders/stats/", SIGNED_IN),
    row("GET /api/orders/my_tickets/", SIGNED_IN),
    row("POST /api/orders/cleanup_expired/", ONLY_STAFF),
    row("POST /api/orders/{id}/create-payment-intent/", ONLY_BUYER, of=_pending),
    row("GET /api/orders/{id}/payment-status/", BUYER, of=_paid),
    # The event's organizer gives money back on the organizer's pages: the order is not to be seen here.
    row("POST /api/orders/{id}/refund/", BUYER, of=_paid, body=lambda _: {"amount": 10.0}),
)

WEBHOOK_SECRET = "whsec_for_tests"


def _signed(_world: World) -> dict[str, Any]:
    """Return an event as Stripe sends it: whoever brings it, only the signature counts."""
    event = {"id": "evt_1", "type": "charge.refunded", "data": {"object": {"payment_intent": "pi_1"}}}
    text = json.dumps(event)
    stamp = int(clock.now().timestamp())
    signature = stripe.WebhookSignature.generate_signature_header(text, WEBHOOK_SECRET, stamp)
    return {"data": text, "content_type": "application/json", "headers": {"Stripe-Signature": signature}}


OTHERS = (
    row("POST /api/webhooks/stripe/", PUBLIC, sent=_signed),
    row("GET /api/schema/", PUBLIC),
    row("GET /api/docs/", PUBLIC),
    row("GET /api/redoc/", PUBLIC),
)

ROWS: tuple[Row, ...] = ACCOUNTS + CATEGORIES + EVENTS + TICKET_TYPES + PRICES + TICKETS + ORDERS + OTHERS
