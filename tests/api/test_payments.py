"""Paying, asking where a payment stands, and getting money back, through the API's door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from easyticket.core import clock
from easyticket.core.errors import ProviderDown
from easyticket.db import db, transaction
from easyticket.integrations.providers import RefundOutcome, RefundSnapshot
from easyticket.integrations.sandbox import SandboxProvider
from easyticket.models import OrderStatus, OutboxJob, Quota, QuotaKind, RefundState, TicketStatus, User
from easyticket.queue import JobName
from easyticket.services import refund_sending, sandbox
from easyticket.services.expiry import expire_orders
from tests import factories
from tests.api.conftest import Caller
from tests.api.ordering import (
    ORDERS,
    approve,
    body_for,
    buy,
    fields_of,
    make_intent,
    make_order,
    path_of,
    stored,
)

Call = Callable[..., Caller]
pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def buyer() -> User:
    return factories.make_user(email="ama@example.org")


@pytest.fixture
def caller(call: Call, buyer: User) -> Caller:
    return call(buyer)


def quota_of(event: Any) -> tuple[int, int]:
    db.session.rollback()
    quota = db.session.query(Quota).filter_by(kind=QuotaKind.EVENT, owner_id=event.id).one()
    db.session.refresh(quota)
    return quota.held, quota.sold


class TestIntent:
    def test_an_intent_has_what_a_payment_page_needs(self, caller: Caller) -> None:
        order = make_order(caller, factories.make_simple_event(price_minor=5_000, currency="USD"), 2)
        answer = caller.post(path_of(order, "create-payment-intent"))
        assert answer.status_code == 200
        intent = answer.json["payment_intent"]
        assert answer.json["success"] is True
        assert (intent["amount"], intent["currency"]) == (10_500, "usd")
        assert intent["status"] == "requires_payment_method"
        assert intent["client_secret"].startswith(intent["payment_intent_id"] + "_secret_")
        reference = intent["payment_intent_id"].removeprefix("sbx_")
        assert intent["payment_url"] == f"http://tickets.example/sandbox/{reference}/"
        now = caller.get(path_of(order)).json
        assert (now["status"], now["payment_method"], now["payment_id"]) == (
            "processing",
            "stripe",
            intent["payment_intent_id"],
        )

    def test_asked_twice_it_is_the_same(self, caller: Caller) -> None:
        order = make_order(caller, factories.make_simple_event())
        assert make_intent(caller, order) == make_intent(caller, order)
        assert len(stored(order).payments) == 1

    def test_after_a_decline_there_is_another(self, caller: Caller) -> None:
        order = make_order(caller, factories.make_simple_event())
        first = make_intent(caller, order)
        sandbox.decline(first["payment_intent_id"].removeprefix("sbx_"))
        status = caller.get(path_of(order, "payment-status")).json
        assert (status["payment_status"], status["order_status"]) == ("requires_payment_method", "pending")
        second = make_intent(caller, order)
        assert second["payment_intent_id"] != first["payment_intent_id"]
        approve(second)
        assert caller.get(path_of(order, "payment-status")).json["order_status"] == "confirmed"

    def test_only_an_order_that_waits_can_be_paid(self, caller: Caller, buyer: User) -> None:
        event = factories.make_simple_event()
        gone = make_order(caller, event)
        caller.post(path_of(gone, "cancel"))
        late = factories.make_order(event, user=buyer, expires_at=clock.now() - timedelta(seconds=1))
        free = make_order(caller, factories.make_simple_event(price_minor=0))
        for order, status in (
            (buy(caller, event), "confirmed"),
            (gone, "cancelled"),
            ({"id": late.uuid}, "failed"),
            (free, "confirmed"),
        ):
            answer = caller.post(path_of(order, "create-payment-intent"))
            assert answer.status_code == 400
            assert (answer.json["error"], answer.json["status"]) == ("Order cannot be paid", status)

    def test_administrators_do_not_pay_for_others(self, call: Call, caller: Caller) -> None:
        order = make_order(caller, factories.make_simple_event())
        answer = call(factories.make_staff()).post(path_of(order, "create-payment-intent"))
        assert answer.status_code == 403

    def test_a_provider_that_does_not_answer_loses_nothing(
        self, caller: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        order = make_order(caller, factories.make_simple_event())
        monkeypatch.setattr(SandboxProvider, "start", _does_not_answer)
        assert caller.post(path_of(order, "create-payment-intent")).status_code == 502
        monkeypatch.undo()
        assert make_intent(caller, order)["status"] == "requires_payment_method"
        assert len(stored(order).payments) == 1


class TestStatus:
    def test_the_provider_is_asked_afresh(self, caller: Caller) -> None:
        order = make_order(caller, factories.make_simple_event(price_minor=4_000, currency="USD"))
        intent = make_intent(caller, order)
        path = path_of(order, "payment-status")
        assert caller.get(path).json == {
            "order_id": order["id"],
            "order_number": order["order_number"],
            "order_status": "processing",
            "payment_status": "requires_payment_method",
            "amount": 42.0,
            "currency": "usd",
        }
        approve(intent)
        told = caller.get(path).json
        assert (told["order_status"], told["payment_status"]) == ("confirmed", "succeeded")
        assert len(caller.get(path_of(order)).json["tickets"]) == 1

    def test_before_an_intent_there_is_none(self, caller: Caller) -> None:
        order = make_order(caller, factories.make_simple_event())
        answer = caller.get(path_of(order, "payment-status"))
        assert (answer.status_code, answer.json["error"]) == (404, "No payment found for this order")

    def test_administrators_may_ask(self, call: Call, caller: Caller) -> None:
        order = make_order(caller, factories.make_simple_event())
        make_intent(caller, order)
        assert call(factories.make_staff()).get(path_of(order, "payment-status")).status_code == 200

    def test_what_is_known_is_told_while_the_provider_does_not_answer(
        self, caller: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        order = make_order(caller, factories.make_simple_event())
        make_intent(caller, order)
        monkeypatch.setattr(SandboxProvider, "fetch", _does_not_answer)
        told = caller.get(path_of(order, "payment-status"))
        assert (told.status_code, told.json["payment_status"]) == (200, "requires_payment_method")

    def test_a_payment_given_up_by_its_payer_is_canceled(self, caller: Caller) -> None:
        order = make_order(caller, factories.make_simple_event())
        sandbox.cancel(make_intent(caller, order)["payment_intent_id"].removeprefix("sbx_"))
        assert caller.get(path_of(order, "payment-status")).json["payment_status"] == "canceled"

    def test_money_that_came_too_late_succeeded_for_an_order_that_failed(self, caller: Caller) -> None:
        event = factories.make_simple_event(quantity=1)
        order = make_order(caller, event)
        reference = make_intent(caller, order)["payment_intent_id"].removeprefix("sbx_")
        sandbox.approve_later(reference)
        row = stored(order)
        with transaction():
            row.expires_at = clock.now() - timedelta(seconds=1)
        expire_orders()
        assert caller.post(ORDERS, body_for(event)).status_code == 201
        sandbox.approve(reference)
        told = caller.get(path_of(order, "payment-status")).json
        assert (told["order_status"], told["payment_status"]) == ("failed", "succeeded")
        assert [refund.source for refund in stored(order).refunds] == ["late_payment"]


class TestRefund:
    def test_all_the_money_ends_the_tickets_and_puts_them_back_on_sale(self, caller: Caller) -> None:
        event = factories.make_simple_event(price_minor=5_000, currency="USD", quantity=2)
        order = buy(caller, event, 2)
        answer = caller.post(path_of(order, "refund"))
        assert answer.status_code == 200, answer.text
        [row] = stored(order).refunds
        assert answer.json == {
            "success": True,
            "refund_id": row.provider_ref,
            "amount": 105.0,
            "currency": "usd",
            "status": "succeeded",
        }
        now = caller.get(path_of(order)).json
        assert (now["status"], now["refunded_amount"], now["is_paid"]) == ("refunded", "105.00", False)
        assert {ticket["status"] for ticket in now["tickets"]} == {"cancelled"}
        assert quota_of(event) == (0, 0)
        jobs = db.session.query(OutboxJob).filter_by(name=JobName.MAIL_ORDER_REFUNDED.value)
        assert jobs.count() == 1

    @pytest.mark.parametrize("amount", [50.0, "50.00", 50])
    def test_a_part_keeps_the_order_and_as_many_tickets_as_are_paid_for_still(
        self, caller: Caller, amount: object
    ) -> None:
        event = factories.make_simple_event(price_minor=5_000)
        order = buy(caller, event, 2)
        answer = caller.post(path_of(order, "refund"), {"amount": amount, "reason": "requested_by_customer"})
        assert (answer.status_code, answer.json["amount"], answer.json["status"]) == (200, 50.0, "succeeded")
        now = caller.get(path_of(order)).json
        assert (now["status"], now["refunded_amount"], now["is_paid"]) == ("confirmed", "50.00", True)
        assert sorted(ticket["status"] for ticket in now["tickets"]) == ["active", "cancelled"]
        assert quota_of(event) == (0, 1)
        rest = caller.post(path_of(order, "refund"), {})
        assert rest.json["amount"] == 55.0
        assert caller.get(path_of(order)).json["status"] == "refunded"

    @pytest.mark.parametrize(
        "amount", [0, "0.00", -1, "-0.01", 105.01, 10**12, "much", "NaN", "Infinity", 1.005, True, [1]]
    )
    def test_an_amount_that_is_none_or_more_than_was_paid_is_refused(
        self, caller: Caller, amount: object
    ) -> None:
        order = buy(caller, factories.make_simple_event(price_minor=5_000), 2)
        assert list(fields_of(caller.post(path_of(order, "refund"), {"amount": amount}))) == ["amount"]
        assert stored(order).refunds == []

    def test_parts_together_are_never_more_than_the_whole(self, caller: Caller) -> None:
        order = buy(caller, factories.make_simple_event(price_minor=5_000), 2)
        assert caller.post(path_of(order, "refund"), {"amount": 100}).status_code == 200
        answer = caller.post(path_of(order, "refund"), {"amount": 5.01})
        assert fields_of(answer) == {
            "amount": ["The refund is more than what is left of the payment, GH₵\N{NO-BREAK SPACE}5.00."]
        }

    def test_only_a_paid_order_is_refunded(self, caller: Caller) -> None:
        event = factories.make_simple_event()
        fresh = make_order(caller, event)
        begun = make_order(caller, event)
        make_intent(caller, begun)
        gone = make_order(caller, event)
        make_intent(caller, gone)
        caller.post(path_of(gone, "cancel"))
        returned = buy(caller, event)
        caller.post(path_of(returned, "refund"))
        free = make_order(caller, factories.make_simple_event(price_minor=0))
        for order, sentence, status in (
            (fresh, "No payment found for this order", None),
            (free, "No payment found for this order", None),
            (begun, "Only confirmed orders can be refunded", "processing"),
            (gone, "Cannot refund order with status: cancelled", "cancelled"),
            (returned, "Cannot refund order with status: refunded", "refunded"),
        ):
            answer = caller.post(path_of(order, "refund"))
            assert (answer.status_code, answer.json["error"]) == (400, sentence)
            assert answer.json.get("current_status") == status

    def test_a_buyer_may_until_the_event_begins_and_an_administrator_after(
        self, call: Call, buyer: User
    ) -> None:
        event = factories.make_simple_event(start_at=clock.now() + timedelta(hours=1))
        order = buy(call(buyer), event)
        with time_machine.travel(clock.now() + timedelta(hours=2), tick=False):
            late = call(buyer).post(path_of(order, "refund"))
            assert (late.status_code, late.json["code"]) == (400, "event_begun")
            assert call(factories.make_staff()).post(path_of(order, "refund")).status_code == 200
        assert [refund.source for refund in stored(order).refunds] == ["admin"]

    def test_a_buyer_may_not_once_a_ticket_was_used(self, call: Call, caller: Caller) -> None:
        order = buy(caller, factories.make_simple_event(), 2)
        ticket = stored(order).tickets[0]
        with transaction():
            ticket.status, ticket.used_at = TicketStatus.USED, clock.now()
        refused = caller.post(path_of(order, "refund"), {"amount": 1})
        assert (refused.status_code, refused.json["code"]) == (400, "ticket_used")
        assert call(factories.make_staff()).post(path_of(order, "refund"), {"amount": 1}).status_code == 200

    def test_an_organizer_who_buys_at_the_own_event_asks_as_its_organizer(self, call: Call) -> None:
        organizer = factories.make_organizer()
        event = factories.make_simple_event(organizer=organizer, start_at=clock.now() + timedelta(hours=1))
        order = buy(call(organizer), event)
        with time_machine.travel(clock.now() + timedelta(hours=2), tick=False):
            assert call(organizer).post(path_of(order, "refund")).status_code == 200

    def test_while_the_provider_does_not_answer_it_is_pending_and_the_job_goes_on(
        self, caller: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        order = buy(caller, factories.make_simple_event())
        monkeypatch.setattr(SandboxProvider, "refund", _does_not_answer)
        answer = caller.post(path_of(order, "refund"))
        assert (answer.status_code, answer.json["status"]) == (200, "pending")
        [row] = stored(order).refunds
        assert (row.state, answer.json["refund_id"]) == (RefundState.UNKNOWN, str(row.uuid))
        monkeypatch.undo()
        refund_sending.send_refund(row.id)
        assert stored(order).status is OrderStatus.REFUNDED

    def test_a_provider_that_refuses_is_quoted(self, caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
        order = buy(caller, factories.make_simple_event())
        refused = RefundSnapshot("", RefundOutcome.FAILED, "The charge is disputed.")
        monkeypatch.setattr(SandboxProvider, "refund", lambda *_: refused)
        answer = caller.post(path_of(order, "refund"), {"amount": 1})
        assert (answer.status_code, answer.json["error"]) == (400, "Refund failed: The charge is disputed.")

    def test_a_reason_has_200_characters_at_most(self, caller: Caller) -> None:
        order = buy(caller, factories.make_simple_event())
        assert list(fields_of(caller.post(path_of(order, "refund"), {"reason": "x" * 201}))) == ["reason"]


def _does_not_answer(*_: Any) -> Any:
    raise ProviderDown("The provider does not answer.")
