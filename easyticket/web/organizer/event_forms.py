"""Making an event with its first ticket type, and changing what is said about it."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from easyticket.core import clock
from easyticket.http.auth import current_actor, organizer_only
from easyticket.models import EventStatus
from easyticket.queries.categories import list_categories
from easyticket.queries.offers import fee_basis_points_of
from easyticket.queries.organizer import get_own_event
from easyticket.rules.publishing import may_go_live
from easyticket.rules.wording import percent_text
from easyticket.services.events import create_event, update_event
from easyticket.web.forms.events import EventForm, NewEventForm
from easyticket.web.forms.refusals import refusals_shown_in, status_of
from easyticket.web.organizer import blueprint
from easyticket.web.views.account import country_names

_WORDS = {
    "Start date cannot be in the past": "This is in the past. Choose a later beginning.",
    "End date must be after start date": "It ends before it begins.",
}
_SAVED_AS_DRAFT = "Saved as a draft. Only you see it."
_RENAMED = {"total_quantity": "quantity", "name": "ticket_name"}


@blueprint.route("/events/new/", methods=["GET", "POST"])
@organizer_only
def new_event() -> ResponseReturnValue:
    """Make an event with its first ticket type, as a draft or published at once."""
    settings = current_app.config["SETTINGS"]
    form = NewEventForm(time_zone=settings.default_time_zone, currency=settings.default_currency)
    form.offer_categories([each.category for each in list_categories(clock.now())])
    if form.validate_on_submit():
        with refusals_shown_in(form, words=_WORDS, **_RENAMED):
            event = create_event(
                actor=current_actor(),
                draft=form.draft(),
                ticket_types=form.ticket_types(),
                publish="publish" in request.form and form.is_simple,
                now=clock.now(),
            )
            is_live = event.status is EventStatus.PUBLISHED
            flash("Published. Everybody can see it now." if is_live else _SAVED_AS_DRAFT, "success")
            # Any other pricing has its prices on a page of its own; the event goes live once they are there.
            page = "organizer.event" if form.is_simple else "organizer.new_ticket_type"
            return redirect(url_for(page, slug=event.slug))
    page = render_template(
        "organizer/new_event.html",
        form=form,
        countries=country_names(),
        fee=percent_text(settings.fee_basis_points),
        may_publish=may_go_live(current_actor(), current_user),
    )
    return page, status_of(form)


@blueprint.route("/events/<slug>/edit/", methods=["GET", "POST"])
@organizer_only
def edit_event(slug: str) -> ResponseReturnValue:
    """Change what is said about an event."""
    event = get_own_event(current_actor(), slug)
    form = EventForm(obj=event)
    form.offer_categories([each.category for each in list_categories(clock.now())], event.category)
    if not form.is_submitted():
        form.show(event)
    elif form.validate():
        with refusals_shown_in(form, words=_WORDS):
            update_event(actor=current_actor(), event=event, changes=form.changes_to(event), now=clock.now())
            flash("Saved.", "success")
            return redirect(url_for("organizer.event", slug=slug))
    page = render_template(
        "organizer/edit_event.html",
        form=form,
        title=event.title,
        slug=slug,
        countries=country_names(),
        fee=percent_text(fee_basis_points_of(event)),
    )
    return page, status_of(form)
