"""Where people are paid: one default account each, checked at its owner's cost, frozen and told of when it changes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from config import Settings
from easyticket.core import clock
from easyticket.core.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from easyticket.db import Base, db, transaction
from easyticket.integrations.account_check import AccountAnswer, AccountQuestion, CheckState
from easyticket.jobs.entry import drain_outbox
from easyticket.models import (
    EventStatus,
    OutboxJob,
    PaymentProfile,
    Payout,
    PayoutState,
    ProfileMethod,
    ProfileStatus,
    User,
)
from easyticket.queries.balances import get_balance
from easyticket.queries.payment_profiles import get_account_currency, list_payment_profiles
from easyticket.queue import JobName
from easyticket.rules.permissions import SYSTEM, Actor
from easyticket.services import account_checks, payment_profiles
from easyticket.services.account_checks import accept_account, check_account, reject_account
from easyticket.services.payment_profiles import (
    create_payment_profile,
    delete_payment_profile,
    retry_verification,
    set_default_profile,
    update_payment_profile,
)
from tests import factories
from tests.mailed import queued

pytestmark = pytest.mark.usefixtures("db_session")

NUMBER, UNKNOWN_NUMBER, SLOW_NUMBER = "1234567890", "1234560000", "1234569999"


def add_profile(user: User, number: str = NUMBER, **fields: Any) -> PaymentProfile:
    details = {"account_number": number, "bank_name": "CAL Bank", "bank_code": "140100"}
    return create_payment_profile(
        actor=factories.actor_of(user),
        **{
            "method": ProfileMethod.BANK_TRANSFER,
            "name": "Cal Bank",
            "details": details,
            "now": clock.now(),
            **fields,
        },
    )


def add_verified(user: User) -> PaymentProfile:
    profile = add_profile(user)
    run_jobs(user, profile)
    assert profile.status is ProfileStatus.VERIFIED
    return profile


def change(profile: PaymentProfile, **changes: Any) -> PaymentProfile:
    actor = factories.actor_of(profile.user)
    return update_payment_profile(actor=actor, profile=profile, changes=changes, now=clock.now())


def retry(profile: PaymentProfile) -> PaymentProfile:
    return retry_verification(actor=factories.actor_of(profile.user), profile=profile, now=clock.now())


def read(profile: PaymentProfile) -> PaymentProfile:
    db.session.expire_all()
    return profile


def run_jobs(*rows: Base) -> None:
    """Do what waits in the outbox; each job ends with a new session, to which `rows` are taken along."""
    drain_outbox()
    for row in rows:
        db.session.add(row)
    db.session.expire_all()


def fees_of(user: User) -> int:
    return get_balance(user.id, "GHS", clock.now()).fees_minor


def send_payout(profile: PaymentProfile) -> None:
    with transaction() as session:
        session.add(
            Payout(
                organizer_id=profile.user_id,
                payment_profile_id=profile.id,
                reference=f"wd-{profile.id}",
                method="manual",
                amount_minor=1_000,
                currency="GHS",
                state=PayoutState.REQUESTED,
            )
        )


def test_the_first_account_is_the_default_and_verified_by_a_job_for_one_cedi() -> None:
    user = factories.make_organizer(first_name="Ama", last_name="Owusu")
    profile = add_profile(user)
    assert (profile.status, profile.is_default, profile.frozen_until) == (ProfileStatus.PENDING, True, None)
    assert (profile.account_name, profile.verification_attempts) == ("Ama Owusu", 1)
    run_jobs(user, profile)
    assert read(profile).status is ProfileStatus.VERIFIED
    assert profile.verified_at is not None
    balance = get_balance(user.id, "GHS", clock.now())
    assert (balance.fees_minor, balance.available_minor) == (100, -100)
    assert queued(JobName.MAIL_PAYMENT_ACCOUNT_CHANGED) == []


def test_an_account_whose_address_is_not_proved_has_no_profiles() -> None:
    with pytest.raises(Forbidden, match="Verify your e-mail address first"):
        add_profile(factories.make_organizer(is_verified=False))


def test_an_unknown_number_fails_and_can_be_tried_three_times_in_an_hour() -> None:
    user = factories.make_organizer()
    profile = add_profile(user, UNKNOWN_NUMBER)
    with pytest.raises(Conflict, match="being checked already"):
        retry(profile)
    for attempt in (2, 3, 4):
        run_jobs(user, profile)
        assert read(profile).status is ProfileStatus.FAILED
        assert profile.failure_reason == "Account number not found"
        assert retry(profile).verification_attempts == attempt
    run_jobs(user, profile)
    with pytest.raises(TooMany) as refusal:
        retry(read(profile))
    assert 0 < refusal.value.retry_after <= 3600
    assert fees_of(user) == 400
    with time_machine.travel(clock.now() + timedelta(hours=1, seconds=1), tick=False):
        assert retry(profile).verification_attempts == 5


def test_accounts_of_one_person_are_checked_ten_times_in_an_hour_at_most() -> None:
    user = factories.make_organizer()
    for _ in range(10):
        add_profile(user)
    with pytest.raises(TooMany, match="10 times in an hour"):
        add_profile(user)
    assert len(list_payment_profiles(factories.actor_of(user))) == 10


def test_a_slow_party_is_asked_again_after_twenty_seconds() -> None:
    profile = add_profile(factories.make_organizer(), SLOW_NUMBER)
    run_jobs(profile)
    assert read(profile).status is ProfileStatus.PENDING
    check_account(profile.id, 1, 0)  # the same job once more
    assert len(queued(JobName.CHECK_ACCOUNT)) == 2
    with time_machine.travel(clock.now() + timedelta(seconds=21), tick=False):
        run_jobs(profile)
    assert read(profile).status is ProfileStatus.VERIFIED


def test_an_account_of_somebody_else_and_a_party_that_never_answers_are_failures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Party:
        def check(self, question: AccountQuestion) -> AccountAnswer:
            assert (question.number, question.bank) == (NUMBER, "140100")
            assert NUMBER not in repr(question)
            return answer

    monkeypatch.setattr(account_checks, "open_account_verifier", lambda _settings: Party())
    profile = add_profile(factories.make_organizer())
    answer = AccountAnswer(CheckState.PENDING)
    check_account(profile.id, 1, 29)
    assert "in time" in read(profile).failure_reason
    retry(profile)
    answer = AccountAnswer(CheckState.FOUND, resolved_name="Kofi Mensah")
    check_account(profile.id, 1)  # of the attempt before
    assert read(profile).status is ProfileStatus.PENDING
    check_account(profile.id, 2)
    assert profile.status is ProfileStatus.FAILED
    assert profile.failure_reason == "The account is held under another name"


def test_what_the_party_cannot_look_up_waits_for_people(monkeypatch: pytest.MonkeyPatch) -> None:
    class Party:
        def check(self, question: AccountQuestion) -> AccountAnswer:
            return AccountAnswer(CheckState.BY_HAND)

    monkeypatch.setattr(account_checks, "open_account_verifier", lambda _settings: Party())
    profile = add_profile(factories.make_organizer())
    check_account(profile.id, 1, 29)
    assert read(profile).status is ProfileStatus.PENDING
    accept_account(actor=SYSTEM, profile_uuid=profile.uuid, attempt=1, now=clock.now())
    assert read(profile).status is ProfileStatus.VERIFIED


def test_without_a_party_people_verify_or_refuse_an_account(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings: Settings = app.config["SETTINGS"]
    monkeypatch.setitem(app.config, "SETTINGS", replace(settings, sandbox_payments=False))
    profile = add_profile(factories.make_organizer())
    run_jobs(profile)
    assert read(profile).status is ProfileStatus.PENDING
    with pytest.raises(Forbidden):
        accept_account(
            actor=factories.actor_of(profile.user), profile_uuid=profile.uuid, attempt=1, now=clock.now()
        )
    accept_account(actor=SYSTEM, profile_uuid=profile.uuid, attempt=1, now=clock.now())
    assert read(profile).status is ProfileStatus.VERIFIED
    with pytest.raises(Conflict):
        accept_account(actor=SYSTEM, profile_uuid=profile.uuid, attempt=1, now=clock.now())
    reject_account(
        actor=SYSTEM, profile_uuid=profile.uuid, attempt=1, reason="Not your account.", now=clock.now()
    )
    assert (read(profile).status, profile.failure_reason) == (ProfileStatus.FAILED, "Not your account")


def test_people_decide_about_the_account_they_looked_at_and_no_other(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], sandbox_payments=False))
    profile = add_profile(factories.make_organizer())
    looked_at = profile.verification_attempts
    change(profile, account_details={"account_number": "9876543210"})
    decision: dict[str, Any] = {
        "actor": SYSTEM,
        "profile_uuid": profile.uuid,
        "attempt": looked_at,
        "now": clock.now(),
    }
    with pytest.raises(Conflict, match="another attempt"):
        accept_account(**decision)
    with pytest.raises(Conflict, match="another attempt"):
        reject_account(**decision, reason="Not your account")
    assert read(profile).status is ProfileStatus.PENDING
    accept_account(**{**decision, "attempt": looked_at + 1})
    assert (read(profile).status, profile.account_number) == (ProfileStatus.VERIFIED, "9876543210")


def test_another_number_makes_an_account_unverified_frozen_and_told_of(
    mailbox: Callable[[], list[EmailMessage]], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    user = factories.make_organizer(email="ama@example.org")
    profile = add_verified(user)
    before = clock.now()
    # A name alone, and the account as it was read, change nothing about the account.
    change(profile, name="My bank", account_details={"account_number": "******7890", "bank_name": "CAL Bank"})
    assert (profile.status, profile.name, profile.frozen_until) == (ProfileStatus.VERIFIED, "My bank", None)

    change(profile, account_details={"account_number": "9876543210"})
    assert (profile.status, profile.account_number) == (ProfileStatus.PENDING, "9876543210")
    assert profile.bank_name == "CAL Bank"
    assert profile.frozen_until is not None
    assert profile.frozen_until >= before + timedelta(hours=24)
    run_jobs(user, profile)
    assert read(profile).status is ProfileStatus.VERIFIED
    assert fees_of(user) == 200
    (mail,) = mailbox()
    assert (mail["To"], mail["Subject"]) == ("ama@example.org", "The account you are paid to was changed")
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "bank account ******3210" in text
    assert "forgotten/" in text
    assert "9876543210" not in mail.as_string() + caplog.text


def test_an_account_is_held_in_one_currency_and_another_one_is_checked_again() -> None:
    user = factories.make_organizer()
    profile = add_verified(user)
    assert profile.currency == "GHS"
    change(profile, account_details={"currency": "ghs"})
    assert (profile.status, profile.frozen_until) == (ProfileStatus.VERIFIED, None)
    change(profile, account_details={"currency": "NGN"})
    assert (profile.currency, profile.status) == ("NGN", ProfileStatus.PENDING)
    assert profile.frozen_until is not None
    with pytest.raises(Invalid, match="none that events are sold in"):
        change(profile, account_details={"currency": "XXX"})
    momo = {"mobile_number": "+233241234567", "network": "MTN", "currency": "NGN"}
    mobile = add_profile(user, method=ProfileMethod.MOBILE_MONEY, details=momo)
    assert (mobile.currency, get_account_currency(mobile)) == ("", "GHS")


def test_saying_what_an_account_was_held_in_all_along_changes_nothing() -> None:
    profile = add_verified(factories.make_organizer())
    with transaction():
        profile.currency = ""
    change(profile, account_details={"currency": "GHS"})
    assert (profile.status, profile.frozen_until) == (ProfileStatus.VERIFIED, None)


def test_what_is_wrong_with_a_change_is_told_by_field_and_changes_nothing() -> None:
    profile = add_verified(factories.make_organizer())
    with pytest.raises(Invalid) as refusal:
        change(profile, name="x", account_details={"account_number": "12"})
    assert set(refusal.value.fields) == {"name", "account_details"}
    with pytest.raises(Invalid, match="Make another one the default"):
        change(profile, name="Other", is_default=False)
    assert (read(profile).name, profile.status) == ("Cal Bank", ProfileStatus.VERIFIED)


def test_a_further_account_is_frozen_and_told_of_and_can_become_the_only_default(
    mailbox: Callable[[], list[EmailMessage]],
) -> None:
    user = factories.make_organizer()
    first, second, third = add_profile(user), add_profile(user), add_profile(user)
    assert second.frozen_until is not None
    run_jobs(user, first, second, third)
    assert [mail["Subject"] for mail in mailbox()] == ["An account to be paid to was added"] * 2
    actor = factories.actor_of(user)
    set_default_profile(actor=actor, profile=second, now=clock.now())
    change(third, is_default=True)
    change(second, is_default=True)
    assert [profile.id for profile in list_payment_profiles(actor)] == [second.id, third.id, first.id]
    assert [profile.is_default for profile in list_payment_profiles(actor)] == [True, False, False]


def test_a_profile_is_kept_while_it_is_the_default_used_or_paid_to() -> None:
    user = factories.make_organizer()
    default, other = add_profile(user), add_profile(user)
    actor = factories.actor_of(user)

    def delete(profile: PaymentProfile) -> None:
        delete_payment_profile(actor=actor, profile=profile, now=clock.now())

    with pytest.raises(Conflict, match="Make another one the default first"):
        delete(default)
    event = factories.make_event(organizer=user, payment_profile_id=other.id)
    with pytest.raises(Conflict, match="An event that is not over"):
        delete(other)
    with transaction():
        event.status = EventStatus.DRAFT
    send_payout(other)
    with pytest.raises(Conflict, match="Money is on its way"):
        delete(other)
    with pytest.raises(Conflict, match="Money is on its way"):
        change(other, account_details={"account_number": "9876543210"})
    with transaction() as session:
        session.execute(sa.update(Payout).values(state=PayoutState.PAID))
    delete(other)
    db.session.expire_all()
    assert (other.deleted_at is not None, event.payment_profile_id) == (True, None)
    assert [profile.id for profile in list_payment_profiles(actor)] == [default.id]
    with pytest.raises(NotFound):
        set_default_profile(actor=actor, profile=other, now=clock.now())


def test_nobody_changes_the_profile_of_somebody_else() -> None:
    profile = add_profile(factories.make_organizer())
    stranger: Actor = factories.actor_of(factories.make_staff())
    for act in (set_default_profile, delete_payment_profile, retry_verification):
        with pytest.raises(Forbidden):
            act(actor=stranger, profile=profile, now=clock.now())  # type: ignore[operator]
    assert payment_profiles.MAX_PROFILES == 20
    assert db.session.scalar(sa.select(sa.func.count()).select_from(OutboxJob)) == 1
