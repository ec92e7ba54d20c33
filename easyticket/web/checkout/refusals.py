"""What the buyer sees when a step cannot be done because of the order's state or a silent provider."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from easyticket.core.errors import AppError, Conflict, ProviderDown, Unavailable
from easyticket.http.errors import status_of
from easyticket.queries.orders import get_order_by_secret
from easyticket.web.checkout import blueprint
from easyticket.web.checkout.details import show_details
from easyticket.web.checkout.payment_return import show_return
from easyticket.web.forms.checkout import DetailsForm


@blueprint.errorhandler(Conflict)
@blueprint.errorhandler(ProviderDown)
@blueprint.errorhandler(Unavailable)
def refused(error: AppError) -> ResponseReturnValue:
    """Show the order as it is by now, with what did not work above it; nothing that was typed is lost."""
    order = get_order_by_secret((request.view_args or {}).get("secret", ""))
    if request.endpoint == "checkout.status":
        return "", 204  # the provider does not answer: the page goes on asking
    if request.endpoint == "checkout.returned":
        return show_return(order)
    form = DetailsForm() if "buyer_email" in request.form else DetailsForm.of(order, None)
    if error.code != "hold_expired":  # the page says so itself
        form.form_errors.append(error.message)
    return show_details(order, form, status_of(error))
