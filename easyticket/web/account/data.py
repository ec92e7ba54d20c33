"""What is kept about a person: taking it away, and ending the account."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, signed_in
from easyticket.http.downloads import exports_limited, streamed_download
from easyticket.http.limits import account_key, limiter
from easyticket.http.sessions import end_session as end_browser_session
from easyticket.queries.account_ties import find_account_ties
from easyticket.queries.users import get_own_user
from easyticket.rules.account_deletion import CONFIRMATION, why_not_deletable
from easyticket.services.account_deletion import delete_account
from easyticket.services.personal_data import write_personal_data
from easyticket.web.account import blueprint
from easyticket.web.forms.account import DeleteAccountForm
from easyticket.web.forms.fields import text_of
from easyticket.web.forms.refusals import all_refusals_shown_in, status_of


@blueprint.get("/profile/my-data.json")
@signed_in
@exports_limited
def download_data() -> ResponseReturnValue:
    """Give everything that is kept about the person, as one JSON file made while it is sent."""
    now = clock.now()
    pieces = write_personal_data(actor=current_actor(), now=now)
    return streamed_download(pieces, "application/json", f"easyticket-{now:%Y-%m-%d}.json")


@blueprint.route("/profile/delete/", methods=["GET", "POST"])
@signed_in
@limiter.limit("10/hour", key_func=account_key, methods=["POST"])
def delete() -> ResponseReturnValue:
    """Say what deleting the account does, and do it once the password is given; or say what holds it."""
    now, form = clock.now(), DeleteAccountForm()
    if form.validate_on_submit():
        with all_refusals_shown_in(form):
            password = text_of(form.password)
            delete_account(actor=current_actor(), password=password, confirmation=CONFIRMATION, now=now)
            end_browser_session()
            flash("Your account is deleted.", "success")
            return redirect(url_for("events.home"))
    refusal = why_not_deletable(find_account_ties(get_own_user(current_actor()), now))
    return render_template("account/delete.html", form=form, refusal=refusal), status_of(form)
