"""What people say about themselves: names, phone, place, picture, what they want to be told, and their username."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from easyticket.db import db, transactional
from easyticket.models import ChangeAction, User
from easyticket.queries.users import get_own_user
from easyticket.rules.people import (
    BIO_LENGTH,
    NAME_LENGTH,
    PLACE_LENGTH,
    check_all,
    normal_line,
    normal_phone,
    normal_phone_abroad,
    normal_text,
    parts_of_name,
)
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.services.account_names import check_free_username, refused_if_taken
from easyticket.services.change_log import record_update, values_of
from easyticket.services.images import Upload, discard_picture, stored_pictures
from easyticket.services.passwords import check_own_password

PICTURE = "profile_image"
_LINES = {"first_name": NAME_LENGTH, "last_name": NAME_LENGTH, "city": PLACE_LENGTH, "country": PLACE_LENGTH}
_CHOICES = ("wants_marketing", "wants_reminders", "wants_email", "wants_sms")


@transactional
def update_profile(
    *, actor: Actor, changes: Mapping[str, object], phone_abroad: bool = False, now: datetime
) -> User:
    """Change what people may change about themselves; other names in `changes` are ignored.

    Those are first_name, last_name (or full_name for both), phone_number, bio, city, country (text; None is none),
    profile_image (the name of a stored picture, "" for none) and wants_marketing, wants_reminders, wants_email, wants_sms
    (true or false). With `phone_abroad` a new phone number is one that can be called from abroad.

    :raises Invalid: by field: too long, or no phone number.
    """
    require(actor, Permission.EDIT_OWN_PROFILE)
    user = get_own_user(actor)
    checked = _check_profile(changes, user, phone_abroad)
    before = values_of(user, checked)
    for name, value in checked.items():
        setattr(user, name, value)
    if PICTURE in changes:
        _show_picture(user, str(changes[PICTURE] or ""))
    user.updated_at = now
    # What people change about themselves is nobody's business; what is changed in their place is.
    if actor.staff_id is not None:
        about = {"user_id": user.id, "subject": user.display_name}
        record_update(actor, ChangeAction.USER_CHANGED, user, checked, before, now=now, **about)
    return user


def update_profile_with_picture(
    *,
    actor: Actor,
    changes: Mapping[str, object],
    uploads: Mapping[str, Upload],
    phone_abroad: bool = False,
    now: datetime,
) -> User:
    """Change the profile as `update_profile` does, with an upload as its `profile_image`, or nothing at all.

    :raises Invalid: messages by field, those of a file that is no picture under its own.
    """
    require(actor, Permission.EDIT_OWN_PROFILE)
    with stored_pictures(uploads) as names:
        return update_profile(actor=actor, changes={**changes, **names}, phone_abroad=phone_abroad, now=now)


def change_username(*, actor: Actor, username: str, password: str, now: datetime) -> User:
    """Give an account another username, for somebody who knows its password; its capitals can be changed as well.

    :raises Invalid: on `username`: none, or taken; on `password`: wrong.
    """
    require(actor, Permission.KEEP_OWN_ACCOUNT)
    user = get_own_user(actor)
    user_id, known_hash = user.id, user.password_hash
    checked = check_all(
        {
            "username": partial(check_free_username, username, but_of=user_id),
            "password": partial(check_own_password, known_hash, password, field="password"),
        }
    )
    return _set_username(user_id, checked["username"], now)


@transactional
def _set_username(user_id: int, username: str, now: datetime) -> User:
    user = db.session.get_one(User, user_id, with_for_update=True, populate_existing=True)
    with refused_if_taken():
        user.username, user.username_key, user.updated_at = username, username.lower(), now
    return user


def _show_picture(user: User, stored: str) -> None:
    if user.profile_image != stored:
        discard_picture(user.profile_image)
        user.profile_image = stored


def _check_profile(changes: Mapping[str, object], user: User, phone_abroad: bool) -> dict[str, Any]:
    texts = {name: str(value or "") for name, value in changes.items()}
    checks: dict[str, Callable[[], Any]] = {
        name: partial(normal_line, texts[name], field=name, longest=longest)
        for name, longest in _LINES.items()
        if name in changes
    }
    if "full_name" in changes:
        checks["full_name"] = partial(parts_of_name, texts["full_name"])
    if "phone_number" in changes:
        checks["phone_number"] = partial(_check_phone, texts["phone_number"], user, phone_abroad)
    if "bio" in changes:
        checks["bio"] = partial(normal_text, texts["bio"], field="bio", longest=BIO_LENGTH)
    checked = check_all(checks)
    if "full_name" in checked:
        checked["first_name"], checked["last_name"] = checked.pop("full_name")
    return {**checked, **{name: bool(changes[name]) for name in _CHOICES if name in changes}}


def _check_phone(text: str, user: User, phone_abroad: bool) -> str:
    # What was saved under another surface's rule can be saved again.
    if text == user.phone_number:
        return text
    return normal_phone_abroad(text) if phone_abroad else normal_phone(text)
