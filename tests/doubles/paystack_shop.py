"""A shop that talks to the Paystack double, for the double's own tests."""

from __future__ import annotations

import re
from typing import Any

import httpx

from tests.doubles.paystack import TEST_KEY


def api_client(url: str, key: str = TEST_KEY, timeout: float = 5) -> httpx.Client:
    """Return a client of the API."""
    return httpx.Client(
        base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=timeout, trust_env=False
    )


def initialize(client: httpx.Client, reference: str = "order-1", **changes: Any) -> httpx.Response:
    """Ask for a charge of 10500."""
    asked = {
        "email": "buyer@example.com",
        "amount": 10500,
        "currency": "GHS",
        "reference": reference,
        "callback_url": "http://shop.test/back?order=7",
        "metadata": {"cancel_action": "http://shop.test/no", "note": "Größe"},
    }
    return client.post("/transaction/initialize", json=asked | changes)


def charge_of(client: httpx.Client, reference: str = "order-1") -> dict[str, Any]:
    """Return a charge as it is read."""
    data: dict[str, Any] = client.get(f"/transaction/verify/{reference}").json()["data"]
    return data


def refund(client: httpx.Client, **asked: Any) -> httpx.Response:
    """Ask for a refund of the charge."""
    return client.post("/refund", json={"transaction": "order-1"} | asked)


def refused(response: httpx.Response, status: int, code: str) -> str:
    """Check that an answer is a refusal in Paystack's shape, and return its message."""
    answer = response.json()
    assert (response.status_code, answer["status"], answer["code"]) == (status, False, code)
    assert answer["meta"]["nextStep"] and answer["type"].endswith("_error") and "data" not in answer
    return str(answer["message"])


def press(page: httpx.Response, step: str, **form: str) -> httpx.Response:
    """Send the form of a checkout page that belongs to a step."""
    action = re.search(rf'action="([^"]+/{step})"', page.text)
    assert action, f"The page has no {step}"
    return httpx.post(str(page.url.join(action[1])), data=form, trust_env=False)
