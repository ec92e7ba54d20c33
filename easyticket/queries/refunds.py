"""Reading refunds: what is left of orders in SQL, what needs somebody, and how far those of a cancelled event are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, aliased, joinedload
from sqlalchemy.orm.interfaces import ORMOption

from easyticket.core.errors import NotFound
from easyticket.core.money import Money
from easyticket.db import db
from easyticket.integrations.providers import DisputeState
from easyticket.models import (
    Dispute,
    Event,
    LedgerAccount,
    LedgerEntry,
    Order,
    OrderStatus,
    Payment,
    PaymentState,
    Refund,
    RefundState,
    Ticket,
    TicketStatus,
)
from easyticket.models.payment import TAKEN_BACK, UNDECIDED_REFUNDS
from easyticket.rules.permissions import Actor, Permission, may
from easyticket.rules.refunds import RefundSource, is_replaced

_CANCELLED = RefundSource.EVENT_CANCELLED.value


@dataclass(frozen=True, slots=True)
class CancellationTotals:
    """What calling an event off would mean: paid orders, tickets that end (and how many were used), and money.

    `fee_minor` is how much of what goes back the platform gives up, `paid_out` what the organizer was paid already and
    would owe. Money by currency: an event sells in one, and its older orders keep theirs.
    """

    orders: int
    tickets: int
    used: int
    to_refund: Sequence[Money]
    fees: Sequence[Money]
    paid_out: Sequence[Money]


@dataclass(frozen=True, slots=True)
class CancellationProgress:
    """How far a cancelled event is: paid orders in all and ended, and the refunds of them by how they stand."""

    orders: int
    ended: int
    returned: int
    failed: int
    waiting: int

    @property
    def is_done(self) -> bool:
        """True when nothing moves any more: all orders are ended and no refund waits for an answer."""
        return self.ended == self.orders and self.waiting == 0


def left_minor() -> sa.ColumnElement[int]:
    """Return an expression: how much of an order's payment is neither returned, nor promised back, nor disputed.

    The same as `rules.refund_amounts.refundable_minor` tells of a loaded order.
    """
    promised = _sum_of(
        sa.select(Refund.amount_minor)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Refund.state != RefundState.FAILED),
        Refund.order_id,
    )
    disputed = _sum_of(
        sa.select(Dispute.amount_minor)
        .join(Payment, Payment.id == Dispute.payment_id)
        .where(Dispute.state.in_(TAKEN_BACK)),
        Dispute.order_id,
    )
    return Order.total_minor - promised - disputed


def was_won_since() -> sa.ColumnElement[bool]:
    """Return a condition: a dispute of the payment of a refund was won after that had failed, so it may be for that alone."""
    return (
        sa.exists()
        .where(Dispute.payment_id == Refund.payment_id, Dispute.state == DisputeState.WON)
        .where(Dispute.closed_at >= Refund.failed_at)
        .correlate(Refund)
    )


def list_refunds_won_back() -> Sequence[int]:
    """Return the ids of the last refunds of payments that bought nothing, where they failed and a bank, which had the money
    in hand, has given it back since; the oldest first."""
    later = aliased(Refund)
    newer = sa.exists().where(later.payment_id == Refund.payment_id, later.id > Refund.id)
    open_ = sa.exists().where(Dispute.payment_id == Refund.payment_id, Dispute.state == DisputeState.OPEN)
    query = (
        sa.select(Refund.id)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Payment.state == PaymentState.SURPLUS, Refund.state == RefundState.FAILED, was_won_since())
        .where(sa.not_(newer), sa.not_(open_))
        .order_by(Refund.id)
    )
    return db.session.scalars(query).all()


def find_cancellation_totals(event: Event) -> CancellationTotals:
    """Return what there is to undo, in a few statements however many orders there are."""
    rows = db.session.execute(
        sa.select(Order.currency, sa.func.count(Order.id), sa.func.sum(left_minor()))
        .where(Order.event_id == event.id, Order.status == OrderStatus.CONFIRMED)
        .group_by(Order.currency)
    ).all()
    tickets, used = db.session.execute(
        sa.select(sa.func.count(Ticket.id), sa.func.count(Ticket.used_at)).where(
            Ticket.event_id == event.id, Ticket.status != TicketStatus.CANCELLED
        )
    ).one()
    to_return = sa.select(Order.id).where(
        Order.event_id == event.id, Order.status == OrderStatus.CONFIRMED, left_minor() > 0
    )
    shares = _credits(LedgerAccount.ORGANIZER_PAYABLE, LedgerEntry.event_id == event.id)
    still_theirs = _credits(LedgerAccount.ORGANIZER_PAYABLE, LedgerEntry.organizer_id == event.organizer_id)
    return CancellationTotals(
        orders=sum(count for _, count, _ in rows),
        tickets=tickets,
        used=used,
        to_refund=[Money(int(left), currency) for currency, _, left in rows if left],
        fees=_monies(_credits(LedgerAccount.FEE_REVENUE, LedgerEntry.order_id.in_(to_return))),
        paid_out=_monies(
            {
                currency: min(share, share - max(still_theirs.get(currency, 0), 0))
                for currency, share in shares.items()
            }
        ),
    )


def find_cancellation_progress(event: Event) -> CancellationProgress:
    """Return how far the refunds of a cancelled event are, in two statements. A failed one that was promised again is no
    failed one."""
    orders, ended = db.session.execute(
        sa.select(sa.func.count(Order.id), sa.func.count(Order.cancelled_at)).where(
            Order.event_id == event.id,
            Order.confirmed_at.is_not(None),
            # What was refunded before the event was cancelled was ended then.
            sa.or_(Order.cancelled_at.is_not(None), Order.status == OrderStatus.CONFIRMED),
        )
    ).one()
    later = aliased(Refund)
    newer = sa.exists().where(
        later.order_id == Refund.order_id, later.source == _CANCELLED, later.id > Refund.id
    )
    rows = db.session.execute(
        sa.select(Refund.state, sa.func.count(Refund.id))
        .join(Order, Order.id == Refund.order_id)
        .where(Order.event_id == event.id, Refund.source == _CANCELLED, sa.not_(newer))
        .group_by(Refund.state)
    )
    counts = dict(rows.all())
    return CancellationProgress(
        orders=orders,
        ended=ended,
        returned=counts.get(RefundState.SUCCEEDED, 0),
        failed=counts.get(RefundState.FAILED, 0),
        waiting=sum(counts.get(state, 0) for state in UNDECIDED_REFUNDS),
    )


def list_refunds_in_need() -> list[Refund]:
    """Return the refunds that need somebody, the oldest first: failed ones that nothing was promised in place of and whose
    money is still here, and those that wait for money at the provider."""
    needs = Refund.state.in_((RefundState.FAILED, RefundState.BLOCKED))
    query = sa.select(Refund).where(needs).order_by(Refund.id).options(*_loaded())
    return [refund for refund in db.session.scalars(query).unique() if not is_replaced(refund)]


def get_refund(actor: Actor, uuid: object) -> Refund:
    """Return one refund that the actor may see to.

    :raises NotFound: there is none, or it is of somebody else's event.
    """
    query = sa.select(Refund).where(Refund.uuid == uuid).options(*_loaded())
    refund = db.session.scalars(query).unique().first()
    if refund is None or not may(actor, Permission.RETRY_REFUND, refund.order):
        raise NotFound("There is no such refund.")
    return refund


def _loaded() -> tuple[ORMOption, ...]:
    of_order = joinedload(Refund.order)
    return (
        of_order.joinedload(Order.event).joinedload(Event.organizer),
        of_order.selectinload(Order.refunds).selectinload(Refund.tickets),
        of_order.selectinload(Order.disputes),
        joinedload(Refund.payment),
    )


def _sum_of(amounts: sa.Select[int], order_id: InstrumentedAttribute[int]) -> sa.ColumnElement[int]:
    column = amounts.selected_columns[0]
    whole = amounts.with_only_columns(sa.func.coalesce(sa.func.sum(column), 0))
    return (
        whole.where(order_id == Order.id, Payment.state == PaymentState.PAID)
        .correlate(Order)
        .scalar_subquery()
    )


def _credits(account: LedgerAccount, condition: sa.ColumnElement[bool]) -> dict[str, int]:
    """Return by currency what stands on the credit side of an account, in minor units."""
    rows = db.session.execute(
        sa.select(LedgerEntry.currency, -sa.func.sum(LedgerEntry.amount_minor))
        .where(LedgerEntry.account == account, condition)
        .group_by(LedgerEntry.currency)
    )
    return {currency: int(minor) for currency, minor in rows}


def _monies(amounts: dict[str, int]) -> list[Money]:
    return [Money(minor, currency) for currency, minor in sorted(amounts.items()) if minor > 0]
