"""From chosen tickets to payment: hold, buyer's details, pay, and the page the payer comes back to."""

from __future__ import annotations

from datetime import datetime

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.core.errors import AppError, Conflict, ProviderDown, Unavailable
from easyticket.http.auth import by_order_secret, current_actor, public
from easyticket.http.errors import status_of as status_of_error
from easyticket.http.headers import allow_in_policy
from easyticket.http.limits import limiter
from easyticket.http.sessions import sign_in_browser
from easyticket.links import public_url
from easyticket.models import Order, OrderStatus, Payment
from easyticket.queries.events import get_event
from easyticket.queries.orders import find_order_by_secret, get_order_by_secret, has_promo_codes
from easyticket.queries.users import get_own_user
from easyticket.rules.order_phase import OPEN_PHASES, OrderPhase, payment_to_ask_about, phase_of
from easyticket.rules.people import split_name
from easyticket.rules.permissions import Actor
from easyticket.services.accounts import EMAIL_TAKEN, register_account
from easyticket.services.checkout import begin_checkout, renew_hold
from easyticket.services.orders import apply_promo, cancel_order, name_buyer, secret_of
from easyticket.services.payments import settle_payment, start_payment
from easyticket.web.events import render_event_page
from easyticket.web.forms.checkout import DetailsForm, read_lines, typed_quantities
from easyticket.web.forms.email_hint import suggested_email
from easyticket.web.forms.fields import Form, text_of
from easyticket.web.forms.refusals import refusals_shown_in, status_of
from easyticket.web.fragments import render_block
from easyticket.web.views.checkout import checkout_page
from easyticket.web.views.payment_return import return_page

blueprint = Blueprint("checkout", __name__)

# Phases in which the page with the buyer's details is the one to see.
_AT_DETAILS = OPEN_PHASES | {OrderPhase.FAILED, OrderPhase.CANCELLED}
_TAKEN = "There is an account with this address already. Sign in, or buy without an account: leave the password empty."
# Sentences of the API contract in the words of the pages.
_WORDS = {EMAIL_TAKEN: _TAKEN}
# How many events' orders the browser's cookie remembers.
_REMEMBERED = 5


def _order_key() -> str:
    return f"order:{(request.view_args or {}).get('secret', '')}"


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
    return render_event_page(
        event, form_errors=form.form_errors, quantities=typed_quantities(request.form)
    ), status_of(form)


@blueprint.get("/events/<slug>/tickets/")
@public
def choose_again(slug: str) -> ResponseReturnValue:
    """Lead somebody who asks for the address of a refused choice to the event."""
    return redirect(url_for("events.page", slug=slug))


@blueprint.get("/checkout/<secret>/")
@by_order_secret
def details(secret: str) -> ResponseReturnValue:
    """Ask who buys; once the order is paid or on its way, show the page that tells so."""
    order = get_order_by_secret(secret)
    actor = current_actor()
    return _show_details(
        order, DetailsForm.of(order, get_own_user(actor) if actor.user_id is not None else None)
    )


@blueprint.post("/checkout/<secret>/pay/")
@by_order_secret
@limiter.limit("30/minute", key_func=_order_key)
def pay(secret: str) -> ResponseReturnValue:
    """Write down who buys and send them to the payment page; a free order is theirs at once."""
    order = get_order_by_secret(secret)
    form = DetailsForm()
    if form.wants_promo(order):
        # Typed but not applied: the price on the button would not be the one that is paid.
        return promo(secret)
    if form.validate() and not form.email_suggestion:
        with refusals_shown_in(
            form, words=_WORDS, email="buyer_email", first_name="buyer_name", last_name="buyer_name"
        ):
            payment = _start_paying(order, form, _holder_of(secret), clock.now())
            return redirect(payment.pay_url if payment else url_for("orders.page", secret=secret), 303)
    return _show_details(get_order_by_secret(secret), form)


@blueprint.post("/checkout/<secret>/promo/")
@by_order_secret
@limiter.limit("10/minute", key_func=_order_key)
def promo(secret: str) -> ResponseReturnValue:
    """Apply the typed promo code, or take the applied one off; everything else that was typed stays."""
    order = get_order_by_secret(secret)
    form = DetailsForm()
    with refusals_shown_in(form):
        code = "" if request.form.get("remove_promo") else text_of(form.promo_code)
        apply_promo(actor=_holder_of(secret), order=order, code=code, now=clock.now())
        form.promo_code.data = ""
    return _show_details(get_order_by_secret(secret), form)


@blueprint.post("/checkout/<secret>/email/")
@by_order_secret
@limiter.limit("30/minute", key_func=_order_key)
def email(secret: str) -> ResponseReturnValue:
    """Look at a typed address: suggest a better one, or take the one that was suggested. What is whole is kept."""
    order = get_order_by_secret(secret)
    form = DetailsForm()
    typed = text_of(form.buyer_email)
    if request.form.get("use_email"):
        form.take_email(suggested_email(typed) or typed)
    if form.validate():
        with refusals_shown_in(form):
            name_buyer(actor=_holder_of(secret), order=order, buyer=form.buyer, now=clock.now())
    if request.headers.get("HX-Request"):
        return render_block(
            "checkout/details.html", "email_field", form=form, page=checkout_page(order, clock.now())
        )
    return _show_details(get_order_by_secret(secret), form.without_errors())


