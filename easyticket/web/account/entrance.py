"""Signing up, in and out."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, public, signed_in
from easyticket.http.limits import limiter, named_account
from easyticket.http.sessions import end_session, sign_in_browser
from easyticket.links import safe_next
from easyticket.models import UserType
from easyticket.rules.people import split_name
from easyticket.services.account_names import EMAIL_TAKEN
from easyticket.services.accounts import register_account
from easyticket.services.sessions import WRONG_CREDENTIALS
from easyticket.web.account import blueprint
from easyticket.web.forms.account import SignInForm, SignUpForm
from easyticket.web.forms.fields import text_of
from easyticket.web.forms.refusals import refusals_shown_in, status_of

# The API contract's sentences in the words of the pages.
_TAKEN = "There is an account with this address already."
_WORDS = {
    EMAIL_TAKEN: _TAKEN,
    "Ensure this field has no more than 50 characters.": "Use at most 50 characters for each name.",
    WRONG_CREDENTIALS: "The address or the password is not right. Look for a typing mistake, or set a new password.",
}


def _has_failed(answer: Response) -> bool:
    return answer.status_code >= 400


@blueprint.route("/sign-up/", methods=["GET", "POST"])
@public
@limiter.limit("10/hour", methods=["POST"])
def sign_up() -> ResponseReturnValue:
    """Make an account and go on signed in; the address is proved by the link that was mailed."""
    if current_actor().user_id is not None:
        return redirect(_where_to("account.welcome"))
    form = SignUpForm()
    if form.validate_on_submit():
        with refusals_shown_in(form, words=_WORDS, first_name="name", last_name="name"):
            first_name, last_name = split_name(text_of(form.name))
            user = register_account(
                email=text_of(form.email),
                password=text_of(form.password),
                first_name=first_name,
                last_name=last_name,
                user_type=UserType.ORGANIZER if form.wants_to_sell.data else UserType.CONSUMER,
                now=clock.now(),
            )
            sign_in_browser(user.email, text_of(form.password))
            return redirect(_where_to("account.welcome"))
    is_taken = _TAKEN in form.email.errors
    return render_template("account/sign_up.html", form=form, is_taken=is_taken), status_of(form)


@blueprint.get("/welcome/")
@signed_in
def welcome() -> ResponseReturnValue:
    """Say which mail to open, and what can be done already."""
    return render_template("account/welcome.html")


@blueprint.route("/sign-in/", methods=["GET", "POST"])
@public
@limiter.limit("30/minute", methods=["POST"], deduct_when=_has_failed)
@limiter.limit("10/hour", key_func=named_account, methods=["POST"], deduct_when=_has_failed)
def sign_in() -> ResponseReturnValue:
    """Sign in by address or username; only failed tries count: many people may share an address."""
    if current_actor().user_id is not None:
        return redirect(_where_to("events.home"))
    form = SignInForm()
    if form.validate_on_submit():
        with refusals_shown_in(form, words=_WORDS):
            sign_in_browser(text_of(form.email), text_of(form.password), keep=form.keep.data)
            return redirect(_where_to("events.home"))
    return render_template("account/sign_in.html", form=form), status_of(form)


@blueprint.post("/sign-out/")
@public
def sign_out() -> ResponseReturnValue:
    """End this browser's session."""
    end_session()
    flash("You are signed out.", "success")
    return redirect(url_for("events.home"))


def _where_to(default: str) -> str:
    return safe_next(request.args.get("next"), url_for(default))
