"""Deciding about accounts that organizers want to be paid to, where no party looks them up."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, staff_only
from easyticket.services.account_checks import accept_account, reject_account
from easyticket.web.admin import blueprint
from easyticket.web.forms.admin import AccountForm
from easyticket.web.forms.fields import text_of


@blueprint.post("/accounts/<uuid:uuid>/accept/")
@staff_only
def accept(uuid: UUID) -> ResponseReturnValue:
    """Note that an account is its owner's."""
    form = AccountForm()
    if form.validate_on_submit():
        accept_account(
            actor=current_actor(), profile_uuid=uuid, attempt=form.attempt.data or 0, now=clock.now()
        )
        flash("Verified. Money can be paid out to it once it is not frozen.", "success")
    return redirect(url_for("admin.payouts"))


@blueprint.post("/accounts/<uuid:uuid>/reject/")
@staff_only
def reject(uuid: UUID) -> ResponseReturnValue:
    """Note that an account is not its owner's."""
    form = AccountForm()
    if form.validate_on_submit():
        reject_account(
            actor=current_actor(),
            profile_uuid=uuid,
            attempt=form.attempt.data or 0,
            reason=text_of(form.reason),
            now=clock.now(),
        )
        flash("Refused. Its owner reads why.", "success")
    return redirect(url_for("admin.payouts"))
