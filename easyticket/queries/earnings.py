"""What sales brought: sums of order lines and of the ledger, by whatever they are asked for, in one statement each.

Both count orders by the moment they were paid, refunded ones among them, so that their sums belong to the same sales.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from easyticket.core.money import Money
from easyticket.db import db
from easyticket.models import (
    Event,
    FeeBearer,
    LedgerAccount,
    LedgerEntry,
    LedgerPosting,
    Order,
    OrderLine,
    OrderStatus,
    PostingKind,
    SalesChannel,
)

# What an open dispute has frozen is the organizer's until it is lost.
SHARES = (LedgerAccount.ORGANIZER_PAYABLE, LedgerAccount.ORGANIZER_DISPUTED)
_FEE = LedgerAccount.FEE_REVENUE
# What an order line brought at its price less discounts, in minor units; what was returned later is in it.
GROSS = OrderLine.subtotal_minor - OrderLine.discount_minor
TICKETS = sa.func.sum(OrderLine.quantity)
# Those of them that gross has the price of; NULL where there are none.
PRICED_TICKETS = TICKETS.filter(Order.channel != SalesChannel.DESK)
IS_PAID = Order.status.in_((OrderStatus.CONFIRMED, OrderStatus.REFUNDED))
Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Revenue:
    """Money of some sales in minor units of one currency: `gross - refunds - (fees - fees_on_top) = net`.

    `gross` is tickets at their price less discounts, `refunds` what of that went back to buyers, `returned` all that
    went back with the service fee in it. `fees` is what the platform keeps after refunds, `fees_on_top` the part of it
    that buyers paid besides the price; the rest is the organizer's to bear. `net` is what the organizer gets.
    `priced_tickets` are those of the `tickets` that gross has the price of: for what was sold at the door it has nothing,
    whatever was taken there in cash.
    """

    currency: str
    tickets: int = 0
    priced_tickets: int = 0
    gross_minor: int = 0
    fees_minor: int = 0
    fees_on_top_minor: int = 0
    refunds_minor: int = 0
    returned_minor: int = 0
    net_minor: int = 0

    def __add__(self, other: Revenue) -> Revenue:
        if self.currency != other.currency:
            raise ValueError("amounts of different currencies are never added")
        names = [name for name in self.__slots__ if name != "currency"]
        sums = {name: getattr(self, name) + getattr(other, name) for name in names}
        return Revenue(self.currency, **sums)

    @property
    def average_price(self) -> Money:
        """What one ticket was sold for in the mean, rounded half up; nothing where none was. Not at the door."""
        count = self.priced_tickets
        return self.money((2 * self.gross_minor + count) // (2 * count) if count else 0)

    def money(self, minor: int) -> Money:
        """Return an amount in this revenue's currency."""
        return Money(minor, self.currency)


@dataclass(slots=True)
class RevenueBy:
    """Revenues by a key of one's own, each in one currency."""

    rows: dict[tuple[Any, ...], Revenue] = field(default_factory=dict)

    def add(self, key: tuple[Any, ...], revenue: Revenue) -> None:
        """Add a revenue to what is there of its key and currency."""
        whole = (*key, revenue.currency)
        self.rows[whole] = self.rows[whole] + revenue if whole in self.rows else revenue

    def of(self, *key: Any, currency: str) -> Revenue:
        """Return the revenue of one key in one currency, nothing where there was none."""
        return self.rows.get((*key, currency), Revenue(currency))


def load_revenue(condition: Condition, groups: Sequence[sa.Label[Any]] = ()) -> RevenueBy:
    """Return the revenue of the paid orders that meet `condition`, by the labels of `groups`, in two statements.

    `condition` and `groups` may speak of the order and its event.
    """
    found = load_sold(condition, groups)
    for (*key, _), revenue in load_posted(condition, groups).rows.items():
        found.add(tuple(key), revenue)
    return found


def load_sold(condition: Condition, groups: Sequence[sa.Label[Any]] = ()) -> RevenueBy:
    """Return the half of `load_revenue` that order lines know: tickets and gross, in one statement."""
    found = RevenueBy()
    for *key, currency, tickets, priced, gross in db.session.execute(_sold(condition, groups)):
        sold = Revenue(
            currency, tickets=int(tickets), priced_tickets=int(priced or 0), gross_minor=int(gross)
        )
        found.add(tuple(key), sold)
    return found


def load_posted(condition: Condition, groups: Sequence[sa.Label[Any]] = ()) -> RevenueBy:
    """Return the half of `load_revenue` that the ledger knows: fees, refunds and net, in one statement."""
    found = RevenueBy()
    for *key, currency, bearer, net, fees, share_back, fee_back in db.session.execute(
        _posted(condition, groups)
    ):
        is_on_top = bearer is FeeBearer.BUYER
        revenue = Revenue(
            currency,
            fees_minor=int(fees or 0),
            fees_on_top_minor=int(fees or 0) if is_on_top else 0,
            refunds_minor=int(share_back or 0) + (0 if is_on_top else int(fee_back or 0)),
            returned_minor=int(share_back or 0) + int(fee_back or 0),
            net_minor=int(net or 0),
        )
        found.add(tuple(key), revenue)
    return found


def _sold(condition: Condition, groups: Sequence[sa.Label[Any]]) -> sa.Select[Any]:
    return (
        sa.select(*groups, Order.currency, TICKETS, PRICED_TICKETS, sa.func.sum(GROSS))
        .select_from(OrderLine)
        .join(OrderLine.order)
        .join(Order.event)
        .where(IS_PAID, condition)
        .group_by(*_names(groups), Order.currency)
    )


def _posted(condition: Condition, groups: Sequence[sa.Label[Any]]) -> sa.Select[Any]:
    amount = sa.func.sum(LedgerEntry.amount_minor)
    is_share, is_fee = LedgerEntry.account.in_(SHARES), LedgerEntry.account == _FEE
    # What came with the sale went back by whatever was posted after it, less what of that was taken back.
    went_back = LedgerPosting.kind != PostingKind.FULFILMENT
    return (
        sa.select(
            *groups,
            Order.currency,
            Order.fee_bearer,
            -amount.filter(is_share),
            -amount.filter(is_fee),
            amount.filter(is_share, went_back),
            amount.filter(is_fee, went_back),
        )
        .select_from(LedgerEntry)
        .join(LedgerEntry.posting)
        .join(Order, Order.id == LedgerEntry.order_id)
        .join(Event, Event.id == Order.event_id)
        .where(IS_PAID, LedgerEntry.account.in_((*SHARES, _FEE)), condition)
        .group_by(*_names(groups), Order.currency, Order.fee_bearer)
    )


def _names(groups: Sequence[sa.Label[Any]]) -> list[sa.ColumnElement[Any]]:
    """Return the labels by name: written out again they would hold other parameters, which is another expression."""
    return [sa.literal_column(group.name) for group in groups]
