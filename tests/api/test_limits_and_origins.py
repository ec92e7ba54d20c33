"""Rate limits with their headers, front ends of other origins, and pages of strangers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from easyticket.db import db
from easyticket.http.api_limits import ANONYMOUS, SIGN_IN
from easyticket.http.tokens import make_tokens
from tests import factories
from tests.api.conftest import open_session
from tests.fixtures.database import application_on
from tests.servers.databases import Databases

SHOP = "https://shop.example"
PATH = "/api/events/categories/"


@pytest.fixture(scope="module")
def limited_app(
    databases: Databases, migrated_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The application with rate limits, and a front end of its own."""
    address = databases.new(template=migrated_database)
    folder = tmp_path_factory.mktemp("limited")
    with application_on(address, folder, RATELIMIT_ENABLED="true", CORS_ORIGINS=SHOP) as app:
        yield app


@pytest.fixture
def visitor(limited_app: Flask, request: pytest.FixtureRequest) -> FlaskClient:
    """Somebody at an address of their own."""
    client = limited_app.test_client()
    number = abs(hash(request.node.name)) % 250
    client.environ_base["REMOTE_ADDR"] = f"203.0.113.{number}"
    return client


def staff_token(app: Flask) -> str:
    with app.app_context():
        staff = factories.make_staff()
        token = make_tokens(staff, open_session(staff)).access
        db.session.remove()
    return token


def test_every_answer_says_what_is_left_also_that_nothing_is_there(visitor: FlaskClient) -> None:
    first, second = visitor.get(PATH), visitor.get("/api/nothing/")
    assert first.headers["X-RateLimit-Limit"] == "100"
    assert int(second.headers["X-RateLimit-Remaining"]) == int(first.headers["X-RateLimit-Remaining"]) - 1
    assert int(first.headers["X-RateLimit-Reset"]) > 1_700_000_000
    assert "Retry-After" not in first.headers


def test_pages_have_no_such_headers(visitor: FlaskClient) -> None:
    assert "X-RateLimit-Limit" not in visitor.get("/").headers


def test_after_a_hundred_requests_an_hour_nobody_is_served(visitor: FlaskClient) -> None:
    limit = int(ANONYMOUS.text.split()[0])
    answers = [visitor.get("/api/nothing/") for _ in range(limit + 1)]
    assert {answer.status_code for answer in answers[:limit]} == {404}
    refused = answers[limit]
    assert refused.status_code == 429
    assert refused.json["error"] == (
        f"Request was throttled. Expected available in {refused.headers['Retry-After']} seconds."
    )
    assert refused.json["code"] == "throttled"
    assert refused.headers["X-RateLimit-Remaining"] == "0"


def test_an_account_has_a_limit_of_its_own(limited_app: Flask, visitor: FlaskClient) -> None:
    headers = {"Authorization": f"Bearer {staff_token(limited_app)}"}
    answer = visitor.get(PATH, headers=headers)
    assert answer.headers["X-RateLimit-Limit"] == "1000"


def test_signing_in_is_counted_by_address(visitor: FlaskClient) -> None:
    limit = int(SIGN_IN.text.split()[0])
    wrong = {"email": "nobody@example.org", "password": "wrong-password"}
    statuses = [visitor.post("/api/auth/login/", json=wrong).status_code for _ in range(limit + 1)]
    assert statuses == [400] * limit + [429]


def test_a_listed_front_end_may_call_with_credentials(visitor: FlaskClient) -> None:
    asked = visitor.options(
        PATH,
        headers={
            "Origin": SHOP,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization, idempotency-key",
        },
    )
    assert asked.status_code == 200
    assert asked.headers["Access-Control-Allow-Origin"] == SHOP
    assert asked.headers["Access-Control-Allow-Credentials"] == "true"
    assert "idempotency-key" in asked.headers["Access-Control-Allow-Headers"].lower()
    assert asked.headers["Access-Control-Max-Age"] == "86400"
    answer = visitor.get("/api/nothing/", headers={"Origin": SHOP})
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP
    assert "Origin" in answer.headers["Vary"].split(", ")
    exposed = answer.headers["Access-Control-Expose-Headers"]
    assert {"X-RateLimit-Remaining", "Link", "X-Total-Count", "Retry-After"} <= set(exposed.split(", "))


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", f"{SHOP}.evil.example", "http://shop.example"]
)
def test_other_pages_may_read_nothing(visitor: FlaskClient, origin: str) -> None:
    answer = visitor.get(PATH, headers={"Origin": origin})
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 201),
        ({"Origin": "http://tickets.example"}, 201),
        ({"Origin": SHOP}, 201),
        ({"Referer": f"{SHOP}/cart"}, 201),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Referer": "https://evil.example/page"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 201),
    ],
)
def test_a_cookie_counts_only_for_pages_that_may_use_it(
    limited_app: Flask, visitor: FlaskClient, headers: dict[str, str], status: int
) -> None:
    visitor.set_cookie("access_token", staff_token(limited_app))
    answer = visitor.post(PATH, json={"name": f"Music {headers}"[:90]}, headers=headers)
    assert answer.status_code == status


def test_with_a_header_no_page_is_asked_for(limited_app: Flask, visitor: FlaskClient) -> None:
    headers = {"Origin": "https://evil.example", "Authorization": f"Bearer {staff_token(limited_app)}"}
    visitor.set_cookie("access_token", "something else")
    assert visitor.post(PATH, json={"name": "By header"}, headers=headers).status_code == 201
