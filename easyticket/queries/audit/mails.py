"""I9: whoever paid, got money back or lost an event has a mail on its way, and a receipt."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from easyticket.models import (
    Order,
    OutboxJob,
    Payment,
    PaymentState,
    Receipt,
    Refund,
    RefundState,
    SalesChannel,
)
from easyticket.queries.audit.finding import Rows, Scope, rows_of
from easyticket.queries.earnings import IS_PAID
from easyticket.queue import DONE_KEPT_FOR

# How long the paper may take: its job draws it when the money has arrived, or has been returned.
PAPER_AGE = timedelta(minutes=10)


def ask_mails(scope: Scope) -> Iterator[Rows]:
    """Each paid order, returned refund and order of a cancelled event has its mail; payments and refunds their paper."""
    here = scope.has(Order.event_id)
    # At the door people show no address if they have none at hand: they see their tickets there.
    has_reader = sa.or_(Order.channel != SalesChannel.DESK, Order.buyer_email != "")
    yield _without_job("mail to the buyer of order", Order.number, "order-confirmed:", Order.id).where(
        here, IS_PAID, has_reader, Order.confirmed_at > scope.before(DONE_KEPT_FOR)
    )
    yield (
        _without_job("mail about refund", Refund.id, "order-refunded:", Refund.id)
        .join(Order, Order.id == Refund.order_id)
        .where(here, Refund.state == RefundState.SUCCEEDED)
        .where(Refund.succeeded_at > scope.before(DONE_KEPT_FOR))
    )
    yield from _without_paper(scope)


def _without_job(what: str, name: Any, prefix: str, row_id: Any) -> Rows:
    """Begin a SELECT of rows that no outbox job has the key of. What happened before DONE_KEPT_FOR has none any more."""
    key = sa.literal(prefix).concat(sa.cast(row_id, sa.Text))
    return (
        rows_of(what, name, "a job", "none")
        .outerjoin(OutboxJob, OutboxJob.key == key)
        .where(OutboxJob.id.is_(None))
    )


def _without_paper(scope: Scope) -> Iterator[Rows]:
    here, latest = scope.has(Order.event_id), scope.before(PAPER_AGE)
    of_order = sa.and_(Receipt.order_id == Order.id, Receipt.refund_id.is_(None))
    yield (
        rows_of("receipt of order", Order.number, "one", "none")
        .outerjoin(Receipt, of_order)
        .where(here, IS_PAID, Order.total_minor > 0, Order.confirmed_at < latest, Receipt.id.is_(None))
    )
    yield (
        rows_of("credit note of refund", Refund.id, "one", "none")
        .join(Order, Order.id == Refund.order_id)
        .join(Payment, Payment.id == Refund.payment_id)
        .outerjoin(Receipt, Receipt.refund_id == Refund.id)
        .where(here, Refund.state == RefundState.SUCCEEDED, Payment.state == PaymentState.PAID)
        .where(Refund.succeeded_at < latest, Receipt.id.is_(None))
    )
