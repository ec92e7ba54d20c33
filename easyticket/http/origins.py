"""Who may call the JSON surfaces from a browser: front ends of other origins by CORS, and no stranger's page by cookie."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request
from flask_cors import CORS

from easyticket.core.errors import Forbidden

_SAFE = ("GET", "HEAD", "OPTIONS")
_METHODS = ["DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT"]
_REQUEST_HEADERS = (
    "accept accept-encoding authorization content-type dnt idempotency-key origin user-agent x-csrftoken "
    "x-requested-with"
).split()
_ANSWER_HEADERS = (
    "Content-Type X-CSRFToken X-RateLimit-Limit X-RateLimit-Remaining X-RateLimit-Reset Link X-Total-Count "
    "Retry-After Content-Disposition Idempotent-Replayed"
).split()
_DAY = 86_400


def init_origins(app: Flask) -> None:
    """Let the front ends of CORS_ORIGINS call the JSON surfaces with credentials; without any, nobody may."""
    origins = list(app.config["SETTINGS"].cors_origins)
    if origins:
        # Registered first, so that it runs after the others, which each say in their own way what an answer varies by.
        app.after_request(_vary_by_origin)
        CORS(
            app,
            resources={r"/api/.*": {"origins": origins}},
            supports_credentials=True,
            methods=_METHODS,
            allow_headers=_REQUEST_HEADERS,
            expose_headers=_ANSWER_HEADERS,
            max_age=_DAY,
        )


def _vary_by_origin(response: Response) -> Response:
    if request.path.startswith("/api/"):
        response.vary.add("Origin")
    return response


def refuse_foreign_origin() -> None:
    """Return if the page that sent this request is ours or of CORS_ORIGINS, or if no browser sent it.

    Browsers name the page's origin in every request that changes something; scripts and phones name none and pass.

    :raises Forbidden: another site's page used the cookies of somebody who is signed in.
    """
    if request.method in _SAFE or not is_foreign_page():
        return
    raise Forbidden(
        "This page may not act for you here: its origin is not allowed.", code="origin_not_allowed"
    )


def is_foreign_page() -> bool:
    """Return whether a page sent this request that is neither ours nor of CORS_ORIGINS."""
    settings = current_app.config["SETTINGS"]
    ours = {_origin_of(settings.public_url), *settings.cors_origins}
    for name in ("Origin", "Referer"):
        if said := request.headers.get(name):
            return _origin_of(said) not in ours
    return request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none")


def _origin_of(address: str) -> str:
    try:
        parts = urlsplit(address)
        return f"{parts.scheme}://{parts.netloc}".lower()
    except ValueError:
        return ""
