"""Passwords: forgotten, set anew by a mailed link, changed."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, public, signed_in
from easyticket.http.limits import account_key, limiter, named_account
from easyticket.http.sessions import current_token
from easyticket.models import TokenPurpose
from easyticket.queries.users import find_any_mail_token
from easyticket.services import password_changes
from easyticket.web.account import blueprint
from easyticket.web.forms.account import AddressForm, ChangePasswordForm, NewPasswordForm
from easyticket.web.forms.fields import text_of
from easyticket.web.forms.refusals import refusals_shown_in, status_of
from easyticket.web.views.account import link_state


@blueprint.route("/forgotten/", methods=["GET", "POST"])
@public
@limiter.limit("5/hour", methods=["POST"])
@limiter.limit("5/hour", key_func=named_account, methods=["POST"])
def forgotten() -> ResponseReturnValue:
    """Mail a link for a new password; the answer is the same whether there is such an account or not."""
    form = AddressForm()
    if form.validate_on_submit():
        password_changes.request_password_reset(email=text_of(form.email), now=clock.now())
        return render_template("account/link_sent.html", email=text_of(form.email), purpose="reset")
    return render_template("account/forgotten.html", form=form), status_of(form)


@blueprint.route("/reset/<token>/", methods=["GET", "POST"])
@public
def reset(token: str) -> ResponseReturnValue:
    """Set a new password by a mailed link, once; every session of the account ends."""
    form = NewPasswordForm()
    if form.validate_on_submit():
        with refusals_shown_in(form):
            password_changes.reset_password(token=token, password=text_of(form.password), now=clock.now())
            flash(
                "Your password is changed and you are signed out everywhere. Sign in with the new one.",
                "success",
            )
            return redirect(url_for("account.sign_in"))
    found = find_any_mail_token(token, TokenPurpose.RESET_PASSWORD)
    state = link_state(found, clock.now())
    email = found.email if found else ""
    return render_template("account/reset.html", form=form, state=state, email=email), status_of(form)


@blueprint.route("/profile/password/", methods=["GET", "POST"])
@signed_in
@limiter.limit("10/hour", key_func=account_key, methods=["POST"])
def change_password() -> ResponseReturnValue:
    """Change the password; all sessions but this one end."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        with refusals_shown_in(form):
            password_changes.change_password(
                actor=current_actor(),
                old_password=text_of(form.old_password),
                new_password=text_of(form.new_password),
                but_token=current_token(),
                now=clock.now(),
            )
            flash("Your password is changed. All other devices are signed out.", "success")
            return redirect(url_for("account.profile"))
    return render_template("account/change_password.html", form=form), status_of(form)
