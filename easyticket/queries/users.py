"""Reads about accounts: who signs in with this name, whose session or mailed link this is, where somebody is signed in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from easyticket.core.errors import NotFound
from easyticket.core.signing import digest
from easyticket.db import db
from easyticket.models import MailToken, TokenPurpose, User, UserSession
from easyticket.rules.account_standing import why_not_to_act_for
from easyticket.rules.permissions import Actor, Permission, require

_USABLE = sa.and_(User.is_active, User.deleted_at.is_(None))


def get_own_user(actor: Actor) -> User:
    """Return the actor's own account.

    :raises NotFound: nobody is signed in, or the account is no longer active.
    """
    user = db.session.scalar(sa.select(User).where(User.id == actor.user_id, _USABLE))
    if user is None:
        raise NotFound("This account does not exist.")
    return user


def find_user_by_email(email: str) -> User | None:
    """Return the active account of an address in the form it is kept, or None."""
    return db.session.scalar(sa.select(User).where(User.email == email, _USABLE))


def find_user_by_login(login: str) -> User | None:
    """Return the active account that signs in with this address or username, whatever its capitals, or None."""
    name = login.strip().lower()
    # A database refuses NUL and half pairs with an error of its own; no account has them.
    if not name or not name.isprintable():
        return None
    return db.session.scalar(
        sa.select(User).where(sa.or_(User.email == name, User.username_key == name), _USABLE)
    )


def list_known_addresses(user: User) -> Sequence[str]:
    """Return the network addresses from which somebody has signed in to the account, as far as they are remembered."""
    return db.session.scalars(
        sa.select(UserSession.address).where(UserSession.user_id == user.id).distinct()
    ).all()


def find_session(token: str, now: datetime) -> UserSession | None:
    """Return the sign-in a session token stands for, with its user: not revoked, not expired, account active. Else None."""
    return db.session.scalar(
        sa.select(UserSession)
        .join(UserSession.user)
        .options(contains_eager(UserSession.user))
        .where(UserSession.token_digest == _digest_of(token), _open_at(now), _USABLE)
    )


def find_acted_for(session: UserSession) -> User | None:
    """Return the account in whose place an administrator acts in this session; None once either of them may not any more."""
    user = session.acting_for if session.acting_for_id is not None and session.user.is_staff else None
    return None if user is None or why_not_to_act_for(session.user_id, user) else user


def list_sessions(actor: Actor, now: datetime) -> Sequence[UserSession]:
    """Return where the actor is signed in, the latest used first.

    :raises Forbidden: somebody acts in the actor's place, whom that is no concern of.
    """
    require(actor, Permission.KEEP_OWN_ACCOUNT)
    return db.session.scalars(
        sa.select(UserSession)
        .where(UserSession.user_id == actor.user_id, _open_at(now))
        .order_by(UserSession.last_seen_at.desc(), UserSession.id.desc())
    ).all()


def find_any_mail_token(token: str, purpose: TokenPurpose) -> MailToken | None:
    """Return the mailed right that `token` stands for, used up or not, of an account and address that still hold. Else None.

    The address of a right to change it is the new one, which is not yet the account's.
    """
    holds = sa.true() if purpose is TokenPurpose.CHANGE_EMAIL else MailToken.email == User.email
    return db.session.scalar(
        sa.select(MailToken)
        .join(MailToken.user)
        .options(contains_eager(MailToken.user))
        .where(MailToken.token_digest == _digest_of(token), MailToken.purpose == purpose)
        .where(holds, _USABLE)
    )


def _open_at(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(UserSession.revoked_at.is_(None), UserSession.expires_at > now)


def _digest_of(token: str) -> str:
    # Ours are ASCII; anything else is nobody's, and may hold half a pair that cannot be encoded.
    return digest(token) if token.isascii() else ""
