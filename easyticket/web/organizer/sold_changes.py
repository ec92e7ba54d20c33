"""What an organizer changes of a sold order: its buyer, the name on a ticket, mailing it again, taking a door sale back."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, signed_in
from easyticket.http.limits import account_key, limiter
from easyticket.queries.sold_orders import get_sold_order, get_sold_ticket
from easyticket.services.door_sales import take_back_door_sale
from easyticket.services.sold_orders import change_attendee, change_buyer, mail_order_again
from easyticket.web.forms.fields import Form
from easyticket.web.forms.refusals import all_refusals_shown_in, status_of
from easyticket.web.forms.sold_orders import BuyerForm, PersonForm
from easyticket.web.organizer import blueprint
from easyticket.web.views.sold_orders import buyer_changed_text, sold_order_page

# Each of them sends a mail to an address that is typed.
_mails = limiter.shared_limit("60/hour", scope="mails of the desk", key_func=account_key, methods=["POST"])


@blueprint.route("/orders/<number>/buyer/", methods=["GET", "POST"])
@signed_in
@_mails
def buyer(number: str) -> ResponseReturnValue:
    """Correct who bought an order, and mail the tickets to the right address."""
    actor, now = current_actor(), clock.now()
    order = get_sold_order(actor, number)
    form = BuyerForm(name=order.buyer_name, email=order.buyer_email)
    if form.validate_on_submit():
        with all_refusals_shown_in(form):
            person, ends_old = form.person(), bool(form.ends_old.data)
            order = change_buyer(actor=actor, order=order, person=person, ends_old_access=ends_old, now=now)
            if form.send.data and not ends_old:
                mail_order_again(actor=actor, order=order, now=now)
            flash(buyer_changed_text(order, is_sent=bool(form.send.data), ends_old=ends_old), "success")
            return redirect(url_for("organizer.order", number=number), 303)
    page = sold_order_page(get_sold_order(actor, number), now)
    return render_template("organizer/buyer.html", form=form, page=page), status_of(form)


@blueprint.route("/orders/<number>/tickets/<code>/", methods=["GET", "POST"])
@signed_in
def attendee(number: str, code: str) -> ResponseReturnValue:
    """Write another name on a ticket."""
    actor, now = current_actor(), clock.now()
    order = get_sold_order(actor, number)
    ticket = get_sold_ticket(order, code)
    form = PersonForm(name=ticket.attendee_name, email=ticket.attendee_email)
    if form.validate_on_submit():
        with all_refusals_shown_in(form):
            changed = change_attendee(actor=actor, ticket=ticket, person=form.person(), now=now)
            flash(f"The ticket is for {changed.attendee_name} now.", "success")
            return redirect(url_for("organizer.order", number=number), 303)
    page = sold_order_page(get_sold_order(actor, number), now)
    return render_template("organizer/attendee.html", form=form, page=page, ticket=ticket), status_of(form)


@blueprint.post("/orders/<number>/mail/")
@signed_in
@_mails
def mail_again(number: str) -> ResponseReturnValue:
    """Mail the tickets to the buyer once more."""
    actor, form = current_actor(), Form()
    order = get_sold_order(actor, number)
    if form.validate_on_submit():
        with all_refusals_shown_in(form):
            address = mail_order_again(actor=actor, order=order, now=clock.now())
            flash(f"The tickets are on their way to {address} again.", "success")
    for sentence in form.form_errors:
        flash(sentence, "warning")
    return redirect(url_for("organizer.order", number=number), 303)


@blueprint.post("/orders/<number>/take-back/")
@signed_in
def take_back(number: str) -> ResponseReturnValue:
    """End a sale at the door that was a mistake."""
    actor, form = current_actor(), Form()
    order = get_sold_order(actor, number)
    if form.validate_on_submit():
        with all_refusals_shown_in(form):
            take_back_door_sale(actor=actor, order=order, now=clock.now())
            flash("Taken back. The tickets let nobody in, and their places are on sale again.", "success")
    for sentence in form.form_errors:
        flash(sentence, "warning")
    return redirect(url_for("organizer.order", number=number), 303)
