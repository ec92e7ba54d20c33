"""The event's page sends the chosen tickets here: they are held, once, and the buyer goes on."""

from __future__ import annotations

from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, public
from easyticket.http.limits import limiter
from easyticket.models import Order
from easyticket.queries.events import get_event
from easyticket.queries.orders import find_order_by_secret
from easyticket.rules.permissions import Actor
from easyticket.services.checkout import begin_checkout
from easyticket.services.orders import secret_of
from easyticket.web.checkout import blueprint, holder_of
from easyticket.web.events import render_event_page
from easyticket.web.forms.checkout import read_lines, typed_quantities
from easyticket.web.forms.fields import Form
from easyticket.web.forms.refusals import refusals_shown_in, status_of

# How many events' orders the browser's cookie remembers.
_REMEMBERED = 5


@blueprint.post("/events/<slug>/tickets/")
@public
@limiter.limit("30/minute")
def choose(slug: str) -> ResponseReturnValue:
    """Hold the chosen tickets and go on to the buyer's details, or show the event again with what is wrong."""
    event = get_event(current_actor(), slug)
    form = Form()
    if form.validate_on_submit():
        with refusals_shown_in(form):
            replaced, actor = _remembered_order(str(event.uuid))
            order = begin_checkout(
                actor=actor,
                event=event,
                lines=read_lines(request.form),
                promo_code=request.form.get("promo_code", ""),
                form_token=request.form.get("csrf_token", ""),
                replaces=replaced,
                now=clock.now(),
            )
            _remember_order(order)
            return redirect(url_for("checkout.details", secret=secret_of(order)), 303)
    # Read again: what was refused may be gone, or no longer be public.
    return render_event_page(
        get_event(current_actor(), slug),
        form_errors=form.form_errors,
        quantities=typed_quantities(request.form),
    ), status_of(form)


@blueprint.get("/events/<slug>/tickets/")
@public
def choose_again(slug: str) -> ResponseReturnValue:
    """Lead somebody who asks for the address of a refused choice to the event."""
    return redirect(url_for("events.page", slug=slug))


def _remembered_order(event: str) -> tuple[Order | None, Actor]:
    """Return the order this browser began for the event before, if any, and the actor who may give it up."""
    secret = session.get("orders", {}).get(event, "")
    return find_order_by_secret(secret), holder_of(secret) if secret else current_actor()


def _remember_order(order: Order) -> None:
    others = {
        event: secret for event, secret in session.get("orders", {}).items() if event != str(order.event.uuid)
    }
    kept = list(others.items())[1 - _REMEMBERED :]
    session["orders"] = dict([*kept, (str(order.event.uuid), secret_of(order))])
