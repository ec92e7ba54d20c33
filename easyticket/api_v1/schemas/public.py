"""What the site shows of itself, the contact form and the newsletter."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from easyticket.http.fields import Amount, Answer, Body, Moment, Nested, Text

SITE_EXAMPLE: dict[str, Any] = {
    "success": True,
    "data": {
        "overview": {
            "total_upcoming_events": 41,
            "total_tickets_sold": 1820,
            "total_organizers": 12,
            "total_attendees_checked_in": 640,
            "total_events_published": 96,
            "active_events_now": 2,
        },
        "revenue": {"total_revenue": "91000.00", "currency": "GHS"},
        "highlights": {
            "most_popular_event": {
                "id": 12,
                "slug": "night-of-drums",
                "title": "Night of Drums",
                "tickets_sold": 88,
                "category": "Music",
            },
            "events_this_month": 9,
            "new_organizers_this_month": 1,
        },
        "last_updated": "2026-02-01T10:00:00Z",
    },
}
MESSAGE_EXAMPLE: dict[str, Any] = {
    "name": "Ama Boateng",
    "email": "ama@example.org",
    "subject": "A question about groups",
    "message": "Can twenty of us sit together?",
    "phone": "+233241234567",
}
SENT_EXAMPLE: dict[str, Any] = {
    "success": True,
    "message": "Your message was sent. We answer by mail.",
    "data": {
        "id": "6b1f0f7e-6a4e-4b63-9d07-2f6f3d5f6f0a",
        "reference": "MSG-000001",
        "created_at": "2026-02-01T10:00:00Z",
    },
}
SUBSCRIBED_EXAMPLE: dict[str, Any] = {
    "success": True,
    "message": "You are subscribed to the newsletter.",
    "data": {"email": "ama@example.org", "subscribed_at": "2026-02-01T10:00:00Z"},
}


def _whole(description: str = "") -> ma.fields.Integer:
    return ma.fields.Integer(required=True, metadata={"description": description} if description else {})


class SiteOverview(Answer):
    """Published events and what they sold."""

    total_upcoming_events = _whole("Those that have not begun.")
    total_tickets_sold = _whole()
    total_organizers = _whole("People with a published event.")
    total_attendees_checked_in = _whole()
    total_events_published = _whole("Those of all times.")
    active_events_now = _whole("Those that are on now.")


class SiteRevenue(Answer):
    """Tickets at their price less discounts, in the currency of this API alone."""

    total_revenue = Amount(required=True)
    currency = ma.fields.String(required=True)


class PopularEvent(Answer):
    """The event that sold most of those that are not over."""

    id = _whole()
    slug = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    tickets_sold = _whole()
    category = ma.fields.String(required=True, metadata={"description": "The category's name."})


class SiteHighlights(Answer):
    """What stands out; months are those of the site's time zone."""

    most_popular_event = Nested(PopularEvent, required=True, allow_none=True)
    events_this_month = _whole("Those that begin in it.")
    new_organizers_this_month = _whole("Those whose first event was published in it.")


class SiteData(Answer):
    """The numbers of the site."""

    overview = Nested(SiteOverview, required=True)
    revenue = Nested(SiteRevenue, required=True)
    highlights = Nested(SiteHighlights, required=True)
    last_updated = Moment(required=True)


class SiteAnswer(Answer):
    """What the site shows of itself."""

    success = ma.fields.Boolean(required=True)
    data = Nested(SiteData, required=True)


class ContactBody(Body):
    """What somebody writes to the people who run the site."""

    name = Text(required=True, blank=False, metadata={"maxLength": 100})
    email = Text(required=True, blank=False, metadata={"format": "email"})
    subject = Text(required=True, blank=False, metadata={"maxLength": 200})
    message = Text(required=True, blank=False, metadata={"maxLength": 5000})
    phone_number = Text(
        data_key="phone", load_default="", metadata={"description": "5 to 15 digits; may be left out."}
    )


class ContactSent(Answer):
    """A message that was kept."""

    id = ma.fields.UUID(required=True)
    reference = ma.fields.String(required=True, metadata={"description": "What to quote when asking again."})
    created_at = Moment(required=True)


class ContactAnswer(Answer):
    """The message is on its way."""

    success = ma.fields.Boolean(required=True)
    message = ma.fields.String(required=True)
    data = Nested(ContactSent, required=True)


class NewsletterBody(Body):
    """Who wants the newsletter."""

    email = Text(required=True, blank=False, metadata={"format": "email"})


class NewsletterSubscribed(Answer):
    """An address that gets the newsletter."""

    email = ma.fields.String(required=True)
    subscribed_at = Moment(required=True)


class NewsletterAnswer(Answer):
    """The address was noted."""

    success = ma.fields.Boolean(required=True)
    message = ma.fields.String(required=True)
    data = Nested(NewsletterSubscribed, required=True)
