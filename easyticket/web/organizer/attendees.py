"""Who comes to an event: the list with its search, checking in by hand, and taking a check-in back."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, signed_in
from easyticket.http.paging import wanted_page
from easyticket.queries.attendees import (
    count_attendees,
    find_last_admissions,
    get_ticket_at,
    list_attendees,
)
from easyticket.queries.organizer import get_own_event
from easyticket.services.check_ins import check_in_by_hand
from easyticket.services.check_ins import undo_check_in as take_back_check_in
from easyticket.web.forms.attendees import FIELDS, ScanKeyForm, read_attendees_search
from easyticket.web.forms.refusals import all_refusals_shown_in
from easyticket.web.fragments import shown_at
from easyticket.web.organizer import blueprint
from easyticket.web.views.attendees import IN_CHOICES, ORDER_CHOICES, attendees_page, check_in_text

_PER_PAGE = 50


@blueprint.get("/events/<slug>/attendees/")
@signed_in
def attendees(slug: str) -> ResponseReturnValue:
    """List the people who come, by what was asked for, with a button for whoever stands at the desk."""
    actor, now = current_actor(), clock.now()
    event = get_own_event(actor, slug)
    search = read_attendees_search(request.args, event)
    number = wanted_page(_PER_PAGE)["page"]
    found = list_attendees(
        actor, event, search.filters, ordering=search.ordering, page=number, per_page=_PER_PAGE, now=now
    )
    admissions = find_last_admissions([each.ticket.id for each in found.items if each.ticket is not None])
    page = attendees_page(event, search, found, admissions, count_attendees(event), now)
    shown = render_template("organizer/attendees.html", page=page, ins=IN_CHOICES, orders=ORDER_CHOICES)
    return shown_at(page.url_of_page(found.page), shown)


@blueprint.post("/events/<slug>/attendees/<code>/check-in/")
@signed_in
def check_in(slug: str, code: str) -> ResponseReturnValue:
    """Let somebody in from the list."""
    actor, form = current_actor(), ScanKeyForm()
    ticket = get_ticket_at(get_own_event(actor, slug), code)
    if form.validate_on_submit():
        result = check_in_by_hand(actor=actor, ticket=ticket, scan_key=form.key(), now=clock.now())
        flash(*check_in_text(result))
    return _back_to_row(slug, code)


@blueprint.post("/events/<slug>/attendees/<code>/undo/")
@signed_in
def undo_check_in(slug: str, code: str) -> ResponseReturnValue:
    """Take a check-in back that was a mistake."""
    actor, form = current_actor(), ScanKeyForm()
    ticket = get_ticket_at(get_own_event(actor, slug), code)
    name = ticket.attendee_name or "This ticket"
    if form.validate_on_submit():
        with all_refusals_shown_in(form):
            take_back_check_in(actor=actor, ticket=ticket, scan_key=form.key(), now=clock.now())
            flash(f"Taken back: {name} is not in.", "success")
    for sentence in form.form_errors:
        flash(sentence, "warning")
    return _back_to_row(slug, code)


def _back_to_row(slug: str, code: str) -> ResponseReturnValue:
    kept: dict[str, Any] = {name: request.args[name] for name in (*FIELDS, "page") if name in request.args}
    return redirect(url_for("organizer.attendees", slug=slug, **kept, _anchor=code), 303)
