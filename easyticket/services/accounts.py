"""Accounts: signing up, proving an address, becoming an organizer.

Passwords are changed in password_changes.py, the profile in profiles.py, the address in email_changes.py; sessions are in
sessions.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from easyticket.core.errors import Invalid, invalid_field
from easyticket.db import db, transactional
from easyticket.links import FrontEnd
from easyticket.models import ChangeAction, MailToken, TokenPurpose, User, UserType
from easyticket.queries.users import find_user_by_email, get_own_user
from easyticket.rules.passwords import PASSWORDS_DIFFER, check_password, check_repeated
from easyticket.rules.people import (
    NAME_LENGTH,
    check_all,
    normal_email,
    normal_line,
    normal_phone,
    parts_of_name,
)
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.services.account_names import check_free_email, check_free_username, refused_if_taken
from easyticket.services.change_log import record_change
from easyticket.services.mail_tokens import check_token, mail_link, use_token
from easyticket.services.orders import join_guest_orders
from easyticket.services.passwords import hash_password, is_right_password
from easyticket.services.ticket_transfers import join_sent_tickets

NOT_THE_PASSWORD = "This is not the password of this account."  # noqa: S105 (a sentence, not a password)


def register_account(
    *,
    email: str,
    password: str,
    password_confirm: str | None = None,
    re_password: str | None = None,
    first_name: str = "",
    last_name: str = "",
    full_name: str | None = None,
    user_type: str = UserType.CONSUMER,
    phone_number: str | None = "",
    username: str | None = None,
    mixed_password: bool = False,
    front_end: FrontEnd = FrontEnd.PAGES,
    now: datetime,
) -> User:
    """Make an account and mail a link that proves its address. `user_type` is `consumer` or `organizer`.

    `password_confirm` and `re_password` are given by surfaces that ask for the password twice, `full_name` in place of
    first and last name by those that ask for both in one, `mixed_password` by those whose clients log in with no other; the
    link leads to `front_end`.

    :raises Invalid: by field: address or username taken or malformed, password refused, text too long.
    """
    wanted = check_all(
        {
            "email": lambda: check_free_email(normal_email(email)),
            "username": lambda: check_free_username(username) if username else None,
            "password": lambda: check_password(password, field="password", mixed=mixed_password),
            "password_confirm": partial(_check_same, password, password_confirm, "password_confirm"),
            "re_password": partial(_check_same, password, re_password, "re_password"),
            "first_name": partial(normal_line, first_name, field="first_name", longest=NAME_LENGTH),
            "last_name": partial(normal_line, last_name, field="last_name", longest=NAME_LENGTH),
            "full_name": lambda: None if full_name is None else parts_of_name(full_name),
            "phone_number": partial(normal_phone, phone_number or ""),
            "user_type": partial(_check_open_type, user_type),
        }
    )
    del wanted["password_confirm"], wanted["re_password"]
    if names := wanted.pop("full_name"):
        wanted["first_name"], wanted["last_name"] = names
    return _create_account(wanted, hash_password(wanted.pop("password")), front_end, now)


def verify_email(*, token: str, actor: Actor, password: str = "", now: datetime) -> User:
    """Take an address as proved by the token mailed to it, once; guest orders made with it join the account.

    The token shows whose address it is, not who made the account: anybody can sign up with somebody else's. So whoever
    is not signed in to it gives its password too, and an owner of the address who cannot sets a new one by mail.

    :raises Invalid: on `token`: unknown, used or expired; on `password`: not this account's.
    """
    token_id = check_token(token, TokenPurpose.VERIFY_EMAIL, now)
    check_own_link(token_id, actor, password)
    return _verify_email(token_id, now, with_guest_orders=True)


def verify_email_by_token_alone(*, token: str, uid: str | None = None, now: datetime) -> User:
    """Take an address as proved by the token mailed to it, once, as the API contract has it: nothing else is asked for.

    Guest orders made with the address stay where they are: a stranger who signed up with it knows the password, and
    would read them. They join once a new password is set by mail, which puts every stranger out (`reset_password`).
    `uid` is the account's UUID, given by surfaces whose links name it.

    :raises Invalid: on `token`: unknown, used or expired; on `uid`: of another account.
    """
    token_id = check_token(token, TokenPurpose.VERIFY_EMAIL, now, uid)
    return _verify_email(token_id, now, with_guest_orders=False)


@transactional
def request_verification(*, email: str, front_end: FrontEnd = FrontEnd.PAGES, now: datetime) -> None:
    """Mail a new link to an address that is not proved yet. Nothing tells whether there is such an account."""
    user = find_mailable(email)
    if user is not None and not user.is_email_verified:
        mail_link(user, TokenPurpose.VERIFY_EMAIL, now, front_end)


@transactional
def become_organizer(*, actor: Actor, now: datetime) -> User:
    """Let a buyer's account have events of its own; it stays a buyer's as well."""
    require(actor, Permission.EDIT_OWN_PROFILE)
    user = get_own_user(actor)
    if user.user_type is UserType.CONSUMER:
        user.user_type = UserType.ORGANIZER
        user.updated_at = now
        record_change(
            actor,
            ChangeAction.USER_CHANGED,
            subject=user.full_name,
            user_id=user.id,
            before={"user_type": UserType.CONSUMER},
            after={"user_type": UserType.ORGANIZER},
            now=now,
        )
    return user


def find_mailable(email: str) -> User | None:
    """Return the active account of an address as somebody typed it, or None."""
    try:
        return find_user_by_email(normal_email(email))
    except Invalid:
        return None


def check_own_link(token_id: int, actor: Actor, password: str) -> None:
    """Return if whoever follows a mailed link is signed in to its account, or knows its password.

    :raises Invalid: on `password`: neither.
    """
    user = db.session.get_one(MailToken, token_id).user
    if user.id != actor.user_id and not is_right_password(user.password_hash, password):
        raise invalid_field("password", NOT_THE_PASSWORD)


def take_as_proved(user: User, now: datetime, *, with_guest_orders: bool) -> None:
    """Note that an account's address is its owner's.

    Guest orders made with it, and tickets sent to it, join only where that is sure.
    """
    user.email_verified_at = user.email_verified_at or now
    db.session.flush()
    if with_guest_orders:
        join_guest_orders(user)
        join_sent_tickets(user)


def _check_same(password: str, repeated: str | None, field: str) -> None:
    check_repeated(password, repeated, field=field, message=PASSWORDS_DIFFER)


def _check_open_type(user_type: str) -> UserType:
    if user_type not in (UserType.CONSUMER, UserType.ORGANIZER):
        raise invalid_field("user_type", "User type must be either 'consumer' or 'organizer'")
    return UserType(user_type)


@transactional
def _create_account(
    wanted: Mapping[str, object], password_hash: str, front_end: FrontEnd, now: datetime
) -> User:
    username = wanted["username"]
    user = User(
        **wanted,
        username_key=username.lower() if isinstance(username, str) else None,
        password_hash=password_hash,
        created_at=now,
        updated_at=now,
    )
    with refused_if_taken():
        db.session.add(user)
    mail_link(user, TokenPurpose.VERIFY_EMAIL, now, front_end)
    return user


@transactional
def _verify_email(token_id: int, now: datetime, *, with_guest_orders: bool) -> User:
    user = use_token(token_id, TokenPurpose.VERIFY_EMAIL, now)
    take_as_proved(user, now, with_guest_orders=with_guest_orders)
    return user
