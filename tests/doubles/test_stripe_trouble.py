"""What the Stripe double sends of itself and how it goes wrong on demand: webhooks, broken answers, lies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import stripe
from werkzeug import Request, Response

from tests.doubles.server import Double, DoubleProcess
from tests.doubles.stripe import SECRET_KEY, StripeDouble
from tests.doubles.stripe_webhooks import SECRET

ORDER = {"amount": 1050, "currency": "usd", "metadata": {"reference": "order-1"}}


class Receiver(Double):
    """A server that is sent webhooks and keeps them, verified with Stripe's library."""

    secret = SECRET
    refuses = 0

    def answer(self, request: Request) -> Response:
        """Take one, or refuse the first `refuses`."""
        with self.lock:
            if self.refuses > 0:
                self.refuses -= 1
                return Response(status=503)
            body, signature = request.get_data(), request.headers["Stripe-Signature"]
            try:
                self.events.append(stripe.Webhook.construct_event(body, signature, self.secret))
            except stripe.SignatureVerificationError:
                return Response(status=400)
            return Response(status=204)

    @property
    def kinds(self) -> list[str]:
        return [event.type for event in self.events]

    def clear(self) -> None:
        """Forget them."""
        self.events: list[stripe.Event] = []


@pytest.fixture
def receiver(stripe_double: StripeDouble) -> Iterator[Receiver]:
    server = Receiver()
    server.clear()
    stripe_double.configure(server.start())
    yield server
    server.stop()


@pytest.fixture
def api(stripe_double: StripeDouble) -> Any:
    http = stripe.RequestsClient(timeout=0.5)
    return stripe.StripeClient(
        SECRET_KEY, base_addresses={"api": stripe_double.url}, http_client=http, max_network_retries=0
    ).v1


def test_every_change_is_told_once_and_signed(
    api: Any, stripe_double: StripeDouble, receiver: Receiver
) -> None:
    intent = api.payment_intents.create(ORDER, {"idempotency_key": "key-1"})
    stripe_double.pay(intent.id, "4000000000000002")
    stripe_double.pay(intent.id)
    refund = api.refunds.create({"payment_intent": intent.id})
    stripe_double.change_refund(refund.id, "failed")
    stripe_double.wait_for_webhooks()
    assert receiver.kinds == [
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
        "charge.succeeded",
        "payment_intent.succeeded",
        "refund.created",
        "charge.refunded",
        "refund.updated",
        "charge.refund.updated",
        "refund.failed",
    ]
    first = receiver.events[0]
    assert first.request is not None
    assert (first.data.object.id, first.request.idempotency_key) == (intent.id, "key-1")
    assert first.data.object.metadata["reference"] == "order-1"
    listed = api.events.list({"limit": 100, "types": ["refund.failed", "charge.failed"]}).data
    assert [event.type for event in listed] == ["refund.failed", "charge.failed"]


def test_what_is_not_taken_is_sent_again(api: Any, stripe_double: StripeDouble, receiver: Receiver) -> None:
    receiver.refuses = 2
    stripe_double.webhooks(retries=(0.01, 0.01, 0.01))
    api.payment_intents.create(ORDER)
    assert [status for _, status in stripe_double.wait_for_webhooks()] == [503, 503, 204]


def test_webhooks_are_doubled_held_turned_round_and_dropped(
    api: Any, stripe_double: StripeDouble, receiver: Receiver
) -> None:
    stripe_double.webhooks(duplicate=3, parallel=3, holding=True)
    intent = api.payment_intents.create(ORDER)
    stripe_double.pay(intent.id)
    assert not stripe_double.wait_for_webhooks()
    stripe_double.webhooks(parallel=1)
    assert stripe_double.release_webhooks(reverse=True) == 3
    stripe_double.wait_for_webhooks()
    assert receiver.kinds == sorted(receiver.kinds, key=receiver.kinds.index)
    assert receiver.kinds[0] == "payment_intent.succeeded"
    assert len(receiver.kinds) == 9
    assert len({event.id for event in receiver.events}) == 3
    stripe_double.webhooks(dropping=True)
    api.payment_intents.cancel(api.payment_intents.create(ORDER).id)
    stripe_double.wait_for_webhooks()
    assert len(receiver.kinds) == 9
    assert stripe_double.events("payment_intent.canceled")


