"""Where payment providers tell us that something happened; a signed trigger, never the truth itself."""

from __future__ import annotations

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.core.errors import AppError, Forbidden
from easyticket.http.auth import by_signature
from easyticket.http.csrf import csrf
from easyticket.http.limits import limiter
from easyticket.http.sizes import signed_body
from easyticket.services.provider_events import record_provider_event
from easyticket.services.providers import get_provider

blueprint = Blueprint("webhooks", __name__)
csrf.exempt(blueprint)
limiter.exempt(blueprint)


@blueprint.post("/webhooks/<provider>/")
@by_signature
def receive(provider: str) -> ResponseReturnValue:
    """Verify the raw bytes, store the event once, answer at once; 400 for a bad signature, 404 for an unknown provider."""
    body = signed_body()
    try:
        notice = get_provider(provider).read_webhook(body, dict(request.headers))
    except Forbidden as error:
        return {"received": False, "message": error.message}, 400
    except (ValueError, KeyError, TypeError):
        return {"received": False, "message": "The body is not an event."}, 400
    except AppError:
        abort(404)
    record_provider_event(
        provider=provider,
        event_key=notice.event_key,
        kind=notice.kind,
        reference=notice.reference,
        body=body.decode("utf-8", "replace"),
        now=clock.now(),
    )
    return {"received": True}
