"""The ticket types of an event: their list with what is sold, their order, switching them off and removing them."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, organizer_only
from easyticket.queries.organizer import find_stocks_of, get_own_event, get_own_ticket_type
from easyticket.rules.permissions import Permission, may
from easyticket.services.events import update_event
from easyticket.services.price_tables import move_ticket_type
from easyticket.services.ticket_types import delete_ticket_type, update_ticket_type
from easyticket.web.forms.fields import Form
from easyticket.web.forms.first_ticket import PricingForm
from easyticket.web.forms.refusals import refusals_shown_in, status_of
from easyticket.web.organizer import blueprint
from easyticket.web.views.ticket_types import types_view


@blueprint.get("/events/<slug>/ticket-types/")
@organizer_only
def ticket_types(slug: str) -> ResponseReturnValue:
    """List what an event sells, in the order buyers see it in."""
    event = get_own_event(current_actor(), slug)
    view = types_view(event, find_stocks_of(event), may(current_actor(), Permission.EDIT_TICKET_TYPES, event))
    form = PricingForm(formdata=None, pricing_type=event.pricing_type.value)
    return render_template("organizer/ticket_types.html", form=form, slug=slug, view=view)


@blueprint.post("/events/<slug>/ticket-types/pricing/")
@organizer_only
def choose_pricing(slug: str) -> ResponseReturnValue:
    """Say how an event that sells nothing yet prices its tickets, and go on to the first of them."""
    event = get_own_event(current_actor(), slug)
    form = PricingForm()
    if form.validate_on_submit():
        with refusals_shown_in(form):
            changes = {"pricing_type": form.chosen_pricing}
            update_event(actor=current_actor(), event=event, changes=changes, now=clock.now())
            return redirect(url_for("organizer.new_ticket_type", slug=slug))
    flash(" ".join([*form.pricing_type.errors, *form.form_errors]), "warning")
    return redirect(url_for("organizer.ticket_types", slug=slug))


@blueprint.post("/events/<slug>/ticket-types/<uuid:ticket_type_uuid>/move/")
@organizer_only
def move(slug: str, ticket_type_uuid: UUID) -> ResponseReturnValue:
    """Show a ticket type one place earlier or later."""
    found = get_own_ticket_type(current_actor(), slug, ticket_type_uuid)
    places = 1 if request.form.get("places") == "1" else -1
    move_ticket_type(actor=current_actor(), ticket_type=found, places=places, now=clock.now())
    return redirect(url_for("organizer.ticket_types", slug=slug, _anchor=f"type-{ticket_type_uuid}"))


@blueprint.post("/events/<slug>/ticket-types/<uuid:ticket_type_uuid>/switch/")
@organizer_only
def switch(slug: str, ticket_type_uuid: UUID) -> ResponseReturnValue:
    """Put a ticket type on sale, or take it off."""
    found = get_own_ticket_type(current_actor(), slug, ticket_type_uuid)
    changes = {"is_active": "on" in request.form}
    update_ticket_type(actor=current_actor(), ticket_type=found, changes=changes, now=clock.now())
    flash(f"{found.name} is {'on sale' if found.is_active else 'hidden: nobody can buy it'}.", "success")
    return redirect(url_for("organizer.ticket_types", slug=slug, _anchor=f"type-{ticket_type_uuid}"))


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
            return redirect(url_for("organizer.ticket_types", slug=slug))
    page = render_template(
        "organizer/delete.html",
        form=form,
        what=name,
        sentence="The ticket type is gone for good. If somebody has ordered it, it can only be switched off.",
        back_url=url_for("organizer.ticket_type", slug=slug, ticket_type_uuid=ticket_type_uuid),
    )
    return page, status_of(form)
