"""Finding what the lines of an order name: ticket types and offers of one event, in two statements however many lines."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from easyticket.db import db
from easyticket.models import Event, Offer, OfferKind, TicketType
from easyticket.rules.ordered_lines import OrderedLine


def find_named(
    event: Event, lines: Sequence[OrderedLine]
) -> tuple[dict[UUID, TicketType], dict[UUID, Offer]]:
    """Return the event's ticket types that the lines name, and the offers of these types that they may mean, by UUID."""
    types = db.session.scalars(
        sa.select(TicketType)
        .where(TicketType.event_id == event.id, TicketType.uuid.in_({line.ticket_type_id for line in lines}))
        .options(joinedload(TicketType.event))
    ).all()
    named = {offer_id for line in lines for offer_id in line.offer_ids}
    offers = db.session.scalars(
        sa.select(Offer).where(
            Offer.ticket_type_id.in_([ticket_type.id for ticket_type in types]),
            sa.or_(Offer.kind == OfferKind.SIMPLE, Offer.uuid.in_(named)),
        )
    ).all()
    return {each.uuid: each for each in types}, {each.uuid: each for each in offers}
