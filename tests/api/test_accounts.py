"""Accounts through the API's door: from signing up to a changed password, with what the clients read of each answer."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from easyticket.db import db
from easyticket.jobs.entry import drain_outbox
from easyticket.models import MailToken, TokenPurpose, User
from easyticket.queries.users import find_user_by_email
from easyticket.queue import JobName
from easyticket.rules.people import normal_email
from tests import factories
from tests.api.conftest import Caller
from tests.factories import PASSWORD
from tests.mailed import mailed_tokens, queued, reset_token, verification_token

Call = Callable[..., Caller]
pytestmark = pytest.mark.usefixtures("db_session")

PATH = "/api/auth/"
NEW_PASSWORD = "A-newer-password-2"
SIGNUP = {"email": "ama@example.org", "password": PASSWORD, "password_confirm": PASSWORD}
USER_KEYS = set(
    "id email first_name last_name user_type phone_number is_email_verified is_phone_verified date_joined "
    "last_login auth_provider".split()
)


def sign_up(call: Call, **fields: Any) -> Any:
    return call().post(f"{PATH}signup/", {**SIGNUP, **fields})


def log_in(caller: Caller, email: str = "ama@example.org", password: str = PASSWORD) -> Any:
    return caller.post(f"{PATH}login/", {"email": email, "password": password})


def account_of(email: str = "ama@example.org") -> User:
    user = find_user_by_email(normal_email(email))
    assert user is not None
    return user


def field_errors(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 400
    assert {"error", "detail", "field_errors", "code"} <= set(answer.json)
    errors: dict[str, list[str]] = answer.json["field_errors"]
    return errors


# Signing up


def test_signing_up_answers_the_account_under_user_and_at_the_top_and_mails_a_link(call: Call) -> None:
    answer = sign_up(
        call, user_type="organizer", first_name="Ama", last_name="Boateng", phone_number="0241234567"
    )
    user = account_of()
    who = {"email": "ama@example.org", "user_type": "organizer"}
    assert answer.status_code == 201
    assert answer.json == {
        "message": "Registration successful. Please check your email to verify your account.",
        "user": {"id": str(user.uuid), **who},
        "user_id": str(user.uuid),
        **who,
    }
    assert (user.full_name, user.phone_number, user.is_email_verified) == ("Ama Boateng", "0241234567", False)
    assert [job.payload["front_end"] for job in queued(JobName.MAIL_VERIFY_EMAIL)] == ["easyticket"]
    assert "Set-Cookie" not in answer.headers


def test_the_mail_of_an_account_made_here_leads_to_the_separate_front_end(
    app: Flask, call: Call, mailbox: Callable[[], list[EmailMessage]], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(app.config["SETTINGS"], frontend_url="https://shop.example")
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    sign_up(call)
    call().client.post("/verify/", data={"email": "ama@example.org"})
    call().post(f"{PATH}resend-verification/", {"email": "ama@example.org"})
    first, second, third = mailed_tokens(account_of(), TokenPurpose.VERIFY_EMAIL)
    db.session.rollback()
    drain_outbox()
    links = [
        f"https://shop.example/verify-email?token={first}",
        f"http://tickets.example/verify/{second}/",
        f"https://shop.example/verify-email?token={third}",
    ]
    for message, link in zip(mailbox(), links, strict=True):
        body = message.get_body(("plain",))
        assert body is not None and link in body.get_content()


def test_without_more_than_an_address_and_a_password_an_account_is_a_buyers(call: Call) -> None:
    assert sign_up(call).json["user_type"] == "consumer"


def test_everything_wrong_with_a_sign_up_is_told_at_once_in_the_words_the_clients_know(call: Call) -> None:
    sign_up(call)
    answer = sign_up(
        call,
        email="AMA@Example.ORG",
        password="12345678",
        password_confirm="1234567",
        user_type="admin",
        first_name="A" * 51,
        last_name="B" * 51,
    )
    assert field_errors(answer) == {
        "email": ["User with this email already exists."],
        "password": ["This password is too common.", "This password is entirely numeric."],
        "password_confirm": ["Passwords do not match"],
        "first_name": ["Ensure this field has no more than 50 characters."],
        "last_name": ["Ensure this field has no more than 50 characters."],
        "user_type": ["User type must be either 'consumer' or 'organizer'"],
    }
    assert answer.json["error"] == "User with this email already exists."
    assert len(queued(JobName.MAIL_VERIFY_EMAIL)) == 1


def test_what_is_needed_to_sign_up_is_named(call: Call) -> None:
    needed = {key: ["This field is required."] for key in ("email", "password", "password_confirm")}
    assert field_errors(call().post(f"{PATH}signup/", {})) == needed
    blank = {key: ["This field may not be blank."] for key in needed}
    assert field_errors(call().post(f"{PATH}signup/", dict.fromkeys(needed, ""))) == blank


def test_names_of_fifty_characters_and_passwords_with_space_around_are_taken_as_they_are(call: Call) -> None:
    password = " kente cloth market "
    fields = {"password": password, "password_confirm": password, "first_name": "Ɔ" * 50}
    assert sign_up(call, **fields).status_code == 201
    call().post(f"{PATH}verify-email/", {"token": verification_token(account_of())})
    assert log_in(call(), password=password.strip()).status_code == 400
    assert log_in(call(), password=password).status_code == 200


@pytest.mark.parametrize("phone_number", ["", None, "  "])
def test_many_accounts_have_no_phone_number(call: Call, phone_number: str | None) -> None:
    for number in range(2):
        answer = sign_up(call, email=f"person-{number}@example.org", phone_number=phone_number)
        assert answer.status_code == 201
    db.session.expire_all()
    assert account_of("person-1@example.org").phone_number == ""


def test_two_accounts_may_share_a_phone_number(call: Call) -> None:
    for number in range(2):
        answer = sign_up(call, email=f"person-{number}@example.org", phone_number="+233 24 123 4567")
        assert answer.status_code == 201


def test_nobody_makes_themselves_more_than_they_are(call: Call) -> None:
    asked = {"is_staff": True, "is_superuser": True, "is_email_verified": True, "is_active": False, "id": "1"}
    answer = sign_up(
        call, **asked, username="boss", front_end="pages", email_verified_at="2026-01-01T00:00:00Z"
    )
    user = account_of()
    assert answer.status_code == 201
    assert (user.is_staff, user.is_email_verified, user.is_active, user.username) == (
        False,
        False,
        True,
        None,
    )


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_forms_sign_up_and_in_as_well(call: Call, content_type: str) -> None:
    caller = call()
    assert caller.post(f"{PATH}signup/", data=SIGNUP, content_type=content_type).status_code == 201
    caller.post(
        f"{PATH}verify-email/", data={"token": verification_token(account_of())}, content_type=content_type
    )
    assert caller.post(f"{PATH}login/", data=SIGNUP, content_type=content_type).status_code == 200


# Proving an address


def test_the_token_alone_verifies_the_address_once(call: Call) -> None:
    sign_up(call)
    body = {"token": verification_token(account_of())}
    answer = call().post(f"{PATH}verify-email/", body)
    db.session.expire_all()
    user = account_of()
    assert answer.status_code == 200
    assert answer.json == {
        "message": "Email verified successfully. You can now login.",
        "user": {"id": str(user.uuid), "email": user.email},
    }
    assert user.is_email_verified
    again = call().post(f"{PATH}verify-email/", body)
    assert field_errors(again) == {"token": ["Invalid verification token"]}
    assert again.json["detail"] == "token: Invalid verification token"


def test_verifying_by_the_token_alone_gives_nobody_the_orders_of_the_address(call: Call) -> None:
    sign_up(call, password="Of-a-stranger-9", password_confirm="Of-a-stranger-9")
    order = factories.make_order(factories.make_simple_event(), buyer_email="ama@example.org")
    stranger = call()
    call().post(f"{PATH}verify-email/", {"token": verification_token(account_of())})
    assert log_in(stranger, password="Of-a-stranger-9").status_code == 200
    # The verified account is offered no second chance to take the orders: neither here nor on the pages.
    stranger.post(f"{PATH}resend-verification/", {"email": "ama@example.org"})
    passwords = {
        "old_password": "Of-a-stranger-9",
        "new_password": NEW_PASSWORD,
        "new_password_confirm": NEW_PASSWORD,
    }
    assert stranger.post(f"{PATH}change-password/", passwords).status_code == 200
    page = stranger.client.post("/sign-in/", data={"email": "ama@example.org", "password": NEW_PASSWORD})
    assert page.status_code == 302
    used = f"/verify/{verification_token(account_of())}/"
    assert stranger.client.post(used, data={"password": NEW_PASSWORD}).status_code == 400
    db.session.refresh(order)
    assert order.user_id is None
    # The owner of the address sets a password by mail: the stranger is out and the orders are there.
    call().client.post("/forgotten/", data={"email": "ama@example.org"})
    call().client.post(f"/reset/{reset_token(account_of())}/", data={"password": "Of-the-owner-11"})
    db.session.refresh(order)
    assert order.user_id == account_of().id
    assert stranger.get(f"{PATH}profile/").status_code == 401


@pytest.mark.parametrize("token", ["no-such-token", "5f1d0c7a-9e3b-48d2-a6c4-f0e1b2d3c4a5", "ŋ", "1" * 5000])
def test_a_token_nobody_was_mailed_is_refused(call: Call, token: str) -> None:
    answer = call().post(f"{PATH}verify-email/", {"token": token})
    assert field_errors(answer) == {"token": ["Invalid verification token"]}


def test_a_token_is_refused_after_a_day(call: Call) -> None:
    sign_up(call)
    row = db.session.scalars(sa.select(MailToken)).one()
    row.expires_at = row.created_at
    db.session.commit()
    answer = call().post(f"{PATH}verify-email/", {"token": verification_token(account_of())})
    assert field_errors(answer) == {"token": ["Verification token has expired"]}


def test_a_link_for_a_new_password_verifies_nothing(call: Call) -> None:
    sign_up(call)
    call().client.post("/forgotten/", data={"email": "ama@example.org"})
    answer = call().post(f"{PATH}verify-email/", {"token": reset_token(account_of())})
    assert field_errors(answer) == {"token": ["Invalid verification token"]}


def test_asking_for_another_link_gets_the_same_answer_for_everybody(call: Call) -> None:
    sign_up(call)
    factories.make_user(email="verified@example.org")
    factories.make_user(email="closed@example.org", is_active=False, is_verified=False)
    names = ("AMA@example.org", "verified@example.org", "closed@example.org", "nobody@example.org")
    answers = [call().post(f"{PATH}resend-verification/", {"email": name}) for name in names]
    assert {(answer.status_code, answer.data) for answer in answers} == {(200, answers[0].data)}
    assert answers[0].json == {"message": "Verification email sent successfully"}
    assert len(mailed_tokens(account_of(), TokenPurpose.VERIFY_EMAIL)) == 2
    assert [job.payload["front_end"] for job in queued(JobName.MAIL_VERIFY_EMAIL)] == ["easyticket"] * 2


def test_what_is_no_address_gets_no_link(call: Call) -> None:
    answer = call().post(f"{PATH}resend-verification/", {"email": "ama at example"})
    assert field_errors(answer) == {"email": ["Enter a valid email address."]}


# Signing in


@pytest.mark.parametrize("typed", ["ama@example.org", "AMA@Example.ORG", " Ama@example.org "])
def test_signing_in_answers_the_tokens_twice_and_the_whole_account(call: Call, typed: str) -> None:
    user = factories.make_user(email="ama@example.org", first_name="Ama", last_name="Boateng")
    answer = log_in(call(), typed)
    assert answer.status_code == 200
    assert set(answer.json) == {"message", "tokens", "user", "access", "refresh"}
    assert answer.json["message"] == "Login successful"
    assert answer.json["tokens"] == {"access": answer.json["access"], "refresh": answer.json["refresh"]}
    assert set(answer.json["user"]) == USER_KEYS
    shown = {key: answer.json["user"][key] for key in USER_KEYS - {"date_joined", "last_login"}}
    assert shown == {
        "id": str(user.uuid),
        "email": "ama@example.org",
        "first_name": "Ama",
        "last_name": "Boateng",
        "user_type": "consumer",
        "phone_number": None,
        "is_email_verified": True,
        "is_phone_verified": False,
        "auth_provider": "email",
    }
    assert answer.json["user"]["date_joined"].endswith("Z")
    assert answer.json["user"]["last_login"].endswith("Z")


def test_who_cannot_sign_in_is_not_told_which_part_was_wrong(call: Call) -> None:
    factories.make_user(email="ama@example.org")
    factories.make_user(email="closed@example.org", is_active=False)
    wrong = [("ama@example.org", "wrong"), ("nobody@example.org", PASSWORD), ("closed@example.org", PASSWORD)]
    answers = [log_in(call(), *pair) for pair in [*wrong, ("no address", PASSWORD)]]
    assert {answer.data for answer in answers} == {answers[0].data}
    assert (answers[0].status_code, answers[0].json) == (
        400,
        {
            "error": "Invalid email or password.",
            "detail": "Invalid email or password.",
            "field_errors": {},
            "code": "invalid_credentials",
        },
    )
    assert "Set-Cookie" not in answers[0].headers


def test_an_address_that_is_not_verified_is_told_so_only_to_who_knows_the_password(call: Call) -> None:
    factories.make_user(email="ama@example.org", is_verified=False)
    answer = log_in(call())
    assert (answer.status_code, answer.json["error"], answer.json["code"]) == (
        400,
        "Email not verified. Please check your email.",
        "email_not_verified",
    )
    assert log_in(call(), password="wrong").json["error"] == "Invalid email or password."


def test_signing_in_needs_an_address_and_a_password(call: Call) -> None:
    needed = {key: ["This field is required."] for key in ("email", "password")}
    assert field_errors(call().post(f"{PATH}login/", {})) == needed


# The profile


def test_a_profile_has_eleven_keys(call: Call) -> None:
    user = factories.make_staff(phone_number="+233241234567")
    answer = call(user).get(f"{PATH}profile/")
    assert answer.status_code == 200
    assert set(answer.json) == USER_KEYS
    assert len(USER_KEYS) == 11
    assert uuid.UUID(answer.json["id"]) == user.uuid
    assert (answer.json["user_type"], answer.json["phone_number"]) == ("admin", "+233241234567")
    assert answer.json["last_login"] is None


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_profile_is_changed_in_part_whatever_the_method(call: Call, method: str) -> None:
    caller = call(factories.make_user(first_name="Ama", last_name="Boateng", phone_number="0241234567"))
    read = caller(method, f"{PATH}profile/", json={}).json
    assert (read["first_name"], read["last_name"], read["phone_number"]) == ("Ama", "Boateng", "0241234567")
    changed = caller(method, f"{PATH}profile/", json={"first_name": " Kofi ", "phone_number": None})
    assert changed.status_code == 200
    assert changed.json == {**read, "first_name": "Kofi", "phone_number": None}
    assert caller.get(f"{PATH}profile/").json == changed.json
    assert caller(method, f"{PATH}profile/", json={"phone_number": ""}).json["phone_number"] is None


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_what_was_read_may_be_sent_back_and_nothing_protected_changes(call: Call, method: str) -> None:
    caller = call(factories.make_user())
    read = caller.get(f"{PATH}profile/").json
    changed = {
        **read,
        "email": "other@example.org",
        "user_type": "admin",
        "is_staff": True,
        "is_email_verified": False,
        "is_phone_verified": True,
        "auth_provider": "google",
        "bio": "not a field of this API",
        "password": NEW_PASSWORD,
    }
    assert caller(method, f"{PATH}profile/", json=changed).json == read
    assert log_in(call(), read["email"]).status_code == 200


def test_a_refused_profile_names_its_fields(call: Call) -> None:
    caller = call(factories.make_user())
    answer = caller.patch(f"{PATH}profile/", {"first_name": "A" * 51, "phone_number": "call me"})
    assert field_errors(answer) == {
        "first_name": ["Ensure this field has no more than 50 characters."],
        "phone_number": ["Enter a phone number of 5 to 15 digits, for example +233241234567."],
    }
    assert field_errors(caller.put(f"{PATH}profile/", {"last_name": None})) == {
        "last_name": ["This field may not be null."]
    }


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "logout/"),
        ("GET", "profile/"),
        ("PUT", "profile/"),
        ("PATCH", "profile/"),
        ("POST", "change-password/"),
    ],
)
def test_what_is_ones_own_needs_a_token(call: Call, method: str, path: str) -> None:
    answer = call()(method, f"{PATH}{path}", json={} if method != "GET" else None)
    assert (answer.status_code, answer.json["code"]) == (401, "not_authenticated")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'


# The password


def test_a_changed_password_ends_every_session_and_answers_with_tokens_to_go_on_with(call: Call) -> None:
    user = factories.make_user(email="ama@example.org")
    here, there = call(), call()
    kept, lost = log_in(here).json, log_in(there).json
    page = call().client
    page.post("/sign-in/", data={"email": "ama@example.org", "password": PASSWORD})
    passwords = {"old_password": PASSWORD, "new_password": NEW_PASSWORD, "new_password_confirm": NEW_PASSWORD}
    answer = here.post(f"{PATH}change-password/", passwords)
    assert (answer.status_code, answer.json["message"]) == (200, "Password changed successfully")
    # By the new cookies.
    assert here.get(f"{PATH}profile/").status_code == 200
    assert call().post(f"{PATH}token/refresh/", {"refresh": answer.json["refresh"]}).status_code == 200
    for old in (kept, lost):
        headers = {"Authorization": f"Bearer {old['access']}"}
        assert call().get(f"{PATH}profile/", headers=headers).status_code == 401
        assert call().post(f"{PATH}token/refresh/", {"refresh": old["refresh"]}).status_code == 401
    assert there.get(f"{PATH}profile/").status_code == 401
    assert page.get("/profile/").status_code == 302
    assert log_in(call()).status_code == 400
    assert log_in(call(), password=NEW_PASSWORD).status_code == 200
    assert [job.payload for job in queued(JobName.MAIL_PASSWORD_CHANGED)] == [{"user_id": user.id}]


def test_a_refused_new_password_says_all_that_is_wrong_and_changes_nothing(call: Call) -> None:
    caller = call(factories.make_user(email="ama@example.org"))
    answer = caller.post(
        f"{PATH}change-password/",
        {"old_password": "wrong", "new_password": "4815", "new_password_confirm": "48151623"},
    )
    assert field_errors(answer) == {
        "old_password": ["Current password is incorrect"],
        "new_password": [
            "This password is too short. It must contain at least 8 characters.",
            "This password is entirely numeric.",
        ],
        "new_password_confirm": ["New passwords do not match"],
    }
    needed = {
        key: ["This field is required."] for key in ("old_password", "new_password", "new_password_confirm")
    }
    assert field_errors(caller.post(f"{PATH}change-password/", {})) == needed
    assert log_in(call()).status_code == 200
