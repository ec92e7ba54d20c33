"""Another address from the pages: asking for it with the password, and the page of the mailed link with a button for its
owner and the password for everybody else."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from easyticket.core import clock
from easyticket.models import TokenPurpose, User
from easyticket.services import email_changes
from tests import factories
from tests.factories import PASSWORD, actor_of
from tests.mailed import mailed_tokens

pytestmark = pytest.mark.usefixtures("db_session")


def address_for(user: User) -> str:
    email_changes.request_email_change(
        actor=actor_of(user), new_email="new@example.org", password=PASSWORD, now=clock.now()
    )
    return f"/new-address/{mailed_tokens(user, TokenPurpose.CHANGE_EMAIL)[-1]}/"


def test_in_the_accounts_own_browser_a_button_is_enough(client: FlaskClient) -> None:
    user = factories.make_user(email="old@example.org")
    address = address_for(user)
    client.post("/sign-in/", data={"email": "old@example.org", "password": PASSWORD})
    page = client.get(address)
    assert "new@example.org" in page.text and "old@example.org" in page.text
    assert 'name="password"' not in page.text
    assert client.post(address).location == "/profile/"
    assert "Your address is new@example.org now." in client.get("/profile/").text
    assert "This link no longer works" in client.get(address).text


def test_elsewhere_the_password_is_asked_for_and_signs_in(client: FlaskClient) -> None:
    address = address_for(factories.make_user(email="old@example.org"))
    # Who reads the mail does not learn whose account it is.
    assert "old@example.org" not in client.get(address).text
    wrong = client.post(address, data={"password": "wrong-one"})
    assert wrong.status_code == 400
    assert "This is not the password of this account." in wrong.text
    assert client.post(address, data={"password": PASSWORD}).location == "/profile/"
    assert "new@example.org" in client.get("/profile/").text


def test_a_link_that_is_no_good_says_so_and_an_address_that_was_taken_stays_with_its_owner(
    client: FlaskClient,
) -> None:
    assert "This link no longer works" in client.get("/new-address/no-such-token/").text
    address = address_for(factories.make_user())
    factories.make_user(email="new@example.org")
    taken = client.post(address, data={"password": PASSWORD})
    assert (taken.status_code, "User with this email already exists." in taken.text) == (400, True)


def test_it_is_asked_for_in_the_profile_with_the_password_and_counts_once_the_link_is_used(
    client: FlaskClient,
) -> None:
    user = factories.make_user(email="old@example.org")
    client.post("/sign-in/", data={"email": "old@example.org", "password": PASSWORD})
    assert 'href="/profile/address/"' in client.get("/profile/").text
    typed = {"new_email": "New@Example.org", "password": PASSWORD}
    asked = client.post("/profile/address/", data=typed, follow_redirects=True)
    assert "A link is on its way to new@example.org." in asked.text and "old@example.org" in asked.text
    client.post(f"/new-address/{mailed_tokens(user, TokenPurpose.CHANGE_EMAIL)[-1]}/")
    assert "Your address is new@example.org now." in client.get("/profile/").text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"new_email": "", "password": PASSWORD}, "Enter the new address."),
        ({"new_email": "old@example.org", "password": PASSWORD}, "the address of your account already"),
        ({"new_email": "taken@example.org", "password": PASSWORD}, "There is another account with this"),
        ({"new_email": "new@example.org", "password": "wrong-one"}, "The password is not right."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_mailed(
    client: FlaskClient, typed: dict[str, str], sentence: str
) -> None:
    factories.make_user(email="taken@example.org")
    user = factories.make_user(email="old@example.org")
    client.post("/sign-in/", data={"email": "old@example.org", "password": PASSWORD})
    answer = client.post("/profile/address/", data=typed)
    assert answer.status_code == 400
    assert sentence in answer.text and 'aria-invalid="true"' in answer.text
    assert mailed_tokens(user, TokenPurpose.CHANGE_EMAIL) == []
