"""What follows when an event is called off: every order ends, paid ones get their money back, and each buyer is told."""

from __future__ import annotations

import logging

import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import AppError, Conflict
from easyticket.db import db, transactional
from easyticket.models import Event, EventStatus, Order, OrderStatus
from easyticket.queue import JobName, enqueue
from easyticket.rules.permissions import SYSTEM
from easyticket.services import orders, refunds, tickets
from easyticket.services.order_lock import lock_order

log = logging.getLogger(__name__)

_REASON = "The event was cancelled"


def unwind_event(event_id: int) -> int:
    """End all orders of a cancelled event, each in a transaction of its own, and return how many were ended (job).

    An order that is done is marked by `cancelled_at`, so a run that was killed goes on where it stopped. One that
    cannot be ended keeps no other buyer waiting.

    :raises Conflict: some orders could not be ended; the job comes again for them.
    """
    count, stuck, last_id = 0, 0, 0
    while (order_id := _next_order_id(event_id, last_id)) is not None:
        last_id = order_id
        try:
            _end_order(order_id)
            count += 1
        except AppError as error:
            log.error("an order of a cancelled event could not be ended: %s", error.message)
            stuck += 1
    if stuck:
        raise Conflict(f"{stuck} orders of a cancelled event could not be ended.")
    return count


def _next_order_id(event_id: int, after: int) -> int | None:
    open_orders = Order.status.in_([OrderStatus.PENDING, OrderStatus.PROCESSING])
    paid_orders = sa.and_(Order.status == OrderStatus.CONFIRMED, Order.cancelled_at.is_(None))
    return db.session.scalar(
        sa.select(Order.id)
        .join(Event, Event.id == Order.event_id)
        .where(Event.id == event_id, Event.status == EventStatus.CANCELLED, Order.id > after)
        .where(sa.or_(open_orders, paid_orders))
        .order_by(Order.id)
        .limit(1)
    )


@transactional
def _end_order(order_id: int) -> None:
    now = clock.now()
    order = lock_order(order_id)
    if order.status is not OrderStatus.CONFIRMED:
        orders.cancel_order(actor=SYSTEM, order=order, reason=_REASON, now=now)
        return
    order.cancelled_at = now
    order.cancellation_reason = _REASON
    tickets.cancel_tickets(order.tickets, now, restock=False)
    if order.total_minor == 0:
        order.status = OrderStatus.CANCELLED
    elif refunds.refundable_minor(order) > 0:
        refunds.request_refund(
            actor=SYSTEM, order=order, reason=_REASON, source="event_cancelled", restock=False, now=now
        )
    enqueue(JobName.MAIL_EVENT_CANCELLED, {"order_id": order_id}, key=f"event-cancelled:{order_id}")
