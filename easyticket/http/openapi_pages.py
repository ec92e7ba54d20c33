"""The documents of one JSON surface: its OpenAPI schema for programs, Swagger UI to try operations out, ReDoc to read.

All three are public and ask for nothing from another origin; the scripts and styles are vendored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Response, current_app, make_response, render_template, request, url_for

from easyticket.http.auth import token_ignored
from easyticket.http.fields import ChoiceFilter, Query
from easyticket.http.headers import allow_in_policy
from easyticket.http.openapi import ApiBlueprint, JsonApi
from easyticket.http.openapi_text import as_json, as_yaml

JSON, YAML, HTML = "application/json", "application/vnd.oai.openapi", "text/html"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["openapi", "info", "paths"],
    "properties": {
        "openapi": {"type": "string"},
        "info": {"type": "object"},
        "paths": {"type": "object"},
    },
}
_HTML_EXAMPLE = '<!doctype html>\n<html lang="en">…</html>'


class WantedFormat(Query):
    """How the schema is to be written."""

    format = ChoiceFilter(
        ("json", "yaml"),
        metadata={
            "description": "How to write it; without it what `Accept` prefers, else JSON.",
            "example": "json",
        },
    )


def add_documents(blueprint: ApiBlueprint, *, extension: str, example: Mapping[str, Any]) -> None:
    """Add the three documents of the surface that `app.extensions[extension]` is; `example` is a schema cut short."""

    @blueprint.route("/schema/", methods=["GET"])
    @token_ignored
    @blueprint.operation("OpenAPI Schema")
    @blueprint.asks(WantedFormat)
    @blueprint.answers(200, SCHEMA, example=example)
    @blueprint.alt_response(200, schema=SCHEMA, example=example, content_type=YAML)  # type: ignore[untyped-decorator]
    def get_schema(asked: dict[str, Any]) -> Response:
        """This document in OpenAPI 3.0: JSON, or YAML with `?format=yaml` or `Accept: application/vnd.oai.openapi`.
        For generating clients and for import into tools."""
        accepted = request.accept_mimetypes.best_match([JSON, YAML], default=JSON)
        is_yaml = asked["format"] == "yaml" if "format" in asked else accepted == YAML
        text = as_yaml(_api(extension)) if is_yaml else as_json(_api(extension))
        response = Response(text, content_type=f"{YAML}; charset=utf-8" if is_yaml else JSON)
        response.vary.add("Accept")
        return response

    @blueprint.route("/docs/", methods=["GET"])
    @token_ignored
    @blueprint.operation("Swagger UI")
    @blueprint.answers(200, {"type": "string"}, example=_HTML_EXAMPLE, content_type=HTML)
    def show_docs() -> Response:
        """Every operation with its parameters, examples and answers, to be tried out from the browser: sign in by the
        login operation, and send its access token with the others."""
        return _page("api/docs.html", blueprint, extension)

    @blueprint.route("/redoc/", methods=["GET"])
    @token_ignored
    @blueprint.operation("ReDoc Documentation")
    @blueprint.answers(200, {"type": "string"}, example=_HTML_EXAMPLE, content_type=HTML)
    def show_redoc() -> Response:
        """The same to read, with a search."""
        # ReDoc writes its styles into the page and searches in a worker made from a blob; it reads nothing but our schema.
        allow_in_policy("style-src", "'self' 'unsafe-inline'")
        allow_in_policy("worker-src", "blob:")
        return _page("api/redoc.html", blueprint, extension)


def operations_by_tag(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the tags of an OpenAPI document in their order, each with `operations` of `method`, `path`, `summary`."""
    groups: dict[str, list[dict[str, str]]] = {tag["name"]: [] for tag in document.get("tags", ())}
    for tag, operation in _operations(document):
        groups[tag].append(operation)
    return [{"name": name, "operations": operations} for name, operations in groups.items()]


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if "tags" in operation:  # what is no operation holds for all of the path
                shown = {"method": method.upper(), "path": path, "summary": operation["summary"]}
                yield operation["tags"][0], shown


def _page(template: str, blueprint: ApiBlueprint, extension: str) -> Response:
    document = _api(extension).spec.to_dict()
    return make_response(
        render_template(
            template,
            title=document["info"]["title"],
            docs_url=url_for(f"{blueprint.name}.show_docs"),
            redoc_url=url_for(f"{blueprint.name}.show_redoc"),
            schema_url=url_for(f"{blueprint.name}.get_schema"),
            groups=operations_by_tag(document),
        )
    )


def _api(extension: str) -> JsonApi:
    api: JsonApi = current_app.extensions[extension]
    return api
