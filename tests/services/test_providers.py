"""Who collects which currency: Paystack its own, Stripe the others, and the sandbox where nobody else does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from easyticket.core.errors import NotFound, Unavailable
from easyticket.services.providers import get_provider, is_sandbox_on, play_money, provider_for

pytestmark = pytest.mark.usefixtures("db_session")

STRIPE = {
    "stripe_secret_key": "sk_test_1",
    "stripe_publishable_key": "pk_test_1",
    "stripe_webhook_secret": "whsec_1",
}
PAYSTACK = {
    "paystack_secret_key": "sk_test_2",
    "paystack_public_key": "pk_test_2",
    "paystack_currencies": ("GHS", "NGN"),
}


@pytest.fixture
def configure(app: Flask) -> Iterator[Callable[..., None]]:
    """Call it with settings that differ."""
    settings = app.config["SETTINGS"]

    def change(**changes: Any) -> None:
        app.config["SETTINGS"] = replace(settings, **changes)

    yield change
    app.config["SETTINGS"] = settings


@pytest.mark.parametrize(
    ("changes", "collectors"),
    [
        ({}, {"GHS": "sandbox", "EUR": "sandbox"}),
        (STRIPE, {"GHS": "stripe", "EUR": "stripe", "KWD": "stripe"}),
        (PAYSTACK, {"GHS": "paystack", "NGN": "paystack", "EUR": None}),
        (STRIPE | PAYSTACK, {"GHS": "paystack", "NGN": "paystack", "EUR": "stripe"}),
        ({"sandbox_payments": False}, {"GHS": None, "EUR": None}),
    ],
    ids=["nobody", "stripe", "paystack", "both", "switched off"],
)
def test_each_currency_has_its_collector(
    changes: dict[str, Any], collectors: dict[str, str | None], configure: Callable[..., None]
) -> None:
    configure(**changes)
    for currency, name in collectors.items():
        if name is None:
            with pytest.raises(Unavailable, match=currency):
                provider_for(currency)
        else:
            assert provider_for(currency).name == name


def test_an_order_keeps_the_provider_it_was_paid_at(configure: Callable[..., None]) -> None:
    configure(**STRIPE | PAYSTACK)
    assert [get_provider(name).name for name in ("stripe", "paystack", "sandbox")] == [
        "stripe",
        "paystack",
        "sandbox",
    ]
    assert not is_sandbox_on()
    configure(sandbox_payments=False)
    for name in ("stripe", "paystack", "sandbox", "cheque"):
        with pytest.raises(NotFound):
            get_provider(name)


def test_nobody_pays_for_the_demo(configure: Callable[..., None]) -> None:
    configure(**STRIPE | PAYSTACK)
    with play_money():
        assert provider_for("GHS").name == provider_for("EUR").name == "sandbox"
    assert provider_for("GHS").name == "paystack"
