"""How often somebody may try to sign up or in, guess one account's password, or have mails sent to one address."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from easyticket.db import db
from easyticket.http.tokens import make_tokens
from tests import factories
from tests.api.conftest import open_session
from tests.factories import PASSWORD
from tests.fixtures.database import application_on
from tests.servers.databases import Databases

PATH = "/api/auth/"
_addresses = itertools.count(1)


@pytest.fixture(scope="module")
def limited_app(
    databases: Databases, migrated_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The application with rate limits."""
    address = databases.new(template=migrated_database)
    with application_on(address, tmp_path_factory.mktemp("limits"), RATELIMIT_ENABLED="true") as app:
        yield app


def visitor(app: Flask) -> FlaskClient:
    """Return somebody at a network address nobody had before."""
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = f"198.51.100.{next(_addresses)}"
    return client


def log_in(client: FlaskClient, email: str, password: str = "a-guess") -> TestResponse:  # noqa: S107
    return client.post(f"{PATH}login/", json={"email": email, "password": password})


def sign_up(client: FlaskClient, email: str, **fields: Any) -> TestResponse:
    body = {"email": email, "password": PASSWORD, "password_confirm": PASSWORD, **fields}
    return client.post(f"{PATH}signup/", json=body)


def test_signing_up_and_in_share_five_tries_an_hour_from_one_address(limited_app: Flask) -> None:
    client = visitor(limited_app)
    first = sign_up(client, "shared@example.org")
    assert first.status_code == 201
    assert (first.headers["X-RateLimit-Limit"], first.headers["X-RateLimit-Remaining"]) == ("5", "4")
    tried = [log_in(client, f"nobody{number}@example.org").status_code for number in range(4)]
    assert tried == [400] * 4
    for refused in (sign_up(client, "another@example.org"), log_in(client, "shared@example.org", PASSWORD)):
        seconds = refused.headers["Retry-After"]
        assert refused.status_code == 429
        assert refused.json["error"] == f"Request was throttled. Expected available in {seconds} seconds."
        assert refused.json["code"] == "throttled"
    assert log_in(visitor(limited_app), "nobody@example.org").status_code == 400
    assert client.post(f"{PATH}token/refresh/", json={}).status_code == 400


def test_one_accounts_password_is_not_guessed_from_many_addresses(limited_app: Flask) -> None:
    spellings = itertools.cycle(["guessed@example.org", "GUESSED@example.org", " guessed@example.org "])
    statuses = [log_in(visitor(limited_app), next(spellings)).status_code for _ in range(51)]
    assert statuses == [400] * 50 + [429]
    assert log_in(visitor(limited_app), "another@example.org").status_code == 400


def test_one_accounts_password_is_not_guessed_twice_as_often_by_its_two_names(limited_app: Flask) -> None:
    with limited_app.app_context():
        email = factories.make_user(username="Two_names").email
        db.session.remove()
    names = itertools.cycle([email, "two_names", f" {email.upper()} ", "TWO_NAMES"])
    paths = itertools.cycle([("/api/auth/login/", 400)] * 2 + [("/api/v1/auth/login/", 401)] * 2)

    def guess() -> TestResponse:
        path, refused = next(paths)
        answer = visitor(limited_app).post(path, json={"email": next(names), "password": "a-guess"})
        assert answer.status_code in (refused, 429)
        return answer

    # What is left would show, asked for under the one name, that the account has the other as well.
    assert {guess().headers["X-RateLimit-Remaining"] for _ in range(50)} == {"4", "999"}
    for answer in (guess(), guess(), guess(), guess()):
        assert (answer.status_code, answer.headers["X-RateLimit-Remaining"]) == (429, "0")


def test_strangers_do_not_lock_an_owner_out_of_where_they_sign_in(limited_app: Flask) -> None:
    with limited_app.app_context():
        email = factories.make_user().email
        db.session.remove()
    home = visitor(limited_app)
    assert log_in(home, email, PASSWORD).status_code == 200
    # The first sign-in was a stranger's too.
    for _ in range(49):
        assert log_in(visitor(limited_app), email).status_code == 400
    assert log_in(visitor(limited_app), email, PASSWORD).status_code == 429
    assert log_in(home, email, PASSWORD).status_code == 200


def test_one_address_gets_five_mails_an_hour_whoever_asks_for_them(limited_app: Flask) -> None:
    def ask(email: str) -> int:
        return visitor(limited_app).post(f"{PATH}resend-verification/", json={"email": email}).status_code

    assert [ask("mailed@example.org") for _ in range(6)] == [200] * 5 + [429]
    # Other ways to write the same address, which all reach the same person.
    assert [ask("MAILED@example.org"), ask("mailed@\uff25xample\u3002org")] == [429, 429]
    assert ask("not-mailed@example.org") == 200


def test_a_stolen_access_token_does_not_help_to_guess_the_password(limited_app: Flask) -> None:
    with limited_app.app_context():
        user = factories.make_user()
        token = make_tokens(user, open_session(user)).access
        db.session.remove()
    body = {"old_password": "wrong", "new_password": PASSWORD, "new_password_confirm": PASSWORD}
    headers = {"Authorization": f"Bearer {token}"}
    client = visitor(limited_app)
    statuses = [
        client.post(f"{PATH}change-password/", json=body, headers=headers).status_code for _ in range(21)
    ]
    assert statuses == [400] * 20 + [429]
