"""What becomes of money that is not what was asked for: a person decides, it never goes back by itself."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from easyticket.core.errors import Conflict
from easyticket.db import db, transactional
from easyticket.integrations.providers import DisputeState
from easyticket.models import ChangeAction, Order, Payment, PaymentState, Refund
from easyticket.rules.order_phase import is_waiting_for_review
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.rules.refunds import RefundSource, check_undisputed
from easyticket.services import ledger, refunds
from easyticket.services.change_log import record_change
from easyticket.services.order_lock import lock_order


@transactional
def return_quarantined_payment(*, actor: Actor, payment: Payment, now: datetime) -> Refund:
    """Take quarantined money into the books and promise all of it back to its payer; it is sent after the commit.

    :raises Conflict: somebody has decided already; a bank has the money in hand or took it back for good; or it is of
        another currency, mode or reference, so that our books cannot hold it and it has to be returned at the provider.
    """
    require(actor, Permission.REVIEW_PAYMENTS)
    order, payment = _to_decide(payment.id)
    if not payment.captured_minor:
        raise Conflict(
            "This money cannot be returned from here. Return it at the payment provider, then mark it as seen to.",
            code="not_in_books",
        )
    check_undisputed(payment, order)
    if any(each.payment_id == payment.id and each.state is DisputeState.LOST for each in order.disputes):
        raise Conflict(
            "The payer's bank has taken this money back for good, so there is nothing to return. Mark it as seen to.",
            code="taken_back",
        )
    payment.state = PaymentState.SURPLUS
    payment.paid_at = payment.reviewed_at = now
    db.session.flush()
    ledger.post_capture(payment, now)
    if payment.provider_fee_minor is not None:
        ledger.post_provider_fee(payment, now)
    _note_decision(actor, payment, order, "returned", now)
    return refunds.return_unused_payment(
        payment, RefundSource.QUARANTINED_PAYMENT.value, now, actor=actor, reason=payment.last_error
    )


@transactional
def leave_quarantined_payment(*, actor: Actor, payment: Payment, now: datetime) -> Payment:
    """Note that quarantined money has been seen to and stays out of our books.

    :raises Conflict: somebody has decided already.
    """
    require(actor, Permission.REVIEW_PAYMENTS)
    order, payment = _to_decide(payment.id)
    payment.reviewed_at = now
    _note_decision(actor, payment, order, "left", now)
    return payment


def _note_decision(actor: Actor, payment: Payment, order: Order, decision: str, now: datetime) -> None:
    after = {"decision": decision, "reference": payment.reference}
    record_change(actor, ChangeAction.PAYMENT_DECIDED, order=order, after=after, now=now)


def _to_decide(payment_id: int) -> tuple[Order, Payment]:
    order = lock_order(db.session.scalars(sa.select(Payment.order_id).where(Payment.id == payment_id)).one())
    payment = db.session.get_one(Payment, payment_id, with_for_update=True, populate_existing=True)
    if not is_waiting_for_review(payment):
        raise Conflict("Somebody has decided about this payment already.", code="decided")
    return order, payment
