"""The error body of the EasyTicket API: always `error`, `detail`, `field_errors` and a stable `code` (the API contract)."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

import marshmallow as ma
from flask import g, jsonify
from flask.typing import ResponseReturnValue

from easyticket.core.errors import AppError, Conflict, NotFound
from easyticket.http.bodies import WrongInput
from easyticket.http.fields import Body

# Sentences of this surface where it words things in its own way.
_SENTENCES = {
    "no_such_page": "Invalid page.",
    "no_such_event": "No Event matches the given query.",
    "no_such_category": "No EventCategory matches the given query.",
}
# Fields told of at once. Who sends more wrong ones has a fault in a program, which the first show as well.
_MOST_FIELDS = 50
_EXAMPLES: dict[int, tuple[str, str, dict[str, list[str]]]] = {
    400: ("invalid", "This field is required.", {"title": ["This field is required."]}),
    401: ("not_authenticated", "Authentication credentials were not provided.", {}),
    403: ("permission_denied", "You do not have permission to perform this action.", {}),
    404: ("not_found", "Not found.", {}),
    405: ("method_not_allowed", 'Method "PUT" not allowed.', {}),
    413: ("too_large", "The request is too large.", {}),
    415: ("unsupported_media_type", 'Unsupported media type "text/plain" in request.', {}),
    429: ("throttled", "Request was throttled. Expected available in 3599 seconds.", {}),
    500: ("server_error", "A server error occurred.", {}),
    502: ("provider_down", "The payment provider does not answer. Nothing is lost: try again.", {}),
    503: ("unavailable", "The database does not answer at the moment.", {}),
}


class Error(ma.Schema):
    """What every refusal looks like. Some say more beside these four."""

    class Meta:
        unknown = ma.INCLUDE

    error = ma.fields.String(required=True, metadata={"description": "What is wrong, in one sentence."})
    detail = ma.fields.String(required=True, metadata={"description": "The same with the fields named."})
    field_errors = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.List(ma.fields.String()),
        required=True,
        metadata={
            "description": "Messages by field, nested ones as `items.0.quantity`; empty where it is about no field."
        },
    )
    code = ma.fields.String(required=True, metadata={"description": "A stable word to branch on."})


def error_example(status: int, own: str = "") -> dict[str, Any]:
    """Return what a refusal of this status looks like, for the document; with an operation's `own` sentence."""
    code, sentence, fields = _EXAMPLES[status]
    example = _body(AppError(sentence, code=code), fields)
    return {**example, "error": own, "detail": own, "field_errors": {}} if own else example


def error_body(error: AppError) -> dict[str, Any]:
    """Return the body for an error."""
    return _body(error, _client_fields(error))


def answer_error(status: int, error: AppError, headers: dict[str, str]) -> ResponseReturnValue:
    """Answer an error on this surface. What the present state of a thing does not allow is a 400 here."""
    if isinstance(error, Conflict):
        status = 400
    if status == 401:
        headers = {**headers, "WWW-Authenticate": 'Bearer realm="api"'}
    return jsonify(error_body(error)), status, headers


def _body(error: AppError, fields: Mapping[str, list[str]]) -> dict[str, Any]:
    sentence = _SENTENCES.get(error.code, error.message)
    named = " ".join(f"{name}: {text}" for name, texts in fields.items() for text in texts)
    code = "not_found" if isinstance(error, NotFound) else error.code
    told = {"error": sentence, "detail": named or sentence, "field_errors": fields, "code": code}
    return {**error.context, **told}


def _client_fields(error: AppError) -> dict[str, list[str]]:
    """Return the messages under the names the client used; services name fields in their own way."""
    fields = dict(islice(error.fields.items(), _MOST_FIELDS))
    schema = g.get("body_schema")
    if isinstance(error, WrongInput) or not isinstance(schema, Body):
        return fields
    return {schema.client_name(name): texts for name, texts in fields.items()}
