"""`flask doctor` says for each payment provider whether its keys, its mode, its webhook and its answer are in order."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from tests.cli.test_doctor import NOBODY, examine
from tests.doubles.paystack import LIVE_KEY, TEST_KEY, PaystackDouble
from tests.doubles.stripe import PUBLISHABLE_KEY, SECRET_KEY, StripeDouble

HERE = "http://tickets.example"


def paystack(double: PaystackDouble, **changes: Any) -> dict[str, Any]:
    return {
        "paystack_secret_key": TEST_KEY,
        "paystack_public_key": "pk_test_0",
        "paystack_api_url": double.url,
        "default_currency": "GHS",
        **changes,
    }


def stripe(double: StripeDouble, **changes: Any) -> dict[str, Any]:
    return {
        "stripe_secret_key": SECRET_KEY,
        "stripe_publishable_key": PUBLISHABLE_KEY,
        "stripe_webhook_secret": "whsec_0",
        "stripe_api_url": double.url,
        **changes,
    }


def lines(result: Result) -> list[str]:
    return result.output.splitlines()


def test_paystack_is_in_order(
    app: Flask, monkeypatch: pytest.MonkeyPatch, paystack_double: PaystackDouble
) -> None:
    result = examine(app, monkeypatch, **paystack(paystack_double, paystack_transfers=True))
    assert result.exit_code == 0, result.output
    for line in (
        "ok   Paystack: keys are set, for tests",
        f"ok   Paystack: the stand-in at {paystack_double.url} answers and takes the key",
        f"ok   Paystack: the webhook to enter there is {HERE}/webhooks/paystack/; the secret key signs it",
        "ok   Paystack: collects GHS",
        "ok   Payouts: sent by Paystack transfer in GHS, by hand in others",
        "ok   Payments: new events are sold in GHS, which can be paid",
    ):
        assert line in lines(result)
    assert "sandbox" not in result.output and TEST_KEY not in result.output


def test_stripe_is_in_order_and_paystack_keeps_its_currency(
    app: Flask, monkeypatch: pytest.MonkeyPatch, paystack_double: PaystackDouble, stripe_double: StripeDouble
) -> None:
    both = stripe(stripe_double) | paystack(paystack_double)
    result = examine(app, monkeypatch, **both)
    assert result.exit_code == 0, result.output
    assert f"ok   Stripe: the stand-in at {stripe_double.url} answers and takes the key" in lines(result)
    assert (
        f"Stripe: the webhook to enter there is {HERE}/webhooks/stripe/, for payment_intent.*"
        in result.output
    )
    [collected] = [line for line in lines(result) if line.startswith("ok   Stripe: collects ")]
    assert "USD" in collected and "GHS" not in collected
    assert "ok   Paystack: collects GHS" in lines(result)
    assert "ok   Payouts: recorded by hand; PAYSTACK_TRANSFERS is off or sends no currency" in lines(result)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"paystack_public_key": "pk_live_0"}, "BAD  Paystack: one key is live and the other for tests"),
        ({"environment": "production"}, "BAD  Paystack: the keys are for tests"),
        ({"paystack_secret_key": "sk_test_stranger"}, "answers and does not take the secret key"),
        ({"paystack_api_url": f"http://{NOBODY}"}, f"the stand-in at http://{NOBODY} does not answer"),
        ({"default_currency": "USD"}, "BAD  Payments: nobody collects USD, so only free tickets can be had"),
    ],
)
def test_something_about_paystack_is_not(
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    paystack_double: PaystackDouble,
    change: dict[str, Any],
    words: str,
) -> None:
    result = examine(app, monkeypatch, **paystack(paystack_double, **change))
    assert result.exit_code == 1
    assert words in result.output


def test_stripe_does_not_take_the_key_or_does_not_answer(
    app: Flask, monkeypatch: pytest.MonkeyPatch, stripe_double: StripeDouble
) -> None:
    stranger = examine(app, monkeypatch, **stripe(stripe_double, stripe_secret_key="sk_test_stranger"))
    assert "answers and does not take the secret key" in stranger.output
    silent = examine(app, monkeypatch, **stripe(stripe_double, stripe_api_url=f"http://{NOBODY}"))
    assert "BAD  Stripe: the stand-in at" in silent.output and "does not answer" in silent.output


def test_live_keys_outside_production_are_worth_a_look(
    app: Flask, monkeypatch: pytest.MonkeyPatch, paystack_double: PaystackDouble
) -> None:
    live = paystack(paystack_double, paystack_secret_key=LIVE_KEY, paystack_public_key="pk_live_0")
    result = examine(app, monkeypatch, **live)
    assert result.exit_code == 0, result.output
    assert "SEE  Paystack: the keys are live, so real money is taken outside production" in lines(result)


def test_real_and_play_money_do_not_mix(
    app: Flask, monkeypatch: pytest.MonkeyPatch, paystack_double: PaystackDouble, stripe_double: StripeDouble
) -> None:
    live = {"paystack_secret_key": LIVE_KEY, "paystack_public_key": "pk_live_0"}
    result = examine(app, monkeypatch, **stripe(stripe_double), **paystack(paystack_double, **live))
    assert result.exit_code == 1
    assert "BAD  Payments: Stripe's keys are test and Paystack's live" in result.output


def test_a_webhook_on_this_machine_is_reached_by_nobody(
    app: Flask, monkeypatch: pytest.MonkeyPatch, paystack_double: PaystackDouble
) -> None:
    result = examine(app, monkeypatch, **paystack(paystack_double, public_url="http://127.0.0.1:8001"))
    assert "nobody reaches it from there: payments are found by asking" in result.output
