"""One JSON surface and its OpenAPI document: operations say what they take, give and refuse, and are described by exactly that.

flask-smorest collects the descriptions; reading, paging and refusing are ours, because the clients know other shapes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar, cast

import marshmallow as ma
from flask import Flask
from flask_smorest import Api, Blueprint

from easyticket.http.auth import Access, current_actor, declared_access
from easyticket.http.bodies import parser
from easyticket.http.csrf import csrf
from easyticket.http.fields import Answer, Many
from easyticket.http.files import FilePart
from easyticket.http.leniency import NO_NUL, Describer, DescriberPlugin
from easyticket.http.paging import PAGE_SIZE, envelope, list_headers
from easyticket.queries.pages import Page
from easyticket.rules.permissions import Permission, require

View = TypeVar("View", bound=Callable[..., Any])

JSON, MULTIPART = "application/json", "multipart/form-data"
_PAGE = {
    "in": "query",
    "name": "page",
    "description": "Which page, from 1.",
    "schema": {"type": "integer", "minimum": 1},
    "allowEmptyValue": True,
    "example": 1,
}
PAGE_FIELDS: Mapping[str, ma.fields.Field[Any]] = {
    "count": ma.fields.Integer(required=True, metadata={"description": "Rows of all pages together."}),
    "next": ma.fields.String(required=True, allow_none=True, metadata={"format": "uri"}),
    "previous": ma.fields.String(required=True, allow_none=True, metadata={"format": "uri"}),
}
# What any request may meet, whatever the operation: characters that cannot be stored, too many requests, a fault, a
# database or provider that does not answer.
_ALWAYS = (400, 429, 500, 503)


class JsonApi(Api):  # type: ignore[misc]
    """A surface with its document. `error_schema` and `error_example` describe what every refusal looks like."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def __init__(
        self, app: Flask, *, config_prefix: str, error_schema: type[ma.Schema], **options: Any
    ) -> None:
        self.ERROR_SCHEMA = error_schema
        self.tags: list[str] = []
        plugin = DescriberPlugin(schema_name_resolver=_schema_name)
        super().__init__(
            app, config_prefix=config_prefix, spec_kwargs={"marshmallow_plugin": plugin, **options}
        )
        self.describer = cast(Describer, plugin.converter)

    def error_example(self, status: int, sentence: str = "") -> Mapping[str, Any]:
        """Return what a refusal of this status looks like on this surface, best with the operation's own sentence."""
        raise NotImplementedError

    def _register_error_handlers(self) -> None:
        """Errors are answered by http/errors.py, for every surface by its path."""

    def _register_doc_blueprint(self) -> None:
        """The document is served by operations of the surface itself."""

    def _register_responses(self) -> None:
        """Describe every refusal once; operations point to it."""
        for status in (400, 401, 403, 404, 405, 413, 415, 429, 500, 502, 503):
            example = self.error_example(status)
            content = {JSON: {"schema": self.ERROR_SCHEMA, "example": example}}
            response: dict[str, Any] = {"description": HTTPStatus(status).phrase, "content": content}
            if status in (429, 503):
                response["headers"] = {"Retry-After": _whole_header("Seconds after which to try again.")}
            self.spec.components.response(HTTPStatus(status).name, response, lazy=True)

    def register_blueprint(self, blueprint: ApiBlueprint, **options: Any) -> None:
        """Add the operations of one room, under the tag its blueprint names."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blueprint.name] = self
        csrf.exempt(blueprint)
        self._app.register_blueprint(blueprint, **options)
        blueprint.register_views_in_doc(self, self._app, self.spec, name=blueprint.name, parameters=None)
        if blueprint.tag not in self.tags:
            self.tags.append(blueprint.tag)
            self.spec.tag({"name": blueprint.tag, "description": blueprint.description})


class ApiBlueprint(Blueprint):  # type: ignore[misc]
    """The operations of one resource. `tag` is their heading in the document."""

    ARGUMENTS_PARSER = parser
    DEFAULT_LOCATION_CONTENT_TYPE_MAPPING = {"body": JSON}

    def __init__(self, name: str, import_name: str, *, tag: str, **options: Any) -> None:
        super().__init__(name, import_name, **options)
        self.tag = tag
        self._prepare_doc_cbks.append(_describe_operation)

    def add_url_rule(
        self, rule: str, endpoint: str | None = None, view_func: Any = None, *args: Any, **options: Any
    ) -> None:
        """Register an operation with what it declares."""
        if view_func is not None and hasattr(view_func, "_apidoc"):
            view_func._apidoc["access"] = declared_access(view_func)
            view_func._apidoc["name"] = endpoint or view_func.__name__
        super().add_url_rule(rule, endpoint, view_func, *args, **{**options, "tags": [self.tag]})

    def route(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Register the operation at a path; put it above everything else."""
        return cast(Callable[[View], View], super().route(rule, **options))

    def operation(
        self,
        summary: str,
        *,
        refuses: Sequence[int] | Mapping[int, str] = (),
        description: str = "",
        deprecated: bool = False,
    ) -> Callable[[View], View]:
        """Describe an operation. Its docstring is the description; `refuses` are its own statuses, best with their sentence."""

        def describe(view: View) -> View:
            text = description or " ".join((view.__doc__ or "").split())
            said = {"summary": summary, "description": text, "refuses": refuses, "deprecated": deprecated}
            return cast(View, _with_doc(view, "operation", said))

        return describe

    def takes(
        self,
        schema: ma.Schema | type[ma.Schema],
        *,
        example: Any = None,
        required: bool | None = None,
        multipart: bool = False,
        form_first: bool = False,
    ) -> Callable[[View], View]:
        """Read the body (JSON or a form) by `schema` and pass it on as the first argument; `multipart` takes files too.

        Unless `required` says so, there must be one where a field of it must be there. `form_first` is for what clients
        send as a form above all: tools offer that first.
        """
        needed = _has_required_field(schema) if required is None else required
        decorate = self.arguments(schema, location="body", example=example, required=needed)

        def read(view: View) -> View:
            return cast(
                View, _with_doc(decorate(view), "body", {"multipart": multipart, "form_first": form_first})
            )

        return read

    def asks(self, schema: ma.Schema | type[ma.Schema]) -> Callable[[View], View]:
        """Read the parameters of the address by `schema` and pass them on as the next argument."""
        return self.arguments(schema, location="query")  # type: ignore[no-any-return]

    def answers(self, status: int, schema: Any = None, **options: Any) -> Callable[[View], View]:
        """Answer with what the view returns, as `schema` shows it."""
        return self.response(status, schema, **options)  # type: ignore[no-any-return]

    def answers_page(
        self,
        item: type[ma.Schema],
        *,
        example: Any = None,
        size: int = PAGE_SIZE,
        **beside: tuple[ma.fields.Field[Any], Any],
    ) -> Callable[[View], View]:
        """Answer with the `Page` the view returns, in an envelope with its neighbours' addresses.

        What stands `beside` the rows is given by name as its field and an example; the view then returns the page and a
        dictionary with its values. `size` is how many rows a page has where the address does not say.
        """
        schema = self.page_schema(item, {name: field for name, (field, _) in beside.items()})
        shown = {name: example for name, (_, example) in beside.items()}
        whole = {**self.envelope(Page((example,), 1, size, 1)), **shown} if example is not None else None

        def answer(view: View) -> View:
            @wraps(view)
            def enveloped(*args: Any, **kwargs: Any) -> dict[str, Any]:
                page, values = view(*args, **kwargs) if beside else (view(*args, **kwargs), {})
                return {**self.envelope(page), **values}

            described = self.response(200, schema, example=whole)(enveloped)
            return cast(View, _with_doc(described, "pages", size))

        return answer

    def envelope(self, page: Page[Any]) -> dict[str, Any]:
        """Return a page as this surface answers it."""
        return envelope(page)

    def page_schema(
        self, item: type[ma.Schema], beside: Mapping[str, ma.fields.Field[Any]]
    ) -> type[ma.Schema]:
        """Return the schema of a page of these items."""
        return type(
            f"{item.__name__}Page", (Answer,), {**PAGE_FIELDS, "results": Many(item, required=True), **beside}
        )

    def answers_list(self, item: type[ma.Schema], *, example: Any = None) -> Callable[[View], View]:
        """Answer with the rows of the `Page` the view returns, as a plain array with `Link` and `X-Total-Count`."""
        headers = {
            "Link": {"description": "The neighbouring pages (RFC 8288).", "schema": {"type": "string"}},
            "X-Total-Count": _whole_header("How many rows there are together."),
        }

        def answer(view: View) -> View:
            @wraps(view)
            def listed(*args: Any, **kwargs: Any) -> tuple[list[Any], int, dict[str, str]]:
                page: Page[Any] = view(*args, **kwargs)
                return list(page.items), 200, list_headers(page)

            shown = [example] if example is not None else None
            described = self.response(200, item(many=True), example=shown, headers=headers)(listed)
            return cast(View, _with_doc(described, "pages", PAGE_SIZE))

        return answer


