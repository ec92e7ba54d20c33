"""The sandbox's payment page, where the payer decides by a button. Registered only where the sandbox is switched on."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from easyticket.core.errors import Conflict, invalid_field
from easyticket.core.money import Money
from easyticket.http.auth import public
from easyticket.http.headers import allow_in_policy
from easyticket.rules.callbacks import form_targets
from easyticket.rules.wording import money_text
from easyticket.services import sandbox
from easyticket.services.payment_returns import own_callback

blueprint = Blueprint("sandbox", __name__)

_DECISIONS: dict[str, Callable[[str], object]] = {
    "approve": sandbox.approve,
    "decline": sandbox.decline,
    "approve_late": sandbox.approve_later,
    "approve_twice": sandbox.approve_twice,
    "cancel": sandbox.cancel,
    "nothing": sandbox.get_charge,
}

_DECIDED = {
    "succeeded": "The payment succeeded.",
    "failed": "The payment was declined.",
    "canceled": "The payment was cancelled.",
}


@blueprint.get("/sandbox/<reference>/")
@public
def page(reference: str) -> ResponseReturnValue:
    """Show what is to be paid and ask the payer to decide."""
    charge = sandbox.get_charge(reference)
    # Chromium holds `form-action` against the redirect back to the shop too: at PUBLIC_URL, or in a front end of its own.
    shop = {current_app.config["SETTINGS"].public_url: None}
    back = dict.fromkeys(form_targets(charge.return_url, own_callback()))
    allow_in_policy("form-action", " ".join(["'self'", *(shop | back)]))
    return render_template(
        "sandbox/page.html",
        charge=charge,
        amount=money_text(Money(charge.amount_minor, charge.currency)),
        is_decided=charge.state != "open",
        decided_text=_DECIDED.get(charge.state, ""),
    )


@blueprint.post("/sandbox/<reference>/decide/")
@public
def decide(reference: str) -> ResponseReturnValue:
    """Do what the payer decided and send them back to the shop, which asks the sandbox for the truth."""
    return_url = sandbox.get_charge(reference).return_url
    decision = request.form.get("decision", "")
    if decision not in _DECISIONS:
        raise invalid_field("decision", "The sandbox knows no such decision.")
    _DECISIONS[decision](reference)
    return redirect(return_url, 303)


@blueprint.errorhandler(Conflict)
def decided_already(_error: Conflict) -> ResponseReturnValue:
    """A payment is decided once: send the payer back to the shop, which tells how."""
    return redirect(sandbox.get_charge((request.view_args or {})["reference"]).return_url, 303)


@blueprint.after_request
def keep_secret(response: Response) -> Response:
    """Tell nobody the address of a page whose address is its key."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
