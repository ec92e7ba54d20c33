"""What every request to the API meets before an operation sees it: errors in one shape, sizes, types, pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests import factories
from tests.api.conftest import Caller
from tests.web.buying import sign_in

Call = Callable[..., Caller]
pytestmark = pytest.mark.usefixtures("db_session")

PATH = "/api/events/categories/"


def assert_refused(answer: TestResponse, status: int, sentence: str, code: str) -> None:
    assert answer.status_code == status
    assert answer.mimetype == "application/json"
    assert {"error", "detail", "field_errors", "code"} <= set(answer.json)
    assert (answer.json["error"], answer.json["code"]) == (sentence, code)
    assert isinstance(answer.json["field_errors"], dict)


def test_an_unknown_path_and_a_wrong_method_are_refused_in_the_shape_of_the_api(call: Call) -> None:
    assert_refused(call().get("/api/nothing/"), 404, "Not found.", "not_found")
    assert_refused(call().get("/api/"), 404, "Not found.", "not_found")
    assert_refused(call().get("/api"), 404, "Not found.", "not_found")
    answer = call().delete(PATH)
    assert_refused(answer, 405, 'Method "DELETE" not allowed.', "method_not_allowed")
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


def test_pages_keep_their_own_errors(call: Call) -> None:
    assert call().get("/apis/").mimetype == "text/html"


def test_nobody_is_told_how_to_sign_in(call: Call) -> None:
    answer = call().post(PATH, {})
    assert_refused(answer, 401, "Authentication credentials were not provided.", "not_authenticated")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_bad_token_is_refused_also_where_none_is_needed(call: Call) -> None:
    answer = call().get(PATH, headers={"Authorization": "Bearer nonsense"})
    assert (answer.status_code, answer.json["code"]) == (401, "token_not_valid")


def test_a_stale_cookie_is_nobody_where_nobody_is_needed(call: Call) -> None:
    caller = call()
    caller.client.set_cookie("access_token", "stale")
    assert caller.get(PATH).status_code == 200
    assert caller.post(PATH, {}).json["code"] == "token_not_valid"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"{", "JSON parse error - "),
        (b"\xff\xfe", "JSON parse error - "),
        (b"\x0b", "JSON parse error - "),
        (b'{"name": NaN}', "JSON parse error - "),
        (b"[" * 100_000, "JSON parse error - "),
        (b'{"name": ' + b"9" * 5000 + b"}", "JSON parse error - "),
        (b"[]", "Invalid data. Expected a dictionary, but got list."),
        (b'"x"', "Invalid data. Expected a dictionary, but got str."),
        (b'{"name": "a\\u0000b"}', "Null characters are not allowed."),
        (b'{"name": "\\ud800"}', "The text holds half a character."),
        (b'{"name": {"deep": "\\u0000"}}', "Null characters are not allowed."),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_in_words(call: Call, content: bytes, sentence: str) -> None:
    staff = call(factories.make_staff())
    answer = staff.post(PATH, data=content, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json["error"].startswith(sentence)


def test_a_body_of_another_type_is_refused(call: Call) -> None:
    answer = call(factories.make_staff()).post(PATH, data="name=x", content_type="text/plain")
    assert_refused(answer, 415, 'Unsupported media type "text/plain" in request.', "unsupported_media_type")


def test_json_above_a_megabyte_is_refused_whether_it_says_its_size_or_not(call: Call) -> None:
    staff = call(factories.make_staff())
    huge = b'{"name": "' + b"x" * 1_100_000 + b'"}'
    answer = staff.post(PATH, data=huge, content_type="application/json")
    assert_refused(answer, 413, "The request is too large.", "too_large")


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_forms_are_taken_where_json_is(call: Call, content_type: str) -> None:
    answer = call(factories.make_staff()).post(
        PATH, data={"name": "Music", "is_active": "False"}, content_type=content_type
    )
    assert (answer.status_code, answer.json["is_active"]) == (201, False)


def test_every_wrong_field_is_named_at_once(call: Call) -> None:
    answer = call(factories.make_staff()).post(PATH, {"slug": [], "is_active": "perhaps", "unknown": 1})
    assert answer.json["field_errors"] == {
        "name": ["This field is required."],
        "slug": ["Not a valid string."],
        "is_active": ["Must be a valid boolean."],
    }


def test_a_fault_says_nothing_of_the_inside(call: Call, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down() -> Any:
        raise ZeroDivisionError("the secret inside")

    monkeypatch.setitem(app.view_functions, "api_categories.list_categories", _public(break_down))
    monkeypatch.setitem(app.config, "TESTING", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = call().get(PATH)
    assert answer.status_code == 500
    assert answer.json["code"] == "server_error"
    assert "secret" not in answer.get_data(as_text=True)


def _public(view: Callable[[], Any]) -> Callable[[], Any]:
    from easyticket.http.auth import token_optional

    return token_optional(view)


def test_pages_hold_twenty_and_a_hundred_at_most_and_keep_their_filters(call: Call) -> None:
    for number in range(105):
        factories.make_category(name=f"Category {number:03}")
    first = call().get(f"{PATH}?page=1&x=a%20b").json
    assert (first["count"], len(first["results"]), first["previous"]) == (105, 20, None)
    assert first["next"] == f"http://tickets.example{PATH}?x=a+b&page=2"
    hundred = call().get(f"{PATH}?page_size=1000").json
    assert (len(hundred["results"]), hundred["next"]) == (
        100,
        f"http://tickets.example{PATH}?page=2&page_size=100",
    )
    assert len(call().get(f"{PATH}?page=2&page_size=100").json["results"]) == 5
    assert len(call().get(f"{PATH}?page=&page_size=nonsense").json["results"]) == 20


@pytest.mark.parametrize("page", ["0", "-1", "2", "x", "1.5", "9" * 30, "%00", "²"])
def test_a_page_that_is_not_there_is_not_found(call: Call, page: str) -> None:
    factories.make_category()
    answer = call().get(f"{PATH}?page={page}")
    assert answer.status_code in (400, 404)
    assert answer.json["error"] in ("Invalid page.",) or page == "%00"


def test_the_cookie_of_the_pages_counts_for_nothing_here(call: Call) -> None:
    staff = factories.make_staff()
    caller = call()
    sign_in(caller.client, staff)
    assert caller.post(PATH, {"name": "Music"}).status_code == 401


def test_an_empty_body_that_says_it_is_json_is_an_empty_object(call: Call) -> None:
    staff = call(factories.make_staff())
    answer = staff.post(PATH, data=b"", content_type="application/json")
    assert answer.json["field_errors"] == {"name": ["This field is required."]}


def test_what_a_form_leaves_blank_is_null_or_not_said(call: Call) -> None:
    event = factories.make_simple_event()
    organizer = call(event.organizer)
    path = f"/api/tickets/types/{event.ticket_types[0].uuid}/"
    read = organizer.patch(path, {"sales_end": "2030-01-01T00:00:00Z"}).json
    kept = {name: value for name, value in read.items() if not isinstance(value, list)}
    form = {name: "" if value is None else str(value) for name, value in kept.items()} | {"sales_end": ""}
    answer = organizer.put(path, None, data=form)
    assert (answer.status_code, answer.json["sales_end"]) == (200, None)
    assert {**answer.json, "updated_at": 0, "sales_end": 0} == {**read, "updated_at": 0, "sales_end": 0}


@pytest.mark.parametrize("row", [1, {}])
def test_a_list_of_too_many_rows_is_refused_before_its_rows_are_looked_at(call: Call, row: Any) -> None:
    organizer = call(factories.make_organizer())
    for path, name, most in (("/api/orders/", "items", 100), ("/api/tickets/types/", "tiers", 500)):
        answer = organizer.post(path, {name: [row] * (most + 1)})
        told = [f"Ensure this field has no more than {most} elements."]
        assert answer.json["field_errors"][name] == told
        assert not any(field.startswith(f"{name}.") for field in answer.json["field_errors"])


def test_no_more_than_fifty_wrong_fields_are_named(call: Call) -> None:
    answer = call(factories.make_organizer()).post("/api/tickets/types/", {"tiers": [{}] * 500})
    assert len(answer.json["field_errors"]) == 50
    assert len(answer.data) < 10_000


@pytest.mark.parametrize("number", ["1e999999999", "-1e999999999", "1e-999999999", "0e999999999", "-0e99"])
def test_a_number_with_an_exponent_nobody_writes_is_no_number(call: Call, number: str) -> None:
    event = factories.make_event()
    organizer, path = call(event.organizer), f"/api/events/{event.slug}/"
    for name in ("venue_latitude", "venue_longitude", "base_price", "total_capacity"):
        for written in (f'"{number}"', number):
            body = f'{{"{name}": {written}}}'
            answer = organizer.patch(path, None, data=body, content_type="application/json")
            assert (answer.status_code, list(answer.json["field_errors"])) == (400, [name])
