"""The list of an organizer's events, the first screen of one of them, and its three large buttons: publish, cancel, delete."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, organizer_only
from easyticket.http.live import stream_changes
from easyticket.queries.desk import get_event_desk
from easyticket.queries.desk_sales import read_pulse
from easyticket.queries.desk_scope import one_event
from easyticket.queries.event_news import find_event_news
from easyticket.queries.organizer import OwnEvents, get_own_event, list_own_events
from easyticket.queries.refunds import find_cancellation_progress, find_cancellation_totals
from easyticket.rules.publishing import may_go_live
from easyticket.services.event_steps import cancel_event, delete_event, publish_event
from easyticket.web.forms.events import CancelForm
from easyticket.web.forms.fields import Form, text_of
from easyticket.web.forms.refusals import refusals_shown_in, status_of
from easyticket.web.fragments import render_block
from easyticket.web.organizer import blueprint
from easyticket.web.views.cancellation import cancellation_preview, progress_view
from easyticket.web.views.desk import event_desk_page
from easyticket.web.views.organizer import copy_url, event_rows, list_chips

_PER_PAGE = 20


@blueprint.get("/events/")
@organizer_only
def events() -> ResponseReturnValue:
    """List the organizer's own events, or those that are looked for."""
    actor, now = current_actor(), clock.now()
    which = request.args.get("which", OwnEvents.ALL, type=OwnEvents)
    wanted = request.args.get("q", "")[:100]
    page = list_own_events(
        actor,
        now,
        which=which,
        wanted=wanted,
        page=request.args.get("page", 1, type=int),
        per_page=_PER_PAGE,
    )
    chips = list_chips(which, wanted)
    rows = event_rows(page.items, actor, now)
    return render_template(
        "organizer/events.html", page=page, rows=rows, chips=chips, which=which, wanted=wanted
    )


@blueprint.get("/events/<slug>/")
@organizer_only
def event(slug: str) -> ResponseReturnValue:
    """Show how an event stands and what can be done about it; alone the figures for the page that asks again."""
    actor, now = current_actor(), clock.now()
    own = get_own_event(actor, slug)
    desk = get_event_desk(actor, own, now)
    page = event_desk_page(desk, actor, now)
    if "HX-Request" in request.headers:
        return render_block("organizer/event.html", "figures", page=page)
    progress = progress_view(desk.cancellation) if desk.cancellation else None
    may_publish = may_go_live(actor, own.organizer)
    return render_template(
        "organizer/event.html",
        page=page,
        progress=progress,
        may_publish=may_publish,
        copy_url=copy_url(own, actor),
        news=find_event_news(own, now),
    )


@blueprint.get("/events/<slug>/live/")
@organizer_only
def event_live(slug: str) -> ResponseReturnValue:
    """Tell the page of one event when something was sold, held, given back or scanned."""
    actor = current_actor()
    scope = one_event(actor, get_own_event(actor, slug))
    return stream_changes(lambda: read_pulse(scope))


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
