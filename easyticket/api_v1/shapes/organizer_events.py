"""Events as their organizers see them: with how they do, and with everything the form that changes them shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from easyticket.api_v1.shapes.events import event_item_shape
from easyticket.api_v1.shapes.media import media_url
from easyticket.api_v1.shapes.people import brief_shape
from easyticket.api_v1.shapes.ticket_types import own_ticket_type_shape
from easyticket.models import Event, EventStatus, PaymentProfile, ProfileStatus
from easyticket.queries.my_events import MyEvent, MySummary
from easyticket.rules.percentages import percentage


def my_event_shape(mine: MyEvent, now: datetime) -> dict[str, Any]:
    """Return an own event in a list, with its numbers and ticket types."""
    return event_item_shape(mine.item, now) | {
        "analytics": _numbers_shape(mine),
        "ticket_types": [own_ticket_type_shape(offer) for offer in mine.offers],
    }


def my_event_detail_shape(mine: MyEvent, profile: PaymentProfile | None, now: datetime) -> dict[str, Any]:
    """Return an own event with all of its fields."""
    event = mine.item.event
    organizer = {"email": event.organizer.email, "phone": event.organizer.phone_number}
    return my_event_shape(mine, now) | {
        "organizer": brief_shape(event.organizer) | organizer,
        "description": event.description,
        "additional_images": [media_url(image.path) for image in event.images],
        "venue_address": event.venue_address,
        "venue_location": _location_shape(event),
        "recurrence_pattern": _pattern_shape(event.recurrence),
        "check_in_policy": event.check_in_policy.value,
        "payment_profile": _profile_shape(profile) if profile else None,
    }


def summary_shape(summary: MySummary) -> dict[str, Any]:
    """Return all own events summed up."""
    return {
        "total_events": summary.events,
        "upcoming_events": summary.upcoming,
        "ongoing_events": summary.ongoing,
        "past_events": summary.past,
        "total_revenue": summary.revenue,
        "total_tickets_sold": summary.tickets_sold,
        "currency": summary.revenue.currency,
        "revenue_by_currency": dict(summary.by_currency),
    }


def created_shape(event: Event) -> dict[str, Any]:
    """Return what the form answers for a new event; a client goes to its page by the slug at the top."""
    made = _made_shape(event) | {
        "created_at": event.created_at,
        "ticket_types_created": len(event.ticket_types),
    }
    message = _status_sentence("Event created.", event)
    return {"success": True, "message": message, "id": event.id, "slug": event.slug, "data": made}


def updated_shape(event: Event) -> dict[str, Any]:
    """Return what the form answers for a changed event; a client goes back to its page by the old slug."""
    made = _made_shape(event) | {"updated_at": event.updated_at}
    message = _status_sentence("Event updated.", event)
    return {"success": True, "message": message, "slug": event.slug, "event": made}


def _made_shape(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "title": event.title,
        "slug": event.slug,
        "is_published": event.status is not EventStatus.DRAFT,
    }


def _status_sentence(done: str, event: Event) -> str:
    if event.status is not EventStatus.DRAFT:
        return done
    if event.organizer.is_email_verified:
        return f"{done} It is a draft, which only you can see."
    return f"{done} It is a draft until you verify your email address; then you can publish it."


def _numbers_shape(mine: MyEvent) -> dict[str, Any]:
    item, revenue, traffic = mine.item, mine.revenue, mine.traffic
    return {
        "total_tickets": item.total,
        "tickets_sold": item.sold,
        "tickets_remaining": item.available,
        "tickets_checked_in": mine.checked_in,
        "sales_percentage": percentage(item.sold, item.total),
        "gross_revenue": revenue.money(revenue.gross_minor),
        "net_revenue": revenue.money(revenue.net_minor),
        "platform_fee": revenue.money(revenue.fees_minor),
        "currency": revenue.currency,
        "page_views": traffic.views,
        "unique_visitors": traffic.visitors,
        "conversion_rate": traffic.conversion_rate(mine.paid_orders),
        "last_sale_date": mine.last_sale_at,
    }


def _location_shape(event: Event) -> dict[str, Any] | None:
    if event.venue_latitude is None or event.venue_longitude is None:
        return None
    return {"latitude": event.venue_latitude, "longitude": event.venue_longitude}


def _pattern_shape(recurrence: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not recurrence:
        return None
    return {
        "frequency": recurrence.get("frequency", ""),
        "interval": recurrence.get("interval") or 1,
        "end_date": recurrence.get("end_date"),
        "occurrences": recurrence.get("occurrences"),
    }


def _profile_shape(profile: PaymentProfile) -> dict[str, Any]:
    return {
        "id": str(profile.uuid),
        "name": profile.name,
        "method": profile.method.value,
        "status": profile.status.value,
        "is_verified": profile.status is ProfileStatus.VERIFIED,
        "is_default": profile.is_default,
    }
