"""Money on its way back: requesting a refund, sending it to the provider, and what its answer does to order and ledger."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from easyticket.core import clock
from easyticket.core.errors import Conflict, Invalid, ProviderDown, invalid_field
from easyticket.core.money import Money, MoneyError
from easyticket.db import db, transactional
from easyticket.integrations.providers import RefundOutcome, RefundRequest, RefundSnapshot
from easyticket.models import Order, OrderStatus, Payment, PaymentState, Refund, RefundState, Ticket
from easyticket.queue import JobName, enqueue
from easyticket.rules.people import normal_line
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.rules.refunds import check_in_time, check_paid, source_of
from easyticket.services import ledger, tickets, withdrawal_cover
from easyticket.services.idempotency import Turn, take_turn
from easyticket.services.order_lock import lock_order
from easyticket.services.providers import get_provider

log = logging.getLogger(__name__)

_FINAL = (RefundState.SUCCEEDED, RefundState.FAILED)


def refund_order(
    *,
    actor: Actor,
    order: Order,
    amount: Decimal | None = None,
    reason: str = "",
    turn: Turn | None = None,
    now: datetime,
) -> Refund:
    """Return money because a person asks, all that is left or an amount in major units, and send it at once.

    A buyer may until the event begins and while no ticket was used, its organizer and admins at any time. Where the
    provider does not answer, or the database fails after the promise, the refund comes back unfinished and the job goes
    on sending it. With a `turn` (an Idempotency-Key) it is promised once.

    :raises Conflict: not paid, too late for a buyer, or refused by the provider.
    :raises Invalid: nothing, or more than what is left (field `amount`); a reason of more than 200 characters.
    :raises Repeated: as `idempotency.take_turn`.
    """
    require(actor, Permission.REFUND_ORDER, order)
    reason = normal_line(reason, field="reason", longest=200)
    if turn is not None and turn.made_uuid is not None:
        refund = db.session.scalars(sa.select(Refund).where(Refund.uuid == turn.made_uuid)).one()
    else:
        refund = _promise(actor, order.id, amount, reason, turn, now)
    return _sent(refund.id)


@transactional
def request_refund(
    *,
    actor: Actor,
    order: Order,
    amount_minor: int | None = None,
    cancelled_tickets: Sequence[Ticket] = (),
    reason: str = "",
    source: str,
    restock: bool = True,
    uuid: UUID | None = None,
    now: datetime,
) -> Refund:
    """Promise money back: all that is left (None) or an amount in minor units. It is sent after the commit.

    A full refund ends every ticket at once; a partial one ends only the tickets named. Refunds not yet answered count.

    :raises Conflict: the order was not paid with money.
    :raises Invalid: more than what is left (field `amount`).
    """
    require(actor, Permission.REFUND_ORDER, order)
    order = lock_order(order.id)
    payment = _settling_payment(order)
    left = refundable_minor(order)
    amount = left if amount_minor is None else amount_minor
    if not 0 < amount <= left:
        raise _out_of_bounds(amount, left, order.currency)
    refund = _new_refund(payment, amount, source, reason, actor.user_id, uuid or uuid4())
    ended = _locked_tickets(order) if amount == left else list(cancelled_tickets)
    tickets.cancel_tickets(ended, now, restock=restock)
    ledger.post_refund_requested(refund, now, fulfilled=True)
    withdrawal_cover.note_refund(order.event.organizer_id, now)
    _send_after_commit(refund)
    return refund


@transactional
def return_unused_payment(payment: Payment, source: str, now: datetime) -> Refund:
    """Send back money that bought nothing: it came too late, or for an order that was paid already. No ticket is touched."""
    refund = _new_refund(payment, payment.captured_minor or 0, source, "", None, uuid4())
    ledger.post_refund_requested(refund, now, fulfilled=False)
    _send_after_commit(refund)
    return refund


def refundable_minor(order: Order) -> int:
    """Return how much of the order's payment is neither returned nor promised back, in minor units."""
    promised = sum(
        refund.amount_minor
        for refund in order.refunds
        if refund.state is not RefundState.FAILED and refund.payment.state is PaymentState.PAID
    )
    return order.total_minor - promised


def send_refund(refund_id: int) -> None:
    """Ask the provider for a promised refund (job). The same key on every try, so that money goes back once.

    :raises ProviderDown: not known whether it arrived; the job comes again.
    """
    refund = db.session.get_one(Refund, refund_id)
    if refund.state in _FINAL:
        return
    request = RefundRequest(
        key=str(refund.uuid),
        reference=refund.payment.reference,
        provider_ref=refund.payment.provider_ref or "",
        amount_minor=refund.amount_minor,
        currency=refund.currency,
        reason=refund.reason,
    )
    provider = get_provider(refund.payment.provider)
    db.session.rollback()  # no transaction stays open while the provider thinks
    try:
        answer = provider.refund(request)
    except ProviderDown as error:
        _note_unknown(refund_id, error.message)
        raise
    apply_refund_snapshot(refund_id, answer, clock.now())


