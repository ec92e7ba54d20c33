"""One-time rights sent by mail: made, checked, used up. The token is derived from its row, the database keeps only its digest."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import sqlalchemy as sa
from flask import current_app

from easyticket.core.errors import invalid_field
from easyticket.core.signing import digest, mail_token
from easyticket.db import db
from easyticket.links import FrontEnd
from easyticket.models import MailToken, TokenPurpose, User
from easyticket.queries.users import find_any_mail_token
from easyticket.queue import JobName, enqueue

_LASTS = {
    TokenPurpose.VERIFY_EMAIL: timedelta(hours=24),
    TokenPurpose.RESET_PASSWORD: timedelta(hours=1),
    TokenPurpose.CHANGE_EMAIL: timedelta(hours=24),
}
_JOBS = {
    TokenPurpose.VERIFY_EMAIL: JobName.MAIL_VERIFY_EMAIL,
    TokenPurpose.RESET_PASSWORD: JobName.MAIL_RESET_PASSWORD,
    TokenPurpose.CHANGE_EMAIL: JobName.MAIL_CHANGE_EMAIL,
}
_NOUNS = {
    TokenPurpose.VERIFY_EMAIL: "verification",
    TokenPurpose.RESET_PASSWORD: "password reset",
    TokenPurpose.CHANGE_EMAIL: "verification",
}
_OTHER_ACCOUNT = "This link belongs to another account."


def mail_link(
    user: User,
    purpose: TokenPurpose,
    now: datetime,
    front_end: FrontEnd = FrontEnd.PAGES,
    *,
    email: str = "",
) -> MailToken:
    """Give an account a link of one purpose, to be mailed to its address (or `email`) after the running transaction.

    It leads to the pages of `front_end`. The job carries the name only: the address is a setting, read when it is mailed.
    """
    uuid = uuid4()
    token = mail_token(current_app.config["SETTINGS"].secret_key, uuid)
    row = MailToken(
        uuid=uuid,
        user_id=user.id,
        purpose=purpose,
        token_digest=digest(token),
        email=email or user.email,
        created_at=now,
        expires_at=now + _LASTS[purpose],
    )
    db.session.add(row)
    db.session.flush()
    enqueue(_JOBS[purpose], {"mail_token_id": row.id, "front_end": front_end.value})
    return row


def check_token(token: str, purpose: TokenPurpose, now: datetime, uid: str | None = None) -> int:
    """Return the id of the row a token stands for. `uid` is the UUID of its account, where the link named it.

    :raises Invalid: on `token`: unknown, used or expired; on `uid`: another account's.
    """
    found = find_any_mail_token(token, purpose)
    if found is None or found.used_at is not None:
        raise invalid_field("token", f"Invalid {_NOUNS[purpose]} token")
    if found.expires_at <= now:
        raise invalid_field("token", f"{_NOUNS[purpose].capitalize()} token has expired")
    if uid is not None and uid.strip().lower() != str(found.user.uuid):
        raise invalid_field("uid", _OTHER_ACCOUNT)
    return found.id


def use_token(token_id: int, purpose: TokenPurpose, now: datetime) -> User:
    """Use a token up, with all others of its purpose that the account has; return the account.

    :raises Invalid: on `token`: of two who try at once the second is refused.
    """
    mine = sa.update(MailToken).where(MailToken.used_at.is_(None)).values(used_at=now)
    if db.session.execute(mine.where(MailToken.id == token_id)).rowcount != 1:  # type: ignore[attr-defined]
        raise invalid_field("token", f"Invalid {_NOUNS[purpose]} token")
    user = db.session.get_one(MailToken, token_id).user
    db.session.execute(mine.where(MailToken.user_id == user.id, MailToken.purpose == purpose))
    return user


def end_tokens(user: User, purpose: TokenPurpose, now: datetime) -> None:
    """Use up all tokens of one purpose that an account has: what was mailed is good for nothing more."""
    db.session.execute(
        sa.update(MailToken)
        .where(MailToken.user_id == user.id, MailToken.purpose == purpose, MailToken.used_at.is_(None))
        .values(used_at=now)
    )
