"""Making, changing and deleting events through the door of the Cafa Tickets API, as its two clients' forms do it."""

from __future__ import annotations

import io
import json
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, stream_encode_multipart

from easyticket.core import clock
from easyticket.db import db
from easyticket.http.sizes import MAX_PLAIN
from easyticket.jobs.entry import drain_outbox
from easyticket.models import Event, EventStatus, User
from easyticket.rules.pictures import NO_PICTURE, TOO_MANY_PIXELS
from tests import factories
from tests.api_v1.conftest import Caller
from tests.documents.test_pictures import PAYLOAD, drawn, encoded, png_of
from tests.services.test_account_deletion import make_profile

pytestmark = pytest.mark.usefixtures("db_session")

CREATE = "/api/v1/events/create/"
START = clock.now().date() + timedelta(days=30)
PHOTO = encoded(drawn(600, 300), "JPEG")
_SMALL = "data:image/png;base64," + b64encode(encoded(drawn(), "PNG")).decode()
Call = Callable[..., Caller]
# What each client reads when the form is refused: `detail`, else `error`, else `message`, and these over them.
READ = ("detail", "error", "message", "details", "status_code")


def parts(**fields: Any) -> dict[str, Any]:
    """Return the parts of the web client's form, all of them text; a field that is None is left out."""
    types = fields.pop("types", [{"name": "Regular", "price": 50, "quantity": 80, "min_purchase": 1}])
    filled = {
        "title": "Night of Drums",
        "category_slug": "music",
        "short_description": "Twelve drummers, one long night",
        "description": "Drums from Accra to Tamale.\r\nPlayed by twelve people who have done nothing else.",
        "venue_name": "Hall 2",
        "venue_address": "4 Ring Road",
        "venue_city": "Accra",
        "venue_country": "Ghana",
        "venue_latitude": "",
        "venue_longitude": "",
        "start_date": START.isoformat(),
        "end_date": START.isoformat(),
        "start_time": "18:00",
        "end_time": "23:00:00",
        "is_recurring": "false",
        "check_in_policy": "daily_entry",
        "max_attendees": "100",
        "payment_profile_id": "",
        "is_published": "true",
        "ticket_types": types if isinstance(types, str) else json.dumps(types),
    }
    return {name: value for name, value in (filled | fields).items() if value is not None}


def sent(caller: Caller, path: str = CREATE, method: str = "POST", **fields: Any) -> TestResponse:
    """Send the form as multipart with its files."""
    return caller(method, path, data=parts(**fields), content_type="multipart/form-data")


def file(content: bytes = PHOTO, name: str = "photo.jpg") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


@pytest.fixture
def organizer() -> User:
    factories.make_category("Music")
    return factories.make_user()


@pytest.fixture
def event(organizer: User, call: Call) -> Event:
    """An event as the form makes it."""
    answer = sent(call(organizer))
    assert answer.status_code == 201, answer.json
    return db.session.get_one(Event, answer.json["id"])


def test_the_form_makes_an_event_with_pictures_which_all_doors_show(
    call: Call, client: FlaskClient, organizer: User
) -> None:
    assert call().post(CREATE, {}).status_code == 401
    caller = call(organizer)
    answer = sent(
        caller,
        featured_image=file(),
        additional_images=[file(), file(encoded(drawn(), "PNG"), "b.png")],
        recurrence_pattern=json.dumps({"frequency": "weekly", "interval": 1, "occurrences": 4}),
        is_recurring="true",
    )
    body = answer.json
    assert answer.status_code == 201
    assert (body["success"], body["slug"], body["id"]) == (True, "night-of-drums", body["data"]["id"])
    assert set(body["data"]) == {"id", "title", "slug", "is_published", "created_at", "ticket_types_created"}
    assert (body["data"]["is_published"], body["data"]["ticket_types_created"]) == (True, 1)

    page = call().get(f"/api/v1/events/{body['slug']}/").json
    assert page["featured_image"].startswith("/media/")
    assert len(page["additional_images"]) == 2
    for address in (page["featured_image"], *page["additional_images"]):
        assert client.get(address).mimetype == "image/webp"
    assert (page["start_time"], page["end_time"], page["timezone"]) == (
        "18:00:00",
        "23:00:00",
        "Africa/Accra",
    )
    assert page["recurrence_info"]["total_occurrences"] == 4
    [kind] = page["ticket_types"]
    assert (kind["price"], kind["currency"], kind["quantity"]) == ("50.00", "GHS", 80)
    assert (kind["min_purchase"], kind["max_purchase"]) == (1, 10)

    first = client.get("/api/events/night-of-drums/").json
    assert first["title"] == "Night of Drums"
    assert [each["name"] for each in first["ticket_types"]] == ["Regular"]
    assert b"Night of Drums" in client.get("/events/night-of-drums/").data
    elsewhere = factories.make_simple_event(title="Made elsewhere", organizer=organizer)
    assert call().get(f"/api/v1/events/{elsewhere.id}/").json["ticket_types"][0]["name"] == "Standard"


