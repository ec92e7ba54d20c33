"""What holds at every path of the Cafa Tickets API: the shape of refusals, whatever is asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from easyticket.api_v1.errors import answer_error
from easyticket.core.errors import Conflict, Invalid, invalid_field
from tests.api_v1.conftest import Caller
from tests.api_v1.world import World, purchase_body

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.mark.parametrize(
    ("method", "path", "status", "error"),
    [
        ("GET", "/api/v1/nowhere/", 404, "Not Found"),
        ("GET", "/api/v1/events/create/", 405, "Method Not Allowed"),
        ("GET", "/api/v1/tickets/purchase/", 405, "Method Not Allowed"),
        ("DELETE", "/api/v1/event-categories/", 405, "Method Not Allowed"),
        ("GET", "/api/v1/auth/profile/", 401, "Authentication Required"),
    ],
)
def test_a_refusal_has_five_keys_and_something_in_details(
    call: Callable[..., Caller], method: str, path: str, status: int, error: str
) -> None:
    answer = call()(method, path)
    assert answer.status_code == answer.json["status_code"] == status
    assert set(answer.json) == {"error", "message", "details", "status_code", "detail"}
    assert answer.json["error"] == error
    assert answer.json["details"] == {"non_field_errors": [answer.json["message"]]}


def test_a_path_without_its_slash_is_redirected_with_its_method(call: Callable[..., Caller]) -> None:
    answer = call().post("/api/v1/auth/login", {"email": "a", "password": "b"})
    assert answer.status_code == 308
    assert answer.headers["Location"].endswith("/api/v1/auth/login/")


def test_what_is_wrong_within_a_field_stands_under_the_field_too(call: Callable[..., Caller]) -> None:
    body = purchase_body(world := World())
    send = call(world.consumer)
    del body["attendee_info"]["email"]
    answer = send.post("/api/v1/tickets/purchase/", body)
    assert answer.status_code == 400
    assert answer.json["details"] == {
        "attendee_info.email": ["This field is required."],
        "attendee_info": ["email: This field is required."],
    }
    assert answer.json["detail"] == "attendee_info.email: This field is required."


def test_what_is_wrong_with_fields_stands_in_details_under_one_sentence(app: Flask) -> None:
    with app.test_request_context("/api/v1/"):
        answer, status, _ = answer_error(400, invalid_field("title", "Too short."), {})
        assert (status, answer.json["message"]) == (400, "The data provided is invalid")
        assert answer.json["details"] == {"title": ["Too short."]}
        assert answer.json["detail"] == "title: Too short."
        answer, status, _ = answer_error(409, Conflict("Sold out.", context={"left": 0}), {})
        assert (status, answer.json["message"], answer.json["left"]) == (400, "Sold out.", 0)
        _, status, _ = answer_error(400, Invalid("No.", code="invalid_credentials"), {})
        assert status == 401
