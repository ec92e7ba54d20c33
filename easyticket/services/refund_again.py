"""Refunds that failed, promised once more: by whoever looks after them, and once by itself where nobody would ask.

The new promise is a new row with a UUID that follows from the failed one's, so there is one however often it is asked for.
"""

from __future__ import annotations

import logging
from datetime import datetime

import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import AppError, Conflict
from easyticket.db import db, transactional
from easyticket.models import ChangeAction, Order, PaymentState, Refund, RefundState
from easyticket.queries.refunds import list_refunds_won_back
from easyticket.rules.permissions import SYSTEM, Actor, Permission, require
from easyticket.rules.refund_amounts import left_of_payment, refundable_minor
from easyticket.rules.refunds import check_undisputed, find_next_try, uuid_of_next_try
from easyticket.services.asking import each_by_itself
from easyticket.services.change_log import record_change
from easyticket.services.order_lock import lock_order
from easyticket.services.refund_requests import send_now
from easyticket.services.refunds import locked_tickets, request_refund, return_unused_payment

log = logging.getLogger(__name__)


def retry_refund(*, actor: Actor, refund: Refund, now: datetime) -> Refund:
    """Promise what a failed refund was to return once more, as far as it is left, and send it. Asked again, the same one.

    It comes back failed where the provider refuses it again.

    :raises Conflict: it has not failed, nothing is left, or the payment is disputed.
    """
    require(actor, Permission.RETRY_REFUND, refund.order)
    return send_now(_promise_again(actor, refund.id, now))


def refund_again(refund_id: int) -> None:
    """Promise a failed refund again unless somebody did (job); what cannot be stays on the list of failed ones."""
    try:
        _promise_again(SYSTEM, refund_id, clock.now())
    except AppError as error:
        log.warning(
            "a failed refund is not promised again: %s", error.message, extra={"refund_id": refund_id}
        )


def return_won_money() -> int:
    """Promise again what a bank kept us from returning of payments that bought nothing; return how many those were."""
    return len(list(each_by_itself("refund", list_refunds_won_back(), refund_again)))


@transactional
def _promise_again(actor: Actor, refund_id: int, now: datetime) -> int:
    order = lock_order(db.session.scalars(sa.select(Refund.order_id).where(Refund.id == refund_id)).one())
    failed = db.session.get_one(Refund, refund_id, populate_existing=True)
    if failed.state is not RefundState.FAILED:
        raise Conflict("This refund has not failed.", code="not_failed")
    made = find_next_try(failed)
    if made is None:
        made = _again(actor, failed, order, now)
        after = {"amount_minor": made.amount_minor, "refund": made.uuid}
        record_change(actor, ChangeAction.REFUND_ASKED_AGAIN, order=order, after=after, now=now)
    return made.id


def _again(actor: Actor, failed: Refund, order: Order, now: datetime) -> Refund:
    payment = failed.payment
    is_sale = payment.state is PaymentState.PAID
    captured = payment.captured_minor or 0
    left = refundable_minor(order) if is_sale else left_of_payment(payment, order, captured)
    amount, uuid = min(failed.amount_minor, left), uuid_of_next_try(failed.uuid)
    if amount == 0:
        raise Conflict("Nothing is left to return: the money went back another way.", code="nothing_left")
    if not is_sale:
        check_undisputed(payment, order)
        return return_unused_payment(
            payment, failed.source, now, amount_minor=amount, actor=actor, reason=failed.reason, uuid=uuid
        )
    of_ticket = {part.ticket_id for part in failed.tickets}
    return request_refund(
        actor=actor,
        order=order,
        amount_minor=amount,
        cancelled_tickets=[ticket for ticket in locked_tickets(order) if ticket.id in of_ticket],
        reason=failed.reason,
        source=failed.source,
        uuid=uuid,
        now=now,
    )
