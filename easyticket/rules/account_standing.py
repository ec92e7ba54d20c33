"""What administrators may do about an account of somebody else, and why not."""

from __future__ import annotations

from easyticket.models import User
from easyticket.rules.account_deletion import AccountTies
from easyticket.rules.permissions import Actor

_DELETED = "This account was deleted by its owner."
_ONESELF = "This is your own account. Ask another administrator."


def why_not_changed(actor: Actor, user: User) -> str | None:
    """Return why an administrator may not change what an account is, or None. Their own is for others to change, so that
    there is always one left."""
    if user.deleted_at is not None:
        return _DELETED
    return _ONESELF if user.id == actor.user_id else None


def why_not_to_be_a_buyer(user: User, ties: AccountTies) -> str | None:
    """Return why an organizer's account cannot become a buyer's, or None: its owner would not reach what is theirs."""
    if user.is_staff:
        return "Administrators are organizers as well."
    if ties.upcoming_events:
        return "There are events of this account that are not over."
    if ties.open_withdrawals or ties.owed:
        return "This account has money here that is not paid out yet."
    return None


def why_not_to_be_staff(user: User) -> str | None:
    """Return why an account cannot become an administrator's, or None."""
    return None if user.is_active else "The account is closed. Open it first."


def why_not_to_act_for(staff_id: int | None, user: User) -> str | None:
    """Return why nobody may act in the place of an account, or None: only people who run nothing, and who could act
    themselves."""
    if user.deleted_at is not None:
        return _DELETED
    if user.id == staff_id:
        return "This is your own account."
    if user.is_staff:
        return "Nobody acts in the place of an administrator."
    return None if user.is_active else "The account is closed. Open it first."
