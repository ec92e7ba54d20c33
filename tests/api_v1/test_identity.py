"""The identity check through the second API's door: a verified address is all it takes, and no picture is kept."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from config import Settings
from easyticket.db import db
from easyticket.http.tokens import make_tokens
from easyticket.services import identity
from easyticket.services.identity import VERIFY_FIRST
from tests import factories
from tests.api_v1.conftest import Caller, open_session
from tests.api_v1.test_accounts import AUTH, refusal
from tests.fixtures.database import application_on
from tests.servers.databases import Databases

Call = Callable[..., Caller]
pytestmark = pytest.mark.usefixtures("db_session")

CHECK = f"{AUTH}verification/"
DATA_KEYS = set(
    "verification_status verification_submitted_at verified_at verification_notes is_organizer id_document selfie_image "
    "next_step can_create_events".split()
)
UPLOADS = [("upload-id/", "id_document"), ("upload-selfie/", "selfie_image")]


def picture(pixels: int = 30, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.frombytes("RGB", (pixels, pixels), os.urandom(pixels * pixels * 3)).save(file, kind)
    return file.getvalue()


def upload(caller: Caller, path: str, part: str, content: bytes, name: str = "me.png") -> Any:
    file = FileStorage(io.BytesIO(content), name)
    boundary, body = encode_multipart({part: file})
    return caller(
        "POST", f"{CHECK}{path}", data=body, content_type=f"multipart/form-data; boundary={boundary}"
    )


def test_a_verified_address_is_a_verified_person(call: Call) -> None:
    user = factories.make_user()
    answer = call(user).get(f"{CHECK}status/")
    assert (answer.status_code, answer.json["success"], set(answer.json["data"])) == (200, True, DATA_KEYS)
    data = answer.json["data"]
    assert data["verified_at"] == data["verification_submitted_at"]
    assert data["verified_at"].endswith("Z")
    assert (data["verification_status"], data["next_step"], data["verification_notes"]) == (
        "verified",
        None,
        "",
    )
    assert data["is_organizer"] is data["can_create_events"] is True


@pytest.mark.parametrize(("path", "part"), UPLOADS)
def test_pictures_are_looked_at_and_nothing_of_them_is_kept(
    call: Call, settings: Settings, path: str, part: str
) -> None:
    caller = call(factories.make_user())
    before = sorted(settings.storage_dir.rglob("*"))
    large = picture(1_500)
    assert 6_000_000 < len(large) < 10 * 1024 * 1024
    for content in (picture(), large):
        answer = upload(caller, path, part, content)
        assert answer.status_code == 200
        assert (answer.json["success"], answer.json["data"]["verification_status"]) == (True, "verified")
        assert {"message", "data"} < set(answer.json)
        assert {"verified_at", "can_create_events", "is_organizer", "id_document_url", "next_step"} < set(
            answer.json["data"]
        )
    assert sorted(settings.storage_dir.rglob("*")) == before
    for content, name, words in (
        (b"<svg/>", "me.png", "valid image"),
        (b"GIF89a", "me.gif", "not allowed"),
        (large + bytes(4 * 1024 * 1024), "me.png", "larger than 10 MB"),
        (bytes(20 * 1024 * 1024), "me.png", "larger than 10 MB"),
    ):
        body = refusal(upload(caller, path, part, content, name), 400)
        assert words in body["details"][part][0]
        assert body["success"] is False
    assert refusal(upload(caller, path, part, bytes(21 * 1024 * 1024)), 413)
    assert part in refusal(caller.post(f"{CHECK}{path}", {}), 400)["details"]


@pytest.mark.parametrize(("path", "part"), UPLOADS)
def test_who_has_not_verified_the_address_is_told_to_do_that_instead(
    call: Call, path: str, part: str
) -> None:
    caller = call(factories.make_user(is_verified=False))
    data = caller.get(f"{CHECK}status/").json["data"]
    # No next step: clients would go on to an upload, which is refused.
    assert (data["verification_status"], data["next_step"]) == ("not_started", None)
    assert data["verification_notes"] == VERIFY_FIRST
    assert data["is_organizer"] is data["can_create_events"] is False
    assert data["verified_at"] is None
    body = refusal(upload(caller, path, part, picture()), 403)
    assert body["success"] is False
    assert body["message"] == VERIFY_FIRST


def test_nobodys_file_is_opened_for_an_account_that_is_refused_anyway(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look(_content: bytes) -> None:
        raise AssertionError("it was opened")

    monkeypatch.setattr(identity, "check_picture", look)
    refusal(upload(call(factories.make_user(is_verified=False)), *UPLOADS[0], picture()), 403)


def test_sixty_requests_with_pictures_an_hour_are_enough_for_one_account(
    databases: Databases, migrated_database: str, tmp_path: Path
) -> None:
    address = databases.new(template=migrated_database)
    with application_on(address, tmp_path, RATELIMIT_ENABLED="true") as app:
        with app.app_context():
            users = [factories.make_user() for _ in range(2)]
            tokens = [make_tokens(user, open_session(user)) for user in users]
            db.session.remove()
        caller, other = (Caller(app.test_client(), each) for each in tokens)
        content = picture()
        statuses = [upload(caller, *UPLOADS[number % 2], content).status_code for number in range(60)]
        assert statuses == [200] * 60
        told = upload(caller, *UPLOADS[0], content)
        assert told.headers["X-RateLimit-Limit"] == "60"
        assert refusal(told, 429)
        # All doors that take pictures count together, and what comes without one is not counted.
        form = {"profile_image": (io.BytesIO(content), "me.png")}
        assert caller("PATCH", f"{AUTH}profile/", data=form).status_code == 429
        assert caller.post("/api/events/", {"title": "Night of Drums"}).status_code != 429
        assert caller.patch(f"{AUTH}profile/", {"bio": "Drums"}).status_code == 200
        assert upload(other, *UPLOADS[0], content).status_code == 200


@pytest.mark.parametrize("is_verified", [True, False])
def test_beginning_again_says_where_the_account_stands(call: Call, is_verified: bool) -> None:
    answer = call(factories.make_user(is_verified=is_verified)).post(f"{CHECK}retry/")
    assert (answer.status_code, answer.json["success"], set(answer.json["data"])) == (200, True, DATA_KEYS)
    expected = "verified" if is_verified else "not_started"
    assert (answer.json["data"]["verification_status"], bool(answer.json["message"])) == (expected, True)
    assert refusal(call().post(f"{CHECK}retry/"), 401)
