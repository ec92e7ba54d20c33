"""Mails to organizers about what administrators decided about their events."""

from __future__ import annotations

from easyticket.emails.message import Email, render_email
from easyticket.links import public_url
from easyticket.models import Event
from easyticket.rules.wording import period_text


def event_taken_down(event: Event, *, contact: str) -> Email:
    """Return the mail that says why an event is not shown any more, and what that means."""
    return render_email(
        "event_taken_down",
        event.organizer.email,
        event_title=event.title,
        when=period_text(event),
        reason=event.takedown_reason,
        contact=contact,
        link=public_url("organizer.event", slug=event.slug),
    )


def event_restored(event: Event) -> Email:
    """Return the mail that says that an event is shown and sold again."""
    return render_email(
        "event_restored",
        event.organizer.email,
        event_title=event.title,
        when=period_text(event),
        link=public_url("events.page", slug=event.slug),
    )
