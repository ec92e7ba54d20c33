"""What a refund becomes by what its provider says: it only climbs, and money that came back is owed once more."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from easyticket.core import clock
from easyticket.core.errors import Conflict, Forbidden, ProviderDown
from easyticket.db import db, transaction
from easyticket.integrations.providers import DisputeState, RefundOutcome, RefundRequest, RefundSnapshot
from easyticket.integrations.sandbox import SandboxProvider
from easyticket.models import (
    Dispute,
    Order,
    OrderStatus,
    OutboxJob,
    PaymentState,
    Refund,
    RefundState,
    TicketStatus,
)
from easyticket.queries.refunds import list_refunds_in_need
from easyticket.queue import JobName
from easyticket.rules.permissions import SYSTEM
from easyticket.rules.refund_amounts import refundable_minor
from easyticket.services.cancellation import return_owed_money, unwind_event
from easyticket.services.event_steps import cancel_event
from easyticket.services.payments import settle_payment
from easyticket.services.refund_again import refund_again, retry_refund
from easyticket.services.refund_sending import (
    RefundBeingSent,
    RefundBlocked,
    apply_refund_snapshot,
    send_refund,
)
from easyticket.services.refund_sync import reconcile_refunds, sync_refunds
from easyticket.services.refunds import request_refund, return_unused_payment
from tests import factories
from tests.services.test_orders import holding
from tests.services.test_payments import approved, balance

pytestmark = pytest.mark.usefixtures("db_session")

ACCOUNTS = ("clearing", "provider_cash", "organizer_payable", "fee_revenue", "refund_due")
# What the ledger says of an order of 105.00 that is paid, and where nothing is on its way back.
PAID_UP = [0, 10_500, -10_000, -500, 0]


@pytest.fixture
def paid() -> Order:
    order, payment = approved(factories.make_simple_event(price_minor=5_000))
    settle_payment(payment.reference)
    return order


def promised(order: Order, amount_minor: int | None = None, source: str = "organizer") -> Refund:
    return request_refund(
        actor=SYSTEM, order=order, amount_minor=amount_minor, source=source, now=clock.now()
    )


def says(refund: Refund, outcome: RefundOutcome, message: str = "") -> Refund:
    snapshot = RefundSnapshot(f"re_{refund.id}", outcome, message, key=str(refund.uuid))
    return apply_refund_snapshot(refund.id, snapshot, clock.now())


def books(order: Order) -> list[int]:
    return [balance(account, order) for account in ACCOUNTS]


def jobs(name: JobName) -> list[OutboxJob]:
    return list(db.session.scalars(sa.select(OutboxJob).where(OutboxJob.name == name).order_by(OutboxJob.id)))


def readers() -> list[str]:
    return [job.payload["reader"] for job in jobs(JobName.MAIL_REFUND_FAILED)]


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[RefundRequest]]:
    """A provider that gives these answers to refunds, one after the other, and lists these when asked."""

    def answering(
        *answers: RefundOutcome | Exception, listed: Iterable[RefundSnapshot] = ()
    ) -> list[RefundRequest]:
        asked: list[RefundRequest] = []
        to_come = iter(answers)

        def refund(_: object, request: RefundRequest) -> RefundSnapshot:
            asked.append(request)
            answer = next(to_come)
            if isinstance(answer, Exception):
                raise answer
            return RefundSnapshot(f"re_{request.key}", answer, key=request.key)

        monkeypatch.setattr(SandboxProvider, "refund", refund)
        monkeypatch.setattr(SandboxProvider, "fetch_refunds", lambda *_: tuple(listed))
        return asked

    return answering


def test_a_worker_that_comes_while_another_asks_does_not_ask_as_well(
    paid: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    refund = promised(paid)
    asked: list[str] = []

    def asked_while_asking(_: object, request: RefundRequest) -> RefundSnapshot:
        asked.append(request.key)
        with pytest.raises(RefundBeingSent):
            send_refund(refund.id)
        return RefundSnapshot("re_1", RefundOutcome.SUCCEEDED, key=request.key)

    monkeypatch.setattr(SandboxProvider, "refund", asked_while_asking)
    send_refund(refund.id)
    assert (asked, refund.state) == ([str(refund.uuid)], RefundState.SUCCEEDED)


class TestWhatTheProviderSays:
    def test_in_whatever_order_answers_are_read_the_end_is_the_same(self) -> None:
        outcomes = (RefundOutcome.PENDING, RefundOutcome.SUCCEEDED, RefundOutcome.BLOCKED)
        for order_of_reading in itertools.permutations(outcomes):
            order, payment = approved(factories.make_simple_event())
            settle_payment(payment.reference)
            refund = promised(order)
            for outcome in (*order_of_reading, *order_of_reading):
                says(refund, outcome)
            assert (refund.state, order.status) == (RefundState.SUCCEEDED, OrderStatus.REFUNDED)
            assert books(order) == [0, 0, 0, 0, 0]

    @pytest.mark.parametrize(
        "before", [RefundOutcome.PENDING, RefundOutcome.SUCCEEDED, RefundOutcome.BLOCKED]
    )
    def test_a_failure_takes_the_promise_back_whatever_was_said_before(
        self, paid: Order, before: RefundOutcome
    ) -> None:
        refund = promised(paid)
        says(refund, before)
        for _ in range(2):
            says(refund, RefundOutcome.FAILED, "The account is closed.")
            says(refund, RefundOutcome.SUCCEEDED)
        assert (refund.state, refund.last_error) == (RefundState.FAILED, "The account is closed.")
        assert refund.failed_at is not None
        assert (paid.status, paid.refunded_minor) == (OrderStatus.CONFIRMED, 0)
        assert books(paid) == PAID_UP
        assert {ticket.status for ticket in paid.tickets} == {TicketStatus.CANCELLED}
        assert refundable_minor(paid) == paid.total_minor
        assert readers() == ["organizer"]

    def test_a_failed_part_leaves_the_other_part_as_it_is(self, paid: Order) -> None:
        first, second = promised(paid, 4_000), promised(paid, 6_500)
        for refund in (first, second):
            says(refund, RefundOutcome.SUCCEEDED)
        assert paid.status is OrderStatus.REFUNDED
        says(first, RefundOutcome.FAILED)
        assert (paid.status, paid.refunded_minor) == (OrderStatus.CONFIRMED, 6_500)
        again = promised(paid)
        assert again.amount_minor == 4_000
        says(again, RefundOutcome.SUCCEEDED)
        assert books(paid) == [0, 0, 0, 0, 0]

    def test_the_buyer_is_told_once_when_the_provider_has_taken_it_on(self, paid: Order) -> None:
        refund = promised(paid)
        says(refund, RefundOutcome.BLOCKED)
        assert jobs(JobName.MAIL_ORDER_REFUNDED) == []
        says(refund, RefundOutcome.PENDING)
        says(refund, RefundOutcome.SUCCEEDED)
        assert [job.payload for job in jobs(JobName.MAIL_ORDER_REFUNDED)] == [{"refund_id": refund.id}]


class TestSending:
    def test_too_little_money_at_the_provider_blocks_it_and_the_job_comes_again(
        self, paid: Order, provider: Callable[..., list[RefundRequest]]
    ) -> None:
        asked = provider(RefundOutcome.BLOCKED, RefundOutcome.SUCCEEDED)
        refund = promised(paid)
        with pytest.raises(RefundBlocked):
            send_refund(refund.id)
        assert (refund.state, refundable_minor(paid)) == (RefundState.BLOCKED, 0)
        assert [each.id for each in list_refunds_in_need()] == [refund.id]
        send_refund(refund.id)
        assert refund.state is RefundState.SUCCEEDED
        assert asked[0] == asked[1]

    def test_what_got_no_answer_is_looked_up_before_it_is_sent_again(
        self, paid: Order, provider: Callable[..., list[RefundRequest]]
    ) -> None:
        asked = provider(ProviderDown("It does not answer."))
        refund = promised(paid)
        with pytest.raises(ProviderDown):
            send_refund(refund.id)
        assert (refund.state, refundable_minor(paid)) == (RefundState.UNKNOWN, 0)
        asked = provider(listed=[RefundSnapshot("re_9", RefundOutcome.PENDING, key=str(refund.uuid))])
        send_refund(refund.id)
        assert (refund.state, refund.provider_ref, asked) == (RefundState.PENDING, "re_9", [])

    def test_a_time_out_says_nothing_of_what_the_provider_has_taken_on(
        self, paid: Order, provider: Callable[..., list[RefundRequest]]
    ) -> None:
        provider(ProviderDown("It does not answer."))
        refund = promised(paid)
        says(refund, RefundOutcome.PENDING)
        send_refund(refund.id)
        assert refund.state is RefundState.PENDING


class TestReadAtTheProvider:
    def listed(self, monkeypatch: pytest.MonkeyPatch, *snapshots: RefundSnapshot) -> None:
        monkeypatch.setattr(SandboxProvider, "fetch_refunds", lambda *_: snapshots)

    def foreign(self, amount_minor: int, outcome: RefundOutcome = RefundOutcome.SUCCEEDED) -> RefundSnapshot:
        return RefundSnapshot("re_desk", outcome, amount_minor=amount_minor, currency="GHS")

    def test_ours_is_found_by_its_key_before_its_answer_arrived(
        self, paid: Order, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        refund = promised(paid)
        self.listed(monkeypatch, RefundSnapshot("re_1", RefundOutcome.SUCCEEDED, key=str(refund.uuid)))
        for _ in range(2):
            sync_refunds(paid.payments[0].id)
        assert [(each.id, each.state) for each in paid.refunds] == [(refund.id, RefundState.SUCCEEDED)]

    def test_a_refund_made_at_the_provider_is_booked_once_and_ends_no_ticket(
        self, paid: Order, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.listed(monkeypatch, self.foreign(2_100))
        for _ in range(2):
            sync_refunds(paid.payments[0].id)
        assert [(each.source, each.amount_minor) for each in paid.refunds] == [("provider", 2_100)]
        assert books(paid) == [0, 8_400, -8_000, -400, 0]
        assert {ticket.status for ticket in paid.tickets} == {TicketStatus.ACTIVE}

    def test_all_of_it_returned_at_the_provider_ends_the_order(
        self, paid: Order, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.listed(monkeypatch, self.foreign(10_500))
        sync_refunds(paid.payments[0].id)
        assert (paid.status, {ticket.status for ticket in paid.tickets}) == (
            OrderStatus.REFUNDED,
            {TicketStatus.CANCELLED},
        )
        assert books(paid) == [0, 0, 0, 0, 0]

    def test_more_than_is_left_is_booked_as_far_as_it_is(
        self, paid: Order, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        promised(paid, 10_000)
        self.listed(monkeypatch, self.foreign(900))
        sync_refunds(paid.payments[0].id)
        assert [each.amount_minor for each in paid.refunds] == [10_000, 500]
        assert "more was refunded at the provider than our books have left" in caplog.text

    @pytest.mark.parametrize("key", ["", "not-ours", "8d7f5c1e-0c4b-4f55-9a5e-2b1d8c1f9a10"])
    def test_another_currency_or_failure_writes_nothing(
        self, paid: Order, monkeypatch: pytest.MonkeyPatch, key: str
    ) -> None:
        failed = replace(self.foreign(900, RefundOutcome.FAILED), key=key)
        self.listed(
            monkeypatch, failed, replace(self.foreign(900), provider_ref="re_2", currency="USD", key=key)
        )
        assert sync_refunds(paid.payments[0].id) == 2
        assert (paid.refunds, books(paid)) == ([], PAID_UP)

    def test_a_refund_of_the_surplus_payment_at_the_provider_touches_no_ticket(
        self, paid: Order, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        [payment] = paid.payments
        with transaction():
            payment.state = PaymentState.SURPLUS
        self.listed(monkeypatch, self.foreign(10_500))
        sync_refunds(payment.id)
        assert {ticket.status for ticket in paid.tickets} == {TicketStatus.ACTIVE}
        assert [balance(account, paid) for account in ("clearing", "provider_cash")] == [10_500, 0]


class TestReconciling:
    def test_what_is_not_decided_is_asked_for_and_what_is_not_sent_is_sent(
        self, paid: Order, provider: Callable[..., list[RefundRequest]]
    ) -> None:
        asked = provider(RefundOutcome.SUCCEEDED)
        refund = promised(paid)
        assert reconcile_refunds() == 0
        assert reconcile_refunds(clock.now() + timedelta(minutes=11)) == 1
        assert (refund.state, len(asked)) == (RefundState.SUCCEEDED, 1)

    def test_pending_ones_are_read_and_not_asked_for_again_at_once(
        self, paid: Order, provider: Callable[..., list[RefundRequest]]
    ) -> None:
        refund = promised(paid)
        says(refund, RefundOutcome.PENDING)
        asked = provider(listed=[RefundSnapshot("re_1", RefundOutcome.PENDING, key=str(refund.uuid))])
        later = clock.now() + timedelta(minutes=11)
        assert (reconcile_refunds(later), reconcile_refunds(later), asked) == (1, 0, [])

    def test_what_is_blocked_is_asked_for_every_hour(
        self, paid: Order, provider: Callable[..., list[RefundRequest]]
    ) -> None:
        refund = promised(paid)
        says(refund, RefundOutcome.BLOCKED)
        asked = provider(RefundOutcome.BLOCKED, RefundOutcome.SUCCEEDED)
        for minutes, times in ((30, 0), (61, 1), (90, 1), (123, 2)):
            with time_machine.travel(clock.now() + timedelta(minutes=minutes), tick=False):
                reconcile_refunds()
            assert len(asked) == times
        assert refund.state is RefundState.SUCCEEDED

    def test_a_provider_that_is_down_is_asked_once_a_run(self, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[str] = []

        def down(_: object, reference: str, __: str) -> tuple[RefundSnapshot, ...]:
            asked.append(reference)
            raise ProviderDown("It does not answer.")

        monkeypatch.setattr(SandboxProvider, "fetch_refunds", down)
        for _ in range(3):
            order, payment = approved(factories.make_simple_event())
            settle_payment(payment.reference)
            says(promised(order), RefundOutcome.PENDING)
        for minutes in (11, 12, 13):
            reconcile_refunds(clock.now() + timedelta(minutes=minutes))
        # Another one each time: the one that was asked before is not at the head any more.
        assert len(asked) == len(set(asked)) == 3

    def test_an_answer_that_the_database_does_not_take_keeps_no_other_refund(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        made = []
        for _ in range(2):
            order, payment = approved(factories.make_simple_event())
            settle_payment(payment.reference)
            refund = promised(order)
            says(refund, RefundOutcome.PENDING)
            made.append((payment.reference, refund))
        (odd, stuck), (_, other) = made

        def listed(_: object, reference: str, __: str) -> tuple[RefundSnapshot, ...]:
            if reference == odd:
                raise OverflowError("a number that no database takes")
            return (RefundSnapshot("re_2", RefundOutcome.SUCCEEDED, key=str(other.uuid)),)

        monkeypatch.setattr(SandboxProvider, "fetch_refunds", listed)
        assert reconcile_refunds(clock.now() + timedelta(minutes=11)) == 2
        for refund in (stuck, other):
            db.session.refresh(refund)
        assert (stuck.state, other.state) == (RefundState.PENDING, RefundState.SUCCEEDED)
        assert any(record.exc_info for record in caplog.records)


class TestOnceMore:
    def test_a_failed_refund_is_promised_again_once_however_often_it_is_asked_for(self, paid: Order) -> None:
        organizer = factories.actor_of(paid.event.organizer)
        failed = promised(paid, 4_000)
        says(failed, RefundOutcome.FAILED)
        made = [retry_refund(actor=organizer, refund=failed, now=clock.now()).id for _ in range(2)]
        assert made[0] == made[1] != failed.id
        assert (paid.refunded_minor, list_refunds_in_need()) == (4_000, [])

    def test_its_buyer_and_strangers_may_not(self, paid: Order) -> None:
        failed = promised(paid, 4_000)
        says(failed, RefundOutcome.FAILED)
        for actor in (holding(paid), factories.actor_of(factories.make_organizer())):
            with pytest.raises(Forbidden):
                retry_refund(actor=actor, refund=failed, now=clock.now())

    def test_what_went_back_another_way_is_not_returned_twice(self, paid: Order) -> None:
        failed = promised(paid)
        says(failed, RefundOutcome.FAILED)
        assert [each.id for each in list_refunds_in_need()] == [failed.id]
        promised(paid)
        with pytest.raises(Conflict, match="went back another way"):
            retry_refund(actor=SYSTEM, refund=failed, now=clock.now())
        assert list_refunds_in_need() == []

    def test_late_money_that_could_not_go_back_is_tried_again_after_a_day_by_itself_once(self) -> None:
        order, payment = approved(factories.make_simple_event())
        with transaction():
            payment.state, payment.captured_minor = PaymentState.SURPLUS, payment.amount_minor
        failed = return_unused_payment(payment, "late_payment", clock.now())
        says(failed, RefundOutcome.FAILED)
        [job] = jobs(JobName.REFUND_AGAIN)
        assert (job.payload, job.run_at - clock.now() > timedelta(hours=23)) == (
            {"refund_id": failed.id},
            True,
        )
        assert readers() == ["operator"]
        for _ in range(2):
            refund_again(failed.id)
        [_, second] = order.refunds
        assert (second.source, second.amount_minor) == ("late_payment", payment.amount_minor)
        says(second, RefundOutcome.FAILED)
        assert len(jobs(JobName.REFUND_AGAIN)) == 1
        assert [each.id for each in list_refunds_in_need()] == [second.id]

    def test_money_of_a_cancelled_event_is_tried_again_whoever_had_asked(self, paid: Order) -> None:
        refund = promised(paid, 4_000, source="buyer")
        with transaction():
            cancel_event(actor=SYSTEM, event=paid.event, now=clock.now())
        unwind_event(paid.event_id)
        says(refund, RefundOutcome.FAILED)
        assert len(jobs(JobName.REFUND_AGAIN)) == 1


class TestCancelledEvents:
    def test_what_a_bank_had_in_hand_goes_back_once_it_is_won(self, paid: Order) -> None:
        with transaction() as session:
            dispute = Dispute(
                order_id=paid.id,
                payment_id=paid.payments[0].id,
                provider_ref="dp_1",
                state=DisputeState.OPEN,
                amount_minor=1_000,
                currency=paid.currency,
            )
            session.add(dispute)
            cancel_event(actor=SYSTEM, event=paid.event, now=clock.now())
        assert (unwind_event(paid.event_id), return_owed_money()) == (1, 0)
        assert (paid.refunds, {ticket.status for ticket in paid.tickets}) == ([], {TicketStatus.CANCELLED})
        with transaction():
            dispute.state = DisputeState.WON
        assert (return_owed_money(), return_owed_money()) == (1, 0)
        assert [(each.source, each.amount_minor) for each in paid.refunds] == [("event_cancelled", 10_500)]
