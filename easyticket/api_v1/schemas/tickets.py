"""Tickets as their holders' apps take and give them."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from easyticket.api_v1.schemas.events import EventOrganizer
from easyticket.http.fields import Amount, Answer, ChoiceFilter, Degrees, Moment, Nested, Query, Text, Whole
from easyticket.rules.tickets import TicketState

_STATES = [state.value for state in TicketState]
_EVENT_STATUSES = ["upcoming", "ongoing", "past", "cancelled"]
_PAYMENT_STATUSES = ["completed", "pending", "failed", "refunded"]
_QR = "9b2f6c1e5a7d4c3b9e217f4d8a90b6c29b2f6c1e5a7d4c3b9e217f4d8a90b6c2"

TYPE_EXAMPLE: dict[str, Any] = {"id": 4, "name": "Regular", "price": "50.00"}
ITEM_EXAMPLE: dict[str, Any] = {
    "ticket_id": "TKT-20260301-7J2KQ0ABCD",
    "qr_code": f"/media/qr/{_QR}.png",
    "qr_code_url": f"/media/qr/{_QR}.png",
    "download_url": "/api/v1/tickets/TKT-20260301-7J2KQ0ABCD/download/",
    "event": {
        "id": 12,
        "title": "Night of Drums",
        "slug": "night-of-drums",
        "featured_image": "/media/0f8fad5bd9cb469fa16570867728950e.webp",
        "category": {"id": 3, "name": "Music"},
        "venue_name": "Hall 2",
        "venue_city": "Accra",
        "start_date": "2026-03-01",
        "start_time": "18:00:00",
        "status": "upcoming",
    },
    "ticket_type": TYPE_EXAMPLE,
    "attendee_info": {"name": "Ama Boateng", "email": "ama@example.org", "phone": "+233241234567"},
    "purchase_date": "2026-02-01T10:00:00Z",
    "payment_reference": "ET-3K7QW9ZC5T2M8N4B6V1X0JHGFD",
    "price": "50.00",
    "amount_paid": "52.50",
    "currency": "GHS",
    "status": "active",
    "is_checked_in": False,
    "checked_in_at": None,
}
DETAIL_EXAMPLE: dict[str, Any] = {
    **ITEM_EXAMPLE,
    "event": {
        **ITEM_EXAMPLE["event"],
        "description": "An evening of music.",
        "venue_address": "4 Ring Road",
        "venue_country": "Ghana",
        "venue_location": {"latitude": "5.603717", "longitude": "-0.186964"},
        "end_date": "2026-03-01",
        "end_time": "23:00:00",
        "organizer": {"id": 1, "username": "kojo", "full_name": "Kojo Antwi", "profile_image": None},
    },
    "ticket_type": {**TYPE_EXAMPLE, "description": "A place on the floor."},
    "purchase_info": {
        "purchase_date": "2026-02-01T10:00:00Z",
        "payment_reference": "ET-3K7QW9ZC5T2M8N4B6V1X0JHGFD",
        "payment_method": "card",
        "amount_paid": "52.50",
        "currency": "GHS",
        "payment_status": "completed",
    },
}
ATTENDED_EXAMPLE: dict[str, Any] = {
    "event": {
        "id": 12,
        "title": "Night of Drums",
        "slug": "night-of-drums",
        "featured_image": "/media/0f8fad5bd9cb469fa16570867728950e.webp",
        "category": "Music",
        "venue_name": "Hall 2",
        "event_date": "2026-03-01T18:00:00Z",
    },
    "ticket_id": "TKT-20260301-7J2KQ0ABCD",
    "ticket_type": "Regular",
    "attended_date": "2026-03-01T17:40:00Z",
    "amount_paid": "52.50",
}


class TicketQuery(Query):
    """What a list of tickets is narrowed to."""

    status = ChoiceFilter(
        [*_STATES, "paid", "all"],
        metadata={
            "description": "`paid` is `active`; an unused ticket of a past event is `expired`; one that admits more than "
            "once is not `used` before its event is over.",
            "example": "active",
        },
    )
    query = Text(
        data_key="search",
        metadata={"description": "A part of the ticket's code, or words of the event's title."},
    )
    category = Text(metadata={"description": "The slug or number of a category.", "example": "music"})
    category_id = Whole(
        metadata={"description": "The number of a category; `category` wins where both are there."}
    )


class CategoryName(Answer):
    """A category in two keys."""

    id = ma.fields.Integer(required=True)
    name = ma.fields.String(required=True)


class TicketEvent(Answer):
    """The event of a ticket, its dates and times in its own zone."""

    id = ma.fields.Integer(required=True)
    title = ma.fields.String(required=True)
    slug = ma.fields.String(required=True)
    featured_image = ma.fields.String(required=True)
    category = Nested(CategoryName, required=True)
    venue_name = ma.fields.String(required=True)
    venue_city = ma.fields.String(required=True)
    start_date = ma.fields.Date(required=True)
    start_time = ma.fields.Time(required=True)
    status = ma.fields.String(required=True, metadata={"enum": _EVENT_STATUSES})


class TypeAnswer(Answer):
    """What was bought, under the name and at the price it had then."""

    id = ma.fields.Integer(required=True)
    name = ma.fields.String(required=True)
    price = Amount(required=True)


class AttendeeInfo(Answer):
    """Whose ticket it is."""

    name = ma.fields.String(required=True)
    email = ma.fields.String(required=True)
    phone = ma.fields.String(required=True)


class TicketItemAnswer(Answer):
    """A ticket in a list or after a purchase."""

    ticket_id = ma.fields.String(required=True, metadata={"description": "The code printed on it."})
    qr_code = ma.fields.String(required=True, metadata={"description": "Its QR code as a PNG."})
    qr_code_url = ma.fields.String(required=True, metadata={"description": "The same."})
    download_url = ma.fields.String(required=True, metadata={"description": "Its PDF, for its owner."})
    event = Nested(TicketEvent, required=True)
    ticket_type = Nested(TypeAnswer, required=True)
    attendee_info = Nested(AttendeeInfo, required=True)
    purchase_date = Moment(required=True)
    payment_reference = ma.fields.String(required=True)
    price = Amount(required=True, metadata={"description": "Without fee and discount."})
    amount_paid = Amount(required=True, metadata={"description": "With its share of fee and discount."})
    currency = ma.fields.String(required=True)
    status = ma.fields.String(required=True, metadata={"enum": _STATES})
    is_checked_in = ma.fields.Boolean(required=True)
    checked_in_at = Moment(
        required=True,
        allow_none=True,
        metadata={"description": "When it let somebody in for the first time."},
    )


class Coordinates(Answer):
    """Where a venue is; null where nobody said."""

    latitude = Degrees(required=True, allow_none=True)
    longitude = Degrees(required=True, allow_none=True)


class TicketEventDetail(TicketEvent):
    """The event of a ticket with its place and organizer."""

    description = ma.fields.String(required=True)
    venue_address = ma.fields.String(required=True)
    venue_country = ma.fields.String(required=True)
    venue_location = Nested(Coordinates, required=True)
    end_date = ma.fields.Date(required=True)
    end_time = ma.fields.Time(required=True)
    organizer = Nested(EventOrganizer, required=True)


class TypeDetail(TypeAnswer):
    """What was bought, with its description."""

    description = ma.fields.String(required=True)


class PurchaseInfo(Answer):
    """How a ticket was paid."""

    purchase_date = Moment(required=True)
    payment_reference = ma.fields.String(required=True)
    payment_method = ma.fields.String(required=True)
    amount_paid = Amount(required=True)
    currency = ma.fields.String(required=True)
    payment_status = ma.fields.String(required=True, metadata={"enum": _PAYMENT_STATUSES})


class TicketAnswer(TicketItemAnswer):
    """A ticket with all there is to know about it."""

    event = Nested(TicketEventDetail, required=True)
    ticket_type = Nested(TypeDetail, required=True)
    purchase_info = Nested(PurchaseInfo, required=True)


class AttendedEvent(Answer):
    """An event somebody went to."""

    id = ma.fields.Integer(required=True)
    title = ma.fields.String(required=True)
    slug = ma.fields.String(required=True)
    featured_image = ma.fields.String(required=True)
    category = ma.fields.String(required=True, metadata={"description": "The category's name."})
    venue_name = ma.fields.String(required=True)
    event_date = Moment(required=True, metadata={"description": "When the event began."})


class AttendedAnswer(Answer):
    """A ticket that let somebody in, with its event."""

    event = Nested(AttendedEvent, required=True)
    ticket_id = ma.fields.String(required=True)
    ticket_type = ma.fields.String(required=True)
    attended_date = Moment(required=True)
    amount_paid = Amount(required=True)
