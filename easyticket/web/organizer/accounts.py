"""The accounts an organizer is paid to: adding one, choosing the default one, checking one again, deleting one."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from easyticket.core import clock
from easyticket.http.auth import current_actor, organizer_only
from easyticket.queries.payment_profiles import get_account_currency, get_payment_profile, get_site_currency
from easyticket.rules.payment_accounts import account_line
from easyticket.services.payment_profiles import (
    create_payment_profile,
    delete_payment_profile,
    retry_verification,
    set_default_profile,
    update_payment_profile,
)
from easyticket.web.forms.fields import Form, text_of
from easyticket.web.forms.money import BankForm, MobileMoneyForm
from easyticket.web.forms.refusals import refusals_shown_in, status_of
from easyticket.web.organizer import blueprint

_FORMS = {"mobile-money": MobileMoneyForm, "bank": BankForm}
_KINDS = {form.kind: name for name, form in _FORMS.items()}


@blueprint.route("/money/accounts/new/<any('mobile-money', 'bank'):kind>/", methods=["GET", "POST"])
@organizer_only
def new_account(kind: str) -> ResponseReturnValue:
    """Add an account to be paid to; a bank's may be wanted in a currency."""
    currency = request.args.get("currency") or get_site_currency()
    form = _FORMS[kind](account_name=current_user.full_name, currency=currency)
    if form.validate_on_submit():
        with refusals_shown_in(form):
            create_payment_profile(
                actor=current_actor(),
                method=form.kind,
                name=text_of(form.name),
                details=form.details(),
                now=clock.now(),
            )
            flash("Added. It is being checked.", "success")
            return redirect(url_for("organizer.money"))
    return render_template("organizer/money/account.html", form=form, kind=kind, name=""), status_of(form)


@blueprint.route("/money/accounts/<uuid:uuid>/", methods=["GET", "POST"])
@organizer_only
def edit_account(uuid: UUID) -> ResponseReturnValue:
    """Correct an account, which is checked again then, or call it otherwise."""
    actor = current_actor()
    profile = get_payment_profile(actor, uuid)
    kind, name = _KINDS[profile.method], profile.name
    form = _FORMS[kind](obj=profile)
    if not form.is_submitted():
        form.show(profile, get_account_currency(profile))
    elif form.validate():
        with refusals_shown_in(form):
            update_payment_profile(actor=actor, profile=profile, changes=form.changes(), now=clock.now())
            flash("Saved.", "success")
            return redirect(url_for("organizer.money"))
    return render_template("organizer/money/account.html", form=form, kind=kind, name=name), status_of(form)


@blueprint.post("/money/accounts/<uuid:uuid>/default/")
@organizer_only
def make_default_account(uuid: UUID) -> ResponseReturnValue:
    """Pay to this account if nothing else is said."""
    if Form().validate_on_submit():
        actor = current_actor()
        set_default_profile(actor=actor, profile=get_payment_profile(actor, uuid), now=clock.now())
        flash("This is your default account now.", "success")
    return redirect(url_for("organizer.money"))


@blueprint.post("/money/accounts/<uuid:uuid>/check/")
@organizer_only
def check_account(uuid: UUID) -> ResponseReturnValue:
    """Have an account checked once more, at the organizer's cost."""
    if Form().validate_on_submit():
        actor = current_actor()
        retry_verification(actor=actor, profile=get_payment_profile(actor, uuid), now=clock.now())
        flash("It is being checked once more.", "success")
    return redirect(url_for("organizer.money"))


@blueprint.route("/money/accounts/<uuid:uuid>/delete/", methods=["GET", "POST"])
@organizer_only
def delete_account(uuid: UUID) -> ResponseReturnValue:
    """Ask once more, and delete an account."""
    actor, form = current_actor(), Form()
    profile = get_payment_profile(actor, uuid)
    what = profile.name
    if form.validate_on_submit():
        delete_payment_profile(actor=actor, profile=profile, now=clock.now())
        flash(f"{what} is deleted.", "success")
        return redirect(url_for("organizer.money"))
    page = render_template(
        "organizer/delete.html",
        form=form,
        what=what,
        sentence=f"Nothing is paid to {account_line(profile)} any more. What was paid to it stays in the books.",
        back_url=url_for("organizer.money"),
    )
    return page, status_of(form)
