"""Which payment pages our forms may lead to: Chromium holds `form-action` against the redirect to them too."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import factories
from tests.web.buying import begin

pytestmark = pytest.mark.usefixtures("db_session")
SHOP = "'self' http://tickets.example"
PAYSTACK = {"paystack_secret_key": "sk_test_0", "paystack_public_key": "pk_test_0"}


@pytest.mark.parametrize(
    ("changes", "allowed"),
    [
        ({}, SHOP),
        (PAYSTACK, f"{SHOP} https://checkout.paystack.com"),
        ({**PAYSTACK, "paystack_api_url": "http://127.0.0.1:8500"}, f"{SHOP} http://127.0.0.1:8500"),
    ],
    ids=["sandbox", "Paystack", "its stand-in"],
)
def test_forms_lead_to_the_payment_pages_that_are_set_up(
    app: Flask,
    client: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    changes: dict[str, str],
    allowed: str,
) -> None:
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], **changes))
    details = client.get(f"/checkout/{begin(client, factories.make_simple_event())}/")
    assert f"form-action {allowed}" in details.headers["Content-Security-Policy"].split("; ")
    # Elsewhere forms stay with us.
    assert "form-action 'self'" in client.get("/").headers["Content-Security-Policy"].split("; ")
