"""Receipts and credit notes of the demo's sales, written at once: its jobs are ended unrun, and the books must be whole."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from easyticket.db import db
from easyticket.models import Event, Order, Refund, RefundState
from easyticket.services.receipts import issue_credit_note, issue_receipt


def write_papers(event: Event, now: datetime) -> None:
    """Write what an event's paid orders and returned money have no paper for yet."""
    paid = sa.select(Order.id).where(
        Order.event_id == event.id, Order.total_minor > 0, Order.confirmed_at.is_not(None)
    )
    returned = (
        sa.select(Refund.id)
        .join(Refund.order)
        .where(Order.event_id == event.id, Refund.state == RefundState.SUCCEEDED)
    )
    for order_id in db.session.scalars(paid.order_by(Order.id)).all():
        issue_receipt(order_id, now)
    for refund_id in db.session.scalars(returned.order_by(Refund.id)).all():
        issue_credit_note(refund_id, now)
