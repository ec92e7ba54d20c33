"""Ticket types with their sales, as their organizers see them."""

from __future__ import annotations

from typing import Any

from easyticket.api_v1.shapes.event_pages import ticket_type_shape
from easyticket.queries.my_events import MyOffer
from easyticket.rules.percentages import percentage


def own_ticket_type_shape(mine: MyOffer) -> dict[str, Any]:
    """Return an offer as a ticket type with what it brought."""
    return ticket_type_shape(mine.item, mine.revenue.currency) | {
        "revenue": mine.revenue,
        "sales_percentage": percentage(mine.item.sold, mine.item.quantity),
        "status": mine.state,
    }
