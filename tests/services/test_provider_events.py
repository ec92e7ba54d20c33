"""Webhooks: whichever door they come through they end in one place, once, and are a reason to ask about one thing."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
import stripe
from flask import Flask
from flask.testing import FlaskClient

from easyticket.core import clock
from easyticket.core.errors import ProviderDown
from easyticket.db import db
from easyticket.integrations.providers import NoticeTopic
from easyticket.models import OrderStatus, PaymentState, ProviderEvent
from easyticket.queue import JobName
from easyticket.services.provider_events import handle_provider_event, record_provider_event
from tests import factories
from tests.services.strict_provider import StrictProvider
from tests.services.test_orders import place
from tests.services.test_payments import jobs, start

pytestmark = pytest.mark.usefixtures("db_session")


def tell(topic: NoticeTopic, reference: str, key: str = "evt_1", provider: str = "stripe") -> int:
    """Store an event and return its id."""
    told = {"kind": topic.value, "reference": reference, "body": "{}", "now": clock.now()}
    assert record_provider_event(provider=provider, event_key=key, topic=topic, **told)  # type: ignore[arg-type]
    return int(jobs(JobName.HANDLE_PROVIDER_EVENT)[-1].payload["event_id"])


def is_handled(event_id: int) -> bool:
    db.session.expire_all()
    return db.session.get_one(ProviderEvent, event_id).handled_at is not None


@pytest.mark.parametrize("topic", [NoticeTopic.CHARGE, NoticeTopic.REFUND, NoticeTopic.DISPUTE])
def test_whatever_it_is_about_money_is_settled_first(provider: StrictProvider, topic: NoticeTopic) -> None:
    payment = start(place(factories.make_simple_event()))
    provider.pay(payment.reference)
    event_id = tell(topic, payment.reference)
    handle_provider_event(event_id)
    assert is_handled(event_id)
    db.session.refresh(payment)
    assert (payment.state, payment.order.status) == (PaymentState.PAID, OrderStatus.CONFIRMED)
    asked = {
        NoticeTopic.CHARGE: "fetch",
        NoticeTopic.REFUND: "fetch_refunds",
        NoticeTopic.DISPUTE: "fetch_disputes",
    }
    assert provider.asked[asked[topic]] >= 1


def test_an_event_that_overtakes_the_answer_to_our_own_start_is_found_by_our_reference(
    provider: StrictProvider,
) -> None:
    order = place(factories.make_simple_event())
    provider.mute = {"start"}
    with pytest.raises(ProviderDown):
        start(order)
    provider.mute = set()
    [reference] = provider.charges
    provider.pay(reference)
    event_id = tell(NoticeTopic.CHARGE, reference)
    handle_provider_event(event_id)
    db.session.refresh(order)
    assert (is_handled(event_id), order.status) == (True, OrderStatus.CONFIRMED)


def test_what_is_about_nothing_of_ours_changes_nothing(provider: StrictProvider) -> None:
    for number, topic in enumerate(NoticeTopic):
        event_id = tell(topic, "pi_of_another_program", f"evt_{number}")
        handle_provider_event(event_id)
        assert is_handled(event_id)
    assert sum(provider.asked.values()) == 0


def test_another_provider_cannot_speak_for_ours(provider: StrictProvider) -> None:
    payment = start(place(factories.make_simple_event()))
    provider.pay(payment.reference)
    handle_provider_event(tell(NoticeTopic.CHARGE, payment.reference, provider="paystack"))
    db.session.refresh(payment)
    assert payment.state is PaymentState.OPEN


def test_an_event_stays_unhandled_while_the_provider_does_not_answer(provider: StrictProvider) -> None:
    payment = start(place(factories.make_simple_event()))
    event_id = tell(NoticeTopic.CHARGE, payment.reference)
    provider.down = {"fetch"}
    with pytest.raises(ProviderDown):
        handle_provider_event(event_id)
    assert not is_handled(event_id)


@pytest.mark.usefixtures("provider")
def test_both_doors_of_one_provider_keep_one_row_of_an_event(client: FlaskClient, app: Flask) -> None:
    secret = app.config["SETTINGS"].stripe_webhook_secret
    body = json.dumps(
        {"id": "evt_7", "type": "charge.dispute.created", "data": {"object": {"payment_intent": "pi_9"}}}
    )
    signature = stripe.WebhookSignature.generate_signature_header(body, secret)
    for path in ("/webhooks/stripe/", "/api/webhooks/stripe/"):
        answer = client.post(path, data=body.encode(), headers={"Stripe-Signature": signature})
        assert (answer.status_code, answer.json) == (200, {"received": True})
    db.session.rollback()
    [event] = db.session.scalars(sa.select(ProviderEvent)).all()
    assert (event.topic, event.payment_reference) == (NoticeTopic.DISPUTE, "pi_9")


@pytest.mark.usefixtures("provider")
def test_an_event_whose_reference_no_database_keeps_is_taken_and_is_about_nothing(
    client: FlaskClient, app: Flask
) -> None:
    secret = app.config["SETTINGS"].stripe_webhook_secret
    thing = {"object": "payment_intent", "metadata": {"reference": "ET-\x00"}}
    body = json.dumps({"id": "evt_8", "type": "payment_intent.succeeded", "data": {"object": thing}})
    signature = stripe.WebhookSignature.generate_signature_header(body, secret)
    answer = client.post("/webhooks/stripe/", data=body.encode(), headers={"Stripe-Signature": signature})
    assert (answer.status_code, answer.json) == (200, {"received": True})
    db.session.rollback()
    assert db.session.scalars(sa.select(ProviderEvent.payment_reference)).all() == [""]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/webhooks/sandbox/", 400),
        ("/webhooks/stripe/", 503),
        ("/webhooks/paystack/", 503),
        ("/webhooks/nobody/", 404),
    ],
)
def test_what_cannot_be_verified_is_refused(client: FlaskClient, path: str, status: int) -> None:
    assert client.post(path, data=b"{}").status_code == status
    assert db.session.scalar(sa.select(sa.func.count(ProviderEvent.id))) == 0
