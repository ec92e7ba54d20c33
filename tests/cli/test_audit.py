"""`flask audit` says what holds and what does not, for people and for machines."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy.exc import OperationalError

from easyticket.cli import audit as command
from easyticket.core import clock
from easyticket.core.errors import ProviderDown
from easyticket.db import transaction
from easyticket.models import ProviderEvent
from tests import factories


def audit(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["audit", *arguments])


def leave_a_webhook(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        received_at = clock.now() - timedelta(hours=1)
        session.add(
            ProviderEvent(provider="stripe", event_key="e", kind="charge", body="{}", received_at=received_at)
        )


def test_all_holds(app: Flask) -> None:
    result = audit(app)
    assert result.exit_code == 0, result.output
    assert [line.split()[:3] for line in result.output.splitlines()] == [
        ["ok", f"I{number}", "0"] for number in range(1, 12)
    ]


def test_what_is_broken_is_counted_and_shown_if_asked_for(app: Flask) -> None:
    leave_a_webhook(app)
    result = audit(app)
    assert result.exit_code == 1
    assert "BAD  I10       1  Nothing is stuck" in result.output
    assert "webhook" not in result.output
    assert "webhook" in audit(app, "-v").output


def test_machines_read_json(app: Flask) -> None:
    leave_a_webhook(app)
    result = audit(app, "--json")
    found = {finding["code"]: finding for finding in json.loads(result.output)}
    assert (result.exit_code, found["I10"]["count"], found["I9"]["count"]) == (1, 1, 0)
    assert found["I10"]["violations"][0]["expected"] == "to be handled"


def test_one_event_can_be_looked_at(app: Flask) -> None:
    leave_a_webhook(app)
    with app.app_context():
        slug = factories.make_simple_event().slug
    # Webhooks belong to no event.
    assert audit(app, "--event", slug).exit_code == 0
    unknown = audit(app, "--event", "nowhere")
    assert (unknown.exit_code, unknown.stderr) == (2, "Not checked: There is no such event.\n")


def test_strictly_the_books_of_the_providers_are_compared_too(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "ok   I12       0  The providers' books say what ours say" in audit(app, "--strict").output

    def is_down(*_: object) -> None:
        raise ProviderDown("Nobody answers.")

    monkeypatch.setattr(command, "audit_providers", is_down)
    assert audit(app, "--strict").exit_code == 2


def test_a_database_that_does_not_answer_is_neither_right_nor_wrong(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_away(*_: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(command, "audit_database", is_away)
    assert audit(app).exit_code == 2
