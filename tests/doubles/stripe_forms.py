"""Reads the form-encoded parameters of Stripe's API, with nested keys, and refuses what an endpoint does not know."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from tests.doubles.stripe_errors import Refusal, missing_parameter, unknown_parameter

# What a parameter is: a word for its kind, a tuple of the words allowed, or the parameters inside it.
Spec = dict[str, Any]
TEXT, INTEGER, BOOLEAN, METADATA, LIST, ANYTHING = (
    "text",
    "integer",
    "boolean",
    "metadata",
    "list",
    "anything",
)
_KEY = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")


def read_form(raw: str) -> dict[str, Any]:
    """Return the parameters of a body or query: `a[b]=1` is a dictionary, `a[0]=1` and `a[]=1` are lists."""
    found: dict[str, Any] = {}
    for key, value in parse_qsl(raw, keep_blank_values=True, strict_parsing=bool(raw)):
        match = _KEY.match(key)
        if match is None:
            raise Refusal(f"Invalid parameter name: {key}", param=key)
        parts = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
        _put(found, parts, value)
    return {key: _lists(value) for key, value in found.items()}


def _put(into: dict[str, Any], parts: list[str], value: str) -> None:
    *path, last = parts
    for part in path:
        into = into.setdefault(part, {})
        if not isinstance(into, dict):
            raise Refusal(f"Invalid object: {part}", param=parts[0])
    into[last or str(len(into))] = value


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(key.isdigit() for key in value):
        return [_lists(item) for _, item in sorted(value.items(), key=lambda pair: int(pair[0]))]
    return {key: _lists(item) for key, item in value.items()}


def check(
    params: dict[str, Any], spec: Spec, required: tuple[str, ...] = (), within: str = ""
) -> dict[str, Any]:
    """Return the parameters as values of their kinds.

    :raises Refusal: one is unknown, of another kind, or missing.
    """
    for name in params:
        if name not in spec:
            raise unknown_parameter(_full(within, name))
    for name in required:
        if name not in params:
            raise missing_parameter(_full(within, name))
    return {name: _read(value, spec[name], _full(within, name)) for name, value in params.items()}


def _full(within: str, name: str) -> str:
    return f"{within}[{name}]" if within else name


def _read(value: Any, kind: Any, name: str) -> Any:
    if isinstance(kind, dict):
        if not isinstance(value, dict):
            raise Refusal("Invalid object", param=name)
        return check(value, kind, within=name)
    if kind == ANYTHING:
        return value
    if kind == LIST:
        return _read_list(value, name)
    if kind == METADATA:
        return _read_metadata(value, name)
    return _read_word(value, kind, name)


def _read_list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise Refusal("Invalid array", param=name)
    return value


def _read_metadata(value: Any, name: str) -> dict[str, str]:
    if value == "":
        return {}
    if isinstance(value, list):  # keys that are all numbers
        value = {str(place): item for place, item in enumerate(value)}
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise Refusal("Invalid hash", param=name)
    if len(value) > 50:
        raise Refusal("Metadata may have up to 50 keys.", param=name)
    for key, item in value.items():
        if len(key) > 40 or len(item) > 500:
            raise Refusal(f"Metadata keys have up to 40 characters, values up to 500: {key}", param=name)
    return value


def _read_word(value: Any, kind: Any, name: str) -> Any:
    if not isinstance(value, str):
        raise Refusal(f"Invalid string: {value}", param=name)
    if value == "":
        raise Refusal(
            f"You passed an empty string for '{name}'. We assume empty values are an attempt to unset a parameter;"
            f" however '{name}' cannot be unset.",
            code="parameter_invalid_empty",
            param=name,
        )
    if kind == INTEGER:
        if not re.fullmatch(r"-?[0-9]{1,18}", value):
            raise Refusal(f"Invalid integer: {value}", code="parameter_invalid_integer", param=name)
        return int(value)
    if kind == BOOLEAN:
        if value not in ("true", "false"):
            raise Refusal(f"Invalid boolean: {value}", param=name)
        return value == "true"
    if isinstance(kind, tuple) and value not in kind:
        raise Refusal(f"Invalid {name}: must be one of {', '.join(kind)}", param=name)
    return value
