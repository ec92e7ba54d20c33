"""Selling at the door: tickets for cash or for nothing, issued and shown at once."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, signed_in
from easyticket.http.limits import account_key, limiter
from easyticket.queries.door import (
    count_door_sales,
    get_door_sale,
    list_door_offers,
    list_last_door_sales,
)
from easyticket.queries.organizer import get_own_event
from easyticket.services.check_ins import check_in_all
from easyticket.services.door_sales import sell_at_door
from easyticket.web.forms.attendees import ScanKeyForm
from easyticket.web.forms.checkout import typed_quantities
from easyticket.web.forms.door import DoorForm
from easyticket.web.forms.fields import text_of
from easyticket.web.forms.refusals import all_refusals_shown_in, status_of
from easyticket.web.organizer import blueprint
from easyticket.web.views.door import door_page, door_sale_page


@blueprint.route("/events/<slug>/door/", methods=["GET", "POST"])
@signed_in
@limiter.limit("600/hour", key_func=account_key, methods=["POST"])
def door(slug: str) -> ResponseReturnValue:
    """Choose tickets and sell them."""
    actor, now, form = current_actor(), clock.now(), DoorForm()
    event = get_own_event(actor, slug)
    if form.validate_on_submit():
        with all_refusals_shown_in(form):
            sale, token = form.sale(request.form), text_of(form.token)
            sold = sell_at_door(actor=actor, event=event, sale=sale, token=token, now=now)
            return redirect(url_for("organizer.door_sale", slug=slug, number=sold.number), 303)
    offers, totals = list_door_offers(event, now), count_door_sales(event)
    page = door_page(event, offers, totals, list_last_door_sales(event), typed_quantities(request.form), now)
    return render_template("organizer/door.html", form=form, page=page), status_of(form)


@blueprint.get("/events/<slug>/door/<number>/")
@signed_in
def door_sale(slug: str, number: str) -> ResponseReturnValue:
    """Show the tickets of one sale to whoever bought them."""
    actor = current_actor()
    event = get_own_event(actor, slug)
    page = door_sale_page(event, get_door_sale(actor, event, number), clock.now())
    return render_template("organizer/door_sale.html", page=page)


@blueprint.post("/events/<slug>/door/<number>/check-in/")
@signed_in
def door_check_in(slug: str, number: str) -> ResponseReturnValue:
    """Let everybody in whose tickets were just sold."""
    actor, form = current_actor(), ScanKeyForm()
    order = get_door_sale(actor, get_own_event(actor, slug), number)
    if form.validate_on_submit():
        count = check_in_all(actor=actor, order=order, key=form.key(), now=clock.now())
        flash("One person is in." if count == 1 else f"{count} people are in.", "success")
    return redirect(url_for("organizer.door_sale", slug=slug, number=number), 303)
