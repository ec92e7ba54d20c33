"""The profile: what people say about themselves, where they are signed in, and becoming an organizer."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, signed_in
from easyticket.http.sessions import current_token
from easyticket.queries.users import get_own_user, list_sessions
from easyticket.rules.people import split_name
from easyticket.services import accounts, profiles
from easyticket.services.sessions import end_own_session, end_own_sessions
from easyticket.web.account import blueprint
from easyticket.web.forms.account import ProfileForm
from easyticket.web.forms.fields import text_of
from easyticket.web.forms.refusals import refusals_shown_in, status_of
from easyticket.web.views.account import country_names, session_rows


@blueprint.route("/profile/", methods=["GET", "POST"])
@signed_in
def profile() -> ResponseReturnValue:
    """Show and change what people say about themselves."""
    user = get_own_user(current_actor())
    form = ProfileForm(obj=user, name=user.full_name)
    if form.validate_on_submit():
        with refusals_shown_in(form, first_name="name", last_name="name"):
            first_name, last_name = split_name(text_of(form.name))
            changes = {**form.data, "first_name": first_name, "last_name": last_name}
            profiles.update_profile(actor=current_actor(), changes=changes, now=clock.now())
            flash("Your profile is saved.", "success")
            return redirect(url_for("account.profile"))
    page = render_template("account/profile.html", form=form, user=user, countries=country_names())
    return page, status_of(form)


@blueprint.get("/profile/sessions/")
@signed_in
def sessions() -> ResponseReturnValue:
    """List where the person is signed in."""
    now = clock.now()
    rows = session_rows(list_sessions(current_actor(), now), current_token(), now)
    return render_template("account/sessions.html", rows=rows)


@blueprint.post("/profile/sessions/<int:session_id>/sign-out/")
@signed_in
def end_session(session_id: int) -> ResponseReturnValue:
    """Sign the person out in one place; in this one, it is the browser's own session that ends."""
    end_own_session(actor=current_actor(), session_id=session_id, now=clock.now())
    flash("This device is signed out.", "success")
    return redirect(url_for("account.sessions"))


@blueprint.post("/profile/sign-out-everywhere/")
@signed_in
def sign_out_everywhere() -> ResponseReturnValue:
    """End every session of the account, this one too."""
    end_own_sessions(actor=current_actor(), user=get_own_user(current_actor()), now=clock.now())
    flash("You are signed out on all devices.", "success")
    return redirect(url_for("account.sign_in"))


@blueprint.post("/profile/organizer/")
@signed_in
def become_organizer() -> ResponseReturnValue:
    """Let a buyer's account have events of its own."""
    accounts.become_organizer(actor=current_actor(), now=clock.now())
    flash("You can make events now. They go live once your address is verified.", "success")
    return redirect(url_for("organizer.home"))
