"""What Stripe's webhooks are about: told by their type, found by our reference or the intent, believed if signed."""

from __future__ import annotations

import json

import pytest
import stripe

from easyticket.core.errors import Invalid
from easyticket.integrations.providers import NoticeTopic, StartedCharge
from easyticket.integrations.stripe import StripeProvider
from tests.doubles.stripe import StripeDouble
from tests.doubles.stripe_books import encode
from tests.doubles.stripe_webhooks import SECRET
from tests.integrations.stripe_shop import REFERENCE, refund_of


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    """Return the headers Stripe sends with these bytes."""
    return {"Stripe-Signature": stripe.WebhookSignature.generate_signature_header(body.decode(), secret)}


@pytest.mark.parametrize(
    ("kind", "topic"),
    [
        ("payment_intent.succeeded", NoticeTopic.CHARGE),
        ("payment_intent.payment_failed", NoticeTopic.CHARGE),
        ("payment_intent.canceled", NoticeTopic.CHARGE),
        ("charge.succeeded", NoticeTopic.CHARGE),
        ("charge.updated", NoticeTopic.CHARGE),
        ("charge.refunded", NoticeTopic.REFUND),
        ("charge.refund.updated", NoticeTopic.REFUND),
        ("refund.created", NoticeTopic.REFUND),
        ("refund.failed", NoticeTopic.REFUND),
        ("charge.dispute.created", NoticeTopic.DISPUTE),
        ("charge.dispute.funds_withdrawn", NoticeTopic.DISPUTE),
        ("charge.dispute.closed", NoticeTopic.DISPUTE),
        ("payout.paid", NoticeTopic.OTHER),
        ("customer.created", NoticeTopic.OTHER),
        ("refunds", NoticeTopic.OTHER),
    ],
)
def test_the_type_tells_what_is_to_be_read_afresh(
    kind: str, topic: NoticeTopic, provider: StripeProvider
) -> None:
    body = json.dumps({"id": "evt_1", "type": kind, "data": {"object": {}}}).encode()
    notice = provider.read_webhook(body, signed(body))
    assert (notice.event_key, notice.kind, notice.topic) == ("evt_1", kind, topic)


def test_every_event_about_a_payment_of_ours_leads_to_it(
    provider: StripeProvider, paid: StartedCharge, stripe_double: StripeDouble
) -> None:
    refund = provider.refund(refund_of(paid, 1000))
    stripe_double.change_refund(refund.provider_ref, "failed")
    dispute = stripe_double.open_dispute(paid.provider_ref)
    stripe_double.close_dispute(dispute["id"], won=True)
    stripe_double.refund(paid.provider_ref, 500)
    events = stripe_double.events()
    topics = {}
    for event in events:
        body = encode(event)
        notice = provider.read_webhook(body, signed(body))
        assert notice.reference in (REFERENCE, paid.provider_ref), notice
        topics[notice.kind] = notice.topic
    assert NoticeTopic.OTHER not in topics.values()
    assert topics["refund.failed"] is topics["charge.refunded"] is NoticeTopic.REFUND
    assert topics["charge.dispute.closed"] is NoticeTopic.DISPUTE


def test_a_body_that_is_not_signed_with_our_secret_is_refused(provider: StripeProvider) -> None:
    body = b'{"id": "evt_1", "type": "payment_intent.succeeded"}'
    for headers in ({}, {"Stripe-Signature": "t=1,v1=0"}, signed(body, "whsec_another"), signed(body + b" ")):
        with pytest.raises(Invalid) as refused:
            provider.read_webhook(body, headers)
        assert refused.value.code == "bad_signature"


def test_either_secret_is_good_while_it_is_changed(provider: StripeProvider) -> None:
    body = b'{"id": "evt_1", "type": "payment_intent.succeeded"}'
    ours = signed(body)["Stripe-Signature"]
    other = signed(body, "whsec_another")["Stripe-Signature"].partition(",")[2]
    assert provider.read_webhook(body, {"Stripe-Signature": f"{ours},{other}"}).event_key == "evt_1"


@pytest.mark.parametrize(
    "wrong", ["ET-\x00", "ET-\n", "ET-\x7f", "ET-\u00e4", "ET-\ud800", "E" * 256, 7, ["ET"]], ids=ascii
)
def test_a_reference_that_is_no_word_leads_to_the_intent_instead(
    wrong: object, provider: StripeProvider
) -> None:
    thing = {"object": "charge", "payment_intent": "pi_9", "metadata": {"reference": wrong}}
    told = {"id": "evt_1", "type": "charge.succeeded", "data": {"object": thing}}
    body = json.dumps(told).encode()
    assert provider.read_webhook(body, signed(body)).reference == "pi_9"
    body = json.dumps(told | {"data": {"object": thing | {"payment_intent": wrong}}}).encode()
    assert provider.read_webhook(body, signed(body)).reference == ""
