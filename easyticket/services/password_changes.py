"""Passwords replaced: forgotten ones by a mailed link, known ones by whoever knows them. How they are kept is in passwords.py."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from easyticket.core.errors import invalid_field
from easyticket.db import db, transactional
from easyticket.links import FrontEnd
from easyticket.models import TokenPurpose, User
from easyticket.queries.users import get_own_user
from easyticket.queue import JobName, enqueue
from easyticket.rules.passwords import NEW_PASSWORDS_DIFFER, check_password, check_repeated
from easyticket.rules.people import check_all
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.services.accounts import find_mailable, take_as_proved
from easyticket.services.mail_tokens import check_token, end_tokens, mail_link, use_token
from easyticket.services.passwords import WRONG_PASSWORD, check_own_password, hash_password
from easyticket.services.sessions import sign_out_everywhere


@transactional
def request_password_reset(*, email: str, front_end: FrontEnd = FrontEnd.PAGES, now: datetime) -> None:
    """Mail a link for a new password, to the pages of `front_end`. Nothing tells whether there is such an account."""
    user = find_mailable(email)
    if user is not None:
        mail_link(user, TokenPurpose.RESET_PASSWORD, now, front_end)


def reset_password(
    *, token: str, password: str, uid: str | None = None, mixed: bool = False, now: datetime
) -> User:
    """Set a new password by the token mailed for it, once: all sessions end, and a mail says so.

    The address is proved by it as well, since the token was read there. `uid` is the account's UUID, given by surfaces
    whose links name it, `mixed` by those whose clients log in with no password but one of mixed characters.

    :raises Invalid: on `token`: unknown, used or expired; on `uid`: of another account; on `password`: refused.
    """
    token_id = check_token(token, TokenPurpose.RESET_PASSWORD, now, uid)
    checked = check_password(password, field="password", mixed=mixed)
    return _reset_password(token_id, hash_password(checked), now)


def change_password(
    *,
    actor: Actor,
    old_password: str,
    new_password: str,
    new_password_confirm: str | None = None,
    mixed: bool = False,
    but_token: str = "",
    now: datetime,
) -> User:
    """Set a new password for somebody who knows the old one: all sessions but that of `but_token` end, and a mail says so.

    `new_password_confirm` is given by surfaces that ask for the new one twice, `mixed` by those whose clients log in with
    no password but one of mixed characters.

    :raises Invalid: on `old_password`: wrong; on `new_password`: refused; on `new_password_confirm`: another.
    """
    require(actor, Permission.KEEP_OWN_ACCOUNT)
    user = get_own_user(actor)
    user_id, known_hash = user.id, user.password_hash
    check_all(
        {
            "old_password": partial(check_own_password, known_hash, old_password, field="old_password"),
            "new_password": partial(check_password, new_password, field="new_password", mixed=mixed),
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
def _reset_password(token_id: int, password_hash: str, now: datetime) -> User:
    user = use_token(token_id, TokenPurpose.RESET_PASSWORD, now)
    _set_password(user, password_hash, now)
    take_as_proved(user, now, with_guest_orders=True)
    return user


@transactional
def _change_password(
    user_id: int, known_hash: str, password_hash: str, now: datetime, but_token: str
) -> User:
    user = db.session.get_one(User, user_id, with_for_update=True, populate_existing=True)
    if user.password_hash != known_hash:
        raise invalid_field("old_password", WRONG_PASSWORD)
    _set_password(user, password_hash, now, but_token)
    return user


def _set_password(user: User, password_hash: str, now: datetime, but_token: str = "") -> None:
    user.password_hash = password_hash
    user.password_changed_at = now
    # Written before the sessions end: a sign-in with the old password that runs now waits for this row, and is refused.
    db.session.flush()
    sign_out_everywhere(user=user, now=now, but_token=but_token)
    # Whoever knew the old password may have asked for another address, and would take the account along.
    end_tokens(user, TokenPurpose.CHANGE_EMAIL, now)
    enqueue(JobName.MAIL_PASSWORD_CHANGED, {"user_id": user.id})
