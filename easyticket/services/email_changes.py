"""Another address for an account: it counts once the link mailed to it was used, and the old one is told of it."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from uuid import uuid4

from easyticket.core.errors import invalid_field
from easyticket.core.signing import digest, new_token
from easyticket.db import db, transactional
from easyticket.links import FrontEnd
from easyticket.models import MailToken, TokenPurpose, User
from easyticket.queries.users import find_any_mail_token, get_own_user
from easyticket.queue import JobName, enqueue
from easyticket.rules.people import check_all, normal_email
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.services.account_names import check_free_email, refused_if_taken
from easyticket.services.accounts import check_own_link, take_as_proved, verify_email_by_token_alone
from easyticket.services.mail_tokens import check_token, end_tokens, mail_link, use_token
from easyticket.services.passwords import check_own_password

_YOURS_ALREADY = "This is the address of your account already."


def request_email_change(
    *, actor: Actor, new_email: str, password: str, front_end: FrontEnd = FrontEnd.PAGES, now: datetime
) -> str:
    """Mail a link to another address, for somebody who knows the password; return that address as it will be kept.

    Nothing changes before the link is used. The present address is told, so that its owner can stop it by a new password.

    :raises Invalid: on `new_email`: none, taken, or the present one; on `password`: wrong.
    """
    require(actor, Permission.KEEP_OWN_ACCOUNT)
    user = get_own_user(actor)
    user_id, known_hash, present = user.id, user.password_hash, user.email
    checked = check_all(
        {
            "new_email": partial(_check_other, new_email, present),
            "password": partial(check_own_password, known_hash, password, field="password"),
        }
    )
    return _mail_links(user_id, checked["new_email"], front_end, now)


def change_email(*, token: str, actor: Actor, password: str = "", now: datetime) -> User:
    """Change an account's address by the token mailed to the new one, once; guest orders made with it join the account.

    As with a first address (`accounts.verify_email`), whoever is not signed in to the account gives its password too.

    :raises Invalid: on `token`: unknown, used, expired, or the address is another account's by now; on `password`: wrong.
    """
    token_id = check_token(token, TokenPurpose.CHANGE_EMAIL, now)
    check_own_link(token_id, actor, password)
    return _change_email(token_id, now, with_guest_orders=True)


def prove_address(*, uid: str, token: str, now: datetime) -> User:
    """Take an address as proved by the link mailed to it: that of a new account, or one that an account changes to.

    Nothing else is asked for, so guest orders stay where they are (`accounts.verify_email_by_token_alone` says why).

    :raises Invalid: on `token`: unknown, used, expired, or the address is taken by now; on `uid`: of another account.
    """
    if find_any_mail_token(token, TokenPurpose.CHANGE_EMAIL) is None:
        return verify_email_by_token_alone(token=token, uid=uid, now=now)
    token_id = check_token(token, TokenPurpose.CHANGE_EMAIL, now, uid)
    return _change_email(token_id, now, with_guest_orders=False)


def _check_other(new_email: str, present: str) -> str:
    email = normal_email(new_email, field="new_email")
    if email == present:
        raise invalid_field("new_email", _YOURS_ALREADY)
    return check_free_email(email, field="new_email")


@transactional
def _mail_links(user_id: int, new_email: str, front_end: FrontEnd, now: datetime) -> str:
    user = db.session.get_one(User, user_id)
    end_tokens(user, TokenPurpose.CHANGE_EMAIL, now)
    link = mail_link(user, TokenPurpose.CHANGE_EMAIL, now, front_end, email=new_email)
    enqueue(JobName.MAIL_EMAIL_CHANGE_ASKED, {"mail_token_id": link.id})
    return new_email


@transactional
def _change_email(token_id: int, now: datetime, *, with_guest_orders: bool) -> User:
    user = use_token(token_id, TokenPurpose.CHANGE_EMAIL, now)
    db.session.refresh(user, with_for_update=True)
    enqueue(JobName.MAIL_EMAIL_CHANGED, {"mail_token_id": _remember_address(user, now).id})
    new_email = db.session.get_one(MailToken, token_id).email
    with refused_if_taken(field="token"):
        user.email = new_email
        user.email_verified_at = user.updated_at = now
    take_as_proved(user, now, with_guest_orders=with_guest_orders)
    return user


def _remember_address(user: User, now: datetime) -> MailToken:
    """Keep the present address as a right that is used up already, until the mail about its end is sent."""
    row = MailToken(
        user_id=user.id,
        uuid=uuid4(),
        purpose=TokenPurpose.CHANGE_EMAIL,
        token_digest=digest(new_token()),
        email=user.email,
        created_at=now,
        expires_at=now,
        used_at=now,
    )
    db.session.add(row)
    db.session.flush()
    return row
