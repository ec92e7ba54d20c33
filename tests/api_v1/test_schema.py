"""The OpenAPI document of the Cafa Tickets API is valid, whole, and the one that is committed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import validate

from easyticket.cli.schema import COMMITTED
from easyticket.http.openapi_text import as_json
from tests.api_v1.seed_operations import ALIASES, OPERATIONS, SEED, TAGS
from tests.openapi import (
    contents_without_example,
    described_operations,
    example_faults,
    missing_words,
    unnamed_statuses,
)


@pytest.fixture(scope="module")
def text(built_app: Flask) -> str:
    """The document as it is served."""
    return as_json(built_app.extensions["cafa-api"])


@pytest.fixture(scope="module")
def document(text: str) -> dict[str, Any]:
    """The document."""
    return json.loads(text)  # type: ignore[no-any-return]


def test_it_is_valid(document: dict[str, Any]) -> None:
    validate(document)


def test_it_names_the_32_operations_the_clients_extras_and_other_paths_of_theirs(
    document: dict[str, Any],
) -> None:
    described = described_operations(document)
    aliases = {(method, alias) for method, path in OPERATIONS for alias in ALIASES if ALIASES[alias] == path}
    assert len(SEED) == 32
    assert set(described) == {*OPERATIONS, *aliases}


def test_what_stands_at_two_paths_is_one_function(built_app: Flask) -> None:
    views = built_app.view_functions
    at = {
        (method, rule.rule): views[rule.endpoint]
        for rule in built_app.url_map.iter_rules()
        for method in rule.methods
    }
    by_shape = {(method, _bare(path)): view for (method, path), view in at.items()}
    for method, path in OPERATIONS:
        for alias in (alias for alias in ALIASES if ALIASES[alias] == path):
            assert by_shape[method, _bare(alias)] is by_shape[method, _bare(path)], alias


def test_its_tags_stand_in_their_order_and_are_described(document: dict[str, Any]) -> None:
    assert tuple(tag["name"] for tag in document["tags"]) == TAGS
    assert [tag["name"] for tag in document["tags"] if not tag.get("description")] == []


def test_every_operation_says_what_it_does_takes_and_answers(document: dict[str, Any]) -> None:
    for operation, said in described_operations(document).items():
        unlimited = "/api/v1/payments/webhook/" if "webhook" not in operation[1] else operation[1]
        assert missing_words(said) == [], operation
        assert unnamed_statuses(operation, said, unlimited=unlimited) == set(), operation
        assert contents_without_example(document, said) == set(), operation
        assert example_faults(document, said) == [], operation


def test_the_committed_document_is_the_one_that_is_served(text: str) -> None:
    assert COMMITTED["cafa-api"].read_text(encoding="utf-8") == text, "the API has changed: make schema"


def _bare(path: str) -> str:
    """Return a path with whatever varies in it as one sign, in the way of Flask and of OpenAPI alike."""
    return "/".join("*" if part[:1] in ("<", "{") else part for part in path.split("/"))
