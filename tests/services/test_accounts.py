"""Accounts: made once per address, proved by a link that works once, passwords replaced without leaving a door open."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from easyticket.core import clock
from easyticket.core.errors import Invalid, Unauthenticated
from easyticket.core.signing import digest
from easyticket.db import db, transaction
from easyticket.links import FrontEnd
from easyticket.models import MailToken, TokenPurpose, User, UserType
from easyticket.queries.users import find_session, list_sessions
from easyticket.queue import JobName
from easyticket.rules.permissions import ANONYMOUS
from easyticket.services import accounts, password_changes, profiles
from easyticket.services.accounts import register_account
from easyticket.services.sessions import SignedIn, WrongCredentials, sign_in
from tests import factories
from tests.factories import PASSWORD, actor_of
from tests.mailed import mailed_tokens, queued, reset_token, verification_token

pytestmark = pytest.mark.usefixtures("db_session")

NOW = clock.now()
NEW_PASSWORD = "A-newer-password-2"


def sign_up(**fields: Any) -> User:
    return register_account(**{"email": "ama@example.org", "password": PASSWORD, "now": NOW, **fields})


def signed_in(user: User, password: str = PASSWORD) -> SignedIn:
    return sign_in(login=user.email, password=password, surface="web", address="", device="", now=NOW)


def verify(user: User, token: str | None = None, now: datetime = NOW) -> User:
    """Follow a mailed link (the newest, unless `token` is another) in a browser signed in to the account."""
    return accounts.verify_email(token=token or verification_token(user), actor=actor_of(user), now=now)


def is_open(token: str) -> bool:
    return find_session(token, NOW) is not None


def refused_fields(error: pytest.ExceptionInfo[Invalid]) -> dict[str, list[str]]:
    return error.value.fields


def test_a_new_account_is_a_buyers_and_its_address_is_not_proved() -> None:
    user = sign_up(email=" Ama@Example.org ", first_name="Ama", last_name="Boateng")
    assert (user.email, user.full_name, user.user_type) == (
        "ama@example.org",
        "Ama Boateng",
        UserType.CONSUMER,
    )
    assert not user.is_email_verified
    assert not user.is_staff


def test_the_password_is_kept_as_an_argon2_hash_only() -> None:
    user = sign_up()
    assert user.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PASSWORD not in user.password_hash


def test_a_new_account_is_mailed_a_link_whose_token_is_not_in_the_database() -> None:
    user = sign_up()
    [job] = queued(JobName.MAIL_VERIFY_EMAIL)
    row = db.session.get_one(MailToken, job.payload["mail_token_id"])
    assert row.token_digest == digest(verification_token(user))
    assert row.email == "ama@example.org"


def test_an_address_has_one_account_whatever_its_capitals() -> None:
    sign_up()
    with pytest.raises(Invalid) as refused:
        sign_up(email="AMA@example.org")
    assert refused_fields(refused) == {"email": ["User with this email already exists."]}


def test_a_username_is_taken_whatever_its_capitals() -> None:
    sign_up(username="Ama_B")
    with pytest.raises(Invalid) as refused:
        sign_up(email="other@example.org", username="ama_b")
    assert refused_fields(refused) == {"username": ["A user with that username already exists."]}


@pytest.mark.parametrize("taken", [{"username": "ama_b"}, {"email": "ama@example.org"}])
def test_what_somebody_takes_between_the_check_and_the_writing_is_refused_as_well(
    taken: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_up(username="ama_b")
    monkeypatch.setattr(accounts, "check_free_email", lambda email: email)
    monkeypatch.setattr(accounts, "check_free_username", lambda username: username)
    with pytest.raises(Invalid) as refused:
        sign_up(**{"email": "other@example.org", "username": "other", **taken})
    assert list(refused_fields(refused)) == list(taken)


def test_a_password_asked_for_twice_is_the_same_twice() -> None:
    with pytest.raises(Invalid) as refused:
        sign_up(password_confirm=PASSWORD + " ")
    assert refused_fields(refused) == {"password_confirm": ["Passwords do not match"]}
    assert sign_up(password_confirm=PASSWORD).id


def test_an_account_that_is_no_longer_active_keeps_its_address() -> None:
    factories.make_user(email="ama@example.org", is_active=False)
    with pytest.raises(Invalid):
        sign_up()


def test_everything_wrong_with_a_sign_up_is_told_at_once_and_nothing_is_kept() -> None:
    with pytest.raises(Invalid) as refused:
        sign_up(email="ama", password="12345678", first_name="A" * 51, user_type="admin", phone_number="12")
    assert refused_fields(refused) == {
        "email": ["Enter a valid email address."],
        "password": ["This password is too common.", "This password is entirely numeric."],
        "first_name": ["Ensure this field has no more than 50 characters."],
        "phone_number": ["Enter a phone number of 5 to 15 digits, for example +233241234567."],
        "user_type": ["User type must be either 'consumer' or 'organizer'"],
    }
    assert queued(JobName.MAIL_VERIFY_EMAIL) == []


def test_several_accounts_may_share_a_phone_or_have_none() -> None:
    numbers = [
        sign_up(email=f"{number}@example.org", phone_number=phone).phone_number
        for number, phone in enumerate(["", "", None, None, "024 123 4567", "0241234567"])
    ]
    assert numbers == ["", "", "", "", "0241234567", "0241234567"]


def test_the_mailed_link_proves_the_address() -> None:
    user = sign_up()
    assert verify(user).email_verified_at == NOW


def test_the_mailed_link_works_once() -> None:
    user = sign_up()
    verify(user)
    with pytest.raises(Invalid) as refused:
        verify(user)
    assert refused_fields(refused) == {"token": ["Invalid verification token"]}


def test_the_mailed_link_works_for_a_day() -> None:
    user = sign_up()
    with pytest.raises(Invalid) as refused:
        verify(user, now=NOW + timedelta(hours=24))
    assert refused_fields(refused) == {"token": ["Verification token has expired"]}
    assert verify(user, now=NOW + timedelta(hours=23, minutes=59)).is_email_verified


@pytest.mark.parametrize("token", ["", "0" * 64, "ŋ", "\ud800", "\x00"])
def test_a_token_that_was_never_mailed_proves_nothing(token: str) -> None:
    user = sign_up()
    with pytest.raises(Invalid) as refused:
        accounts.verify_email(token=token, actor=actor_of(user), password=PASSWORD, now=NOW)
    assert list(refused_fields(refused)) == ["token"]


def test_a_link_proves_only_the_address_it_was_sent_to() -> None:
    user = sign_up()
    token = verification_token(user)
    with transaction():
        user.email = "somebody-else@example.org"
    with pytest.raises(Invalid):
        verify(user, token)


def test_a_link_for_a_new_password_verifies_nothing_and_the_other_way_round() -> None:
    user = sign_up()
    password_changes.request_password_reset(email=user.email, now=NOW)
    with pytest.raises(Invalid):
        verify(user, reset_token(user))
    with pytest.raises(Invalid):
        password_changes.reset_password(token=verification_token(user), password=NEW_PASSWORD, now=NOW)


def test_guest_orders_join_the_account_when_its_address_is_proved_and_not_before() -> None:
    user = sign_up()
    order = factories.make_order(factories.make_simple_event(), buyer_email=user.email)
    assert order.user_id is None
    verify(user)
    db.session.refresh(order)
    assert order.user_id == user.id


@pytest.mark.parametrize("elsewhere", ["nobody", "another account"])
def test_the_link_alone_proves_nothing_in_a_browser_that_is_not_signed_in_to_the_account(
    elsewhere: str,
) -> None:
    user = sign_up()
    actor = ANONYMOUS if elsewhere == "nobody" else actor_of(factories.make_user())
    token = verification_token(user)
    for guess in ("", "wrong-one"):
        with pytest.raises(Invalid) as refused:
            accounts.verify_email(token=token, actor=actor, password=guess, now=NOW)
        assert refused_fields(refused) == {"password": ["This is not the password of this account."]}
    assert not user.is_email_verified
    assert accounts.verify_email(token=token, actor=actor, password=PASSWORD, now=NOW).is_email_verified


def test_who_signs_up_with_somebody_elses_address_gets_none_of_their_orders() -> None:
    squatter = signed_in(sign_up(password="Of-a-stranger-9"), "Of-a-stranger-9")
    order = factories.make_order(factories.make_simple_event(), buyer_email="ama@example.org")
    with pytest.raises(Invalid):
        accounts.verify_email(token=verification_token(squatter.user), actor=ANONYMOUS, now=NOW)
    password_changes.request_password_reset(email="ama@example.org", now=NOW)
    assert not order.user_id
    owner = password_changes.reset_password(token=reset_token(squatter.user), password=NEW_PASSWORD, now=NOW)
    db.session.refresh(order)
    assert order.user_id == owner.id
    assert not is_open(squatter.token)
    with pytest.raises(WrongCredentials):
        signed_in(owner, "Of-a-stranger-9")


def test_where_the_token_alone_proves_the_address_it_does_so_once_and_guest_orders_stay_where_they_are() -> (
    None
):
    user = sign_up()
    order = factories.make_order(factories.make_simple_event(), buyer_email=user.email)
    token = verification_token(user)
    assert accounts.verify_email_by_token_alone(token=token, now=NOW).email_verified_at == NOW
    db.session.refresh(order)
    assert order.user_id is None
    with pytest.raises(Invalid) as refused:
        accounts.verify_email_by_token_alone(token=token, now=NOW)
    assert refused_fields(refused) == {"token": ["Invalid verification token"]}


def test_the_token_alone_works_for_a_day_and_only_for_verifying() -> None:
    user = sign_up()
    password_changes.request_password_reset(email=user.email, now=NOW)
    with pytest.raises(Invalid):
        accounts.verify_email_by_token_alone(token=reset_token(user), now=NOW)
    with pytest.raises(Invalid) as refused:
        accounts.verify_email_by_token_alone(token=verification_token(user), now=NOW + timedelta(hours=24))
    assert refused_fields(refused) == {"token": ["Verification token has expired"]}


def test_a_stranger_whose_account_i_verified_by_the_token_alone_never_gets_my_orders() -> None:
    squatter = sign_up(password="Of-a-stranger-9")
    accounts.request_verification(email=squatter.email, now=NOW)
    order = factories.make_order(factories.make_simple_event(), buyer_email="ama@example.org")
    older, newer = mailed_tokens(squatter, TokenPurpose.VERIFY_EMAIL)
    accounts.verify_email_by_token_alone(token=older, now=NOW)
    # What is left to a stranger who knows the password, and even got hold of every link that was mailed for this.
    inside = signed_in(squatter, "Of-a-stranger-9")
    accounts.request_verification(email=squatter.email, now=NOW)
    assert mailed_tokens(squatter, TokenPurpose.VERIFY_EMAIL) == [older, newer]
    for token in (older, newer):
        with pytest.raises(Invalid):
            accounts.verify_email(
                token=token, actor=actor_of(inside.user), password="Of-a-stranger-9", now=NOW
            )
    password_changes.change_password(
        actor=actor_of(squatter), old_password="Of-a-stranger-9", new_password="Of-a-stranger-10", now=NOW
    )
    profiles.update_profile(actor=actor_of(squatter), changes={"email": "ama@example.org"}, now=NOW)
    later = factories.make_order(factories.make_simple_event(), buyer_email="ama@example.org")
    for each in (order, later):
        db.session.refresh(each)
        assert each.user_id is None
    # The owner of the address puts the stranger out, and has the orders.
    password_changes.request_password_reset(email="ama@example.org", now=NOW)
    owner = password_changes.reset_password(token=reset_token(squatter), password=NEW_PASSWORD, now=NOW)
    for each in (order, later):
        db.session.refresh(each)
        assert each.user_id == owner.id
    with pytest.raises(WrongCredentials):
        signed_in(owner, "Of-a-stranger-10")


def test_the_job_of_a_link_names_the_front_end_whose_pages_it_leads_to() -> None:
    sign_up(email="one@example.org")
    sign_up(email="two@example.org", front_end=FrontEnd.EASYTICKET)
    accounts.request_verification(email="one@example.org", front_end=FrontEnd.EASYTICKET, now=NOW)
    named = [job.payload["front_end"] for job in queued(JobName.MAIL_VERIFY_EMAIL)]
    assert named == ["pages", "easyticket", "easyticket"]


def test_another_link_can_be_asked_for_until_the_address_is_proved() -> None:
    user = sign_up()
    accounts.request_verification(email="AMA@example.org", now=NOW)
    assert len(mailed_tokens(user, TokenPurpose.VERIFY_EMAIL)) == 2
    verify(user)
    accounts.request_verification(email=user.email, now=NOW)
    assert len(queued(JobName.MAIL_VERIFY_EMAIL)) == 2


def test_proving_the_address_by_one_link_uses_up_the_others() -> None:
    user = sign_up()
    accounts.request_verification(email=user.email, now=NOW)
    older, newer = mailed_tokens(user, TokenPurpose.VERIFY_EMAIL)
    verify(user, older)
    with pytest.raises(Invalid):
        verify(user, newer)


@pytest.mark.parametrize("email", ["nobody@example.org", "no address", "", "closed@example.org"])
def test_asking_for_a_link_says_nothing_about_unknown_addresses_and_mails_nobody(email: str) -> None:
    factories.make_user(email="closed@example.org", is_active=False, is_verified=False)
    accounts.request_verification(email=email, now=NOW)
    password_changes.request_password_reset(email=email, now=NOW)
    assert [*queued(JobName.MAIL_VERIFY_EMAIL), *queued(JobName.MAIL_RESET_PASSWORD)] == []


def test_a_forgotten_password_is_replaced_by_the_mailed_link() -> None:
    user = factories.make_user()
    password_changes.request_password_reset(email=user.email, now=NOW)
    password_changes.reset_password(token=reset_token(user), password=NEW_PASSWORD, now=NOW)
    assert signed_in(user, NEW_PASSWORD).user.id == user.id
    with pytest.raises(WrongCredentials):
        signed_in(user, PASSWORD)


def test_replacing_a_password_signs_out_everywhere_and_says_so_by_mail() -> None:
    user = factories.make_user()
    tokens = [signed_in(user).token for _ in range(2)]
    password_changes.request_password_reset(email=user.email, now=NOW)
    password_changes.reset_password(token=reset_token(user), password=NEW_PASSWORD, now=NOW)
    assert not any(is_open(token) for token in tokens)
    assert [job.payload for job in queued(JobName.MAIL_PASSWORD_CHANGED)] == [{"user_id": user.id}]


def test_a_link_for_a_new_password_works_once_and_uses_up_the_older_ones() -> None:
    user = factories.make_user()
    for _ in range(2):
        password_changes.request_password_reset(email=user.email, now=NOW)
    older, newer = mailed_tokens(user, TokenPurpose.RESET_PASSWORD)
    password_changes.reset_password(token=newer, password=NEW_PASSWORD, now=NOW)
    for token in (older, newer):
        with pytest.raises(Invalid) as refused:
            password_changes.reset_password(token=token, password="A-third-password-3", now=NOW)
        assert refused_fields(refused) == {"token": ["Invalid password reset token"]}


def test_a_link_for_a_new_password_works_for_an_hour() -> None:
    user = factories.make_user()
    password_changes.request_password_reset(email=user.email, now=NOW)
    with pytest.raises(Invalid) as refused:
        password_changes.reset_password(
            token=reset_token(user), password=NEW_PASSWORD, now=NOW + timedelta(hours=1)
        )
    assert refused_fields(refused) == {"token": ["Password reset token has expired"]}


def test_a_refused_password_does_not_use_the_link_up() -> None:
    user = factories.make_user()
    password_changes.request_password_reset(email=user.email, now=NOW)
    with pytest.raises(Invalid) as refused:
        password_changes.reset_password(token=reset_token(user), password="password1", now=NOW)
    assert list(refused_fields(refused)) == ["password"]
    password_changes.reset_password(token=reset_token(user), password=NEW_PASSWORD, now=NOW)


def test_reading_the_link_for_a_new_password_proves_the_address_too() -> None:
    user = factories.make_user(is_verified=False)
    password_changes.request_password_reset(email=user.email, now=NOW)
    assert password_changes.reset_password(
        token=reset_token(user), password=NEW_PASSWORD, now=NOW
    ).is_email_verified


def test_changing_the_password_signs_out_all_other_devices() -> None:
    user = factories.make_user()
    here, there = signed_in(user).token, signed_in(user).token
    password_changes.change_password(
        actor=actor_of(user), old_password=PASSWORD, new_password=NEW_PASSWORD, but_token=here, now=NOW
    )
    assert (is_open(here), is_open(there)) == (True, False)
    assert len(queued(JobName.MAIL_PASSWORD_CHANGED)) == 1


@pytest.mark.parametrize(
    ("old", "new", "fields"),
    [
        ("wrong", NEW_PASSWORD, {"old_password": ["Current password is incorrect"]}),
        (PASSWORD, "password1", {"new_password": ["This password is too common."]}),
        (
            "wrong",
            "4815",
            {
                "old_password": ["Current password is incorrect"],
                "new_password": [
                    "This password is too short. It must contain at least 8 characters.",
                    "This password is entirely numeric.",
                ],
            },
        ),
    ],
)
def test_a_password_is_changed_only_by_who_knows_it_and_to_a_good_one(
    old: str, new: str, fields: dict[str, list[str]]
) -> None:
    user = factories.make_user()
    token = signed_in(user).token
    with pytest.raises(Invalid) as refused:
        password_changes.change_password(actor=actor_of(user), old_password=old, new_password=new, now=NOW)
    assert refused_fields(refused) == fields
    assert is_open(token)


def test_a_new_password_asked_for_twice_is_the_same_twice() -> None:
    user = factories.make_user()
    passwords = {"old_password": PASSWORD, "new_password": NEW_PASSWORD}
    with pytest.raises(Invalid) as refused:
        password_changes.change_password(
            actor=actor_of(user), **passwords, new_password_confirm=NEW_PASSWORD.lower(), now=NOW
        )
    assert refused_fields(refused) == {"new_password_confirm": ["New passwords do not match"]}
    password_changes.change_password(
        actor=actor_of(user), **passwords, new_password_confirm=NEW_PASSWORD, now=NOW
    )


def test_nobody_changes_anything_without_signing_in() -> None:
    with pytest.raises(Unauthenticated):
        password_changes.change_password(actor=ANONYMOUS, old_password="", new_password=NEW_PASSWORD, now=NOW)
    with pytest.raises(Unauthenticated):
        profiles.update_profile(actor=ANONYMOUS, changes={"bio": "I"}, now=NOW)
    with pytest.raises(Unauthenticated):
        accounts.become_organizer(actor=ANONYMOUS, now=NOW)


def test_a_profile_changes_what_people_may_change_and_nothing_else() -> None:
    user = factories.make_user()
    changes = {
        "first_name": " Kofi ",
        "phone_number": "+233 24 123 4567",
        "city": "Kumasi",
        "bio": "One\r\nTwo",
        "wants_marketing": True,
        "is_staff": True,
        "email": "other@example.org",
        "user_type": "admin",
        "password_hash": "x",
    }
    changed = profiles.update_profile(actor=actor_of(user), changes=changes, now=NOW)
    assert (changed.first_name, changed.phone_number, changed.bio) == ("Kofi", "+233241234567", "One\nTwo")
    assert changed.wants_marketing
    assert not changed.is_staff
    assert (changed.email, changed.user_type) == (user.email, UserType.CONSUMER)


def test_a_phone_number_can_be_taken_away() -> None:
    user = factories.make_user(phone_number="0241234567")
    assert (
        profiles.update_profile(actor=actor_of(user), changes={"phone_number": None}, now=NOW).phone_number
        == ""
    )


def test_a_refused_profile_changes_nothing() -> None:
    user = factories.make_user(city="Accra")
    with pytest.raises(Invalid) as refused:
        profiles.update_profile(
            actor=actor_of(user),
            changes={"city": "Kumasi", "bio": "x" * 1001, "last_name": "y" * 51},
            now=NOW,
        )
    assert list(refused_fields(refused)) == ["last_name", "bio"]
    db.session.refresh(user)
    assert user.city == "Accra"


def test_a_buyer_becomes_an_organizer_and_staff_stays_staff() -> None:
    buyer, staff = factories.make_user(), factories.make_staff()
    assert accounts.become_organizer(actor=actor_of(buyer), now=NOW).is_organizer
    assert accounts.become_organizer(actor=actor_of(staff), now=NOW).user_type is UserType.ADMIN


def test_a_person_sees_only_their_own_sessions() -> None:
    one, other = factories.make_user(), factories.make_user()
    signed_in(one)
    signed_in(other)
    assert [session.user_id for session in list_sessions(actor_of(one), NOW)] == [one.id]
