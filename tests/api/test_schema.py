"""The API's OpenAPI document is valid, whole, and the one that is committed: clients are generated from it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import validate

from easyticket.cli.schema import COMMITTED
from easyticket.http.openapi_text import as_json
from tests.api.seed_operations import OPERATIONS_BY_TAG, TAGS
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
    return as_json(built_app.extensions["easyticket-api"])


@pytest.fixture(scope="module")
def document(text: str) -> dict[str, Any]:
    """The document."""
    return json.loads(text)  # type: ignore[no-any-return]


def test_it_is_valid(document: dict[str, Any]) -> None:
    validate(document)


def test_it_names_the_77_operations_and_no_other_under_their_tags(document: dict[str, Any]) -> None:
    named = {operation: said["tags"] for operation, said in described_operations(document).items()}
    assert named == {
        operation: [tag] for tag, operations in OPERATIONS_BY_TAG.items() for operation in operations
    }


def test_its_tags_stand_in_their_order_and_are_described(document: dict[str, Any]) -> None:
    assert tuple(tag["name"] for tag in document["tags"]) == TAGS
    assert [tag["name"] for tag in document["tags"] if not tag.get("description")] == []


def test_every_operation_says_what_it_does_takes_and_answers(document: dict[str, Any]) -> None:
    for operation, said in described_operations(document).items():
        assert missing_words(said) == [], operation
        assert unnamed_statuses(operation, said, unlimited="/api/webhooks/") == set(), operation
        assert contents_without_example(document, said) == set(), operation
        assert example_faults(document, said) == [], operation


def test_the_committed_document_is_the_one_that_is_served(text: str) -> None:
    committed = COMMITTED["easyticket-api"].read_text(encoding="utf-8")
    assert committed == text, "the API has changed: make schema"
