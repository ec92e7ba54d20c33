"""Acting in the place of somebody else: a mark on the administrator's own session, which every request reads.

The person's rights count from then on, never more; what only they themselves may do (rules/permissions.py) stays theirs.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from easyticket.core.errors import Conflict
from easyticket.core.signing import digest
from easyticket.db import db, transactional
from easyticket.models import ChangeAction, User, UserSession
from easyticket.rules.account_standing import why_not_to_act_for
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.services.change_log import record_change


@transactional
def act_for(*, actor: Actor, user: User, token: str, now: datetime) -> None:
    """Have the session of `token`, which is the actor's, act in the place of an account from now on.

    :raises Conflict: nobody may act for it; or the session is over.
    """
    require(actor, Permission.ACT_FOR_OTHERS)
    if reason := why_not_to_act_for(actor.user_id, user):
        raise Conflict(reason, code="not_to_be_acted_for")
    _mark(actor.user_id, token, user.id)
    _note(actor, user, is_acting=True, now=now)


@transactional
def stop_acting(*, actor: Actor, token: str, now: datetime) -> User:
    """Have the session of `token` be its administrator's own again; return the account that was acted for.

    :raises Conflict: nobody is acted for.
    """
    user = db.session.get(User, actor.user_id) if actor.staff_id is not None else None
    if user is None:
        raise Conflict("You do not act in anybody's place.", code="not_acting")
    _mark(actor.staff_id, token, None)
    _note(Actor(user_id=actor.staff_id, is_staff=True), user, is_acting=False, now=now)
    return user


def _mark(staff_id: int | None, token: str, acting_for_id: int | None) -> None:
    mark = (
        sa.update(UserSession)
        .where(UserSession.token_digest == digest(token), UserSession.user_id == staff_id)
        .where(UserSession.revoked_at.is_(None))
        .values(acting_for_id=acting_for_id)
    )
    if not db.session.execute(mark).rowcount:  # type: ignore[attr-defined]
        raise Conflict("You are not signed in any more.", code="session_over")


def _note(actor: Actor, user: User, *, is_acting: bool, now: datetime) -> None:
    record_change(
        actor,
        ChangeAction.USER_ACTED_FOR,
        subject=user.display_name,
        user_id=user.id,
        before={"is_acting": not is_acting},
        after={"is_acting": is_acting},
        now=now,
    )
