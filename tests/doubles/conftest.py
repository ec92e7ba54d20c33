"""What the doubles' own tests begin with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.doubles.paystack import PaystackDouble
from tests.doubles.paystack_shop import api_client, initialize


@pytest.fixture
def shop(paystack_double: PaystackDouble) -> Iterator[httpx.Client]:
    """A shop with Paystack's test key."""
    with api_client(paystack_double.url) as client:
        yield client


@pytest.fixture
def page(shop: httpx.Client) -> httpx.Response:
    """The checkout page of a new charge."""
    return httpx.get(initialize(shop).json()["data"]["authorization_url"], trust_env=False)


@pytest.fixture
def paid(shop: httpx.Client, paystack_double: PaystackDouble) -> dict[str, Any]:
    """A charge of 10500 that was paid by card."""
    initialize(shop)
    return paystack_double.pay("order-1")
