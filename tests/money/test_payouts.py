"""Money out, at Paystack's double: lost answers, several processes and a death, and always one transfer and true books."""

from __future__ import annotations

import os
import signal
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from easyticket.core import clock
from easyticket.core.errors import AppError
from easyticket.db import db, transaction
from easyticket.integrations.paystack_transfers import PaystackTransfers
from easyticket.models import (
    LedgerAccount,
    Order,
    PaymentProfile,
    Payout,
    PayoutState,
    ProfileMethod,
    ProfileStatus,
    User,
)
from easyticket.services import sandbox
from easyticket.services.payments import settle_payment
from easyticket.services.payout_transfers import reconcile_payouts, send_payout, sync_transfer
from easyticket.services.withdrawal_cover import cover_all_withdrawals
from easyticket.services.withdrawals import WithdrawalRefused, cancel_withdrawal, request_withdrawal
from tests import factories
from tests.concurrency.crowd import application_on
from tests.doubles.paystack import LIVE_KEY, PaystackDouble
from tests.money.site import Site
from tests.money.steps import begin, bought, make_event, place
from tests.money.tills import PaystackTill
from tests.services.test_payout_transfers import account

at_paystack = pytest.mark.parametrize("till", [PaystackTill], indirect=True, ids=["paystack"])
pytestmark = at_paystack


def make_earner(site: Site, orders: int = 1) -> User:
    """An organizer whose sales were paid at Paystack a month ago, with a verified mobile money account."""
    organizer = factories.make_organizer()
    with transaction() as session:
        session.add(
            PaymentProfile(
                user_id=organizer.id,
                method=ProfileMethod.MOBILE_MONEY,
                name="My MoMo",
                account_number="+233551234987",
                account_name=organizer.full_name,
                network="MTN",
                is_default=True,
                status=ProfileStatus.VERIFIED,
            )
        )
    for _ in range(orders):
        order, _ = bought(site, organizer=organizer)
        _age(order)
    return organizer


def make_player(site: Site) -> User:
    """An organizer like that whose one sale was paid in the sandbox, before the site had any provider."""
    collecting = site.app.config["SETTINGS"]
    site.app.config["SETTINGS"] = replace(
        collecting,
        sandbox_payments=True,
        stripe_secret_key="",
        paystack_secret_key="",
        paystack_transfers=False,
    )
    organizer = make_earner(site, orders=0)
    order = place(make_event(site, organizer=organizer))
    reference = begin(order)
    sandbox.approve(reference)
    settle_payment(reference)
    _age(order)
    site.app.config["SETTINGS"] = collecting
    return organizer


def _age(order: Order) -> None:
    with transaction() as session:
        order = session.get_one(Order, order.id)
        order.event.start_at = clock.now() - timedelta(days=2)
        order.event.end_at = clock.now() - timedelta(days=1)
        order.confirmed_at = clock.now() - timedelta(days=30)


def ask(user: User, amount: int = 60) -> Payout:
    return request_withdrawal(
        actor=factories.actor_of(user), amount=Decimal(amount), currency="GHS", now=clock.now()
    )


def state_of(payout: Payout) -> PayoutState:
    db.session.rollback()
    return db.session.get_one(Payout, payout.id, populate_existing=True).state


def transfers(double: PaystackDouble) -> list[tuple[str, int]]:
    return [(each["reference"], each["amount"]) for each in double.transfers()]


def act(step: tuple[str, int]) -> str:
    """Send a payout, or take it back; tell what came of it."""
    what, payout_id = step
    payout = db.session.get_one(Payout, payout_id)
    try:
        if what == "send":
            send_payout(payout_id)
            return "done"
        actor = factories.actor_of(payout.organizer)
        return cancel_withdrawal(actor=actor, payout=payout, now=clock.now()).state.value
    except AppError as error:
        return type(error).__name__


def test_a_payout_arrives_and_the_webhook_settles_it(site: Site, paystack_double: PaystackDouble) -> None:
    user = make_earner(site)
    payout = ask(user)
    site.work()
    assert state_of(payout) is PayoutState.PENDING
    assert transfers(paystack_double) == [(payout.reference, 6_000)]
    paystack_double.finish_transfer(payout.reference)
    site.hear()
    site.hear()
    assert state_of(payout) is PayoutState.PAID
    assert payout.fee_minor == 100
    assert account(LedgerAccount.PAYOUT_TRANSIT) == 0
    site.check_books()


def test_9_an_answer_that_is_lost_means_one_transfer(site: Site, paystack_double: PaystackDouble) -> None:
    user = make_earner(site)
    payout = ask(user)
    # It is sent, and neither the answer nor a look after it arrives.
    paystack_double.fault("dropped", path=r"^/transfer$", method="POST")
    paystack_double.fault("error_before", path=r"^/transfer/verify/")
    assert act(("send", payout.id)) == "ProviderDown"
    assert state_of(payout) is PayoutState.UNKNOWN
    assert act(("cancel", payout.id)) == "Conflict"
    assert act(("send", payout.id)) == "done"
    assert state_of(payout) is PayoutState.PENDING
    assert transfers(paystack_double) == [(payout.reference, 6_000)]
    site.check_books()


