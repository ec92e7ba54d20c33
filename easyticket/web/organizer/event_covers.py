"""The picture of an event: choosing one, choosing its cut, taking it away."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, organizer_only
from easyticket.queries.organizer import get_own_event
from easyticket.rules.covers import cut_of
from easyticket.services.event_covers import remove_cover, set_cover
from easyticket.web.forms.event_covers import CoverForm
from easyticket.web.forms.refusals import refusals_shown_in, status_of
from easyticket.web.organizer import blueprint
from easyticket.web.views.event_editor import cover_view


@blueprint.route("/events/<slug>/picture/", methods=["GET", "POST"])
@organizer_only
def event_picture(slug: str) -> ResponseReturnValue:
    """Show the picture with its cut, and take another picture or another cut."""
    event = get_own_event(current_actor(), slug)
    form = CoverForm(obj=cut_of(event.cover_cut))
    if form.validate_on_submit():
        with refusals_shown_in(form):
            set_cover(
                actor=current_actor(), event=event, upload=form.upload(), cut=form.cut(), now=clock.now()
            )
            flash("Saved. This is how it looks now.", "success")
            return redirect(url_for("organizer.event_picture", slug=slug))
    page = render_template(
        "organizer/picture.html", form=form, cover=cover_view(event), title=event.title, slug=slug
    )
    return page, status_of(form)


@blueprint.post("/events/<slug>/picture/remove/")
@organizer_only
def remove_picture(slug: str) -> ResponseReturnValue:
    """Take the picture away."""
    event = get_own_event(current_actor(), slug)
    remove_cover(actor=current_actor(), event=event, now=clock.now())
    flash("Taken away. The cover that is drawn for the event stands in for it.", "success")
    return redirect(url_for("organizer.event_picture", slug=slug))