def test_an_unverified_account_makes_a_draft_and_json_does_as_well(call: Call) -> None:
    factories.make_category("Music")
    newcomer = factories.make_user(is_verified=False)
    body = {**parts(), "max_attendees": 100, "ticket_types": [{"name": "Free", "price": 0, "quantity": 5}]}
    body |= {"featured_image": "", "additional_images": []}
    answer = call(newcomer).post(CREATE, body)
    assert (answer.status_code, answer.json["data"]["is_published"]) == (201, False)
    assert "verify" in answer.json["message"]
    assert call().get(f"/api/v1/events/{answer.json['slug']}/").status_code == 404
    assert call(newcomer).get(f"/api/v1/events/my-events/{answer.json['slug']}/").status_code == 200


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": None}, "title"),
        ({"title": "Four"}, "title"),
        ({"description": "short"}, "description"),
        ({"category_slug": None}, "category_id"),
        ({"category_slug": "no-such"}, "category_slug"),
        ({"start_date": "soon"}, "start_date"),
        ({"start_date": "2020-01-01", "end_date": "2020-01-01"}, "start_date"),
        ({"start_time": "25:00"}, "start_time"),
        ({"end_time": "17:00"}, "end_time"),
        ({"end_date": (START - timedelta(days=1)).isoformat()}, "end_date"),
        ({"max_attendees": "many"}, "max_attendees"),
        ({"max_attendees": "0"}, "max_attendees"),
        ({"is_recurring": "true", "recurrence_pattern": "[object Object]"}, "recurrence_pattern"),
        ({"check_in_policy": "twice"}, "check_in_policy"),
        ({"payment_profile_id": "7"}, "payment_profile_id"),
        ({"venue_latitude": "91"}, "venue_latitude"),
        ({"types": "[]"}, "ticket_types"),
        ({"types": "no list"}, "ticket_types"),
        ({"types": '["Regular"]'}, "ticket_types.0"),
        ({"types": "[" * 20_000}, "ticket_types"),
        ({"types": [{"name": "Regular", "quantity": 5}]}, "ticket_types.0.price"),
        ({"types": '[{"name": "A", "price": 1e999999999, "quantity": 5}]'}, "ticket_types.0.price"),
        ({"types": [{"name": "A", "price": -1, "quantity": 5}]}, "ticket_types.0.price"),
        ({"types": [{"name": " ", "price": 1, "quantity": 5}]}, "ticket_types.0.name"),
        ({"types": [{"name": "A", "price": 1, "quantity": 101}]}, "ticket_types"),
        (
            {"types": [{"name": "A", "price": 1, "quantity": 5, "available_from": "soon"}]},
            "ticket_types.0.available_from",
        ),
        ({"featured_image": "a text"}, "featured_image"),
    ],
)
def test_a_refusal_names_the_field_where_both_clients_look(
    call: Call, organizer: User, fields: dict[str, Any], field: str
) -> None:
    answer = sent(call(organizer), **fields)
    body = answer.json
    assert answer.status_code == 400, body
    assert {*body["details"]} == {field.partition(".")[0], field}
    assert all(body[name] for name in READ)
    assert body["detail"].startswith(f"{field}: ")
    assert body["error"] == body["message"] == body["details"][field][0]
    # A row's messages are repeated under the list, which is the only key of it that clients show.
    assert body[field.partition(".")[0]][0].endswith(body["details"][field][0])
    assert db.session.scalars(sa.select(Event)).all() == []


