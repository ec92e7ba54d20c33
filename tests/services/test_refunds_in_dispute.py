"""Refunds that were promised before a payer's bank took the payment: nobody has the same money back twice, or never."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from easyticket.core import clock
from easyticket.core.errors import Conflict
from easyticket.db import db, transaction
from easyticket.integrations.providers import DisputeState, RefundOutcome, RefundSnapshot
from easyticket.models import (
    Order,
    OrderStatus,
    OutboxJob,
    Payment,
    PaymentState,
    Refund,
    RefundState,
    TicketStatus,
)
from easyticket.queries.audit.finding import Scope
from easyticket.queries.audit.invariants import audit_database
from easyticket.queries.refunds import list_refunds_in_need
from easyticket.queue import JobName
from easyticket.rules.permissions import SYSTEM
from easyticket.services.cancellation import return_owed_money, unwind_event
from easyticket.services.event_steps import cancel_event
from easyticket.services.quarantine import return_quarantined_payment
from easyticket.services.refund_again import refund_again, retry_refund
from easyticket.services.refund_requests import send_now
from easyticket.services.refund_sending import RefundBeingSent, apply_refund_snapshot, send_refund
from easyticket.services.refund_sync import reconcile_refunds
from easyticket.services.refunds import request_refund
from tests import factories
from tests.services.strict_provider import StrictProvider
from tests.services.test_disputes import TOTAL, books, bought, hear
from tests.services.test_quarantine import quarantined

pytestmark = pytest.mark.usefixtures("db_session")

PART = 5_000


def promised(order: Order, source: str = "organizer") -> Refund:
    return request_refund(actor=SYSTEM, order=order, source=source, now=clock.now())


def fails(refund: Refund) -> None:
    said = RefundSnapshot("", RefundOutcome.FAILED, "The card is closed.", str(refund.uuid))
    apply_refund_snapshot(refund.id, said, clock.now())


def bank_says(
    provider: StrictProvider, order: Order, payment: Payment, *states: DisputeState, amount: int = TOTAL
) -> None:
    for state in states:
        provider.dispute(state, amount)
        hear(provider, order, payment)


def run_jobs_that_send() -> None:
    for job in jobs(JobName.SEND_REFUND):
        send_refund(job.payload["refund_id"])


def jobs(name: JobName) -> list[OutboxJob]:
    return list(db.session.scalars(sa.select(OutboxJob).where(OutboxJob.name == name).order_by(OutboxJob.id)))


def findings(code: str = "I3") -> list[str]:
    scope = Scope(clock.now())
    return [each.what for found in audit_database(scope) if found.code == code for each in found.violations]


class TestWhileTheBankLooksIntoIt:
    def test_a_promise_is_not_sent_and_goes_on_once_it_is_won(self, provider: StrictProvider) -> None:
        order, payment = bought(provider)
        refund = promised(order)
        bank_says(provider, order, payment, DisputeState.OPEN)
        run_jobs_that_send()
        assert (refund.state, provider.asked["refund"]) == (RefundState.BLOCKED, 0)
        assert refund.last_error.startswith("The payer's bank has this payment in hand.")
        with time_machine.travel(clock.now() + timedelta(hours=3), tick=False):
            reconcile_refunds()
            assert (refund.state, provider.asked["refund"]) == (RefundState.BLOCKED, 0)
            assert "refund" not in findings("I10")
        bank_says(provider, order, payment, DisputeState.WON)
        run_jobs_that_send()
        db.session.refresh(order)
        assert (refund.state, provider.asked["refund"]) == (RefundState.SUCCEEDED, 1)
        assert (order.status, books(order)) == (OrderStatus.REFUNDED, {})

    @pytest.mark.parametrize("has_arrived", [True, False])
    def test_what_may_have_been_sent_is_only_looked_up(
        self, provider: StrictProvider, has_arrived: bool
    ) -> None:
        order, payment = bought(provider)
        refund = promised(order)
        provider.down.add("refund")
        assert send_now(refund.id).state is RefundState.UNKNOWN
        provider.down.clear()
        bank_says(provider, order, payment, DisputeState.OPEN)
        with pytest.raises(RefundBeingSent):
            send_refund(refund.id)
        key = str(refund.uuid)
        if has_arrived:
            provider.refunds[key] = RefundSnapshot("re_1", RefundOutcome.SUCCEEDED, "", key, TOTAL, "GHS")
        with time_machine.travel(clock.now() + timedelta(days=2), tick=False):
            send_refund(refund.id)
        assert provider.asked["refund"] == 1
        assert refund.state is (RefundState.SUCCEEDED if has_arrived else RefundState.BLOCKED)

    def test_a_process_that_died_while_it_asked_may_have_been_heard(self, provider: StrictProvider) -> None:
        order, payment = bought(provider)
        refund = promised(order)
        key = str(refund.uuid)
        with transaction():
            refund.sending_until = clock.now() - timedelta(minutes=1)
        bank_says(provider, order, payment, DisputeState.OPEN)
        provider.refunds[key] = RefundSnapshot("re_1", RefundOutcome.PENDING, "", key, TOTAL, "GHS")
        send_refund(refund.id)
        assert (refund.state, provider.asked["refund"]) == (RefundState.PENDING, 0)


class TestWhatIsLost:
    def test_a_promise_that_was_not_sent_is_taken_back(self, provider: StrictProvider) -> None:
        order, payment = bought(provider)
        refund = promised(order)
        bank_says(provider, order, payment, DisputeState.OPEN, DisputeState.LOST)
        run_jobs_that_send()
        db.session.refresh(order)
        assert (refund.state, provider.asked["refund"]) == (RefundState.FAILED, 0)
        assert (order.status, books(order)) == (OrderStatus.CANCELLED, {})
        assert (list_refunds_in_need(), jobs(JobName.REFUND_AGAIN), findings()) == ([], [], [])

    def test_what_the_bank_left_of_a_promise_is_promised_anew(self, provider: StrictProvider) -> None:
        order, payment = bought(provider)
        refund = promised(order, "buyer")
        bank_says(provider, order, payment, DisputeState.OPEN, DisputeState.LOST, amount=PART)
        run_jobs_that_send()
        [again] = jobs(JobName.REFUND_AGAIN)
        refund_again(again.payload["refund_id"])
        run_jobs_that_send()
        assert [(each.amount_minor, each.state) for each in order.refunds] == [
            (TOTAL, RefundState.FAILED),
            (TOTAL - PART, RefundState.SUCCEEDED),
        ]
        assert (refund.state, books(order), provider.asked["refund"]) == (RefundState.FAILED, {}, 1)

    def test_an_order_it_ended_stands_again_when_its_refund_fails(self, provider: StrictProvider) -> None:
        order, payment = bought(provider)
        refund = promised(order)
        bank_says(provider, order, payment, DisputeState.OPEN, DisputeState.LOST, amount=PART)
        assert order.status is OrderStatus.CANCELLED
        fails(refund)
        assert (order.status, order.cancelled_at, order.cancellation_reason) == (
            OrderStatus.CONFIRMED, None, "",
        )  # fmt: skip
        assert {ticket.status for ticket in order.tickets} == {TicketStatus.CANCELLED}
        staff = factories.actor_of(factories.make_staff())
        second = retry_refund(actor=staff, refund=refund, now=clock.now())
        assert (second.amount_minor, second.state) == (TOTAL - PART, RefundState.SUCCEEDED)
        assert books(order) == {}

    def test_quarantined_money_that_a_bank_took_is_not_returned_too(self, provider: StrictProvider) -> None:
        order, payment = quarantined(provider, amount_minor=9_999)
        bank_says(provider, order, payment, DisputeState.OPEN, DisputeState.LOST, amount=9_999)
        staff = factories.actor_of(factories.make_staff())
        with pytest.raises(Conflict) as refused:
            return_quarantined_payment(actor=staff, payment=payment, now=clock.now())
        assert (refused.value.code, payment.state) == ("taken_back", PaymentState.QUARANTINED)
        assert (order.refunds, books(order)) == ([], {})

    def test_what_was_won_and_is_lost_in_a_second_round_calls_for_somebody(
        self, provider: StrictProvider, caplog: pytest.LogCaptureFixture
    ) -> None:
        order, payment = bought(provider)
        bank_says(provider, order, payment, DisputeState.OPEN, DisputeState.WON)
        before = books(order)
        with caplog.at_level(logging.ERROR):
            bank_says(provider, order, payment, DisputeState.LOST)
        assert "was won and is lost now" in caplog.text
        assert (order.status, books(order)) == (OrderStatus.CONFIRMED, before)


class TestMoneyThatNobodyWouldAskFor:
    def call_off(self, order: Order) -> Refund:
        with transaction():
            cancel_event(actor=SYSTEM, event=order.event, now=clock.now())
        unwind_event(order.event_id)
        [refund] = order.refunds
        return refund

    def test_that_of_a_cancelled_event_goes_back_after_a_dispute_made_its_refund_fail(
        self, provider: StrictProvider
    ) -> None:
        order, payment = bought(provider)
        refund = self.call_off(order)
        bank_says(provider, order, payment, DisputeState.OPEN)
        fails(refund)
        assert (return_owed_money(), findings()) == (0, [])
        bank_says(provider, order, payment, DisputeState.WON)
        assert (return_owed_money(), return_owed_money()) == (1, 0)
        assert [(each.source, each.amount_minor) for each in order.refunds] == [
            ("event_cancelled", TOTAL)
        ] * 2

    def test_a_second_try_that_never_came_is_made_and_no_third(self, provider: StrictProvider) -> None:
        order, _ = bought(provider)
        fails(self.call_off(order))
        assert (return_owed_money(), findings()) == (0, [])
        with time_machine.travel(clock.now() + timedelta(hours=2), tick=False):
            assert findings() == ["money of cancelled event left of order"]
        with time_machine.travel(clock.now() + timedelta(hours=26), tick=False):
            assert (return_owed_money(), findings()) == (1, [])
            db.session.refresh(order)
            fails(order.refunds[1])
        with time_machine.travel(clock.now() + timedelta(days=9), tick=False):
            assert (return_owed_money(), findings()) == (0, ["money of cancelled event left of order"])

    def test_that_of_a_payment_which_bought_nothing_goes_back_once_it_is_won(
        self, provider: StrictProvider
    ) -> None:
        order, payment = quarantined(provider, amount_minor=9_999)
        staff = factories.actor_of(factories.make_staff())
        refund = return_quarantined_payment(actor=staff, payment=payment, now=clock.now())
        bank_says(provider, order, payment, DisputeState.OPEN, amount=9_999)
        fails(refund)
        assert return_owed_money() == 0
        bank_says(provider, order, payment, DisputeState.WON, amount=9_999)
        assert (return_owed_money(), return_owed_money()) == (1, 0)
        run_jobs_that_send()
        db.session.refresh(order)
        assert [each.state for each in order.refunds] == [RefundState.FAILED, RefundState.SUCCEEDED]
        assert books(order) == {}
