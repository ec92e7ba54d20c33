"""The API's documents: the OpenAPI schema for programs, Swagger UI to try operations out, and ReDoc to read.

All three are public and ask for nothing from another origin; the scripts and styles are vendored.
"""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, make_response, render_template, request, url_for

from easyticket.api.schemas.documents import HTML_EXAMPLE, SCHEMA, SCHEMA_EXAMPLE, WantedFormat
from easyticket.api.shapes.documents import operations_by_tag
from easyticket.http.auth import token_ignored
from easyticket.http.headers import allow_in_policy
from easyticket.http.openapi import ApiBlueprint, JsonApi
from easyticket.http.openapi_text import as_json, as_yaml

JSON, YAML, HTML = "application/json", "application/vnd.oai.openapi", "text/html"

blueprint = ApiBlueprint(
    "api_documents",
    __name__,
    url_prefix="/api",
    tag="API Documentation",
    description="What the API offers, for programs and for people.",
)


@blueprint.route("/schema/", methods=["GET"])
@token_ignored
@blueprint.operation("OpenAPI Schema")
@blueprint.asks(WantedFormat)
@blueprint.answers(200, SCHEMA, example=SCHEMA_EXAMPLE)
@blueprint.alt_response(200, schema=SCHEMA, example=SCHEMA_EXAMPLE, content_type=YAML)  # type: ignore[untyped-decorator]
def get_schema(asked: dict[str, Any]) -> Response:
    """This document in OpenAPI 3.0: JSON, or YAML with `?format=yaml` or `Accept: application/vnd.oai.openapi`.
    For generating clients and for import into tools."""
    accepted = request.accept_mimetypes.best_match([JSON, YAML], default=JSON)
    is_yaml = asked["format"] == "yaml" if "format" in asked else accepted == YAML
    text = as_yaml(_api()) if is_yaml else as_json(_api())
    response = Response(text, content_type=f"{YAML}; charset=utf-8" if is_yaml else JSON)
    response.vary.add("Accept")
    return response


@blueprint.route("/docs/", methods=["GET"])
@token_ignored
@blueprint.operation("Swagger UI")
@blueprint.answers(200, {"type": "string"}, example=HTML_EXAMPLE, content_type=HTML)
def show_docs() -> Response:
    """Every operation with its parameters, examples and answers, to be tried out from the browser: sign in by the
    login operation, and the cookies it sets count for the others."""
    return _page("api/docs.html")


@blueprint.route("/redoc/", methods=["GET"])
@token_ignored
@blueprint.operation("ReDoc Documentation")
@blueprint.answers(200, {"type": "string"}, example=HTML_EXAMPLE, content_type=HTML)
def show_redoc() -> Response:
    """The same to read, with a search."""
    # ReDoc writes its styles into the page and searches in a worker made from a blob; it reads nothing but our schema.
    allow_in_policy("style-src", "'self' 'unsafe-inline'")
    allow_in_policy("worker-src", "blob:")
    return _page("api/redoc.html")


def _page(template: str) -> Response:
    return make_response(
        render_template(
            template,
            docs_url=url_for("api_documents.show_docs"),
            redoc_url=url_for("api_documents.show_redoc"),
            schema_url=url_for("api_documents.get_schema"),
            groups=operations_by_tag(_api().spec.to_dict()),
        )
    )


def _api() -> JsonApi:
    api: JsonApi = current_app.extensions["easyticket-api"]
    return api
