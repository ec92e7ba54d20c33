"""Making a ticket type and changing it with all its prices: one form for each kind of pricing, saved as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, organizer_only
from easyticket.models import Event, PricingType, TicketType
from easyticket.queries.organizer import find_stocks_of, get_own_event, get_own_ticket_type
from easyticket.queries.traces import was_ordered
from easyticket.services.price_tables import save_ticket_type
from easyticket.web.forms.price_grids import PriceGridForm
from easyticket.web.forms.price_lists import PriceListForm
from easyticket.web.forms.price_steps import PASTE, SAVE, Sent, take_step
from easyticket.web.forms.refusals import refusals_shown_in, status_of
from easyticket.web.forms.ticket_types import SimpleTypeForm, TableForm, TicketTypeForm
from easyticket.web.organizer import blueprint
from easyticket.web.views.ticket_types import stock_texts

_FORMS: Mapping[PricingType, type[TicketTypeForm]] = {
    PricingType.SIMPLE: SimpleTypeForm,
    PricingType.TIERED: PriceListForm,
    PricingType.DAY_BASED: PriceListForm,
    PricingType.TIER_AND_DAY: PriceGridForm,
}
_WORDS = {
    "Minimum purchase cannot be greater than maximum purchase": "This is below the fewest one may buy.",
    "The fields event, name must make a unique set.": "This event has a ticket type of this name already.",
    "The fields ticket_type, name must make a unique set.": "Another row has this name.",
    "The fields ticket_type, tier_number must make a unique set.": "Another row is this tier already.",
    "The fields ticket_type, day_number must make a unique set.": "Another row is for this day.",
    "The fields ticket_type, day_name, tier_name must make a unique set.": "Two days or two tiers have the same name.",
    "The fields ticket_type, day_number, tier_number must make a unique set.": "This day and tier are there twice.",
}
_RENAMED = {"non_field_errors": "name", "min_purchase": "max_purchase"}


@blueprint.route("/events/<slug>/ticket-types/new/", methods=["GET", "POST"])
@organizer_only
def new_ticket_type(slug: str) -> ResponseReturnValue:
    """Add a ticket type."""
    return _edit(get_own_event(current_actor(), slug), None)


@blueprint.route("/events/<slug>/ticket-types/<uuid:ticket_type_uuid>/", methods=["GET", "POST"])
@organizer_only
def ticket_type(slug: str, ticket_type_uuid: UUID) -> ResponseReturnValue:
    """Change a ticket type."""
    found = get_own_ticket_type(current_actor(), slug, ticket_type_uuid)
    return _edit(found.event, found)


def _edit(event: Event, found: TicketType | None) -> ResponseReturnValue:
    step = request.form.get("step", SAVE)
    form = _first_look(event, found) if request.method != "POST" else _sent(event, found, step)
    if form.is_submitted() and step == SAVE and form.validate():
        with refusals_shown_in(form, words=_WORDS, **_RENAMED):
            saved = save_ticket_type(
                actor=current_actor(),
                event=event,
                ticket_type=found,
                values=form.values(),
                prices=form.prices(),
                now=clock.now(),
            )
            flash("Saved." if found else f"{saved.name} is added.", "success")
            return redirect(url_for("organizer.ticket_types", slug=event.slug))
    stocks = stock_texts(found, find_stocks_of(event)) if found else {}
    may_delete = found is not None and not was_ordered(found.offers)
    page = render_template(
        "organizer/ticket_type.html",
        form=form,
        event=event,
        ticket_type=found,
        stocks=stocks,
        may_delete=may_delete,
    )
    return page, status_of(form)


def _first_look(event: Event, found: TicketType | None) -> TicketTypeForm:
    form = _FORMS[event.pricing_type](formdata=None, obj=found)
    form.sell_for(event, found)
    if found is None:
        form.start()
    else:
        form.show(found)
    return form


def _sent(event: Event, found: TicketType | None, step: str) -> TicketTypeForm:
    """Return the form as it was sent, after what its button does to the table before anything is saved."""
    form = _read(event, found, request.form)
    if step == SAVE or not isinstance(form, TableForm):
        return form
    with refusals_shown_in(form):
        changed = take_step(request.form, event.pricing_type)
        form = _read(event, found, changed)
        if step == PASTE and isinstance(form, TableForm):
            form.check_cells()
    return form


def _read(event: Event, found: TicketType | None, sent: Sent) -> TicketTypeForm:
    form = _FORMS[event.pricing_type](formdata=sent)
    form.sell_for(event, found)
    return form