def test_text_that_no_database_stores_is_refused_inside_json_too(call: Call, organizer: User) -> None:
    for name in ("a\\u0000b", "half \\ud800"):
        types = f'[{{"name": "{name}", "price": 1, "quantity": 5}}]'
        assert sent(call(organizer), types=types).status_code == 400


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (PAYLOAD + PHOTO, "a.jpg", NO_PICTURE),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "a.png", NO_PICTURE),
        (
            PHOTO,
            "a.svg",
            "File extension “svg” is not allowed. Allowed extensions are: jpg, jpeg, png, webp.",
        ),
        (PHOTO[: len(PHOTO) // 2], "a.jpg", NO_PICTURE),
        (png_of(30_000, 30_000, 3), "a.png", TOO_MANY_PIXELS),
        (b"", "a.jpg", "The submitted file is empty."),
    ],
)
def test_what_is_no_picture_is_refused_in_words(
    call: Call, organizer: User, content: bytes, name: str, sentence: str
) -> None:
    answer = sent(call(organizer), featured_image=file(content, name))
    assert (answer.status_code, answer.json["details"]) == (400, {"featured_image": [sentence]})
    assert answer.json["detail"] == f"featured_image: {sentence}"
    answer = sent(call(organizer), additional_images=[file(), file(content, name)])
    named = {"additional_images": [f"No. 2: {sentence}"], "additional_images.1": [sentence]}
    assert answer.json["details"] == named
    assert db.session.scalars(sa.select(Event)).all() == []


def test_the_web_clients_edit_sends_everything_back_and_changes_only_what_differs(
    call: Call, organizer: User, event: Event
) -> None:
    slug, caller = event.slug, call(organizer)
    kinds = len(event.ticket_types)
    answer = sent(caller, f"/api/v1/events/{slug}/update/", "PATCH", title="Night of Bells", types="[]")
    assert answer.status_code == 200, answer.json
    assert answer.json["event"].keys() >= {"id", "title", "slug", "updated_at"}
    assert (answer.json["slug"], answer.json["event"]["title"]) == (slug, "Night of Bells")
    shown = caller.get(f"/api/v1/events/my-events/{slug}/").json
    assert (len(shown["ticket_types"]), shown["max_attendees"]) == (kinds, 100)


def test_the_mobile_clients_edit_sends_back_what_it_read(call: Call, organizer: User, event: Event) -> None:
    caller = call(organizer)
    path = f"/api/v1/events/my-events/{event.slug}/"
    read = caller.get(path).json
    wanted = read | {
        "category_slug": read["category"]["slug"],
        "short_description": "Twelve drummers and one bell",
        "payment_profile_id": "",
        "additional_images": [],
        "ticket_types": [
            read["ticket_types"][0] | {"price": "60.00"},
            {"name": "Late", "price": 5, "quantity": 20},
        ],
    }
    answer = caller.patch(f"{path}edit/", wanted)
    assert (answer.status_code, answer.json["slug"]) == (200, event.slug), answer.json
    now = caller.get(path).json
    assert [(kind["name"], kind["price"]) for kind in now["ticket_types"]] == [
        ("Regular", "60.00"),
        ("Late", "5.00"),
    ]
    same = (
        "featured_image",
        "start_date",
        "start_time",
        "end_time",
        "check_in_policy",
        "title",
        "is_published",
    )
    assert [now[name] for name in same] == [read[name] for name in same]
    assert now["short_description"] == "Twelve drummers and one bell"
    refused = caller.patch(f"{path}edit/", {"ticket_types": [{"id": 0, "name": "x"}]})
    assert refused.json["details"].keys() == {"ticket_types", "ticket_types.0.id"}


def test_a_picture_written_in_json_is_a_new_one_and_may_be_larger_than_other_json(
    call: Call, organizer: User, event: Event
) -> None:
    caller, path = call(organizer), f"/api/v1/events/my-events/{event.slug}/"
    large = Image.effect_noise((1_300, 1_000), 90).convert("RGB")
    written = "data:image/jpeg;base64," + b64encode(encoded(large, "JPEG", quality=97)).decode()
    assert len(written) > MAX_PLAIN
    answer = caller.patch(
        f"{path}edit/", {"featured_image": written, "additional_images": [_SMALL, "/media/old.webp"]}
    )
    assert answer.status_code == 200, answer.json
    shown = caller.get(path).json
    assert shown["featured_image"].endswith("-1300x1000.webp")
    assert len(shown["additional_images"]) == 1
    for wrong in ("data:image/png;base64,AAAA", "data:image/png;base64,?"):
        refused = caller.patch(f"{path}edit/", {"featured_image": wrong})
        assert refused.json["details"] == {"featured_image": [NO_PICTURE]}
    assert caller.patch(f"{path}edit/", {"description": "x" * 9 * MAX_PLAIN}).status_code == 413


