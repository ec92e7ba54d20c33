"""Which addresses and usernames are taken: asked before an account is written, and told by the database while it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from easyticket.core.errors import Invalid, invalid_field
from easyticket.db import db
from easyticket.models import User
from easyticket.rules.people import normal_username

EMAIL_TAKEN = "User with this email already exists."
USERNAME_TAKEN = "A user with that username already exists."


def check_free_email(email: str, *, field: str = "email") -> str:
    """Return an address (in the form it is kept) that no account has, closed ones included.

    :raises Invalid: on `field`: one has it.
    """
    if db.session.scalar(sa.select(User.id).where(User.email == email)) is not None:
        raise invalid_field(field, EMAIL_TAKEN)
    return email


def check_free_username(username: str, *, but_of: int | None = None) -> str:
    """Return a username that no account has, whatever its capitals, but perhaps that with the id `but_of`.

    :raises Invalid: on `username`: it is none, or another account has it.
    """
    name = normal_username(username)
    owner_id = db.session.scalar(sa.select(User.id).where(User.username_key == name.lower()))
    if owner_id not in (None, but_of):
        raise invalid_field("username", USERNAME_TAKEN)
    return name


@contextmanager
def refused_if_taken(*, field: str = "email") -> Iterator[None]:
    """Write a name or an address in the block; it is undone if somebody else took it since it was checked.

    :raises Invalid: on `username` or, for an address, on `field`.
    """
    try:
        with db.session.begin_nested():
            yield
    except IntegrityError as error:
        raise _taken(error, field) from None


def _taken(error: IntegrityError, field: str) -> Invalid:
    if "username" in str(error.orig):
        return invalid_field("username", USERNAME_TAKEN)
    return invalid_field(field, EMAIL_TAKEN)
