"""The error body of the Cafa Tickets API: `error`, `message`, `details`, `status_code`, and `detail` for forms that read it.

`details` always has an entry, each a list of texts: the clients show its first one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, TypeVar

import marshmallow as ma
from flask import current_app, g, jsonify, request
from flask.typing import ResponseReturnValue

from easyticket.core.errors import AppError, Conflict, Forbidden
from easyticket.http.bodies import WrongInput
from easyticket.http.fields import Body
from easyticket.links import public_url
from easyticket.services.sessions import EmailNotVerified

View = TypeVar("View", bound=Callable[..., Any])

# What clients are told of input as a whole; sign-up skips exactly this sentence and shows `details` (the API contract).
_INVALID = "The data provided is invalid"
_NO_FIELD = "non_field_errors"
_SAYS_SENTENCE, _REPEATS_FIELDS = "easyticket_says_sentence", "easyticket_repeats_fields"
_TELLS_SUCCESS = "easyticket_tells_success"
# Fields told of at once. Who sends more wrong ones has a fault in a program, which the first show as well.
_MOST_FIELDS = 50
_OWN_KEYS = ("message", "details", "status_code", "detail")

_TYPES = {
    400: "Bad Request",
    401: "Authentication Required",
    403: "Permission Denied",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Too Large",
    415: "Unsupported Media Type",
    429: "Rate Limited",
    500: "Server Error",
    502: "Payment Provider Down",
    503: "Unavailable",
}
_TYPES_BY_CODE = {
    "invalid_credentials": "Invalid credentials",
    "email_not_verified": "Account not verified",
    "token_not_valid": "Invalid token",
}
# Shared errors that this surface answers with a status of its own (the API contract).
_STATUS_BY_CODE = {"invalid_credentials": 401}
_SENTENCES = {
    "no_such_page": "Invalid page.",
    "no_such_event": "There is no such event.",
}
_EXAMPLES = {
    400: "This field is required.",
    401: "Authentication credentials were not provided.",
    403: "You do not have permission to perform this action.",
    404: "Not found.",
    405: 'Method "PUT" not allowed.',
    413: "The request is too large.",
    415: 'Unsupported media type "text/plain" in request.',
    429: "Request was throttled. Expected available in 3599 seconds.",
    500: "A server error occurred.",
    502: "The payment provider does not answer. Nothing is lost: try again.",
    503: "The database does not answer at the moment.",
}


class Error(ma.Schema):
    """What every refusal looks like. Some say more beside these."""

    class Meta:
        unknown = ma.INCLUDE

    error = ma.fields.String(required=True, metadata={"description": "What kind of refusal it is."})
    message = ma.fields.String(required=True, metadata={"description": "What is wrong, in one sentence."})
    details = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.List(ma.fields.String(), metadata={"minItems": 1}),
        required=True,
        metadata={
            "description": "Messages by field, nested ones as `ticket_types.0.price`; `non_field_errors` where it is about none.",
            "minProperties": 1,
        },
    )
    status_code = ma.fields.Integer(required=True, metadata={"description": "The HTTP status once more."})
    detail = ma.fields.String(required=True, metadata={"description": "The sentences with their fields."})


def says_sentence(view: View) -> View:
    """Have refusals of a view say their sentence as `error` and `message` too: its clients show no other key."""
    setattr(view, _SAYS_SENTENCE, True)
    return view


def repeats_fields(view: View) -> View:
    """Have refusals of a view repeat each field's messages at the top of the body, where its clients look."""
    setattr(view, _REPEATS_FIELDS, True)
    return view


def tells_success(view: View) -> View:
    """Have refusals of a view say `success` false, as its answers say `success` true."""
    setattr(view, _TELLS_SUCCESS, True)
    return view


def error_example(status: int, own: str = "") -> dict[str, Any]:
    """Return what a refusal of this status looks like, for the document; with an operation's `own` sentence."""
    if status == 400 and not own:
        return _body(400, AppError(_EXAMPLES[400]), {"title": [_EXAMPLES[400]]})
    return _body(status, AppError(own or _EXAMPLES[status]), {})


def answer_error(status: int, error: AppError, headers: dict[str, str]) -> ResponseReturnValue:
    """Answer an error on this surface. What the present state of a thing does not allow is a 400 here."""
    if isinstance(error, EmailNotVerified):
        status, error = 403, _log_in_refused()
    status = _STATUS_BY_CODE.get(error.code, 400 if isinstance(error, Conflict) else status)
    if status == 401:
        headers = {**headers, "WWW-Authenticate": 'Bearer realm="api"'}
    view = current_app.view_functions.get(request.endpoint or "")
    fields = _client_fields(error)
    body = _body(status, error, fields, says_sentence=getattr(view, _SAYS_SENTENCE, False))
    if getattr(view, _REPEATS_FIELDS, False):
        body = {**_with_heads(fields), **body}
    if getattr(view, _TELLS_SUCCESS, False):
        body["success"] = False
    return jsonify(body), status, headers


def _log_in_refused() -> AppError:
    """Return the refusal of somebody whose address is not verified, in the words by which the web client offers a new link."""
    again = {"resend_verification_url": public_url("v1_accounts.resend_activation")}
    sentence = "Please verify your email before logging in."
    return Forbidden(sentence, code=EmailNotVerified.code, context=again)


def _body(
    status: int, error: AppError, fields: Mapping[str, list[str]], *, says_sentence: bool = False
) -> dict[str, Any]:
    sentence = _SENTENCES.get(error.code, error.message)
    kind = _TYPES_BY_CODE.get(error.code, "Validation Error" if fields else _TYPES.get(status, "Bad Request"))
    context = {name: value for name, value in error.context.items() if name not in _OWN_KEYS}
    return {
        "error": sentence if says_sentence else kind,
        "message": _INVALID if fields and not says_sentence else sentence,
        "details": _with_heads(fields) or {_NO_FIELD: [sentence]},
        "status_code": status,
        "detail": " ".join(f"{name}: {text}" for name, texts in fields.items() for text in texts) or sentence,
        **context,
    }


def _with_heads(fields: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return messages by field; before those about a part of an object or list the same under its name, where clients look."""
    found: dict[str, list[str]] = {}
    for name, texts in fields.items():
        head, *place = name.split(".")
        if place:
            said = ", ".join(f"No. {int(part) + 1}" if part.isdecimal() else part for part in place)
            about = "" if said == _NO_FIELD else f"{said}: "
            found.setdefault(head, []).extend(f"{about}{text}" for text in texts)
    for name, texts in fields.items():
        found.setdefault(name, []).extend(texts)
    return found


def _client_fields(error: AppError) -> dict[str, list[str]]:
    """Return the messages under the names the client used; services name fields in their own way."""
    fields = {name: texts for name, texts in islice(error.fields.items(), _MOST_FIELDS) if texts}
    schema = g.get("body_schema")
    if isinstance(error, WrongInput) or not isinstance(schema, Body):
        return fields
    return {schema.client_name(name): texts for name, texts in fields.items()}
