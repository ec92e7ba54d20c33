"""Errors as answers: one table from kind of error to status, the pages people see, and the JSON surfaces by their path."""

from __future__ import annotations

import logging
from collections.abc import Callable

from flask import Flask, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
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

# Answers one error on a JSON surface: the status, the error, and headers that go with it.
JsonAnswer = Callable[[int, AppError, dict[str, str]], ResponseReturnValue]
_SURFACES = "easyticket-json-surfaces"

_PAGES = {
    403: "errors/403.html",
    404: "errors/404.html",
    429: "errors/429.html",
    503: "errors/maintenance.html",
}


def status_of(error: AppError) -> int:
    """Return the HTTP status of an error by the nearest kind in the table."""
    return next((STATUS_BY_KIND[kind] for kind in type(error).__mro__ if kind in STATUS_BY_KIND), 400)


def answer_json(app: Flask, prefix: str, answer: JsonAnswer) -> None:
    """Have errors at paths under `prefix` answered by `answer`; of several prefixes the longest counts."""
    app.extensions.setdefault(_SURFACES, {})[prefix] = answer


def _json_answer() -> JsonAnswer | None:
    surfaces: dict[str, JsonAnswer] = current_app.extensions.get(_SURFACES, {})
    path = f"{request.path}/"  # "/api" is the API's as well
    found = max((prefix for prefix in surfaces if path.startswith(prefix)), key=len, default=None)
    return surfaces[found] if found else None


def init_errors(app: Flask) -> None:
    """Answer every error with a page in words: what happened and what to do next; never a trace."""
    app.register_error_handler(AppError, _app_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _database_down)
    app.register_error_handler(Exception, _fault)


def _app_error(error: AppError) -> ResponseReturnValue:
    seconds = error.retry_after if isinstance(error, TooMany | Unavailable) else None
    headers = {} if seconds is None else {"Retry-After": str(seconds)}
    if (answer := _json_answer()) is not None:
        return answer(status_of(error), error, headers)
    if isinstance(error, Unauthenticated):
        return ask_to_sign_in()
    return _page(status_of(error), error.message), status_of(error), headers


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or (error.code or 500) < 400:
        return error
    headers = {
        name: value for name, value in error.get_headers() if name not in ("Content-Type", "Content-Length")
    }
    status = error.code or 500
    if (answer := _json_answer()) is not None:
        return answer(status, _as_app_error(status, error), headers)
    return _page(status, ""), status, headers


def _as_app_error(status: int, error: HTTPException) -> AppError:
    """Return what the framework refused, in the words JSON clients know."""
    sentences = {
        404: "Not found.",
        405: f'Method "{request.method}" not allowed.',
        413: "The request is too large.",
        500: "A server error occurred.",
    }
    codes = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "unsupported_media_type"}
    default = "error" if status < 500 else "server_error"
    return AppError(sentences.get(status) or error.description or error.name, code=codes.get(status, default))


def _database_down(error: OperationalError) -> ResponseReturnValue:
    log.error("the database does not answer", exc_info=error)
    sentence, headers = "The database does not answer at the moment.", {"Retry-After": "30"}
    if (answer := _json_answer()) is not None:
        return answer(503, Unavailable(sentence), headers)
    return _page(503, sentence), 503, headers


def _fault(error: Exception) -> ResponseReturnValue:
    if current_app.debug or current_app.testing:
        raise error
    reference = random_code(8)
    log.error("fault %s at %s %s", reference, request.method, request.path, exc_info=error)
    if (answer := _json_answer()) is not None:
        sentence = f"A server error occurred. Tell us its reference: {reference}"
        return answer(500, AppError(sentence, code="server_error"), {})
    return _page(500, "", reference=reference), 500


def _acted_for(*, may_ask: bool) -> str:
    """Return in whose place an administrator acts here; after a fault only what the request had found before it."""
    user = current_user if may_ask else g.get("_login_user")
    return str(getattr(user, "acted_for", ""))


def _page(status: int, message: str, **texts: str) -> str:
    if status == 429:
        texts |= {"wait": wait_text(), "back": way_back()}
    texts["acted_for"] = _acted_for(may_ask=status < 500)
    template = _PAGES.get(status, "errors/500.html" if status >= 500 else "errors/400.html")
    # Without Flask's context processors: they read the session and the account, which may be what is broken.
    page = current_app.jinja_env.get_template(template)
    return page.render(message=message, status=status, **texts)
