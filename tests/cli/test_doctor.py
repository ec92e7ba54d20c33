"""`flask doctor` says what is in order and what is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from easyticket.core import clock
from easyticket.db import transaction
from easyticket.models import OutboxJob
from tests.servers.smtp import SmtpServer

NOBODY = "127.0.0.1:9"  # the discard port, where nobody listens


def examine(app: Flask, monkeypatch: pytest.MonkeyPatch, **change: object) -> Result:
    """Run the doctor with some settings changed."""
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], **change))
    return app.test_cli_runner().invoke(args=["doctor"])


def test_all_is_in_order(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    result = examine(app, monkeypatch)
    assert result.exit_code == 0, result.output
    assert "at the newest migration" in result.output
    assert "the sandbox collects everything (test money only)" in result.output
    assert result.output.endswith("All in order.\n")


def test_a_mail_server_and_redis_that_answer(
    app: Flask, monkeypatch: pytest.MonkeyPatch, smtp_server: SmtpServer, redis_url: str
) -> None:
    result = examine(app, monkeypatch, mail_url=smtp_server.url, redis_url=redis_url)
    assert result.exit_code == 0, result.output
    assert "Mail: the server" in result.output
    assert "REDIS_URL: " in result.output


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"mail_url": f"smtp://{NOBODY}"}, "Mail: the server 127.0.0.1:9 does not answer"),
        ({"redis_url": f"redis://{NOBODY}/0"}, f"REDIS_URL: nobody answers at {NOBODY}"),
        ({"storage_dir": Path(__file__) / "inside-a-file"}, "STORAGE_DIR: nothing can be written into"),
        ({"sandbox_payments": False}, "only free tickets can be had"),
        ({"environment": "production"}, "is not https"),
    ],
)
def test_something_is_not(
    app: Flask, monkeypatch: pytest.MonkeyPatch, change: dict[str, object], words: str
) -> None:
    result = examine(app, monkeypatch, **change)
    assert result.exit_code == 1
    assert words in result.output
    assert "need somebody" in result.output


def test_a_job_that_was_given_up_is_named(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    with app.app_context(), transaction() as session:
        session.add(OutboxJob(name="check_payment", payload={}, created_at=now, run_at=now, failed_at=now))
    result = examine(app, monkeypatch)
    assert result.exit_code == 1
    assert "Jobs: 1 were given up" in result.output
