"""What the tests of services share."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from easyticket.integrations.stripe import StripeProvider
from tests.services.strict_provider import StrictProvider


@pytest.fixture
def provider(app: Flask, monkeypatch: pytest.MonkeyPatch) -> StrictProvider:
    """The provider that collects everything: one inside this process, in Stripe's place."""
    settings = replace(
        app.config["SETTINGS"],
        stripe_secret_key="sk_test_strict",
        stripe_publishable_key="pk_test_strict",
        stripe_webhook_secret="whsec_strict",
    )
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    made = StrictProvider()
    monkeypatch.setattr(StripeProvider, "of", lambda *_: made)
    return made
