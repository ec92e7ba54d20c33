"""The profile through the second API's door: read and changed, with picture, password, username, address, and its end."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from easyticket.core import clock
from easyticket.db import db
from easyticket.models import EventStatus, OrderStatus, TokenPurpose, User
from easyticket.queue import JobName
from easyticket.rules.people import NO_PHONE_ABROAD
from easyticket.rules.pictures import TOO_LARGE
from easyticket.services.tickets import issue_tickets
from tests import factories
from tests.api_v1.conftest import Caller
from tests.api_v1.test_accounts import AUTH, NEW_PASSWORD, NO_CAPITAL, NO_DIGIT, log_in, refusal
from tests.factories import PASSWORD
from tests.mailed import mailed_tokens, queued
from tests.statements import counted_statements

Call = Callable[..., Caller]
pytestmark = pytest.mark.usefixtures("db_session")

PROFILE = f"{AUTH}profile/"
WORDS = "DELETE MY ACCOUNT"


def jpeg(width: int = 60) -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (width, 40), "#0a7").save(file, "JPEG")
    file.seek(0)
    return file


def again(user_id: int) -> User:
    db.session.rollback()
    return db.session.get_one(User, user_id, populate_existing=True)


def test_a_profile_has_every_key_the_clients_read(call: Call) -> None:
    user = factories.make_organizer(email="ama@example.org", username="ama_b", last_name="Boateng")
    event = factories.make_simple_event(organizer=user, price_minor=5_000)
    order = factories.make_order(event, user=user, status=OrderStatus.CONFIRMED)
    issue_tickets(order, clock.now())
    caller = call(user)
    with counted_statements() as statements:
        answer = caller.get(PROFILE)
    assert answer.status_code == 200
    body = answer.json
    assert body.pop("date_joined").endswith("Z")
    assert body == {
        "id": user.id,
        "username": "ama_b",
        "email": "ama@example.org",
        "full_name": "Ama Boateng",
        "phone_number": "",
        "is_organizer": True,
        "profile_image": None,
        "bio": "",
        "city": "",
        "country": "",
        "is_email_verified": True,
        "last_login": None,
        "settings": {
            "marketing_emails": False,
            "event_reminders": True,
            "email_notifications": True,
            "sms_notifications": False,
        },
        "stats": {
            "total_tickets_purchased": 1,
            "total_events_attended": 0,
            "events_organized": 1,
            "total_spent": 52.5,
            "account_age_days": 0,
        },
    }
    # The session with its account (the caller, once more for the limit), the account, its numbers.
    assert len(statements) <= 4


def test_an_account_of_the_first_api_is_the_same_here_and_has_a_name_to_be_called_by(call: Call) -> None:
    user = factories.make_user(is_verified=False)
    body = call(user).get(PROFILE).json
    assert (body["username"], body["is_organizer"]) == (f"user{user.id}", False)


def test_a_profile_is_changed_by_json_and_what_is_protected_stays(call: Call) -> None:
    user = factories.make_user(phone_number="12345", email="ama@example.org")
    caller = call(user)
    sent = {"full_name": "Kofi  Mensah Addo", "bio": "One\r\nTwo", "city": "Kumasi", "country": "Ghana"}
    answer = caller.patch(
        PROFILE, {**caller.get(PROFILE).json, **sent, "email": "x@example.org", "is_staff": True}
    )
    assert answer.status_code == 200
    assert answer.json["message"] == "Profile updated successfully"
    shown = answer.json["user"]
    assert shown == caller.get(PROFILE).json
    assert (shown["full_name"], shown["bio"], shown["city"]) == ("Kofi Mensah Addo", "One\nTwo", "Kumasi")
    # A short number of another surface may be sent back; a new one can be called from abroad.
    assert (shown["phone_number"], shown["email"]) == ("12345", "ama@example.org")
    assert caller.patch(PROFILE, {"phone_number": "+233 24 123 4567"}).json["user"]["phone_number"] == (
        "+233241234567"
    )
    body = refusal(caller.patch(PROFILE, {"phone_number": "0241234567"}), 400)
    assert (body["message"], body["details"]) == (NO_PHONE_ABROAD, {"phone_number": [NO_PHONE_ABROAD]})
    assert refusal(caller.patch(PROFILE, {"full_name": "A" * 51}), 400)["details"]["full_name"]
    assert caller.patch(PROFILE, {"phone_number": None}).json["user"]["phone_number"] == ""


def test_a_picture_comes_with_a_form_replaces_the_one_before_and_stays_when_it_is_sent_back(
    call: Call,
) -> None:
    caller = call(factories.make_user())

    def send(file: io.BytesIO, name: str = "profile_image.jpg") -> Any:
        # Encoded here: the test client would put a large form into a file that it leaves open.
        boundary, form = encode_multipart({"profile_image": FileStorage(file, name), "city": "Accra"})
        return caller("PATCH", PROFILE, data=form, content_type=f"multipart/form-data; boundary={boundary}")

    shown = send(jpeg()).json["user"]
    assert shown["city"] == "Accra"
    assert shown["profile_image"].startswith("/media/")
    assert caller.get(shown["profile_image"]).mimetype == "image/webp"
    second = send(jpeg(70)).json["user"]["profile_image"]
    assert second != shown["profile_image"]
    assert len(queued(JobName.DELETE_PICTURE)) == 1
    body = refusal(send(io.BytesIO(b"<svg/>")), 400)
    assert body["message"].startswith("Upload a valid image.")
    for megabytes in (6, 11):
        body = refusal(send(io.BytesIO(jpeg().read() + bytes(megabytes * 1024 * 1024))), 400)
        assert body["details"] == {"profile_image": [TOO_LARGE]}
    assert refusal(send(io.BytesIO(bytes(12 * 1024 * 1024))), 413)
    assert caller.patch(PROFILE, {"profile_image": second}).json["user"]["profile_image"] == second
    assert caller.patch(PROFILE, {"profile_image": None}).json["user"]["profile_image"] is None


def test_settings_are_changed_one_by_one(call: Call) -> None:
    caller = call(factories.make_user())
    answer = caller.patch(f"{AUTH}settings/", {"marketing_emails": True, "email_notifications": False})
    assert answer.json == {
        "message": "Settings updated successfully",
        "settings": {
            "marketing_emails": True,
            "event_reminders": True,
            "email_notifications": False,
            "sms_notifications": False,
        },
    }
    assert caller.get(PROFILE).json["settings"] == answer.json["settings"]
    wrong = refusal(caller.patch(f"{AUTH}settings/", {"sms_notifications": "maybe"}), 400)
    assert list(wrong["details"]) == ["sms_notifications"]


def test_a_password_is_changed_and_only_the_tokens_that_ask_stay_good(call: Call) -> None:
    user = factories.make_user(email="ama@example.org")
    caller, elsewhere = call(user), call(user)
    path = f"{AUTH}change-password/"
    sent = {"current_password": PASSWORD, "new_password": NEW_PASSWORD, "confirm_password": NEW_PASSWORD}
    body = refusal(caller.post(path, {**sent, "current_password": "wrong-one", "confirm_password": "x"}), 400)
    assert body["message"] == body["error"] == "Current password is incorrect"
    assert body["details"] == {
        "current_password": ["Current password is incorrect"],
        "confirm_password": ["New passwords do not match"],
    }
    weak = refusal(
        caller.post(path, {**sent, "new_password": "kente cloth", "confirm_password": "kente cloth"}), 400
    )
    assert weak["details"] == {"new_password": [NO_CAPITAL, NO_DIGIT]}
    assert caller.post(path, sent).json == {"message": "Password changed successfully"}
    assert (caller.get(PROFILE).status_code, elsewhere.get(PROFILE).status_code) == (200, 401)
    assert log_in(call(), password=NEW_PASSWORD).status_code == 200


def test_a_username_is_changed_by_who_knows_the_password(call: Call) -> None:
    factories.make_user(username="Taken")
    user = factories.make_user(username="ama_b")
    caller, path = call(user), f"{AUTH}change-username/"
    body = refusal(caller.post(path, {"username": "tAKEN", "password": "wrong-one"}), 400)
    assert body["details"] == {
        "username": ["A user with that username already exists."],
        "password": ["Current password is incorrect"],
    }
    answer = caller.post(path, {"username": "Ama_B", "password": PASSWORD})
    assert answer.json == {"message": "Username changed successfully", "username": "Ama_B"}
    assert log_in(call(), "ama_b").status_code == 200


def test_a_new_address_counts_once_its_link_was_used(call: Call) -> None:
    user = factories.make_user(email="old@example.org")
    user_id, uid = user.id, str(user.uuid)
    caller = call(user)
    sent = {"new_email": "New@example.org", "password": PASSWORD}
    assert refusal(caller.post(f"{AUTH}update-email/", {**sent, "password": "wrong-one"}), 400)
    answer = caller.post(f"{AUTH}update-email/", sent)
    assert (answer.status_code, list(answer.json)) == (200, ["message"])
    assert caller.get(PROFILE).json["email"] == "old@example.org"
    [token] = mailed_tokens(again(user_id), TokenPurpose.CHANGE_EMAIL)
    activation = call().post(f"{AUTH}users/activation/", {"uid": uid, "token": token})
    assert activation.status_code == 204
    assert caller.get(PROFILE).json["email"] == "new@example.org"
    assert log_in(call(), "new@example.org").status_code == 200
    assert refusal(log_in(call(), "old@example.org"), 401)


@pytest.mark.parametrize("path", ["delete/", "delete-account/"])
def test_an_account_is_deleted_by_password_and_words_in_the_body(call: Call, path: str) -> None:
    user = factories.make_organizer(email="ama@example.org", username="ama_b")
    event = factories.make_simple_event(organizer=user)
    caller, elsewhere = call(user), call(user)

    def delete(**sent: str) -> Any:
        return caller.delete(f"{AUTH}{path}", json={"password": PASSWORD, "confirmation": WORDS, **sent})

    assert "password is not right" in refusal(delete(password="wrong-one"), 400)["error"]
    assert WORDS in refusal(delete(confirmation="yes"), 400)["message"]
    assert set(refusal(caller.delete(f"{AUTH}{path}"), 400)["details"]) == {"password", "confirmation"}
    held = refusal(delete(), 400)
    assert held["error"] == held["message"]
    assert "events that are not over" in held["message"]
    event_id, begun = event.id, clock.now() - timedelta(days=2)
    row = db.session.get_one(type(event), event_id)
    with factories.transaction():
        row.status, row.start_at, row.end_at = EventStatus.CANCELLED, begun, begun + timedelta(hours=1)
    answer = delete()
    assert (answer.status_code, answer.json) == (200, {"message": "Your account is deleted."})
    for each in (caller, elsewhere):
        assert refusal(each.get(PROFILE), 401)
    assert refusal(log_in(call(), "ama_b"), 401)
    signed_up = call().post(
        f"{AUTH}users/", {"email": "ama@example.org", "username": "ama_b", "password": PASSWORD}
    )
    assert signed_up.status_code == 201
