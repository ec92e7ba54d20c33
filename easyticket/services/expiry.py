"""Holds that ran out: orders end, places go back on sale, and money that was already on its way is not lost."""

from __future__ import annotations

import logging
from datetime import datetime

import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import ProviderDown
from easyticket.db import db, transactional
from easyticket.models import Order, OrderStatus, Payment
from easyticket.models.payment import OPEN_STATES
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.services import inventory, payments
from easyticket.services.order_lock import lock_order
from easyticket.services.settlement import UNPAID, abandon_attempts

log = logging.getLogger(__name__)


def expire_orders(now: datetime | None = None, event_id: int | None = None) -> int:
    """End every order whose hold has run out and that no provider took money for; return how many ended.

    The provider is asked to close an open payment first: money that was already paid settles the order instead.
    """
    now = now or clock.now()
    query = (
        sa.select(Order.id)
        .where(Order.status.in_(UNPAID), Order.expires_at <= now)
        .order_by(Order.id)
        .limit(200)
    )
    if event_id is not None:
        query = query.where(Order.event_id == event_id)
    order_ids = list(db.session.scalars(query))
    return sum(_expire(order_id, now) for order_id in order_ids)


def clean_up_orders(*, actor: Actor, now: datetime) -> int:
    """End all orders whose hold has run out, because an administrator asks; return how many ended."""
    require(actor, Permission.CLEAN_UP_ORDERS)
    count = 0
    while ended := expire_orders(now):
        count += ended
    return count


def _expire(order_id: int, now: datetime) -> bool:
    open_reference = db.session.scalar(
        sa.select(Payment.reference).where(Payment.order_id == order_id, Payment.state.in_(OPEN_STATES))
    )
    if open_reference is not None:
        try:
            payments.close_payment(open_reference, now)
        except ProviderDown:
            log.warning("order stays open until its provider answers", extra={"order_id": order_id})
            return False
    return _end_expired(order_id, now)


@transactional
def _end_expired(order_id: int, now: datetime) -> bool:
    order = lock_order(order_id)
    if order.status not in UNPAID or order.expires_at > now or payments.is_processing(order):
        return False
    order.status = OrderStatus.FAILED
    order.failed_at, order.failure_reason = now, "expired"
    if order.hold is not None:
        inventory.release_hold(order.hold, now)
    abandon_attempts(order)
    return True
