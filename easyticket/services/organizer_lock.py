"""The lock on an account's row, through which whatever changes its payment profiles or takes its money goes one at a time."""

from __future__ import annotations

from easyticket.core.errors import NotFound
from easyticket.db import db
from easyticket.models import User


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
