"""Tokens and their cookies: what proves who is asking, how it is renewed, and everything that ends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import jwt
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from easyticket.core import clock
from easyticket.db import db, transaction
from easyticket.models import User, UserSession
from easyticket.services.sessions import sign_out_everywhere
from tests import factories
from tests.api.conftest import Caller
from tests.factories import PASSWORD

Call = Callable[..., Caller]
pytestmark = pytest.mark.usefixtures("db_session")

PATH = "/api/auth/"
SHOP = "https://shop.example"
FOREIGN = "https://evil.example"
EMPTIED = {"access_token": ("", "0"), "refresh_token": ("", "0")}


@pytest.fixture
def user() -> User:
    """Somebody who may sign in."""
    return factories.make_user(email="ama@example.org")


@pytest.fixture
def change_settings(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Call it to run the rest of the test with other settings."""
    settings = app.config["SETTINGS"]

    def change(**values: Any) -> None:
        monkeypatch.setitem(app.config, "SETTINGS", replace(settings, **values))

    return change


def log_in(caller: Caller, email: str = "ama@example.org") -> dict[str, Any]:
    """Sign in; the caller keeps the cookies, as a browser does."""
    answer = caller.post(f"{PATH}login/", {"email": email, "password": PASSWORD})
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json
    return told


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def profile_status(caller: Caller, token: str = "") -> int:
    """Return how the profile answers to a token, or to whatever cookies the caller has."""
    return caller.get(f"{PATH}profile/", headers=bearer(token) if token else {}).status_code


def refresh(call: Call, token: str) -> TestResponse:
    return call().post(f"{PATH}token/refresh/", {"refresh": token})


def cookies_of(answer: TestResponse) -> dict[str, tuple[str, str]]:
    """Return the value and the age of each cookie that is set."""
    found = {}
    for header in answer.headers.getlist("Set-Cookie"):
        name, value, *_ = (*header.partition(";")[0].partition("=")[::2],)
        found[name] = (value, header.partition("Max-Age=")[2].partition(";")[0])
    return found


def claims_of(app: Flask, token: str) -> dict[str, Any]:
    options = {"verify_exp": False, "verify_iss": False}
    claims: dict[str, Any] = jwt.decode(token, app.config["JWT_SECRET_KEY"], ["HS256"], options=options)
    return claims


def assert_bad_token(answer: TestResponse, sentence: str) -> None:
    assert answer.status_code == 401
    assert answer.json == {
        "error": sentence,
        "detail": sentence,
        "field_errors": {},
        "code": "token_not_valid",
    }
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'


# Cookies


def test_signing_in_sets_both_tokens_as_cookies_no_script_can_read(call: Call, user: User) -> None:
    caller = call()
    answer = caller.post(f"{PATH}login/", {"email": user.email, "password": PASSWORD})
    headers = {header.partition("=")[0]: header for header in answer.headers.getlist("Set-Cookie")}
    assert set(headers) == {"access_token", "refresh_token"}
    assert cookies_of(answer) == {
        "access_token": (answer.json["access"], "300"),
        "refresh_token": (answer.json["refresh"], "604800"),
    }
    for header in headers.values():
        attributes = {part.strip().partition("=")[0] for part in header.split(";")[1:]}
        assert attributes - {"Expires", "Max-Age"} == {"HttpOnly", "Path", "SameSite"}
        assert "Path=/;" in f"{header};" and "SameSite=Lax" in header
    assert profile_status(caller) == 200


def test_a_strangers_page_signs_no_browser_in(call: Call, user: User) -> None:
    caller = call()
    answer = caller.post(
        "/api/auth/login/",
        {"email": user.email, "password": PASSWORD},
        headers={"Origin": "https://evil.example"},
    )
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_over_https_the_cookies_are_sent_over_nothing_else(
    call: Call, user: User, change_settings: Callable[..., None]
) -> None:
    change_settings(public_url="https://tickets.example")
    caller = call()
    tokens = log_in(caller)
    answers = [
        caller.post(f"{PATH}login/", {"email": user.email, "password": PASSWORD}),
        caller.post(f"{PATH}token/refresh/", {"refresh": tokens["refresh"]}),
        caller.post(f"{PATH}logout/", {"refresh": tokens["refresh"]}, headers=bearer(tokens["access"])),
    ]
    for answer in answers:
        assert answer.status_code == 200
        headers = answer.headers.getlist("Set-Cookie")
        assert len(headers) == 2
        assert all("Secure" in header.split("; ") for header in headers)


