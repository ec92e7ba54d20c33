"""The API's OpenAPI document is valid, whole, and the one that is committed: clients are generated from it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from openapi_schema_validator import OAS30Validator, oas30_format_checker
from openapi_spec_validator import validate

from easyticket.cli.schema import COMMITTED
from easyticket.http.openapi_text import as_json
from tests.api.seed_operations import OPERATIONS, OPERATIONS_BY_TAG, TAGS, Operation

JSON = "application/json"
each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: " ".join(operation))


@pytest.fixture(scope="module")
def text(built_app: Flask) -> str:
    """The document as it is served."""
    return as_json(built_app.extensions["easyticket-api"])


@pytest.fixture(scope="module")
def document(text: str) -> dict[str, Any]:
    """The document."""
    return json.loads(text)  # type: ignore[no-any-return]


def described(document: dict[str, Any], operation: Operation) -> dict[str, Any]:
    """Return what the document says of an operation."""
    method, path = operation
    return document["paths"].get(path, {}).get(method.lower(), {})  # type: ignore[no-any-return]


def in_full(document: dict[str, Any], response: dict[str, Any]) -> dict[str, Any]:
    """Return a response, also where the document only points to it."""
    name = response.get("$ref", "").rpartition("/")[2]
    return document["components"]["responses"][name] if name else response  # type: ignore[no-any-return]


def contents(document: dict[str, Any], operation: Operation) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give every content an operation takes or gives, named `body` or by its status; of files there is nothing to show."""
    said = described(document, operation)
    bodies = {"body": said.get("requestBody", {})} | {
        status: in_full(document, response) for status, response in said["responses"].items()
    }
    for name, body in bodies.items():
        for content in body.get("content", {}).values():
            if content["schema"].get("format") != "binary":
                yield name, content


def examples(content: dict[str, Any]) -> list[Any]:
    """Return the examples of a content."""
    named = [example["value"] for example in content.get("examples", {}).values()]
    return [*named, content["example"]] if "example" in content else named


def test_it_is_valid(document: dict[str, Any]) -> None:
    validate(document)


def test_it_names_the_77_operations_and_no_other_under_their_tags(document: dict[str, Any]) -> None:
    named = {
        (method.upper(), path): operation["tags"]
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if "responses" in operation
    }
    assert named == {
        operation: [tag] for tag, operations in OPERATIONS_BY_TAG.items() for operation in operations
    }


def test_its_tags_stand_in_their_order_and_are_described(document: dict[str, Any]) -> None:
    assert tuple(tag["name"] for tag in document["tags"]) == TAGS
    assert [tag["name"] for tag in document["tags"] if not tag.get("description")] == []


@each_operation
def test_an_operation_says_what_it_does_and_who_may(document: dict[str, Any], operation: Operation) -> None:
    said = described(document, operation)
    assert [part for part in ("summary", "description", "security") if not said.get(part)] == []


@each_operation
def test_an_operation_names_every_status(document: dict[str, Any], operation: Operation) -> None:
    said = described(document, operation)
    expected = {"429", "500"} - ({"429"} if operation[1].startswith("/api/webhooks/") else set())
    expected |= {"404"} if "{" in operation[1] else set()
    expected |= {"400", "413"} if "requestBody" in said else set()
    expected |= {"401"} if {} not in said["security"] else set()
    named = set(said["responses"])
    assert expected - named == set()
    assert [status for status in named if status.startswith("2")] != []


@each_operation
def test_an_operation_shows_what_it_takes_and_gives(document: dict[str, Any], operation: Operation) -> None:
    bare = {name for name, content in contents(document, operation) if not examples(content)}
    # A form is the same body as the JSON beside it.
    shown = {name for name, content in contents(document, operation) if examples(content)}
    assert bare - shown == set()


@each_operation
def test_its_examples_are_what_its_schemas_say(document: dict[str, Any], operation: Operation) -> None:
    faults = [
        f"{name} {error.json_path}: {error.message}"
        for name, content in contents(document, operation)
        for example in examples(content)
        for error in OAS30Validator(
            {**content["schema"], "components": document["components"]}, format_checker=oas30_format_checker
        ).iter_errors(example)
    ]
    assert faults == []


def test_the_committed_document_is_the_one_that_is_served(text: str) -> None:
    assert COMMITTED["easyticket-api"].read_text(encoding="utf-8") == text, "the API has changed: make schema"
