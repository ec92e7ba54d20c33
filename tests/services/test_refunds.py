"""Money back: never more than was paid, never twice, and what it does to tickets, stock and ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.exc import OperationalError

from easyticket.core import clock
from easyticket.core.errors import Conflict, Forbidden, Invalid
from easyticket.db import db
from easyticket.integrations.sandbox import SandboxProvider
from easyticket.models import FeeBearer, Order, OrderStatus, Quota, QuotaKind, RefundState, TicketStatus
from easyticket.rules.permissions import SYSTEM
from easyticket.rules.refund_amounts import refundable_minor
from easyticket.services import refund_requests, refund_sending, refunds
from easyticket.services.payments import settle_payment
from tests import factories
from tests.services.test_orders import holding, place
from tests.services.test_payments import approved, balance

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def paid() -> Order:
    order, payment = approved(factories.make_simple_event(price_minor=5_000))
    settle_payment(payment.reference)
    return order


def test_a_full_refund_ends_the_tickets_at_once_and_puts_them_back_on_sale(paid: Order) -> None:
    refund = refunds.request_refund(actor=SYSTEM, order=paid, source="organizer", now=clock.now())
    assert [ticket.status for ticket in paid.tickets] == [TicketStatus.CANCELLED] * 2
    quota = db.session.scalars(sa.select(Quota).filter_by(kind=QuotaKind.EVENT, owner_id=paid.event_id)).one()
    assert quota.sold == 0
    assert paid.status is OrderStatus.CONFIRMED
    refund_sending.send_refund(refund.id)
    assert (paid.status, paid.refunded_minor) == (OrderStatus.REFUNDED, 10_500)
    accounts = ("clearing", "provider_cash", "organizer_payable", "fee_revenue", "refund_due")
    assert [balance(account, paid) for account in accounts] == [0] * 5


def test_a_partial_refund_keeps_the_order_and_every_ticket_not_named(paid: Order) -> None:
    refund = refunds.request_refund(
        actor=SYSTEM,
        order=paid,
        amount_minor=5_250,
        cancelled_tickets=paid.tickets[:1],
        source="organizer",
        now=clock.now(),
    )
    refund_sending.send_refund(refund.id)
    assert (paid.status, paid.refunded_minor) == (OrderStatus.CONFIRMED, 5_250)
    assert [ticket.status for ticket in paid.tickets] == [TicketStatus.CANCELLED, TicketStatus.ACTIVE]
    assert balance("fee_revenue", paid) == -250


def test_refunds_that_are_not_answered_yet_count_against_the_rest(paid: Order) -> None:
    refunds.request_refund(actor=SYSTEM, order=paid, amount_minor=10_000, source="organizer", now=clock.now())
    with pytest.raises(Invalid) as refused:
        refunds.request_refund(
            actor=SYSTEM, order=paid, amount_minor=501, source="organizer", now=clock.now()
        )
    assert list(refused.value.fields) == ["amount"]
    assert refundable_minor(paid) == 500


def test_sending_a_refund_again_returns_the_money_once(paid: Order) -> None:
    refund = refunds.request_refund(actor=SYSTEM, order=paid, source="organizer", now=clock.now())
    refund_sending.send_refund(refund.id)
    refund_sending.send_refund(refund.id)
    assert (refund.state, paid.refunded_minor) == (RefundState.SUCCEEDED, 10_500)
    assert balance("provider_cash", paid) == 0


@pytest.mark.parametrize(
    "cuts", [[1] * 10 + [5] * 19, [3] * 35, [104, 1], [1, 104], [52, 53], [10, 30, 65]], ids=str
)
@pytest.mark.parametrize("bearer", FeeBearer)
def test_an_order_returned_in_pieces_leaves_nothing_with_organizer_or_platform(
    cuts: list[int], bearer: FeeBearer
) -> None:
    price = 100 if bearer is FeeBearer.BUYER else 105
    order, payment = approved(factories.make_simple_event(price_minor=price, fee_bearer=bearer), 1)
    settle_payment(payment.reference)
    assert (order.total_minor, order.platform_fee_minor) == (105, 5)
    for amount in cuts:
        refund = refunds.request_refund(
            actor=SYSTEM, order=order, amount_minor=amount, source="organizer", now=clock.now()
        )
        refund_sending.send_refund(refund.id)
    assert order.status is OrderStatus.REFUNDED
    assert [balance(account, order) for account in ("organizer_payable", "fee_revenue")] == [0, 0]


@pytest.mark.parametrize(
    "failing",
    [(SandboxProvider, "refund"), (refund_sending, "apply_refund_snapshot")],
    ids=["sending", "noting it"],
)
def test_a_promised_refund_is_told_as_it_is_when_the_database_fails_and_its_job_goes_on(
    paid: Order, monkeypatch: pytest.MonkeyPatch, failing: tuple[object, str]
) -> None:
    monkeypatch.setattr(*failing, _loses_the_connection)
    refund = refund_requests.refund_order(actor=SYSTEM, order=paid, now=clock.now())
    assert refund.state is RefundState.REQUESTED
    monkeypatch.undo()
    with time_machine.travel(clock.now() + timedelta(minutes=3)):
        refund_sending.send_refund(refund.id)
    assert (refund.state, paid.refunded_minor) == (RefundState.SUCCEEDED, 10_500)
    assert balance("provider_cash", paid) == 0


def _loses_the_connection(*_: object) -> None:
    raise OperationalError("SELECT 1", {}, Exception("the connection is lost"))


def test_an_unpaid_order_has_nothing_to_refund() -> None:
    order = place(factories.make_simple_event())
    with pytest.raises(Conflict, match="Only confirmed orders"):
        refunds.request_refund(actor=holding(order), order=order, source="buyer", now=clock.now())


def test_a_stranger_cannot_ask_for_a_refund(paid: Order) -> None:
    with pytest.raises(Forbidden):
        stranger = factories.actor_of(factories.make_organizer())
        refunds.request_refund(actor=stranger, order=paid, source="organizer", now=clock.now())
