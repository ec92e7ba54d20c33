"""Calling the EasyTicket API as somebody: `call()` for nobody, `call(user)` for an account with a token of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from easyticket.core import clock
from easyticket.core.signing import digest, new_token
from easyticket.db import db, transaction
from easyticket.http.tokens import TokenPair, make_tokens
from easyticket.models import User, UserSession


class Caller:
    """Sends JSON to the API; with the Authorization header where it stands for somebody."""

    def __init__(self, client: FlaskClient, tokens: TokenPair | None) -> None:
        self.client = client
        self.tokens = tokens

    def __call__(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = dict(options.pop("headers", {}))
        if self.tokens is not None:
            headers.setdefault("Authorization", f"Bearer {self.tokens.access}")
        return self.client.open(path, method=method, headers=headers, **options)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> TestResponse:
        return self("POST", path, json=json, **options) if json is not None else self("POST", path, **options)

    def put(self, path: str, json: Any, **options: Any) -> TestResponse:
        return self("PUT", path, json=json, **options)

    def patch(self, path: str, json: Any, **options: Any) -> TestResponse:
        return self("PATCH", path, json=json, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        return self("DELETE", path, **options)


def open_session(user: User, *, lasts: timedelta = timedelta(days=7)) -> str:
    """Open a session for `user` as signing in at the API does; return its token."""
    token, now = new_token(), clock.now()
    with transaction():
        row = UserSession(
            user_id=user.id,
            token_digest=digest(token),
            surface="api",
            created_at=now,
            last_seen_at=now,
            expires_at=now + lasts,
        )
        db.session.add(row)
    return token


@pytest.fixture
def call(app: Flask) -> Callable[..., Caller]:
    """Return a caller for an account, or for nobody."""

    def as_user(user: User | None = None) -> Caller:
        if user is None:
            return Caller(app.test_client(), None)
        user_id = user.id
        # Ends the test's own savepoint, which would enclose what is committed here (tests/fixtures/application.py).
        db.session.rollback()
        with app.app_context():
            known = db.session.get_one(User, user_id)
            tokens = make_tokens(known, open_session(known))
        return Caller(app.test_client(), tokens)

    return as_user
