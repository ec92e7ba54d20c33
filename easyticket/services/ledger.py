"""Postings to the ledger: each a balanced set of entries with a key that makes it happen once. Amounts are minor units.

Debit is positive, credit negative. An order's `clearing` account holds what was paid and not yet turned into tickets or
a refund; it is zero when the order is finished.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from easyticket.db import db, transactional
from easyticket.models import LedgerEntry, LedgerPosting, Order, Payment, Refund
from easyticket.rules.pricing import fee_within

PROVIDER_CASH = "provider_cash"
CLEARING = "clearing"
ORGANIZER_PAYABLE = "organizer_payable"
FEE_REVENUE = "fee_revenue"
REFUND_DUE = "refund_due"


@dataclass(frozen=True, slots=True)
class Side:
    """One entry to be: an account and a signed amount in minor units."""

    account: str
    amount_minor: int


@transactional
def post_capture(payment: Payment, now: datetime) -> None:
    """Money of a payment arrived: it is at the provider and waits in the order's clearing account."""
    amount = payment.captured_minor or 0
    _post(
        "capture",
        f"capture:{payment.id}",
        payment.order,
        [Side(PROVIDER_CASH, amount), Side(CLEARING, -amount)],
        now,
    )


@transactional
def post_fulfilment(order: Order, now: datetime) -> None:
    """Tickets were issued: what was paid becomes the organizer's share and the platform's fee."""
    share = order.total_minor - order.platform_fee_minor
    sides = [
        Side(CLEARING, order.total_minor),
        Side(ORGANIZER_PAYABLE, -share),
        Side(FEE_REVENUE, -order.platform_fee_minor),
    ]
    _post("fulfilment", f"fulfilment:{order.id}", order, sides, now)


@transactional
def post_refund_requested(refund: Refund, now: datetime, *, fulfilled: bool) -> None:
    """Money is owed to the buyer: out of organizer's share and fee in proportion, or out of clearing if never fulfilled.

    The caller holds the order's lock: the split depends on what was returned before.
    """
    if fulfilled:
        fee, share = refund_split(refund.order, refund.amount_minor)
        taken = [Side(ORGANIZER_PAYABLE, share), Side(FEE_REVENUE, fee)]
    else:
        taken = [Side(CLEARING, refund.amount_minor)]
    sides = [*taken, Side(REFUND_DUE, -refund.amount_minor)]
    _post("refund_requested", f"refund-requested:{refund.id}", refund.order, sides, now)


@transactional
def post_refund_paid(refund: Refund, now: datetime) -> None:
    """The provider returned the money."""
    sides = [Side(REFUND_DUE, refund.amount_minor), Side(PROVIDER_CASH, -refund.amount_minor)]
    _post("refund_paid", f"refund-paid:{refund.id}", refund.order, sides, now)


def refund_split(order: Order, amount_minor: int) -> tuple[int, int]:
    """Return how much of the next refund comes from the platform's fee and how much from the organizer's share.

    It brings the fee to its part of all that is left then, so roundings do not add up: however an order is returned,
    nothing stays in either account once all of it is.
    """
    fee_left = -_balance(order, FEE_REVENUE)
    left_after = fee_left - _balance(order, ORGANIZER_PAYABLE) - amount_minor
    returned = fee_within(order.total_minor - left_after, order.platform_fee_minor, order.total_minor)
    fee = fee_left - (order.platform_fee_minor - returned)
    return fee, amount_minor - fee


def _balance(order: Order, account: str) -> int:
    entries = sa.select(sa.func.sum(LedgerEntry.amount_minor)).where(
        LedgerEntry.order_id == order.id, LedgerEntry.account == account
    )
    return int(db.session.scalar(entries) or 0)


def _post(kind: str, key: str, order: Order, sides: Sequence[Side], now: datetime) -> None:
    if sum(side.amount_minor for side in sides) != 0:
        raise RuntimeError(f"the posting {key} does not balance")
    posting = LedgerPosting(kind=kind, key=key, order_id=order.id, posted_at=now)
    posting.entries = [
        LedgerEntry(
            account=side.account,
            order_id=order.id,
            event_id=order.event_id,
            organizer_id=order.event.organizer_id if side.account == ORGANIZER_PAYABLE else None,
            amount_minor=side.amount_minor,
            currency=order.currency,
        )
        for side in sides
        if side.amount_minor
    ]
    db.session.add(posting)
    db.session.flush()
