"""Every operation for every kind of caller, as the access table says; no operation is without a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from tests.api.access_table import CALLERS, Row
from tests.api_v1.access_table import PAYSTACK_KEY, ROWS
from tests.api_v1.conftest import Caller
from tests.api_v1.seed_operations import OPERATIONS
from tests.api_v1.world import World

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_who_may_do_what(
    row: Row, call: Callable[..., Caller], app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "webhook" in row.operation[1]:
        # For its own door only: with the key, payments would begin at Paystack.
        settings = replace(app.config["SETTINGS"], paystack_secret_key=PAYSTACK_KEY)
        monkeypatch.setitem(app.config, "SETTINGS", settings)
    world = World()
    for caller in CALLERS:
        send = call(None if caller == "anonymous" else getattr(world, caller))
        world.tokens = send.tokens
        path, options = row.path(world), row.options(world)
        answer = send(row.operation[0], path, **options)
        assert answer.status_code == row.statuses[caller], f"{caller}: {answer.get_data(as_text=True)[:500]}"
        if answer.status_code >= 400:
            assert {"error", "message", "details", "status_code"} <= set(answer.json)
            assert all(texts and isinstance(texts, list) for texts in answer.json["details"].values())
        elif row.operation[0] != "GET":
            # Who comes next finds everything as it was.
            world = World()


def test_the_table_has_a_row_for_every_operation() -> None:
    assert {row.operation for row in ROWS} == set(OPERATIONS)
