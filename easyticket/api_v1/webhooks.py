"""Where Paystack tells us that something happened; a signed trigger, never the truth itself."""

from __future__ import annotations

from typing import Any

from flask import request

from easyticket.api_v1.blueprint import V1Blueprint
from easyticket.api_v1.schemas.payments import ReceivedAnswer
from easyticket.core import clock
from easyticket.http.auth import by_signature
from easyticket.http.sizes import signed_body
from easyticket.integrations.paystack_events import SIGNATURE_HEADER
from easyticket.services.provider_events import receive_webhook

blueprint = V1Blueprint("webhooks", __name__, tag="Webhooks", description="What the payment provider sends.")
_SIGNATURE = {
    "in": "header",
    "name": SIGNATURE_HEADER,
    "description": "HMAC-SHA512 of the raw body with the secret key, in hex.",
    "schema": {"type": "string"},
    "example": "9f" * 64,
}
_EVENT = {
    "event": "charge.success",
    "data": {"id": 302961, "reference": "ET-3K7QW9ZC5T2M8N4B6V1X0JHGFD", "status": "success"},
}


@blueprint.route("/payments/webhook/", also=("/webhooks/paystack/transfer/",), methods=["POST"])
@by_signature
@blueprint.operation(
    "Paystack webhook",
    refuses={
        400: "The webhook's signature is wrong, or the body is not an event.",
        413: "The request is too large.",
        503: "Paystack webhooks are not set up on this site.",
    },
)
@blueprint.doc(  # type: ignore[untyped-decorator]
    parameters=[_SIGNATURE],
    requestBody={
        "required": True,
        "content": {"application/json": {"schema": {"type": "object"}, "example": _EVENT}},
    },
)
@blueprint.answers(200, ReceivedAnswer, example={"received": True})
def receive_paystack() -> dict[str, Any]:
    """For Paystack only. Each event is kept once and handled after the answer: a reason to ask Paystack what is true."""
    receive_webhook(provider="paystack", body=signed_body(), headers=dict(request.headers), now=clock.now())
    return {"received": True}
