"""Money sent by a provider: once however often it is tried, and the books follow what the provider says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from easyticket.core import clock
from easyticket.core.errors import Conflict, ProviderDown
from easyticket.db import db, transaction
from easyticket.integrations.transfers import TransferState
from easyticket.jobs.registry import HANDLERS
from easyticket.models import LedgerAccount, LedgerEntry, PaymentProfile, Payout, PayoutState, ProfileMethod
from easyticket.queries.balances import find_uncovered, get_balance
from easyticket.queue import JobName
from easyticket.rules.permissions import SYSTEM
from easyticket.services.payout_transfers import reconcile_payouts, send_payout, sync_transfer
from easyticket.services.withdrawals import cancel_withdrawal, record_payout_paid
from tests import factories
from tests.mailed import queued
from tests.services.test_withdrawals import ask, available, make_earner
from tests.services.transfer_desk import TransferDesk, desk_in_place

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[TransferDesk]:
    with desk_in_place(monkeypatch) as desk:
        yield desk


def run(name: JobName) -> int:
    jobs = queued(name)
    for job in jobs:
        HANDLERS[name](job.payload, job.uuid)
    return len(jobs)


def account(name: LedgerAccount) -> int:
    entries = sa.select(sa.func.coalesce(sa.func.sum(LedgerEntry.amount_minor), 0))
    return int(db.session.scalar(entries.where(LedgerEntry.account == name)) or 0)


def cancel(payout: Payout) -> None:
    cancel_withdrawal(actor=factories.actor_of(payout.organizer), payout=payout, now=clock.now())


def later(**time: float) -> time_machine.travel:
    return time_machine.travel(clock.now() + timedelta(**time), tick=False)


def test_a_payout_is_sent_and_has_arrived_when_the_provider_says_so(
    desk: TransferDesk, mailbox: Callable[[], list[EmailMessage]]
) -> None:
    user = make_earner()
    payout = ask(user, "60")
    assert (payout.state, payout.method) == (PayoutState.REQUESTED, "paystack_transfer")
    assert run(JobName.SEND_PAYOUT) == 1
    assert (payout.state, payout.provider_ref) == (PayoutState.PENDING, f"TRF_{payout.reference}")
    assert payout.sent_at is not None
    (request,) = desk.asked
    assert (request.amount_minor, request.bank, request.is_mobile_money) == (6_000, "140100", False)
    assert (request.account_number, request.reference) == ("1234567890", payout.reference)
    assert request.account_number not in repr(request)
    with pytest.raises(Conflict, match="can no longer be cancelled"):
        cancel(payout)

    desk.settle(payout.reference, TransferState.PAID, fee_minor=800)
    for _ in range(3):
        sync_transfer(payout.reference)
    assert (payout.state, payout.fee_minor) == (PayoutState.PAID, 800)
    assert payout.paid_at is not None
    balance = get_balance(user.id, "GHS", clock.now())
    assert (balance.available_minor, balance.on_its_way_minor, balance.paid_out_minor) == (4_000, 0, 6_000)
    assert account(LedgerAccount.FEE_EXPENSE) == 800
    assert account(LedgerAccount.PROVIDER_CASH) == -6_800
    assert run(JobName.MAIL_PAYOUT_PAID) == 1
    (mail,) = mailbox()
    assert mail["Subject"] == "GH₵ 60.00 was paid out to you"
    assert payout.reference in mail.as_string()


def test_a_job_that_runs_again_sends_nothing_twice(desk: TransferDesk) -> None:
    payout = ask(make_earner())
    for _ in range(4):
        send_payout(payout.id)
    assert len(desk.asked) == 1
    with later(minutes=10):
        send_payout(payout.id)
    assert (len(desk.asked), len(desk.sent)) == (1, 1)


def test_an_answer_that_is_lost_means_not_known_and_the_same_transfer_is_found_again(
    desk: TransferDesk,
) -> None:
    payout = ask(make_earner())
    desk.loses_answer = True
    with pytest.raises(ProviderDown):
        send_payout(payout.id)
    assert (payout.state, payout.last_error) == (PayoutState.UNKNOWN, "No answer.")
    with pytest.raises(Conflict):
        cancel(payout)
    with pytest.raises(Conflict, match="does not wait to be paid"):
        record_payout_paid(actor=SYSTEM, reference=payout.reference, now=clock.now())
    send_payout(payout.id)
    assert (payout.state, len(desk.asked)) == (PayoutState.PENDING, 1)


def test_a_question_that_was_lost_is_asked_again_under_the_same_reference(desk: TransferDesk) -> None:
    payout = ask(make_earner())
    desk.loses_question = True
    with pytest.raises(ProviderDown):
        send_payout(payout.id)
    send_payout(payout.id)
    assert payout.state is PayoutState.PENDING
    assert [request.reference for request in desk.asked] == [payout.reference] * 2
    assert len(desk.sent) == 1


def test_what_is_not_known_is_not_sent_again_to_an_account_that_may_not_be_paid_to(
    desk: TransferDesk,
) -> None:
    payout = ask(make_earner())
    desk.loses_question = True
    with pytest.raises(ProviderDown):
        send_payout(payout.id)
    with transaction():
        payout.organizer.is_active = False
    send_payout(payout.id)
    assert (payout.state, len(desk.asked)) == (PayoutState.UNKNOWN, 1)
    # The provider would have it by now: nothing was begun, and the organizer may have it back.
    with later(hours=2):
        send_payout(payout.id)
        assert (payout.state, payout.sent_at, len(desk.asked)) == (PayoutState.REQUESTED, None, 1)


def test_a_cancelled_payout_is_never_sent(desk: TransferDesk) -> None:
    user = make_earner()
    payout = ask(user)
    cancel(payout)
    run(JobName.SEND_PAYOUT)
    with later(days=1):
        assert reconcile_payouts() == 0
    assert (payout.state, desk.asked) == (PayoutState.CANCELLED, [])
    assert available(user) == 10_000


def test_a_transfer_that_fails_puts_the_money_back_and_people_may_pay_it_by_hand_once(
    desk: TransferDesk, mailbox: Callable[[], list[EmailMessage]]
) -> None:
    user = make_earner()
    payout = ask(user, "60")
    send_payout(payout.id)
    desk.settle(payout.reference, TransferState.FAILED, message="Account closed")
    sync_transfer(payout.reference)
    sync_transfer(payout.reference)
    assert (payout.state, payout.last_error) == (PayoutState.FAILED, "Account closed")
    assert available(user) == 10_000
    assert run(JobName.MAIL_PAYOUT_FAILED) == 1
    assert "did not reach your account" in mailbox()[0]["Subject"]

    by_hand = record_payout_paid(actor=SYSTEM, reference=payout.reference, now=clock.now())
    assert (by_hand.state, by_hand.method, by_hand.amount_minor) == (PayoutState.PAID, "manual", 6_000)
    assert (payout.state, available(user)) == (PayoutState.FAILED, 4_000)
    for reference in (payout.reference, by_hand.reference):
        with pytest.raises(Conflict, match="does not wait to be paid"):
            record_payout_paid(actor=SYSTEM, reference=reference, now=clock.now())
    assert account(LedgerAccount.PAYOUT_TRANSIT) == 0


def test_a_failed_transfer_whose_money_was_used_otherwise_is_not_paid_by_hand(desk: TransferDesk) -> None:
    user = make_earner()
    desk.next_state = TransferState.FAILED
    failed = ask(user, "60")
    send_payout(failed.id)
    ask(user, "100")
    with pytest.raises(Conflict, match="used otherwise"):
        record_payout_paid(actor=SYSTEM, reference=failed.reference, now=clock.now())


def test_money_that_comes_back_after_it_arrived_is_owed_again(desk: TransferDesk) -> None:
    user = make_earner()
    payout = ask(user, "60")
    desk.next_state = TransferState.PAID
    send_payout(payout.id)
    assert payout.state is PayoutState.PAID
    desk.settle(payout.reference, TransferState.REVERSED, message="Returned by the bank")
    sync_transfer(payout.reference)
    sync_transfer(payout.reference)
    assert (payout.state, payout.last_error) == (PayoutState.REVERSED, "Returned by the bank")
    balance = get_balance(user.id, "GHS", clock.now())
    assert (balance.available_minor, balance.paid_out_minor, balance.fees_minor) == (10_000, 0, 0)
    assert find_uncovered([user.id], clock.now()) == {}
    assert account(LedgerAccount.PROVIDER_CASH) == 0
    assert run(JobName.MAIL_PAYOUT_FAILED) == 1


def test_money_that_arrived_and_came_back_between_two_looks_is_in_the_books_both_ways(
    desk: TransferDesk,
) -> None:
    user = make_earner()
    payout = ask(user, "60")
    send_payout(payout.id)
    desk.settle(payout.reference, TransferState.REVERSED, fee_minor=100)
    sync_transfer(payout.reference)
    assert payout.state is PayoutState.REVERSED
    assert available(user) == 10_000
    assert account(LedgerAccount.PROVIDER_CASH) == -100
    assert queued(JobName.MAIL_PAYOUT_PAID) == []


def test_what_was_paid_never_becomes_failed_or_waits_again(desk: TransferDesk) -> None:
    user = make_earner()
    payout = ask(user)
    desk.next_state = TransferState.PAID
    send_payout(payout.id)
    for state in (TransferState.FAILED, TransferState.PENDING, TransferState.NEEDS_CODE):
        desk.settle(payout.reference, state)
        sync_transfer(payout.reference)
        assert payout.state is PayoutState.PAID
    assert available(user) == 5_000


def test_too_little_money_at_the_provider_leaves_the_payout_waiting(desk: TransferDesk) -> None:
    user = make_earner()
    payout = ask(user)
    desk.next_state = TransferState.BLOCKED
    send_payout(payout.id)
    assert (payout.state, payout.sent_at) == (PayoutState.REQUESTED, None)
    assert payout.last_error == "Too little money there."
    desk.next_state = TransferState.PENDING
    with later(minutes=5):
        assert reconcile_payouts() == 0
    with later(minutes=11):
        assert reconcile_payouts() == 1
    assert payout.state is PayoutState.PENDING


def test_a_transfer_that_needs_a_code_is_on_its_way_and_says_what_is_missing(desk: TransferDesk) -> None:
    payout = ask(make_earner())
    desk.next_state = TransferState.NEEDS_CODE
    send_payout(payout.id)
    assert payout.state is PayoutState.PENDING
    assert "confirm this transfer" in payout.last_error


def test_a_transfer_of_another_amount_is_not_taken_for_ours(desk: TransferDesk) -> None:
    payout = ask(make_earner())
    send_payout(payout.id)
    other = desk.sent[payout.reference]
    desk.sent[payout.reference] = type(other)(
        payout.reference, TransferState.PAID, amount_minor=1, currency="GHS"
    )
    sync_transfer(payout.reference)
    assert payout.state is PayoutState.PENDING
    assert "another amount" in payout.last_error


def test_an_obstacle_keeps_the_money_here_until_it_is_gone(desk: TransferDesk) -> None:
    payout = ask(make_earner())
    with transaction():
        payout.payment_profile.frozen_until = clock.now() + timedelta(hours=2)  # type: ignore[union-attr]
    send_payout(payout.id)
    assert (payout.state, desk.asked) == (PayoutState.REQUESTED, [])
    assert "frozen until" in payout.last_error
    with later(hours=3):
        assert reconcile_payouts() == 1
    assert payout.state is PayoutState.PENDING


def test_people_may_pay_by_hand_what_still_waits_to_be_sent(desk: TransferDesk) -> None:
    payout = ask(make_earner())
    record_payout_paid(actor=SYSTEM, reference=payout.reference, now=clock.now())
    run(JobName.SEND_PAYOUT)
    assert (payout.state, payout.method, desk.asked) == (PayoutState.PAID, "manual", [])


def test_a_provider_that_is_away_is_asked_about_one_payout_and_about_another_the_next_time(
    desk: TransferDesk,
) -> None:
    user = make_earner(sales=4)
    first, second = ask(user), ask(user)
    desk.is_away = True
    with later(minutes=11):
        assert reconcile_payouts() == 2
        assert (first.state, second.state) == (PayoutState.UNKNOWN, PayoutState.REQUESTED)
        reconcile_payouts()
        assert (second.state, len(desk.asked)) == (PayoutState.UNKNOWN, 2)


def test_where_transfers_are_switched_off_people_pay_what_waits(desk: TransferDesk) -> None:
    payout = ask(make_earner())
    desk.name = "another"
    send_payout(payout.id)
    assert (payout.state, payout.method, desk.asked) == (PayoutState.REQUESTED, "manual", [])


def test_a_currency_nobody_sends_is_paid_by_hand(desk: TransferDesk) -> None:
    user = make_earner(currency="USD")
    payout = ask(user, currency="USD")
    assert payout.method == "manual"
    assert queued(JobName.SEND_PAYOUT) == []


def test_a_mobile_money_account_is_named_by_its_network(desk: TransferDesk) -> None:
    user = make_earner()
    profile = db.session.scalars(sa.select(PaymentProfile).filter_by(user_id=user.id)).one()
    with transaction():
        profile.method, profile.network, profile.bank_code = ProfileMethod.MOBILE_MONEY, "MTN", ""
        profile.account_number = "+233551234987"
    send_payout(ask(user).id)
    assert (desk.asked[0].bank, desk.asked[0].is_mobile_money) == ("MTN", True)


def test_a_reference_that_is_none_of_ours_changes_nothing(desk: TransferDesk) -> None:
    sync_transfer("wd-somebody-elses-0001")
    assert desk.asked == []


def test_people_see_which_transfers_need_them_until_they_have_paid(app: Flask, desk: TransferDesk) -> None:
    user = make_earner(sales=6)
    failed, needs_code, waits, fine = (ask(user) for _ in range(4))
    states = (TransferState.FAILED, TransferState.NEEDS_CODE, TransferState.BLOCKED, TransferState.PENDING)
    for payout, state in zip((failed, needs_code, waits, fine), states, strict=True):
        desk.next_state = state
        send_payout(payout.id)
    references = {payout.reference: payout for payout in (failed, needs_code, waits, fine)}

    def shown() -> list[str]:
        output = app.test_cli_runner().invoke(args=["waiting-payouts"]).output
        return [line for line in output.splitlines() if line.split()[0] in references]

    lines = shown()
    assert [line.split()[0] for line in lines] == [waits.reference, needs_code.reference, failed.reference]
    assert "sent by itself  Too little money there." in lines[0]
    assert "pending  A person has to confirm" in lines[1]
    assert lines[2].endswith("failed")
    paid = app.test_cli_runner().invoke(args=["payout-paid", failed.reference])
    assert f"{failed.reference}-hand is paid." in paid.output
    assert len(shown()) == 2
