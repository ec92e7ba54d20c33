"""The account pages: what a person meets who signs up, forgets a password or loses a phone; what a stranger cannot learn."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage
from html import unescape
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from easyticket.core import clock
from easyticket.db import db, transaction
from easyticket.http.limits import limiter
from easyticket.jobs.entry import drain_outbox
from easyticket.models import EventStatus, User, UserSession, UserType
from easyticket.queries.users import find_user_by_email
from easyticket.queue import JobName
from easyticket.services import accounts, password_changes
from easyticket.services.sessions import sign_out_everywhere
from tests import factories
from tests.factories import PASSWORD
from tests.fixtures.database import application_on
from tests.mailed import queued, reset_token, verification_token
from tests.servers.databases import Databases
from tests.servers.settings import PUBLIC_URL

pytestmark = pytest.mark.usefixtures("db_session")

NEW_PASSWORD = "A-newer-password-2"
SIGN_UP = {"name": "Ama Serwaa Boateng", "email": "ama@example.org", "password": PASSWORD}


def sign_in(client: FlaskClient, user: User, next_page: str = "", **fields: str) -> TestResponse:
    address = f"/sign-in/?next={next_page}" if next_page else "/sign-in/"
    return client.post(address, data={"email": user.email, "password": PASSWORD, **fields})


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/profile/").status_code == 200


def account_of(email: str) -> User:
    user = find_user_by_email(email)
    assert user is not None
    return user


def words(answer: TestResponse) -> str:
    """Return what a page says, without tags, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_signing_up_signs_in_and_asks_to_verify_the_address(client: FlaskClient) -> None:
    answer = client.post("/sign-up/", data=SIGN_UP)
    assert answer.location == "/welcome/"
    assert "We have sent a mail to ama@example.org" in words(client.get("/welcome/"))
    assert account_of("ama@example.org").last_name == "Serwaa Boateng"
    assert len(queued(JobName.MAIL_VERIFY_EMAIL)) == 1


def test_whoever_wants_to_sell_becomes_an_organizer(client: FlaskClient) -> None:
    client.post("/sign-up/", data={**SIGN_UP, "wants_to_sell": "y"})
    assert account_of("ama@example.org").user_type is UserType.ORGANIZER


def test_signing_up_cannot_ask_for_more(client: FlaskClient) -> None:
    client.post(
        "/sign-up/", data={**SIGN_UP, "is_staff": "1", "user_type": "admin", "email_verified_at": "now"}
    )
    user = account_of("ama@example.org")
    assert (user.is_staff, user.user_type, user.is_email_verified) == (False, UserType.CONSUMER, False)


def test_a_taken_address_is_said_kindly_with_the_way_to_sign_in(client: FlaskClient) -> None:
    factories.make_user(email="ama@example.org")
    answer = client.post("/sign-up/?next=/orders/", data=SIGN_UP)
    assert answer.status_code == 400
    assert "There is an account with this address" in words(answer)
    assert 'href="/sign-in/?next=/orders/"' in answer.text
    assert not is_signed_in(client)


def test_a_refused_sign_up_keeps_what_was_typed_but_the_password(client: FlaskClient) -> None:
    answer = client.post("/sign-up/", data={**SIGN_UP, "password": "password123"})
    assert answer.status_code == 400
    assert "Ama Serwaa Boateng" in answer.text
    assert "This password is too common." in answer.text
    assert "password123" not in answer.text


def test_signing_in_leads_back_to_where_the_person_was(client: FlaskClient) -> None:
    user = factories.make_user()
    assert client.get("/profile/sessions/").location == "/sign-in/?next=/profile/sessions/"
    assert sign_in(client, user, "/profile/sessions/").location == "/profile/sessions/"
    assert is_signed_in(client)


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/%09/evil.example",
        "%2f%2fevil",
    ],
)
def test_signing_in_leads_to_no_other_site(client: FlaskClient, target: str) -> None:
    assert sign_in(client, factories.make_user(), target).location == "/"


