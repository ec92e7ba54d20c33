"""Rate limits: counted per address (and per account where one is named), shared through Redis where there is one."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, current_app, request
from flask_limiter import Limiter

from easyticket.core import clock
from easyticket.http.addresses import client_network
from easyticket.http.auth import current_actor
from easyticket.links import safe_next

limiter = Limiter(key_func=client_network, in_memory_fallback_enabled=False)


def init_limits(app: Flask) -> None:
    """Switch the limits of the routes on or off, in Redis or in this process' memory."""
    settings = app.config["SETTINGS"]
    app.config["RATELIMIT_ENABLED"] = settings.ratelimit_enabled
    app.config["RATELIMIT_STORAGE_URI"] = settings.redis_url or "memory://"
    app.config["RATELIMIT_HEADERS_ENABLED"] = True
    if settings.redis_url:
        # With Redis down the limits go on in this process' memory instead of failing or standing open.
        app.config["RATELIMIT_IN_MEMORY_FALLBACK_ENABLED"] = True
    limiter.init_app(app)


def named_account() -> str:
    """Return the limiter key for the account a form names, so that guessing one password is slow from anywhere."""
    return f"account:{request.form.get('email', '').strip().lower()[:254]}"


def account_key() -> str:
    """Return the limiter key for the account that is signed in."""
    return f"account:{current_actor().user_id}"


def wait_text() -> str:
    """Return how long to wait for the limit that was reached, for example "40 seconds"; nothing if none was."""
    limit = limiter.current_limit
    if limit is None or not limit.breached:
        return ""
    seconds = max(1, limit.reset_at - int(clock.now().timestamp()))
    number, unit = (-(-seconds // 60), "minute") if seconds > 90 else (seconds, "second")
    return f"{number} {unit}{'' if number == 1 else 's'}"


def way_back() -> str:
    """Return the path of the page on this site that the request came from, or nothing where that is not known."""
    came_from = urlsplit(request.referrer or "")
    if f"{came_from.scheme}://{came_from.netloc}" != current_app.config["SETTINGS"].public_url:
        return ""
    return safe_next(came_from._replace(scheme="", netloc="", fragment="").geturl(), "")
