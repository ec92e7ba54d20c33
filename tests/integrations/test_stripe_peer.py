"""Our Stripe client against an imitation that others wrote: what both understand of the protocol is understood alike.

It follows an older version of the API (no `allowed_payment_method_types`, no idempotency, no lists by payment intent), so
intents are made by the library itself here, and the strict double is what holds the rest.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import stripe
from werkzeug import Request, Response
from werkzeug.serving import make_server

from easyticket.integrations.providers import ChargeState, NoticeTopic
from easyticket.integrations.stripe import StripeProvider
from easyticket.integrations.stripe_client import stripe_client
from easyticket.integrations.stripe_snapshots import charge_snapshot, refund_snapshot
from tests.doubles.stripe import SECRET_KEY
from tests.doubles.stripe_webhooks import SECRET
from tests.integrations.stripe_shop import REFERENCE, provider_at
from tests.servers.localstripe import localstripe_server

PATIENCE = 20


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with localstripe_server() as url:
        yield url


@pytest.fixture
def peer(address: str) -> StripeProvider:
    return provider_at(address)


@pytest.fixture
def api(address: str) -> stripe.V1Services:
    return stripe_client(SECRET_KEY, address).v1


@dataclass
class Inbox:
    """Where webhooks arrive."""

    bodies: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)
    arrived: threading.Event = field(default_factory=threading.Event)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        self.bodies.append((request.get_data(), dict(request.headers)))
        self.arrived.set()
        return Response("taken")(environ, start_response)


@pytest.fixture
def inbox(address: str) -> Iterator[Inbox]:
    box = Inbox()
    server = make_server("127.0.0.1", 0, box, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    httpx.post(
        f"{address}/_config/webhooks/ours",
        data={"url": f"http://127.0.0.1:{server.server_port}/", "secret": SECRET},
        trust_env=False,
    ).raise_for_status()
    yield box
    server.shutdown()
    thread.join()
    server.server_close()


def make_intent(api: stripe.V1Services, **params: Any) -> dict[str, Any]:
    """Make an intent as this version of the API has it; with a card it is paid at once."""
    answer = api.payment_intents.create(
        {
            "amount": 4200,
            "currency": "usd",
            "payment_method_types": ["card"],
            "metadata": {"reference": REFERENCE, "app": "easyticket"},
            **params,
        }
    )
    return answer.to_dict()


def paid_intent(api: stripe.V1Services) -> dict[str, Any]:
    card = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2035, "cvc": "123"}
    method = api.payment_methods.create({"type": "card", "card": card})
    return make_intent(api, payment_method=method.id, confirm=True)


def test_an_open_intent_is_read_and_closed(peer: StripeProvider, api: stripe.V1Services) -> None:
    intent = make_intent(api)
    snapshot = peer.fetch(REFERENCE, intent["id"])
    assert (snapshot.state, snapshot.reference, snapshot.currency) == (ChargeState.OPEN, REFERENCE, "USD")
    assert peer.close(REFERENCE, intent["id"]).state is ChargeState.CANCELED
    assert peer.fetch(REFERENCE, intent["id"]).state is ChargeState.CANCELED


def test_a_paid_intent_is_read(api: stripe.V1Services) -> None:
    made = paid_intent(api)
    intent = api.payment_intents.retrieve(made["id"]).to_dict()
    # What was received is not told by this imitation, and we believe nothing else: Stripe itself always tells it.
    snapshot = charge_snapshot(intent | {"amount_received": intent["amount"]})
    assert (snapshot.state, snapshot.amount_minor) == (ChargeState.PAID, 4200)
    assert (snapshot.reference, snapshot.is_live) == (REFERENCE, False)


def test_a_paid_intent_is_not_closed(api: stripe.V1Services) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        api.payment_intents.cancel(paid_intent(api)["id"])


def test_a_refund_is_read(api: stripe.V1Services) -> None:
    intent = paid_intent(api)
    refund = api.refunds.create(
        {"payment_intent": intent["id"], "amount": 1000, "metadata": {"refund_key": "r-1"}}
    )
    snapshot = refund_snapshot(refund.to_dict())
    assert (snapshot.outcome.value, snapshot.amount_minor, snapshot.key) == ("succeeded", 1000, "r-1")


def test_a_webhook_it_signed_is_believed(peer: StripeProvider, api: stripe.V1Services, inbox: Inbox) -> None:
    paid_intent(api)
    assert inbox.arrived.wait(PATIENCE)
    body, headers = inbox.bodies[0]
    notice = peer.read_webhook(body, headers)
    assert (notice.kind, notice.topic) == ("payment_intent.succeeded", NoticeTopic.CHARGE)
    assert notice.reference == REFERENCE
