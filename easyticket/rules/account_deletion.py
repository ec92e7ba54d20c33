"""Whether an account can be deleted now: not while somebody waits for what it promised, or it for what it was promised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from easyticket.core.money import Money

CONFIRMATION = "DELETE MY ACCOUNT"


@dataclass(frozen=True, slots=True)
class AccountTies:
    """What still holds an account: its public events that are not over, its tickets that still admit, purchases that are
    under way, and what it is owed, by currency."""

    upcoming_events: int
    valid_tickets: int
    open_orders: int
    owed: Sequence[Money]


def why_not_deletable(ties: AccountTies) -> str | None:
    """Return the first reason against deleting the account and what to do about it, or None."""
    if ties.upcoming_events:
        return "You have events that are not over. Cancel them, or wait until they are over."
    if ties.valid_tickets:
        return "You have tickets for events that are still to come. Have them refunded, or wait until the events are over."
    if ties.open_orders:
        return "You have a purchase that is not finished. Finish or cancel it first."
    if ties.owed:
        amounts = " and ".join(f"{money.currency} {money.as_text()}" for money in ties.owed)
        return f"You are still owed {amounts}. Have it paid out first, or write to us."
    return None
