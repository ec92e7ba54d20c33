"""Refunds that need somebody: those that failed, and those that wait for money at the provider."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, staff_only
from easyticket.queries.refunds import get_refund, list_refunds_in_need
from easyticket.services.refund_again import retry_refund
from easyticket.web.admin import blueprint
from easyticket.web.forms.fields import Form
from easyticket.web.views.admin_tasks import refund_task


@blueprint.get("/refunds/")
@staff_only
def refunds() -> ResponseReturnValue:
    """List what needs somebody."""
    return render_template(
        "admin/refunds.html", refunds=[refund_task(each) for each in list_refunds_in_need()]
    )


@blueprint.post("/refunds/<uuid:uuid>/again/")
@staff_only
def refund_again(uuid: UUID) -> ResponseReturnValue:
    """Return the money of a failed refund once more."""
    if Form().validate_on_submit():
        actor = current_actor()
        retry_refund(actor=actor, refund=get_refund(actor, uuid), now=clock.now())
        flash("The money is on its way back to the buyer.", "success")
    return redirect(url_for("admin.refunds"))
