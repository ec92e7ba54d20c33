"""Where Stripe tells us that something happened; a signed trigger, never the truth itself."""

from __future__ import annotations

from typing import Any

from flask import request

from easyticket.api.schemas.payments import ReceivedAnswer
from easyticket.core import clock
from easyticket.http.auth import by_signature
from easyticket.http.openapi import ApiBlueprint
from easyticket.http.sizes import signed_body
from easyticket.integrations.stripe_events import SIGNATURE_HEADER
from easyticket.services.provider_events import receive_webhook

blueprint = ApiBlueprint(
    "api_webhooks",
    __name__,
    url_prefix="/api/webhooks",
    tag="Webhooks",
    description="What payment providers send.",
)
_SIGNATURE = {
    "in": "header",
    "name": SIGNATURE_HEADER,
    "description": "Time and HMAC-SHA256 of `time.body`, not older than 300 seconds.",
    "schema": {"type": "string"},
    "example": "t=1764000000,v1=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd",
}
_EVENT = {
    "id": "evt_3Q0",
    "type": "payment_intent.succeeded",
    "data": {"object": {"object": "payment_intent", "id": "pi_3Q0"}},
}


@blueprint.route("/stripe/", methods=["POST"])
@by_signature
@blueprint.operation(
    "Stripe Webhook Handler",
    refuses={
        400: "The webhook's signature is wrong.",
        413: "The request is too large.",
        503: "Stripe webhooks are not set up on this site.",
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
def receive_stripe() -> dict[str, Any]:
    """For Stripe only. Each event is kept once and handled after the answer: a reason to ask Stripe what is true."""
    receive_webhook(provider="stripe", body=signed_body(), headers=dict(request.headers), now=clock.now())
    return {"received": True}
