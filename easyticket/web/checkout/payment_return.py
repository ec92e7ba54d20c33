"""Where the payer comes back to. Only the provider is believed; nothing in the address is."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import by_order_secret
from easyticket.http.limits import limiter
from easyticket.models import Order
from easyticket.queries.orders import get_order_by_secret
from easyticket.rules.order_phase import OrderPhase, phase_of
from easyticket.services.intents import ask_about_payment
from easyticket.web.checkout import allow_payment_page, blueprint, order_key
from easyticket.web.fragments import render_block
from easyticket.web.views.payment_return import return_page


@blueprint.get("/checkout/<secret>/return/")
@by_order_secret
@limiter.limit("60/minute", key_func=order_key)
def returned(secret: str) -> ResponseReturnValue:
    """Tell the payer where the payment stands."""
    order = _settled(secret)
    if phase_of(order, clock.now()) is OrderPhase.CONFIRMED:
        return redirect(url_for("orders.page", secret=secret), 303)
    return show_return(order)


@blueprint.get("/checkout/<secret>/status/")
@by_order_secret
@limiter.limit("60/minute", key_func=order_key)
def status(secret: str) -> ResponseReturnValue:
    """Give the changing part of the return page, which asks for it every few seconds."""
    order = _settled(secret)
    now = clock.now()
    if phase_of(order, now) is OrderPhase.CONFIRMED:
        return "", 200, {"HX-Redirect": url_for("orders.page", secret=secret)}
    if phase_of(order, now) == request.args.get("seen"):
        return "", 204  # nothing to swap, so that a screen reader is not told the same again and again
    return render_block("checkout/returned.html", "state", page=return_page(order, now))


def show_return(order: Order) -> str:
    """Return the page that tells where the payment of an order stands."""
    allow_payment_page()
    return render_template("checkout/returned.html", page=return_page(order, clock.now()))


def _settled(secret: str) -> Order:
    """Return the order after asking the provider about its last attempt; as it was known where that does not answer."""
    ask_about_payment(get_order_by_secret(secret), clock.now())
    return get_order_by_secret(secret)
