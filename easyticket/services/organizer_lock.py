"""The locks on an account's row: one at a time for its payment profiles, its money and its end, shared for what it sells and
buys, so that no account is deleted beside that."""

from __future__ import annotations

import sqlalchemy as sa

from easyticket.core.errors import NotFound, Unauthenticated
from easyticket.db import db
from easyticket.models import User

# The account may do things: nobody closed or deleted it.
USABLE = sa.and_(User.is_active, User.deleted_at.is_(None))


class AccountClosed(Unauthenticated):
    """The account was closed or deleted after the actor was taken for signed in."""

    def __init__(self) -> None:
        super().__init__("This account was closed.")


def lock_organizer(user_id: int | None) -> User:
    """Return an account read afresh and locked until the end of the running transaction; always the first lock.

    FOR NO KEY UPDATE, so that what others insert about the account (a ledger entry of a sale) need not wait.

    :raises NotFound: there is no such account.
    """
    lock = {"key_share": True}
    user = db.session.get(User, user_id, with_for_update=lock, populate_existing=True) if user_id else None
    if user is None:
        raise NotFound("This account does not exist.")
    return user


def lock_own_account(user_id: int | None) -> User:
    """Return an account as `lock_organizer` does, for somebody who acts for themselves and is refused if it is no more.

    :raises NotFound: there is no such account.
    :raises AccountClosed: it was closed meanwhile.
    """
    user = lock_organizer(user_id)
    if not user.is_active or user.deleted_at is not None:
        raise AccountClosed
    return user


def find_kept_account(user_id: int | None) -> User | None:
    """Return an account read afresh that stays as it is until the end of the running transaction; None if it was closed.

    FOR SHARE, so that whatever one account sells and buys at the same instant need not wait for each other, but only for
    a change of the account (its deletion, above all), and such a change for them.
    """
    query = sa.select(User).where(User.id == user_id, USABLE).with_for_update(read=True)
    return db.session.scalar(query.execution_options(populate_existing=True))


def keep_account(user_id: int | None) -> User:
    """Return an account as `find_kept_account` does.

    :raises AccountClosed: it was closed meanwhile.
    """
    user = find_kept_account(user_id)
    if user is None:
        raise AccountClosed
    return user


def keep_account_open(user_id: int) -> None:
    """Do as `keep_account` without reading more than that the account is there: every order asks.

    :raises AccountClosed: it was closed meanwhile.
    """
    there = sa.select(User.id).where(User.id == user_id, USABLE).with_for_update(read=True)
    if db.session.scalar(there) is None:
        raise AccountClosed
