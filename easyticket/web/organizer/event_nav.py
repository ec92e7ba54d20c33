"""The tabs over the pages of one event. A page of an event adds its line here, and names its tab's key as `event_tab`."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from easyticket.queries.organizer import is_event_cancelled


@dataclass(frozen=True, slots=True)
class EventTab:
    """One tab: `key` is what its page calls itself in `event_tab`."""

    key: str
    label: str
    url: str


# In their order from left to right: key, label, endpoint. The endpoint takes the event's `slug`.
_TABS = (
    ("overview", "Overview", "organizer.event"),
    ("edit", "Edit", "organizer.edit_event"),
    ("tickets", "Tickets", "organizer.ticket_types"),
    ("check", "Check", "organizer.check"),
    ("orders", "Orders", "organizer.orders"),
    ("attendees", "Attendees", "organizer.attendees"),
    ("door", "Door sale", "organizer.door"),
    ("history", "History", "organizer.history"),
    ("gate", "Gate", "gate.page"),
)


# What is left of a cancelled event: everything else leads to a refusal.
_OF_CANCELLED = {"overview", "orders", "attendees", "history"}


def event_tabs(slug: str) -> list[EventTab]:
    """Return the tabs of the event with this slug."""
    is_cancelled = is_event_cancelled(slug)
    return [
        EventTab(key, label, url_for(endpoint, slug=slug))
        for key, label, endpoint in _TABS
        if not is_cancelled or key in _OF_CANCELLED
    ]
