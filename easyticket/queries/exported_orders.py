"""The orders of an event to take away: all that a list of them would show, with what their columns say."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from easyticket.models import Event, Order
from easyticket.queries.streams import each_row


def each_sold_order(event: Event) -> Iterator[Order]:
    """Return the event's orders with event, lines and payments, the newest first."""
    return each_row(
        sa.select(Order)
        .where(Order.event_id == event.id)
        .options(joinedload(Order.event), selectinload(Order.lines), selectinload(Order.payments))
        .order_by(Order.id.desc())
    )
