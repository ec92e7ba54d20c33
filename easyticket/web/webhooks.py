"""Where payment providers tell us that something happened; a signed trigger, never the truth itself."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import by_signature
from easyticket.http.csrf import csrf
from easyticket.http.limits import limiter
from easyticket.http.sizes import signed_body
from easyticket.services.provider_events import receive_webhook

blueprint = Blueprint("webhooks", __name__)
csrf.exempt(blueprint)
limiter.exempt(blueprint)


@blueprint.post("/webhooks/<provider>/")
@by_signature
def receive(provider: str) -> ResponseReturnValue:
    """Verify the raw bytes, store the event once, answer at once; 400 for a bad signature, 404 for an unknown provider."""
    receive_webhook(provider=provider, body=signed_body(), headers=dict(request.headers), now=clock.now())
    return {"received": True}