def test_new_pictures_are_added_and_the_newest_five_stay(call: Call, organizer: User, event: Event) -> None:
    caller, path = call(organizer), f"/api/v1/events/my-events/{event.slug}/"

    def after(*sizes: int) -> list[str]:
        files = [file(encoded(drawn(size, 40), "PNG"), "a.png") for size in sizes]
        form = {"additional_images": files}
        answer = caller("PATCH", f"{path}edit/", data=form, content_type="multipart/form-data")
        assert answer.status_code == 200, answer.json
        shown: list[str] = caller.get(path).json["additional_images"]
        assert call().get(f"/api/v1/events/{event.slug}/").json["additional_images"] == shown
        return [address.rpartition("-")[2] for address in shown]

    assert after(41, 42) == ["41x40.webp", "42x40.webp"]
    old = caller.get(path).json["additional_images"]
    assert after(43, 44) == ["41x40.webp", "42x40.webp", "43x40.webp", "44x40.webp"]
    assert caller.patch(f"{path}edit/", {"additional_images": old}).status_code == 200
    assert after(45, 46, 47) == [f"{size}x40.webp" for size in range(43, 48)]
    drain_outbox()
    assert [call().get(address).status_code for address in old] == [404, 404]
    kept = caller.get(path).json["additional_images"]
    assert [call().get(address).status_code for address in kept] == [200] * 5


def test_an_edit_names_its_payment_profile_or_leaves_it_and_only_null_takes_it_away(
    call: Call, organizer: User, event: Event
) -> None:
    profile = make_profile(organizer)
    caller, path = call(organizer), f"/api/v1/events/my-events/{event.slug}/"

    def shown_after(**changes: Any) -> str | None:
        answer = sent(caller, f"{path}edit/", "PATCH", types="[]", **changes)
        assert answer.status_code == 200, answer.json
        kept = caller.get(path).json["payment_profile"]
        return kept and kept["id"]

    assert shown_after(payment_profile_id=str(profile.uuid)) == str(profile.uuid)
    assert shown_after(payment_profile_id="") == shown_after(payment_profile_id=None) == str(profile.uuid)
    assert caller.patch(f"{path}edit/", {"payment_profile_id": ""}).status_code == 200
    assert caller.get(path).json["payment_profile"]["id"] == str(profile.uuid)
    assert caller.patch(f"{path}edit/", {"payment_profile_id": None}).status_code == 200
    assert caller.get(path).json["payment_profile"] is None


def test_six_pictures_of_some_megabytes_fit_into_one_form(call: Call, organizer: User) -> None:
    padded = PHOTO + bytes(1_500_000)
    files = [FileStorage(io.BytesIO(padded), f"{number}.jpg") for number in range(6)]
    whole = parts(featured_image=files[0], additional_images=files[1:])
    stream, size, boundary = stream_encode_multipart(whole, use_tempfile=False)
    assert size > 9_000_000
    form = f"multipart/form-data; boundary={boundary}"
    assert call(organizer).post(CREATE, data=stream.read(), content_type=form).status_code == 201


def test_only_the_organizer_changes_and_deletes_and_only_until_it_begins(
    call: Call, organizer: User, event: Event
) -> None:
    slug = event.slug
    stranger, caller = call(factories.make_organizer()), call(organizer)
    begun = factories.make_simple_event(organizer=organizer, start_at=clock.now() - timedelta(hours=1))
    sold = factories.make_simple_event(organizer=organizer)
    draft = factories.make_simple_event(organizer=organizer, status=EventStatus.DRAFT)
    factories.sell_places(sold.ticket_types[0].offers[0], 1)
    for method, step in (("PATCH", "update"), ("DELETE", "delete")):
        assert call()(method, f"/api/v1/events/{slug}/{step}/").status_code == 401
        assert stranger(method, f"/api/v1/events/{slug}/{step}/", json={}).status_code == 403
        assert stranger(method, f"/api/v1/events/{draft.slug}/{step}/", json={}).status_code == 404
        assert caller(method, f"/api/v1/events/{begun.id}/{step}/", json={}).status_code == 400
    refused = caller.delete(f"/api/v1/events/{sold.slug}/delete/")
    assert refused.status_code == 400
    assert {"error", "message", "suggestion"} <= refused.json.keys()
    deleted = caller.delete(f"/api/v1/events/{slug}/delete/")
    assert (deleted.status_code, deleted.json) == (200, {"message": "Event deleted."})
    assert caller.get(f"/api/v1/events/{slug}/").status_code == 404
