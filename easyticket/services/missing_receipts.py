"""Receipts and credit notes that nobody wrote: of orders from before there were any, and where a job was lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from itertools import takewhile

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from easyticket.core import clock
from easyticket.db import db
from easyticket.models import Order, Payment, PaymentState, Receipt, Refund, RefundState
from easyticket.queries.audit.mails import PAPER_AGE
from easyticket.services.asking import each_by_itself
from easyticket.services.receipts import issue_credit_note, issue_receipt

# One run writes for so many seconds at most: other regular work waits meanwhile.
_SECONDS = 3
_BATCH = 100


def issue_missing_receipts(now: datetime | None = None) -> int:
    """Write what should have been written ten minutes ago, the oldest first, and return how many papers (regularly)."""
    latest = (now or clock.now()) - PAPER_AGE
    until = time.monotonic() + _SECONDS
    receipts = _write_all("the receipt of order", Order.id, _orders_without(latest), issue_receipt, until)
    notes = _write_all("the note of refund", Refund.id, _refunds_without(latest), issue_credit_note, until)
    return receipts + notes


def _write_all(
    what: str,
    row_id: InstrumentedAttribute[int],
    missing: sa.Select[int],
    write: Callable[[int], Receipt | None],
    until: float,
) -> int:
    count, batch = 0, [0]
    while batch and time.monotonic() < until:
        # Each is tried once in a run, so that what cannot be written comes in the way of nothing else.
        batch = list(db.session.scalars(missing.where(row_id > batch[-1]).limit(_BATCH)))
        db.session.rollback()
        in_time = takewhile(lambda _: time.monotonic() < until, batch)
        count += sum(paper is not None for paper in each_by_itself(what, in_time, write))
    return count


def _orders_without(latest: datetime) -> sa.Select[int]:
    """Paid orders without a receipt: by the payment, as the receipt asks for it (rules/receipts.py)."""
    is_paid = sa.exists().where(Payment.order_id == Order.id, Payment.state == PaymentState.PAID)
    has_one = sa.exists().where(Receipt.order_id == Order.id, Receipt.refund_id.is_(None))
    return (
        sa.select(Order.id)
        .where(Order.total_minor > 0, Order.confirmed_at < latest, is_paid, ~has_one)
        .order_by(Order.id)
    )


def _refunds_without(latest: datetime) -> sa.Select[int]:
    return (
        sa.select(Refund.id)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Refund.state == RefundState.SUCCEEDED, Refund.succeeded_at < latest)
        .where(Payment.state == PaymentState.PAID, ~sa.exists().where(Receipt.refund_id == Refund.id))
        .order_by(Refund.id)
    )
