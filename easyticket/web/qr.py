"""QR codes as pictures with an address of their own, for apps that show a ticket.

An `<img>` cannot send a token, and the cookie of another site does not come along with it. So the address needs neither: it
holds nothing but what the QR code itself holds, and whoever knows it knows the code already. No row is read, so it tells
nothing about whether there is such a ticket. Clients that show only what stands under /media/ find the same picture there.
"""

from __future__ import annotations

from flask import Blueprint, Response

from easyticket.core.errors import NotFound
from easyticket.documents.qr import render_qr_png
from easyticket.http.auth import public
from easyticket.http.limits import limiter
from easyticket.rules.admission import as_qr

blueprint = Blueprint("qr", __name__)


@blueprint.get("/qr/<code>.png")
@blueprint.get("/media/qr/<code>.png", endpoint="media_picture")
@public
@limiter.limit("300/minute")
def picture(code: str) -> Response:
    """Draw the QR code that holds these 64 hex digits."""
    content = as_qr(code)
    if content is None:
        raise NotFound("There is no such picture.")
    response = Response(render_qr_png(content), mimetype="image/png")
    # Kept by the phone that shows it, also without a connection at the gate, and by nobody on the way.
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
