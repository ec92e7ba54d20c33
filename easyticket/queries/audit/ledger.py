"""I5 and the half of I10 that is money: every posting adds up to zero, and the accounts are what the rows say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from easyticket.integrations.providers import DisputeState
from easyticket.models import (
    Dispute,
    LedgerAccount,
    LedgerEntry,
    LedgerPosting,
    Order,
    Payment,
    Refund,
    RefundState,
    SalesChannel,
)
from easyticket.models.order import UNPAID
from easyticket.models.payment import BOOKED_STATES, TAKEN_BACK, UNDECIDED_REFUNDS
from easyticket.queries.audit.finding import Expression, Rows, Scope, amount_of, rows_of

# Quarantined money is in no books until somebody decides to return it: then it is surplus.
_IS_BOOKED = Payment.state.in_(BOOKED_STATES)
_LEFT_US = sa.and_(Dispute.opened_at.is_not(None), Dispute.state.in_(TAKEN_BACK))


def ask_ledger(scope: Scope) -> Iterator[Rows]:
    """Postings add up to zero in each currency; the accounts of every order are what its rows say; fees are their share."""
    total = sa.func.sum(LedgerEntry.amount_minor)
    yield (
        rows_of("posting", LedgerPosting.key, 0, total)
        .join(LedgerEntry, LedgerEntry.posting_id == LedgerPosting.id)
        .where(scope.has(LedgerEntry.event_id))
        .group_by(LedgerPosting.id, LedgerPosting.key, LedgerEntry.currency)
        .having(total != 0)
    )
    for account, rows in _expected().items():
        yield _account_of_orders(scope, account, rows)
    yield _fees(scope)
    yield _cash(scope)


def ask_clearing(scope: Scope) -> Rows:
    """Nothing waits to be turned into tickets or a refund once an order is finished."""
    waiting = _accounts((LedgerAccount.CLEARING,))
    return (
        rows_of("money without use of order", Order.number, 0, -waiting.c.amount)
        .join(waiting, waiting.c.order_id == Order.id)
        .where(scope.has(Order.event_id), Order.status.not_in(UNPAID), waiting.c.amount != 0)
    )


def _expected() -> dict[LedgerAccount, sa.Subquery]:
    """What the rows say should be on the accounts of each order, debit positive."""
    captured = sa.select(Payment.order_id, Payment.captured_minor.label("minor")).where(_IS_BOOKED)
    kept = sa.select(Payment.order_id, Payment.provider_fee_minor.label("minor")).where(_IS_BOOKED)
    returned = _of(Refund).where(Refund.state == RefundState.SUCCEEDED)
    taken = _of(Dispute).where(_LEFT_US)
    held = _of(Dispute, sign=1).where(_LEFT_US, Dispute.state == DisputeState.OPEN)
    less_kept = sa.select(Payment.order_id, (-Payment.provider_fee_minor).label("minor")).where(_IS_BOOKED)
    return {
        LedgerAccount.PROVIDER_CASH: _summed(captured, less_kept, returned, taken),
        LedgerAccount.FEE_EXPENSE: _summed(kept),
        LedgerAccount.REFUND_DUE: _summed(_of(Refund).where(Refund.state.in_(UNDECIDED_REFUNDS))),
        LedgerAccount.DISPUTE_HOLD: _summed(held),
    }


def _account_of_orders(scope: Scope, account: LedgerAccount, rows: sa.Subquery) -> Rows:
    posted = _accounts((account,))
    expected, found = amount_of(rows.c.amount), amount_of(posted.c.amount)
    return (
        rows_of(f"{account.value} of order", Order.number, expected, found)
        .outerjoin(rows, rows.c.order_id == Order.id)
        .outerjoin(posted, posted.c.order_id == Order.id)
        .where(scope.has(Order.event_id), expected != found)
    )


def _fees(scope: Scope) -> Rows:
    """What the platform keeps of an order is its fee's part of what is left of it, rounded to the nearest.

    Numbers without bounds: an amount times an amount is more than eight bytes hold.
    """
    shares = (LedgerAccount.ORGANIZER_PAYABLE, LedgerAccount.ORGANIZER_DISPUTED)
    split = (
        sa.select(
            LedgerEntry.order_id,
            (-sa.func.sum(LedgerEntry.amount_minor)).label("left"),
            amount_of(-sa.func.sum(LedgerEntry.amount_minor).filter(_is(LedgerAccount.FEE_REVENUE))).label(
                "fee"
            ),
        )
        .where(
            LedgerEntry.account.in_((*shares, LedgerAccount.FEE_REVENUE)), LedgerEntry.order_id.is_not(None)
        )
        .group_by(LedgerEntry.order_id)
        .subquery()
    )
    returned = sa.cast(Order.total_minor - split.c.left, sa.Numeric)
    fee_returned = sa.cast(Order.platform_fee_minor - split.c.fee, sa.Numeric)
    off = fee_returned * Order.total_minor - returned * Order.platform_fee_minor
    return (
        rows_of("fee of order", Order.number, Order.platform_fee_minor, split.c.fee)
        .join(split, split.c.order_id == Order.id)
        .where(scope.has(Order.event_id), sa.func.abs(off) * 2 > Order.total_minor)
    )


def _cash(scope: Scope) -> Rows:
    """What an organizer took in cash at the door is their own: nothing of such an order is in our books."""
    is_ours = sa.or_(
        Order.total_minor != 0,
        Order.platform_fee_minor != 0,
        Order.channel != SalesChannel.DESK,
        sa.exists().where(LedgerEntry.order_id == Order.id),
    )
    return rows_of("cash of order", Order.number, "in no books of ours", Order.cash_minor).where(
        scope.has(Order.event_id), Order.cash_minor != 0, is_ours
    )


def _of(rows: type[Refund] | type[Dispute], *, sign: int = -1) -> sa.Select[int, Any]:
    return sa.select(rows.order_id, (sign * rows.amount_minor).label("minor"))


def _summed(*moves: sa.Select[int, Any]) -> sa.Subquery:
    every = sa.union_all(*moves).subquery()
    return (
        sa.select(every.c.order_id, sa.func.sum(every.c.minor).label("amount"))
        .group_by(every.c.order_id)
        .subquery()
    )


def _accounts(accounts: tuple[LedgerAccount, ...]) -> sa.Subquery:
    return (
        sa.select(LedgerEntry.order_id, sa.func.sum(LedgerEntry.amount_minor).label("amount"))
        .where(LedgerEntry.account.in_(accounts), LedgerEntry.order_id.is_not(None))
        .group_by(LedgerEntry.order_id)
        .subquery()
    )


def _is(account: LedgerAccount) -> Expression:
    return LedgerEntry.account == account
