"""An order of the API paid by card at Stripe: what its clients hand to Stripe.js, and who tells that it is paid."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
import stripe
from flask.testing import FlaskClient

from easyticket.db import db
from easyticket.jobs.entry import drain_outbox
from easyticket.models import Payment, User
from tests import factories
from tests.api.conftest import Caller
from tests.api.ordering import make_intent, make_order, path_of, stored
from tests.doubles.stripe import StripeDouble
from tests.doubles.stripe_books import encode
from tests.doubles.stripe_cards import DECLINED
from tests.doubles.stripe_webhooks import SECRET

pytestmark = pytest.mark.usefixtures("db_session", "paid_by_stripe")


@pytest.fixture
def buyer() -> User:
    return factories.make_user(email="ama@example.org")


@pytest.fixture
def caller(call: Callable[..., Caller], buyer: User) -> Caller:
    return call(buyer)


def tell(client: FlaskClient, double: StripeDouble, kind: str) -> None:
    """Deliver Stripe's events of a kind, as Stripe signs them."""
    for event in double.events(kind):
        body = encode(event)
        signature = stripe.WebhookSignature.generate_signature_header(body.decode(), SECRET)
        answer = client.post("/api/webhooks/stripe/", data=body, headers={"Stripe-Signature": signature})
        assert answer.status_code == 200
    drain_outbox()


def test_an_intent_is_what_stripes_script_is_opened_with(caller: Caller, stripe_double: StripeDouble) -> None:
    order = make_order(caller, factories.make_simple_event(price_minor=5_000, currency="USD"), 2)
    intent = make_intent(caller, order)
    [there] = stripe_double.intents()
    assert intent == {
        "client_secret": there["client_secret"],
        "payment_intent_id": there["id"],
        "amount": 10_500,
        "currency": "usd",
        "status": "requires_payment_method",
        "payment_url": db.session.scalars(sa.select(Payment.pay_url)).one(),
    }
    assert make_intent(caller, order) == intent
    now = caller.get(path_of(order)).json
    assert (now["status"], now["payment_method"], now["payment_id"]) == ("processing", "stripe", there["id"])


def test_the_webhook_confirms_and_the_client_only_asks(
    caller: Caller, client: FlaskClient, stripe_double: StripeDouble
) -> None:
    order = make_order(caller, factories.make_simple_event(currency="EUR"))
    intent = make_intent(caller, order)["payment_intent_id"]
    stripe_double.pay(intent, DECLINED)
    tell(client, stripe_double, "payment_intent.payment_failed")
    status = caller.get(path_of(order, "payment-status")).json
    assert (status["payment_status"], status["order_status"]) == ("requires_payment_method", "processing")
    # The same intent takes another card.
    assert make_intent(caller, order)["payment_intent_id"] == intent
    stripe_double.pay(intent)
    tell(client, stripe_double, "payment_intent.succeeded")
    assert len(stored(order).tickets) == 1
    status = caller.get(path_of(order, "payment-status")).json
    assert (status["payment_status"], status["order_status"]) == ("succeeded", "confirmed")


def test_a_webhook_that_is_ahead_of_our_own_call_spoils_nothing(
    caller: Caller, client: FlaskClient, stripe_double: StripeDouble
) -> None:
    order = make_order(caller, factories.make_simple_event(currency="EUR"))
    stripe_double.fault("error_before", path="/v1/payment_intents$", status=503, times=3)
    assert caller.post(path_of(order, "create-payment-intent")).status_code == 502
    reference = stored(order).payments[0].reference
    stripe_double.foreign(reference=reference, app="easyticket")
    tell(client, stripe_double, "payment_intent.created")
    assert make_intent(caller, order)["client_secret"]
    assert len(stored(order).payments) == 1


def test_a_test_confirmation_is_refused_where_stripe_collects(caller: Caller) -> None:
    order = make_order(caller, factories.make_simple_event())
    answer = caller.post(
        path_of(order, "confirm_payment"), {"payment_id": "test-1", "payment_method": "stripe"}
    )
    assert answer.status_code == 403


def test_money_goes_back_through_stripe(caller: Caller, stripe_double: StripeDouble) -> None:
    order = make_order(caller, factories.make_simple_event(price_minor=5_000, currency="USD"))
    intent = make_intent(caller, order)["payment_intent_id"]
    stripe_double.pay(intent)
    assert caller.get(path_of(order, "payment-status")).json["order_status"] == "confirmed"
    answer = caller.post(path_of(order, "refund"))
    assert answer.status_code == 200, answer.json
    assert (answer.json["amount"], answer.json["currency"]) == (52.5, "usd")
    drain_outbox()
    assert stored(order).status.value == "refunded"
    charge = stripe_double.thing(stripe_double.thing(intent)["latest_charge"])
    assert charge["amount_refunded"] == 5_250
