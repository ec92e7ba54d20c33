"""Proving an address, the first or a new one: the mailed links, and asking for another."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, public, signed_in
from easyticket.http.limits import account_key, limiter, named_account
from easyticket.http.sessions import sign_in_browser
from easyticket.models import TokenPurpose
from easyticket.queries.organizer import OwnEvents, list_own_events
from easyticket.queries.users import find_any_mail_token
from easyticket.rules.permissions import Actor
from easyticket.services.account_names import EMAIL_TAKEN
from easyticket.services.accounts import request_verification, verify_email
from easyticket.services.email_changes import change_email, request_email_change
from easyticket.services.passwords import WRONG_PASSWORD
from easyticket.web.account import blueprint
from easyticket.web.forms.account import AccountPasswordForm, AddressForm, ChangeAddressForm, ConfirmForm
from easyticket.web.forms.fields import text_of
from easyticket.web.forms.refusals import refusals_shown_in, status_of
from easyticket.web.views.account import link_state

# The API contract's sentences in the words of the pages.
_WORDS = {
    EMAIL_TAKEN: "There is another account with this address.",
    WRONG_PASSWORD: "The password is not right.",
}


@blueprint.route("/verify/<token>/", methods=["GET", "POST"])
@public
@limiter.limit("10/minute", methods=["POST"])
def verify(token: str) -> ResponseReturnValue:
    """Prove an address by the button on the page: programs that open the links of mails prove nothing.

    A browser that is not signed in to the account is asked for its password as well.
    """
    found = find_any_mail_token(token, TokenPurpose.VERIFY_EMAIL)
    is_own = found is not None and found.user_id == current_actor().user_id
    form = ConfirmForm() if is_own else AccountPasswordForm()
    if form.validate_on_submit():
        with refusals_shown_in(form):
            _verify(token, "" if is_own else text_of(form.password))
            return redirect(_place_to_go_on(current_actor()))
    state = link_state(found, clock.now())
    return render_template(
        "account/verify.html",
        form=form,
        state=state,
        user=found.user if found else None,
        is_own=is_own,
        address_form=AddressForm(formdata=None),
    ), status_of(form)


@blueprint.route("/verify/", methods=["GET", "POST"])
@public
@limiter.limit("5/hour", methods=["POST"])
@limiter.limit("5/hour", key_func=named_account, methods=["POST"])
def resend() -> ResponseReturnValue:
    """Mail the link again; the answer is the same whether there is such an account or not."""
    form = AddressForm(email=current_actor().email)
    if form.validate_on_submit():
        request_verification(email=text_of(form.email), now=clock.now())
        return render_template("account/link_sent.html", email=text_of(form.email), purpose="verify")
    return render_template("account/resend.html", form=form), status_of(form)


@blueprint.route("/profile/address/", methods=["GET", "POST"])
@signed_in
@limiter.limit("10/hour", key_func=account_key, methods=["POST"])
def change_address() -> ResponseReturnValue:
    """Mail a link to another address; the account keeps the one it has until the link is used."""
    form = ChangeAddressForm()
    if form.validate_on_submit():
        with refusals_shown_in(form, words=_WORDS):
            address = request_email_change(
                actor=current_actor(),
                new_email=text_of(form.new_email),
                password=text_of(form.password),
                now=clock.now(),
            )
            flash(f"A link is on its way to {address}. Your address changes when you open it.", "success")
            return redirect(url_for("account.profile"), 303)
    return render_template("account/change_address.html", form=form), status_of(form)


@blueprint.route("/new-address/<token>/", methods=["GET", "POST"])
@public
@limiter.limit("10/minute", methods=["POST"])
def new_address(token: str) -> ResponseReturnValue:
    """Make a new address that of an account by the button on the page, as `verify` proves the first one."""
    found = find_any_mail_token(token, TokenPurpose.CHANGE_EMAIL)
    is_own = found is not None and found.user_id == current_actor().user_id
    form = ConfirmForm() if is_own else AccountPasswordForm()
    if form.validate_on_submit():
        with refusals_shown_in(form):
            _change_address(token, "" if is_own else text_of(form.password))
            return redirect(url_for("account.profile"))
    return render_template(
        "account/new_address.html",
        form=form,
        state=link_state(found, clock.now()),
        link=found,
        is_own=is_own,
    ), status_of(form)


def _place_to_go_on(actor: Actor) -> str:
    """Return where somebody goes on whose address is verified: an organizer at the draft that waited for it."""
    if not actor.is_organizer:
        return url_for("account.profile")
    drafts = list_own_events(actor, clock.now(), which=OwnEvents.DRAFTS, page=1, per_page=2).items
    if len(drafts) == 1:
        return url_for("organizer.event", slug=drafts[0].event.slug)
    return url_for("organizer.home")


def _change_address(token: str, password: str) -> None:
    user = change_email(token=token, actor=current_actor(), password=password, now=clock.now())
    if current_actor().user_id is None:
        sign_in_browser(user.email, password)
    flash(f"Your address is {user.email} now. Tickets bought with it are under My tickets.", "success")


def _verify(token: str, password: str) -> None:
    user = verify_email(token=token, actor=current_actor(), password=password, now=clock.now())
    if current_actor().user_id is None:
        sign_in_browser(user.email, password)
    if user.is_organizer:
        flash("Your address is verified. Your events can go live now.", "success")
        return
    flash("Your address is verified. Tickets bought with it are under My tickets.", "success")
