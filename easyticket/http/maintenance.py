"""The maintenance switch: with MAINTENANCE=true every page says so with 503, and only the health check goes on answering."""

from __future__ import annotations

from flask import Flask, current_app, request

from easyticket.core.errors import Unavailable


def init_maintenance(app: Flask) -> None:
    """Stop every request but static files and the health check while the site is being worked on."""
    app.before_request(_refuse)


def _refuse() -> None:
    if current_app.config["SETTINGS"].maintenance and request.endpoint not in ("static", "site.health"):
        raise Unavailable("We are working on the site. Tickets that were bought stay valid.")
