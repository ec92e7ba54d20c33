"""The page that sends a ticket on, for both of its addresses: under an order, and under a ticket that was sent before."""

from __future__ import annotations

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.models import Ticket
from easyticket.rules.permissions import Actor
from easyticket.services.ticket_transfers import send_ticket_on
from easyticket.web.forms.fields import text_of
from easyticket.web.forms.refusals import all_refusals_shown_in, status_of
from easyticket.web.forms.tickets import SendForm
from easyticket.web.views.tickets import send_view


def send_or_ask(actor: Actor, ticket: Ticket, *, back_url: str, done_url: str) -> ResponseReturnValue:
    """Send the ticket to whom the form says and go to `done_url`, or show the form with what is wrong or to be looked at."""
    now, form = clock.now(), SendForm()
    if form.validate_on_submit() and not form.asks_about_email():
        with all_refusals_shown_in(form):
            sent = send_ticket_on(
                actor=actor,
                ticket=ticket,
                to_name=text_of(form.to_name),
                to_email=text_of(form.to_email),
                now=now,
            )
            flash(f"The ticket is on its way to {sent.to_name} at {sent.to_email}.", "success")
            return redirect(done_url, 303)
    return render_template("orders/send.html", form=form, page=send_view(ticket, back_url, now)), status_of(
        form
    )