def needs(permission: Permission) -> Callable[[View], View]:
    """Refuse whoever may not do this at all, before the body is looked at."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            require(current_actor(), permission)
            return view(*args, **kwargs)

        return checked  # type: ignore[return-value]

    return decorate


def finds(
    load: Callable[..., Any], *, key: str, name: str, permission: Permission | None = None
) -> Callable[[View], View]:
    """Replace the path's `key` by what `load(actor, value)` finds, as `name`: not found, then not allowed, then the body."""

    def decorate(view: View) -> View:
        @wraps(view)
        def found(*args: Any, **kwargs: Any) -> Any:
            actor = current_actor()
            thing = load(actor, kwargs.pop(key))
            if permission is not None:
                require(actor, permission, thing)
            return view(*args, **{name: thing}, **kwargs)

        return found  # type: ignore[return-value]

    return decorate


def _with_doc(view: Any, name: str, value: Any) -> Any:
    view._apidoc = {**getattr(view, "_apidoc", {}), name: value}
    return view


def _describe_operation(
    doc: dict[str, Any], doc_info: dict[str, Any], *, api: JsonApi, method: str, **_others: Any
) -> dict[str, Any]:
    """Finish the description of one operation: words, credentials, pages, and every status it may answer with."""
    said = doc_info.get("operation", {})
    access = doc_info.get("access")
    doc |= {
        "operationId": _camel_case(doc_info.get("name", "")),
        "summary": said.get("summary", ""),
        "description": said.get("description", ""),
    }
    if said.get("deprecated"):
        doc["deprecated"] = True
    doc_info["docstring"] = {}
    if access is Access.TOKEN:
        doc["security"] = [{"bearerAuth": []}, {"cookieAuth": []}]
    elif access is Access.TOKEN_OPTIONAL:
        doc["security"] = [{}, {"bearerAuth": []}, {"cookieAuth": []}]
    else:
        doc["security"] = [{}]
    if size := doc_info.get("pages"):
        doc.setdefault("parameters", []).extend([_PAGE, _page_size(size)])
    _describe_body(doc, doc_info, api)
    responses = doc.setdefault("responses", {})
    refuses = said.get("refuses", ())
    sentences = refuses if isinstance(refuses, Mapping) else dict.fromkeys(refuses, "")
    for status in {*_usual_refusals(doc, doc_info, access, method), *sentences}:
        responses[status] = _refusal(api, status, sentences.get(status, ""))
    doc["responses"] = dict(sorted(responses.items(), key=lambda entry: int(entry[0])))
    return doc