def test_unknown_names_and_wrong_passwords_get_the_same_page(client: FlaskClient) -> None:
    factories.make_user(email="ama@example.org")
    # The token of the form has the time in it, so both pages are made at the same moment.
    with time_machine.travel(clock.now(), tick=False):
        known = client.post("/sign-in/", data={"email": "ama@example.org", "password": "wrong-one"})
        unknown = client.post("/sign-in/", data={"email": "eve@example.org", "password": "wrong-one"})
    assert known.status_code == unknown.status_code == 400
    assert known.text.replace("ama@", "eve@") == unknown.text
    assert "The address or the password is not right." in words(known)
    assert "wrong-one" not in known.text


def test_signing_out_ends_the_session_and_not_only_the_cookie(client: FlaskClient) -> None:
    sign_in(client, factories.make_user())
    stolen = client.get_cookie("session")
    assert stolen is not None
    client.post("/sign-out/")
    client.set_cookie("session", stolen.value)
    assert not is_signed_in(client)


def test_signing_out_needs_a_press_of_the_button(client: FlaskClient) -> None:
    sign_in(client, factories.make_user())
    assert client.get("/sign-out/").status_code == 405
    assert is_signed_in(client)


def test_the_cookie_holds_the_sessions_token_and_nothing_about_the_account(client: FlaskClient) -> None:
    user = factories.make_user()
    sign_in(client, user)
    with client.session_transaction() as cookie:
        assert set(cookie) <= {"_user_id", "_fresh", "_id", "csrf_token"}
        assert len(cookie["_user_id"]) == 43
        assert user.email not in str(dict(cookie))


def test_signing_in_drops_what_somebody_planted_in_the_browser(client: FlaskClient) -> None:
    with client.session_transaction() as cookie:
        cookie["planted"] = "by a stranger"
        cookie["csrf_token"] = "known to a stranger"
    sign_in(client, factories.make_user())
    with client.session_transaction() as cookie:
        assert "planted" not in cookie
        assert cookie.get("csrf_token") != "known to a stranger"


def test_a_session_revoked_elsewhere_ends_here_at_the_next_page(client: FlaskClient) -> None:
    user = factories.make_user()
    sign_in(client, user)
    sign_out_everywhere(user=user, now=clock.now())
    assert client.get("/profile/").location == "/sign-in/?next=/profile/"


def test_the_cookie_ends_with_the_browser_unless_it_is_to_be_kept(client: FlaskClient) -> None:
    user = factories.make_user()
    assert "Expires=" not in sign_in(client, user).headers["Set-Cookie"]
    client.post("/sign-out/")
    assert "Expires=" in sign_in(client, user, keep="y").headers["Set-Cookie"]
    client.get("/profile/")  # puts the token of its forms into the cookie
    assert "Set-Cookie" not in client.get("/profile/").headers


@pytest.mark.csrf
def test_nobody_can_be_signed_in_by_a_form_of_another_site(client: FlaskClient) -> None:
    user = factories.make_user()
    assert sign_in(client, user).status_code == 400
    assert not is_signed_in(client)


def test_opening_the_verification_link_proves_nothing_and_its_button_does(client: FlaskClient) -> None:
    client.post("/sign-up/", data=SIGN_UP)
    address = f"/verify/{verification_token(account_of('ama@example.org'))}/"
    opened = client.get(address)
    assert "Press the button" in words(opened)
    assert 'type="password"' not in opened.text
    assert not account_of("ama@example.org").is_email_verified
    assert client.post(address).location == "/profile/"
    db.session.expire_all()
    assert account_of("ama@example.org").is_email_verified
    assert "There is nothing left to do" in words(client.get(address))


def test_an_organizer_goes_on_at_the_draft_that_waited_for_the_address(client: FlaskClient) -> None:
    client.post("/sign-up/", data={**SIGN_UP, "wants_to_sell": "y"})
    user = account_of("ama@example.org")
    draft = factories.make_event(organizer=user, status=EventStatus.DRAFT)
    address = f"/verify/{verification_token(user)}/"
    assert client.post(address).location == f"/organizer/events/{draft.slug}/"
    again = words(client.get(address))
    assert "Your events can go live." in again and "nothing left to do" not in again


