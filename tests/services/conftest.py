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
    return in_stripes_place(app, monkeypatch)


def in_stripes_place(app: Flask, monkeypatch: pytest.MonkeyPatch) -> StrictProvider:
    """Return a provider through which this application collects everything."""
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
