"""I3, I4 and I6: whoever paid has tickets or gets the money back, once, and never more than that."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa

from easyticket.integrations.providers import DisputeState
from easyticket.models import (
    Admission,
    Dispute,
    Order,
    OrderStatus,
    Payment,
    PaymentState,
    Refund,
    RefundState,
    RefundTicket,
    Ticket,
)
from easyticket.models.payment import TAKEN_BACK
from easyticket.queries.audit.finding import Rows, Scope, amount_of, rows_of, words
from easyticket.queries.earnings import IS_PAID
from easyticket.queries.refunds import left_minor

_IS_PROMISED = Refund.state != RefundState.FAILED
# The payer's bank has this money, for now or for good.
_IS_TAKEN = sa.and_(Dispute.state.in_(TAKEN_BACK), Dispute.opened_at.is_not(None))

# Seconds: whoever cancels a ticket notes when they came, and may have waited for the gate to let go of it.
_CLOCKS = 60
# Whatever is done about money after an order's end, a failure or a dispute is done within this time.
_UNDER_WAY = timedelta(hours=1)


def ask_money(scope: Scope) -> Iterator[Rows]:
    """What a payment brought has bought tickets, or all of it is on its way back; and tickets were paid for."""
    here = scope.has(Order.event_id)
    is_paid = Payment.state == PaymentState.PAID
    returned = _returned()
    amount, captured = amount_of(returned.c.amount), amount_of(Payment.captured_minor)
    latest = scope.before(_UNDER_WAY)
    yield (
        rows_of("returned of payment", Payment.id, captured, amount)
        .outerjoin(returned, returned.c.payment_id == Payment.id)
        .join(Order, Order.id == Payment.order_id)
        .where(here, is_paid, sa.not_(IS_PAID), amount < captured)
    )
    yield (
        rows_of("captured by payment", Payment.id, Payment.amount_minor, Payment.captured_minor)
        .join(Order, Order.id == Payment.order_id)
        .where(here, is_paid, captured != Payment.amount_minor)
    )
    yield (
        rows_of("payment of order", Order.number, Order.total_minor, "none")
        .outerjoin(Payment, sa.and_(Payment.order_id == Order.id, is_paid))
        .where(here, IS_PAID, Order.total_minor > 0, Payment.id.is_(None))
    )

    yield (
        rows_of("money of cancelled event left of order", Order.number, 0, left_minor())
        .where(here, Order.status == OrderStatus.CONFIRMED, Order.cancelled_at < latest, left_minor() > 0)
        .where(
            sa.not_(
                sa.exists().where(
                    Dispute.order_id == Order.id,
                    sa.or_(Dispute.state == DisputeState.OPEN, Dispute.closed_at > latest),
                )
            ),
            sa.not_(sa.exists().where(Refund.order_id == Order.id, Refund.failed_at > latest)),
        )
    )


def ask_one_payment(scope: Scope) -> Iterator[Rows]:
    """One payment settles an order, for what the order costs; what came besides is on its way back."""
    here = scope.has(Order.event_id)
    settled = (
        sa.select(
            Payment.order_id, sa.func.count().label("count"), sa.func.sum(Payment.amount_minor).label("sum")
        )
        .where(Payment.state == PaymentState.PAID)
        .group_by(Payment.order_id)
        .subquery()
    )
    yield (
        rows_of(
            "payments of order",
            Order.number,
            words("1 of", Order.total_minor),
            words(settled.c.count, "of", settled.c.sum),
        )
        .join(settled, settled.c.order_id == Order.id)
        .where(here, sa.or_(settled.c.count > 1, settled.c.sum != Order.total_minor))
    )
    returned = _returned()
    amount, captured = amount_of(returned.c.amount), amount_of(Payment.captured_minor)
    yield (
        rows_of("returned of surplus payment", Payment.id, captured, amount)
        .outerjoin(returned, returned.c.payment_id == Payment.id)
        .join(Order, Order.id == Payment.order_id)
        .where(here, Payment.state == PaymentState.SURPLUS, amount < captured)
    )


def ask_refunds(scope: Scope) -> Iterator[Rows]:
    """No payment and no ticket is returned beyond what it brought; the order says how much; who got it is not let in."""
    yield from _too_much(scope)
    returned = (
        sa.select(Refund.order_id, sa.func.sum(Refund.amount_minor).label("amount"))
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Refund.state == RefundState.SUCCEEDED, Payment.state == PaymentState.PAID)
        .group_by(Refund.order_id)
        .subquery()
    )
    amount = amount_of(returned.c.amount)
    yield (
        rows_of("returned of order", Order.number, amount, Order.refunded_minor)
        .outerjoin(returned, returned.c.order_id == Order.id)
        .where(scope.has(Order.event_id), Order.refunded_minor != amount)
    )
    admitted, ended = (sa.extract("epoch", moment) for moment in (Admission.admitted_at, Ticket.cancelled_at))
    yield (
        rows_of(
            "ticket that was let in after its end", Ticket.code, Ticket.cancelled_at, Admission.admitted_at
        )
        .join(Admission, Admission.ticket_id == Ticket.id)
        .where(scope.has(Ticket.event_id), admitted > ended + _CLOCKS)
    )


def _returned() -> sa.Subquery:
    """What of each payment is promised back, or was taken back by the payer's bank."""
    moves = sa.union_all(
        sa.select(Refund.payment_id, Refund.amount_minor).where(_IS_PROMISED),
        sa.select(Dispute.payment_id, Dispute.amount_minor).where(_IS_TAKEN),
    ).subquery()
    amount = sa.func.sum(moves.c.amount_minor).label("amount")
    return sa.select(moves.c.payment_id, amount).group_by(moves.c.payment_id).subquery()


def _too_much(scope: Scope) -> Iterator[Rows]:
    promised = (
        sa.select(Refund.payment_id, sa.func.sum(Refund.amount_minor).label("amount"))
        .where(_IS_PROMISED)
        .group_by(Refund.payment_id)
        .subquery()
    )
    captured = amount_of(Payment.captured_minor)
    yield (
        rows_of("refunds of payment", Payment.id, words("at most", captured), promised.c.amount)
        .join(promised, promised.c.payment_id == Payment.id)
        .join(Order, Order.id == Payment.order_id)
        .where(scope.has(Order.event_id), promised.c.amount > captured)
    )
    of_ticket = (
        sa.select(RefundTicket.ticket_id, sa.func.sum(RefundTicket.amount_minor).label("amount"))
        .join(Refund, Refund.id == RefundTicket.refund_id)
        .where(_IS_PROMISED)
        .group_by(RefundTicket.ticket_id)
        .subquery()
    )
    yield (
        rows_of("refunds of ticket", Ticket.code, words("at most", Ticket.paid_minor), of_ticket.c.amount)
        .join(of_ticket, of_ticket.c.ticket_id == Ticket.id)
        .where(scope.has(Ticket.event_id), of_ticket.c.amount > Ticket.paid_minor)
    )
