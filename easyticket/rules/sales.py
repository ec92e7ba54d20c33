"""When something is on sale, and why not: the same answer for every surface, the event page and the order itself."""

from __future__ import annotations

import enum
from datetime import datetime

from easyticket.models import Event, EventStatus, Offer
from easyticket.rules.schedule import event_day_ends_at


class NotOnSale(enum.StrEnum):
    """Why an offer cannot be bought now, whatever is left of it."""

    DRAFT = "draft"
    CANCELLED = "cancelled"
    TAKEN_DOWN = "taken_down"
    EVENT_OVER = "event_over"
    INACTIVE = "inactive"
    NOT_YET = "not_yet"
    CLOSED = "closed"


def why_event_not_on_sale(event: Event, now: datetime) -> NotOnSale | None:
    """Return why nothing of the event is on sale, or None. Sales go on until the event ends."""
    if event.status is EventStatus.DRAFT:
        return NotOnSale.DRAFT
    if event.status is EventStatus.CANCELLED:
        return NotOnSale.CANCELLED
    if event.taken_down_at is not None:
        return NotOnSale.TAKEN_DOWN
    return NotOnSale.EVENT_OVER if event.end_at <= now else None


def is_sale_over(event: Event, now: datetime) -> bool:
    """Tell whether nothing of the event will be sold any more, whatever is left: it is off, over or taken down."""
    over = (NotOnSale.CANCELLED, NotOnSale.EVENT_OVER, NotOnSale.TAKEN_DOWN)
    return why_event_not_on_sale(event, now) in over


def why_not_on_sale(offer: Offer, now: datetime) -> NotOnSale | None:
    """Return why the offer is not on sale by its event, its type's window and its own, or None."""
    return why_event_not_on_sale(offer.ticket_type.event, now) or why_offer_not_on_sale(offer, now)


def why_offer_not_on_sale(offer: Offer, now: datetime) -> NotOnSale | None:
    """Return why the offer would not be on sale at an event that sells, by its type's window and its own, or None."""
    if not (offer.is_active and offer.ticket_type.is_active):
        return NotOnSale.INACTIVE
    starts_at = sales_start(offer)
    ends_at = sales_end(offer)
    if starts_at is not None and now < starts_at:
        return NotOnSale.NOT_YET
    if ends_at is not None and now >= ends_at:
        return NotOnSale.CLOSED
    return None


def sales_start(offer: Offer) -> datetime | None:
    """Return when the offer's sale begins: the later of its type's and its own beginning, None if always."""
    return max(
        (moment for moment in (offer.ticket_type.sales_start_at, offer.sales_start_at) if moment),
        default=None,
    )


def sales_end(offer: Offer) -> datetime | None:
    """Return when the offer's sale ends: the earliest of its type's end, its own, and the end of the day it is for.

    None if with the event. A ticket for one day is of no use once that day is over, although the event goes on.
    """
    ticket_type = offer.ticket_type
    day_over = event_day_ends_at(ticket_type.event, offer.day_on) if offer.day_on else None
    moments = (ticket_type.sales_end_at, offer.sales_end_at, day_over)
    return min((moment for moment in moments if moment), default=None)
