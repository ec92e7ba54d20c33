"""The account as its owner sees it."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from easyticket.http.fields import Answer, Moment, Nested

SETTINGS_EXAMPLE: dict[str, Any] = {
    "marketing_emails": False,
    "event_reminders": True,
    "email_notifications": True,
    "sms_notifications": False,
}
USER_EXAMPLE: dict[str, Any] = {
    "id": 7,
    "username": "ama",
    "email": "ama@example.org",
    "full_name": "Ama Boateng",
    "phone_number": "+233241234567",
    "is_organizer": True,
    "profile_image": "/media/6f1c2b3a4d5e6f708192a3b4c5d6e7f8-480x480.webp",
    "bio": "Highlife on Fridays.",
    "city": "Accra",
    "country": "Ghana",
    "is_email_verified": True,
    "date_joined": "2026-01-05T09:00:00.120000Z",
    "last_login": "2026-02-01T18:30:00Z",
    "settings": SETTINGS_EXAMPLE,
    "stats": {
        "total_tickets_purchased": 4,
        "total_events_attended": 2,
        "events_organized": 1,
        "total_spent": 210.0,
        "account_age_days": 27,
    },
}


class SettingsAnswer(Answer):
    """What somebody wants to be told, and how."""

    marketing_emails = ma.fields.Boolean(required=True)
    event_reminders = ma.fields.Boolean(required=True)
    email_notifications = ma.fields.Boolean(required=True)
    sms_notifications = ma.fields.Boolean(required=True)


class UserNumbers(Answer):
    """What an account did so far."""

    total_tickets_purchased = ma.fields.Integer(
        required=True, metadata={"description": "Cancelled ones do not count."}
    )
    total_events_attended = ma.fields.Integer(required=True)
    events_organized = ma.fields.Integer(required=True)
    total_spent = ma.fields.Float(
        required=True, metadata={"description": "Paid and not returned, in the currency of this API."}
    )
    account_age_days = ma.fields.Integer(required=True)


class UserAnswer(Answer):
    """An account, for its owner."""

    id = ma.fields.Integer(required=True)
    username = ma.fields.String(required=True)
    email = ma.fields.String(required=True)
    full_name = ma.fields.String(required=True)
    phone_number = ma.fields.String(required=True)
    is_organizer = ma.fields.Boolean(
        required=True, metadata={"description": "True once the address is verified: then events can go live."}
    )
    profile_image = ma.fields.String(required=True, allow_none=True)
    bio = ma.fields.String(required=True)
    city = ma.fields.String(required=True)
    country = ma.fields.String(required=True)
    is_email_verified = ma.fields.Boolean(required=True)
    date_joined = Moment(required=True)
    last_login = Moment(required=True, allow_none=True)
    settings = Nested(SettingsAnswer, required=True)
    stats = Nested(UserNumbers, required=True)
