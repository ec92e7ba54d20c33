"""How many unpaid orders of one event an account may have at a time, so that nobody keeps its tickets from everybody else."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from easyticket.core.errors import Conflict
from easyticket.db import db
from easyticket.models import Hold, HoldState, Order, OrderStatus, User
from easyticket.rules.purchase import MAX_OPEN_ORDERS
from easyticket.services.organizer_lock import USABLE, AccountClosed


class TooManyOpen(Conflict):
    """The account holds tickets of this event in as many unpaid orders as it may."""

    code = "too_many_open_orders"

    def __init__(self) -> None:
        super().__init__(
            f"You have {MAX_OPEN_ORDERS} orders of this event that are not paid yet. "
            "Pay or cancel one of them first."
        )


def check_open_orders(order: Order, now: datetime) -> None:
    """Return if the account of an order that holds its places may have it, and keep the account from being deleted.

    Called after the places were taken: every order of an event takes from the event's counter, whose row stays locked, so
    whatever others ordered of it is seen here, and the limit is exact however many orders come at the same instant. Their
    account's lock does not make orders wait for each other (services/organizer_lock.py). Guests have no account; their
    browser's earlier order is replaced by the new one (services/checkout.py).

    :raises TooManyOpen: it has too many with this one.
    :raises AccountClosed: the account was closed meanwhile.
    """
    if order.user_id is None:
        return
    open_orders = (
        sa.select(sa.func.count(Order.id))
        .join(Order.hold)
        .where(Order.user_id == order.user_id, Order.event_id == order.event_id)
        .where(Order.status.in_((OrderStatus.PENDING, OrderStatus.PROCESSING)))
        .where(Hold.state == HoldState.HELD, Hold.expires_at > now)
        .scalar_subquery()
    )
    account = sa.select(open_orders).select_from(User).where(User.id == order.user_id, USABLE)
    count = db.session.scalar(account.with_for_update(read=True, of=User))
    if count is None:
        raise AccountClosed
    if count > MAX_OPEN_ORDERS:
        raise TooManyOpen