def test_secrets_rotate_and_signatures_may_be_wrong_or_old(
    api: Any, stripe_double: StripeDouble, receiver: Receiver
) -> None:
    stripe_double.webhooks(retries=())
    for secrets, offset, status in (
        (["whsec_new", SECRET], 0, 204),
        (["whsec_new"], 0, 400),
        ([SECRET], -301, 400),
    ):
        stripe_double.configure(receiver.url, secrets)
        stripe_double.webhooks(offset=offset)
        api.payment_intents.create(ORDER)
        assert stripe_double.wait_for_webhooks()[-1] == ("payment_intent.created", status)


def test_an_event_is_resent_or_made_up(api: Any, stripe_double: StripeDouble, receiver: Receiver) -> None:
    stripe_double.configure(receiver.url, wanted=["payment_intent.succeeded", "charge.refunded"])
    foreign = stripe_double.foreign(amount=9900, app="another")
    stripe_double.send_event(
        "charge.refunded", {"id": "ch_unknown", "object": "charge", "payment_intent": "pi_unknown"}
    )
    (event,) = stripe_double.events("payment_intent.succeeded")
    stripe_double.resend(event["id"])
    stripe_double.wait_for_webhooks()
    assert receiver.kinds == ["payment_intent.succeeded", "charge.refunded", "payment_intent.succeeded"]
    assert receiver.events[0].id == receiver.events[2].id
    assert api.payment_intents.retrieve(foreign["id"]).metadata["app"] == "another"


@pytest.mark.parametrize(
    ("kind", "options", "error"),
    [
        ("error_before", {"status": 503}, stripe.APIError),
        ("error_before", {"status": 429}, stripe.RateLimitError),
        ("error_after", {}, stripe.APIError),
        ("malformed", {}, stripe.APIError),
        ("html", {"status": 200}, stripe.APIError),
        ("html", {"status": 502}, stripe.APIError),
        ("truncated", {}, stripe.APIConnectionError),
        ("dropped", {}, stripe.APIConnectionError),
        ("hang_after", {}, stripe.APIConnectionError),
    ],
)
def test_an_answer_goes_wrong_as_often_as_asked(
    api: Any, stripe_double: StripeDouble, kind: str, options: dict[str, Any], error: type[Exception]
) -> None:
    intent = api.payment_intents.create(ORDER)
    stripe_double.fault(kind, path="^/v1/payment_intents/", method="GET", **options)
    with pytest.raises(error):
        api.payment_intents.retrieve(intent.id)
    assert api.payment_intents.retrieve(intent.id).id == intent.id
    assert len(stripe_double.calls("GET")) == 2


def test_an_object_is_shown_other_than_it_is(api: Any, stripe_double: StripeDouble) -> None:
    intent = api.payment_intents.create(ORDER)
    stripe_double.pay(intent.id)
    stripe_double.tamper(intent.id, amount=1, currency="ngn", livemode=True)
    lie = api.payment_intents.retrieve(intent.id)
    assert (lie.amount, lie.amount_received, lie.currency, lie.livemode) == (1, 1, "ngn", True)
    stripe_double.tamper(intent.id)
    assert api.payment_intents.retrieve(intent.id).amount == 1050


def test_it_runs_as_a_process_of_its_own() -> None:
    process = DoubleProcess("tests.doubles.stripe")
    process.start()
    try:
        client: Any = stripe.StripeClient(SECRET_KEY, base_addresses={"api": process.url})
        intent = client.v1.payment_intents.create(ORDER)
        assert process.control("pay", intent=intent.id)["status"] == "succeeded"
        assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"
        assert [call["path"] for call in process.control("calls", method="POST")] == ["/v1/payment_intents"]
        with pytest.raises(RuntimeError, match="no control"):
            process.control("_thing", name=intent.id)
        process.control("reset")
        assert process.control("intents") == []
    finally:
        process.stop()
