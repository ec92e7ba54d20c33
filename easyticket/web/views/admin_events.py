"""Events and categories as administrators see them, written out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from easyticket.models import Event, EventStatus
from easyticket.queries.all_events import EventKind
from easyticket.queries.categories import CategoryCount
from easyticket.rules.wording import moment_text, period_text, place_text
from easyticket.web.views.order_parts import Pill
from easyticket.web.views.organizer import pill_of

EVENT_KINDS = (
    ("", "All events"),
    (EventKind.ON_SALE.value, "On sale"),
    (EventKind.FEATURED.value, "Featured"),
    (EventKind.HIDDEN.value, "Hidden"),
    (EventKind.TAKEN_DOWN.value, "Taken down"),
    (EventKind.DRAFTS.value, "Drafts"),
    (EventKind.PAST.value, "Over"),
    (EventKind.CANCELLED.value, "Cancelled"),
)


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event in a list."""

    title: str
    url: str
    when: str
    place: str
    organizer: str
    pills: Sequence[Pill]
    sold: str


@dataclass(frozen=True, slots=True)
class EventPage:
    """One event and its standing."""

    row: EventRow
    slug: str
    organizer_url: str
    organizer_email: str
    facts: Sequence[tuple[str, str]]
    is_featured: bool
    is_hidden: bool
    is_draft: bool
    taken_down_on: str
    takedown_reason: str
    public_url: str
    desk_url: str
    fee_url: str


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category and how much is in it."""

    name: str
    slug: str
    url: str
    text: str
    is_active: bool
    event_count: int


def event_row(event: Event, sold: int, now: datetime) -> EventRow:
    """Return an event of a list."""
    return EventRow(
        title=event.title,
        url=url_for("admin.event", slug=event.slug),
        when=period_text(event),
        place=place_text(event),
        organizer=event.organizer.display_name,
        pills=_pills(event, now),
        sold="1 ticket sold" if sold == 1 else f"{sold:,} tickets sold",
    )


def event_page(event: Event, sold: int, now: datetime) -> EventPage:
    """Return the page of one event."""
    zone = event.time_zone
    facts = [
        ("When", period_text(event)),
        ("Where", place_text(event)),
        ("Category", event.category.name if event.category else "None"),
        ("Tickets sold", f"{sold:,}"),
        ("Published", moment_text(event.published_at, zone) if event.published_at else "Not yet"),
        ("Hidden since", moment_text(event.hidden_at, zone) if event.hidden_at else ""),
    ]
    return EventPage(
        row=event_row(event, sold, now),
        slug=event.slug,
        organizer_url=url_for("admin.person", uuid=event.organizer.uuid),
        organizer_email="" if event.organizer.deleted_at else event.organizer.email,
        facts=[(name, text) for name, text in facts if text],
        is_featured=event.is_featured,
        is_hidden=event.hidden_at is not None,
        is_draft=event.status is EventStatus.DRAFT,
        taken_down_on=moment_text(event.taken_down_at, zone) if event.taken_down_at else "",
        takedown_reason=event.takedown_reason,
        public_url=url_for("events.page", slug=event.slug),
        desk_url=url_for("organizer.event", slug=event.slug),
        fee_url=url_for("admin.fee", slug=event.slug),
    )


def category_row(counted: CategoryCount) -> CategoryRow:
    """Return a category with how many events it has."""
    category = counted.category
    events = "1 published event" if counted.published == 1 else f"{counted.published:,} published events"
    return CategoryRow(
        name=category.name,
        slug=category.slug,
        url=url_for("admin.category", slug=category.slug),
        text=f"{events}, {counted.current:,} still to come",
        is_active=category.is_active,
        event_count=counted.published,
    )


def _pills(event: Event, now: datetime) -> list[Pill]:
    found = [pill_of(event, now)]
    if event.is_featured:
        found.append(Pill("Featured", ""))
    if event.hidden_at is not None:
        found.append(Pill("Hidden", "warn"))
    return found
