"""What `flask doctor` says about money: for each provider its keys, its mode, its webhook and whether it answers; and who
collects what."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from config import Settings
from easyticket.cli.findings import Finding
from easyticket.cli.leaned_on import TIMEOUT
from easyticket.core.errors import AppError, Forbidden
from easyticket.core.money import CURRENCIES
from easyticket.integrations.paystack import PaystackProvider
from easyticket.integrations.providers import PaymentProvider
from easyticket.integrations.stripe import StripeProvider
from easyticket.links import public_url
from easyticket.services.providers import is_sandbox_on, provider_for, transfer_provider_for

_STRIPE_EVENTS = "payment_intent.*, charge.refunded, refund.* and charge.dispute.*"


def examine_payments(settings: Settings) -> Iterator[Finding]:
    """Give what was found about collecting and sending money."""
    if is_sandbox_on():
        yield Finding(True, "Payments: the sandbox collects everything (test money only)")
        return
    if settings.stripe_secret_key:
        yield from _stripe(settings)
    if settings.paystack_secret_key:
        yield from _paystack(settings)
    if settings.stripe_secret_key and settings.paystack_secret_key:
        yield from _same_mode(settings)
    yield _default_currency(settings)


def _stripe(settings: Settings) -> Iterator[Finding]:
    yield _keys("Stripe", settings.stripe_secret_key, settings.stripe_publishable_key, settings)
    provider = StripeProvider.of(settings, timeout=TIMEOUT)
    yield _answer("Stripe", provider, settings.stripe_api_url)
    signed = f"for {_STRIPE_EVENTS}; its signing secret is set"
    yield Finding(
        True, f"Stripe: the webhook to enter there is {_webhook('stripe')}, {signed}{_reach(settings)}"
    )
    yield _collected("Stripe", provider)


def _paystack(settings: Settings) -> Iterator[Finding]:
    yield _keys("Paystack", settings.paystack_secret_key, settings.paystack_public_key, settings)
    provider = PaystackProvider.of(settings, patience=TIMEOUT)
    yield _answer("Paystack", provider, settings.paystack_api_url)
    signed = "the secret key signs it"
    yield Finding(
        True, f"Paystack: the webhook to enter there is {_webhook('paystack')}; {signed}{_reach(settings)}"
    )
    yield _collected("Paystack", provider)
    yield _transfers()


def _keys(name: str, secret: str, public: str, settings: Settings) -> Finding:
    modes = {mode for mode in (_mode(secret), _mode(public)) if mode}
    if len(modes) > 1:
        return Finding(False, f"{name}: one key is live and the other for tests; take both from one mode")
    is_live = modes == {"live"}
    if settings.is_production and not is_live:
        return Finding(False, f"{name}: the keys are for tests, so nobody pays with real money here")
    if is_live and not settings.is_production:
        return Finding(
            True, f"{name}: the keys are live, so real money is taken outside production", needs_a_look=True
        )
    return Finding(True, f"{name}: keys are set, {'live' if is_live else 'for tests'}")


def _mode(key: str) -> str:
    """Return `live` or `test`, by what a key begins with; empty where it does not say."""
    return next((mode for mode in ("live", "test") if f"_{mode}_" in key[:8]), "")


def _answer(name: str, provider: PaymentProvider, stand_in: str) -> Finding:
    who = f"the stand-in at {stand_in}" if stand_in else "it"
    try:
        provider.probe()
    except Forbidden:
        return Finding(False, f"{name}: {who} answers and does not take the secret key; copy it once more")
    except AppError:
        return Finding(False, f"{name}: {who} does not answer, or not as it should")
    return Finding(True, f"{name}: {who} answers and takes the key")


def _webhook(provider: str) -> str:
    return public_url("webhooks.receive", provider=provider)


def _reach(settings: Settings) -> str:
    is_here = urlsplit(settings.public_url).hostname in ("127.0.0.1", "localhost", "::1")
    return " (nobody reaches it from there: payments are found by asking)" if is_here else ""


def _collected(name: str, provider: PaymentProvider) -> Finding:
    currencies = [currency for currency in CURRENCIES if _collector(currency) == provider.name]
    if not currencies:
        return Finding(True, f"{name}: collects nothing; other providers have all its currencies", True)
    return Finding(True, f"{name}: collects {', '.join(currencies)}")


def _collector(currency: str) -> str:
    try:
        return provider_for(currency).name
    except AppError:
        return ""


def _transfers() -> Finding:
    sent = [currency for currency in CURRENCIES if transfer_provider_for(currency) is not None]
    if not sent:
        return Finding(True, "Payouts: recorded by hand; PAYSTACK_TRANSFERS is off or sends no currency")
    return Finding(True, f"Payouts: sent by Paystack transfer in {', '.join(sent)}, by hand in others")


def _same_mode(settings: Settings) -> Iterator[Finding]:
    stripe, paystack = _mode(settings.stripe_secret_key), _mode(settings.paystack_secret_key)
    if stripe != paystack:
        yield Finding(
            False,
            f"Payments: Stripe's keys are {stripe} and Paystack's {paystack}; real and play money would mix",
        )


def _default_currency(settings: Settings) -> Finding:
    currency = settings.default_currency
    if _collector(currency):
        return Finding(True, f"Payments: new events are sold in {currency}, which can be paid")
    return Finding(False, f"Payments: nobody collects {currency}, so only free tickets can be had")
