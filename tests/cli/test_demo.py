"""`flask demo` refuses where a public password or sandbox orders would do harm."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from easyticket.cli.demo import load_demo_once
from easyticket.db import db
from easyticket.models import User


@pytest.mark.parametrize(
    ("change", "why"),
    [({"environment": "production"}, "production"), ({"sandbox_payments": False}, "SANDBOX_PAYMENTS")],
)
def test_the_demo_is_not_loaded(
    app: Flask, monkeypatch: pytest.MonkeyPatch, change: dict[str, object], why: str
) -> None:
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], **change))
    result = app.test_cli_runner().invoke(args=["demo"])
    assert result.exit_code == 1
    assert why in result.output
    assert load_demo_once(app) is False
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(User.id))) == 0
