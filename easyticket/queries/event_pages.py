"""An event as its page at an outside client shows it: its item, what it sells, who organizes it, and what is like it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from easyticket.db import db
from easyticket.models import Event, EventStatus, Quota
from easyticket.queries.event_filters import IS_OF_EVENT
from easyticket.queries.event_items import EventItem, PriceSpan, load_event_item, load_prices
from easyticket.queries.events import find_similar_events
from easyticket.queries.offer_items import OfferItem, list_offer_items

_SIMILAR = 3


@dataclass(frozen=True, slots=True)
class OrganizerNumbers:
    """How many events somebody published, past ones too, and how many tickets of all their events are sold.

    What was taken down is not among them.
    """

    events_organized: int
    tickets_sold: int


@dataclass(frozen=True, slots=True)
class EventPage:
    """An event with all its page shows; `similar` are at most three others with their prices."""

    item: EventItem
    offers: Sequence[OfferItem]
    organizer: OrganizerNumbers
    similar: Sequence[tuple[Event, PriceSpan]]


def load_event_page(event: Event, now: datetime) -> EventPage:
    """Return the page of an event, for those who may see it, in a fixed number of statements."""
    similar = find_similar_events(event, now, limit=_SIMILAR)
    prices = load_prices(similar, now)
    return EventPage(
        item=load_event_item(event, now),
        offers=list_offer_items(event, now),
        organizer=count_organizer(event.organizer_id),
        similar=[(other, prices[other.id]) for other in similar],
    )


def count_organizer(organizer_id: int) -> OrganizerNumbers:
    """Return the numbers that everybody may see of an organizer, in one statement."""
    published = sa.case((Event.status == EventStatus.PUBLISHED, 1))
    row = db.session.execute(
        sa.select(sa.func.count(published), sa.func.coalesce(sa.func.sum(Quota.sold), 0))
        .select_from(Event)
        .outerjoin(Quota, IS_OF_EVENT)
        .where(Event.organizer_id == organizer_id, Event.taken_down_at.is_(None))
    ).one()
    return OrganizerNumbers(row[0], int(row[1]))
