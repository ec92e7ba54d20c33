"""Copying an event for another date."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, organizer_only
from easyticket.queries.organizer import get_own_event
from easyticket.rules.event_copies import next_beginning
from easyticket.rules.permissions import Permission, require
from easyticket.services.event_copies import copy_event
from easyticket.web.forms.event_copies import CopyForm
from easyticket.web.forms.fields import text_of
from easyticket.web.forms.refusals import refusals_shown_in, status_of
from easyticket.web.organizer import blueprint
from easyticket.web.views.event_editor import copy_view

_WORDS = {"Start date cannot be in the past": "This is in the past. Choose a later beginning."}


@blueprint.route("/events/<slug>/copy/", methods=["GET", "POST"])
@organizer_only
def copy(slug: str) -> ResponseReturnValue:
    """Ask for a title and a date, and make a draft with everything else of the event."""
    actor, now = current_actor(), clock.now()
    event = get_own_event(actor, slug)
    require(actor, Permission.COPY_EVENT, event)
    form = CopyForm(title=event.title, start_at=next_beginning(event, now))
    form.copy_of(event)
    if form.validate_on_submit() and form.start_at.data:
        with refusals_shown_in(form, words=_WORDS):
            made = copy_event(
                actor=actor, event=event, title=text_of(form.title), start_at=form.start_at.data, now=now
            )
            flash("Copied as a draft. Look it over, then publish it.", "success")
            return redirect(url_for("organizer.edit_event", slug=made.slug))
    page = render_template("organizer/copy.html", form=form, source=copy_view(event), slug=slug)
    return page, status_of(form)
