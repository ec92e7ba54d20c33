"""Receipts and credit notes of one order, for whoever has its secret link, as PDFs drawn from their rows."""

from __future__ import annotations

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from easyticket.http.auth import by_order_secret
from easyticket.http.downloads import private_download
from easyticket.http.limits import limiter
from easyticket.queries.orders import get_order_by_secret
from easyticket.services.receipts import print_credit_note, print_receipt

blueprint = Blueprint("receipts", __name__)


def _order_key() -> str:
    return f"receipts:{(request.view_args or {}).get('secret', '')}"


@blueprint.get("/orders/<secret>/receipt.pdf")
@by_order_secret
@limiter.limit("12/minute", key_func=_order_key)
def receipt(secret: str) -> ResponseReturnValue:
    """Give the receipt of a paid order; one that was paid before there were receipts gets it now."""
    order = get_order_by_secret(secret)
    printed = print_receipt(order.id)
    return private_download(printed.content, "application/pdf", f"receipt-{printed.number}.pdf")


@blueprint.get("/orders/<secret>/credit-note-<int:number>.pdf")
@by_order_secret
@limiter.limit("12/minute", key_func=_order_key)
def credit_note(secret: str, number: int) -> ResponseReturnValue:
    """Give one credit note of an order."""
    printed = print_credit_note(get_order_by_secret(secret), number)
    return private_download(printed.content, "application/pdf", f"credit-note-{printed.number}.pdf")


@blueprint.after_request
def keep_secret(response: Response) -> Response:
    """Tell no other site the address of a page whose address is its key."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
