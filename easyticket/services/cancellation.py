"""What follows when an event is called off: every order ends, paid ones get their money back, and buyers and holders are told."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import AppError, Conflict
from easyticket.db import db, transactional
from easyticket.integrations.providers import DisputeState
from easyticket.models import Dispute, Event, EventStatus, Order, OrderStatus, Refund, RefundState
from easyticket.models.order import UNPAID
from easyticket.queries.refunds import left_minor, was_won_since
from easyticket.queue import JobName, enqueue
from easyticket.rules.permissions import SYSTEM
from easyticket.rules.refund_amounts import refundable_minor
from easyticket.rules.refunds import RefundSource, is_disputed
from easyticket.services import orders, refunds, tickets
from easyticket.services.asking import each_by_itself, go_past
from easyticket.services.order_lock import lock_order
from easyticket.services.refund_again import return_won_money
from easyticket.services.refund_sending import SECOND_TRY

log = logging.getLogger(__name__)

_REASON = "The event was cancelled"
# A refund that failed is promised a second time by its job, a day later; then it is for somebody to find out why.
_MOST_TRIES = 2
_TIME_FOR_A_JOB = timedelta(hours=1)


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
        except Exception:  # what nobody foresaw about one order is no reason to keep the money of the others
            go_past("order", order_id)
            stuck += 1
    if stuck:
        raise Conflict(f"{stuck} orders of a cancelled event could not be ended.")
    return count


def return_owed_money(now: datetime | None = None) -> int:
    """Return money that nobody would ask for and that could not go back when it should, and how many promises that were.

    That of cancelled events, and payments that bought nothing: a bank had it in hand, or a refund of it came to nothing.
    Regularly, and once a dispute is won.
    """
    now = now or clock.now()
    order_ids = db.session.scalars(_owing_orders(now)).all()
    promised = sum(each_by_itself("the money of order", order_ids, partial(_return_money, now=now)))
    return promised + return_won_money()


def _next_order_id(event_id: int, after: int) -> int | None:
    open_orders = Order.status.in_(UNPAID)
    paid_orders = sa.and_(Order.status == OrderStatus.CONFIRMED, Order.cancelled_at.is_(None))
    return db.session.scalar(
        sa.select(Order.id)
        .join(Event, Event.id == Order.event_id)
        .where(Event.id == event_id, Event.status == EventStatus.CANCELLED, Order.id > after)
        .where(sa.or_(open_orders, paid_orders))
        .order_by(Order.id)
        .limit(1)
    )


def _owing_orders(now: datetime) -> sa.Select[int]:
    """Select ended orders of cancelled events with money left, undisputed ones, unless a refund of it failed for a reason
    of its own: that is tried a second time by its job, or here if that could not, and then somebody has to see to it."""
    of_event = sa.and_(Refund.order_id == Order.id, Refund.source == RefundSource.EVENT_CANCELLED.value)
    failed = sa.and_(of_event, Refund.state == RefundState.FAILED, sa.not_(was_won_since()))
    is_new = sa.exists().where(failed, Refund.failed_at > now - SECOND_TRY - _TIME_FOR_A_JOB)
    tries = sa.select(sa.func.count(Refund.id)).where(failed).correlate(Order).scalar_subquery()
    disputed = sa.exists().where(Dispute.order_id == Order.id, Dispute.state == DisputeState.OPEN)
    return (
        sa.select(Order.id)
        .join(Event, Event.id == Order.event_id)
        .where(Event.status == EventStatus.CANCELLED, Order.status == OrderStatus.CONFIRMED)
        .where(Order.cancelled_at.is_not(None), left_minor() > 0, sa.not_(disputed))
        .where(tries < _MOST_TRIES, sa.not_(is_new))
        .order_by(Order.id)
        .limit(200)
    )


@transactional
def _end_order(order_id: int) -> None:
    now = clock.now()
    order = lock_order(order_id)
    if order.status is OrderStatus.CONFIRMED:
        if order.cancelled_at is None:
            _end_paid_order(order, now)
    elif order.status in UNPAID:
        orders.cancel_order(actor=SYSTEM, order=order, reason=_REASON, now=now)


def _end_paid_order(order: Order, now: datetime) -> None:
    order.cancelled_at = now
    order.cancellation_reason = _REASON
    # Calling the event off ended all of its tickets at one moment, without looking at each.
    tickets.tell_other_holders(
        ticket for ticket in order.tickets if ticket.cancelled_at == order.event.cancelled_at
    )
    tickets.cancel_tickets(order.tickets, now, restock=False)
    if order.total_minor == 0:
        order.status = OrderStatus.CANCELLED
    else:
        _return_money(order.id, now)
    enqueue(JobName.MAIL_EVENT_CANCELLED, {"order_id": order.id}, key=f"event-cancelled:{order.id}")


@transactional
def _return_money(order_id: int, now: datetime) -> bool:
    """Promise back what is left of an order, unless a bank has its money in hand: what is won is returned after that."""
    order = lock_order(order_id)
    if order.status is not OrderStatus.CONFIRMED or is_disputed(order) or refundable_minor(order) == 0:
        return False
    refunds.request_refund(
        actor=SYSTEM, order=order, reason=_REASON, source=RefundSource.EVENT_CANCELLED.value, now=now
    )
    return True
