"""Sold orders at the desk: lists with their search, one on its page, and returning its money."""

from __future__ import annotations

from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, organizer_only, signed_in
from easyticket.http.paging import wanted_page
from easyticket.models import Event, RefundState
from easyticket.queries.order_history import find_order_history
from easyticket.queries.organizer import get_own_event
from easyticket.queries.refunds import get_refund
from easyticket.queries.sold_orders import get_sold_order, list_sold_orders, sum_sold_orders
from easyticket.services.refund_again import retry_refund
from easyticket.services.refund_requests import make_refund, preview_refund, turn_of_form
from easyticket.web.forms.fields import Form, text_of
from easyticket.web.forms.refunds import RefundForm
from easyticket.web.forms.refusals import all_refusals_shown_in, status_of
from easyticket.web.forms.sold_orders import read_sold_orders_search
from easyticket.web.fragments import lead_to, shown_at
from easyticket.web.organizer import blueprint
from easyticket.web.views.order_history import order_life
from easyticket.web.views.order_parts import refund_text
from easyticket.web.views.refunds import refund_preview, returnable_tickets, ticket_choices
from easyticket.web.views.sold_lists import CHANNELS, ORDERS, STATES, orders_page
from easyticket.web.views.sold_orders import sold_order_page

_PER_PAGE = 25


@blueprint.get("/orders/")
@organizer_only
def all_orders() -> ResponseReturnValue:
    """List the orders of all of an organizer's events."""
    return _list_of(None, current_app.config["SETTINGS"].default_time_zone)


@blueprint.get("/events/<slug>/orders/")
@signed_in
def orders(slug: str) -> ResponseReturnValue:
    """List the orders of an event; a single one that was asked for by name or number is shown at once."""
    event = get_own_event(current_actor(), slug)
    return _list_of(event, event.time_zone)


@blueprint.get("/orders/<number>/")
@signed_in
def order(number: str) -> ResponseReturnValue:
    """Show a sold order: who bought what, its tickets, payments, refunds and disputes."""
    actor = current_actor()
    sold = get_sold_order(actor, number)
    life = order_life(sold, find_order_history(actor, sold), actor)
    return render_template("organizer/order.html", page=sold_order_page(sold, clock.now()), life=life)


@blueprint.route("/orders/<number>/refund/", methods=["GET", "POST"])
@signed_in
def refund(number: str) -> ResponseReturnValue:
    """Return money of a sold order: say how much, look at what that does, and do it."""
    actor, now = current_actor(), clock.now()
    sold = get_sold_order(actor, number)
    form = RefundForm()
    form.refund_of(sold)
    preview = None
    if form.validate_on_submit():
        with all_refusals_shown_in(form):
            if "confirm" in request.form:
                turn = turn_of_form(sold, text_of(form.token), form.wish())
                made = make_refund(actor=actor, order=sold, wish=form.wish(), turn=turn, now=now)
                flash(refund_text(made), "warning" if made.state is RefundState.FAILED else "success")
                return redirect(url_for("organizer.order", number=number), 303)
            preview = refund_preview(
                sold, preview_refund(actor=actor, order=sold, wish=form.wish(), now=now), now
            )
    choices = ticket_choices(sold, returnable_tickets(sold), form.tickets.data or ())
    page = sold_order_page(sold, now)
    return render_template(
        "organizer/refund.html", form=form, page=page, choices=choices, preview=preview
    ), status_of(form)


@blueprint.post("/orders/<number>/refunds/<uuid:uuid>/again/")
@signed_in
def refund_again(number: str, uuid: UUID) -> ResponseReturnValue:
    """Send money once more that did not go back."""
    form = Form()
    if form.validate_on_submit():
        with all_refusals_shown_in(form):
            made = retry_refund(
                actor=current_actor(), refund=get_refund(current_actor(), uuid), now=clock.now()
            )
            flash(refund_text(made), "warning" if made.state is RefundState.FAILED else "success")
    for sentence in form.form_errors:
        flash(sentence, "warning")
    return redirect(url_for("organizer.order", number=number), 303)


def _list_of(event: Event | None, zone: str) -> ResponseReturnValue:
    actor, now = current_actor(), clock.now()
    search = read_sold_orders_search(request.args, zone)
    found = list_sold_orders(
        actor,
        event,
        search.filters,
        ordering=search.ordering,
        page=wanted_page(_PER_PAGE)["page"],
        per_page=_PER_PAGE,
        now=now,
    )
    if found.count == 1 and search.asks_for_text_only:
        return lead_to(url_for("organizer.order", number=found.items[0].number))
    sums = sum_sold_orders(actor, event, search.filters, now)
    page = orders_page(event, search, found, sums, zone, now)
    choices = {"states": STATES, "channels": CHANNELS, "orders": ORDERS}
    shown = render_template("organizer/orders.html", page=page, slug=page.slug, **choices)
    return shown_at(page.url_of_page(found.page), shown)
