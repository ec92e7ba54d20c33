"""Adding, changing and removing the ticket types of an event with simple pricing."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.core.errors import NotFound
from easyticket.http.auth import current_actor, organizer_only
from easyticket.models import Event, PricingType
from easyticket.queries.organizer import get_own_event, get_own_ticket_type
from easyticket.services.ticket_types import create_ticket_type, delete_ticket_type, update_ticket_type
from easyticket.web.forms.events import TicketTypeForm
from easyticket.web.forms.fields import Form
from easyticket.web.forms.refusals import refusals_shown_in, status_of
from easyticket.web.organizer import blueprint

_WORDS = {
    "Minimum purchase cannot be greater than maximum purchase": "This is below the fewest one may buy.",
    "The fields event, name must make a unique set.": "This event has a ticket type of this name already.",
}
_RENAMED = {"non_field_errors": "name", "min_purchase": "max_purchase"}


@blueprint.route("/events/<slug>/ticket-types/new/", methods=["GET", "POST"])
@organizer_only
def new_ticket_type(slug: str) -> ResponseReturnValue:
    """Add a ticket type."""
    event = _simply_priced(get_own_event(current_actor(), slug))
    form = TicketTypeForm()
    form.sell_for(event)
    if form.validate_on_submit():
        with refusals_shown_in(form, words=_WORDS, **_RENAMED):
            create_ticket_type(actor=current_actor(), event=event, draft=form.draft(), now=clock.now())
            flash(f"{form.name.data} is added.", "success")
            return redirect(url_for("organizer.event", slug=slug))
    return render_template("organizer/ticket_type.html", form=form, event=event, ticket_type=None), status_of(
        form
    )


@blueprint.route("/events/<slug>/ticket-types/<uuid:ticket_type_uuid>/", methods=["GET", "POST"])
@organizer_only
def ticket_type(slug: str, ticket_type_uuid: UUID) -> ResponseReturnValue:
    """Change a ticket type."""
    found = get_own_ticket_type(current_actor(), slug, ticket_type_uuid)
    event = _simply_priced(found.event)
    form = TicketTypeForm(obj=found)
    form.sell_for(event)
    if not form.is_submitted():
        form.show(found)
    elif form.validate():
        with refusals_shown_in(form, words=_WORDS, **_RENAMED):
            update_ticket_type(
                actor=current_actor(), ticket_type=found, changes=form.values(), now=clock.now()
            )
            flash("Saved.", "success")
            return redirect(url_for("organizer.event", slug=slug))
    page = render_template("organizer/ticket_type.html", form=form, event=event, ticket_type=found)
    return page, status_of(form)


@blueprint.route("/events/<slug>/ticket-types/<uuid:ticket_type_uuid>/delete/", methods=["GET", "POST"])
@organizer_only
def remove_ticket_type(slug: str, ticket_type_uuid: UUID) -> ResponseReturnValue:
    """Ask once more, and remove a ticket type nobody ever ordered."""
    found = get_own_ticket_type(current_actor(), slug, ticket_type_uuid)
    name = found.name
    form = Form()
    if form.validate_on_submit():
        with refusals_shown_in(form):
            delete_ticket_type(actor=current_actor(), ticket_type=found, now=clock.now())
            flash(f"{name} is deleted.", "success")
            return redirect(url_for("organizer.event", slug=slug))
    page = render_template(
        "organizer/delete.html",
        form=form,
        what=name,
        sentence="The ticket type is gone for good. If somebody has ordered it, it can only be switched off.",
        back_url=url_for("organizer.ticket_type", slug=slug, ticket_type_uuid=ticket_type_uuid),
    )
    return page, status_of(form)


def _simply_priced(event: Event) -> Event:
    if event.pricing_type is not PricingType.SIMPLE:
        raise NotFound("Ticket types of this event are made through the interfaces for programs.")
    return event
