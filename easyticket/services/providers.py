"""Which payment provider an event sells through, from what is configured."""

from __future__ import annotations

from flask import current_app

from easyticket.core.errors import NotFound, Unavailable
from easyticket.integrations.providers import PaymentProvider
from easyticket.integrations.sandbox import SandboxProvider


def get_provider(name: str) -> PaymentProvider:
    """Return the provider of that name as it is configured.

    :raises NotFound: there is none, or it is switched off.
    """
    settings = current_app.config["SETTINGS"]
    if name == SandboxProvider.name and settings.sandbox_payments:
        return SandboxProvider(settings.secret_key, settings.public_url)
    raise NotFound("There is no such payment provider here.")


def provider_for(currency: str) -> PaymentProvider:
    """Return the provider that collects `currency`.

    :raises Unavailable: nobody does on this site.
    """
    if current_app.config["SETTINGS"].sandbox_payments:
        return get_provider(SandboxProvider.name)
    raise Unavailable(f"Payments in {currency} are not set up on this site yet. Nothing was charged.")
