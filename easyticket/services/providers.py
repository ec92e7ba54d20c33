"""Which party collects an event's money and which one pays organizers, from what is configured."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar

from flask import current_app

from config import Settings
from easyticket.core.errors import NotFound, Unavailable
from easyticket.integrations.paystack import PaystackProvider
from easyticket.integrations.paystack_client import checkout_origin
from easyticket.integrations.paystack_transfers import PaystackTransfers
from easyticket.integrations.providers import PaymentProvider
from easyticket.integrations.sandbox import SandboxProvider
from easyticket.integrations.stripe import StripeProvider
from easyticket.integrations.transfers import TransferProvider

_plays: ContextVar[bool] = ContextVar("plays", default=False)


def get_provider(name: str) -> PaymentProvider:
    """Return the provider of that name as it is configured: also for what was paid before another one took its place.

    :raises NotFound: there is none, or it is switched off.
    """
    settings = _settings()
    if name == PaystackProvider.name and settings.paystack_secret_key:
        return PaystackProvider.of(settings)
    if name == StripeProvider.name and settings.stripe_secret_key:
        return StripeProvider.of(settings)
    if name == SandboxProvider.name and settings.sandbox_payments:
        return SandboxProvider(settings.secret_key, settings.public_url)
    raise NotFound("There is no such payment provider here.")


def provider_for(currency: str) -> PaymentProvider:
    """Return the provider that collects `currency` in new orders.

    :raises Unavailable: nobody does on this site.
    """
    settings = _settings()
    if is_sandbox_on():
        return get_provider(SandboxProvider.name)
    if settings.paystack_secret_key and currency in settings.paystack_currencies:
        return get_provider(PaystackProvider.name)
    if settings.stripe_secret_key and get_provider(StripeProvider.name).collects(currency):
        return get_provider(StripeProvider.name)
    raise Unavailable(f"Payments in {currency} are not set up on this site yet. Nothing was charged.")


def least_charge(currency: str) -> int:
    """Return the smallest amount that new orders in `currency` can be paid with, in minor units; 0 where nobody collects."""
    try:
        return provider_for(currency).least_minor(currency)
    except Unavailable:
        return 0


def configured_providers() -> list[PaymentProvider]:
    """Return every provider that is set up, whether new orders go there or not."""
    found = []
    for name in (PaystackProvider.name, StripeProvider.name, SandboxProvider.name):
        with suppress(NotFound):
            found.append(get_provider(name))
    return found


def is_sandbox_on() -> bool:
    """Tell whether new orders are paid with play money: only where nobody else collects."""
    settings = _settings()
    is_alone = not (settings.paystack_secret_key or settings.stripe_secret_key)
    return settings.sandbox_payments and (is_alone or _plays.get())


@contextmanager
def play_money() -> Iterator[None]:
    """Have what is sold inside paid with play money, whoever else collects here: nobody pays for the demo's orders."""
    token = _plays.set(True)
    try:
        yield
    finally:
        _plays.reset(token)


def transfer_provider_for(currency: str) -> TransferProvider | None:
    """Return the party that sends `currency` to organizers, or None where they are paid by hand."""
    settings = _settings()
    if not (settings.paystack_transfers and settings.paystack_secret_key):
        return None
    transfers = PaystackTransfers.of(settings)
    return transfers if transfers.sends(currency) else None


def payment_page_origins() -> tuple[str, ...]:
    """Return the origins of pages where payers pay, beside our own."""
    settings = _settings()
    return (checkout_origin(settings),) if settings.paystack_secret_key else ()


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
