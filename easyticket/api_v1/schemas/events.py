"""Events as lists and their pages take and give them. Dates and times of day are those of clocks in the event's zone."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from easyticket.api_v1.schemas.categories import EXAMPLE as CATEGORY_EXAMPLE
from easyticket.api_v1.schemas.categories import CategoryAnswer
from easyticket.http.fields import (
    Amount,
    Answer,
    ChoiceFilter,
    Day,
    Many,
    Moment,
    Nested,
    PriceFilter,
    Query,
    Text,
)
from easyticket.queries.event_filters import When

STATUSES = ("upcoming", "ongoing", "past", "cancelled")
_WHEN = {"upcoming": When.UPCOMING, "ongoing": When.ONGOING, "all": When.CURRENT}
_PATH = {"format": "uri-reference"}

_PICTURE = "/media/0f8fad5bd9cb469fa16570867728950e-1600x1067.webp"
ORGANIZER_EXAMPLE: dict[str, Any] = {
    "id": 1,
    "username": "kojo",
    "full_name": "Kojo Antwi",
    "profile_image": None,
}
EXAMPLE: dict[str, Any] = {
    "id": 12,
    "title": "Night of Drums",
    "slug": "night-of-drums",
    "organizer": ORGANIZER_EXAMPLE,
    "category": CATEGORY_EXAMPLE,
    "short_description": "Twelve drummers, one night.",
    "featured_image": _PICTURE,
    "featured_image_sizes": [{"url": _PICTURE, "width": 1600, "height": 1067}],
    "venue_name": "Hall 2",
    "venue_city": "Accra",
    "venue_country": "Ghana",
    "start_date": "2030-12-06",
    "end_date": "2030-12-07",
    "start_time": "18:00:00",
    "end_time": "01:00:00",
    "timezone": "Africa/Accra",
    "total_tickets": 300,
    "tickets_sold": 12,
    "tickets_available": 288,
    "max_attendees": 300,
    "lowest_price": "50.00",
    "highest_price": "120.00",
    "currency": "GHS",
    "status": "upcoming",
    "is_recurring": False,
    "is_published": True,
    "created_at": "2026-11-02T08:00:00.120000Z",
    "updated_at": "2026-11-02T08:00:00.120000Z",
}
FILTERS_EXAMPLE = {"category": "music", "search": None, "city": "Accra", "status": "upcoming"}


class PastQuery(Query):
    """What the past events of a list have in common, and their order."""

    category = Text(metadata={"description": "The slug or number of a category.", "example": "music"})
    search = Text(
        metadata={"description": "Words, all of which are in title, descriptions, tags, venue or city."}
    )
    city = Text(metadata={"description": "Case and accents do not count.", "example": "Accra"})
    date_from = Day(metadata={"description": "The first day, by calendars where the event is."})
    date_to = Day(metadata={"description": "The last day, by calendars where the event is."})
    price_min = PriceFilter(metadata={"description": "At least one of its tickets costs as much or more."})
    price_max = PriceFilter(metadata={"description": "The same ticket costs as much or less."})
    ordering = Text(
        metadata={
            "description": "`start_date`, `end_date`, `price` (the lowest), `created_at` or `popularity` (the most sold first "
            "both ways), several with commas; `-` turns round. Others are ignored.",
            "example": "-start_date",
        }
    )


class BrowseQuery(PastQuery):
    """What the events of a list have in common, and their order."""

    status = ChoiceFilter(
        tuple(_WHEN), metadata={"description": "Without it `upcoming`; `all` is what is not past."}
    )

    @ma.post_load
    def _read_status(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        when = _WHEN[data.pop("status", "upcoming")]
        return {**data, "when": when}


class FiltersApplied(Answer):
    """What was asked for, as it was sent; null where nothing was."""

    category = ma.fields.String(required=True, allow_none=True)
    search = ma.fields.String(required=True, allow_none=True)
    city = ma.fields.String(required=True, allow_none=True)
    status = ma.fields.String(required=True)


class EventOrganizer(Answer):
    """Who organizes an event."""

    id = ma.fields.Integer(required=True)
    username = ma.fields.String(required=True)
    full_name = ma.fields.String(required=True)
    profile_image = ma.fields.String(required=True, allow_none=True, metadata=_PATH)


class PictureSize(Answer):
    """One size of a picture, in pixels."""

    url = ma.fields.String(required=True, metadata=_PATH)
    width = ma.fields.Integer(required=True)
    height = ma.fields.Integer(required=True)


class EventItemAnswer(Answer):
    """An event in a list."""

    id = ma.fields.Integer(required=True)
    title = ma.fields.String(required=True)
    slug = ma.fields.String(required=True)
    organizer = Nested(EventOrganizer, required=True)
    category = Nested(CategoryAnswer, required=True)
    short_description = ma.fields.String(required=True)
    featured_image = ma.fields.String(
        required=True, metadata={**_PATH, "description": "Its largest size; a drawn cover where it has none."}
    )
    featured_image_sizes = Many(
        PictureSize, required=True, metadata={"description": "The smallest first; some pictures have one."}
    )
    venue_name = ma.fields.String(required=True)
    venue_city = ma.fields.String(required=True)
    venue_country = ma.fields.String(required=True)
    start_date = Day(required=True)
    end_date = Day(required=True)
    start_time = ma.fields.Time(required=True)
    end_time = ma.fields.Time(required=True)
    timezone = ma.fields.String(
        required=True, metadata={"description": "The IANA zone of all its dates and times of day."}
    )
    total_tickets = ma.fields.Integer(required=True)
    tickets_sold = ma.fields.Integer(required=True)
    tickets_available = ma.fields.Integer(
        required=True, metadata={"description": "What is held for buyers who have not paid is not available."}
    )
    max_attendees = ma.fields.Integer(required=True)
    lowest_price = Amount(required=True)
    highest_price = Amount(required=True)
    currency = ma.fields.String(required=True)
    status = ma.fields.String(required=True, metadata={"enum": list(STATUSES)})
    is_recurring = ma.fields.Boolean(required=True)
    is_published = ma.fields.Boolean(required=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)
