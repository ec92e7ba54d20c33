"""Where payers come back to from the payment page, by the settings of this site and what their client asked for."""

from __future__ import annotations

from datetime import datetime

from flask import current_app

from easyticket.core.errors import NotFound
from easyticket.links import FrontEnd, front_end_url, public_url
from easyticket.rules.callbacks import (
    REFERENCE,
    Callbacks,
    app_link,
    check_callback,
    opens_app,
    with_reference,
)
from easyticket.rules.purchase_status import PurchaseStatus, purchase_status
from easyticket.services.purchase_progress import verify_purchase

_RESULTS_PAGE = "/payment-results"
_WORDS_FOR_APP = {
    PurchaseStatus.COMPLETED: "success",
    PurchaseStatus.PENDING: "pending",
    PurchaseStatus.FAILED: "failed",
}


def chosen_callback(wanted: str) -> str:
    """Return where the payer comes back to: where the client says, else to the front end; nothing means our own page.

    :raises Invalid: the client named a place payers may not be sent to (code `invalid_callback_url`).
    """
    if not wanted.strip():
        return front_end_url(FrontEnd.CAFA, _RESULTS_PAGE)
    settings = current_app.config["SETTINGS"]
    front_end = (settings.cafa_frontend_url,) if settings.cafa_frontend_url else ()
    allowed = Callbacks(own_callback(), settings.cafa_callback_hosts, (*settings.cors_origins, *front_end))
    return check_callback(wanted, allowed)


def own_callback() -> str:
    """Return our own address for payers who come from the app, which sends them on into it."""
    return public_url("v1_payments.open_app")


def return_address(callback: str) -> str:
    """Return where the payment page sends the payer: to the callback, with `{reference}` for the payment's reference.

    For the app it is our own address, which sends on into it: providers lead back to pages only.
    """
    return with_reference(own_callback() if opens_app(callback) else callback)


def result_address(callback: str, reference: str) -> str:
    """Return where a purchase with nothing left to pay goes on to: where its payment page would have led back."""
    return return_address(callback).replace(REFERENCE, reference)


def app_return(reference: str, now: datetime) -> str:
    """Return the address that brings a payer from the payment page back into the app, with what became of the payment."""
    if not reference:
        return app_link(status="cancelled", error="no_reference")
    try:
        purchase = verify_purchase(name=reference, now=now)
    except NotFound:
        return app_link(reference[:100], status=_WORDS_FOR_APP[PurchaseStatus.FAILED])
    status = purchase_status(purchase.order, purchase.payment, now)
    return app_link(reference, status=_WORDS_FOR_APP[status])
