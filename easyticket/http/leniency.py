"""How the document tells what fields take beside their own type: the clients' old server was lenient, and so is this one.

Only what is taken is described so; answers are of exactly one type.
"""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter

from easyticket.http.fields import Body, Choice, Flag, Many, Query, Text, Whole
from easyticket.http.files import FilePart, FileParts

Property = dict[str, Any]

# The largest whole number that is taken for one; text may hold as many digits.
_LARGEST = 10**18 - 1
_WHOLE_TEXT = r"^\s*[+-]?[0-9]{1,18}\s*$"
_FLAG_TEXT = r"^\s*([Tt]([Rr][Uu][Ee])?|[Yy]([Ee][Ss])?|[Oo][Nn]|[Ff]([Aa][Ll][Ss][Ee])?|[Nn][Oo]?|[Oo][Ff][Ff]|[01])\s*$"
_TEXT_KEYS = ("format", "pattern", "minLength", "maxLength")
_NOT_BLANK = r"\S"
# What no database stores (http/characters.py).
NO_NUL = r"^[^\u0000]*$"


class Describer(OpenAPIConverter):
    """Describes the fields of bodies and queries with all that they take."""

    def init_attribute_functions(self) -> None:
        super().init_attribute_functions()  # type: ignore[no-untyped-call]
        self.add_attribute_function(_describe_leniency)  # type: ignore[no-untyped-call]

    def _field2parameter(self, field: ma.fields.Field[Any], *, name: str, location: str) -> Property:
        parameter: Property = super()._field2parameter(field, name=name, location=location)
        if location == "query" and not field.required:
            parameter["allowEmptyValue"] = True
        return parameter

    def form_of(self, schema: type[ma.Schema] | ma.Schema) -> Property:
        """Return the description of a body sent as a form: nothing is null in it, and a file is a file.

        A field says by `in_form` of its metadata what it is there, where that is something else than in JSON.
        """
        body = schema() if isinstance(schema, type) else schema
        described: Property = self.schema2jsonschema(body)  # type: ignore[no-untyped-call]
        for name, field in body.fields.items():
            property_ = described["properties"][field.data_key or name]
            for kind in (property_, *property_.get("anyOf", ())):
                if kind.pop("nullable", False) and "enum" in kind:
                    kind["enum"] = [word for word in kind["enum"] if word is not None]
            if "in_form" in field.metadata:
                for key in ("anyOf", "type", "items", "minItems", "maxItems", "example"):
                    property_.pop(key, None)
                property_.update(field.metadata["in_form"])
            elif _may_be_blank(field, body):
                _describe_blank_part(property_)
        return described


class DescriberPlugin(MarshmallowPlugin):
    """Has apispec describe schemas by `Describer`."""

    Converter = Describer


def _may_be_blank(field: ma.fields.Field[Any], body: ma.Schema) -> bool:
    """Return whether a form may leave this field blank, which then says nothing of it (http/bodies.py); files are not text."""
    if isinstance(field, (FilePart, FileParts)) or (
        isinstance(field, Text) and not isinstance(field, Choice)
    ):
        return False
    return bool(field.allow_none or body.partial or not field.required)


def _describe_blank_part(property_: Property) -> None:
    kept = ("description", "example", "default", "readOnly", "writeOnly")
    kinds = property_.pop("anyOf", None) or [
        {key: property_.pop(key) for key in list(property_) if key not in kept}
    ]
    blank = {"type": "string", "maxLength": 0}
    property_["anyOf"] = kinds if blank in kinds else [*kinds, blank]


def _describe_leniency(_describer: Any, field: ma.fields.Field[Any], *, ret: Property) -> Property:
    """Finish the description of a field; apispec has `ret` of it already."""
    schema = field.root
    if not isinstance(schema, Body):
        return {}
    in_query = isinstance(schema, Query)
    is_blank_null = field.allow_none and (field.data_key or field.name) in schema.blank_is_null
    if "enum" in ret or isinstance(field, Choice):
        # By OpenAPI 3.0 null is none of the words unless it stands among them.
        none = [*([""] if is_blank_null else []), *([None] if field.allow_none else [])]
        ret["enum"] = list(dict.fromkeys([*ret["enum"], *none]))
        return {}
    if isinstance(field, Text):
        _describe_text(field, ret, in_query)
    elif isinstance(field, Whole):
        _describe_whole(ret, in_query)
    elif isinstance(field, Flag):
        _describe_flag(ret)
    elif isinstance(field, Many):
        ret["maxItems"] = field.most
    if is_blank_null:
        _describe_blank(ret)
    # Null is one of the kinds: by OpenAPI 3.0 it counts beside a type only.
    if ret.get("nullable") and "anyOf" in ret:
        return {"anyOf": [{**kind, "nullable": True} for kind in ret["anyOf"]]}
    return {}


def _describe_text(field: Text, ret: Property, in_query: bool) -> None:
    if not field.blank:
        ret.setdefault("pattern", _NOT_BLANK)
    if in_query:
        ret.setdefault("pattern", NO_NUL)
    # Everything in an address is text; no number is an e-mail address.
    if not in_query and ret.get("format") != "email":
        del ret["type"]
        text = {key: ret.pop(key) for key in _TEXT_KEYS if key in ret}
        ret["anyOf"] = [{"type": "string", **text}, {"type": "number"}]


def _describe_whole(ret: Property, in_query: bool) -> None:
    bounds = {"minimum": ret.pop("minimum", -_LARGEST), "maximum": ret.pop("maximum", _LARGEST)}
    if in_query:
        ret.update(bounds)
        return
    del ret["type"]
    ret["anyOf"] = [{"type": "integer", **bounds}, {"type": "string", "pattern": _WHOLE_TEXT}]


def _describe_flag(ret: Property) -> None:
    del ret["type"]
    numbers = {"type": "integer", "enum": [0, 1]}
    ret["anyOf"] = [{"type": "boolean"}, numbers, {"type": "string", "pattern": _FLAG_TEXT}]


def _describe_blank(ret: Property) -> None:
    """An empty text stands for null, which a form cannot write otherwise."""
    keys = ("type", *_TEXT_KEYS)
    kinds = ret.pop("anyOf", None) or [{key: ret.pop(key) for key in keys if key in ret}]
    ret["anyOf"] = [*kinds, {"type": "string", "maxLength": 0}]
