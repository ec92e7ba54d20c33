"""Who may do what: one row for each operation of the Cafa Tickets API, in the way of tests/api/access_table.py."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import re
from typing import Any
from uuid import uuid4

from easyticket.models import TokenPurpose
from tests.api.access_table import (
    BUYER,
    DRAFT_OWNER,
    EVENT_OWNER,
    PUBLIC,
    SIGNED_IN,
    Row,
    created,
    deleted,
    row,
)
from tests.api_v1 import world as bodies
from tests.api_v1.seed_operations import ALIASES as _ALIASES
from tests.api_v1.world import Body, World
from tests.factories import PASSWORD

# Ends with what a test of this surface sets as PAYSTACK_SECRET_KEY.
PAYSTACK_KEY = "sk_test_for-tests-of-webhooks"  # gitleaks:allow (made up)
# Of one's own things: not there for anybody else, administrators included.
OWN = "401 404 200 404 404"
OWN_AS_BUYER = "401 200 404 404 404"
DELETION = "DELETE MY ACCOUNT"


def _event(world: World) -> str:
    return world.event.slug


def _event_number(world: World) -> int:
    return world.event.id


def _draft(world: World) -> str:
    return world.draft.slug


def _offer(world: World) -> Body:
    return {"ref": world.event.slug, "ticket_type_id": world.ticket_type.offers[0].id}


def _second_offer(world: World) -> Body:
    return {"ref": world.event.slug, "ticket_type_id": world.second_type.offers[0].id}


def _vip(world: World) -> Body:
    return {**bodies.ticket_type_body(world), "name": "VIP"}


def _payment(world: World) -> str:
    return world.paid.payments[-1].reference


def _form(make: Any) -> Any:
    return lambda world: {"data": make(world), "content_type": "multipart/form-data"}


def _picture_of(name: str) -> Any:
    return _form(lambda _: {name: (io.BytesIO(bodies.picture()), "it.png")})


def _new_account(_world: World) -> Body:
    return {"email": f"{uuid4().hex}@example.org", "username": uuid4().hex[:16], "password": PASSWORD}


def _refresh(world: World) -> Body:
    return {"refresh": world.new_tokens(world.consumer).refresh}


def _change_password(_world: World) -> Body:
    new = "Another-password-2"
    return {"current_password": PASSWORD, "new_password": new, "confirm_password": new}


def _withdrawal_of_earnings(world: World) -> Body:
    assert world.earned and world.default_profile
    return {"amount": 20}


def _webhook(_world: World) -> Body:
    body = json.dumps(
        {"event": "charge.success", "data": {"id": uuid4().int % 10**9, "reference": "unknown"}}
    )
    return {
        "data": body,
        "content_type": "application/json",
        "headers": {"X-Paystack-Signature": paystack_signature(body.encode())},
    }


def paystack_signature(body: bytes) -> str:
    """Return the header with which Paystack signs a body."""
    return hmac.new(PAYSTACK_KEY.encode(), body, hashlib.sha512).hexdigest()


ACCOUNTS = (
    row("POST /api/v1/auth/users/", created(PUBLIC), body=_new_account),
    row("POST /api/v1/auth/login/", PUBLIC, body=lambda w: {"email": w.consumer.email, "password": PASSWORD}),
    row("POST /api/v1/auth/jwt/refresh/", PUBLIC, body=_refresh),
    row("POST /api/v1/auth/logout/", deleted(PUBLIC)),
    row(
        "POST /api/v1/auth/users/activation/",
        deleted(PUBLIC),
        body=lambda w: w.mailed(TokenPurpose.VERIFY_EMAIL),
    ),
    row(
        "POST /api/v1/auth/users/resend_activation/",
        deleted(PUBLIC),
        body=lambda w: {"email": w.consumer.email},
    ),
    row(
        "POST /api/v1/auth/users/reset_password/", deleted(PUBLIC), body=lambda w: {"email": w.consumer.email}
    ),
    row(
        "POST /api/v1/auth/users/reset_password_confirm/",
        deleted(PUBLIC),
        body=lambda w: {**w.mailed(TokenPurpose.RESET_PASSWORD), "new_password": "Another-password-2"},
    ),
    row("GET /api/v1/auth/profile/", SIGNED_IN),
    row("PATCH /api/v1/auth/profile/", SIGNED_IN, body=lambda _: {"full_name": "Ama Boateng"}),
    row("GET /api/v1/auth/users/stats/", SIGNED_IN),
    row("PATCH /api/v1/auth/settings/", SIGNED_IN, body=lambda _: {"marketing_emails": True}),
    row("POST /api/v1/auth/change-password/", SIGNED_IN, body=_change_password),
    row(
        "POST /api/v1/auth/change-username/",
        SIGNED_IN,
        body=lambda _: {"username": uuid4().hex[:16], "password": PASSWORD},
    ),
    row(
        "POST /api/v1/auth/update-email/",
        SIGNED_IN,
        body=lambda _: {"new_email": f"{uuid4().hex}@example.org", "password": PASSWORD},
    ),
    row(
        "DELETE /api/v1/auth/delete/",
        SIGNED_IN,
        body=lambda _: {"password": PASSWORD, "confirmation": DELETION},
    ),
    row("GET /api/v1/auth/verification/status/", SIGNED_IN),
    row("POST /api/v1/auth/verification/upload-id/", SIGNED_IN, sent=_picture_of("id_document")),
    row("POST /api/v1/auth/verification/upload-selfie/", SIGNED_IN, sent=_picture_of("selfie_image")),
    row("POST /api/v1/auth/verification/retry/", SIGNED_IN),
)

EVENTS = (
    row("GET /api/v1/event-categories/", PUBLIC),
    row("GET /api/v1/events/", PUBLIC),
    row("GET /api/v1/events/past/", PUBLIC),
    row("GET /api/v1/events/{ref}/", PUBLIC, of=_event),
    row("GET /api/v1/events/{ref}/", PUBLIC, of=_event_number, about="by number"),
    row("GET /api/v1/events/{ref}/", "404 404 200 404 200", of=_draft, about="draft"),
    row("POST /api/v1/events/create/", created(SIGNED_IN), sent=_form(bodies.event_form)),
    row(
        "PATCH /api/v1/events/{ref}/update/",
        EVENT_OWNER,
        of=_event,
        sent=_form(lambda _: {"title": "Another"}),
    ),
    row(
        "PATCH /api/v1/events/{ref}/update/",
        DRAFT_OWNER,
        of=_draft,
        body=lambda _: {"title": "A" * 9},
        about="draft",
    ),
    row("DELETE /api/v1/events/{ref}/delete/", EVENT_OWNER, of=_event),
    row("GET /api/v1/events/my-events/", SIGNED_IN),
    row("GET /api/v1/events/my-events/{ref}/", "401 404 200 404 200", of=_event),
    row(
        "POST /api/v1/events/{ref}/tickets/",
        created(EVENT_OWNER),
        of=_event,
        body=_vip,
    ),
    row(
        "PATCH /api/v1/events/{ref}/tickets/{ticket_type_id}/",
        EVENT_OWNER,
        of=_offer,
        body=lambda _: {"price": "60.00"},
    ),
    row("DELETE /api/v1/events/{ref}/tickets/{ticket_type_id}/delete/", EVENT_OWNER, of=_second_offer),
    row("GET /api/v1/events/{ref}/analytics/", EVENT_OWNER, of=_event),
    row("GET /api/v1/events/{ref}/analytics/", DRAFT_OWNER, of=_draft, about="draft"),
    row("GET /api/v1/events/{ref}/attendees/", EVENT_OWNER, of=_event),
    row(
        "POST /api/v1/events/{ref}/checkin/",
        EVENT_OWNER,
        of=lambda w: w.ticket_at_the_gate.event.slug,
        body=lambda w: {"ticket_id": w.ticket_at_the_gate.code},
    ),
    row("GET /api/v1/events/{ref}/checkin-history/", EVENT_OWNER, of=_event),
    row("GET /api/v1/organizers/revenue/", SIGNED_IN),
)

BUYING = (
    row("POST /api/v1/tickets/purchase/", created(SIGNED_IN), body=bodies.purchase_body),
    row("POST /api/v1/payments/initiate/", created(SIGNED_IN), body=bodies.initiate_body),
    row(
        "POST /api/v1/tickets/purchase/{purchase_id}/cancel/",
        OWN_AS_BUYER,
        of=lambda w: w.pending.purchase_code,
    ),
    row("GET /api/v1/payments/", SIGNED_IN),
    row("GET /api/v1/payments/{payment_id}/", OWN_AS_BUYER, of=_payment),
    row("GET /api/v1/payments/{payment_id}/status/", OWN_AS_BUYER, of=_payment),
    row("POST /api/v1/payments/{payment_id}/resend-tickets/", OWN_AS_BUYER, of=_payment),
    row("GET /api/v1/payments/verify/{reference}/", PUBLIC, of=_payment),
    row(
        "GET /api/v1/payments/mobile-callback/",
        PUBLIC.replace("200", "302"),
        query=lambda w: {"reference": _payment(w)},
    ),
    row("POST /api/v1/payments/webhook/", PUBLIC, sent=_webhook),
    row("GET /api/v1/tickets/my-tickets/", SIGNED_IN),
    row("GET /api/v1/tickets/attended-events/", SIGNED_IN),
    row("GET /api/v1/tickets/{code}/", BUYER, of=lambda w: w.ticket.code),
    row("GET /api/v1/tickets/{code}/download/", BUYER, of=lambda w: w.ticket.code),
)

MONEY = (
    row("POST /api/v1/auth/users/payment-profile/", created(SIGNED_IN), body=bodies.bank_body),
    row("GET /api/v1/auth/users/payment-profile/", SIGNED_IN),
    row(
        "PATCH /api/v1/auth/users/payment-profile/{id}/",
        OWN,
        of=lambda w: w.profile.uuid,
        body=lambda _: {"name": "Other"},
    ),
    row("DELETE /api/v1/auth/users/payment-profile/{id}/", deleted(OWN), of=lambda w: w.profile.uuid),
    row("POST /api/v1/auth/users/payment-profile/{id}/set-default/", OWN, of=lambda w: w.profile.uuid),
    row("GET /api/v1/auth/users/payment-profile/{id}/verification-status/", OWN, of=lambda w: w.profile.uuid),
    row(
        "POST /api/v1/auth/users/payment-profile/{id}/retry-verification/",
        OWN,
        of=lambda w: w.refused_profile.uuid,
        body=lambda _: {"confirm": True},
    ),
    row(
        "POST /api/v1/auth/withdrawal/request/",
        "401 400 400 400 400",
        body=lambda _: {"amount": 50},
        about="nothing earned",
    ),
    row(
        "POST /api/v1/auth/withdrawal/request/",
        "401 400 201 400 400",
        body=_withdrawal_of_earnings,
        about="earned",
    ),
    row("GET /api/v1/auth/withdrawal/history/", SIGNED_IN),
    row("GET /api/v1/auth/withdrawal/{id}/", OWN, of=lambda w: w.payout.uuid),
    row("POST /api/v1/auth/withdrawal/{id}/cancel/", OWN, of=lambda w: w.payout.uuid),
)

ANYBODY = (
    row("GET /api/v1/public/stats/", PUBLIC),
    row(
        "POST /api/v1/contact/",
        created(PUBLIC),
        body=lambda _: {
            "name": "Ama",
            "email": "ama@example.org",
            "subject": "Hello",
            "message": "Where do I park?",
        },
    ),
    row(
        "POST /api/v1/newsletter/subscribe/",
        created(PUBLIC),
        body=lambda _: {"email": f"{uuid4().hex}@example.org"},
    ),
    row("GET /api/v1/schema/", PUBLIC),
    row("GET /api/v1/docs/", PUBLIC),
    row("GET /api/v1/redoc/", PUBLIC),
)

ROWS: tuple[Row, ...] = (*ACCOUNTS, *EVENTS, *BUYING, *MONEY, *ANYBODY)

# For the fuzzing: what is made anew once it is used up, and what uses it up.
USED_UP = {
    "/api/v1/events/": ("event", "draft", "pending", "paid", "second_type", "ticket_at_the_gate"),
    "/api/v1/tickets/": ("pending", "paid"),
    "/api/v1/payments/": ("pending", "paid"),
    "/api/v1/auth/users/payment-profile/": ("default_profile", "profile", "refused_profile"),
    "/api/v1/auth/withdrawal/": ("payout", "earned"),
}
ONCE = ("cancel/", "checkin/", "request/", "retry-verification/", "set-default/")
ENDS_SESSION = (
    "/api/v1/auth/logout/",
    "/api/v1/auth/change-password/",
    "/api/v1/auth/delete/",
    "/api/v1/auth/update-email/",
)
# Paths at which an operation stands once more.
ALIASES = "^(" + "|".join(re.escape(path) for path in _ALIASES) + ")$"
