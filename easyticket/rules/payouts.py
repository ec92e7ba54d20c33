"""Whether money an organizer asked for must stay here: it is no longer theirs, or there is no account it may go to; and how
far a payout is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from config import Settings
from easyticket.core.money import Money
from easyticket.models import PaymentProfile, Payout, PayoutState, ProfileStatus
from easyticket.rules.payment_accounts import account_needed, currency_of, end_of_freeze
from easyticket.rules.wording import moment_text

# How organizers are paid where no provider sends money for us.
BY_HAND = "manual"
# What the reference of a payout by hand has behind that of the transfer it stands in for.
BY_HAND_ENDING = "-hand"
NO_PROFILE = "Add a payment profile first: money is paid out to a verified one."


def is_money_real(settings: Settings) -> bool:
    """Tell whether what is paid out of this site is real money: a provider's key is a live one, not one for tests."""
    return any("_live_" in key[:8] for key in (settings.stripe_secret_key, settings.paystack_secret_key))


def why_no_payment_to(
    profile: PaymentProfile, currency: str, now: datetime, *, site_currency: str
) -> str | None:
    """Return the reason, for its owner, against paying money of a currency to an account now, or None.

    `site_currency` is that of accounts whose currency is not known (rules/payment_accounts.currency_of).
    """
    own = currency_of(profile, site_currency)
    if own != currency:
        return f"This account is paid in {own} only. {account_needed(currency)}"
    if profile.status is not ProfileStatus.VERIFIED:
        return "Money is paid out to verified payment profiles only. This one is not yet."
    if frozen_until := end_of_freeze(profile, now):
        return f"This account is new or was changed. It can be paid to from {moment_text(frozen_until)}."
    return None


def account_for(
    profiles: Sequence[PaymentProfile], currency: str, now: datetime, *, site_currency: str
) -> PaymentProfile | None:
    """Return the account among an organizer's that money of a currency goes to if nothing else is said, or None.

    It is the default one, or where that is of another currency the oldest in this one, rather one that can be paid to now.
    """
    default = next((profile for profile in profiles if profile.is_default), None)
    fitting = [profile for profile in profiles if currency_of(profile, site_currency) == currency]
    if default is None or default in fitting:
        return default

    def place(profile: PaymentProfile) -> tuple[bool, int]:
        waits = why_no_payment_to(profile, currency, now, site_currency=site_currency) is not None
        return waits, profile.id

    return min(fitting, key=place, default=None)


def why_nowhere_to_pay(profiles: Sequence[PaymentProfile], currency: str) -> str:
    """Return the reason, for the owner of these accounts, why there is none that money of a currency can go to."""
    return f"Add an account for {currency} first. {account_needed(currency)}" if profiles else NO_PROFILE


def why_not_paid_automatically(
    profiles: Sequence[PaymentProfile], currency: str, now: datetime, *, site_currency: str
) -> str | None:
    """Return the reason, for the owner of these accounts, why money of a currency is not paid out by itself, or None."""
    profile = account_for(profiles, currency, now, site_currency=site_currency)
    if profile is None:
        return why_nowhere_to_pay(profiles, currency)
    return why_no_payment_to(profile, currency, now, site_currency=site_currency)


def is_sent_by_provider(payout: Payout) -> bool:
    """Tell whether a provider sends this payout, and not people."""
    return payout.method != BY_HAND


def may_be_cancelled(payout: Payout) -> bool:
    """Tell whether its organizer can take a payout back: as long as nothing was sent."""
    return payout.state is PayoutState.REQUESTED


def why_not_to_be_paid(payout: Payout, uncovered: Money, now: datetime, *, site_currency: str) -> str | None:
    """Return the first reason, for the people who pay, against paying a withdrawal now, or None.

    `uncovered` is what its organizer was paid or asked for beyond their sales (queries/balances.find_uncovered), in the
    currency of the payout; `site_currency` as for `why_no_payment_to`.
    """
    profile, organizer = payout.payment_profile, payout.organizer
    if organizer.deleted_at is not None:
        return "the organizer's account was deleted"
    if not organizer.is_active:
        return "the organizer's account is switched off"
    if profile is None or profile.deleted_at is not None:
        return "there is no payment profile any more"
    own = currency_of(profile, site_currency)
    if own != uncovered.currency:
        return f"the payment profile is paid in {own} only, and this is {uncovered.currency}"
    if profile.status is not ProfileStatus.VERIFIED:
        return f"the payment profile is not verified ({profile.status.value})"
    if frozen_until := end_of_freeze(profile, now):
        return f"the payment profile was changed and is frozen until {moment_text(frozen_until)}"
    if uncovered.minor > 0:
        return f"{uncovered.currency} {uncovered.as_text()} of what was asked for went back to buyers"
    return None
