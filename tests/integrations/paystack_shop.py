"""A shop that asks the Paystack double through our own adapters."""

from __future__ import annotations

from typing import Any

from easyticket.integrations.paystack import PaystackProvider
from easyticket.integrations.paystack_client import PaystackClient
from easyticket.integrations.providers import ChargeRequest, RefundRequest
from tests.doubles.paystack import TEST_KEY, PaystackDouble

# Seconds our side waits: what hangs at the double hangs longer.
PATIENCE = 0.7
REFERENCE = "ET-7Q3M9ZK2V8X4B6N1C5D0F9G2H3"
KEY = "0d5dcd28-7f1b-4f7e-9c0b-3f2b2a1f6f10"
RETURN = "https://tickets.example/checkout/secret/return/?reference=1"


def client_of(double: PaystackDouble, key: str = TEST_KEY) -> PaystackClient:
    """Return our client for the double."""
    return PaystackClient(key, double.url, patience=PATIENCE)


def provider_of(
    double: PaystackDouble, key: str = TEST_KEY, currencies: tuple[str, ...] = ("GHS",)
) -> PaystackProvider:
    """Return our provider for the double."""
    return PaystackProvider(client_of(double, key), key, currencies)


def charge(**changes: Any) -> ChargeRequest:
    """Return a charge of 105 cedis."""
    request: dict[str, Any] = {
        "reference": REFERENCE,
        "amount_minor": 10500,
        "currency": "GHS",
        "email": "ama@example.org",
        "description": "Concert, order OE-1",
        "return_url": RETURN,
        **changes,
    }
    return ChargeRequest(**request)


def refund(**changes: Any) -> RefundRequest:
    """Return a refund of 30 cedis of it."""
    request: dict[str, Any] = {
        "key": KEY,
        "reference": REFERENCE,
        "provider_ref": REFERENCE,
        "amount_minor": 3000,
        "currency": "GHS",
        "reason": "asked for",
        **changes,
    }
    return RefundRequest(**request)


def paid(double: PaystackDouble, **changes: Any) -> PaystackProvider:
    """Return our provider after a payer paid."""
    provider = provider_of(double)
    reference = provider.start(charge(**changes)).provider_ref
    double.pay(reference)
    return provider
