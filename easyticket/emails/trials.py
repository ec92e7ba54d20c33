"""The mail of a rehearsal: what buyers get, marked so that nobody takes it for a ticket."""

from __future__ import annotations

from collections.abc import Sequence

from easyticket.emails.message import Attachment, Email, render_email
from easyticket.emails.orders import EventFacts
from easyticket.links import public_url
from easyticket.models import Event
from easyticket.rules.wording import days_text, hours_text, period_text, place_text


def event_tried(
    event: Event, *, codes: Sequence[tuple[str, str]], to: str, attachments: Sequence[Attachment] = ()
) -> Email:
    """Return the mail that an organizer gets who tried an event (`codes`: name and code of each ticket of the trial)."""
    facts = EventFacts(
        title=" ".join(event.title.split()),
        when=period_text(event),
        days=days_text(event),
        hours=hours_text(event),
        where=place_text(event),
    )
    return render_email(
        "event_tried",
        to,
        attachments=attachments,
        event=facts,
        codes=codes,
        has_pdf=bool(attachments),
        link=public_url("organizer.check", slug=event.slug),
    )