def test_the_header_beats_the_cookie(call: Call, user: User) -> None:
    other = factories.make_user()
    caller = call()
    log_in(caller)
    header = call(other).tokens
    assert header is not None
    answer = caller.get(f"{PATH}profile/", headers=bearer(header.access))
    assert answer.json["email"] == other.email


@pytest.mark.parametrize("stale", ["", "stale", "a.b.c", "\x7f"])
def test_a_stale_cookie_does_no_harm_beside_a_good_header(call: Call, user: User, stale: str) -> None:
    caller = call(user)
    caller.client.set_cookie("access_token", stale)
    assert profile_status(caller) == 200


def test_a_stale_header_is_not_saved_by_a_good_cookie(call: Call, user: User) -> None:
    caller = call()
    log_in(caller)
    assert_bad_token(
        caller.get(f"{PATH}profile/", headers=bearer("stale")), "Given token not valid for any token type"
    )


@pytest.mark.parametrize("header", ["Bearer stale", "Bearer ", "Basic YTpi", "Token x"])
def test_who_signs_up_or_in_need_not_throw_away_old_credentials_first(
    call: Call, user: User, header: str
) -> None:
    caller = call()
    tokens = log_in(caller)
    headers = {"Authorization": header}
    caller.client.set_cookie("access_token", "stale")
    bodies: dict[str, dict[str, str]] = {
        "signup/": {"email": "new@example.org", "password": PASSWORD, "password_confirm": PASSWORD},
        "login/": {"email": user.email, "password": PASSWORD},
        "resend-verification/": {"email": user.email},
        "token/refresh/": {"refresh": tokens["refresh"]},
    }
    for path, body in bodies.items():
        assert caller.post(f"{PATH}{path}", body, headers=headers).status_code in (200, 201)
    refused = caller.post(f"{PATH}verify-email/", {"token": "x"}, headers=headers)
    assert refused.status_code == 400


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://tickets.example"}, 200),
        ({"Origin": SHOP}, 200),
        ({"Origin": FOREIGN}, 403),
        ({"Referer": f"{FOREIGN}/page"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_cookies_change_something_only_for_pages_that_may_use_them(
    call: Call, user: User, change_settings: Callable[..., None], headers: dict[str, str], status: int
) -> None:
    change_settings(cors_origins=(SHOP,))
    caller = call()
    log_in(caller)
    answers = [
        caller.patch(f"{PATH}profile/", {"first_name": "Kofi"}, headers=headers),
        caller.post(f"{PATH}token/refresh/", headers=headers),
        caller.post(f"{PATH}logout/", headers=headers),
    ]
    assert [answer.status_code for answer in answers] == [status] * 3
    if status == 403:
        assert {answer.json["code"] for answer in answers} == {"origin_not_allowed"}
        assert caller.get(f"{PATH}profile/", headers=headers).json["first_name"] == "Ama"


def test_with_a_header_or_a_token_in_the_body_no_page_is_asked_for(call: Call, user: User) -> None:
    tokens = log_in(call())
    caller, foreign = call(), {"Origin": FOREIGN}
    own = {**foreign, **bearer(tokens["access"])}
    assert caller.patch(f"{PATH}profile/", {"first_name": "Kofi"}, headers=own).status_code == 200
    body = {"refresh": tokens["refresh"]}
    assert caller.post(f"{PATH}token/refresh/", body, headers=foreign).status_code == 200
    assert caller.post(f"{PATH}logout/", body, headers=own).status_code == 200


# Renewing


@pytest.mark.parametrize(
    "way", ["json", "form", "multipart", "cookie", "cookie and empty json", "empty text"]
)
def test_a_pair_is_renewed_however_the_refresh_token_is_sent(call: Call, user: User, way: str) -> None:
    caller = call()
    body = {"refresh": log_in(caller)["refresh"]}
    ways: dict[str, dict[str, Any]] = {
        "json": {"json": body},
        "form": {"data": body},
        "multipart": {"data": body, "content_type": "multipart/form-data"},
        "cookie": {},
        "cookie and empty json": {"json": {}},
        "empty text": {"json": {"refresh": ""}},
    }
    if "cookie" not in way and way != "empty text":
        caller = call()
    answer = caller("POST", f"{PATH}token/refresh/", **ways[way])
    assert answer.status_code == 200
    assert set(answer.json) == {"access", "refresh"}
    assert cookies_of(answer) == {
        "access_token": (answer.json["access"], "300"),
        "refresh_token": (answer.json["refresh"], "604800"),
    }
    assert profile_status(call(), answer.json["access"]) == 200


def test_the_older_and_the_newer_refresh_token_both_stay_good(call: Call, user: User) -> None:
    first = log_in(call())
    second = refresh(call, first["refresh"]).json
    for token in (first["refresh"], second["refresh"], first["refresh"]):
        assert refresh(call, token).status_code == 200
    assert profile_status(call(), first["access"]) == 200


def test_a_session_that_is_renewed_goes_on_and_one_that_is_not_ends_after_a_week(
    call: Call, user: User
) -> None:
    start = clock.now()
    with time_machine.travel(start, tick=False) as machine:
        kept, left = log_in(call()), log_in(call())
        machine.shift(timedelta(days=6, hours=23))
        kept = refresh(call, kept["refresh"]).json
        machine.shift(timedelta(hours=2))
        assert_bad_token(refresh(call, left["refresh"]), "Token is invalid")
        assert profile_status(call(), kept["access"]) == 401
        renewed = refresh(call, kept["refresh"])
        assert renewed.status_code == 200
        assert profile_status(call(), renewed.json["access"]) == 200


def test_an_access_token_is_good_for_five_minutes(call: Call, user: User) -> None:
    with time_machine.travel(clock.now(), tick=False) as machine:
        token = log_in(call())["access"]
        machine.shift(timedelta(minutes=4, seconds=59))
        assert profile_status(call(), token) == 200
        machine.shift(timedelta(seconds=2))
        answer = call().get(f"{PATH}profile/", headers=bearer(token))
        assert_bad_token(answer, "Given token not valid for any token type")


def test_nothing_is_renewed_without_a_refresh_token(call: Call) -> None:
    answer = call().post(f"{PATH}token/refresh/", {})
    assert answer.status_code == 400
    assert answer.json["field_errors"] == {"refresh": ["This field is required."]}


# What is no good


@pytest.mark.parametrize(
    "forged", ["other type", "tampered", "unsigned", "other key", "nonsense", "half", "no session"]
)
def test_a_forged_token_proves_nothing(app: Flask, call: Call, user: User, forged: str) -> None:
    tokens = log_in(call())

    def forge(kind: str) -> str:
        token = tokens[kind]
        claims = claims_of(app, token)
        header, payload, signature = token.split(".")
        other = {"access": tokens["refresh"], "refresh": tokens["access"]}[kind]
        key = app.config["JWT_SECRET_KEY"]
        without_session = {name: value for name, value in claims.items() if name != "session"}
        return {
            "other type": other,
            "tampered": f"{header}.{other.split('.')[1]}.{signature}",
            "unsigned": jwt.encode(claims, None, algorithm="none"),
            "other key": jwt.encode(claims, b"another key of thirty-two bytes!", algorithm="HS256"),
            "nonsense": "nonsense",
            "half": f"{header}.{payload}.",
            "no session": jwt.encode(without_session, key, algorithm="HS256"),
        }[forged]

    answer = call().get(f"{PATH}profile/", headers=bearer(forge("access")))
    assert_bad_token(answer, "Given token not valid for any token type")
    renewed = refresh(call, forge("refresh"))
    assert (renewed.status_code, renewed.json["code"]) == (401, "token_not_valid")
    assert "Set-Cookie" not in renewed.headers


@pytest.mark.parametrize("end", ["closed", "deleted", "gone", "signed out everywhere"])
def test_the_tokens_of_an_account_that_may_not_sign_in_any_more_end_at_once(
    call: Call, user: User, end: str
) -> None:
    tokens = log_in(call())
    db.session.expire_all()
    if end == "signed out everywhere":
        sign_out_everywhere(user=user, now=clock.now())
    with transaction() as session:
        if end == "closed":
            user.is_active = False
        if end == "deleted":
            user.deleted_at = clock.now()
        if end == "gone":
            session.execute(sa.delete(UserSession))
            session.execute(sa.delete(User).where(User.id == user.id))
    assert profile_status(call(), tokens["access"]) == 401
    assert_bad_token(refresh(call, tokens["refresh"]), "Token is blacklisted")


# Signing out


@pytest.mark.parametrize("way", ["body", "cookie", "form"])
def test_signing_out_ends_all_tokens_of_the_session_together(call: Call, user: User, way: str) -> None:
    caller, elsewhere = call(), call()
    first, other = log_in(caller), log_in(elsewhere)
    second = caller.post(f"{PATH}token/refresh/").json
    sent: dict[str, Any] = {
        "body": {"json": {"refresh": second["refresh"]}},
        "cookie": {},
        "form": {"data": {"refresh": first["refresh"]}},
    }[way]
    if way != "cookie":
        caller = call()
    answer = caller("POST", f"{PATH}logout/", headers=bearer(first["access"]), **sent)
    assert (answer.status_code, answer.json) == (200, {"message": "Logout successful"})
    assert cookies_of(answer) == EMPTIED
    assert all("Path=/" in header for header in answer.headers.getlist("Set-Cookie"))
    for pair in (first, second):
        assert profile_status(call(), pair["access"]) == 401
        assert_bad_token(refresh(call, pair["refresh"]), "Token is blacklisted")
    assert profile_status(elsewhere) == 200
    assert refresh(call, other["refresh"]).status_code == 200


def test_signing_out_by_cookies_alone_takes_them_away(call: Call, user: User) -> None:
    caller = call()
    log_in(caller)
    assert caller.post(f"{PATH}logout/").status_code == 200
    assert caller.client.get_cookie("access_token") is None
    assert caller.client.get_cookie("refresh_token") is None
    assert caller.get(f"{PATH}profile/").json["code"] == "not_authenticated"


def test_signing_out_needs_a_refresh_token(call: Call, user: User) -> None:
    tokens = log_in(call())
    for body in ({}, {"refresh": ""}, {"refresh": None}):
        answer = call().post(f"{PATH}logout/", body, headers=bearer(tokens["access"]))
        assert (answer.status_code, answer.json["error"]) == (400, "Refresh token is required")
        assert answer.json["field_errors"] == {}
    assert profile_status(call(), tokens["access"]) == 200


@pytest.mark.parametrize("wrong", ["nonsense", "an access token", "of another account", "ended before"])
def test_signing_out_with_a_wrong_refresh_token_ends_nothing(call: Call, user: User, wrong: str) -> None:
    tokens, earlier = log_in(call()), log_in(call())
    stranger = log_in(call(), factories.make_user().email)
    call().post(f"{PATH}logout/", {"refresh": earlier["refresh"]}, headers=bearer(earlier["access"]))
    sent = {
        "nonsense": "nonsense",
        "an access token": tokens["access"],
        "of another account": stranger["refresh"],
        "ended before": earlier["refresh"],
    }[wrong]
    answer = call().post(f"{PATH}logout/", {"refresh": sent}, headers=bearer(tokens["access"]))
    assert (answer.status_code, answer.json["error"]) == (400, "Invalid token or token already blacklisted")
    assert "Set-Cookie" not in answer.headers
    assert profile_status(call(), tokens["access"]) == 200
    assert refresh(call, stranger["refresh"]).status_code == 200


def test_signing_out_with_the_refresh_token_of_an_own_earlier_session_ends_both(
    call: Call, user: User
) -> None:
    tokens, earlier = log_in(call()), log_in(call())
    answer = call().post(f"{PATH}logout/", {"refresh": earlier["refresh"]}, headers=bearer(tokens["access"]))
    assert answer.status_code == 200
    assert [profile_status(call(), pair["access"]) for pair in (tokens, earlier)] == [401, 401]


def test_an_own_session_of_the_api_is_shown_and_ended_on_the_pages(call: Call, user: User) -> None:
    tokens = log_in(call())
    page = call().client
    page.post("/sign-in/", data={"email": user.email, "password": PASSWORD})
    sessions = page.get("/profile/sessions/").text
    assert (sessions.count("Last used"), sessions.count("In use now")) == (1, 1)
    page.post("/profile/sign-out-everywhere/")
    assert profile_status(call(), tokens["access"]) == 401
