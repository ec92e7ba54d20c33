"""All that the first page of an organizer's money shows besides their payouts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from easyticket.core.money import Money
from easyticket.models import PaymentProfile, SellerProfile
from easyticket.queries.balances import Balance, find_next_available_at, get_least_payout, list_balances
from easyticket.queries.payment_profiles import (
    are_accounts_checked_by_people,
    get_site_currency,
    list_payment_profiles,
)
from easyticket.queries.receipts import find_seller
from easyticket.rules.payment_accounts import currency_of
from easyticket.rules.payouts import account_for, why_no_payment_to, why_not_paid_automatically
from easyticket.rules.permissions import Actor, Permission, require


@dataclass(frozen=True, slots=True)
class OwnCurrency:
    """A balance, the least that can be paid out of it, when the next of what waits is free (UTC), and whether there is an
    account of this currency, be it one that cannot be paid to yet."""

    balance: Balance
    least: Money
    next_at: datetime | None
    has_account: bool


@dataclass(frozen=True, slots=True)
class MoneyReport:
    """What an organizer has, where it can go, and what they chose. `why_not_automatic` is None where nothing stands in the
    way of automatic payouts to the default account, or none are wanted; `site_currency` is that of accounts nobody said
    one of."""

    currencies: Sequence[OwnCurrency]
    profiles: Sequence[PaymentProfile]
    seller: SellerProfile | None
    are_checked_by_people: bool
    why_not_automatic: str | None
    site_currency: str


@dataclass(frozen=True, slots=True)
class PayoutChoice:
    """Where money of a currency can go: accounts that can be paid to now, the one it goes to if nothing else is said first;
    and those of this currency that cannot, each with the reason."""

    payable: Sequence[PaymentProfile]
    waiting: Sequence[tuple[PaymentProfile, str]]


def get_payout_choice(actor: Actor, currency: str, now: datetime) -> PayoutChoice:
    """Return which of the actor's accounts money of a currency can go to."""
    site_currency, profiles = get_site_currency(), list_payment_profiles(actor)
    usual = account_for(profiles, currency, now, site_currency=site_currency)
    reasons = [
        (profile, why_no_payment_to(profile, currency, now, site_currency=site_currency))
        for profile in profiles
        if currency_of(profile, site_currency) == currency
    ]
    payable = [profile for profile, reason in reasons if reason is None]
    return PayoutChoice(
        payable=sorted(payable, key=lambda profile: profile is not usual),
        waiting=[(profile, reason) for profile, reason in reasons if reason is not None],
    )


def get_money_report(actor: Actor, now: datetime) -> MoneyReport:
    """Return what the actor has of every currency, their accounts and choices.

    :raises Forbidden: the actor is no organizer.
    """
    require(actor, Permission.SEE_MONEY)
    organizer_id, profiles, seller = actor.user_id or 0, list_payment_profiles(actor), find_seller(actor)
    site_currency = get_site_currency()
    default = next((profile for profile in profiles if profile.is_default), None)
    of_default = currency_of(default, site_currency) if default else site_currency
    currencies = {currency_of(profile, site_currency) for profile in profiles}
    is_automatic = seller is not None and seller.is_paid_automatically
    return MoneyReport(
        currencies=[
            OwnCurrency(
                balance=balance,
                least=get_least_payout(balance.currency),
                next_at=find_next_available_at(organizer_id, balance.currency, now),
                has_account=balance.currency in currencies,
            )
            for balance in list_balances(organizer_id, now)
        ],
        profiles=profiles,
        seller=seller,
        are_checked_by_people=are_accounts_checked_by_people(),
        why_not_automatic=(
            why_not_paid_automatically(profiles, of_default, now, site_currency=site_currency)
            if is_automatic
            else None
        ),
        site_currency=site_currency,
    )
