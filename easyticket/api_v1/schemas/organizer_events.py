"""Events as their organizers write them, by a form with files or as JSON, and as they see them."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from easyticket.api_v1.fields import FlagOrAll, JsonObject, NewPicture, NewPictures, Rows, TimeOfDay
from easyticket.api_v1.schemas.events import EXAMPLE as ITEM_EXAMPLE
from easyticket.api_v1.schemas.events import EventItemAnswer, EventOrganizer
from easyticket.api_v1.schemas.ticket_types import BODY_EXAMPLE as TYPE_BODY_EXAMPLE
from easyticket.api_v1.schemas.ticket_types import EXAMPLE as TYPE_EXAMPLE
from easyticket.api_v1.schemas.ticket_types import OwnTicketTypeAnswer, TicketTypeBody, TicketTypeEntry
from easyticket.http.fields import (
    Amount,
    Answer,
    Body,
    Choice,
    ChoiceFilter,
    Day,
    Degrees,
    Flag,
    Many,
    Moment,
    Nested,
    Query,
    Text,
    Whole,
)
from easyticket.models import CheckInPolicy
from easyticket.queries.my_events import STATUSES
from easyticket.rules.event_forms import LENGTHS, MOST_PICTURES, MOST_TICKET_TYPES
from easyticket.services.event_forms import FormPictures

_POLICIES = [policy.value for policy in CheckInPolicy]
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

_PATTERN = {"frequency": "weekly", "interval": 1, "end_date": None, "occurrences": 8}
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
_MADE = {"id": 12, "title": "Night of Drums", "slug": "night-of-drums"}
CREATED_EXAMPLE: dict[str, Any] = {
    "success": True,
    "message": "Event created.",
    "id": 12,
    "slug": "night-of-drums",
    "data": {
        **_MADE,
        "is_published": True,
        "created_at": "2026-11-02T08:00:00.120000Z",
        "ticket_types_created": 1,
    },
}
UPDATED_EXAMPLE: dict[str, Any] = {
    "success": True,
    "message": "Event updated.",
    "slug": "night-of-drums",
    "event": {**_MADE, "is_published": True, "updated_at": "2026-11-03T10:00:00Z"},
}
DELETED_EXAMPLE = {"message": "Event deleted."}
SUMMARY_EXAMPLE: dict[str, Any] = {
    "total_events": 7,
    "upcoming_events": 2,
    "ongoing_events": 1,
    "past_events": 3,
    "total_revenue": "4150.00",
    "total_tickets_sold": 83,
    "currency": "GHS",
    "revenue_by_currency": {"GHS": "4150.00"},
}
ITEM_NUMBERS_EXAMPLE: dict[str, Any] = {
    **ITEM_EXAMPLE,
    "analytics": {
        "total_tickets": 300,
        "tickets_sold": 12,
        "tickets_remaining": 288,
        "tickets_checked_in": 0,
        "sales_percentage": 4.0,
        "gross_revenue": "600.00",
        "net_revenue": "600.00",
        "platform_fee": "30.00",
        "currency": "GHS",
        "page_views": 210,
        "unique_visitors": 96,
        "conversion_rate": 5.21,
        "last_sale_date": "2026-11-04T12:30:00Z",
    },
    "ticket_types": [TYPE_EXAMPLE],
}
DETAIL_EXAMPLE: dict[str, Any] = {
    **ITEM_NUMBERS_EXAMPLE,
    "organizer": {**ITEM_EXAMPLE["organizer"], "email": "kojo@example.org", "phone": "+233241234567"},
    "description": BODY_EXAMPLE["description"],
    "additional_images": [],
    "venue_address": "4 Ring Road",
    "venue_location": {"latitude": "5.560014", "longitude": "-0.205744"},
    "recurrence_pattern": _PATTERN,
    "check_in_policy": "single_entry",
    "payment_profile": {
        "id": "1b4e28ba-2fa1-11d2-883f-0016d3cca427",
        "name": "MTN",
        "method": "mobile_money",
        "status": "verified",
        "is_verified": True,
        "is_default": True,
    },
}


class EventFormChanges(Body):
    """An event to be changed: what is left out stays. Lengths count for what differs from before."""

    blank_is_null = _NULLABLE

    title = Text(metadata={"minLength": LENGTHS["title"][0], "maxLength": LENGTHS["title"][1]})
    category_slug = Text(allow_none=True, metadata={"description": "Goes before `category_id`."})
    category_ref = Text(
        data_key="category_id", allow_none=True, metadata={"description": "A category's number or slug."}
    )
    short_description = Text(
        metadata={
            "minLength": LENGTHS["short_description"][0],
            "maxLength": LENGTHS["short_description"][1],
        }
    )
    description = Text(metadata={"minLength": LENGTHS["description"][0], "description": "Markdown."})
    venue_name = Text(metadata={"maxLength": 255})
    venue_address = Text(metadata={"maxLength": 1000})
    venue_city = Text(metadata={"maxLength": 100})
    venue_country = Text(metadata={"maxLength": 100})
    venue_latitude = Degrees(allow_none=True)
    venue_longitude = Degrees(allow_none=True)
    start_on = Day(data_key="start_date", metadata={"description": "By calendars where the event is."})
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
            "example": _PATTERN,
        },
    )
    check_in_policy = Choice(_POLICIES, allow_none=True)
    total_capacity = Whole(
        data_key="max_attendees",
        metadata={
            "minimum": 1,
            "maximum": 10_000_000,
            "description": "All ticket types together have no more.",
        },
    )
    payment_profile = Text(
        data_key="payment_profile_id",
        allow_none=True,
        metadata={"description": "The id of one of your payment profiles; empty is none."},
    )
    is_published = Flag(allow_none=True, metadata={"description": "False is a draft."})
    featured_image = NewPicture(metadata={"description": "JPEG, PNG or WebP of at most 5 MB."})
    additional_images = NewPictures(
        metadata={"description": f"Up to {MOST_PICTURES}; new ones take the place of those there are."}
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

    title = Text(required=True, metadata={"minLength": LENGTHS["title"][0], "maxLength": LENGTHS["title"][1]})
    short_description = Text(
        required=True,
        metadata={
            "minLength": LENGTHS["short_description"][0],
            "maxLength": LENGTHS["short_description"][1],
        },
    )
    description = Text(
        required=True, metadata={"minLength": LENGTHS["description"][0], "description": "Markdown."}
    )
    venue_name = Text(required=True, metadata={"maxLength": 255})
    venue_city = Text(required=True, metadata={"maxLength": 100})
    start_on = Day(
        data_key="start_date", required=True, metadata={"description": "By calendars where the event is."}
    )
    starts_at = TimeOfDay(data_key="start_time", required=True)
    total_capacity = Whole(
        data_key="max_attendees",
        required=True,
        metadata={
            "minimum": 1,
            "maximum": 10_000_000,
            "description": "All ticket types together have no more.",
        },
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


class MyEventQuery(Query):
    """What the own events of a list have in common, and their order."""

    status = ChoiceFilter(STATUSES, metadata={"description": "By the clock; without it all of them."})
    is_published = FlagOrAll(metadata={"description": "`true`, `false` or `all`, which is the same as none."})
    category = Text(metadata={"description": "The slug or number of a category.", "example": "music"})
    search = Text(metadata={"description": "Words in title, descriptions, tags, venue or city."})
    sort_by = Text(
        metadata={
            "description": "`start_date`, `created_at`, `tickets_sold` or `revenue`; `-` turns round. Others are ignored.",
            "example": "-start_date",
        }
    )


class _MadeEvent(Answer):
    id = ma.fields.Integer(required=True)
    title = ma.fields.String(required=True)
    slug = ma.fields.String(required=True)
    is_published = ma.fields.Boolean(required=True)


class CreatedEvent(_MadeEvent):
    """A new event in short."""

    created_at = Moment(required=True)
    ticket_types_created = ma.fields.Integer(required=True)


class UpdatedEvent(_MadeEvent):
    """A changed event in short."""

    updated_at = Moment(required=True)


class EventCreatedAnswer(Answer):
    """A new event; `id` and `slug` stand at the top as well."""

    success = ma.fields.Boolean(required=True)
    message = ma.fields.String(required=True)
    id = ma.fields.Integer(required=True)
    slug = ma.fields.String(required=True)
    data = Nested(CreatedEvent, required=True)


class EventUpdatedAnswer(Answer):
    """A changed event; its slug is the old one."""

    success = ma.fields.Boolean(required=True)
    message = ma.fields.String(required=True)
    slug = ma.fields.String(required=True)
    event = Nested(UpdatedEvent, required=True)


class MyEventSummary(Answer):
    """All own events together, whatever the list is narrowed to; what is cancelled counts in `total_events` alone."""

    total_events = ma.fields.Integer(required=True)
    upcoming_events = ma.fields.Integer(required=True)
    ongoing_events = ma.fields.Integer(required=True)
    past_events = ma.fields.Integer(required=True)
    total_revenue = Amount(required=True, metadata={"description": "What was sold in `currency`."})
    total_tickets_sold = ma.fields.Integer(required=True)
    currency = ma.fields.String(required=True)
    revenue_by_currency = ma.fields.Dict(
        keys=ma.fields.String(),
        values=Amount(),
        required=True,
        metadata={"description": "Amounts of different currencies are never added."},
    )


class EventNumbers(Answer):
    """How an event does. `gross_revenue` is what was sold; `net_revenue` is what its organizer gets of it."""

    total_tickets = ma.fields.Integer(required=True)
    tickets_sold = ma.fields.Integer(required=True)
    tickets_remaining = ma.fields.Integer(required=True)
    tickets_checked_in = ma.fields.Integer(required=True)
    sales_percentage = ma.fields.Float(required=True)
    gross_revenue = Amount(required=True)
    net_revenue = Amount(
        required=True, metadata={"description": "After refunds and the fees that are yours."}
    )
    platform_fee = Amount(
        required=True, metadata={"description": "Also what buyers pay on top of the price."}
    )
    currency = ma.fields.String(required=True)
    page_views = ma.fields.Integer(required=True)
    unique_visitors = ma.fields.Integer(required=True)
    conversion_rate = ma.fields.Float(
        required=True, metadata={"description": "Paid orders per 100 visitors."}
    )
    last_sale_date = Moment(required=True, allow_none=True)


class MyEventAnswer(EventItemAnswer):
    """An own event in a list, with how it does."""

    analytics = Nested(EventNumbers, required=True)
    ticket_types = Many(OwnTicketTypeAnswer, required=True)


class OwnOrganizer(EventOrganizer):
    """Yourself, as the event's organizer."""

    email = ma.fields.String(required=True)
    phone = ma.fields.String(required=True)


