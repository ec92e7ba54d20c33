"""Accounts in the browser: signing up, in and out, verified addresses, passwords and the profile."""

from __future__ import annotations

from flask import Blueprint, request

from easyticket.http.sessions import renew_session, start_session
from easyticket.web.in_person import refuse_in_place_of_others

__all__ = ["blueprint", "start_session"]

blueprint = Blueprint("account", __name__)
blueprint.before_request(refuse_in_place_of_others)
_NOBODYS = (
    None,
    "static",
    "site.health",
    "events.cover",
    "events.shared_cover",
    "events.media_cover",
    "events.picture",
    "qr.picture",
    "qr.media_picture",
)

from easyticket.web.account import data, entrance, passwords, profile, verification  # noqa: E402, F401 (they add their routes)


@blueprint.before_app_request
def keep_session_open() -> None:
    """A session that is in use does not end; files need nobody signed in, and nobody else's copy varies by cookie."""
    if request.endpoint not in _NOBODYS:
        renew_session()
