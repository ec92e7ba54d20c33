"""Sold orders at the desk: found by number or buyer, one on its page, and returning its money."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, signed_in
from easyticket.models import RefundState
from easyticket.queries.organizer import get_own_event
from easyticket.queries.refunds import get_refund
from easyticket.queries.sold_orders import find_sold_orders, get_sold_order
from easyticket.services.refund_again import retry_refund
from easyticket.services.refund_requests import make_refund, preview_refund, turn_of_form
from easyticket.web.forms.fields import Form, text_of
from easyticket.web.forms.refunds import RefundForm
from easyticket.web.forms.refusals import all_refusals_shown_in, status_of
from easyticket.web.organizer import blueprint
from easyticket.web.views.order_parts import refund_text
from easyticket.web.views.refunds import refund_preview, returnable_tickets, ticket_choices
from easyticket.web.views.sold_orders import found_rows, sold_order_page


@blueprint.get("/events/<slug>/orders/")
@signed_in
def orders(slug: str) -> ResponseReturnValue:
    """Find orders of an event by their number, or by address or name of the buyer; a single one is shown at once."""
    event = get_own_event(current_actor(), slug)
    wanted = request.args.get("q", "")[:100]
    found = find_sold_orders(event, wanted)
    if len(found) == 1:
        return redirect(url_for("organizer.order", number=found[0].number))
    rows = found_rows(found, event, clock.now())
    return render_template("organizer/orders.html", title=event.title, slug=slug, wanted=wanted, rows=rows)


@blueprint.get("/orders/<number>/")
@signed_in
def order(number: str) -> ResponseReturnValue:
    """Show a sold order: who bought what, its tickets, payments, refunds and disputes."""
    page = sold_order_page(get_sold_order(current_actor(), number), clock.now())
    return render_template("organizer/order.html", page=page)


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
