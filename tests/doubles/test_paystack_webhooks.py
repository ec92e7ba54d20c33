"""The Paystack double's webhooks are signed over their bytes, and its answers fail as answers do; in this process or another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from werkzeug import Request, Response

from tests.doubles.paystack import LIVE_KEY, TEST_KEY, PaystackDouble
from tests.doubles.paystack_shop import api_client, charge_of, initialize, refund
from tests.doubles.paystack_webhooks import signature_of
from tests.doubles.server import Double, DoubleProcess


class Listener(Double):
    """A shop's address for webhooks: everything is in its journal; `statuses` are answered first, then 200."""

    def __init__(self) -> None:
        super().__init__()
        self.statuses: list[int] = []

    def answer(self, request: Request) -> Response:
        """Take a webhook."""
        with self.lock:
            return Response(status=self.statuses.pop(0) if self.statuses else 200)

    def events(self) -> list[str]:
        """Return the names of the events that came in."""
        return [json.loads(call.body)["event"] for call in self.journal.calls()]


@pytest.fixture
def listener(paystack_double: PaystackDouble) -> Iterator[Listener]:
    """A shop that is told."""
    listening = Listener()
    paystack_double.configure(webhook_url=f"{listening.start()}/hook")
    yield listening
    paystack_double.reset()
    listening.stop()


@pytest.mark.usefixtures("paid")
def test_a_webhook_is_signed_over_its_very_bytes(paystack_double: PaystackDouble, listener: Listener) -> None:
    paystack_double.repeat_webhooks()
    paystack_double.wait_webhooks()
    call = listener.journal.calls("POST", "/hook")[0]
    assert call.headers["X-Paystack-Signature"] == signature_of(call.body.encode(), TEST_KEY)
    # What was read and written again is not what was signed: slashes and letters beyond ASCII are escaped.
    assert "\\/" in call.body and "Gr\\u00f6\\u00dfe" in call.body
    event = json.loads(call.body)
    for written in (
        json.dumps(event),
        json.dumps(event, separators=(",", ":")),
        json.dumps(event, ensure_ascii=False),
    ):
        assert signature_of(written.encode(), TEST_KEY) != call.headers["X-Paystack-Signature"]


def test_each_mode_signs_with_its_own_key(paystack_double: PaystackDouble) -> None:
    with api_client(paystack_double.url, LIVE_KEY) as live:
        initialize(live)
    paystack_double.pay("order-1")
    told = paystack_double.told("charge.success")[0]
    assert told["data"]["domain"] == "live"
    assert told["headers"]["X-Paystack-Signature"] == signature_of(told["body"].encode(), LIVE_KEY)


def test_metadata_that_was_not_given_is_a_zero_in_webhooks(
    shop: httpx.Client, paystack_double: PaystackDouble
) -> None:
    initialize(shop, metadata=None)
    paystack_double.pay("order-1")
    assert paystack_double.told()[0]["data"]["metadata"] == 0
    assert charge_of(shop)["metadata"] == ""


def test_a_webhook_that_is_not_taken_comes_again(
    shop: httpx.Client, paystack_double: PaystackDouble, listener: Listener
) -> None:
    listener.statuses = [500, 302]
    initialize(shop)
    paystack_double.pay("order-1")
    assert paystack_double.wait_webhooks() == [500, 302, 200]
    assert len({call.body for call in listener.journal.calls()}) == 1


def test_webhooks_come_twice_in_another_order_or_never(
    shop: httpx.Client, paystack_double: PaystackDouble, listener: Listener
) -> None:
    initialize(shop)
    paystack_double.webhooks(holding=True, duplicate=2)
    paystack_double.pay("order-1")
    paystack_double.finish_refund(refund(shop).json()["data"]["id"])
    assert paystack_double.release_webhooks(reverse=True) == 4
    paystack_double.wait_webhooks()
    names = ["refund.processed", "refund.processing", "refund.pending", "charge.success"]
    assert listener.events() == [name for name in names for _ in range(2)]
    paystack_double.webhooks(dropping=True)
    paystack_double.open_dispute("order-1")
    paystack_double.wait_webhooks()
    assert len(listener.events()) == 8 and len(paystack_double.told("charge.dispute")) == 1


@pytest.mark.parametrize("kind", ["error_after", "malformed", "html", "truncated", "dropped"])
def test_what_an_answer_does_not_tell_was_done_once(
    shop: httpx.Client, paystack_double: PaystackDouble, kind: str
) -> None:
    paystack_double.fault(kind, path="^/transaction/initialize$", status=502)
    try:
        answer = initialize(shop)
        assert answer.status_code != 200 or not is_json(answer)
    except httpx.TransportError:
        pass
    assert initialize(shop).json()["code"] == "duplicate_reference"
    assert [charge["reference"] for charge in paystack_double.charges()] == ["order-1"]


@pytest.mark.usefixtures("paid")
def test_who_does_not_wait_for_the_answer_has_one_refund_and_finds_it(
    paystack_double: PaystackDouble,
) -> None:
    paystack_double.fault("hang_after", path="^/refund$", method="POST")
    with api_client(paystack_double.url, timeout=0.3) as hasty:
        with pytest.raises(httpx.ReadTimeout):
            refund(hasty, amount=500, merchant_note="refund-7")
        paystack_double.release()
        found = hasty.get("/refund").json()["data"]
    assert [(each["merchant_note"], each["amount"]) for each in found] == [("refund-7", 500)]


def test_an_error_before_leaves_nothing(shop: httpx.Client, paystack_double: PaystackDouble) -> None:
    paystack_double.fault("error_before", status=429)
    assert initialize(shop).status_code == 429
    assert paystack_double.charges() == []


def test_it_runs_as_a_process_of_its_own(listener: Listener) -> None:
    process = DoubleProcess("tests.doubles.paystack", "--set", 'configure={"refund_outcome":"processed"}')
    process.start()
    try:
        process.control("configure", webhook_url=f"{listener.url}/hook")
        with api_client(process.url) as shop:
            initialize(shop)
            process.control("pay", reference="order-1", channel="mobile_money")
            refund(shop)
            assert charge_of(shop)["status"] == "reversed"
        process.control("wait_webhooks")
        assert listener.events() == [
            "charge.success",
            "refund.pending",
            "refund.processing",
            "refund.processed",
        ]
        with pytest.raises(RuntimeError, match="no knob"):
            process.control("configure", refund_outcom="failed")
    finally:
        process.stop()


def is_json(answer: httpx.Response) -> bool:
    try:
        known: Any = answer.json()
    except ValueError:
        return False
    return bool(known)
