"""Signing in and out. Every sign-in is a row that can be revoked.

Whoever signed in holds its random token, the database only its digest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import Invalid, NotFound, Unauthenticated
from easyticket.core.signing import digest, new_token
from easyticket.db import db, transactional
from easyticket.models import MailToken, User, UserSession
from easyticket.queries.users import find_session, find_user_by_login
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.services.passwords import hash_password, is_right_password, needs_new_hash

# Without "keep me signed in" a session ends a day after it was last used (and with the browser), else after two weeks.
SHORT = timedelta(days=1)
KEPT = timedelta(days=14)
# Through an API it ends a week after its tokens were last renewed.
BY_TOKENS = timedelta(days=7)
# How old the note of the last use may grow before a request renews it.
SEEN = timedelta(minutes=10)
# However much it is used, a session ends after this.
LONGEST = timedelta(days=90)
WRONG_CREDENTIALS = "Invalid email or password."
# How long ended sessions and links are kept, to answer questions about them.
REMEMBERED = timedelta(days=30)


class WrongCredentials(Invalid):
    """No active account has this name and this password; which of the two is wrong is not said."""

    code = "invalid_credentials"


class EmailNotVerified(Invalid):
    """The password is right, and this surface wants a verified address."""

    code = "email_not_verified"


class SessionEnded(Unauthenticated):
    """The session was ended or has run out, or its account is closed: its tokens are good for nothing more."""

    code = "token_not_valid"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who has just signed in, and the token that proves it from now on."""

    user: User
    token: str


def sign_in(
    *,
    login: str,
    password: str,
    surface: str,
    address: str,
    device: str,
    now: datetime,
    lasts: timedelta = SHORT,
    needs_verified: bool = False,
) -> SignedIn:
    """Open a session for the account with this address or username and password.

    `address` and `device` (network address, browser) are shown in the list of sessions. It ends when it was not
    used (or renewed, see `extend_session`) for as long as `lasts`.

    :raises WrongCredentials: unknown, wrong or not active; all three take as long.
    :raises EmailNotVerified: only where `needs_verified`.
    """
    user = find_user_by_login(login)
    known_hash = user.password_hash if user else None
    if not is_right_password(known_hash, password) or user is None or known_hash is None:
        raise WrongCredentials(WRONG_CREDENTIALS)
    if needs_verified and not user.is_email_verified:
        raise EmailNotVerified("Email not verified. Please check your email.")
    # Hashed here, because it is slow and nothing slow belongs inside a transaction.
    new_hash = hash_password(password) if needs_new_hash(known_hash) else known_hash
    token = new_token()
    opened = _new_session(token, surface, address, device, lasts, now)
    return SignedIn(_open_session(user.id, opened, known_hash, new_hash, now), token)