def _camel_case(name: str) -> str:
    """Return the name of a function as generated clients call it."""
    first, *others = name.split("_")
    return first + "".join(part.capitalize() for part in others)


def _usual_refusals(
    doc: Mapping[str, Any], doc_info: Mapping[str, Any], access: Access | None, method: str
) -> set[int]:
    found = set(_ALWAYS)
    if access in (Access.TOKEN, Access.TOKEN_OPTIONAL):
        found.add(401)
        if method != "get":
            found.add(403)  # a cookie used by another site's page
    if "requestBody" in doc:
        found |= {413, 415}
    if doc_info.get("pages"):
        found.add(404)  # no such page
    return found


def _refusal(api: JsonApi, status: int, sentence: str) -> str | dict[str, Any]:
    """Return the reference to a refusal, or one with its own example where the operation gives its sentence."""
    name = HTTPStatus(status).name
    if not sentence:
        return name
    example = api.error_example(status, sentence)
    return {
        "description": HTTPStatus(status).phrase,
        "content": {JSON: {"schema": api.ERROR_SCHEMA, "example": example}},
    }


def _describe_body(doc: dict[str, Any], doc_info: Mapping[str, Any], api: JsonApi) -> None:
    body, said = doc.get("requestBody"), doc_info.get("body", {})
    if body is None or not said.get("multipart"):
        return
    plain = body["content"].pop(JSON)
    form = {"schema": api.describer.form_of(plain["schema"])}
    if "example" in plain:
        form["example"] = _form_example(plain["example"])
    kinds = {JSON: plain, MULTIPART: form}
    if _has_required_field(plain["schema"], FilePart):
        del kinds[JSON]  # there is no file in JSON
    body["content"] |= dict(reversed(kinds.items())) if said["form_first"] else kinds


def _form_example(example: Mapping[str, Any]) -> dict[str, Any]:
    """Return the example of a JSON body as a form writes it: lists and objects as JSON in a text, and nothing is null."""
    return {
        name: json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else value
        for name, value in example.items()
        if value is not None
    }


def _page_size(size: int) -> dict[str, Any]:
    return {
        "in": "query",
        "name": "page_size",
        "description": f"Rows of one page, up to 100; what is no such number counts as {size}, more than 100 as 100.",
        # Any text, as it was with the clients' old server.
        "schema": {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": NO_NUL}]},
        "example": size,
    }


def _schema_name(schema: type[ma.Schema] | ma.Schema) -> str:
    """Return the name of a schema in the document: a body that may leave everything out is its own schema."""
    cls = schema if isinstance(schema, type) else type(schema)
    is_partial = not isinstance(schema, type) and bool(schema.partial)
    return f"Patched{cls.__name__}" if is_partial else cls.__name__


def _has_required_field(
    schema: type[ma.Schema] | ma.Schema, kind: type[ma.fields.Field[Any]] = ma.fields.Field
) -> bool:
    body = schema() if isinstance(schema, type) else schema
    needed = (field for field in body.fields.values() if field.required)
    return not body.partial and any(isinstance(field, kind) for field in needed)


def _whole_header(description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "integer"}}
