"""The list of an organizer's events, the first screen of one, and its three large buttons: publish, cancel, delete."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, organizer_only
from easyticket.queries.gate import count_inside
from easyticket.queries.organizer import (
    find_earnings,
    find_event_stocks,
    find_stocks_of,
    get_own_event,
    list_own_events,
)
from easyticket.queries.refunds import find_cancellation_progress, find_cancellation_totals
from easyticket.rules.publishing import may_go_live
from easyticket.services.event_steps import cancel_event, delete_event, publish_event
from easyticket.web.forms.events import CancelForm
from easyticket.web.forms.fields import Form, text_of
from easyticket.web.forms.refusals import refusals_shown_in, status_of
from easyticket.web.fragments import render_block
from easyticket.web.organizer import blueprint
from easyticket.web.views.cancellation import cancellation_preview, progress_view
from easyticket.web.views.organizer import event_overview, event_rows

_PER_PAGE = 20


@blueprint.get("/")
@organizer_only
def events() -> ResponseReturnValue:
    """List the organizer's own events."""
    now = clock.now()
    number = request.args.get("page", 1, type=int)
    page = list_own_events(current_actor(), now, page=number, per_page=_PER_PAGE)
    return render_template("organizer/events.html", page=page, rows=event_rows(page.items, now))


@blueprint.get("/events/<slug>/")
@organizer_only
def event(slug: str) -> ResponseReturnValue:
    """Show what an event sold and what can be done about it."""
    now = clock.now()
    own = get_own_event(current_actor(), slug)
    overview = event_overview(
        own,
        find_event_stocks([own])[own.id],
        find_earnings([own])[own.id],
        find_stocks_of(own),
        count_inside(own, now),
        now,
    )
    progress = progress_view(find_cancellation_progress(own)) if overview.is_cancelled else None
    may_publish = may_go_live(current_actor(), own.organizer)
    return render_template("organizer/event.html", event=overview, progress=progress, may_publish=may_publish)


@blueprint.get("/events/<slug>/progress/")
@organizer_only
def progress(slug: str) -> ResponseReturnValue:
    """Show how far the refunds of a cancelled event are: alone for the page that asks again, which stops once it is done."""
    own = get_own_event(current_actor(), slug)
    if "HX-Request" not in request.headers:
        return redirect(url_for("organizer.event", slug=slug))
    view = progress_view(find_cancellation_progress(own))
    return render_block("organizer/event.html", "progress", progress=view, slug=slug)


@blueprint.post("/events/<slug>/publish/")
@organizer_only
def publish(slug: str) -> ResponseReturnValue:
    """Publish a draft."""
    form = Form()
    own = get_own_event(current_actor(), slug)
    if form.validate_on_submit():
        with refusals_shown_in(form):
            publish_event(actor=current_actor(), event=own, now=clock.now())
            flash("Published. Everybody can see it now.", "success")
    for sentence in form.form_errors:
        flash(sentence, "warning")
    return redirect(url_for("organizer.event", slug=slug))


@blueprint.route("/events/<slug>/cancel/", methods=["GET", "POST"])
@organizer_only
def cancel(slug: str) -> ResponseReturnValue:
    """Say what calling an event off means, and do it."""
    own = get_own_event(current_actor(), slug)
    form = CancelForm()
    if form.validate_on_submit():
        with refusals_shown_in(form):
            cancel_event(actor=current_actor(), event=own, reason=text_of(form.reason), now=clock.now())
            flash("Cancelled. Refunds and mails to the buyers are on their way.", "success")
            return redirect(url_for("organizer.event", slug=slug))
    preview = cancellation_preview(find_cancellation_totals(own))
    page = render_template("organizer/cancel.html", form=form, title=own.title, slug=slug, preview=preview)
    return page, status_of(form)


@blueprint.route("/events/<slug>/delete/", methods=["GET", "POST"])
@organizer_only
def delete(slug: str) -> ResponseReturnValue:
    """Ask once more, and remove an event nobody ever ordered tickets of."""
    own = get_own_event(current_actor(), slug)
    title = own.title
    form = Form()
    if form.validate_on_submit():
        with refusals_shown_in(form):
            delete_event(actor=current_actor(), event=own, now=clock.now())
            flash(f"{title} is deleted.", "success")
            return redirect(url_for("organizer.events"))
    page = render_template(
        "organizer/delete.html",
        form=form,
        what=title,
        sentence="The event, its page and its ticket types are gone for good. Nobody has ordered a ticket.",
        back_url=url_for("organizer.event", slug=slug),
    )
    return page, status_of(form)