class Location(Answer):
    """Where the venue is, in degrees."""

    latitude = Degrees(required=True)
    longitude = Degrees(required=True)


class RecurrencePattern(Answer):
    """How an event repeats."""

    frequency = ma.fields.String(required=True)
    interval = ma.fields.Integer(required=True)
    end_date = ma.fields.String(required=True, allow_none=True, metadata={"format": "date"})
    occurrences = ma.fields.Integer(required=True, allow_none=True)


class ProfileInShort(Answer):
    """The account an event's money is paid to."""

    id = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    method = ma.fields.String(required=True)
    status = ma.fields.String(required=True)
    is_verified = ma.fields.Boolean(required=True)
    is_default = ma.fields.Boolean(required=True)


class MyEventDetailAnswer(MyEventAnswer):
    """An own event with everything the form that changes it shows."""

    organizer = Nested(OwnOrganizer, required=True)
    description = ma.fields.String(required=True)
    additional_images = ma.fields.List(ma.fields.String(metadata={"format": "uri-reference"}), required=True)
    venue_address = ma.fields.String(required=True)
    venue_location = Nested(Location, required=True, allow_none=True)
    recurrence_pattern = Nested(RecurrencePattern, required=True, allow_none=True)
    check_in_policy = ma.fields.String(required=True, metadata={"enum": _POLICIES})
    payment_profile = Nested(ProfileInShort, required=True, allow_none=True)