def test_another_browser_verifies_with_the_password_and_is_signed_in(app: Flask, client: FlaskClient) -> None:
    client.post("/sign-up/", data=SIGN_UP)
    address = f"/verify/{verification_token(account_of('ama@example.org'))}/"
    phone = app.test_client()
    assert "enter the password you chose" in words(phone.get(address))
    for guess, told in (("", "Enter the password you chose."), ("wrong-one", "This is not the password")):
        answer = phone.post(address, data={"password": guess})
        assert answer.status_code == 400
        assert told in words(answer)
    assert not account_of("ama@example.org").is_email_verified
    assert phone.post(address, data={"password": PASSWORD}).location == "/profile/"
    assert is_signed_in(phone)
    db.session.expire_all()
    assert account_of("ama@example.org").is_email_verified


def test_a_stranger_who_signed_up_with_my_address_is_put_out_and_sees_nothing(
    app: Flask, client: FlaskClient
) -> None:
    stranger = app.test_client()
    stranger.post("/sign-up/", data=SIGN_UP)
    factories.make_order(factories.make_simple_event(title="My own evening"), buyer_email="ama@example.org")
    address = f"/verify/{verification_token(account_of('ama@example.org'))}/"
    assert client.post(address).status_code == 400
    assert "My own evening" not in stranger.get("/orders/").text
    assert "Mail me a link" in words(client.get(address))
    client.post("/forgotten/", data={"email": "ama@example.org"})
    client.post(f"/reset/{reset_token(account_of('ama@example.org'))}/", data={"password": NEW_PASSWORD})
    assert not is_signed_in(stranger)
    sign_in(client, account_of("ama@example.org"), password=NEW_PASSWORD)
    assert "My own evening" in client.get("/orders/").text


@pytest.mark.parametrize("address", ["/verify/not-a-token/", "/reset/not-a-token/"])
def test_a_link_that_is_no_good_says_how_to_get_a_new_one(client: FlaskClient, address: str) -> None:
    assert "This link no longer works" in words(client.get(address))
    assert "Send " in words(client.get(address))


def test_a_second_press_of_the_verification_button_changes_nothing(client: FlaskClient) -> None:
    user = factories.make_user(is_verified=False)
    accounts.request_verification(email=user.email, now=clock.now())
    sign_in(client, user)
    address = f"/verify/{verification_token(user)}/"
    client.post(address)
    again = client.post(address)
    assert again.status_code == 400
    assert "Your address is verified" in words(again)


@pytest.mark.parametrize("address", ["/forgotten/", "/verify/"])
def test_asking_for_a_link_gets_the_same_page_for_known_and_unknown_addresses(
    client: FlaskClient, address: str
) -> None:
    factories.make_user(email="ama@example.org", is_verified=False)
    # The forms' token holds the second it was made in.
    with time_machine.travel(clock.now(), tick=False):
        known = client.post(address, data={"email": "ama@example.org"})
        unknown = client.post(address, data={"email": "eve@example.org"})
    assert known.status_code == unknown.status_code == 200
    assert known.text.replace("ama@", "eve@") == unknown.text
    assert len([*queued(JobName.MAIL_VERIFY_EMAIL), *queued(JobName.MAIL_RESET_PASSWORD)]) == 1


def test_a_forgotten_password_is_set_anew_and_every_device_is_signed_out(
    app: Flask, client: FlaskClient
) -> None:
    user = factories.make_user()
    sign_in(client, user)
    stranger = app.test_client()
    stranger.post("/forgotten/", data={"email": user.email})
    address = f"/reset/{reset_token(user)}/"
    assert f"For {user.email}" in words(stranger.get(address))
    assert stranger.post(address, data={"password": "password123"}).status_code == 400
    assert stranger.post(address, data={"password": NEW_PASSWORD}).location == "/sign-in/"
    assert not is_signed_in(client)
    assert not is_signed_in(stranger)
    assert sign_in(client, user, password=NEW_PASSWORD).status_code == 302


