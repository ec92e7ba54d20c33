"""Keeping what is typed into an event's form while it is typed, and throwing it away again."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, organizer_only
from easyticket.http.limits import limiter
from easyticket.models import Event
from easyticket.queries.organizer import get_own_event
from easyticket.services.event_drafts import discard_event_draft, keep_event_draft
from easyticket.web.forms.events import EventForm, NewEventForm
from easyticket.web.forms.refusals import all_refusals_shown_in
from easyticket.web.organizer import blueprint
from easyticket.web.views.event_editor import kept_text

_DISCARDED = "Thrown away. The form is as it was before."


@blueprint.post("/events/new/draft/")
@organizer_only
@limiter.limit("120/minute")
def keep_new_draft() -> ResponseReturnValue:
    """Keep what is typed into the form of a new event."""
    return _keep(NewEventForm(), None)


@blueprint.post("/events/<slug>/draft/")
@organizer_only
@limiter.limit("120/minute")
def keep_draft(slug: str) -> ResponseReturnValue:
    """Keep what is typed into the form of an event."""
    return _keep(EventForm(), get_own_event(current_actor(), slug))


@blueprint.post("/events/new/draft/discard/")
@organizer_only
def discard_new_draft() -> ResponseReturnValue:
    """Throw away what was typed into the form of a new event."""
    discard_event_draft(actor=current_actor(), event=None, now=clock.now())
    flash(_DISCARDED, "success")
    return redirect(url_for("organizer.new_event"))


@blueprint.post("/events/<slug>/draft/discard/")
@organizer_only
def discard_draft(slug: str) -> ResponseReturnValue:
    """Throw away what was typed into the form of an event."""
    event = get_own_event(current_actor(), slug)
    discard_event_draft(actor=current_actor(), event=event, now=clock.now())
    flash(_DISCARDED, "success")
    return redirect(url_for("organizer.edit_event", slug=slug))


def _keep(form: EventForm, event: Event | None) -> ResponseReturnValue:
    now, text = clock.now(), ""
    with all_refusals_shown_in(form):
        keep_event_draft(
            actor=current_actor(),
            event=event,
            fields=form.typed(),
            opened_at=form.opened_at.moment,
            now=now,
        )
        text = kept_text(event, now)
    if "HX-Request" in request.headers:
        return render_template("organizer/_draft_state.html", text=text, refusals=form.form_errors)
    for sentence in form.form_errors or [text]:
        flash(sentence, "warning" if form.form_errors else "success")
    return redirect(
        url_for("organizer.edit_event", slug=event.slug) if event else url_for("organizer.new_event")
    )
