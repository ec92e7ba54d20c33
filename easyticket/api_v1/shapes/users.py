"""The account as its owner sees it."""

from __future__ import annotations

from typing import Any

from easyticket.api_v1.shapes.media import media_url
from easyticket.api_v1.shapes.people import username_of
from easyticket.models import User
from easyticket.queries.account_numbers import AccountNumbers


def new_user_shape(user: User) -> dict[str, Any]:
    """Return what signing up answers."""
    return {
        "id": user.id,
        "username": username_of(user),
        "email": user.email,
        "full_name": user.full_name,
    }


def user_shape(user: User, numbers: AccountNumbers) -> dict[str, Any]:
    """Return an account with all that its owner sees."""
    return {
        **new_user_shape(user),
        "phone_number": user.phone_number,
        "is_organizer": user.is_email_verified,
        "profile_image": media_url(user.profile_image),
        "bio": user.bio,
        "city": user.city,
        "country": user.country,
        "is_email_verified": user.is_email_verified,
        "date_joined": user.created_at,
        "last_login": user.last_login_at,
        "settings": settings_shape(user),
        "stats": {
            "total_tickets_purchased": numbers.tickets,
            "total_events_attended": numbers.events_attended,
            "events_organized": numbers.events_organized,
            "total_spent": numbers.spent.as_text(),
            "account_age_days": numbers.age_days,
        },
    }


def settings_shape(user: User) -> dict[str, bool]:
    """Return what somebody wants to be told, and how."""
    return {
        "marketing_emails": user.wants_marketing,
        "event_reminders": user.wants_reminders,
        "email_notifications": user.wants_email,
        "sms_notifications": user.wants_sms,
    }
