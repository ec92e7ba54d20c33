"""Money that is not what was asked for buys nothing and stays where it is until a person decides."""

from __future__ import annotations

import logging

import pytest
import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import Conflict, Forbidden
from easyticket.db import db
from easyticket.models import LedgerPosting, Order, OrderStatus, Payment, PaymentState, Refund, RefundState
from easyticket.queries.quarantine import list_payments_to_review
from easyticket.queue import JobName
from easyticket.rules.order_phase import OrderPhase, phase_of
from easyticket.services.expiry import expire_orders
from easyticket.services.payments import settle_payment
from easyticket.services.quarantine import leave_quarantined_payment, return_quarantined_payment
from easyticket.services.refund_sending import send_refund
from tests import factories
from tests.services.strict_provider import StrictProvider
from tests.services.test_orders import place
from tests.services.test_payments import balance, jobs, start

pytestmark = pytest.mark.usefixtures("db_session")


def quarantined(provider: StrictProvider, **wrong: object) -> tuple[Order, Payment]:
    order = place(factories.make_simple_event())
    payment = start(order)
    provider.pay(payment.reference, **wrong)
    settle_payment(payment.reference)
    assert payment.state is PaymentState.QUARANTINED
    return order, payment


def test_somebody_is_told_and_the_log_says_why_without_any_secret(
    provider: StrictProvider, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        _, payment = quarantined(provider, amount_minor=1)
    assert payment.last_error == "Asked for 52.50 GHS, and 0.01 GHS came."
    assert payment.last_error in caplog.text
    assert payment.reference not in caplog.text and payment.client_secret not in caplog.text
    assert [job.payload for job in jobs(JobName.MAIL_PAYMENT_QUARANTINED)] == [{"payment_id": payment.id}]
    assert db.session.scalar(sa.select(sa.func.count(LedgerPosting.id))) == 0


def test_nobody_is_asked_to_pay_a_second_time_meanwhile(provider: StrictProvider) -> None:
    order, _ = quarantined(provider, amount_minor=1)
    with pytest.raises(Conflict) as refused:
        start(order)
    assert refused.value.code == "under_review"


def test_an_administrator_sends_it_back(provider: StrictProvider) -> None:
    order, payment = quarantined(provider, amount_minor=9_999, fee_minor=30)
    expire_orders(order.expires_at)
    staff = factories.actor_of(factories.make_staff())
    assert list(list_payments_to_review(staff)) == [payment]
    refund = return_quarantined_payment(actor=staff, payment=payment, now=clock.now())
    assert (refund.amount_minor, refund.source) == (9_999, "quarantined_payment")
    assert (payment.state, list(list_payments_to_review(staff))) == (PaymentState.SURPLUS, [])
    send_refund(refund.id)
    db.session.refresh(order)
    assert db.session.scalars(sa.select(Refund.state)).one() is RefundState.SUCCEEDED
    assert (balance("clearing", order), balance("provider_cash", order), balance("fee_expense", order)) == (
        0,
        -30,
        30,
    )
    assert (order.status, order.tickets) == (OrderStatus.FAILED, [])
    with pytest.raises(Conflict):
        return_quarantined_payment(actor=staff, payment=payment, now=clock.now())


@pytest.mark.parametrize("wrong", [{"currency": "NGN"}, {"is_live": True}, {"reference": "ET-ANOTHER"}])
def test_what_our_books_cannot_hold_is_returned_at_the_provider(
    provider: StrictProvider, wrong: dict[str, object]
) -> None:
    order, payment = quarantined(provider, **wrong)
    staff = factories.actor_of(factories.make_staff())
    with pytest.raises(Conflict) as refused:
        return_quarantined_payment(actor=staff, payment=payment, now=clock.now())
    assert refused.value.code == "not_in_books"
    leave_quarantined_payment(actor=staff, payment=payment, now=clock.now())
    assert list(list_payments_to_review(staff)) == []
    db.session.refresh(order)
    assert phase_of(order, clock.now()) is not OrderPhase.UNDER_REVIEW


def test_only_administrators_decide(provider: StrictProvider) -> None:
    _, payment = quarantined(provider, amount_minor=1)
    organizer = factories.actor_of(payment.order.event.organizer)
    for decide in (return_quarantined_payment, leave_quarantined_payment):
        with pytest.raises(Forbidden):
            decide(actor=organizer, payment=payment, now=clock.now())
