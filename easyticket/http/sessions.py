"""Who is signed in on the pages: the cookie holds the random token of a session row, and every request finds that row again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import request, session
from flask_login import UserMixin, current_user, login_user, logout_user

from easyticket.core import clock
from easyticket.http.auth import forget_actor, login_manager
from easyticket.models import User
from easyticket.queries.users import find_acted_for, find_session
from easyticket.services.sessions import KEPT, SEEN, SHORT, SignedIn, note_use, sign_in, sign_out

# Bound to the row, which can be revoked; a check of address and browser would only sign people out on the way.
login_manager.session_protection = None


class SignedInUser(UserMixin):  # type: ignore[misc]
    """What Flask-Login knows of a person: the account, and the token that stands for it in the cookie.

    Templates read the account's attributes (`current_user.full_name`) straight from it.
    """

    def __init__(self, user: User, token: str, seen_at: datetime, acting_staff: User | None = None) -> None:
        self.user = user
        self.token = token
        self.seen_at = seen_at
        # The administrator who acts in this person's place, whose sign-in it is.
        self.acting_staff = acting_staff
        # In whose place that is, known without asking for the account again: pages say it after a fault too.
        self.acted_for = user.display_name if acting_staff else ""

    def get_id(self) -> str:
        """Return what the cookie keeps: never the account's number, always the session's token."""
        return self.token

    @property
    def is_active(self) -> bool:
        """True while the account may sign in."""
        return self.user.is_active

    def __getattr__(self, name: str) -> Any:
        return getattr(self.user, name)


@login_manager.user_loader  # type: ignore[untyped-decorator]
def load_signed_in_user(token: str) -> SignedInUser | None:
    """Return who holds the token while its session is open, else None."""
    found = find_session(token, clock.now())
    if found is None:
        return None
    if (acted_for := find_acted_for(found)) is not None:
        return SignedInUser(acted_for, token, found.last_seen_at, acting_staff=found.user)
    return SignedInUser(found.user, token, found.last_seen_at)


def sign_in_browser(login: str, password: str, *, keep: bool = False) -> SignedIn:
    """Sign the person at this browser in; `keep` makes it outlive the browser.

    :raises WrongCredentials: unknown, wrong or not active.
    """
    signed_in = sign_in(
        login=login,
        password=password,
        surface="web",
        address=request.remote_addr or "",
        device=request.user_agent.string,
        now=clock.now(),
        lasts=KEPT if keep else SHORT,
    )
    start_session(signed_in.user, signed_in.token, keep=keep)
    return signed_in


def start_session(user: User, token: str, *, keep: bool = False) -> None:
    """Make this browser the one of `user` by a token from `services.sessions.sign_in`.

    Whatever the cookie held before is dropped, so that nobody can plant a session.
    """
    session.clear()
    if keep:
        session.permanent = True
    login_user(SignedInUser(user, token, clock.now()))
    forget_actor()


def end_session() -> None:
    """End the session of this browser, in the database as well as in the cookie."""
    sign_out(token=current_token(), now=clock.now())
    logout_user()
    session.clear()
    forget_actor()


def current_token() -> str:
    """Return the token of the running session; nothing where nobody is signed in."""
    return current_user.token if current_user.is_authenticated else ""


def renew_session() -> None:
    """Note that the running session is in use. Where that is due its end moves on, and so does that of a lasting cookie."""
    if not current_user.is_authenticated or clock.now() - current_user.seen_at < SEEN:
        return
    if note_use(token=current_user.token, now=clock.now()):
        session.modified = True