@transactional
def apply_refund_snapshot(refund_id: int, snapshot: RefundSnapshot, now: datetime) -> Refund:
    """Bring a refund and its order to what the provider says."""
    order = lock_order(db.session.scalars(sa.select(Refund.order_id).where(Refund.id == refund_id)).one())
    refund = db.session.get_one(Refund, refund_id, with_for_update=True, populate_existing=True)
    if refund.state in _FINAL:
        return refund
    refund.provider_ref = snapshot.provider_ref or refund.provider_ref
    refund.last_error = snapshot.message[:500]
    if snapshot.outcome is RefundOutcome.PENDING:
        refund.state = RefundState.PENDING
    elif snapshot.outcome is RefundOutcome.FAILED:
        refund.state = RefundState.FAILED
        log.error("a refund failed and needs somebody", extra={"refund_id": refund_id})
    else:
        _note_paid(refund, order, now)
    return refund


def _note_paid(refund: Refund, order: Order, now: datetime) -> None:
    refund.state = RefundState.SUCCEEDED
    refund.succeeded_at = now
    ledger.post_refund_paid(refund, now)
    if refund.payment.state is PaymentState.PAID:
        order.refunded_minor += refund.amount_minor
        if order.refunded_minor == order.total_minor:
            order.status = OrderStatus.REFUNDED
    enqueue(JobName.MAIL_ORDER_REFUNDED, {"refund_id": refund.id}, key=f"order-refunded:{refund.id}")


@transactional
def _promise(
    actor: Actor, order_id: int, amount: Decimal | None, reason: str, turn: Turn | None, now: datetime
) -> Refund:
    uuid = take_turn(turn, now)
    order = lock_order(order_id)
    check_paid(order, now)
    source = source_of(actor, order)
    check_in_time(source, order, _locked_tickets(order), now)
    return request_refund(
        actor=actor,
        order=order,
        amount_minor=None if amount is None else _minor(amount, order.currency),
        reason=reason,
        source=source.value,
        uuid=uuid,
        now=now,
    )


def _sent(refund_id: int) -> Refund:
    try:
        send_refund(refund_id)
    except (ProviderDown, SQLAlchemyError) as error:
        # The promise stands and its job sends it: whoever hears of a failure here would ask for more money back.
        log.warning("a refund is sent again by its job", extra={"refund_id": refund_id}, exc_info=error)
        db.session.rollback()
    refund = db.session.get_one(Refund, refund_id, populate_existing=True)
    if refund.state is RefundState.FAILED:
        raise Conflict(f"Refund failed: {refund.last_error}", code="refund_failed")
    return refund


def _locked_tickets(order: Order) -> list[Ticket]:
    """Return the order's tickets, locked: no gate lets one in while its money is promised back."""
    query = sa.select(Ticket).where(Ticket.order_id == order.id).order_by(Ticket.id).with_for_update()
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def _minor(amount: Decimal, currency: str) -> int:
    try:
        return Money.parse(amount, currency).minor
    except MoneyError as error:
        raise invalid_field("amount", str(error)) from None


def _out_of_bounds(amount: int, left: int, currency: str) -> Invalid:
    rest = f"{Money(left, currency).as_text()} {currency}"
    sentence = (
        f"The refund is more than what is left of the payment, {rest}."
        if amount > 0
        else "Ensure this value is greater than 0."
    )
    return Invalid(sentence, code="refund_amount", fields={"amount": [sentence]})


def _settling_payment(order: Order) -> Payment:
    payment = next((payment for payment in order.payments if payment.state is PaymentState.PAID), None)
    if payment is None or order.status is not OrderStatus.CONFIRMED:
        raise Conflict("Only confirmed orders can be refunded", code="not_refundable")
    return payment


def _new_refund(
    payment: Payment, amount_minor: int, source: str, reason: str, user_id: int | None, uuid: UUID
) -> Refund:
    refund = Refund(
        uuid=uuid,
        order_id=payment.order_id,
        payment=payment,
        amount_minor=amount_minor,
        currency=payment.currency,
        state=RefundState.REQUESTED,
        reason=reason.strip()[:200],
        source=source,
        requested_by_id=user_id,
    )
    db.session.add(refund)
    db.session.flush()
    db.session.refresh(refund)
    return refund


def _send_after_commit(refund: Refund) -> None:
    enqueue(JobName.SEND_REFUND, {"refund_id": refund.id}, key=f"send-refund:{refund.id}")


@transactional
def _note_unknown(refund_id: int, message: str) -> None:
    db.session.execute(
        sa.update(Refund)
        .where(Refund.id == refund_id, Refund.state.not_in(_FINAL))
        .values(state=RefundState.UNKNOWN, last_error=message[:500])
    )
