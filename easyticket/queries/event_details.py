"""One event with all that clients of an API read beside it: its stock, its category's count and what it sells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from easyticket.models import Event
from easyticket.queries.categories import CategoryCount, count_category
from easyticket.queries.event_stock import EventStock, get_event_stock
from easyticket.queries.ticket_stock import TypeStock
from easyticket.queries.ticket_types import list_event_stocks


@dataclass(frozen=True, slots=True)
class EventDetail:
    """An event as it stands now; `ticket_types` are those that are switched on, in the organizer's order."""

    event: Event
    category: CategoryCount | None
    stock: EventStock
    ticket_types: Sequence[TypeStock]


def load_event_detail(event: Event, now: datetime) -> EventDetail:
    """Return the details of an event, for those who may see it, in a fixed number of statements."""
    return EventDetail(
        event=event,
        category=count_category(event.category, now) if event.category else None,
        stock=get_event_stock(event),
        ticket_types=list_event_stocks(event, now),
    )
