"""Whether an account can be deleted now: not while somebody waits for what it promised, or it for what it was promised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from easyticket.core.money import Money

CONFIRMATION = "DELETE MY ACCOUNT"


@dataclass(frozen=True, slots=True)
class AccountTies:
    """What still holds an account: its public events that are not over, its tickets that still admit, purchases that are
    under way, money it asked for that is not paid yet, what it is owed, and what it was paid and owes, by currency."""

    upcoming_events: int
    valid_tickets: int
    open_orders: int
    open_withdrawals: int
    owed: Sequence[Money]
    # More was paid out than its sales came to after refunds; what checks of its accounts cost is no part of it.
    owes: Sequence[Money]


def why_not_deletable(ties: AccountTies) -> str | None:
    """Return the first reason against deleting the account and what to do about it, or None."""
    if ties.upcoming_events:
        return "You have events that are not over. Cancel them, or wait until they are over."
    if ties.valid_tickets:
        return (
            "You have tickets for events that are still to come. "
            "Send them on, have them refunded, or wait until the events are over."
        )
    if ties.open_orders:
        return "You have a purchase that is not finished. Finish or cancel it first."
    if ties.open_withdrawals:
        return "You have a withdrawal that is not paid yet. Cancel it, or wait until it has arrived."
    if ties.owed:
        return f"You are still owed {_listed(ties.owed)}. Have it paid out first, or write to us."
    if ties.owes:
        return f"You owe us {_listed(ties.owes)}: buyers got money back that was paid out to you. Write to us first."
    return None


def _listed(amounts: Sequence[Money]) -> str:
    return " and ".join(f"{money.currency} {money.as_text()}" for money in amounts)
