"""Errors as answers: one table from kind of error to status, and the pages people see. JSON surfaces add their own bodies."""

from __future__ import annotations

import logging

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from easyticket.core.errors import (
    AppError,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    ProviderDown,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from easyticket.core.ids import random_code
from easyticket.http.auth import ask_to_sign_in
from easyticket.http.limits import wait_text, way_back

log = logging.getLogger(__name__)

STATUS_BY_KIND: dict[type[AppError], int] = {
    Invalid: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    TooMany: 429,
    ProviderDown: 502,
    Unavailable: 503,
}

_PAGES = {
    403: "errors/403.html",
    404: "errors/404.html",
    429: "errors/429.html",
    503: "errors/maintenance.html",
}


def status_of(error: AppError) -> int:
    """Return the HTTP status of an error by the nearest kind in the table."""
    return next((STATUS_BY_KIND[kind] for kind in type(error).__mro__ if kind in STATUS_BY_KIND), 400)


def init_errors(app: Flask) -> None:
    """Answer every error with a page in words: what happened and what to do next; never a trace."""
    app.register_error_handler(AppError, _app_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _database_down)
    app.register_error_handler(Exception, _fault)


def _app_error(error: AppError) -> ResponseReturnValue:
    if isinstance(error, Unauthenticated):
        return ask_to_sign_in()
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else {}
    return _page(status_of(error), error.message), status_of(error), headers


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or (error.code or 500) < 400:
        return error
    headers = {
        name: value for name, value in error.get_headers() if name not in ("Content-Type", "Content-Length")
    }
    return _page(error.code or 500, ""), error.code or 500, headers


def _database_down(error: OperationalError) -> ResponseReturnValue:
    log.error("the database does not answer", exc_info=error)
    return _page(503, "The database does not answer at the moment."), 503, {"Retry-After": "30"}


def _fault(error: Exception) -> ResponseReturnValue:
    if current_app.debug or current_app.testing:
        raise error
    reference = random_code(8)
    log.error("fault %s at %s %s", reference, request.method, request.path, exc_info=error)
    return _page(500, "", reference=reference), 500


def _page(status: int, message: str, **texts: str) -> str:
    if status == 429:
        texts |= {"wait": wait_text(), "back": way_back()}
    template = _PAGES.get(status, "errors/500.html" if status >= 500 else "errors/400.html")
    # Without Flask's context processors: they read the session and the account, which may be what is broken.
    page = current_app.jinja_env.get_template(template)
    return page.render(message=message, status=status, **texts)
