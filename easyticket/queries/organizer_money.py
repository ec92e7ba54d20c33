"""All that the first page of an organizer's money shows besides their payouts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from easyticket.core.money import Money
from easyticket.models import PaymentProfile, SellerProfile
from easyticket.queries.balances import Balance, find_next_available_at, get_least_payout, list_balances
from easyticket.queries.payment_profiles import are_accounts_checked_by_people, list_payment_profiles
from easyticket.queries.receipts import find_seller
from easyticket.rules.payouts import why_not_paid_automatically
from easyticket.rules.permissions import Actor, Permission, require


@dataclass(frozen=True, slots=True)
class OwnCurrency:
    """A balance, the least that can be paid out of it, and when the next of what waits is free (UTC)."""

    balance: Balance
    least: Money
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class MoneyReport:
    """What an organizer has, where it can go, and what they chose. `why_not_automatic` is None where nothing stands in the
    way of automatic payouts, or none are wanted."""

    currencies: Sequence[OwnCurrency]
    profiles: Sequence[PaymentProfile]
    seller: SellerProfile | None
    are_checked_by_people: bool
    why_not_automatic: str | None


def get_money_report(actor: Actor, now: datetime) -> MoneyReport:
    """Return what the actor has of every currency, their accounts and choices.

    :raises Forbidden: the actor is no organizer.
    """
    require(actor, Permission.SEE_MONEY)
    organizer_id, profiles, seller = actor.user_id or 0, list_payment_profiles(actor), find_seller(actor)
    default = next((profile for profile in profiles if profile.is_default), None)
    is_automatic = seller is not None and seller.is_paid_automatically
    return MoneyReport(
        currencies=[
            OwnCurrency(
                balance=balance,
                least=get_least_payout(balance.currency),
                next_at=find_next_available_at(organizer_id, balance.currency, now),
            )
            for balance in list_balances(organizer_id, now)
        ],
        profiles=profiles,
        seller=seller,
        are_checked_by_people=are_accounts_checked_by_people(),
        why_not_automatic=why_not_paid_automatically(default, now) if is_automatic else None,
    )
