"""Another address for an account: only for who knows the password, once the new one is proved, and the old one is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
from flask import Flask

from config import Settings
from easyticket.core import clock
from easyticket.core.errors import Invalid
from easyticket.db import db
from easyticket.jobs.entry import drain_outbox
from easyticket.links import FrontEnd
from easyticket.models import Order, TokenPurpose, User
from easyticket.rules.permissions import ANONYMOUS
from easyticket.services import accounts, email_changes, password_changes
from tests import factories
from tests.factories import PASSWORD, actor_of
from tests.mailed import mailed_tokens

pytestmark = pytest.mark.usefixtures("db_session")

NOW = clock.now()
NEW = "new@example.org"
Mailbox = Callable[[], list[EmailMessage]]


def ask(user: User, new_email: str = " New@Example.org ", password: str = PASSWORD) -> str:
    """Ask for another address and return the token mailed to it."""
    email_changes.request_email_change(actor=actor_of(user), new_email=new_email, password=password, now=NOW)
    return mailed_tokens(user, TokenPurpose.CHANGE_EMAIL)[-1]


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_the_new_address_counts_once_its_link_was_used_and_both_addresses_are_told(mailbox: Mailbox) -> None:
    user = factories.make_user(email="old@example.org", is_verified=False)
    order = factories.make_order(factories.make_simple_event(), buyer_email=NEW)
    token = ask(user)
    assert user.email == "old@example.org"
    user_id, order_id = user.id, order.id
    drain_outbox()
    link, warning = mailbox()
    assert (link["To"], warning["To"]) == (NEW, "old@example.org")
    assert f"http://tickets.example/new-address/{token}/" in text_of(link)
    assert "http://tickets.example/forgotten/" in text_of(warning)
    actor = actor_of(db.session.get_one(User, user_id))
    changed = email_changes.change_email(token=token, actor=actor, now=NOW)
    assert (changed.email, changed.email_verified_at) == (NEW, NOW)
    assert db.session.get_one(Order, order_id).user_id == user_id
    drain_outbox()
    assert mailbox()[-1]["To"] == "old@example.org"
    assert "has another e-mail address now" in text_of(mailbox()[-1])
    with pytest.raises(Invalid):
        email_changes.change_email(token=token, actor=actor, now=NOW)


def test_who_follows_the_link_is_signed_in_to_the_account_or_knows_its_password() -> None:
    user = factories.make_user()
    token = ask(user)
    for actor in (ANONYMOUS, actor_of(factories.make_user())):
        with pytest.raises(Invalid) as refused:
            email_changes.change_email(token=token, actor=actor, password="wrong-one", now=NOW)
        assert list(refused.value.fields) == ["password"]
    assert email_changes.change_email(token=token, actor=ANONYMOUS, password=PASSWORD, now=NOW).email == NEW


def test_only_who_knows_the_password_can_ask_and_only_for_a_free_address() -> None:
    factories.make_user(email="taken@example.org")
    user = factories.make_user(email="old@example.org")
    for new_email, sentence in (
        ("taken@example.org", "User with this email already exists."),
        ("OLD@example.org", "This is the address of your account already."),
        ("no address", "Enter a valid email address."),
    ):
        with pytest.raises(Invalid) as refused:
            ask(user, new_email, "wrong-one")
        assert refused.value.fields == {
            "new_email": [sentence],
            "password": ["Current password is incorrect"],
        }
    assert mailed_tokens(user, TokenPurpose.CHANGE_EMAIL) == []


def test_a_newer_request_a_new_password_and_a_day_each_end_the_link() -> None:
    user = factories.make_user()
    first, second = ask(user), ask(user, "another@example.org")
    password_changes.change_password(
        actor=actor_of(user), old_password=PASSWORD, new_password="A-newer-password-2", now=NOW
    )
    third = ask(user, password="A-newer-password-2")
    for token, now in ((first, NOW), (second, NOW), (third, NOW + timedelta(hours=24))):
        with pytest.raises(Invalid) as refused:
            email_changes.prove_address(uid=str(user.uuid), token=token, now=now)
        assert list(refused.value.fields) == ["token"]
    assert email_changes.prove_address(uid=str(user.uuid), token=third, now=NOW).email == NEW


def test_an_address_that_somebody_took_meanwhile_is_not_taken_over() -> None:
    user = factories.make_user(email="old@example.org")
    token = ask(user)
    factories.make_user(email=NEW)
    with pytest.raises(Invalid) as refused:
        email_changes.change_email(token=token, actor=actor_of(user), now=NOW)
    assert refused.value.fields == {"token": ["User with this email already exists."]}
    db.session.refresh(user)
    assert user.email == "old@example.org"


def test_by_account_and_token_alone_an_address_is_proved_and_no_orders_join() -> None:
    user = factories.make_user(is_verified=False)
    orders = [
        factories.make_order(factories.make_simple_event(), buyer_email=email) for email in (user.email, NEW)
    ]
    accounts.request_verification(email=user.email, now=NOW)
    [token] = mailed_tokens(user, TokenPurpose.VERIFY_EMAIL)
    other = factories.make_user()
    for uid in (str(other.uuid), "7", ""):
        with pytest.raises(Invalid) as refused:
            email_changes.prove_address(uid=uid, token=token, now=NOW)
        assert refused.value.fields == {"uid": ["This link belongs to another account."]}
    assert email_changes.prove_address(uid=str(user.uuid), token=token, now=NOW).is_email_verified
    changed = email_changes.prove_address(uid=str(user.uuid).upper(), token=ask(user), now=NOW)
    assert changed.email == NEW
    for order in orders:
        db.session.refresh(order)
        assert order.user_id is None


@pytest.mark.parametrize("address", ["https://cafa.example/app", ""])
def test_links_of_the_cafa_front_end_name_account_and_token(
    address: str, app: Flask, settings: Settings, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "SETTINGS", replace(settings, cafa_frontend_url=address))
    user = accounts.register_account(
        email="ama@example.org", password=PASSWORD, front_end=FrontEnd.CAFA, now=NOW
    )
    password_changes.request_password_reset(email=user.email, front_end=FrontEnd.CAFA, now=NOW)
    email_changes.request_email_change(
        actor=actor_of(user), new_email=NEW, password=PASSWORD, front_end=FrontEnd.CAFA, now=NOW
    )
    tokens = {purpose: mailed_tokens(user, purpose)[0] for purpose in TokenPurpose}
    verify, reset, change = (tokens[purpose] for purpose in TokenPurpose)
    uid = str(user.uuid)
    drain_outbox()
    own = "http://tickets.example"
    queries = {"verify": verify, "reset": reset, "new-address": change}
    links = [f"{own}/{page}/{token}/?uid={uid}&token={token}" for page, token in queries.items()]
    if address:
        links = [f"{address}/activate/{uid}/{token}" for token in (verify, change)]
        links.insert(1, f"{address}/password-reset?uid={uid}&token={reset}")
    # The last mail tells the present address and has no link of these.
    for message, link in zip(mailbox()[:3], links, strict=True):
        assert link in text_of(message)
