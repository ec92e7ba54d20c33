"""Keeps the price an event is listed at: stored with the event, so that lists sort by it without looking at offers."""

from __future__ import annotations

import sqlalchemy as sa

from easyticket.db import db, transactional
from easyticket.models import Event, Offer, TicketType
from easyticket.rules.pricing import listed_price_thousandths


@transactional
def keep_listed_price(event: Event) -> None:
    """Store what the event is listed at now; call it after any change of its base price, currency or offers."""
    db.session.flush()
    lowest = db.session.scalar(
        sa.select(sa.func.min(Offer.price_minor))
        .join(TicketType, TicketType.id == Offer.ticket_type_id)
        .where(Offer.event_id == event.id, Offer.is_active, TicketType.is_active)
    )
    event.listed_price_thousandths = listed_price_thousandths(event.base_price_minor, lowest, event.currency)
    db.session.flush()
