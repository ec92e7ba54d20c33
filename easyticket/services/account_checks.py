"""Checking that an account to be paid to is its owner's: begun and paid for here, asked by a job, settled here once.

A check is an `attempt` of its profile. The answer to one that was overtaken by a newer one, or by people, changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from flask import current_app

from easyticket.core import clock
from easyticket.core.errors import Conflict, NotFound, TooMany
from easyticket.core.ids import random_code
from easyticket.db import db, transactional
from easyticket.integrations.account_check import (
    AccountAnswer,
    AccountQuestion,
    CheckState,
    open_account_verifier,
)
from easyticket.models import ChangeAction, OutboxJob, PaymentProfile, ProfileStatus
from easyticket.queries.payment_profiles import PaidCheck, list_paid_checks
from easyticket.queue import JobName, enqueue
from easyticket.rules.payment_accounts import (
    CHECKS_WINDOW,
    MAX_CHECKS,
    MAX_REPEATED_CHECKS,
    VERIFICATION_CURRENCY,
    VERIFICATION_FEE_MINOR,
    is_same_holder,
)
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.services import ledger
from easyticket.services.change_log import record_difference

# How often, and after how long each time, a party that is still looking is asked again: ten minutes together.
_MOST_ASKED, _ASK_AGAIN_AFTER = 30, timedelta(seconds=20)
_REASON_LENGTH = 200
_NOT_FOUND = "Account number not found"
_OTHER_HOLDER = "The account is held under another name"
_TOO_SLOW = "The account could not be looked up in time"


@transactional
def begin_check(profile: PaymentProfile, now: datetime) -> None:
    """Have a profile checked (again): it is unverified until then, and its owner's balance pays for it.

    The caller holds the locks of its owner and, where it is not new, of the profile.

    :raises TooMany: the account, or all accounts of this person, were checked too often within an hour.
    """
    _refuse_too_many(profile, list_paid_checks(profile.user_id, now - CHECKS_WINDOW), now)
    profile.status = ProfileStatus.PENDING
    profile.verification_attempts += 1
    profile.verification_reference = f"pv-{random_code(26)}"
    profile.verification_started_at = now
    profile.verified_at = None
    profile.failure_reason = ""
    db.session.flush()
    ledger.post_verification_fee(profile, VERIFICATION_FEE_MINOR, VERIFICATION_CURRENCY, now)
    enqueue(JobName.CHECK_ACCOUNT, _payload(profile, times_asked=0))


def check_account(profile_id: int, attempt: int, times_asked: int = 0) -> None:
    """Ask the configured party about one attempt and note what it says; people check where there is none.

    Run again, it asks again and changes nothing that is settled.

    :raises ProviderDown: the party does not answer; nothing is known yet.
    """
    verifier = open_account_verifier(current_app.config["SETTINGS"])
    question = _question(profile_id, attempt, times_asked)
    # What is asked has been read; nothing stays open while the party thinks.
    db.session.rollback()
    if verifier is not None and question is not None:
        _note_answer(profile_id, attempt, times_asked, verifier.check(question), clock.now())


@transactional
def accept_account(*, actor: Actor, profile_uuid: UUID, attempt: int, now: datetime) -> PaymentProfile:
    """Take the account that `attempt` was about as checked by the people who run the site.

    :raises NotFound: there is no such profile.
    :raises Conflict: it does not wait to be checked, or its owner began another attempt meanwhile.
    """
    require(actor, Permission.CHECK_ACCOUNTS)
    profile = _lock_looked_at(profile_uuid, attempt)
    if profile.status is not ProfileStatus.PENDING:
        raise Conflict("This payment profile does not wait to be checked.")
    before = _logged(profile)
    _accept(profile, now)
    _note_checked(actor, profile, before, now)
    return profile


@transactional
def reject_account(
    *, actor: Actor, profile_uuid: UUID, attempt: int, reason: str, now: datetime
) -> PaymentProfile:
    """Refuse the account that `attempt` was about, also one that was verified: nothing is paid out to it. Its owner reads
    the reason.

    :raises NotFound: there is no such profile.
    :raises Conflict: its owner began another attempt meanwhile.
    """
    require(actor, Permission.CHECK_ACCOUNTS)
    profile = _lock_looked_at(profile_uuid, attempt)
    before = _logged(profile)
    _refuse(profile, reason or _NOT_FOUND, now)
    _note_checked(actor, profile, before, now)
    return profile


def _logged(profile: PaymentProfile) -> dict[str, str]:
    return {"status": profile.status.value, "failure_reason": profile.failure_reason}


def _note_checked(actor: Actor, profile: PaymentProfile, before: dict[str, str], now: datetime) -> None:
    record_difference(
        actor,
        ChangeAction.ACCOUNT_CHECKED,
        before,
        _logged(profile),
        subject=profile.name,
        user_id=profile.user_id,
        now=now,
    )


def _refuse_too_many(profile: PaymentProfile, checks: Sequence[PaidCheck], now: datetime) -> None:
    # The first check of each account is not counted against it; those of all accounts together are.
    repeated = [check for check in checks if check.profile_id == profile.id and check.attempt > 1]
    for counted, most in ((repeated, MAX_REPEATED_CHECKS), (checks, MAX_CHECKS)):
        if len(counted) >= most:
            free_at = counted[-most].paid_at + CHECKS_WINDOW
            raise TooMany(
                f"Accounts can be checked {most} times in an hour. Try again later.",
                retry_after=max(1, math.ceil((free_at - now).total_seconds())),
            )


def _question(profile_id: int, attempt: int, times_asked: int) -> AccountQuestion | None:
    profile = db.session.get(PaymentProfile, profile_id)
    if profile is None or not _is_running(profile, attempt):
        return None
    return AccountQuestion(
        reference=profile.verification_reference or "",
        number=profile.account_number,
        bank=profile.bank_code or profile.network,
        account_name=profile.account_name,
        times_asked=times_asked,
    )


@transactional
def _note_answer(
    profile_id: int, attempt: int, times_asked: int, answer: AccountAnswer, now: datetime
) -> None:
    profile = db.session.get_one(PaymentProfile, profile_id, with_for_update=True, populate_existing=True)
    # What the party cannot look up waits for people, as everything does where there is no party.
    if not _is_running(profile, attempt) or answer.state is CheckState.BY_HAND:
        return
    if answer.state is CheckState.PENDING and times_asked + 1 < _MOST_ASKED:
        _ask_again(profile, times_asked + 1, now)
    elif answer.state is CheckState.PENDING:
        _refuse(profile, _TOO_SLOW, now)
    elif answer.state is CheckState.UNKNOWN:
        _refuse(profile, answer.reason or _NOT_FOUND, now)
    elif is_same_holder(profile.account_name, answer.resolved_name):
        _accept(profile, now)
    else:
        _refuse(profile, _OTHER_HOLDER, now)


def _ask_again(profile: PaymentProfile, times_asked: int, now: datetime) -> None:
    key = f"check-account:{profile.id}:{profile.verification_attempts}:{times_asked}"
    # The profile is locked, so nobody else adds it meanwhile.
    if db.session.scalar(sa.select(OutboxJob.id).filter_by(key=key)) is None:
        enqueue(
            JobName.CHECK_ACCOUNT,
            _payload(profile, times_asked=times_asked),
            run_at=now + _ASK_AGAIN_AFTER,
            key=key,
        )


def _is_running(profile: PaymentProfile, attempt: int) -> bool:
    is_pending = profile.status is ProfileStatus.PENDING and profile.deleted_at is None
    return is_pending and profile.verification_attempts == attempt


def _accept(profile: PaymentProfile, now: datetime) -> None:
    profile.status = ProfileStatus.VERIFIED
    profile.verified_at = now
    profile.failure_reason = ""
    profile.updated_at = now


def _refuse(profile: PaymentProfile, reason: str, now: datetime) -> None:
    profile.status = ProfileStatus.FAILED
    profile.verified_at = None
    profile.failure_reason = reason.rstrip(".")[:_REASON_LENGTH]
    profile.updated_at = now


def _payload(profile: PaymentProfile, *, times_asked: int) -> dict[str, int]:
    return {
        "profile_id": profile.id,
        "attempt": profile.verification_attempts,
        "times_asked": times_asked,
    }


def _lock_looked_at(uuid: UUID, attempt: int) -> PaymentProfile:
    profile = db.session.scalar(
        sa.select(PaymentProfile)
        .where(PaymentProfile.uuid == uuid, PaymentProfile.deleted_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if profile is None:
        raise NotFound("There is no such payment profile.")
    # Whoever decides looked at one account; its owner may have put another in its place since.
    if profile.verification_attempts != attempt:
        raise Conflict("This payment profile is at another attempt now. Look at its account again.")
    return profile
