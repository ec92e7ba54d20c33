"""What the pages that make and change an event show beside their forms: what was kept, the preview, the picture."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import current_app, url_for
from markupsafe import Markup

from easyticket.integrations.storage import URL_PREFIX
from easyticket.models import Event, EventDraft
from easyticket.rules.covers import MOST_ZOOM, cut_of
from easyticket.rules.pictures import files_of
from easyticket.rules.wording import clock_text, moment_text, period_text, place_text, zone_text
from easyticket.services.event_covers import cover_source_of
from easyticket.web.views.events import cover_url_of
from easyticket.web.views.markdown import render_markdown

# So wide a picture is enough to choose a cut on.
_WIDE_ENOUGH = 960


@dataclass(frozen=True, slots=True)
class DraftNotice:
    """That a form shows what was typed and not saved."""

    text: str
    discard_url: str


@dataclass(frozen=True, slots=True)
class CoverView:
    """The picture of an event and the whole one it is cut from; `source_url` is empty where it is drawn."""

    url: str
    source_url: str
    across: int
    down: int
    zoom: int
    most_zoom: int


@dataclass(frozen=True, slots=True)
class CopyView:
    """The event that is copied, and what its copy takes over."""

    title: str
    when: str
    place: str
    taken: str


def draft_notice(draft: EventDraft | None, event: Event | None) -> DraftNotice | None:
    """Return the notice over a form that shows a draft; None where it shows what is saved."""
    if draft is None:
        return None
    text = f"You typed this until {moment_text(draft.updated_at, _zone_of(event))} and have not saved it yet."
    if event is None:
        return DraftNotice(text, url_for("organizer.discard_new_draft"))
    if event.updated_at > draft.updated_at:
        text += " The event itself was changed since then: saving this puts back what you see here."
    return DraftNotice(text, url_for("organizer.discard_draft", slug=event.slug))


def kept_text(event: Event | None, now: datetime) -> str:
    """Return what is said once a draft is kept, for example "Kept at 14:05 GMT, not saved yet."."""
    zone = _zone_of(event)
    return f"Kept at {clock_text(now, zone)} {zone_text(now, zone)}, not saved yet."


def preview_of(text: str) -> Markup:
    """Return a description as the event's page shows it."""
    return render_markdown(text) or Markup("<p>Nothing is written yet.</p>")


def cover_view(event: Event) -> CoverView:
    """Return the picture of an event as its page shows it, and what it can be cut from."""
    source, cut = cover_source_of(event), cut_of(event.cover_cut)
    return CoverView(
        url=cover_url_of(event, wide=True),
        source_url=f"{URL_PREFIX}{_small(source)}" if source else "",
        across=cut.across,
        down=cut.down,
        zoom=cut.zoom,
        most_zoom=MOST_ZOOM,
    )


def copy_view(event: Event) -> CopyView:
    """Return what is said about an event that is about to be copied."""
    count = len(event.ticket_types)
    types = {0: "no ticket types", 1: "its ticket type"}.get(count, f"its {count} ticket types")
    return CopyView(
        title=event.title,
        when=period_text(event),
        place=place_text(event),
        taken=f"its text, its picture and {types}",
    )


def _small(source: str) -> str:
    names = [file.name for file in files_of(source) if file.size.width >= _WIDE_ENOUGH]
    return names[0] if names else source


def _zone_of(event: Event | None) -> str:
    return event.time_zone if event else current_app.config["SETTINGS"].default_time_zone


def holders_text(count: int) -> str:
    """Return how many addresses hold tickets, for example "12 ticket holders"."""
    return "one ticket holder" if count == 1 else f"{count:,} ticket holders"
