"""From a held order to tickets, or the money back: every way a payment can end, and that each happens once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import Conflict, Invalid
from easyticket.db import db
from easyticket.integrations.providers import ChargeSnapshot, ChargeState
from easyticket.models import (
    Event,
    EventStatus,
    HoldState,
    LedgerEntry,
    Order,
    OrderStatus,
    OutboxJob,
    Payment,
    PaymentState,
    ProviderEvent,
    Quota,
    QuotaKind,
    Refund,
    RefundState,
    TicketStatus,
)
from easyticket.queue import JobName
from easyticket.services import refund_sending, sandbox
from easyticket.services.expiry import expire_orders
from easyticket.services.orders import cancel_order, hold_again
from easyticket.services.payments import settle_payment, start_payment
from easyticket.services.provider_events import handle_provider_event, record_provider_event
from easyticket.services.reconciliation import reconcile_payments
from easyticket.services.settlement import apply_snapshot
from tests import factories
from tests.services.test_orders import holding, place

pytestmark = pytest.mark.usefixtures("db_session")

RETURN_URL = "http://tickets.example/checkout/x/return/"


def start(order: Order) -> Payment:
    payment = start_payment(actor=holding(order), order=order, return_url=RETURN_URL, now=clock.now())
    assert payment is not None
    return payment


def approved(event: Event, quantity: int = 2) -> tuple[Order, Payment]:
    """An order whose payer has approved, and nobody has told us yet."""
    order = place(event, quantity)
    payment = start(order)
    sandbox.approve(payment.reference)
    return order, payment


def balance(account: str, order: Order) -> int:
    """Debits minus credits of one account for one order."""
    total = sa.select(sa.func.coalesce(sa.func.sum(LedgerEntry.amount_minor), 0)).filter_by(
        account=account, order_id=order.id
    )
    return int(db.session.scalar(total) or 0)


def jobs(name: JobName) -> list[OutboxJob]:
    return list(db.session.scalars(sa.select(OutboxJob).filter_by(name=name.value)))


def snapshot_of(payment: Payment, **changes: object) -> ChargeSnapshot:
    paid = ChargeSnapshot(
        reference=payment.reference,
        provider_ref=payment.provider_ref or "",
        state=ChargeState.PAID,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        is_live=False,
    )
    return replace(paid, **changes)  # type: ignore[arg-type]


def test_a_paid_order_has_its_tickets_its_sale_and_one_mail() -> None:
    event = factories.make_simple_event(price_minor=5_000)
    order, payment = approved(event)
    settle_payment(payment.reference)
    db.session.refresh(order)
    assert (order.status, payment.state) == (OrderStatus.CONFIRMED, PaymentState.PAID)
    assert [ticket.status for ticket in order.tickets] == [TicketStatus.ACTIVE] * 2
    assert len({ticket.code for ticket in order.tickets}) == 2
    assert sum(ticket.paid_minor for ticket in order.tickets) == order.total_minor
    quota = db.session.scalars(sa.select(Quota).filter_by(kind=QuotaKind.EVENT, owner_id=event.id)).one()
    assert (quota.held, quota.sold) == (0, 2)
    assert len(jobs(JobName.MAIL_ORDER_CONFIRMED)) == 1


def test_settling_again_changes_nothing() -> None:
    order, payment = approved(factories.make_simple_event())
    for _ in range(3):
        settle_payment(payment.reference)
    apply_snapshot(payment.id, snapshot_of(payment), clock.now())
    assert len(order.tickets) == 2
    assert len(jobs(JobName.MAIL_ORDER_CONFIRMED)) == 1
    assert balance("provider_cash", order) == order.total_minor


def test_the_ledger_of_a_paid_order_balances_and_its_clearing_account_is_empty() -> None:
    order, payment = approved(factories.make_simple_event(price_minor=5_000))
    settle_payment(payment.reference)
    assert balance("clearing", order) == 0
    assert balance("provider_cash", order) == 10_500
    assert balance("organizer_payable", order) == -10_000
    assert balance("fee_revenue", order) == -500


def test_a_free_order_is_confirmed_at_once_without_any_provider() -> None:
    order = place(factories.make_simple_event(price_minor=0))
    assert start_payment(actor=holding(order), order=order, return_url=RETURN_URL, now=clock.now()) is None
    assert (order.status, len(order.tickets), order.payments) == (OrderStatus.CONFIRMED, 1, [])


def test_starting_twice_gives_the_same_attempt() -> None:
    order = place(factories.make_simple_event())
    assert start(order).reference == start(order).reference
    assert order.status is OrderStatus.PROCESSING


def test_an_order_without_an_address_cannot_be_paid() -> None:
    order = place(factories.make_simple_event())
    order.buyer_email = ""
    db.session.commit()
    with pytest.raises(Invalid) as refused:
        start(order)
    assert list(refused.value.fields) == ["buyer_email"]


def test_a_declined_payment_keeps_the_hold_and_another_attempt_works() -> None:
    order = place(factories.make_simple_event())
    first = start(order)
    sandbox.decline(first.reference)
    settle_payment(first.reference)
    assert order.hold is not None
    assert (first.state, order.status, order.hold.state) == (
        PaymentState.FAILED,
        OrderStatus.PENDING,
        HoldState.HELD,
    )
    assert "declined" in first.last_error
    second = start(order)
    assert (second.attempt, second.reference != first.reference) == (2, True)
    sandbox.approve(second.reference)
    settle_payment(second.reference)
    assert order.status is OrderStatus.CONFIRMED


def test_a_payment_declined_at_the_last_minute_leaves_five_minutes_for_another_card() -> None:
    order = place(factories.make_simple_event())
    payment = start(order)
    sandbox.decline(payment.reference)
    almost_over = order.expires_at - timedelta(seconds=30)
    settle_payment(payment.reference, almost_over)
    assert order.expires_at == almost_over + timedelta(minutes=5)
    assert order.hold is not None and order.hold.expires_at == order.expires_at


def test_an_expired_order_cannot_be_paid_any_more() -> None:
    order = place(factories.make_simple_event())
    with pytest.raises(Conflict, match="Order has expired"):
        start_payment(
            actor=holding(order),
            order=order,
            return_url=RETURN_URL,
            now=order.expires_at + timedelta(seconds=1),
        )


def test_money_that_arrived_by_the_hour_of_expiry_settles_the_order_instead_of_expiring_it() -> None:
    order, _ = approved(factories.make_simple_event())
    assert expire_orders(order.expires_at + timedelta(minutes=1)) == 0
    db.session.refresh(order)
    assert (order.status, len(order.tickets)) == (OrderStatus.CONFIRMED, 2)


def test_an_undecided_payment_is_closed_at_the_provider_before_its_places_are_released() -> None:
    order = place(factories.make_simple_event())
    payment = start(order)
    assert expire_orders(order.expires_at) == 1
    assert sandbox.get_charge(payment.reference).state == "canceled"
    assert payment.state is PaymentState.CANCELED


def late_payment(event: Event) -> tuple[Order, Payment]:
    """An order whose hold has run out while its payer was still deciding, and who then pays."""
    order = place(event, 2)
    payment = start(order)
    sandbox.approve_later(payment.reference)
    assert expire_orders(order.expires_at) == 1
    sandbox.approve_late(payment.reference)
    return order, payment


def test_money_after_expiry_gets_its_tickets_if_the_places_are_still_free() -> None:
    order, payment = late_payment(factories.make_simple_event(quantity=2))
    settle_payment(payment.reference)
    db.session.refresh(order)
    assert (order.status, payment.state, len(order.tickets)) == (OrderStatus.CONFIRMED, PaymentState.PAID, 2)


def test_money_after_expiry_goes_back_if_the_places_are_gone() -> None:
    event = factories.make_simple_event(quantity=2)
    order, payment = late_payment(event)
    place(event, 1)
    settle_payment(payment.reference)
    refund = db.session.scalars(sa.select(Refund)).one()
    assert (payment.state, refund.amount_minor, refund.source) == (
        PaymentState.SURPLUS,
        order.total_minor,
        "late_payment",
    )
    refund_sending.send_refund(refund.id)
    assert refund.state is RefundState.SUCCEEDED
    assert (order.status, order.tickets) == (OrderStatus.FAILED, [])
    assert balance("clearing", order) == balance("provider_cash", order) == balance("refund_due", order) == 0


def test_money_for_an_order_its_buyer_cancelled_goes_back() -> None:
    order, payment = approved(factories.make_simple_event())
    cancel_order(actor=holding(order), order=order, now=clock.now())
    settle_payment(payment.reference)
    assert order.status is OrderStatus.CANCELLED
    assert db.session.scalars(sa.select(Refund)).one().amount_minor == order.total_minor


def test_a_second_payment_of_one_order_is_refunded_without_touching_its_tickets() -> None:
    event = factories.make_simple_event()
    order, first = late_payment(event)
    hold_again(actor=holding(order), order=order, now=clock.now())
    second = start(order)
    sandbox.approve(second.reference)
    settle_payment(second.reference)
    settle_payment(first.reference)
    assert (second.state, first.state) == (PaymentState.PAID, PaymentState.SURPLUS)
    refund = db.session.scalars(sa.select(Refund)).one()
    assert (refund.payment_id, refund.source) == (first.id, "surplus_payment")
    refund_sending.send_refund(refund.id)
    assert (order.status, order.refunded_minor) == (OrderStatus.CONFIRMED, 0)
    assert [ticket.status for ticket in order.tickets] == [TicketStatus.ACTIVE] * 2


@pytest.mark.parametrize(
    "wrong",
    [{"amount_minor": 1}, {"currency": "NGN"}, {"is_live": True}, {"reference": "ET-SOMETHING-ELSE"}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_money_that_is_not_what_was_asked_for_is_quarantined(wrong: dict[str, object]) -> None:
    order = place(factories.make_simple_event())
    payment = start(order)
    apply_snapshot(payment.id, snapshot_of(payment, **wrong), clock.now())
    assert payment.state is PaymentState.QUARANTINED
    assert (order.tickets, order.status) == ([], OrderStatus.PROCESSING)


def test_a_late_failure_never_undoes_a_payment() -> None:
    order, payment = approved(factories.make_simple_event())
    settle_payment(payment.reference)
    for state in (ChargeState.FAILED, ChargeState.CANCELED, ChargeState.OPEN, ChargeState.PROCESSING):
        apply_snapshot(payment.id, snapshot_of(payment, state=state), clock.now())
    assert (payment.state, order.status) == (PaymentState.PAID, OrderStatus.CONFIRMED)


def test_a_payment_the_provider_has_in_hand_keeps_its_places_beyond_the_hold() -> None:
    order = place(factories.make_simple_event())
    payment = start(order)
    apply_snapshot(payment.id, snapshot_of(payment, state=ChargeState.PROCESSING), clock.now())
    charge = sandbox.get_charge(payment.reference)
    charge.state = "processing"
    db.session.commit()
    assert expire_orders(order.expires_at + timedelta(minutes=1)) == 0
    assert order.hold is not None and order.hold.state is HoldState.HELD


def test_a_payment_nobody_told_us_about_is_found_by_asking() -> None:
    order, payment = approved(factories.make_simple_event())
    assert reconcile_payments(payment.created_at + timedelta(seconds=20)) == 1
    db.session.refresh(order)
    assert order.status is OrderStatus.CONFIRMED


def test_an_event_of_a_provider_is_stored_once_and_only_makes_us_ask() -> None:
    order, payment = approved(factories.make_simple_event())
    told = {"provider": "sandbox", "kind": "charge.success", "reference": payment.reference, "body": "{}"}
    assert record_provider_event(event_key="evt_1", now=clock.now(), **told)
    assert not record_provider_event(event_key="evt_1", now=clock.now(), **told)
    event = db.session.scalars(sa.select(ProviderEvent)).one()
    handle_provider_event(event.id)
    handle_provider_event(event.id)
    db.session.refresh(order)
    assert (order.status, len(order.tickets)) == (OrderStatus.CONFIRMED, 2)


def test_an_event_about_a_charge_that_is_not_ours_changes_nothing() -> None:
    record_provider_event(
        provider="sandbox",
        event_key="evt_9",
        kind="charge.success",
        reference="FOREIGN",
        body="{}",
        now=clock.now(),
    )
    event = db.session.scalars(sa.select(ProviderEvent)).one()
    handle_provider_event(event.id)
    db.session.refresh(event)
    assert event.handled_at is not None


def test_money_of_an_earlier_attempt_at_an_earlier_price_goes_back_and_the_order_lives_on() -> None:
    event = factories.make_simple_event(price_minor=5_000, quantity=2)
    order, first = late_payment(event)
    event.ticket_types[0].offers[0].price_minor = 6_000
    db.session.commit()
    hold_again(actor=holding(order), order=order, now=clock.now())
    second = start(order)
    settle_payment(first.reference)
    assert order.hold is not None
    assert (first.state, order.hold.state) == (PaymentState.SURPLUS, HoldState.HELD)
    sandbox.approve(second.reference)
    settle_payment(second.reference)
    assert (second.state, order.status, len(order.tickets)) == (PaymentState.PAID, OrderStatus.CONFIRMED, 2)


def test_money_for_an_event_that_was_called_off_goes_back_and_holds_nothing() -> None:
    event = factories.make_simple_event()
    order, payment = approved(event)
    event.status = EventStatus.CANCELLED
    db.session.commit()
    settle_payment(payment.reference)
    assert order.hold is not None
    assert (order.status, order.hold.state) == (OrderStatus.FAILED, HoldState.RELEASED)
    assert db.session.scalars(sa.select(Refund)).one().amount_minor == order.total_minor


def test_choosing_to_pay_late_twice_is_choosing_it_once() -> None:
    payment = start(place(factories.make_simple_event()))
    assert sandbox.approve_later(payment.reference) == sandbox.approve_later(payment.reference)
    assert len(jobs(JobName.SANDBOX_APPROVE_LATE)) == 1
