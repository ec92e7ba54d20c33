"""Who buys, and all that the page asking for it leads to: promo codes, a second look at the address, holding again, paying."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import by_order_secret, current_actor
from easyticket.http.limits import limiter
from easyticket.http.sessions import sign_in_browser
from easyticket.links import public_url
from easyticket.models import Order, OrderStatus, Payment
from easyticket.queries.orders import get_order_by_secret, has_promo_codes
from easyticket.queries.users import get_own_user
from easyticket.rules.order_phase import KEPT_PHASES, LAPSED_PHASES, OPEN_PHASES, OrderPhase, phase_of
from easyticket.rules.people import split_name
from easyticket.rules.permissions import Actor
from easyticket.services.account_names import EMAIL_TAKEN
from easyticket.services.accounts import register_account
from easyticket.services.checkout import renew_hold
from easyticket.services.orders import apply_promo, cancel_order, name_buyer, secret_of
from easyticket.services.payments import start_payment
from easyticket.web.checkout import allow_payment_page, blueprint, holder_of, order_key
from easyticket.web.forms.checkout import DetailsForm
from easyticket.web.forms.email_hint import suggested_email
from easyticket.web.forms.fields import text_of
from easyticket.web.forms.refusals import refusals_shown_in, status_of
from easyticket.web.fragments import render_block
from easyticket.web.views.checkout import checkout_page, held_again_text

# Phases in which the page with the buyer's details is the one to see.
_AT_DETAILS = OPEN_PHASES | {OrderPhase.FAILED, OrderPhase.CANCELLED}
_TAKEN = "There is an account with this address already. Sign in, or buy without an account: leave the password empty."
# Sentences of the API contract in the words of the pages.
_WORDS = {EMAIL_TAKEN: _TAKEN}


def _asks_for_no_account() -> bool:
    return not request.form.get("password")


@blueprint.get("/checkout/<secret>/")
@by_order_secret
def details(secret: str) -> ResponseReturnValue:
    """Ask who buys; once the order is paid or on its way, show the page that tells so."""
    order = get_order_by_secret(secret)
    actor = current_actor()
    return show_details(
        order, DetailsForm.of(order, get_own_user(actor) if actor.user_id is not None else None)
    )


@blueprint.post("/checkout/<secret>/pay/")
@by_order_secret
@limiter.limit("30/minute", key_func=order_key)
@limiter.limit("10/hour", exempt_when=_asks_for_no_account)
def pay(secret: str) -> ResponseReturnValue:
    """Write down who buys and send them to the payment page; a free order is theirs at once.

    Once the hold has run out the same press holds the tickets again instead: the price may be another one by now.
    """
    order = get_order_by_secret(secret)
    form = DetailsForm()
    if phase_of(order, clock.now()) in LAPSED_PHASES:
        return _renew(order, form, clock.now())
    if form.wants_promo(order):
        # Typed but not applied: the price on the button would not be the one that is paid.
        return promo(secret)
    if form.validate() and not form.email_suggestion:
        with refusals_shown_in(
            form, words=_WORDS, email="buyer_email", first_name="buyer_name", last_name="buyer_name"
        ):
            payment = _start_paying(order, form, holder_of(secret), clock.now())
            return redirect(payment.pay_url if payment else url_for("orders.page", secret=secret), 303)
    return show_details(get_order_by_secret(secret), form)


@blueprint.post("/checkout/<secret>/promo/")
@by_order_secret
@limiter.limit("10/minute", key_func=order_key)
def promo(secret: str) -> ResponseReturnValue:
    """Apply the typed promo code, or take the applied one off; everything else that was typed stays."""
    order = get_order_by_secret(secret)
    form = DetailsForm()
    with refusals_shown_in(form):
        code = "" if request.form.get("remove_promo") else text_of(form.promo_code)
        apply_promo(actor=holder_of(secret), order=order, code=code, now=clock.now())
        form.promo_code.data = ""
    return show_details(get_order_by_secret(secret), form)


@blueprint.post("/checkout/<secret>/email/")
@by_order_secret
@limiter.limit("30/minute", key_func=order_key)
def email(secret: str) -> ResponseReturnValue:
    """Look at a typed address: suggest a better one, or take the one that was suggested. What is whole is kept."""
    order = get_order_by_secret(secret)
    form = DetailsForm()
    typed = text_of(form.buyer_email)
    if request.form.get("use_email"):
        form.take_email(suggested_email(typed) or typed)
    if form.validate() and phase_of(order, clock.now()) in KEPT_PHASES:
        with refusals_shown_in(form):
            name_buyer(actor=holder_of(secret), order=order, buyer=form.buyer)
    if request.headers.get("HX-Request"):
        return render_block(
            "checkout/details.html", "email_field", form=form, page=checkout_page(order, clock.now())
        )
    return show_details(get_order_by_secret(secret), form.without_errors())


@blueprint.post("/checkout/<secret>/hold-again/")
@by_order_secret
@limiter.limit("20/minute", key_func=order_key)
def hold_again(secret: str) -> ResponseReturnValue:
    """Hold the same tickets again after the hold ran out; what was typed is kept, whole or not."""
    order = get_order_by_secret(secret)
    if phase_of(order, clock.now()) in KEPT_PHASES:
        # Sent twice, or by a clock that runs ahead of ours: there is nothing to renew.
        return show_details(
            order, DetailsForm() if "buyer_email" in request.form else DetailsForm.of(order, None)
        )
    return _renew(order, DetailsForm(), clock.now())


@blueprint.post("/checkout/<secret>/cancel/")
@by_order_secret
def cancel(secret: str) -> ResponseReturnValue:
    """Give the held tickets back and return to the event."""
    order = get_order_by_secret(secret)
    event_url = url_for("events.page", slug=order.event.slug)
    cancel_order(actor=holder_of(secret), order=order, reason="Given back by the buyer.", now=clock.now())
    flash("You gave the tickets back. Nothing was charged.", "success")
    return redirect(event_url, 303)


@blueprint.get("/checkout/<secret>/<any(pay, promo, email, 'hold-again', cancel):step>/")
@by_order_secret
def details_again(secret: str, step: str) -> ResponseReturnValue:
    """Lead somebody who asks for the address of a refused step to the details."""
    return redirect(url_for("checkout.details", secret=secret))


def show_details(order: Order, form: DetailsForm, status: int | None = None) -> ResponseReturnValue:
    """Return the page of the details with `form`, or lead to the page that tells what became of the order."""
    page = checkout_page(order, clock.now())
    if page.phase not in _AT_DETAILS:
        endpoint = "checkout.returned" if page.phase is OrderPhase.WAITING else "orders.page"
        return redirect(url_for(endpoint, secret=page.secret), 303)
    allow_payment_page()
    html = render_template(
        "checkout/details.html",
        page=page,
        form=form,
        asks_promo=page.is_kept
        and order.status is OrderStatus.PENDING
        and has_promo_codes(order.event, clock.now()),
        is_taken=_TAKEN in form.buyer_email.errors,
        is_signed_in=current_actor().user_id is not None,
    )
    return html, status or status_of(form)


def _renew(order: Order, form: DetailsForm, now: datetime) -> ResponseReturnValue:
    """Hold the tickets again, and show the details as they are now; what the order cannot keep stays in the form."""
    secret, total_before = secret_of(order), order.total_minor
    buyer = form.buyer if form.validate() else None
    form = form.without_errors()
    with refusals_shown_in(form):
        renew_hold(actor=holder_of(secret), order=order, buyer=buyer, now=now)
    order = get_order_by_secret(secret)
    if phase_of(order, now) in KEPT_PHASES:
        flash(held_again_text(order, total_before), "success")
    is_whole = buyer is not None and not form.holds_more_than(order)
    if not form.errors and (is_whole or "buyer_email" not in request.form):
        return redirect(url_for("checkout.details", secret=secret), 303)
    return show_details(order, form)


def _start_paying(order: Order, form: DetailsForm, actor: Actor, now: datetime) -> Payment | None:
    """Note the buyer, make the account that a typed password asks for, and open an attempt to pay."""
    secret = secret_of(order)
    # Before the account: whoever finds the address taken signs in and finds everything typed still here.
    name_buyer(actor=actor, order=order, buyer=form.buyer)
    if form.password.data and actor.user_id is None:
        first_name, last_name = split_name(form.buyer.name)
        register_account(
            email=form.buyer.email,
            password=form.password.data,
            first_name=first_name,
            last_name=last_name,
            now=now,
        )
        sign_in_browser(form.buyer.email, form.password.data)
        actor = holder_of(secret)
        name_buyer(actor=actor, order=order, buyer=form.buyer)
    return start_payment(
        actor=actor, order=order, return_url=public_url("checkout.returned", secret=secret), now=now
    )