@blueprint.post("/checkout/<secret>/hold-again/")
@by_order_secret
@limiter.limit("20/minute", key_func=_order_key)
def hold_again(secret: str) -> ResponseReturnValue:
    """Hold the same tickets again after the hold ran out; what was typed is kept, whole or not."""
    order = get_order_by_secret(secret)
    form = DetailsForm()
    buyer = form.buyer if form.validate() else None
    form = form.without_errors()
    with refusals_shown_in(form):
        renew_hold(actor=_holder_of(secret), order=order, buyer=buyer, now=clock.now())
        if buyer is not None or "buyer_email" not in request.form:
            return redirect(url_for("checkout.details", secret=secret), 303)
    return _show_details(get_order_by_secret(secret), form)


@blueprint.post("/checkout/<secret>/cancel/")
@by_order_secret
def cancel(secret: str) -> ResponseReturnValue:
    """Give the held tickets back and return to the event."""
    order = get_order_by_secret(secret)
    event_url = url_for("events.page", slug=order.event.slug)
    cancel_order(actor=_holder_of(secret), order=order, reason="Given back by the buyer.", now=clock.now())
    flash("You gave the tickets back. Nothing was charged.", "success")
    return redirect(event_url, 303)


@blueprint.get("/checkout/<secret>/<any(pay, promo, email, 'hold-again', cancel):step>/")
@by_order_secret
def details_again(secret: str, step: str) -> ResponseReturnValue:
    """Lead somebody who asks for the address of a refused step to the details."""
    return redirect(url_for("checkout.details", secret=secret))


@blueprint.get("/checkout/<secret>/return/")
@by_order_secret
@limiter.limit("60/minute", key_func=_order_key)
def returned(secret: str) -> ResponseReturnValue:
    """Tell the payer where the payment stands. Only the provider is believed, nothing in the address is."""
    order = _settled(secret)
    if phase_of(order, clock.now()) is OrderPhase.CONFIRMED:
        return redirect(url_for("orders.page", secret=secret), 303)
    return _show_return(order)


@blueprint.get("/checkout/<secret>/status/")
@by_order_secret
@limiter.limit("60/minute", key_func=_order_key)
def status(secret: str) -> ResponseReturnValue:
    """Give the changing part of the return page, which asks for it every few seconds."""
    order = _settled(secret)
    now = clock.now()
    if phase_of(order, now) is OrderPhase.CONFIRMED:
        return "", 200, {"HX-Redirect": url_for("orders.page", secret=secret)}
    if phase_of(order, now) == request.args.get("seen"):
        return "", 204  # nothing to swap, so that a screen reader is not told the same again and again
    return render_block("checkout/returned.html", "state", page=return_page(order, now))


@blueprint.errorhandler(Conflict)
@blueprint.errorhandler(ProviderDown)
@blueprint.errorhandler(Unavailable)
def refused(error: AppError) -> ResponseReturnValue:
    """Show the order as it is by now, with what did not work above it; nothing that was typed is lost."""
    order = get_order_by_secret((request.view_args or {}).get("secret", ""))
    if request.endpoint == "checkout.status":
        return "", 204  # the provider does not answer: the page goes on asking
    if request.endpoint == "checkout.returned":
        return _show_return(order)
    form = DetailsForm() if "buyer_email" in request.form else DetailsForm.of(order, None)
    if error.code != "hold_expired":  # the page says so itself
        form.form_errors.append(error.message)
    return _show_details(order, form, status_of_error(error))


@blueprint.after_request
def keep_secret(response: Response) -> Response:
    """Tell no other site, and no log of ours, the address of a page whose address is its key."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _holder_of(secret: str) -> Actor:
    return current_actor().with_order_secret(secret)


def _remembered_order(event: str) -> tuple[Order | None, Actor]:
    """Return the order this browser began for the event before, if any, and the actor who may give it up."""
    secret = session.get("orders", {}).get(event, "")
    return find_order_by_secret(secret), _holder_of(secret) if secret else current_actor()


def _remember_order(order: Order) -> None:
    others = {
        event: secret for event, secret in session.get("orders", {}).items() if event != str(order.event.uuid)
    }
    kept = list(others.items())[1 - _REMEMBERED :]
    session["orders"] = dict([*kept, (str(order.event.uuid), secret_of(order))])


def _start_paying(order: Order, form: DetailsForm, actor: Actor, now: datetime) -> Payment | None:
    """Note the buyer, make the account that a typed password asks for, and open an attempt to pay."""
    secret = secret_of(order)
    # Before the account: whoever finds the address taken signs in and finds everything typed still here.
    name_buyer(actor=actor, order=order, buyer=form.buyer, now=now)
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
        actor = _holder_of(secret)
        name_buyer(actor=actor, order=order, buyer=form.buyer, now=now)
    return start_payment(
        actor=actor, order=order, return_url=public_url("checkout.returned", secret=secret), now=now
    )


def _settled(secret: str) -> Order:
    """Return the order after asking the provider about its last attempt."""
    order = get_order_by_secret(secret)
    payment = payment_to_ask_about(order)
    if payment is None:
        return order
    settle_payment(payment.reference, clock.now())
    return get_order_by_secret(secret)


def _show_details(order: Order, form: DetailsForm, status: int | None = None) -> ResponseReturnValue:
    page = checkout_page(order, clock.now())
    if page.phase not in _AT_DETAILS:
        endpoint = "checkout.returned" if page.phase is OrderPhase.WAITING else "orders.page"
        return redirect(url_for(endpoint, secret=page.secret), 303)
    _allow_payment_page()
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


def _show_return(order: Order) -> str:
    _allow_payment_page()
    return render_template("checkout/returned.html", page=return_page(order, clock.now()))


def _allow_payment_page() -> None:
    # Chromium holds `form-action` against the redirect to the payment page too, which stands at PUBLIC_URL.
    allow_in_policy("form-action", f"'self' {current_app.config['SETTINGS'].public_url}")
