"""How many unpaid orders of one event an account may have at a time, so that nobody keeps its tickets from everybody else."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from easyticket.core.errors import Conflict
from easyticket.models import Hold, HoldState, Order
from easyticket.models.order import UNPAID
from easyticket.rules.purchase import MAX_OPEN_ORDERS


class TooManyOpen(Conflict):
    """The account holds tickets of this event in as many unpaid orders as it may."""

    code = "too_many_open_orders"

    def __init__(self) -> None:
        super().__init__(
            f"You have {MAX_OPEN_ORDERS} orders of this event that are not paid yet. "
            "Pay or cancel one of them first."
        )


def count_open_orders(order: Order, now: datetime) -> sa.ScalarSelect[int] | None:
    """Return the question how many unpaid orders of its event hold places for an order's account, or None for guests.

    To be asked with the taking of its places (`inventory.hold_units`): every order takes from the counter of its event
    first, whose row stays locked, so the answer is exact however many orders come at the same instant. A guest's earlier
    order is replaced by the new one (services/checkout.py).
    """
    if order.user_id is None:
        return None
    # Nested and not joined: what SQLite answers along with a change, SQLAlchemy writes without the names of tables.
    held = sa.select(Hold.order_id).where(Hold.state == HoldState.HELD, Hold.expires_at > now)
    return (
        sa.select(sa.func.count(Order.id))
        .where(Order.user_id == order.user_id, Order.event_id == order.event_id)
        .where(Order.status.in_(UNPAID), Order.id.in_(held))
        .scalar_subquery()
    )


def refuse_too_many(count: int | None) -> None:
    """Return if an account may have that many open orders of an event.

    :raises TooManyOpen: it may not.
    """
    if count is not None and count > MAX_OPEN_ORDERS:
        raise TooManyOpen
