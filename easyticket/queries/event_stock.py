"""How many people an event has room for, and how many tickets of it are sold."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from easyticket.db import db
from easyticket.models import Event, Quota, QuotaKind, TicketType


@dataclass(frozen=True, slots=True)
class EventStock:
    """Tickets of an event: sold, and left by its own capacity, or by its ticket types' where it has none."""

    sold: int
    left: int


def get_event_stock(event: Event) -> EventStock:
    """Return what is sold and left of the event, in one statement; what is held for buyers who have not paid is not left."""
    room = sa.select(sa.func.sum(Quota.capacity - Quota.held - Quota.sold)).join(
        TicketType, sa.and_(TicketType.id == Quota.owner_id, TicketType.is_active)
    )
    of_types = room.where(Quota.kind == QuotaKind.TICKET_TYPE, Quota.event_id == event.id).scalar_subquery()
    own = aliased(Quota)
    sold, left, left_of_types = db.session.execute(
        sa.select(own.sold, own.capacity - own.held - own.sold, of_types).where(
            own.kind == QuotaKind.EVENT, own.owner_id == event.id
        )
    ).one()
    return EventStock(sold=sold, left=max(int(left_of_types or 0) if left is None else left, 0))
