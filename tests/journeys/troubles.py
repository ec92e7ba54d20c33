"""What waits for administrators: money set aside, a dispute, a refund that failed, a job that was given up, and a webhook."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from easyticket.core import clock
from easyticket.db import db, transaction
from easyticket.integrations.providers import (
    ChargeSnapshot,
    ChargeState,
    DisputeState,
    NoticeTopic,
    RefundOutcome,
    RefundSnapshot,
)
from easyticket.models import Dispute, Event, Order, OutboxJob, Payment
from easyticket.rules.permissions import ANONYMOUS, SYSTEM
from easyticket.services.orders import secret_of
from easyticket.services.payments import start_payment
from easyticket.services.provider_events import record_provider_event
from easyticket.services.refund_sending import apply_refund_snapshot
from easyticket.services.refunds import request_refund
from easyticket.services.settlement import apply_snapshot
from tests.journeys.scenes import held_order, paid_order

MESSAGE = (
    "insufficient_funds_in_the_settlement_account_of_the_merchant: try again later (request 8KJ2QH, req_01)."
)


def make_troubles(event: Event, name: str, email: str) -> None:
    """Let something go wrong with each of some new orders of one event, whose buyer has this name and address."""
    _set_aside(held_order(event, name, email))
    _fail_refund(paid_order(event, name, email))
    _dispute(paid_order(event, name, email))
    now = clock.now()
    with transaction() as session:
        session.add(
            OutboxJob(
                name="mail_order_confirmed",
                payload={"order_id": 0},
                created_at=now,
                run_at=now,
                attempts=13,
                failed_at=now,
                error=f"MailRefused: {MESSAGE}",
            )
        )


def clear_up() -> None:
    """Take back what an audit would find on every other page of the site: the job that was given up."""
    with transaction() as session:
        session.query(OutboxJob).filter(OutboxJob.error == f"MailRefused: {MESSAGE}").delete()


def _set_aside(order: Order) -> None:
    """Its buyer pays a cent too little."""
    payer = ANONYMOUS.with_order_secret(secret_of(order))
    payment = start_payment(actor=payer, order=order, return_url="", now=clock.now())
    assert payment is not None
    too_little = ChargeSnapshot(
        reference=payment.reference,
        provider_ref=payment.provider_ref or "",
        state=ChargeState.PAID,
        amount_minor=payment.amount_minor - 1,
        currency=payment.currency,
        is_live=False,
    )
    apply_snapshot(payment.id, too_little, clock.now())


def _fail_refund(order: Order) -> None:
    refund = request_refund(actor=SYSTEM, order=order, source="organizer", now=clock.now())
    failed = RefundSnapshot(provider_ref=uuid4().hex, outcome=RefundOutcome.FAILED, message=MESSAGE)
    apply_refund_snapshot(refund.id, failed, clock.now())


def _dispute(order: Order) -> None:
    """Its payer asks the bank for the money; the provider tells of it."""
    payment = db.session.query(Payment).filter_by(order_id=order.id).one()
    with transaction() as session:
        session.add(
            Dispute(
                order_id=order.id,
                payment_id=payment.id,
                provider_ref=uuid4().hex,
                state=DisputeState.OPEN,
                amount_minor=payment.amount_minor,
                currency=payment.currency,
                reason="product_not_received",
                due_at=clock.now() + timedelta(days=7),
            )
        )
    record_provider_event(
        provider="sandbox",
        event_key=uuid4().hex,
        kind="charge.dispute.funds_withdrawn_from_settlement_account",
        topic=NoticeTopic.CHARGE,
        reference=payment.reference,
        body="{}",
        now=clock.now(),
    )
