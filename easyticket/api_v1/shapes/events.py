"""Events as this surface gives them in lists, and the parts that other answers show of an event too."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from easyticket.api_v1.shapes.categories import category_shape
from easyticket.api_v1.shapes.media import media_url, site_path
from easyticket.api_v1.shapes.people import brief_shape
from easyticket.documents.shared_cover import SHARED_SIZE
from easyticket.models import Event, EventStatus
from easyticket.queries.event_browse import BrowseFilters
from easyticket.queries.event_filters import When
from easyticket.queries.event_items import EventItem
from easyticket.rules.pictures import files_of
from easyticket.rules.schedule import phase_of


def event_item_shape(item: EventItem, now: datetime) -> dict[str, Any]:
    """Return an event as lists show it; none of organizer, category, prices and numbers is ever null."""
    event = item.event
    return {
        "id": event.id,
        "title": event.title,
        "slug": event.slug,
        "organizer": brief_shape(event.organizer),
        "category": category_shape(item.category),
        "short_description": event.short_description,
        "featured_image": featured_image(event),
        "featured_image_sizes": featured_image_sizes(event),
        "venue_name": event.venue_name,
        "venue_city": event.venue_city,
        "venue_country": event.venue_country,
        **event_times(event),
        "timezone": event.time_zone,
        "total_tickets": item.total,
        "tickets_sold": item.sold,
        "tickets_available": item.available,
        "max_attendees": event.total_capacity or item.total,
        "lowest_price": item.prices.lowest,
        "highest_price": item.prices.highest,
        "currency": event.currency,
        "status": event_status(event, now),
        "is_recurring": bool(event.recurrence),
        "is_published": event.status is not EventStatus.DRAFT,
        "created_at": event.created_at,
        "updated_at": event.updated_at,
    }


def filters_shape(filters: BrowseFilters) -> dict[str, Any]:
    """Return what a list was asked for."""
    return {
        "category": filters.category or None,
        "search": filters.search or None,
        "city": filters.city or None,
        "status": "all" if filters.when is When.CURRENT else filters.when.value,
    }


def event_status(event: Event, now: datetime) -> str:
    """Return `upcoming`, `ongoing` or `past` by the clock, or `cancelled`."""
    return "cancelled" if event.status is EventStatus.CANCELLED else phase_of(event, now).value


def event_times(event: Event) -> dict[str, Any]:
    """Return the dates and times of day that clocks in the event's zone show: `start_date`, `end_date` and both times."""
    zone = ZoneInfo(event.time_zone)
    starts, ends = event.start_at.astimezone(zone), event.end_at.astimezone(zone)
    return {
        "start_date": starts.date(),
        "end_date": ends.date(),
        "start_time": starts.time().replace(microsecond=0),
        "end_time": ends.time().replace(microsecond=0),
    }


def featured_image(event: Event) -> str:
    """Return the address of the event's picture in its largest size, or of the cover that is drawn for it."""
    return media_url(_picture_of(event)) or _cover_of(event)


def featured_image_sizes(event: Event) -> list[dict[str, Any]]:
    """Return every size there is of that picture, the smallest first, with width and height in pixels."""
    files = files_of(_picture_of(event))
    if not files:
        width, height = SHARED_SIZE
        return [{"url": featured_image(event), "width": width, "height": height}]
    return [
        {"url": media_url(file.name), "width": file.size.width, "height": file.size.height} for file in files
    ]


def _picture_of(event: Event) -> str:
    return event.banner_image or event.thumbnail_image


def _cover_of(event: Event) -> str:
    return site_path("events.media_cover", seed=event.id)
