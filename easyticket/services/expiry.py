"""Holds that ran out: orders end, places go back on sale, and money that was already on its way is not lost.

The provider is asked to close an open payment first. It may say that it has the payment in hand, or say nothing at all:
the places are kept meanwhile, half an hour at the longest. Money that comes after that buys them again if they are still
there, and goes back otherwise.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import NotFound, ProviderDown
from easyticket.db import db, transactional
from easyticket.models import ChangeAction, Order, OrderStatus, Payment, PaymentState
from easyticket.models.order import UNPAID
from easyticket.models.payment import OPEN_STATES
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.services import inventory, payments
from easyticket.services.asking import Round, go_past, seat_to_wait
from easyticket.services.attempts import note_asked
from easyticket.services.change_log import record_change
from easyticket.services.order_lock import lock_order
from easyticket.services.settlement import abandon_attempts

log = logging.getLogger(__name__)

# How long after the hold's end places are kept at most for a provider that has not decided or does not answer.
PATIENCE = timedelta(minutes=30)
# Between two questions about a payment that its provider has in hand.
_PAUSE = timedelta(seconds=20)
_BATCH = 200
# Seconds for all providers together: of a buyer who waits for places, and of the schedule.
_WHILE_SOMEBODY_WAITS, _IN_BACKGROUND = 5, 25

# An order whose time is up, with the attempt that is open, if one is (the last five).
_Row = sa.Row[int, datetime, int, str, str, PaymentState, datetime | None]


def expire_orders(now: datetime | None = None, event_id: int | None = None) -> int:
    """End every order whose hold has run out and that no provider took money for; return how many ended.

    With `event_id` those of one event, for somebody who waits for its places: providers get less time then.
    """
    now = now or clock.now()
    asking = (
        Round(seconds=_IN_BACKGROUND)
        if event_id is None
        else Round(seconds=_WHILE_SOMEBODY_WAITS, failures=1)
    )
    count, last_id = 0, 0
    while batch := _run_out(now, event_id, last_id):
        last_id = batch[-1].order_id
        count += sum(_expire_one(row, asking, now) for row in sorted(batch, key=_last_tried))
    return count


def clean_up_orders(*, actor: Actor, now: datetime) -> int:
    """End all orders whose hold has run out, because an administrator asks; return how many ended.

    That is noted where any did: nothing was changed otherwise.
    """
    require(actor, Permission.CLEAN_UP_ORDERS)
    count = expire_orders(now)
    if count:
        record_change(actor, ChangeAction.ORDER_HOLDS_ENDED, after={"orders_ended": count}, now=now)
    return count


def _run_out(now: datetime, event_id: int | None, after: int) -> Sequence[_Row]:
    """Return the next orders whose time is up with the attempt that is open, if one is, in one statement."""
    is_open = sa.and_(Payment.order_id == Order.id, Payment.state.in_(OPEN_STATES))
    query = (
        sa.select(
            Order.id.label("order_id"),
            Order.expires_at,
            Payment.id.label("payment_id"),
            Payment.reference,
            Payment.provider,
            Payment.state,
            Payment.checked_at,
        )
        .outerjoin(Payment, is_open)
        .where(Order.status.in_(UNPAID), Order.expires_at <= now, Order.id > after)
        .order_by(Order.id)
        .limit(_BATCH)
    )
    if event_id is not None:
        query = query.where(Order.event_id == event_id)
    rows = db.session.execute(query).all()
    db.session.rollback()
    return rows


def _last_tried(row: _Row) -> datetime:
    """Tell when an open payment was last tried to be closed: those that were come last, lest they use up others' tries."""
    is_new = row.checked_at is None or row.checked_at < row.expires_at
    return datetime.min.replace(tzinfo=UTC) if is_new else row.checked_at


def _expire_one(row: _Row, asking: Round, now: datetime) -> bool:
    try:
        return _expire(row, asking, now)
    except Exception:  # whatever is wrong with this order, the places of the others go back on sale
        go_past("order", row.order_id)
        return False


def _expire(row: _Row, asking: Round, now: datetime) -> bool:
    if row.payment_id is None:
        return _end_expired(row.order_id, now)
    is_overdue = row.expires_at + PATIENCE <= now
    is_closed = _is_closed(row, asking, now, is_overdue=is_overdue)
    if not is_closed and not is_overdue:
        return False
    return _end_expired(row.order_id, now, closed_id=row.payment_id if is_closed else None)


def _is_closed(row: _Row, asking: Round, now: datetime, *, is_overdue: bool) -> bool:
    """Have an open payment closed; False where its provider was not asked now, or did not answer."""
    is_in_hand = row.state is PaymentState.PROCESSING and row.checked_at is not None
    if is_in_hand and row.checked_at > now - _PAUSE and not is_overdue:
        return False
    if not asking.may_ask(row.provider):
        return False
    with seat_to_wait(row.provider) as has_seat:
        return has_seat and _close(row, asking, now)


def _close(row: _Row, asking: Round, now: datetime) -> bool:
    try:
        payments.close_payment(row.reference, now)
    except (ProviderDown, NotFound) as error:  # it does not answer, or is switched off
        asking.note_unanswered(row.provider)
        note_asked([row.payment_id], now)
        log.warning("the payment of order %s could not be closed: %s", row.order_id, error.message)
        return False
    except (
        Exception
    ):  # an answer that cannot be kept counts as none: in half an hour the order ends without it
        go_past("the payment of order", row.order_id)
        note_asked([row.payment_id], now)
        return False
    return True


@transactional
def _end_expired(order_id: int, now: datetime, *, closed_id: int | None = None) -> bool:
    """End an order unless its provider, or an attempt that nobody has closed, stands against it for a while still."""
    order = lock_order(order_id)
    if order.status not in UNPAID or order.expires_at > now:
        return False
    open_ones = [payment for payment in order.payments if payment.state in OPEN_STATES]
    is_closed = all(payment.id == closed_id for payment in open_ones)
    if not is_closed or any(payment.state is PaymentState.PROCESSING for payment in open_ones):
        if now < order.expires_at + PATIENCE:
            return False
        log.warning("order %s ends although its provider has not decided", order_id)
    order.status = OrderStatus.FAILED
    order.failed_at, order.failure_reason = now, "expired"
    if order.hold is not None:
        inventory.release_hold(order.hold, now)
    abandon_attempts(order, is_closed=is_closed)
    return True
