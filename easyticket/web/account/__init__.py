"""Accounts in the browser: signing up, in and out, verified addresses, passwords and the profile."""

from __future__ import annotations

from flask import Blueprint, request

from easyticket.http.sessions import renew_session, start_session

__all__ = ["blueprint", "start_session"]

blueprint = Blueprint("account", __name__)

from easyticket.web.account import entrance, passwords, profile, verification  # noqa: E402, F401 (they add their routes)


@blueprint.before_app_request
def keep_session_open() -> None:
    """A session that is in use does not end; files need nobody signed in."""
    if request.endpoint not in (None, "static", "site.health"):
        renew_session()
