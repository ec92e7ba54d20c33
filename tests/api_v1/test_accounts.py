"""Accounts through the second API's door: from signing up to a forgotten password, with every key its clients read."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from easyticket.core import clock
from easyticket.db import db
from easyticket.models import Order, TokenPurpose, User, UserSession
from easyticket.queries.users import find_user_by_email
from easyticket.queue import JobName
from tests import factories
from tests.api_v1.conftest import Caller
from tests.factories import PASSWORD
from tests.mailed import mailed_tokens, queued, reset_token, verification_token

Call = Callable[..., Caller]
pytestmark = pytest.mark.usefixtures("db_session")

AUTH = "/api/v1/auth/"
NEW_PASSWORD = "A-newer-password-2"
NO_CAPITAL = "This password has no capital letter. Add one from A to Z."
NO_SMALL = "This password has no small letter. Add one from a to z."
NO_DIGIT = "This password has no digit. Add one from 0 to 9."
SIGN_UP = {"username": "ama_b", "email": "ama@example.org", "password": PASSWORD}
USER_KEYS = set(
    "id username email full_name phone_number is_organizer profile_image bio city country is_email_verified date_joined "
    "last_login settings stats".split()
)


def sign_up(call: Call, **fields: Any) -> Any:
    return call().post(f"{AUTH}users/", {**SIGN_UP, **fields})


def log_in(caller: Caller, email: str = "ama@example.org", password: str = PASSWORD) -> Any:
    return caller.post(f"{AUTH}login/", {"email": email, "password": password})


def account_of(email: str = "ama@example.org") -> User:
    user = find_user_by_email(email)
    assert user is not None
    return user


def payload_of(token: str) -> dict[str, Any]:
    """Read a JWT as the mobile client does: three parts, plain base64 in the middle, ASCII only."""
    _, middle, _ = token.split(".")
    text = base64.b64decode(middle + "=" * (-len(middle) % 4), validate=True).decode("ascii")
    assert not set(">?~") & set(text)
    payload: dict[str, Any] = json.loads(text)
    return payload


def refusal(answer: Any, status: int) -> dict[str, Any]:
    body: dict[str, Any] = answer.json
    assert answer.status_code == status == body["status_code"]
    assert {"error", "message", "details", "detail"} <= set(body)
    assert body["details"] and all(isinstance(texts, list) and texts for texts in body["details"].values())
    return body


# Signing up


@pytest.mark.parametrize(
    ("sent", "full_name"),
    [
        ({}, ""),
        ({"full_name": "ama_b", "password_confirm": PASSWORD}, "ama_b"),
        ({"full_name": "Ama  Serwaa Boateng", "re_password": PASSWORD}, "Ama Serwaa Boateng"),
    ],
    ids=["web client", "mobile client", "document"],
)
def test_each_client_signs_up_as_it_does_and_gets_no_tokens(
    call: Call, sent: dict[str, str], full_name: str
) -> None:
    answer = sign_up(call, **sent)
    user = account_of()
    assert answer.status_code == 201
    assert answer.json == {
        "id": user.id,
        "username": "ama_b",
        "email": "ama@example.org",
        "full_name": full_name,
    }
    assert (user.is_organizer, user.is_email_verified) == (True, False)
    assert [job.payload["front_end"] for job in queued(JobName.MAIL_VERIFY_EMAIL)] == ["cafa"]


def test_everything_wrong_with_a_sign_up_is_told_in_details_and_the_sentence_clients_skip(call: Call) -> None:
    sign_up(call)
    answer = sign_up(
        call,
        email="AMA@Example.org",
        username="AMA_B",
        password="12345678",
        re_password="1",
        password_confirm="2",
        full_name="A" * 51,
    )
    body = refusal(answer, 400)
    assert body["message"] == "The data provided is invalid"
    assert body["details"] == {
        "email": ["User with this email already exists."],
        "username": ["A user with that username already exists."],
        # The last two because the clients would not send it to log in.
        "password": [
            "This password is too common.",
            "This password is entirely numeric.",
            NO_CAPITAL,
            NO_SMALL,
        ],
        "password_confirm": ["Passwords do not match"],
        "re_password": ["Passwords do not match"],
        "full_name": ["The first word of a name, and all that follows it, have at most 50 characters."],
    }
    for username in ("am", "a" * 21, "ama b", "áma"):
        assert list(refusal(sign_up(call, username=username), 400)["details"])[-1] == "username"
    assert set(refusal(call().post(f"{AUTH}users/", {}), 400)["details"]) == {"email", "username", "password"}


# Logging in


def test_a_login_gives_the_account_and_tokens_the_clients_can_read(call: Call) -> None:
    sign_up(call, full_name="Ama Boateng")
    now = clock.now().replace(microsecond=0)
    with time_machine.travel(now, tick=False):
        answer = log_in(call())
    assert answer.status_code == 200
    assert set(answer.json) == {"message", "user", "tokens"}
    assert answer.json["message"] == "Login successful"
    assert set(answer.json["user"]) == USER_KEYS
    assert "Set-Cookie" not in answer.headers
    tokens = answer.json["tokens"]
    access, refresh = payload_of(tokens["access"]), payload_of(tokens["refresh"])
    assert access["exp"] == int((now + timedelta(hours=2)).timestamp())
    assert refresh["exp"] == int((now + timedelta(days=30)).timestamp())
    assert log_in(call(), "AMA_B").json["user"] == answer.json["user"] | {
        "last_login": account_of().last_login_at.isoformat().replace("+00:00", "Z")  # type: ignore[union-attr]
    }
    profile = call().get(f"{AUTH}profile/", headers={"Authorization": f"Bearer {tokens['access']}"})
    assert set(profile.json) == USER_KEYS


@pytest.mark.parametrize("login", ["ama@example.org", "nobody", "\x00", "ama_b"])
def test_a_wrong_login_is_refused_alike_for_known_and_unknown_people(call: Call, login: str) -> None:
    sign_up(call)
    body = refusal(log_in(call(), login, "Wrong-password-1"), 400 if login == "\x00" else 401)
    if login != "\x00":
        assert (body["error"], body["message"]) == ("Invalid credentials", "Invalid email or password.")


def test_where_the_site_asks_for_it_nobody_logs_in_before_the_address_is_verified(
    call: Call, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(app.config["SETTINGS"], v1_login_needs_verified_email=True)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    sign_up(call)
    body = refusal(log_in(call()), 403)
    assert (body["error"], body["message"]) == (
        "Account not verified",
        "Please verify your email before logging in.",
    )
    assert body["resend_verification_url"] == "http://tickets.example/api/v1/auth/users/resend_activation/"
    assert refusal(log_in(call(), password="Wrong-password-1"), 401)["error"] == "Invalid credentials"


def test_guesses_are_counted_for_the_account_as_well_as_for_the_address(
    call: Call, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []
    for count in ("count_for_account", "count_mail_to", "count_sign_in"):
        monkeypatch.setattr(f"easyticket.api_v1.accounts.{count}", lambda name, *_: counted.append(name))
    sign_up(call)
    log_in(call(), "ama_b")
    call().post(f"{AUTH}users/reset_password/", {"email": "ama@example.org"})
    assert counted == ["ama@example.org", "ama_b", "ama@example.org"]


# Tokens


def test_a_refresh_gives_a_new_access_token_and_keeps_the_refresh_token_for_thirty_days(call: Call) -> None:
    sign_up(call)
    now = clock.now()
    tokens = log_in(call()).json["tokens"]

    def refresh() -> Any:
        return call().post(f"{AUTH}jwt/refresh/", {"refresh": tokens["refresh"]})

    for passed in (timedelta(hours=3), timedelta(days=29)):
        with time_machine.travel(now + passed, tick=False):
            answer = refresh()
            assert answer.status_code == 200
            assert set(answer.json) == {"access"}
            header = {"Authorization": f"Bearer {answer.json['access']}"}
            assert call().get(f"{AUTH}profile/", headers=header).status_code == 200
            old = call().get(f"{AUTH}profile/", headers={"Authorization": f"Bearer {tokens['access']}"})
            assert refusal(old, 401)
    with time_machine.travel(now + timedelta(days=30, seconds=5), tick=False):
        assert refusal(refresh(), 401)["detail"]


def test_a_refresh_with_anything_else_is_a_401(call: Call) -> None:
    sign_up(call)
    access = log_in(call()).json["tokens"]["access"]
    for token in ("nonsense", "a.b.c", access):
        body = refusal(call().post(f"{AUTH}jwt/refresh/", {"refresh": token}), 401)
        assert body["detail"] and body["message"]
    assert list(refusal(call().post(f"{AUTH}jwt/refresh/", {}), 400)["details"]) == ["refresh"]


@pytest.mark.parametrize("by", ["access", "refresh"])
def test_logging_out_ends_the_session_of_whatever_token_is_sent(call: Call, by: str) -> None:
    sign_up(call)
    tokens, others = (log_in(call()).json["tokens"] for _ in range(2))
    header = {"Authorization": f"Bearer {tokens['access']}"}
    sent: dict[str, Any] = {"headers": header} if by == "access" else {"json": {"refresh": tokens["refresh"]}}
    answer = call()("POST", f"{AUTH}logout/", **sent)
    assert (answer.status_code, answer.data) == (204, b"")
    assert call().get(f"{AUTH}profile/", headers=header).status_code == 401
    assert call().post(f"{AUTH}jwt/refresh/", {"refresh": tokens["refresh"]}).status_code == 401
    assert call().post(f"{AUTH}jwt/refresh/", {"refresh": others["refresh"]}).status_code == 200


def test_logging_out_without_a_token_or_with_a_dead_one_is_a_204_all_the_same(call: Call) -> None:
    assert call().post(f"{AUTH}logout/").status_code == 204
    dead = {"Authorization": "Bearer nonsense"}
    assert call()("POST", f"{AUTH}logout/", headers=dead, json={"refresh": None}).status_code == 204


# Links of mails


def test_the_mailed_link_activates_once_and_only_for_its_account(call: Call) -> None:
    sign_up(call)
    user, other = account_of(), factories.make_user(is_verified=False)
    token, uid = verification_token(user), str(user.uuid)
    path = f"{AUTH}users/activation/"
    wrong = refusal(call().post(path, {"uid": str(other.uuid), "token": token}), 400)
    assert wrong["uid"] == wrong["details"]["uid"] == ["This link belongs to another account."]
    wrong = refusal(call().post(path, {"uid": uid, "token": "nonsense"}), 400)
    assert wrong["token"] == ["Invalid verification token"] and wrong["detail"]
    order_id = factories.make_order(factories.make_simple_event(), buyer_email=user.email).id
    answer = call().post(path, {"uid": uid, "token": token})
    assert (answer.status_code, answer.data) == (204, b"")
    assert account_of().is_email_verified
    assert db.session.get_one(Order, order_id).user_id is None
    assert "token" in refusal(call().post(path, {"uid": uid, "token": token}), 400)


def test_asking_for_links_answers_the_same_whether_there_is_such_an_account(call: Call) -> None:
    sign_up(call)
    for path in ("users/resend_activation/", "users/reset_password/", "password/reset/"):
        for email in ("ama@example.org", "nobody@example.org", "no address"):
            answer = call().post(f"{AUTH}{path}", {"email": email})
            assert (answer.status_code, answer.data) == (204, b"")
    assert len(mailed_tokens(account_of(), TokenPurpose.VERIFY_EMAIL)) == 2
    assert [job.payload["front_end"] for job in queued(JobName.MAIL_RESET_PASSWORD)] == ["cafa", "cafa"]
    assert refusal(call().post(f"{AUTH}users/reset_password/", {}), 400)["email"]


@pytest.mark.parametrize("path", ["users/reset_password_confirm/", "password/reset/confirm/"])
def test_a_forgotten_password_is_set_anew_by_what_the_link_holds(call: Call, path: str) -> None:
    sign_up(call)
    old = log_in(call()).json["tokens"]
    call().post(f"{AUTH}users/reset_password/", {"email": "ama@example.org"})
    user = account_of()
    sent = {"uid": str(user.uuid), "token": reset_token(user), "new_password": NEW_PASSWORD}
    for name, value in (("uid", "7"), ("token", "nonsense"), ("new_password", "1234")):
        body = refusal(call().post(f"{AUTH}{path}", {**sent, name: value}), 400)
        assert body[name] == body["details"][name]
    weak = refusal(call().post(f"{AUTH}{path}", {**sent, "new_password": "kente cloth"}), 400)
    assert weak["new_password"] == [NO_CAPITAL, NO_DIGIT]
    answer = call().post(f"{AUTH}{path}", sent)
    assert (answer.status_code, answer.data) == (204, b"")
    assert log_in(call(), password=NEW_PASSWORD).status_code == 200
    assert refusal(log_in(call()), 401)
    assert call().post(f"{AUTH}jwt/refresh/", {"refresh": old["refresh"]}).status_code == 401


def test_a_session_of_this_surface_is_listed_as_its_own(call: Call, client: FlaskClient) -> None:
    sign_up(call)
    log_in(call())
    row = db.session.query(UserSession).one()
    assert (row.surface, row.expires_at - row.created_at) == ("api_v1", timedelta(days=30))
