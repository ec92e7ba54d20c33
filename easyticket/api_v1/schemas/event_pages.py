"""An event with everything its page shows."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from easyticket.api_v1.schemas.events import EXAMPLE, ORGANIZER_EXAMPLE, EventItemAnswer, EventOrganizer
from easyticket.http.fields import Amount, Answer, Day, Degrees, Many, Moment, Nested
from easyticket.models import CheckInPolicy

_URL = {"format": "uri"}
_PATH = {"format": "uri-reference"}

TICKET_TYPE_EXAMPLE: dict[str, Any] = {
    "id": 4,
    "name": "Regular",
    "description": "A place on the floor.",
    "price": "50.00",
    "currency": "GHS",
    "quantity": 200,
    "tickets_sold": 12,
    "tickets_remaining": 188,
    "min_purchase": 1,
    "max_purchase": 10,
    "available_from": None,
    "available_until": "2030-12-06T12:00:00Z",
    "is_available": True,
    "sold_out_at": None,
}
_PAGE = "http%3A%2F%2Flocalhost%3A3000%2Fevents%2Fnight-of-drums"
PAGE_EXAMPLE: dict[str, Any] = {
    **EXAMPLE,
    "is_recurring": True,
    "organizer": {
        **ORGANIZER_EXAMPLE,
        "email": "kojo@example.org",
        "bio": "Drums since 1998.",
        "events_organized": 7,
        "total_tickets_sold": 1204,
        "member_since": "2026-01-05T09:30:00Z",
    },
    "description": "Drums from **Accra** to Tamale.",
    "additional_images": [],
    "venue": {
        "name": "Hall 2",
        "address": "4 Ring Road",
        "city": "Accra",
        "country": "Ghana",
        "latitude": "5.560014",
        "longitude": "-0.205744",
        "google_maps_url": "https://www.google.com/maps/search/?api=1&query=Hall+2%2C+4+Ring+Road%2C+Accra%2C+Ghana",
    },
    "recurrence_info": {"frequency": "weekly", "interval": 1, "end_date": None, "total_occurrences": 4},
    "check_in_policy": "single_entry",
    "ticket_types": [TICKET_TYPE_EXAMPLE],
    "similar_events": [
        {
            "id": 31,
            "title": "Bells and Voices",
            "slug": "bells-and-voices",
            "featured_image": "/media/covers/31.png",
            "start_date": "2030-12-13",
            "start_time": "19:00:00",
            "venue_city": "Accra",
            "lowest_price": "40.00",
            "currency": "GHS",
        }
    ],
    "share_urls": {
        "facebook": f"https://www.facebook.com/sharer/sharer.php?u={_PAGE}",
        "twitter": f"https://twitter.com/intent/tweet?url={_PAGE}&text=Night+of+Drums",
        "whatsapp": f"https://wa.me/?text=Night+of+Drums%3A+{_PAGE}",
        "email": f"mailto:?subject=Night%20of%20Drums&body=Night%20of%20Drums%3A%20{_PAGE}",
    },
}


class OrganizerPage(EventOrganizer):
    """Who organizes an event, and what else they did."""

    email = ma.fields.String(required=True)
    bio = ma.fields.String(required=True)
    events_organized = ma.fields.Integer(
        required=True, metadata={"description": "Published events, past ones too."}
    )
    total_tickets_sold = ma.fields.Integer(required=True)
    member_since = Moment(required=True)


class Venue(Answer):
    """Where an event is."""

    name = ma.fields.String(required=True)
    address = ma.fields.String(required=True)
    city = ma.fields.String(required=True)
    country = ma.fields.String(required=True)
    latitude = Degrees(required=True, allow_none=True)
    longitude = Degrees(required=True, allow_none=True)
    google_maps_url = ma.fields.String(required=True, metadata=_URL)


class RecurrenceInfo(Answer):
    """How an event repeats."""

    frequency = ma.fields.String(required=True)
    interval = ma.fields.Integer(required=True)
    end_date = ma.fields.String(required=True, allow_none=True, metadata={"format": "date"})
    total_occurrences = ma.fields.Integer(required=True, allow_none=True)


class TicketTypeAnswer(Answer):
    """Something an event sells. Tiers and tickets for one day are ticket types of their own."""

    id = ma.fields.Integer(required=True)
    name = ma.fields.String(required=True)
    description = ma.fields.String(required=True)
    price = Amount(required=True)
    currency = ma.fields.String(required=True)
    quantity = ma.fields.Integer(required=True)
    tickets_sold = ma.fields.Integer(required=True)
    tickets_remaining = ma.fields.Integer(
        required=True,
        metadata={"description": "What can be bought of it now, by all the limits it is under."},
    )
    min_purchase = ma.fields.Integer(required=True)
    max_purchase = ma.fields.Integer(required=True)
    available_from = Moment(required=True, allow_none=True)
    available_until = Moment(required=True, allow_none=True)
    is_available = ma.fields.Boolean(required=True, metadata={"description": "On sale now and not sold out."})
    sold_out_at = Moment(required=True, allow_none=True)


class SimilarEvent(Answer):
    """An event of the same category or city."""

    id = ma.fields.Integer(required=True)
    title = ma.fields.String(required=True)
    slug = ma.fields.String(required=True)
    featured_image = ma.fields.String(required=True, metadata=_PATH)
    start_date = Day(required=True)
    start_time = ma.fields.Time(required=True)
    venue_city = ma.fields.String(required=True)
    lowest_price = Amount(required=True)
    currency = ma.fields.String(required=True)


class ShareUrls(Answer):
    """Addresses that offer to send the event's page on."""

    facebook = ma.fields.String(required=True, metadata=_URL)
    twitter = ma.fields.String(required=True, metadata=_URL)
    whatsapp = ma.fields.String(required=True, metadata=_URL)
    email = ma.fields.String(required=True, metadata=_URL)


class EventPageAnswer(EventItemAnswer):
    """An event with everything its page shows."""

    organizer = Nested(OrganizerPage, required=True)
    description = ma.fields.String(required=True, metadata={"description": "Markdown."})
    additional_images = ma.fields.List(ma.fields.String(metadata=_PATH), required=True)
    venue = Nested(Venue, required=True)
    recurrence_info = Nested(RecurrenceInfo, required=True, allow_none=True)
    check_in_policy = ma.fields.String(required=True, metadata={"enum": list(CheckInPolicy)})
    ticket_types = Many(TicketTypeAnswer, required=True)
    similar_events = Many(SimilarEvent, required=True, metadata={"description": "At most three."})
    share_urls = Nested(ShareUrls, required=True)
