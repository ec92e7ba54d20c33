"""Reads what JSON surfaces are sent: a JSON object, a form or a multipart form, and the parameters of the address.

What comes out are plain values; what cannot be read is refused here, in words, before any schema looks at it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

import marshmallow as ma
from flask import Request, g
from webargs.flaskparser import FlaskParser
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import UnsupportedMediaType

from easyticket.core.errors import Invalid
from easyticket.http.fields import Choice, Text
from easyticket.http.files import FileParts

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_LOOSE_SURROGATE = re.compile("[\ud800-\udfff]")
# `items[0]quantity`, `items[0][quantity]` and `items[0].quantity` in a form are one place in a list of objects.
_INDEXED = re.compile(r"(\w+)\[(\d{1,3})\](?:\[(\w+)\]|\.?(\w+))")


class WrongInput(Invalid):
    """The request does not have the form it should have; its fields are called as the client called them."""


class InputParser(FlaskParser):
    """Reads bodies and parameters for `ApiBlueprint`, and says what is wrong with them as the services do: by `Invalid`."""

    DEFAULT_VALIDATION_STATUS = 400

    def load_body(self, req: Request, schema: ma.Schema) -> Any:
        """Return the body as a dictionary; an empty one where there is none."""
        g.body_schema = schema
        values = read_body(req)
        if req.mimetype not in FORMS:
            return values
        return _without_blanks(values | _repeated_files(req, schema), schema)

    def load_querystring(self, req: Request, schema: ma.Schema) -> Any:
        """Return the parameters of the address; of one that is given twice, the last counts."""
        return {name: values[-1] for name, values in req.args.lists()}

    def handle_error(
        self, error: ma.ValidationError, req: Request, schema: ma.Schema, **_kwargs: Any
    ) -> NoReturn:
        """Refuse with every message by field.

        :raises WrongInput: always.
        """
        messages = error.messages
        # webargs puts the location first: {"body": {"title": [...]}}.
        by_field = next(iter(messages.values())) if isinstance(messages, dict) and messages else messages
        raise wrong_input(_flat(by_field)) from None


InputParser.__location_map__ = {**FlaskParser.__location_map__, "body": "load_body"}
parser = InputParser()


def wrong_input(fields: Mapping[str, list[str]]) -> WrongInput:
    """Return the refusal of these fields; its own sentence is the first of theirs."""
    return WrongInput(next(iter(fields.values()), ["Invalid input."])[0], fields=fields)


def read_body(req: Request) -> dict[str, Any]:
    """Return what was sent as a dictionary of plain values; numbers with a point are Decimals.

    :raises WrongInput: no JSON, not an object, or characters that cannot be stored.
    :raises UnsupportedMediaType: neither JSON nor a form.
    """
    if req.mimetype in FORMS:
        values = _from_form(req)
    elif req.is_json:
        values = _from_json(req.get_data())
    elif not req.get_data():
        return {}
    else:
        raise UnsupportedMediaType(f'Unsupported media type "{req.mimetype[:100]}" in request.')
    refuse_unstorable(values)
    return values


def _from_json(content: bytes) -> dict[str, Any]:
    if not content:
        return {}  # said to be JSON by a client that always says so
    try:
        values = parse_json(content)
    except ValueError as error:
        reason = str(error) if isinstance(error, json.JSONDecodeError) else "this is not JSON."
        raise WrongInput(f"JSON parse error - {reason}", code="parse_error") from None
    if not isinstance(values, dict):
        message = f"Invalid data. Expected a dictionary, but got {type(values).__name__}."
        raise WrongInput(message, fields={"non_field_errors": [message]})
    return values


def parse_json(content: bytes | str) -> Any:
    """Return what a JSON text holds; numbers with a point are Decimals.

    :raises ValueError: it is none, or nested too deeply.
    """
    try:
        return json.loads(content, parse_float=_number, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("It is nested too deeply.") from None


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text[:100]} is not a number.") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number.")


def _from_form(req: Request) -> dict[str, Any]:
    values: dict[str, Any] = {}
    lists: dict[str, dict[int, dict[str, Any]]] = {}
    for name, texts in req.form.lists():
        if not name:  # a part of a multipart form can come without one
            continue
        if place := _INDEXED.fullmatch(name):
            key = place[3] or place[4]
            lists.setdefault(place[1], {}).setdefault(int(place[2]), {})[key] = texts[-1]
        else:
            values[name] = texts[-1]
    values |= {name: [rows[number] for number in sorted(rows)] for name, rows in lists.items()}
    return values | {name: file for name, file in req.files.items() if name and file.filename}


def _repeated_files(req: Request, schema: ma.Schema) -> dict[str, list[FileStorage]]:
    """Return all files of the parts that a form may send several times."""
    names = [field.data_key or name for name, field in schema.fields.items() if isinstance(field, FileParts)]
    sent = {name: [file for file in req.files.getlist(name) if file.filename] for name in names}
    return {name: files for name, files in sent.items() if files}


def _without_blanks(values: Mapping[str, Any], schema: ma.Schema) -> dict[str, Any]:
    """Return a form's values with what only a form leaves blank: null where a field takes null, else nothing at all."""
    by_name = {field.data_key or name: field for name, field in schema.fields.items()}
    kept: dict[str, Any] = {}
    for name, value in values.items():
        field = by_name.get(name)
        inner = getattr(getattr(field, "inner", None), "schema", None)
        if isinstance(value, list) and inner is not None:
            kept[name] = [_without_blanks(row, inner) for row in value]
        elif value != "" or field is None or (isinstance(field, Text) and not isinstance(field, Choice)):
            kept[name] = value
        elif field.allow_none:
            kept[name] = None
        elif field.required and not schema.partial:
            kept[name] = value
    return kept


def refuse_unstorable(values: Any) -> None:
    """Return if no text in these plain values holds characters that cannot be stored.

    :raises WrongInput: one does.
    """
    # No recursion: what can be parsed may be nested as deeply as the stack just bears.
    waiting: list[Any] = [values]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            _refuse_unstorable_text(value)
        elif isinstance(value, dict):
            waiting += value
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _refuse_unstorable_text(text: str) -> None:
    if "\x00" in text:
        raise WrongInput("Null characters are not allowed.", code="null_characters_not_allowed")
    if _LOOSE_SURROGATE.search(text):
        raise WrongInput("The text holds half a character. Send whole Unicode characters.")


def _flat(messages: Any, prefix: str = "") -> dict[str, list[str]]:
    """Return marshmallow's nested messages by dotted path; those of a whole object as `non_field_errors`."""
    if isinstance(messages, (str, list)) and not _holds_more(messages):
        texts = [messages] if isinstance(messages, str) else [str(text) for text in messages]
        return {prefix.rstrip(".") or "non_field_errors": texts}
    pairs: Iterable[tuple[Any, Any]] = messages.items() if isinstance(messages, dict) else enumerate(messages)
    found: dict[str, list[str]] = {}
    for name, inner in pairs:
        part = "non_field_errors" if name == "_schema" else str(name)
        found |= _flat(inner, f"{prefix}{part}.")
    return found


def _holds_more(messages: str | list[Any]) -> bool:
    return isinstance(messages, list) and any(isinstance(each, (dict, list)) for each in messages)
