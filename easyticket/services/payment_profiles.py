"""Where people are paid: adding, changing and deleting an account, choosing the default one, having it checked again.

Each takes the lock of its owner first, so that there is one default profile and no change beside a payout.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa

from easyticket.core.errors import Conflict, invalid_field
from easyticket.core.money import Money
from easyticket.db import db, transactional
from easyticket.models import ChangeAction, Event, PaymentProfile, ProfileMethod, ProfileStatus, User
from easyticket.queries.payment_profiles import (
    find_default_profile,
    get_account_currency,
    get_payment_profile,
    get_site_currency,
    has_open_payout,
    is_used_by_live_event,
)
from easyticket.queue import JobName, enqueue
from easyticket.rules.payment_accounts import (
    DETAILS,
    FREEZE,
    MAX_PROFILES,
    VERIFICATION_CURRENCY,
    VERIFICATION_FEE_MINOR,
    PaymentAccount,
    account_line,
    check_labels,
    masked_number,
    read_account,
)
from easyticket.rules.people import check_all
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.services.account_checks import begin_check
from easyticket.services.change_log import record_change, record_difference
from easyticket.services.organizer_lock import lock_own_account

_NUMBERS = {ProfileMethod.MOBILE_MONEY: "mobile_number", ProfileMethod.BANK_TRANSFER: "account_number"}
_FEE = f"{VERIFICATION_CURRENCY} {Money(VERIFICATION_FEE_MINOR, VERIFICATION_CURRENCY).as_text()}"
_IS_DEFAULT = "This is the default payment profile. Make another one the default first."
_IS_USED = (
    "An event that is not over is paid out to this payment profile. Choose another one for the event first."
)
_IS_PAID_TO = (
    "Money is on its way to this payment profile. Wait until it has arrived, or cancel the withdrawal."
)


@dataclass(frozen=True, slots=True)
class _Profiles:
    """How many profiles a person has had, and has."""

    ever: int
    kept: int


@transactional
def create_payment_profile(
    *,
    actor: Actor,
    method: ProfileMethod,
    name: str,
    description: str = "",
    details: Mapping[str, str],
    now: datetime,
) -> PaymentProfile:
    """Add an account and have it checked; the first one is the default. Any further one is frozen for a day and its owner
    is mailed, so that whoever took over a session cannot be paid before its owner has noticed.

    :raises Invalid: by field; on `account_details` with everything that is wrong with the account.
    :raises Conflict: there are too many already.
    :raises TooMany: as `account_checks.begin_check`.
    """
    require(actor, Permission.EDIT_PAYMENT_PROFILE)
    owner = lock_own_account(actor.user_id)
    checked = check_all(
        {
            "labels": partial(check_labels, name, description),
            "account": partial(read_account, method, _with_currency(details), owner.full_name),
        }
    )
    earlier = _count_profiles(owner)
    if earlier.kept >= MAX_PROFILES:
        raise Conflict(f"There are {MAX_PROFILES} payment profiles already. Delete one first.")
    profile = PaymentProfile(
        user_id=owner.id, is_default=find_default_profile(owner.id) is None, verification_attempts=0
    )
    profile.name, profile.description = checked["labels"]
    _write_account(profile, checked["account"])
    profile.created_at = profile.updated_at = now
    db.session.add(profile)
    db.session.flush()
    begin_check(profile, now)
    if earlier.ever:
        _freeze(profile, now, is_new=True)
    _note(actor, ChangeAction.ACCOUNT_ADDED, profile, now, after={"account": account_line(profile)})
    return profile


@transactional
def update_payment_profile(
    *, actor: Actor, profile: PaymentProfile, changes: Mapping[str, Any], now: datetime
) -> PaymentProfile:
    """Change what is given of name, description, is_default and account_details, each part of which stays if left out.

    Another account is checked again at its owner's cost, frozen for a day, and its owner is mailed. A masked number, as
    it was read, changes nothing.

    :raises Invalid: by field; on `is_default`: the default one can only be replaced by another.
    :raises Conflict: money is on its way to the account that would be changed.
    :raises TooMany: as `account_checks.begin_check`.
    """
    owner, profile = _lock_profile(actor, profile)
    before = _logged(profile)
    checked = check_all(
        {
            "labels": lambda: check_labels(
                changes.get("name", profile.name), changes.get("description", profile.description)
            ),
            "account": lambda: _changed_account(profile, changes.get(DETAILS) or {}, owner),
        }
    )
    profile.name, profile.description = checked["labels"]
    profile.updated_at = now
    if changes.get("is_default") is False and profile.is_default:
        raise invalid_field("is_default", _IS_DEFAULT)
    if changes.get("is_default"):
        _make_default(profile)
    if checked["account"] != _account_of(profile):
        _refuse_paid_to(profile)
        _write_account(profile, checked["account"])
        begin_check(profile, now)
        _freeze(profile, now, is_new=False)
    _note_changed(actor, profile, before, now)
    return profile


@transactional
def set_default_profile(*, actor: Actor, profile: PaymentProfile, now: datetime) -> PaymentProfile:
    """Make this the one that is paid to if nothing else is said; it takes the place of the one before."""
    _, profile = _lock_profile(actor, profile)
    before = _logged(profile)
    _make_default(profile)
    profile.updated_at = now
    _note_changed(actor, profile, before, now)
    return profile


@transactional
def delete_payment_profile(*, actor: Actor, profile: PaymentProfile, now: datetime) -> None:
    """Delete a profile for its owner; what was paid to it still names it.

    :raises Conflict: it is the default, an event that is not over uses it, or money is on its way to it.
    """
    _, profile = _lock_profile(actor, profile)
    if profile.is_default:
        raise Conflict(_IS_DEFAULT)
    if is_used_by_live_event(profile, now):
        raise Conflict(_IS_USED)
    _refuse_paid_to(profile)
    db.session.execute(
        sa.update(Event).where(Event.payment_profile_id == profile.id).values(payment_profile_id=None)
    )
    profile.deleted_at = now
    _note(actor, ChangeAction.ACCOUNT_DELETED, profile, now)


@transactional
def retry_verification(
    *, actor: Actor, profile: PaymentProfile, is_confirmed: bool = True, now: datetime
) -> PaymentProfile:
    """Have an account checked again at its owner's cost, after a check that failed.

    :raises Invalid: on `confirm`: its owner did not agree to pay.
    :raises Conflict: it is verified, or being checked.
    :raises TooMany: as `account_checks.begin_check`.
    """
    _, profile = _lock_profile(actor, profile)
    if not is_confirmed:
        raise invalid_field("confirm", f"Confirm that the check costs {_FEE} once more.")
    if profile.status is ProfileStatus.VERIFIED:
        raise Conflict("This payment profile is verified already.")
    if profile.status is ProfileStatus.PENDING:
        raise Conflict("This payment profile is being checked already.")
    begin_check(profile, now)
    profile.updated_at = now
    _note(actor, ChangeAction.ACCOUNT_CHECK_ASKED, profile, now)
    return profile


def _lock_profile(actor: Actor, profile: PaymentProfile) -> tuple[User, PaymentProfile]:
    """Return owner and profile, both read afresh and locked: the owner first, and the profile against an answer to its check.

    :raises NotFound: it was deleted meanwhile.
    """
    require(actor, Permission.EDIT_PAYMENT_PROFILE, profile)
    uuid = profile.uuid
    owner = lock_own_account(profile.user_id)
    # An answer that came between reading and writing would stand: what is pending before and after is not written again.
    db.session.refresh(profile, with_for_update=True)
    return owner, get_payment_profile(Actor(user_id=owner.id), uuid)


def _logged(profile: PaymentProfile) -> dict[str, Any]:
    """Return what the log knows of a profile: never a whole number."""
    return {
        "name": profile.name,
        "description": profile.description,
        "is_default": profile.is_default,
        "account": account_line(profile),
        "account_name": profile.account_name,
        "branch": profile.branch,
        "currency": profile.currency,
    }


def _note(
    actor: Actor,
    action: ChangeAction,
    profile: PaymentProfile,
    now: datetime,
    after: Mapping[str, Any] | None = None,
) -> None:
    record_change(actor, action, subject=profile.name, user_id=profile.user_id, after=after, now=now)


def _note_changed(actor: Actor, profile: PaymentProfile, before: Mapping[str, Any], now: datetime) -> None:
    record_difference(
        actor,
        ChangeAction.ACCOUNT_CHANGED,
        before,
        _logged(profile),
        subject=profile.name,
        user_id=profile.user_id,
        now=now,
    )


def _changed_account(profile: PaymentProfile, details: Mapping[str, Any], owner: User) -> PaymentAccount:
    account = _account_of(profile)
    number_key = _NUMBERS[profile.method]
    said = {key: value for key, value in details.items() if value is not None}
    if not said.get("currency"):
        said.pop("currency", None)
    if said.get(number_key) == masked_number(profile.method, profile.account_number):
        del said[number_key]
    return read_account(
        profile.method, {**asdict(account), number_key: account.number, **said}, owner.full_name
    )


def _with_currency(details: Mapping[str, str]) -> dict[str, str]:
    return {**details, "currency": details.get("currency") or get_site_currency()}


def _account_of(profile: PaymentProfile) -> PaymentAccount:
    return PaymentAccount(
        method=profile.method,
        number=profile.account_number,
        account_name=profile.account_name,
        network=profile.network,
        bank_name=profile.bank_name,
        bank_code=profile.bank_code,
        branch=profile.branch,
        # Whoever says what it was all along changes nothing.
        currency=_bank_currency(profile),
    )


def _bank_currency(profile: PaymentProfile) -> str:
    is_bank = profile.method is ProfileMethod.BANK_TRANSFER
    return get_account_currency(profile) if is_bank else ""


def _write_account(profile: PaymentProfile, account: PaymentAccount) -> None:
    profile.method = account.method
    profile.account_number = account.number
    profile.account_name = account.account_name
    profile.network = account.network
    profile.bank_name = account.bank_name
    profile.bank_code = account.bank_code
    profile.branch = account.branch
    profile.currency = account.currency


def _freeze(profile: PaymentProfile, now: datetime, *, is_new: bool) -> None:
    profile.frozen_until = now + FREEZE
    enqueue(JobName.MAIL_PAYMENT_ACCOUNT_CHANGED, {"profile_id": profile.id, "is_new": is_new})


def _make_default(profile: PaymentProfile) -> None:
    # The old one first: the database holds that there is one at most.
    db.session.execute(
        sa.update(PaymentProfile)
        .where(PaymentProfile.user_id == profile.user_id, PaymentProfile.id != profile.id)
        .where(PaymentProfile.is_default, PaymentProfile.deleted_at.is_(None))
        .values(is_default=False)
    )
    profile.is_default = True
    db.session.flush()


def _refuse_paid_to(profile: PaymentProfile) -> None:
    if has_open_payout(profile):
        raise Conflict(_IS_PAID_TO)


def _count_profiles(owner: User) -> _Profiles:
    kept = sa.func.count().filter(PaymentProfile.deleted_at.is_(None))
    query = sa.select(sa.func.count(), kept).where(PaymentProfile.user_id == owner.id)
    ever, still = db.session.execute(query).one()
    return _Profiles(ever=int(ever), kept=int(still))
