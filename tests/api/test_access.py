"""Every operation for every kind of caller, as the access table says; no operation is without a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask

from tests.api.access_table import CALLERS, ROWS, WEBHOOK_SECRET, Row
from tests.api.conftest import Caller
from tests.api.seed_operations import OPERATIONS
from tests.api.world import World

pytestmark = pytest.mark.usefixtures("db_session")

# Parts of the document that are read by tools, not called by clients.
METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture(autouse=True)
def _stripe_is_set_up(app: Flask) -> Iterator[None]:
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(settings, stripe_webhook_secret=WEBHOOK_SECRET)
    yield
    app.config["SETTINGS"] = settings


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_who_may_do_what(row: Row, call: Callable[..., Caller]) -> None:
    world = World()
    for caller in CALLERS:
        send = call(None if caller == "anonymous" else getattr(world, caller))
        world.tokens = send.tokens
        path, options = row.path(world), row.options(world)
        answer = send(row.operation[0], path, **options)
        assert answer.status_code == row.statuses[caller], f"{caller}: {answer.get_data(as_text=True)[:500]}"
        if answer.status_code >= 400:
            assert {"error", "detail", "field_errors", "code"} <= set(answer.json)
        elif row.operation[0] != "GET":
            # Who comes next finds everything as it was.
            world = World()


def test_the_table_has_a_row_for_every_operation() -> None:
    assert {row.operation for row in ROWS} == set(OPERATIONS)


def test_every_operation_of_the_document_has_a_row(built_app: Flask) -> None:
    paths = built_app.extensions["easyticket-api"].spec.to_dict()["paths"]
    described = {
        (method.upper(), path) for path, item in paths.items() for method in item if method in METHODS
    }
    assert described <= {row.operation for row in ROWS}
