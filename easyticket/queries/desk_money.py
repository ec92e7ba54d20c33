"""The money cards of the desk: what was sold and what became of it, from the orders, the ledger and the receipts.

The three are written by different hands, so that their difference, which is shown, says whether the books are right.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from easyticket.db import db
from easyticket.models import (
    Event,
    LedgerAccount,
    LedgerEntry,
    LedgerPosting,
    Order,
    PostingKind,
    Receipt,
    ReceiptKind,
)
from easyticket.queries.balances import Balance, list_balances, was_really_paid
from easyticket.queries.desk_sales import AT_THE_DOOR, WAS_PAID
from easyticket.queries.desk_scope import DeskScope
from easyticket.queries.earnings import SHARES


@dataclass(frozen=True, slots=True)
class MoneyCard:
    """The money of some events in minor units of one currency.

    `orders` are those that were paid. `sold` is what buyers paid with all fees, `returned` what of that went back, `fees`
    what the platform keeps after that, and `earned` what is left for the organizer, of which `tax` is what their receipts
    name. `at_the_door` was paid to the organizer in cash and is no part of anything else. `balance` is there where the
    card is about all events.
    """

    currency: str
    orders: int = 0
    sold_minor: int = 0
    at_the_door_minor: int = 0
    returned_minor: int = 0
    fees_minor: int = 0
    earned_minor: int = 0
    tax_minor: int = 0
    balance: Balance | None = None

    @property
    def difference_minor(self) -> int:
        """What orders and ledger disagree about: 0 where the books are right."""
        left = self.sold_minor - self.returned_minor - self.fees_minor
        if (balance := self.balance) is None:
            return left - self.earned_minor
        there = balance.available_minor + balance.pending_minor + balance.on_hold_minor
        return left - balance.fees_minor - there - balance.paid_out_minor


def load_money_cards(scope: DeskScope, now: datetime) -> list[MoneyCard]:
    """Return the cards of a scope by currency, the one with most paid orders first; none where nothing was sold or is owed.

    The statements are the same however many orders there are.
    """
    cards: dict[str, MoneyCard] = {}
    for sums in (_of_orders(scope), _of_ledger(scope), _of_receipts(scope)):
        for currency, values in sums.items():
            cards[currency] = replace(cards.get(currency, MoneyCard(currency)), **values)
    if scope.event is None:
        for balance in list_balances(scope.organizer_id, now):
            card = cards.get(balance.currency, MoneyCard(balance.currency))
            cards[balance.currency] = replace(card, balance=balance)
    return sorted(cards.values(), key=lambda card: (-card.orders, card.currency))


def _of_orders(scope: DeskScope) -> dict[str, dict[str, Any]]:
    total = sa.func.sum(Order.total_minor)
    rows = db.session.execute(
        sa.select(
            Order.currency, sa.func.count(), total.filter(sa.not_(AT_THE_DOOR)), total.filter(AT_THE_DOOR)
        )
        .join(Order.event)
        .where(scope.is_in_it, WAS_PAID, Order.total_minor > 0, was_really_paid(Order.id))
        .group_by(Order.currency)
    )
    return {
        currency: {"orders": orders, "sold_minor": int(sold or 0), "at_the_door_minor": int(cash or 0)}
        for currency, orders, sold, cash in rows
    }


def _of_ledger(scope: DeskScope) -> dict[str, dict[str, Any]]:
    amount = sa.func.sum(LedgerEntry.amount_minor)
    is_fee = LedgerEntry.account == LedgerAccount.FEE_REVENUE
    # What came with the sale went back by whatever was posted after it, less what of that was taken back.
    went_back = LedgerPosting.kind != PostingKind.FULFILMENT
    rows = db.session.execute(
        sa.select(
            LedgerEntry.currency,
            amount.filter(sa.not_(is_fee)),
            amount.filter(is_fee),
            amount.filter(went_back),
        )
        .join(LedgerEntry.posting)
        .join(Order, Order.id == LedgerEntry.order_id)
        .join(Event, Event.id == Order.event_id)
        .where(scope.is_in_it, LedgerEntry.account.in_((*SHARES, LedgerAccount.FEE_REVENUE)))
        .where(was_really_paid(Order.id))
        .group_by(LedgerEntry.currency)
    )
    # What is owed to somebody is a credit, and credits are negative.
    return {
        currency: {
            "earned_minor": -int(share or 0),
            "fees_minor": -int(fee or 0),
            "returned_minor": int(back or 0),
        }
        for currency, share, fee, back in rows
    }


def _of_receipts(scope: DeskScope) -> dict[str, dict[str, Any]]:
    is_credit = Receipt.kind == ReceiptKind.CREDIT_NOTE
    tax = sa.func.sum(sa.case((is_credit, -Receipt.tax_minor), else_=Receipt.tax_minor))
    rows = db.session.execute(
        sa.select(Receipt.currency, tax)
        .join(Receipt.order)
        .join(Order.event)
        .where(scope.is_in_it, Receipt.tax_minor != 0, was_really_paid(Order.id))
        .group_by(Receipt.currency)
    )
    return {currency: {"tax_minor": int(minor)} for currency, minor in rows}
