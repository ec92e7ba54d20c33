"""Money for organizers: what is to be paid by hand, transfers in trouble, and accounts to check."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, staff_only
from easyticket.queries.payment_profiles import list_profiles_to_check
from easyticket.queries.withdrawals import list_payouts_in_trouble, list_payouts_to_make
from easyticket.services.withdrawals import record_payout_paid
from easyticket.web.admin import blueprint
from easyticket.web.forms.fields import Form
from easyticket.web.views.admin_tasks import account_task, payout_task, transfer_task


@blueprint.get("/payouts/")
@staff_only
def payouts() -> ResponseReturnValue:
    """List what waits to be paid, and to be checked before that."""
    return render_template(
        "admin/payouts.html",
        payouts=[payout_task(waiting) for waiting in list_payouts_to_make(clock.now())],
        transfers=[transfer_task(payout) for payout in list_payouts_in_trouble()],
        accounts=[account_task(profile) for profile in list_profiles_to_check()],
    )


@blueprint.post("/payouts/<reference>/paid/")
@staff_only
def payout_paid(reference: str) -> ResponseReturnValue:
    """Note that a payout was paid by hand."""
    if Form().validate_on_submit():
        record_payout_paid(actor=current_actor(), reference=reference, now=clock.now())
        flash("Noted as paid. Its organizer is told.", "success")
    return redirect(url_for("admin.payouts"))