@transactional
def sign_out(*, token: str, and_token: str = "", now: datetime) -> None:
    """End the session of a token, and that of `and_token` where one is given; one that has ended already stays as it is."""
    digests = {digest(each) for each in (token, and_token) if each}
    db.session.execute(
        sa.update(UserSession)
        .where(UserSession.token_digest.in_(digests), UserSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )


@transactional
def end_own_session(*, actor: Actor, session_id: int, now: datetime) -> None:
    """Sign the actor out in one place. What has ended already stays as it is.

    :raises NotFound: the actor's account has no such session.
    """
    require(actor, Permission.KEEP_OWN_ACCOUNT)
    session = db.session.scalar(
        sa.select(UserSession).where(UserSession.id == session_id, UserSession.user_id == actor.user_id)
    )
    if session is None:
        raise NotFound("There is no such device.")
    session.revoked_at = session.revoked_at or now


@transactional
def end_own_sessions(*, actor: Actor, user: User, now: datetime) -> int:
    """Sign the actor out everywhere, here too; return how many sessions there were.

    :raises Forbidden: the actor is in somebody else's place.
    """
    require(actor, Permission.KEEP_OWN_ACCOUNT)
    return sign_out_everywhere(user=user, now=now)


@transactional
def sign_out_everywhere(*, user: User, now: datetime, but_token: str = "") -> int:
    """End all sessions of an account, but that of `but_token` where one is given; return how many there were."""
    ended = db.session.execute(
        sa.update(UserSession)
        .where(UserSession.user_id == user.id, UserSession.revoked_at.is_(None), UserSession.expires_at > now)
        .where(UserSession.token_digest != digest(but_token))
        .values(revoked_at=now)
    )
    return int(ended.rowcount)  # type: ignore[attr-defined]


def note_use(*, token: str, now: datetime) -> bool:
    """Renew a session that is in use, at most every ten minutes; return whether it was renewed.

    It then ends as long after this use as it would have ended after the one before.
    """
    session = find_session(token, now)
    if session is None or now - session.last_seen_at < SEEN:
        return False
    expires_at = min(now + (session.expires_at - session.last_seen_at), session.created_at + LONGEST)
    return _renew(session.id, session.last_seen_at, expires_at, now)


@transactional
def extend_session(*, token: str, lasts: timedelta, now: datetime) -> UserSession:
    """Let a session end `lasts` from now, but never later than `LONGEST` after it began, nor sooner than it would have ended;
    return it with its user.

    :raises SessionEnded: it was ended or has run out, or the account is closed.
    """
    session = find_session(token, now)
    if session is None:
        raise SessionEnded("Token is blacklisted")
    # A condition of the statement as well: one that is being ended at this moment is not brought back.
    extended = db.session.execute(
        sa.update(UserSession)
        .where(UserSession.id == session.id, UserSession.revoked_at.is_(None), UserSession.expires_at > now)
        .values(
            last_seen_at=now,
            expires_at=max(session.expires_at, min(now + lasts, session.created_at + LONGEST)),
        )
    )
    if not extended.rowcount:  # type: ignore[attr-defined]
        raise SessionEnded("Token is blacklisted")
    return session


@transactional
def delete_ended_sessions(now: datetime | None = None) -> int:
    """Delete sessions and mailed links that ended over 30 days ago; return how many rows went."""
    before = (now or clock.now()) - REMEMBERED
    ended = sa.or_(UserSession.expires_at < before, UserSession.revoked_at < before)
    sessions = db.session.execute(sa.delete(UserSession).where(ended))
    links = db.session.execute(sa.delete(MailToken).where(MailToken.expires_at < before))
    return int(sessions.rowcount + links.rowcount)  # type: ignore[attr-defined]


def _new_session(
    token: str, surface: str, address: str, device: str, lasts: timedelta, now: datetime
) -> dict[str, object]:
    return {
        "token_digest": digest(token),
        "surface": surface,
        "address": address[:45],
        "device": device[:255],
        "created_at": now,
        "last_seen_at": now,
        "expires_at": now + lasts,
    }


@transactional
def _open_session(
    user_id: int, opened: dict[str, object], known_hash: str, new_hash: str, now: datetime
) -> User:
    user = db.session.get_one(User, user_id, with_for_update=True, populate_existing=True)
    # The password may have been changed while it was being checked: its sessions were all ended, so no new one begins.
    if user.password_hash != known_hash or not user.is_active:
        raise WrongCredentials(WRONG_CREDENTIALS)
    user.password_hash = new_hash
    user.last_login_at = now
    db.session.add(UserSession(user_id=user.id, **opened))
    return user


@transactional
def _renew(session_id: int, seen_at: datetime, expires_at: datetime, now: datetime) -> bool:
    renewed = db.session.execute(
        sa.update(UserSession)
        .where(
            UserSession.id == session_id,
            UserSession.last_seen_at == seen_at,
            UserSession.revoked_at.is_(None),
        )
        .values(last_seen_at=now, expires_at=expires_at)
    )
    return bool(renewed.rowcount)  # type: ignore[attr-defined]