def test_a_used_reset_link_sets_nothing(client: FlaskClient) -> None:
    user = factories.make_user()
    password_changes.request_password_reset(email=user.email, now=clock.now())
    address = f"/reset/{reset_token(user)}/"
    client.post(address, data={"password": NEW_PASSWORD})
    again = client.post(address, data={"password": "A-third-password-3"})
    assert again.status_code == 400
    assert "This link no longer works" in words(again)
    assert sign_in(client, user, password=NEW_PASSWORD).status_code == 302


def test_mailed_links_lead_to_the_public_address_whatever_host_was_asked(
    client: FlaskClient, mailbox: Callable[[], list[EmailMessage]]
) -> None:
    user = factories.make_user()
    client.post("/forgotten/", data={"email": user.email}, headers={"Host": "evil.example"})
    token = reset_token(user)
    drain_outbox()
    [mail] = mailbox()
    assert f"{PUBLIC_URL}/reset/{token}/" in mail.get_body(("plain",)).get_content()
    assert "evil.example" not in mail.as_string()


def test_changing_the_password_keeps_this_device_and_ends_the_others(app: Flask, client: FlaskClient) -> None:
    user, other = factories.make_user(), app.test_client()
    sign_in(client, user)
    sign_in(other, user)
    fields = {"old_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert client.post("/profile/password/", data=fields).location == "/profile/"
    assert (is_signed_in(client), is_signed_in(other)) == (True, False)


def test_a_wrong_current_password_is_said_at_its_field(client: FlaskClient) -> None:
    sign_in(client, factories.make_user())
    answer = client.post("/profile/password/", data={"old_password": "no", "new_password": NEW_PASSWORD})
    assert answer.status_code == 400
    assert "Current password: Current password is incorrect" in words(answer)


def test_people_see_where_they_are_signed_in_and_can_end_it_all(app: Flask, client: FlaskClient) -> None:
    user, phone = factories.make_user(), app.test_client()
    phone.environ_base["HTTP_USER_AGENT"] = (
        "Mozilla/5.0 (Linux; Android 14) Chrome/137.0 Mobile Safari/537.36"
    )
    sign_in(phone, user)
    sign_in(client, user)
    page = words(client.get("/profile/sessions/"))
    assert "Chrome on Android Last used just now from 127.0.0.1" in page
    assert "This device In use now from 127.0.0.1" in page
    assert page.count("This device") == 1
    assert client.post("/profile/sign-out-everywhere/").location == "/sign-in/"
    assert (is_signed_in(client), is_signed_in(phone)) == (False, False)


def test_a_profile_is_saved_and_wrong_fields_are_named(client: FlaskClient) -> None:
    user = factories.make_user(first_name="Ama", last_name="Owusu", wants_reminders=True)
    sign_in(client, user)
    fields = {
        "name": "Ama Serwaa Boateng",
        "phone_number": "024 123 4567",
        "city": "Kumasi",
        "wants_marketing": "y",
    }
    assert client.post("/profile/", data=fields).location == "/profile/"
    db.session.refresh(user)
    assert (user.full_name, user.phone_number, user.city) == ("Ama Serwaa Boateng", "0241234567", "Kumasi")
    assert (user.wants_marketing, user.wants_reminders) == (True, False)
    answer = client.post("/profile/", data={**fields, "phone_number": "12"})
    assert answer.status_code == 400
    assert "Phone number: Enter a phone number of 5 to 15 digits" in words(answer)


def test_the_profile_tells_the_state_of_the_address(app: Flask, client: FlaskClient) -> None:
    sign_in(client, factories.make_user(is_verified=False))
    assert "Not verified" in words(client.get("/profile/"))
    other = app.test_client()
    sign_in(other, factories.make_user())
    assert "Not verified" not in words(other.get("/profile/"))


def test_a_buyer_becomes_an_organizer_by_one_button(client: FlaskClient) -> None:
    user = factories.make_user()
    sign_in(client, user)
    assert client.post("/profile/organizer/").location == "/organizer/"
    db.session.refresh(user)
    assert user.is_organizer
    assert "Become an organizer" not in client.get("/profile/").text


@pytest.mark.parametrize("address", ["/sign-in/?next=/profile/", "/sign-up/?next=/profile/"])
def test_whoever_is_signed_in_is_not_asked_again(client: FlaskClient, address: str) -> None:
    sign_in(client, factories.make_user())
    assert client.get(address).location == "/profile/"


def test_using_the_site_keeps_the_session_open(client: FlaskClient) -> None:
    sign_in(client, factories.make_user())
    row = db.session.scalars(sa.select(UserSession)).one()
    with transaction():
        row.last_seen_at -= timedelta(hours=23)
        row.expires_at -= timedelta(hours=23)
    assert is_signed_in(client)
    db.session.refresh(row)
    assert row.expires_at > clock.now() + timedelta(hours=23)


@pytest.fixture
def limited_client(databases: Databases, migrated_database: str, tmp_path: Path) -> Iterator[FlaskClient]:
    """A browser at an application whose rate limits are on."""
    address = databases.new(template=migrated_database)
    with application_on(address, tmp_path, RATELIMIT_ENABLED="true") as app:
        app.config["WTF_CSRF_ENABLED"] = False
        yield app.test_client()
    limiter.enabled = False


def statuses(client: FlaskClient, address: str, count: int, **fields: str) -> list[int]:
    return [client.post(address, data=fields).status_code for _ in range(count)]


def from_elsewhere(client: FlaskClient, number: int) -> None:
    client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"


def test_guessing_passwords_is_stopped_for_an_address_after_thirty_failed_tries_a_minute(
    limited_client: FlaskClient,
) -> None:
    with limited_client.application.app_context():
        user = factories.make_user()
        right = {"email": user.email, "password": PASSWORD}
    tries = []
    for number in range(31):
        if number % 10 == 5:  # a neighbour behind the same address, who does not count
            assert limited_client.application.test_client().post("/sign-in/", data=right).status_code == 302
        wrong = {"email": f"{number}@example.org", "password": "x"}
        tries.append(limited_client.post("/sign-in/", data=wrong).status_code)
    assert tries == [*[400] * 30, 429]
    assert limited_client.get("/sign-in/").status_code == 200


@pytest.mark.parametrize(
    ("came_from", "ways"),
    [
        (f"{PUBLIC_URL}/sign-in/?next=/orders/", ['href="/sign-in/?next=/orders/"', 'href="/"']),
        (f"{PUBLIC_URL}//evil.example/", ['href="/"']),
        ("https://evil.example/sign-in/", ['href="/"']),
    ],
)
def test_who_has_to_wait_is_shown_the_way_back(
    limited_client: FlaskClient, came_from: str, ways: list[str]
) -> None:
    statuses(limited_client, "/sign-in/", 10, email="ama@example.org", password="x")
    wrong = {"email": "ama@example.org", "password": "x"}
    answer = limited_client.post("/sign-in/", data=wrong, headers={"Referer": came_from})
    assert answer.status_code == 429
    assert re.findall(r'<a class="btn[^"]*" (href="[^"]*")', answer.text) == ways


def test_guessing_one_accounts_password_is_stopped_after_ten_tries_from_anywhere(
    limited_client: FlaskClient,
) -> None:
    for number in range(1, 11):
        from_elsewhere(limited_client, number)
        assert statuses(limited_client, "/sign-in/", 1, email="ama@example.org", password="x") == [400]
    from_elsewhere(limited_client, 11)
    answer = limited_client.post("/sign-in/", data={"email": " AMA@example.org", "password": "x"})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 60
    assert re.search(r"Wait \d\d minutes", words(answer))


@pytest.mark.parametrize(("address", "allowed"), [("/forgotten/", 5), ("/verify/", 5)])
def test_nobodys_mailbox_is_filled_from_many_places(
    limited_client: FlaskClient, address: str, allowed: int
) -> None:
    answers = []
    for number in range(1, allowed + 2):
        from_elsewhere(limited_client, number)
        answers += statuses(limited_client, address, 1, email="ama@example.org")
    assert answers == [*[200] * allowed, 429]


def test_ten_accounts_an_hour_are_made_from_one_address(limited_client: FlaskClient) -> None:
    assert statuses(limited_client, "/sign-up/", 11, name="", email="", password="") == [*[400] * 10, 429]
