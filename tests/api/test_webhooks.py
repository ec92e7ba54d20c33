"""What Stripe sends: only what is signed is taken, each event once, and it is never more than a reason to ask."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import stripe
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from easyticket.core import clock
from easyticket.db import db
from easyticket.jobs.entry import drain_outbox
from easyticket.models import Order, OrderStatus, OutboxJob, ProviderEvent
from easyticket.queue import JobName
from tests import factories

pytestmark = pytest.mark.usefixtures("db_session")

PATH = "/api/webhooks/stripe/"
SECRET = "whsec_for_tests"


@pytest.fixture(autouse=True)
def secret(app: Flask) -> Iterator[None]:
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(settings, stripe_webhook_secret=SECRET)
    yield
    app.config["SETTINGS"] = settings


def event_of(kind: str = "payment_intent.succeeded", key: str = "evt_1", **thing: Any) -> dict[str, Any]:
    return {"id": key, "type": kind, "data": {"object": {"object": "payment_intent", "id": "pi_1", **thing}}}


def send(
    client: FlaskClient, event: Any, *, secret: str = SECRET, age: float = 0, **headers: str
) -> TestResponse:
    body = event if isinstance(event, str) else json.dumps(event)
    moment = int((clock.now() - timedelta(seconds=age)).timestamp())
    signature = stripe.WebhookSignature.generate_signature_header(body, secret, moment)
    return client.post(
        PATH,
        data=body.encode(),
        headers={"Stripe-Signature": signature, **headers},
        content_type="application/json",
    )


def events() -> list[ProviderEvent]:
    db.session.rollback()
    return list(db.session.query(ProviderEvent).order_by(ProviderEvent.id))


def test_a_signed_event_is_stored_and_answered(client: FlaskClient) -> None:
    answer = send(client, event_of())
    assert (answer.status_code, answer.json) == (200, {"received": True})
    [row] = events()
    assert (row.provider, row.event_key, row.kind) == ("stripe", "evt_1", "payment_intent.succeeded")
    assert row.payment_reference == "pi_1"
    assert db.session.query(OutboxJob).filter_by(name=JobName.HANDLE_PROVIDER_EVENT.value).count() == 1


def test_an_event_that_comes_again_is_answered_and_not_stored(client: FlaskClient) -> None:
    for _ in range(3):
        assert send(client, event_of()).status_code == 200
    assert len(events()) == 1


@pytest.mark.parametrize(
    "kind",
    [
        "payment_intent.succeeded",
        "payment_intent.payment_failed",
        "payment_intent.canceled",
        "charge.refunded",
        "customer.created",
    ],
)
def test_an_event_about_no_payment_of_ours_changes_nothing(client: FlaskClient, kind: str) -> None:
    order = factories.make_order(factories.make_simple_event())
    order_id, claims = order.id, {"order_id": str(order.uuid)}
    assert send(client, event_of(kind, metadata=claims)).status_code == 200
    drain_outbox()
    assert db.session.get_one(Order, order_id).status is OrderStatus.PENDING
    assert events()[0].handled_at is not None


@pytest.mark.parametrize(
    ("thing", "reference"),
    [
        ({"metadata": {"reference": "ET-1"}}, "ET-1"),
        ({"object": "charge", "id": "ch_1", "payment_intent": "pi_7"}, "pi_7"),
        ({"object": "charge", "id": "ch_1", "payment_intent": None}, ""),
        ({"id": 7}, ""),
        ({"id": "x" * 300}, ""),
    ],
)
def test_it_is_found_by_our_reference_or_the_payment_intents(
    client: FlaskClient, thing: dict[str, Any], reference: str
) -> None:
    assert send(client, event_of(**thing)).status_code == 200
    assert events()[0].payment_reference == reference


@pytest.mark.parametrize("age", [400, -400])
def test_a_signature_of_another_time_is_refused(client: FlaskClient, age: float) -> None:
    assert send(client, event_of(), age=age).status_code == 400
    assert send(client, event_of(), age=age * 0.6).status_code == 200


@pytest.mark.parametrize(
    "signature", ["", "nonsense", "t=1,v1=", "t=x,v1=1", "v1=1", "t=99999999999999999999,v1=1", "t=1;é=2"]
)
def test_what_is_not_signed_is_refused(client: FlaskClient, signature: str) -> None:
    answer = client.post(PATH, data=b"{}", headers={"Stripe-Signature": signature})
    assert (answer.status_code, answer.json["code"]) == (400, "bad_signature")
    assert client.post(PATH, data=b"{}").status_code == 400
    assert events() == []


def test_a_signature_with_another_secret_or_over_another_body_is_refused(client: FlaskClient) -> None:
    assert send(client, event_of(), secret="whsec_another").status_code == 400
    signature = stripe.WebhookSignature.generate_signature_header("{}", SECRET)
    body = json.dumps(event_of()).encode()
    assert client.post(PATH, data=body, headers={"Stripe-Signature": signature}).status_code == 400
    raw = client.post(PATH, data=b"\xff\xfe", headers={"Stripe-Signature": signature})
    assert raw.status_code == 400
    assert events() == []


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no json",
        "[]",
        "null",
        "{}",
        '{"id": 7, "type": "a"}',
        '{"id": "evt_1"}',
        '{"id": "\\ud800", "type": "a"}',
        '{"id": "a\\u0000", "type": "a"}',
        json.dumps({"id": "x" * 256, "type": "a"}),
        "[" * 100_000,
        # Read as UTF-16, which is guessed from the zero bytes, it would be an event.
        json.dumps({"id": "evt_1", "type": "a"}).encode("utf-16-le").decode(),
    ],
    ids=lambda body: repr(body)[:20],
)
def test_what_is_signed_and_no_event_is_refused(client: FlaskClient, body: str) -> None:
    answer = send(client, body)
    assert (answer.status_code, answer.json["code"]) == (400, "no_event")
    assert events() == []


def test_parts_that_are_missing_are_no_fault(client: FlaskClient) -> None:
    for number, data in enumerate((None, [], {"object": None}, {"object": {"metadata": []}})):
        assert send(client, {"id": f"evt_{number}", "type": "x", "data": data}).status_code == 200


def test_a_body_of_a_megabyte_is_too_large(client: FlaskClient) -> None:
    assert send(client, event_of(text="x" * 1_000_000)).status_code == 413


def test_it_is_posted_to(client: FlaskClient) -> None:
    answer = client.get(PATH)
    assert (answer.status_code, set(answer.allow)) == (405, {"POST", "OPTIONS"})
    assert answer.json["error"] == 'Method "GET" not allowed.'


def test_without_a_secret_it_says_so(app: Flask, client: FlaskClient) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], stripe_webhook_secret="")
    answer = send(client, event_of())
    assert (answer.status_code, answer.json["code"]) == (503, "not_configured")
    assert set(answer.json) == {"error", "detail", "field_errors", "code"}


def test_another_origin_and_a_stale_cookie_are_no_matter_to_a_signature(client: FlaskClient) -> None:
    client.set_cookie("access_token", "stale")
    assert send(client, event_of(), Origin="https://stripe.example").status_code == 200
