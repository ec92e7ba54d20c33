"""The form that makes and changes an event, sent as multipart with files or as JSON."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from easyticket.api_v1.fields import JsonObject, NewPicture, NewPictures, Rows, TimeOfDay
from easyticket.api_v1.schemas.ticket_types import BODY_EXAMPLE as TYPE_BODY_EXAMPLE
from easyticket.api_v1.schemas.ticket_types import TicketTypeBody, TicketTypeEntry
from easyticket.http.fields import Body, Choice, Day, Degrees, Flag, Text, Whole
from easyticket.models import CheckInPolicy
from easyticket.rules.event_forms import LENGTHS, MOST_PICTURES, MOST_TICKET_TYPES
from easyticket.services.event_forms import FormPictures

POLICIES = [policy.value for policy in CheckInPolicy]
_TITLE, _SHORT = (
    {"minLength": shortest, "maxLength": longest}
    for shortest, longest in (LENGTHS["title"], LENGTHS["short_description"])
)
_LONG = {"minLength": LENGTHS["description"][0], "description": "Markdown."}
_DAY = {"description": "By calendars where the event is."}
_ROOM = {"minimum": 1, "maximum": 10_000_000, "description": "All ticket types together have no more."}
_NULLABLE = (
    "category_id",
    "category_slug",
    "venue_latitude",
    "venue_longitude",
    "end_date",
    "end_time",
    "is_recurring",
    "recurrence_pattern",
    "check_in_policy",
    "is_published",
    "featured_image",
    "additional_images",
)


PATTERN_EXAMPLE = {"frequency": "weekly", "interval": 1, "end_date": None, "occurrences": 8}
BODY_EXAMPLE: dict[str, Any] = {
    "title": "Night of Drums",
    "category_slug": "music",
    "short_description": "Twelve drummers, one long night.",
    "description": "Drums from Accra to Tamale, played by twelve people who have done nothing else in their lives.",
    "venue_name": "Hall 2",
    "venue_address": "4 Ring Road",
    "venue_city": "Accra",
    "venue_country": "Ghana",
    "venue_latitude": "5.560014",
    "venue_longitude": "-0.205744",
    "start_date": "2030-12-06",
    "end_date": "2030-12-07",
    "start_time": "18:00",
    "end_time": "01:00",
    "is_recurring": False,
    "check_in_policy": "single_entry",
    "max_attendees": 300,
    "payment_profile_id": "",
    "is_published": True,
    "ticket_types": [TYPE_BODY_EXAMPLE],
}
CHANGES_EXAMPLE = {"title": "Night of Drums and Bells", "start_time": "19:00", "ticket_types": []}


class EventFormChanges(Body):
    """An event to be changed: what is left out stays. Lengths count for what differs from before."""

    blank_is_null = _NULLABLE

    title = Text(metadata=_TITLE)
    category_slug = Text(allow_none=True, metadata={"description": "Goes before `category_id`."})
    category_ref = Text(
        data_key="category_id", allow_none=True, metadata={"description": "A category's number or slug."}
    )
    short_description = Text(metadata=_SHORT)
    description = Text(metadata=_LONG)
    venue_name = Text(metadata={"maxLength": 255})
    venue_address = Text(metadata={"maxLength": 1000})
    venue_city = Text(metadata={"maxLength": 100})
    venue_country = Text(metadata={"maxLength": 100})
    venue_latitude = Degrees(allow_none=True)
    venue_longitude = Degrees(allow_none=True)
    start_on = Day(data_key="start_date", metadata=_DAY)
    end_on = Day(
        data_key="end_date", allow_none=True, metadata={"description": "Without one it is `start_date`."}
    )
    starts_at = TimeOfDay(data_key="start_time")
    ends_at = TimeOfDay(
        data_key="end_time",
        allow_none=True,
        metadata={
            "description": "Without one it is 23:59:59 of `end_date`, and without both three hours after the start."
        },
    )
    is_recurring = Flag(allow_none=True)
    recurrence = JsonObject(
        data_key="recurrence_pattern",
        allow_none=True,
        metadata={
            "description": "`frequency`, `interval`, and `end_date` or `occurrences`.",
            "example": PATTERN_EXAMPLE,
        },
    )
    check_in_policy = Choice(POLICIES, allow_none=True)
    total_capacity = Whole(
        data_key="max_attendees",
        metadata=_ROOM,
    )
    payment_profile = Text(
        data_key="payment_profile_id",
        allow_none=True,
        metadata={
            "description": "The id of one of your payment profiles; empty changes nothing, null takes it away."
        },
    )
    is_published = Flag(allow_none=True, metadata={"description": "False is a draft."})
    featured_image = NewPicture(metadata={"description": "JPEG, PNG or WebP of at most 5 MB."})
    additional_images = NewPictures(
        metadata={
            "description": f"Up to {MOST_PICTURES}; they are added to those there are, and the newest {MOST_PICTURES} stay."
        }
    )
    ticket_types = Rows(
        TicketTypeEntry,
        most=MOST_TICKET_TYPES,
        metadata={"description": "Those with an `id` are changed, those without are added, all others stay."},
    )

    @ma.post_load
    def _sort_out(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Put the files apart, as `pictures`."""
        pictures = FormPictures(data.pop("featured_image", None), data.pop("additional_images", None) or ())
        if data.get("check_in_policy"):
            data["check_in_policy"] = CheckInPolicy(data["check_in_policy"])
        return {**data, "pictures": pictures}


class EventForm(EventFormChanges):
    """An event to be made. It needs a category too, by its slug or its number."""

    title = Text(required=True, metadata=_TITLE)
    short_description = Text(
        required=True,
        metadata=_SHORT,
    )
    description = Text(required=True, metadata=_LONG)
    venue_name = Text(required=True, metadata={"maxLength": 255})
    venue_city = Text(required=True, metadata={"maxLength": 100})
    start_on = Day(data_key="start_date", required=True, metadata=_DAY)
    starts_at = TimeOfDay(data_key="start_time", required=True)
    total_capacity = Whole(
        data_key="max_attendees",
        required=True,
        metadata=_ROOM,
    )
    time_zone = Text(
        data_key="timezone",
        metadata={"description": "The IANA zone of all dates and times of day; by itself the site's."},
    )
    is_published = Flag(
        allow_none=True,
        metadata={
            "description": "False is a draft; left out, it is live. Until your address is verified it is a draft anyway."
        },
    )
    ticket_types = Rows(TicketTypeBody, most=MOST_TICKET_TYPES, required=True, metadata={"minItems": 1})
