"""What people do with their own account: take their data away, sign single devices out, and delete it."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from easyticket.db import db
from easyticket.models import OrderStatus, User
from tests import factories
from tests.factories import PASSWORD
from tests.web.test_account_pages import is_signed_in, sign_in, words

pytestmark = pytest.mark.usefixtures("db_session")


def test_the_data_come_as_a_file_that_nobody_keeps(client: FlaskClient) -> None:
    user = factories.make_user()
    assert client.get("/profile/my-data.json").location == "/sign-in/?next=/profile/my-data.json"
    sign_in(client, user)
    answer = client.get("/profile/my-data.json", buffered=True)
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=easyticket-")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert json.loads(answer.text)["account"]["email"] == user.email
    assert "/profile/my-data.json" in client.get("/profile/").text


def test_one_device_is_signed_out_and_the_others_stay(app: Flask, client: FlaskClient) -> None:
    user, phone = factories.make_user(), app.test_client()
    sign_in(client, user)
    sign_in(phone, user)
    stranger = app.test_client()
    sign_in(stranger, factories.make_user())
    paths = re.findall(r'action="(/profile/sessions/\d+/sign-out/)"', client.get("/profile/sessions/").text)
    assert len(paths) == 2
    assert [stranger.post(path).status_code for path in paths] == [404, 404]
    # The latest used comes first: this one, which has just read the page.
    client.post(paths[0])
    client.post(paths[1])
    assert (is_signed_in(client), is_signed_in(phone)).count(True) <= 1
    assert is_signed_in(stranger)


def test_an_account_is_deleted_by_its_password_and_a_tick(client: FlaskClient) -> None:
    user = factories.make_user()
    sign_in(client, user)
    assert "This cannot be undone" in words(client.get("/profile/delete/"))
    for wrong in ({}, {"password": PASSWORD}, {"password": "another", "is_meant": "y"}):
        assert client.post("/profile/delete/", data=wrong).status_code == 400
    answer = client.post(
        "/profile/delete/", data={"password": PASSWORD, "is_meant": "y"}, follow_redirects=True
    )
    assert "Your account is deleted." in words(answer)
    assert not is_signed_in(client)
    assert db.session.get_one(User, user.id, populate_existing=True).deleted_at is not None


def test_what_holds_an_account_is_said_before_anybody_types(client: FlaskClient) -> None:
    user = factories.make_user()
    factories.make_order(factories.make_simple_event(), user=user, status=OrderStatus.PENDING)
    sign_in(client, user)
    page = client.get("/profile/delete/")
    assert "You have a purchase that is not finished." in words(page)
    assert 'type="password"' not in page.text
    answer = client.post("/profile/delete/", data={"password": PASSWORD, "is_meant": "y"})
    assert answer.status_code == 400 and is_signed_in(client)
