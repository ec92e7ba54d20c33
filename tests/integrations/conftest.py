"""What the tests of providers begin with."""

from __future__ import annotations

import pytest
import stripe

from easyticket.integrations.providers import StartedCharge
from easyticket.integrations.stripe import StripeProvider
from tests.doubles.stripe import StripeDouble
from tests.integrations.stripe_shop import charge_of, provider_at


@pytest.fixture
def provider(stripe_double: StripeDouble, monkeypatch: pytest.MonkeyPatch) -> StripeProvider:
    """Stripe as we ask it. Between two tries the library hardly waits."""
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.001)
    return provider_at(stripe_double.url)


@pytest.fixture
def charge(provider: StripeProvider) -> StartedCharge:
    """A payment of 42.00 USD that was begun."""
    return provider.start(charge_of())


@pytest.fixture
def paid(charge: StartedCharge, stripe_double: StripeDouble) -> StartedCharge:
    """The same, paid by card."""
    stripe_double.pay(charge.provider_ref)
    return charge
