"""Payments that wait for a person: money that is not what was asked for, and disputes that banks have not decided."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, staff_only
from easyticket.queries.quarantine import get_payment_to_review, list_payments_to_review
from easyticket.queries.site_health import list_open_disputes
from easyticket.services.quarantine import leave_quarantined_payment, return_quarantined_payment
from easyticket.web.admin import blueprint
from easyticket.web.forms.fields import Form
from easyticket.web.views.admin_tasks import dispute_task, payment_task


@blueprint.get("/payments/")
@staff_only
def payments() -> ResponseReturnValue:
    """List what waits for a decision."""
    actor, now = current_actor(), clock.now()
    return render_template(
        "admin/payments.html",
        payments=[payment_task(payment) for payment in list_payments_to_review(actor)],
        disputes=[dispute_task(dispute, now) for dispute in list_open_disputes(actor)],
    )


@blueprint.post("/payments/<uuid:uuid>/return/")
@staff_only
def return_payment(uuid: UUID) -> ResponseReturnValue:
    """Send quarantined money back."""
    if Form().validate_on_submit():
        actor = current_actor()
        return_quarantined_payment(actor=actor, payment=get_payment_to_review(actor, uuid), now=clock.now())
        flash("The money is on its way back to its payer.", "success")
    return redirect(url_for("admin.payments"))


@blueprint.post("/payments/<uuid:uuid>/leave/")
@staff_only
def leave_payment(uuid: UUID) -> ResponseReturnValue:
    """Note that quarantined money was seen to."""
    if Form().validate_on_submit():
        actor = current_actor()
        leave_quarantined_payment(actor=actor, payment=get_payment_to_review(actor, uuid), now=clock.now())
        flash("Noted as seen to.", "success")
    return redirect(url_for("admin.payments"))
