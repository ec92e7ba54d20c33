"""Events as their organizers see them: in lists with how they do, one with all of its fields, and all summed up."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from easyticket.api_v1.fields import FlagOrAll
from easyticket.api_v1.schemas.event_forms import BODY_EXAMPLE, PATTERN_EXAMPLE, POLICIES
from easyticket.api_v1.schemas.events import EXAMPLE as ITEM_EXAMPLE
from easyticket.api_v1.schemas.events import EventItemAnswer, EventOrganizer
from easyticket.api_v1.schemas.ticket_types import EXAMPLE as TYPE_EXAMPLE
from easyticket.api_v1.schemas.ticket_types import OwnTicketTypeAnswer
from easyticket.http.fields import (
    Amount,
    Answer,
    ChoiceFilter,
    Degrees,
    Many,
    Moment,
    Nested,
    Query,
    Text,
)
from easyticket.queries.my_events import STATUSES

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
    "recurrence_pattern": PATTERN_EXAMPLE,
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
    check_in_policy = ma.fields.String(required=True, metadata={"enum": POLICIES})
    payment_profile = Nested(ProfileInShort, required=True, allow_none=True)