def test_9_a_question_that_is_lost_is_asked_again_and_means_one_transfer(
    site: Site, paystack_double: PaystackDouble
) -> None:
    payout = ask(make_earner(site))
    paystack_double.fault("error_before", path=r"^/transfer$", method="POST", status=502)
    assert act(("send", payout.id)) == "ProviderDown"
    assert (state_of(payout), transfers(paystack_double)) == (PayoutState.UNKNOWN, [])
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        reconcile_payouts()
    assert state_of(payout) is PayoutState.PENDING
    assert transfers(paystack_double) == [(payout.reference, 6_000)]


@pytest.mark.parametrize("fault", ["slow", "error_after", "malformed", "truncated", "html"])
def test_several_processes_that_send_the_same_payout_make_one_transfer(
    site: Site, paystack_double: PaystackDouble, fault: str
) -> None:
    payout = ask(make_earner(site))
    paystack_double.fault(fault, path=r"^/transfer$", method="POST", seconds=0.3, times=2)
    site.crowd(act, [("send", payout.id)] * 6)
    assert transfers(paystack_double) == [(payout.reference, 6_000)]
    act(("send", payout.id))
    assert state_of(payout) in (PayoutState.PENDING, PayoutState.UNKNOWN)
    paystack_double.finish_transfer(payout.reference)
    site.hear()
    assert state_of(payout) is PayoutState.PAID
    site.check_books()


def test_a_payout_is_sent_or_taken_back_and_never_both(site: Site, paystack_double: PaystackDouble) -> None:
    user = make_earner(site, orders=2)
    payouts = [ask(user, 40) for _ in range(4)]
    steps = [(what, payout.id) for payout in payouts for what in ("cancel", "send")]
    answers = Counter(site.crowd(act, steps))
    sent = {reference for reference, _ in transfers(paystack_double)}
    for payout in payouts:
        is_sent = payout.reference in sent
        assert state_of(payout) is (PayoutState.PENDING if is_sent else PayoutState.CANCELLED)
    assert answers["Conflict"] == len(sent)
    assert answers["cancelled"] == 4 - len(sent)
    site.check_books()


def send_and_die(database_url: str, settings: dict[str, str], payout_id: int) -> None:
    """Die by kill -9 when the provider is about to be asked."""

    def die(*_: Any) -> Any:
        os.kill(os.getpid(), signal.SIGKILL)

    with application_on(database_url, settings).app_context():
        PaystackTransfers.send = die  # type: ignore[method-assign]
        send_payout(payout_id)


def test_a_worker_that_dies_before_it_asks_leaves_a_payout_that_is_sent_later(
    site: Site, paystack_double: PaystackDouble
) -> None:
    payout = ask(make_earner(site))
    assert site.in_a_process(send_and_die, payout.id) == -signal.SIGKILL
    assert (state_of(payout), transfers(paystack_double)) == (PayoutState.PENDING, [])
    assert act(("cancel", payout.id)) == "Conflict"
    with time_machine.travel(clock.now() + timedelta(minutes=6)):
        reconcile_payouts()
    assert transfers(paystack_double) == [(payout.reference, 6_000)]


def test_too_little_money_at_paystack_keeps_the_payout_waiting_until_there_is_enough(
    site: Site, paystack_double: PaystackDouble
) -> None:
    payout = ask(make_earner(site))
    paystack_double.set_balance(1_000)
    site.work()
    assert state_of(payout) is PayoutState.REQUESTED
    assert "balance is not enough" in payout.last_error
    paystack_double.set_balance(1_000_000)
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        reconcile_payouts()
    assert transfers(paystack_double) == [(payout.reference, 6_000)]


def test_a_transfer_that_fails_or_comes_back_leaves_the_money_with_its_organizer(
    site: Site, paystack_double: PaystackDouble
) -> None:
    user = make_earner(site, orders=2)
    failed, reversed_ = ask(user, 40), ask(user, 50)
    site.work()
    paystack_double.finish_transfer(failed.reference, "failed", "Account limit")
    paystack_double.finish_transfer(reversed_.reference, "success")
    site.hear()
    paystack_double.finish_transfer(reversed_.reference, "reversed")
    site.hear()
    assert (state_of(failed), state_of(reversed_)) == (PayoutState.FAILED, PayoutState.REVERSED)
    assert "Account limit" in failed.last_error
    site.check_books()


def test_a_transfer_that_waits_for_a_code_arrives_once_somebody_has_typed_it(
    site: Site, paystack_double: PaystackDouble
) -> None:
    payout = ask(make_earner(site))
    paystack_double.configure(transfer_outcome="otp")
    site.work()
    assert state_of(payout) is PayoutState.PENDING
    assert "confirm this transfer" in payout.last_error
    paystack_double.finish_transfer(payout.reference)
    sync_transfer(payout.reference)
    assert (state_of(payout), payout.last_error) == (PayoutState.PAID, "")


def test_play_money_is_never_sent_as_real_money(
    site: Site, paystack_double: PaystackDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = make_player(site)
    asked_before = ask(user)
    live = replace(site.app.config["SETTINGS"], paystack_secret_key=LIVE_KEY)
    monkeypatch.setitem(site.app.config, "SETTINGS", live)
    with pytest.raises(WithdrawalRefused, match=r"GHS 0\.00 can be paid out"):
        ask(user, 30)
    site.work()
    assert state_of(asked_before) is PayoutState.REQUESTED
    assert "It must not be sent" in asked_before.last_error
    cover_all_withdrawals()
    assert state_of(asked_before) is PayoutState.CANCELLED
    assert paystack_double.transfers() == []
    with pytest.raises(WithdrawalRefused):
        ask(user, 30)
    site.check_books(with_providers=False)
