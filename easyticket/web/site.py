"""Pages about the site itself: health for monitoring, robots.txt."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from easyticket.db import db
from easyticket.http.auth import public
from easyticket.links import public_url

blueprint = Blueprint("site", __name__)


@blueprint.get("/health")
@public
def health() -> ResponseReturnValue:
    """Answer 200 while the database does; an OperationalError becomes 503."""
    db.session.execute(sa.text("SELECT 1"))
    return {"status": "ok"}


@blueprint.get("/robots.txt")
@public
def robots() -> Response:
    """Keep private pages out of search engines."""
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in ("/checkout/", "/orders/", "/gate/", "/organizer/")),
    ]
    return Response("\n".join([*lines, f"Host: {public_url('events.home')}", ""]), mimetype="text/plain")
