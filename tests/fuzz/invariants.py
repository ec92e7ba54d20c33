"""What is true of the database whatever was asked of the API: counters are what they count, and money adds up to nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import sqlalchemy as sa

from easyticket.db import db
from easyticket.models import (
    Admission,
    Hold,
    HoldLine,
    HoldState,
    LedgerAccount,
    LedgerEntry,
    OfferQuota,
    Order,
    OrderLine,
    OrderStatus,
    OutboxJob,
    Payment,
    PaymentState,
    Payout,
    PayoutState,
    Quota,
    Ticket,
    TicketStatus,
)

_ON_THEIR_WAY = (PayoutState.REQUESTED, PayoutState.PENDING, PayoutState.UNKNOWN)


def broken_invariants() -> list[str]:
    """Return a sentence for everything that should be impossible and is so."""
    return [*_counters(), *_ledger(), *_orders(), *_tickets(), *_jobs()]


def _counters() -> Iterator[str]:
    held, sold = _units(HoldState.HELD), _units(HoldState.CONVERTED)
    released = sa.select(OfferQuota.quota_id).join(Ticket, Ticket.offer_id == OfferQuota.offer_id)
    sold.subtract(db.session.scalars(released.where(Ticket.released_at.is_not(None))))
    for quota in db.session.scalars(sa.select(Quota)):
        counted, added_up = (quota.held, quota.sold), (held[quota.id], sold[quota.id])
        if counted != added_up:
            yield f"quota {quota.kind} {quota.owner_id}: counts {counted} held and sold, holds and tickets say {added_up}"
        if quota.capacity is not None and quota.held + quota.sold > quota.capacity:
            yield f"quota {quota.kind} {quota.owner_id}: more than its capacity"


def _units(state: HoldState) -> Counter[int]:
    lines = sa.select(HoldLine.quota_id, HoldLine.quantity).join(Hold, Hold.id == HoldLine.hold_id)
    units: Counter[int] = Counter()
    for quota_id, quantity in db.session.execute(lines.where(Hold.state == state)):
        units[quota_id] += quantity
    return units


def _ledger() -> Iterator[str]:
    amount = sa.func.sum(LedgerEntry.amount_minor)
    for group in (LedgerEntry.currency, LedgerEntry.posting_id):
        for value in db.session.scalars(sa.select(group).group_by(group).having(amount != 0)):
            yield f"ledger: {group.key} {value} does not sum to zero"
    paid = sa.select(Payment.order_id).where(Payment.state == PaymentState.PAID)
    kept = sa.func.sum(Order.total_minor - Order.refunded_minor)
    expected = db.session.scalar(
        sa.select(kept).where(Order.id.in_(paid), Order.status.in_(["confirmed", "refunded"]))
    )
    cash = sa.select(amount).where(LedgerEntry.account == LedgerAccount.PROVIDER_CASH)
    taken = db.session.scalar(cash.where(LedgerEntry.order_id.is_not(None)))
    if (taken or 0) != (expected or 0):
        yield f"ledger: {taken} taken from payers, {expected} kept for orders"
    yield from _payouts(cash.where(LedgerEntry.order_id.is_(None)))


def _payouts(left: sa.Select[tuple[int]]) -> Iterator[str]:
    """What organizers asked for is on its way until it has `left`, and nothing else is; what they gave up is neither."""
    transit = sa.select(sa.func.sum(LedgerEntry.amount_minor)).where(
        LedgerEntry.account == LedgerAccount.PAYOUT_TRANSIT
    )
    for entries, states in ((left, (PayoutState.PAID,)), (transit, _ON_THEIR_WAY)):
        moved = -(db.session.scalar(entries) or 0)
        asked = sa.select(sa.func.sum(Payout.amount_minor)).where(Payout.state.in_(states))
        expected = db.session.scalar(asked) or 0
        if moved != expected:
            yield f"ledger: {moved} of withdrawals that are {', '.join(states)}, which are {expected}"


def _orders() -> Iterator[str]:
    for order in db.session.scalars(sa.select(Order).where(Order.refunded_minor > Order.total_minor)):
        yield f"order {order.number}: more returned than was paid"
    lines = sa.select(sa.func.sum(OrderLine.quantity)).where(OrderLine.order_id == Order.id).scalar_subquery()
    issued = sa.select(sa.func.count(Ticket.id)).where(Ticket.order_id == Order.id).scalar_subquery()
    confirmed = sa.select(Order.number).where(Order.status == OrderStatus.CONFIRMED)
    for number in db.session.scalars(confirmed.where(lines != issued)):
        yield f"order {number}: confirmed with another number of tickets than were bought"
    unpaid = sa.select(Order.number).where(
        Order.status.not_in([OrderStatus.CONFIRMED, OrderStatus.REFUNDED]), issued > 0
    )
    for number in db.session.scalars(unpaid.where(_has_valid_ticket())):
        yield f"order {number}: valid tickets without being confirmed"


def _has_valid_ticket() -> sa.ColumnElement[bool]:
    return (
        sa.exists()
        .where(Ticket.order_id == Order.id, Ticket.status != TicketStatus.CANCELLED)
        .correlate(Order)
    )


def _tickets() -> Iterator[str]:
    entered = sa.select(Ticket.code).where(
        Ticket.status == TicketStatus.USED, ~Ticket.id.in_(sa.select(Admission.ticket_id))
    )
    for code in db.session.scalars(entered):
        yield f"ticket {code}: used, and nobody was admitted with it"


def _jobs() -> Iterator[str]:
    for job in db.session.scalars(sa.select(OutboxJob).where(OutboxJob.failed_at.is_not(None))):
        yield f"job {job.name} {job.payload}: given up"
