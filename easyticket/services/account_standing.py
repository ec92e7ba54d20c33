"""What administrators decide about accounts: proved, closed, opened, an organizer's, an administrator's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from easyticket.core.errors import Conflict, Forbidden
from easyticket.db import db, transactional
from easyticket.models import ChangeAction, Event, User, UserType
from easyticket.queries.account_ties import find_account_ties
from easyticket.queries.people import list_events_on_sale
from easyticket.rules.account_standing import why_not_changed, why_not_to_be_a_buyer, why_not_to_be_staff
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.services.accounts import take_as_proved
from easyticket.services.change_log import record_update, values_of
from easyticket.services.event_standing import take_down_event
from easyticket.services.sessions import sign_out_everywhere

_NOTED = ("email_verified_at", "is_active", "is_staff", "user_type")


@transactional
def verify_account(*, actor: Actor, user: User, now: datetime) -> User:
    """Take an account's address as proved, because its owner showed it otherwise. Guest orders made with it do not join.

    :raises Conflict: the account is gone.
    """
    user, before = _open(actor, user, now, oneself=True)
    take_as_proved(user, now, with_guest_orders=False)
    return _noted(actor, user, before, now)


@transactional
def close_account(
    *, actor: Actor, user: User, take_down: bool = False, reason: str = "", now: datetime
) -> User:
    """Keep an account from signing in and end all its sessions; what it bought stays as it is.

    With `take_down` its events that are on sale are taken down with it, for `reason`; else they are sold on.

    :raises Conflict: it is gone, or the actor's own.
    :raises Invalid: events are to be taken down for no reason, or one that is too long (field `reason`).
    """
    user, before = _open(actor, user, now)
    user.is_active = False
    sign_out_everywhere(user=user, now=now)
    if take_down:
        for event in list_events_on_sale(user, now):
            take_down_event(actor=actor, event=event, reason=reason, now=now)
    return _noted(actor, user, before, now)


@transactional
def reopen_account(*, actor: Actor, user: User, now: datetime) -> User:
    """Let an account that was closed sign in again.

    :raises Conflict: it is gone, or the actor's own.
    """
    user, before = _open(actor, user, now)
    user.is_active = True
    return _noted(actor, user, before, now)


@transactional
def set_organizer(*, actor: Actor, user: User, is_organizer: bool, now: datetime) -> User:
    """Let an account have events of its own, or no longer.

    :raises Conflict: it is gone, or the actor's own; it has events that are on or money that is not paid out.
    """
    user, before = _open(actor, user, now)
    if is_organizer and user.user_type is UserType.CONSUMER:
        user.user_type = UserType.ORGANIZER
    elif not is_organizer:
        if reason := why_not_to_be_a_buyer(user, find_account_ties(user, now)):
            raise Conflict(reason, code="account_in_use")
        user.user_type = UserType.CONSUMER
    return _noted(actor, user, before, now)


@transactional
def set_staff(*, actor: Actor, user: User, is_staff: bool, now: datetime) -> User:
    """Let an account run the site, or no longer; then it has to sign in again.

    :raises Conflict: it is gone, or the actor's own, so that there is always one left.
    """
    user, before = _open(actor, user, now)
    if is_staff and (reason := why_not_to_be_staff(user)):
        raise Conflict(reason, code="account_closed")
    user.is_staff = is_staff
    if is_staff:
        user.user_type = UserType.ADMIN
    elif user.user_type is UserType.ADMIN:
        has_events = db.session.scalar(sa.select(sa.exists().where(Event.organizer_id == user.id)))
        user.user_type = UserType.ORGANIZER if has_events else UserType.CONSUMER
        sign_out_everywhere(user=user, now=now)
    return _noted(actor, user, before, now)


def _open(actor: Actor, user: User, now: datetime, *, oneself: bool = False) -> tuple[User, dict[str, Any]]:
    """Return the account locked and read afresh, with what it was.

    All administrators are locked, in the order of their numbers: of two who take each other's rights at once, one does.
    """
    require(actor, Permission.MANAGE_PEOPLE)
    wanted = sa.or_(User.id == user.id, User.is_staff)
    locked = sa.select(User).where(wanted).order_by(User.id).with_for_update()
    users = {row.id: row for row in db.session.scalars(locked.execution_options(populate_existing=True))}
    if actor.user_id is not None and not (actor.user_id in users and users[actor.user_id].is_staff):
        raise Forbidden("You are no administrator any more.")
    found = users[user.id]
    reason = why_not_changed(actor, found)
    if reason and not (oneself and found.id == actor.user_id):
        raise Conflict(reason, code="not_to_be_changed")
    found.updated_at = now
    return found, values_of(found, _NOTED)


def _noted(actor: Actor, user: User, before: dict[str, Any], now: datetime) -> User:
    record_update(
        actor,
        ChangeAction.USER_CHANGED,
        user,
        _NOTED,
        before,
        now=now,
        user_id=user.id,
        subject=user.display_name,
    )
    return user
