"""Signing in opens a session that can be ended; nothing tells whether a name exists."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.signing import digest
from easyticket.db import db, transaction
from easyticket.models import MailToken, TokenPurpose, User, UserSession
from easyticket.queries.users import find_session
from easyticket.services import passwords, sessions
from easyticket.services.sessions import (
    BY_TOKENS,
    KEPT,
    SHORT,
    EmailNotVerified,
    SessionEnded,
    SignedIn,
    WrongCredentials,
    delete_ended_sessions,
    extend_session,
    note_use,
    sign_out,
    sign_out_everywhere,
)
from tests import factories
from tests.factories import PASSWORD

pytestmark = pytest.mark.usefixtures("db_session")

NOW = clock.now()


def sign_in(login: str, password: str = PASSWORD, **fields: Any) -> SignedIn:
    values = {"surface": "web", "address": "192.0.2.7", "device": "A phone", "now": NOW, **fields}
    return sessions.sign_in(login=login, password=password, **values)


def row_of(token: str) -> UserSession:
    return db.session.scalars(
        sa.select(UserSession).filter_by(token_digest=digest(token)).execution_options(populate_existing=True)
    ).one()


def is_open(token: str, after: timedelta = timedelta()) -> bool:
    return find_session(token, NOW + after) is not None


def test_signing_in_opens_a_session_of_which_the_database_knows_only_the_digest() -> None:
    user = factories.make_user()
    signed_in = sign_in(user.email)
    found = find_session(signed_in.token, NOW)
    assert found is not None
    assert found.user.id == signed_in.user.id == user.id
    assert (found.surface, found.address, found.device) == ("web", "192.0.2.7", "A phone")
    assert signed_in.token not in repr(vars(found))
    assert signed_in.user.last_login_at == NOW


@pytest.mark.parametrize("login", ["ama@example.org", " AMA@example.org ", "ama_b", "Ama_B"])
def test_people_sign_in_by_address_or_username_whatever_the_capitals(login: str) -> None:
    user = factories.make_user(email="ama@example.org", username="Ama_B")
    assert sign_in(login).user.id == user.id


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("ama@example.org", "wrong"),
        ("ama@example.org", ""),
        ("ama@example.org", PASSWORD + "x" * 100_000),
        ("ama@example.org", "\ud800"),
        ("nobody@example.org", PASSWORD),
        ("closed@example.org", PASSWORD),
        ("", PASSWORD),
        ("ama@example.org\x00", PASSWORD),
        ("\ud800", PASSWORD),
    ],
)
def test_a_wrong_name_a_wrong_password_and_a_closed_account_get_the_same_answer(
    login: str, password: str
) -> None:
    factories.make_user(email="ama@example.org")
    factories.make_user(email="closed@example.org", is_active=False)
    with pytest.raises(WrongCredentials) as refused:
        sign_in(login, password)
    assert (refused.value.message, refused.value.fields) == ("Invalid email or password.", {})


def test_an_unknown_name_costs_one_hash_like_a_known_one() -> None:
    real = passwords._HASHER
    for login in (factories.make_user().email, "nobody@example.org"):
        with patch.object(passwords, "_HASHER", wraps=real) as hasher, pytest.raises(WrongCredentials):
            sign_in(login, "wrong")
        assert [call[0] for call in hasher.method_calls] == ["verify"]
    assert not real.check_needs_rehash(passwords._NOBODYS_HASH)


def test_a_surface_may_ask_for_a_proved_address_but_tells_so_only_after_the_password() -> None:
    user = factories.make_user(is_verified=False)
    assert sign_in(user.email).user.id == user.id
    with pytest.raises(EmailNotVerified):
        sign_in(user.email, needs_verified=True)
    with pytest.raises(WrongCredentials):
        sign_in(user.email, "wrong", needs_verified=True)


def test_letters_typed_on_another_keyboard_are_the_same_password() -> None:
    user = factories.make_user()
    with transaction():
        user.password_hash = passwords.hash_password("caf\N{LATIN SMALL LETTER E WITH ACUTE} crème")
    assert sign_in(user.email, "cafe\N{COMBINING ACUTE ACCENT} crème").user.id == user.id


def test_a_hash_of_old_strength_is_renewed_at_the_next_sign_in() -> None:
    user = factories.make_user()
    weak = user.password_hash
    assert passwords.needs_new_hash(weak)
    renewed = sign_in(user.email).user.password_hash
    assert not passwords.needs_new_hash(renewed)
    assert sign_in(user.email).user.password_hash == renewed


def test_a_password_changed_while_it_was_being_checked_opens_nothing() -> None:
    user = factories.make_user()

    def check_slowly(password_hash: str | None, password: str) -> bool:
        with transaction():
            db.session.get_one(User, user.id).password_hash = "changed meanwhile"
        return True

    with patch.object(sessions, "is_right_password", check_slowly), pytest.raises(WrongCredentials):
        sign_in(user.email)
    assert db.session.scalars(sa.select(UserSession)).all() == []


def test_every_sign_in_has_a_token_of_its_own() -> None:
    user = factories.make_user()
    assert sign_in(user.email).token != sign_in(user.email).token


def test_signing_out_ends_that_session_only() -> None:
    user = factories.make_user()
    here, there = sign_in(user.email).token, sign_in(user.email).token
    sign_out(token=here, now=NOW)
    assert (is_open(here), is_open(there)) == (False, True)


def test_signing_out_twice_changes_nothing() -> None:
    token = sign_in(factories.make_user().email).token
    sign_out(token=token, now=NOW)
    sign_out(token=token, now=NOW + timedelta(hours=1))
    assert row_of(token).revoked_at == NOW


def test_signing_out_everywhere_ends_all_sessions_of_that_account_only() -> None:
    user, other = factories.make_user(), factories.make_user()
    tokens = [sign_in(user.email).token for _ in range(3)]
    others = sign_in(other.email).token
    assert sign_out_everywhere(user=user, now=NOW) == 3
    assert not any(is_open(token) for token in tokens)
    assert is_open(others)


@pytest.mark.parametrize("change", [{"is_active": False}, {"deleted_at": NOW}])
def test_closing_an_account_ends_its_sessions_at_once(change: dict[str, Any]) -> None:
    user = factories.make_user()
    token = sign_in(user.email).token
    with transaction():
        for name, value in change.items():
            setattr(user, name, value)
    assert not is_open(token)


def test_a_session_ends_a_day_after_its_last_use_and_a_kept_one_after_two_weeks() -> None:
    user = factories.make_user()
    short, kept = sign_in(user.email).token, sign_in(user.email, lasts=KEPT).token
    assert is_open(short, timedelta(hours=23, minutes=59))
    assert not is_open(short, timedelta(days=1))
    assert is_open(kept, timedelta(days=13, hours=23))
    assert not is_open(kept, timedelta(days=14))


def test_use_keeps_a_session_open_and_is_noted_at_most_every_ten_minutes() -> None:
    token = sign_in(factories.make_user().email).token
    assert not note_use(token=token, now=NOW + timedelta(minutes=9))
    assert note_use(token=token, now=NOW + timedelta(hours=20))
    assert is_open(token, timedelta(hours=43))
    assert not is_open(token, timedelta(hours=44))


def test_no_session_is_kept_open_for_longer_than_ninety_days() -> None:
    token = sign_in(factories.make_user().email, lasts=KEPT).token
    for day in range(10, 90, 10):
        assert note_use(token=token, now=NOW + timedelta(days=day))
    assert row_of(token).expires_at == NOW + timedelta(days=90)


def test_an_ended_session_is_not_brought_back_by_use() -> None:
    token = sign_in(factories.make_user().email).token
    sign_out(token=token, now=NOW)
    assert not note_use(token=token, now=NOW + timedelta(hours=1))


def test_renewing_the_tokens_of_a_session_lets_it_go_on_for_a_week_from_then() -> None:
    token = sign_in(factories.make_user().email, surface="api", lasts=BY_TOKENS).token
    assert row_of(token).expires_at == NOW + timedelta(days=7)
    later = NOW + timedelta(days=6, hours=23)
    assert extend_session(token=token, lasts=BY_TOKENS, now=later).user.is_active
    assert row_of(token).expires_at == later + timedelta(days=7)
    assert row_of(token).last_seen_at == later


def test_renewing_never_makes_a_session_longer_than_ninety_days() -> None:
    token = sign_in(factories.make_user().email, lasts=BY_TOKENS).token
    for day in range(6, 90, 6):
        extend_session(token=token, lasts=BY_TOKENS, now=NOW + timedelta(days=day))
    assert row_of(token).expires_at == NOW + timedelta(days=90)
    with pytest.raises(SessionEnded):
        extend_session(token=token, lasts=BY_TOKENS, now=NOW + timedelta(days=90))


@pytest.mark.parametrize("end", ["signed out", "run out", "account closed", "never begun"])
def test_what_has_ended_is_not_renewed(end: str) -> None:
    user = factories.make_user()
    token = sign_in(user.email, lasts=BY_TOKENS).token
    if end == "signed out":
        sign_out(token=token, now=NOW)
    if end == "account closed":
        with transaction():
            user.is_active = False
    now = NOW + timedelta(days=7) if end == "run out" else NOW
    with pytest.raises(SessionEnded) as refused:
        extend_session(token="another" if end == "never begun" else token, lasts=BY_TOKENS, now=now)
    assert refused.value.code == "token_not_valid"
    assert row_of(token).expires_at == NOW + timedelta(days=7)


def test_a_session_that_is_ended_while_it_is_renewed_stays_ended() -> None:
    token = sign_in(factories.make_user().email, lasts=BY_TOKENS).token

    def find_slowly(token: str, now: datetime) -> UserSession | None:
        found = find_session(token, now)
        sign_out(token=token, now=now)
        return found

    with patch.object(sessions, "find_session", find_slowly), pytest.raises(SessionEnded):
        extend_session(token=token, lasts=BY_TOKENS, now=NOW)


def test_what_ended_a_month_ago_is_deleted_and_what_is_open_stays() -> None:
    user = factories.make_user()
    signed_out, expired, kept = (sign_in(user.email, lasts=lasts).token for lasts in (SHORT, SHORT, KEPT))
    sign_out(token=signed_out, now=NOW)
    values = {"purpose": TokenPurpose.VERIFY_EMAIL, "token_digest": "0" * 64, "email": user.email}
    with transaction() as session:
        session.add(MailToken(user_id=user.id, created_at=NOW, expires_at=NOW, **values))
    assert delete_ended_sessions(NOW + timedelta(days=30)) == 0
    assert delete_ended_sessions(NOW + timedelta(days=31, seconds=1)) == 3
    assert row_of(kept)
    assert not is_open(expired)
