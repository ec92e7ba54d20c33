"""Whether anything was ever ordered or scanned: what left a trace can be cancelled or switched off, and not deleted."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from easyticket.db import db
from easyticket.models import Event, Offer, Order, OrderLine, Scan


def has_orders(event: Event) -> bool:
    """Tell whether tickets of an event were ever ordered, whatever became of it."""
    return _finds(sa.exists().where(Order.event_id == event.id))


def has_scans(event: Event) -> bool:
    """Tell whether a code was ever scanned at an event's gate."""
    return _finds(sa.exists().where(Scan.event_id == event.id))


def was_ordered(offers: Sequence[Offer]) -> bool:
    """Tell whether any of these offers was ever ordered, whatever became of it."""
    return _finds(sa.exists().where(OrderLine.offer_id.in_([offer.id for offer in offers])))


def _finds(condition: sa.Exists) -> bool:
    return bool(db.session.scalar(sa.select(condition)))
