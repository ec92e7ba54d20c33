"""An event with everything its page shows, and what it sells as this surface gives it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from easyticket.api_v1.shapes.events import event_item_shape, event_times, featured_image
from easyticket.api_v1.shapes.media import media_url
from easyticket.api_v1.shapes.people import brief_shape
from easyticket.core.money import Money
from easyticket.links import FrontEnd, front_end_url, public_url
from easyticket.models import Event
from easyticket.queries.event_items import PriceSpan
from easyticket.queries.event_pages import EventPage
from easyticket.queries.offer_items import OfferItem
from easyticket.rules.sales import sales_end, sales_start
from easyticket.rules.wording import map_url


def event_page_shape(page: EventPage, now: datetime) -> dict[str, Any]:
    """Return an event with its place, organizer, ticket types, similar events and addresses to share it by."""
    event = page.item.event
    return event_item_shape(page.item, now) | {
        "organizer": _organizer_shape(page),
        "description": event.description,
        "additional_images": [media_url(image.path) for image in event.images],
        "venue": _venue_shape(event),
        "recurrence_info": recurrence_shape(event.recurrence),
        "check_in_policy": event.check_in_policy.value,
        "ticket_types": [ticket_type_shape(offer, event.currency) for offer in page.offers],
        "similar_events": [_similar_shape(other, prices) for other, prices in page.similar],
        "share_urls": share_urls(event),
    }


def ticket_type_shape(item: OfferItem, currency: str) -> dict[str, Any]:
    """Return an offer as a ticket type; the numbers a client counts with are never null."""
    offer = item.offer
    return {
        "id": offer.id,
        "name": offer.full_name,
        "description": offer.ticket_type.description,
        "price": Money(offer.price_minor, currency),
        "currency": currency,
        "quantity": item.quantity,
        "tickets_sold": item.sold,
        "tickets_remaining": item.remaining,
        "min_purchase": offer.ticket_type.min_purchase,
        "max_purchase": offer.ticket_type.max_purchase,
        "available_from": sales_start(offer),
        "available_until": sales_end(offer),
        "is_available": item.is_available,
        "sold_out_at": item.sold_out_at,
    }


def recurrence_shape(recurrence: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return how an event repeats, or None."""
    if not recurrence:
        return None
    return {
        "frequency": recurrence["frequency"],
        "interval": recurrence.get("interval") or 1,
        "end_date": recurrence.get("end_date"),
        "total_occurrences": recurrence.get("occurrences"),
    }


def share_urls(event: Event) -> dict[str, str]:
    """Return addresses that offer to send the event's page on: the clients' own page where they have one, else ours."""
    url = front_end_url(FrontEnd.CAFA, f"/events/{event.slug}") or public_url("events.page", slug=event.slug)
    mail = urlencode({"subject": event.title, "body": f"{event.title}: {url}"}, quote_via=quote)
    return {
        "facebook": f"https://www.facebook.com/sharer/sharer.php?{urlencode({'u': url})}",
        "twitter": f"https://twitter.com/intent/tweet?{urlencode({'url': url, 'text': event.title})}",
        "whatsapp": f"https://wa.me/?{urlencode({'text': f'{event.title}: {url}'})}",
        "email": f"mailto:?{mail}",
    }


def _organizer_shape(page: EventPage) -> dict[str, Any]:
    organizer = page.item.event.organizer
    return brief_shape(organizer) | {
        "email": organizer.email,
        "bio": organizer.bio,
        "events_organized": page.organizer.events_organized,
        "total_tickets_sold": page.organizer.tickets_sold,
        "member_since": organizer.created_at,
    }


def _venue_shape(event: Event) -> dict[str, Any]:
    return {
        "name": event.venue_name,
        "address": event.venue_address,
        "city": event.venue_city,
        "country": event.venue_country,
        "latitude": event.venue_latitude,
        "longitude": event.venue_longitude,
        "google_maps_url": map_url(event),
    }


def _similar_shape(event: Event, prices: PriceSpan) -> dict[str, Any]:
    return {
        "id": event.id,
        "title": event.title,
        "slug": event.slug,
        "featured_image": featured_image(event),
        "start_date": event_times(event)["start_date"],
        "start_time": event_times(event)["start_time"],
        "venue_city": event.venue_city,
        "lowest_price": prices.lowest,
        "currency": event.currency,
    }
