"""Keeps the prices that events and ticket types are listed at, so that lists sort by them without looking at offers."""

from __future__ import annotations

import sqlalchemy as sa

from easyticket.db import db, transactional
from easyticket.models import Event, Offer, OfferKind, TicketType
from easyticket.rules.pricing import listed_price_thousandths


@transactional
def keep_listed_price(event: Event) -> None:
    """Store what the event and its ticket types are listed at now; call it after any change of base price, currency or offers."""
    db.session.flush()
    _keep_prices_of_types(event)
    lowest = db.session.scalar(
        sa.select(sa.func.min(Offer.price_minor))
        .join(TicketType, TicketType.id == Offer.ticket_type_id)
        .where(Offer.event_id == event.id, Offer.is_active, TicketType.is_active)
    )
    event.listed_price_thousandths = listed_price_thousandths(event.base_price_minor, lowest, event.currency)
    db.session.flush()


def _keep_prices_of_types(event: Event) -> None:
    price = (
        sa.select(Offer.price_minor)
        .where(Offer.ticket_type_id == TicketType.id, Offer.kind == OfferKind.SIMPLE)
        .scalar_subquery()
    )
    changed = TicketType.listed_price_minor.is_distinct_from(price)
    db.session.execute(
        sa.update(TicketType)
        .where(TicketType.event_id == event.id, changed)
        .values(listed_price_minor=price)
        .execution_options(synchronize_session="fetch")
    )
