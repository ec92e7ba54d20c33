"""Our side of Stripe in these tests: the provider as the site makes it, and what it is asked."""

from __future__ import annotations

from easyticket.integrations.providers import ChargeRequest, RefundRequest, StartedCharge
from easyticket.integrations.stripe import StripeProvider
from tests.doubles.stripe import SECRET_KEY
from tests.doubles.stripe_webhooks import SECRET

SITE_SECRET = "the secret of the site"
REFERENCE = "ET-0123456789ABCDEFGHJKMNPQRS"


def provider_at(url: str, *, key: str = SECRET_KEY, timeout: float = 10) -> StripeProvider:
    """Return the provider for a Stripe at `url`, with a patience of `timeout` seconds."""
    return StripeProvider(
        secret_key=key,
        webhook_secret=SECRET,
        public_url="http://tickets.example",
        site_secret=SITE_SECRET,
        api_url=url,
        timeout=timeout,
    )


def charge_of(
    minor: int = 4200, currency: str = "USD", reference: str = REFERENCE, email: str = "ama@example.org"
) -> ChargeRequest:
    """Return what a payment of so much asks for."""
    return ChargeRequest(
        reference=reference,
        amount_minor=minor,
        currency=currency,
        email=email,
        description="Night of Drums, order OE-20260301-0042",
        return_url="http://tickets.example/checkout/0/return/",
    )


def refund_of(
    charge: StartedCharge, minor: int = 4200, key: str = "r-1", currency: str = "USD"
) -> RefundRequest:
    """Return what a refund of so much asks for."""
    return RefundRequest(
        key=key,
        reference=REFERENCE,
        provider_ref=charge.provider_ref,
        amount_minor=minor,
        currency=currency,
        reason="The event is called off",
    )
