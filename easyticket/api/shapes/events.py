"""Events as dictionaries with the API's keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from easyticket.api.shapes.categories import category_shape
from easyticket.api.shapes.ticket_types import ticket_types_shape
from easyticket.models import Event
from easyticket.queries.event_details import EventDetail
from easyticket.rules.pricing import listed_price
from easyticket.rules.schedule import Phase, phase_of, status_of, whole_days_of
from easyticket.services.images import picture_url


def event_shape(event: Event, now: datetime) -> dict[str, Any]:
    """Return an event as lists show it."""
    names = {"category_name": event.category.name if event.category else None}
    return _shared(event, now) | names


def event_detail_shape(detail: EventDetail, now: datetime) -> dict[str, Any]:
    """Return an event with everything that is known of it."""
    event = detail.event
    banner = picture_url(event.banner_image)
    return _shared(event, now) | {
        "category_details": category_shape(detail.category) if detail.category else None,
        "description": event.description,
        "venue_address": event.venue_address,
        "venue_state": event.venue_state,
        "venue_postal_code": event.venue_postal_code,
        "venue_latitude": event.venue_latitude,
        "venue_longitude": event.venue_longitude,
        "time_zone": event.time_zone,
        "banner_image": banner,
        "banner": banner,
        "total_capacity": event.total_capacity,
        "available_tickets": detail.stock.left,
        "available_capacity": detail.stock.left,
        "tickets_sold": detail.stock.sold,
        "terms_and_conditions": event.terms_and_conditions,
        "refund_policy": event.refund_policy,
        "age_restriction": event.age_restriction,
        "tags": event.tags,
        "ticket_types": ticket_types_shape(detail.ticket_types),
        "updated_at": event.updated_at,
        "published_at": event.published_at,
    }


def _shared(event: Event, now: datetime) -> dict[str, Any]:
    phase = phase_of(event, now)
    return {
        "id": event.uuid,
        "title": event.title,
        "slug": event.slug,
        "short_description": event.short_description,
        "organizer": event.organizer.uuid,
        "organizer_name": event.organizer.display_name,
        "organizer_email": event.organizer.email,
        "category": event.category.uuid if event.category else None,
        "pricing_type": event.pricing_type.value,
        "venue_name": event.venue_name,
        "venue_city": event.venue_city,
        "venue_country": event.venue_country,
        "start_date": event.start_at,
        "end_date": event.end_at,
        "thumbnail_image": picture_url(event.thumbnail_image),
        "status": status_of(event, now),
        "is_free": event.is_free,
        "base_price": listed_price(event),
        "currency": event.currency,
        "is_featured": event.is_featured,
        "is_upcoming": phase is Phase.UPCOMING,
        "is_ongoing": phase is Phase.ONGOING,
        "is_past": phase is Phase.PAST,
        "duration_days": whole_days_of(event),
        "created_at": event.created_at,
    }
