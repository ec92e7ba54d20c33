"""What the site shows of itself, and what became of a message or a subscription."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from easyticket.models import ContactMessage, NewsletterSubscription
from easyticket.queries.site_stats import SiteStats


def site_shape(stats: SiteStats, now: datetime) -> dict[str, Any]:
    """Return the numbers of the site."""
    return {
        "success": True,
        "data": {
            "overview": {
                "total_upcoming_events": stats.upcoming_events,
                "total_tickets_sold": stats.tickets_sold,
                "total_organizers": stats.organizers,
                "total_attendees_checked_in": stats.checked_in,
                "total_events_published": stats.published_events,
                "active_events_now": stats.running_events,
            },
            "revenue": {"total_revenue": stats.revenue, "currency": stats.revenue.currency},
            "highlights": {
                "most_popular_event": _popular_shape(stats),
                "events_this_month": stats.events_this_month,
                "new_organizers_this_month": stats.new_organizers_this_month,
            },
            "last_updated": now,
        },
    }


def message_shape(message: ContactMessage) -> dict[str, Any]:
    """Return a message that is on its way."""
    return {
        "success": True,
        "message": "Your message was sent. We answer by mail.",
        "data": {
            "id": message.uuid,
            "reference": message.reference,
            "created_at": message.created_at,
        },
    }


def subscription_shape(subscription: NewsletterSubscription) -> dict[str, Any]:
    """Return a subscription to the newsletter."""
    return {
        "success": True,
        "message": "You are subscribed to the newsletter.",
        "data": {"email": subscription.email, "subscribed_at": subscription.subscribed_at},
    }


def _popular_shape(stats: SiteStats) -> dict[str, Any] | None:
    popular = stats.most_popular
    if popular is None:
        return None
    event = popular.event
    return {
        "id": event.id,
        "slug": event.slug,
        "title": event.title,
        "tickets_sold": popular.tickets_sold,
        "category": popular.category_name,
    }
