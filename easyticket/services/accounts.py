"""Accounts: signing up, proving an address, changing and replacing a password, the profile. Sessions are in sessions.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from easyticket.core.errors import Invalid, invalid_field
from easyticket.db import db, transactional
from easyticket.links import FrontEnd
from easyticket.models import MailToken, TokenPurpose, User, UserType
from easyticket.queries.users import find_user_by_email, get_own_user
from easyticket.queue import JobName, enqueue
from easyticket.rules.passwords import (
    NEW_PASSWORDS_DIFFER,
    PASSWORDS_DIFFER,
    check_password,
    check_repeated,
)
from easyticket.rules.people import (
    BIO_LENGTH,
    NAME_LENGTH,
    PLACE_LENGTH,
    check_all,
    normal_email,
    normal_line,
    normal_phone,
    normal_text,
    normal_username,
)
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.services.mail_tokens import check_token, mail_link, use_token
from easyticket.services.orders import join_guest_orders
from easyticket.services.passwords import hash_password, is_right_password
from easyticket.services.sessions import sign_out_everywhere

EMAIL_TAKEN = "User with this email already exists."
_USERNAME_TAKEN = "A user with that username already exists."
NOT_THE_PASSWORD = "This is not the password of this account."  # noqa: S105 (a sentence, not a password)
_WRONG_PASSWORD = "Current password is incorrect"  # noqa: S105 (a sentence, not a password)
_LINES = {"first_name": NAME_LENGTH, "last_name": NAME_LENGTH, "city": PLACE_LENGTH, "country": PLACE_LENGTH}
_CHOICES = ("wants_marketing", "wants_reminders", "wants_email", "wants_sms")


def register_account(
    *,
    email: str,
    password: str,
    password_confirm: str | None = None,
    first_name: str = "",
    last_name: str = "",
    user_type: str = UserType.CONSUMER,
    phone_number: str | None = "",
    username: str | None = None,
    front_end: FrontEnd = FrontEnd.PAGES,
    now: datetime,
) -> User:
    """Make an account and mail a link that proves its address. `user_type` is `consumer` or `organizer`.

    `password_confirm` is given by surfaces that ask for the password twice; the link leads to `front_end`.

    :raises Invalid: by field: address or username taken or malformed, password refused, text too long.
    """
    wanted = check_all(
        {
            "email": lambda: _check_free(normal_email(email)),
            "username": lambda: _check_username(username),
            "password": lambda: check_password(password, field="password"),
            "password_confirm": lambda: check_repeated(
                password, password_confirm, field="password_confirm", message=PASSWORDS_DIFFER
            ),
            "first_name": partial(normal_line, first_name, field="first_name", longest=NAME_LENGTH),
            "last_name": partial(normal_line, last_name, field="last_name", longest=NAME_LENGTH),
            "phone_number": partial(normal_phone, phone_number or ""),
            "user_type": partial(_check_open_type, user_type),
        }
    )
    del wanted["password_confirm"]
    return _create_account(wanted, hash_password(wanted.pop("password")), front_end, now)


def verify_email(*, token: str, actor: Actor, password: str = "", now: datetime) -> User:
    """Take an address as proved by the token mailed to it, once; guest orders made with it join the account.

    The token shows whose address it is, not who made the account: anybody can sign up with somebody else's. So whoever
    is not signed in to it gives its password too, and an owner of the address who cannot sets a new one by mail.

    :raises Invalid: on `token`: unknown, used or expired; on `password`: not this account's.
    """
    token_id = check_token(token, TokenPurpose.VERIFY_EMAIL, now)
    user = db.session.get_one(MailToken, token_id).user
    if user.id != actor.user_id and not is_right_password(user.password_hash, password):
        raise invalid_field("password", NOT_THE_PASSWORD)
    return _verify_email(token_id, now, with_guest_orders=True)


def verify_email_by_token_alone(*, token: str, now: datetime) -> User:
    """Take an address as proved by the token mailed to it, once, as the API contract has it: nothing else is asked for.

    Guest orders made with the address stay where they are: a stranger who signed up with it knows the password, and
    would read them. They join once a new password is set by mail, which puts every stranger out (`reset_password`).

    :raises Invalid: on `token`: unknown, used or expired.
    """
    return _verify_email(check_token(token, TokenPurpose.VERIFY_EMAIL, now), now, with_guest_orders=False)


@transactional
def request_verification(*, email: str, front_end: FrontEnd = FrontEnd.PAGES, now: datetime) -> None:
    """Mail a new link to an address that is not proved yet. Nothing tells whether there is such an account."""
    user = _find_mailable(email)
    if user is not None and not user.is_email_verified:
        mail_link(user, TokenPurpose.VERIFY_EMAIL, now, front_end)


@transactional
def request_password_reset(*, email: str, now: datetime) -> None:
    """Mail a link for a new password. Nothing tells whether there is such an account."""
    user = _find_mailable(email)
    if user is not None:
        mail_link(user, TokenPurpose.RESET_PASSWORD, now)


def reset_password(*, token: str, password: str, now: datetime) -> User:
    """Set a new password by the token mailed for it, once: all sessions end, and a mail says so.

    The address is proved by it as well, since the token was read there.

    :raises Invalid: on `token`: unknown, used or expired; on `password`: refused.
    """
    token_id = check_token(token, TokenPurpose.RESET_PASSWORD, now)
    return _reset_password(token_id, hash_password(check_password(password, field="password")), now)


def change_password(
    *,
    actor: Actor,
    old_password: str,
    new_password: str,
    new_password_confirm: str | None = None,
    but_token: str = "",
    now: datetime,
) -> User:
    """Set a new password for somebody who knows the old one: all sessions but that of `but_token` end, and a mail says so.

    `new_password_confirm` is given by surfaces that ask for the new one twice.

    :raises Invalid: on `old_password`: wrong; on `new_password`: refused; on `new_password_confirm`: another.
    """
    require(actor, Permission.EDIT_OWN_PROFILE)
    user = get_own_user(actor)
    user_id, known_hash = user.id, user.password_hash
    check_all(
        {
            "old_password": partial(_check_own_password, known_hash, old_password),
            "new_password": partial(check_password, new_password, field="new_password"),
            "new_password_confirm": lambda: check_repeated(
                new_password,
                new_password_confirm,
                field="new_password_confirm",
                message=NEW_PASSWORDS_DIFFER,
            ),
        }
    )
    return _change_password(user_id, known_hash, hash_password(new_password), now, but_token)


@transactional
def update_profile(*, actor: Actor, changes: Mapping[str, object], now: datetime) -> User:
    """Change what people may change about themselves; other names in `changes` are ignored.

    Those are first_name, last_name, phone_number, bio, city, country (text; None is none) and wants_marketing,
    wants_reminders, wants_email, wants_sms (true or false).

    :raises Invalid: by field: too long, or no phone number.
    """
    require(actor, Permission.EDIT_OWN_PROFILE)
    user = get_own_user(actor)
    for name, value in _check_profile(changes).items():
        setattr(user, name, value)
    user.updated_at = now
    return user


@transactional
def become_organizer(*, actor: Actor, now: datetime) -> User:
    """Let a buyer's account have events of its own; it stays a buyer's as well."""
    require(actor, Permission.EDIT_OWN_PROFILE)
    user = get_own_user(actor)
    if user.user_type is UserType.CONSUMER:
        user.user_type = UserType.ORGANIZER
        user.updated_at = now
    return user


def _find_mailable(email: str) -> User | None:
    try:
        return find_user_by_email(normal_email(email))
    except Invalid:
        return None


def _check_free(email: str) -> str:
    if db.session.scalar(sa.select(User.id).where(User.email == email)) is not None:
        raise invalid_field("email", EMAIL_TAKEN)
    return email


def _check_username(username: str | None) -> str | None:
    if not username:
        return None
    name = normal_username(username)
    if db.session.scalar(sa.select(User.id).where(User.username_key == name.lower())) is not None:
        raise invalid_field("username", _USERNAME_TAKEN)
    return name


def _check_own_password(known_hash: str, password: str) -> None:
    if not is_right_password(known_hash, password):
        raise invalid_field("old_password", _WRONG_PASSWORD)


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
    try:
        with db.session.begin_nested():
            db.session.add(user)
    except IntegrityError as error:
        # Somebody else took the name or the address since it was checked.
        raise _taken(error) from None
    mail_link(user, TokenPurpose.VERIFY_EMAIL, now, front_end)
    return user


def _taken(error: IntegrityError) -> Invalid:
    if "username" in str(error.orig):
        return invalid_field("username", _USERNAME_TAKEN)
    return invalid_field("email", EMAIL_TAKEN)


@transactional
def _verify_email(token_id: int, now: datetime, *, with_guest_orders: bool) -> User:
    user = use_token(token_id, TokenPurpose.VERIFY_EMAIL, now)
    _take_as_proved(user, now, with_guest_orders=with_guest_orders)
    return user


def _take_as_proved(user: User, now: datetime, *, with_guest_orders: bool) -> None:
    user.email_verified_at = user.email_verified_at or now
    db.session.flush()
    if with_guest_orders:
        join_guest_orders(user, now)


@transactional
def _reset_password(token_id: int, password_hash: str, now: datetime) -> User:
    user = use_token(token_id, TokenPurpose.RESET_PASSWORD, now)
    _set_password(user, password_hash, now)
    _take_as_proved(user, now, with_guest_orders=True)
    return user


@transactional
def _change_password(
    user_id: int, known_hash: str, password_hash: str, now: datetime, but_token: str
) -> User:
    user = db.session.get_one(User, user_id, with_for_update=True, populate_existing=True)
    if user.password_hash != known_hash:
        raise invalid_field("old_password", _WRONG_PASSWORD)
    _set_password(user, password_hash, now, but_token)
    return user


def _set_password(user: User, password_hash: str, now: datetime, but_token: str = "") -> None:
    user.password_hash = password_hash
    user.password_changed_at = now
    # Written before the sessions end: a sign-in with the old password that runs now waits for this row, and is refused.
    db.session.flush()
    sign_out_everywhere(user=user, now=now, but_token=but_token)
    enqueue(JobName.MAIL_PASSWORD_CHANGED, {"user_id": user.id})


def _check_profile(changes: Mapping[str, object]) -> dict[str, Any]:
    texts = {name: str(value or "") for name, value in changes.items()}
    checks: dict[str, Callable[[], Any]] = {
        name: partial(normal_line, texts[name], field=name, longest=longest)
        for name, longest in _LINES.items()
        if name in changes
    }
    if "phone_number" in changes:
        checks["phone_number"] = partial(normal_phone, texts["phone_number"])
    if "bio" in changes:
        checks["bio"] = partial(normal_text, texts["bio"], field="bio", longest=BIO_LENGTH)
    return {**check_all(checks), **{name: bool(changes[name]) for name in _CHOICES if name in changes}}
