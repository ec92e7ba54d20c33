"""Events of everybody: found, featured, hidden, taken down and shown again."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, staff_only
from easyticket.queries.all_events import EventKind, get_any_event, list_all_events
from easyticket.services.event_standing import feature_event, hide_event, restore_event, take_down_event
from easyticket.web.admin import blueprint
from easyticket.web.forms.admin import TakeDownForm
from easyticket.web.forms.admin_lists import read_list_search
from easyticket.web.forms.fields import Form, text_of
from easyticket.web.forms.refusals import all_refusals_shown_in, status_of
from easyticket.web.views.admin_events import EVENT_KINDS, event_page, event_row

PER_PAGE = 25


@blueprint.get("/events/")
@staff_only
def events() -> ResponseReturnValue:
    """Find events."""
    search, now = read_list_search(request.args, EventKind), clock.now()
    kind = EventKind(search.kind or EventKind.ALL)
    page = list_all_events(current_actor(), search.words, kind, page=search.page, per_page=PER_PAGE, now=now)
    rows = [event_row(event, sold, now) for event, sold in page.items]
    return render_template("admin/events.html", page=page, rows=rows, search=search, kinds=EVENT_KINDS)


@blueprint.get("/events/<slug>/")
@staff_only
def event(slug: str) -> ResponseReturnValue:
    """Show one event, and what can be done about it."""
    return _page(slug, TakeDownForm())


@blueprint.post("/events/<slug>/feature/")
@staff_only
def feature(slug: str) -> ResponseReturnValue:
    """Put an event on the first page, or take it from there."""
    if Form().validate_on_submit():
        actor, is_featured = current_actor(), "on" in request.form
        found, _ = get_any_event(actor, slug)
        feature_event(actor=actor, event=found, is_featured=is_featured, now=clock.now())
        flash("It is featured on the first page." if is_featured else "It is no longer featured.", "success")
    return redirect(url_for("admin.event", slug=slug), 303)


@blueprint.post("/events/<slug>/hide/")
@staff_only
def hide(slug: str) -> ResponseReturnValue:
    """Leave an event out of lists and searches, or show it there again."""
    if Form().validate_on_submit():
        actor, is_hidden = current_actor(), "on" in request.form
        found, _ = get_any_event(actor, slug)
        hide_event(actor=actor, event=found, is_hidden=is_hidden, now=clock.now())
        flash("No list and no search shows it." if is_hidden else "Lists show it again.", "success")
    return redirect(url_for("admin.event", slug=slug), 303)


@blueprint.post("/events/<slug>/take-down/")
@staff_only
def take_down(slug: str) -> ResponseReturnValue:
    """Take an event down, for a reason that its organizer reads."""
    form, actor = TakeDownForm(), current_actor()
    if form.validate_on_submit():
        found, _ = get_any_event(actor, slug)
        with all_refusals_shown_in(form):
            take_down_event(actor=actor, event=found, reason=text_of(form.reason), now=clock.now())
            flash("Taken down. Its organizer is told by mail.", "success")
            return redirect(url_for("admin.event", slug=slug), 303)
    return _page(slug, form)


@blueprint.post("/events/<slug>/restore/")
@staff_only
def restore(slug: str) -> ResponseReturnValue:
    """Show an event again that was taken down."""
    form = Form()
    if form.validate_on_submit():
        with all_refusals_shown_in(form):
            actor = current_actor()
            restore_event(actor=actor, event=get_any_event(actor, slug)[0], now=clock.now())
            flash("It is shown and sold again. Its organizer is told by mail.", "success")
    for sentence in form.form_errors:
        flash(sentence, "warning")
    return redirect(url_for("admin.event", slug=slug), 303)


def _page(slug: str, form: TakeDownForm) -> ResponseReturnValue:
    found, sold = get_any_event(current_actor(), slug)
    page = render_template("admin/event.html", page=event_page(found, sold, clock.now()), form=form)
    return page, status_of(form)
