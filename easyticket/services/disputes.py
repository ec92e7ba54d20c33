"""Disputes: a payer's bank takes money back from us, or asks about it, and decides weeks later.

While it looks into it the organizer's share is frozen and the tickets are flagged; they admit still, and the gate says so.
What is lost ends the tickets nobody used, and their places are not sold again.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import NotFound, ProviderDown
from easyticket.db import db, transactional
from easyticket.integrations.providers import DisputeSnapshot, DisputeState
from easyticket.models import (
    Dispute,
    EventStatus,
    Order,
    OrderStatus,
    Payment,
    PaymentState,
    Refund,
    Ticket,
    TicketStatus,
)
from easyticket.models.payment import (
    BOOKED_STATES,
    TAKEN_BACK,
    UNDECIDED_DISPUTES,
    UNDECIDED_REFUNDS,
)
from easyticket.queue import JobName, enqueue
from easyticket.rules.refund_amounts import refundable_minor
from easyticket.rules.refunds import LOST_REASON
from easyticket.services import ledger, tickets, withdrawal_cover
from easyticket.services.asking import Round, go_past
from easyticket.services.attempts import in_turns, note_asked
from easyticket.services.order_lock import lock_order
from easyticket.services.providers import get_provider
from easyticket.services.refund_sending import UNSENT
from easyticket.services.refund_sync import sync_refunds
from easyticket.services.refunds import locked_tickets

log = logging.getLogger(__name__)

# A dispute only climbs; what was lost may be given back to us after all.
_RANK = {DisputeState.WARNING: 0, DisputeState.OPEN: 1, DisputeState.LOST: 2, DisputeState.WON: 3}
_PAUSE = timedelta(hours=1)
_MOST, _SECONDS = 50, 20


def sync_disputes(payment_id: int, now: datetime) -> None:
    """Read all disputes of a payment afresh and act on each, after its refunds: what was returned before a dispute decides
    whether anything of the sale is left when that is lost, in whatever order we are told.

    :raises NotFound: its provider is switched off.
    :raises ProviderDown: nothing is known; ask again.
    """
    sync_refunds(payment_id, now)
    payment = db.session.get_one(Payment, payment_id)
    reference, provider_ref = payment.reference, payment.provider_ref or ""
    provider = get_provider(payment.provider)
    db.session.rollback()  # no transaction stays open while the provider thinks
    for snapshot in provider.fetch_disputes(reference, provider_ref):
        apply_dispute_snapshot(payment_id, snapshot, now)


def reconcile_disputes(now: datetime | None = None) -> int:
    """Ask every hour about disputes that are not decided, more often where money of theirs is on its way back too; return
    how many payments were asked about."""
    now = now or clock.now()
    undecided = sa.select(Dispute.payment_id).where(Dispute.state.in_(UNDECIDED_DISPUTES))
    asked = sa.func.coalesce(Payment.checked_at, Payment.created_at)
    # Asking about a refund counts as asking about its payment, and is done before the hour is over.
    is_returned = sa.exists().where(Refund.payment_id == Payment.id, Refund.state.in_(UNDECIDED_REFUNDS))
    query = (
        sa.select(Payment.id, Payment.provider)
        .where(Payment.id.in_(undecided), sa.or_(asked < now - _PAUSE, is_returned))
        .order_by(*in_turns())
        .limit(_MOST)
    )
    asking, asked_about = Round(seconds=_SECONDS), []
    for payment_id, provider in db.session.execute(query).all():
        if not asking.may_ask(provider):
            continue
        asked_about.append(payment_id)
        try:
            sync_disputes(payment_id, now)
        except (ProviderDown, NotFound) as error:
            asking.note_unanswered(provider)
            log.warning("disputes of payment %s could not be read: %s", payment_id, error.message)
        except Exception:  # an answer that cannot be kept must not keep the disputes of others
            go_past("the disputes of payment", payment_id)
    if asked_about:
        note_asked(asked_about, now)
    return len(asked_about)


@transactional
def apply_dispute_snapshot(payment_id: int, snapshot: DisputeSnapshot, now: datetime) -> Dispute:
    """Bring a dispute, its order, tickets and the ledger to what the provider says; safe to call any number of times."""
    order = lock_order(db.session.scalars(sa.select(Payment.order_id).where(Payment.id == payment_id)).one())
    payment = db.session.get_one(Payment, payment_id, with_for_update=True, populate_existing=True)
    found = sa.select(Dispute).filter_by(payment_id=payment_id, provider_ref=snapshot.provider_ref)
    dispute = db.session.scalar(found.execution_options(populate_existing=True))
    before = dispute.state if dispute else None
    if dispute is not None and _RANK[snapshot.state] <= _RANK[dispute.state]:
        if before is DisputeState.WON and snapshot.state in TAKEN_BACK:
            # A second round is in nobody's books: each turn of a dispute is posted once.
            log.error("dispute %s was won and is %s now: see to it by hand", dispute.id, snapshot.state.value)
        dispute.due_at = snapshot.due_at or dispute.due_at
        return dispute
    if dispute is None:
        dispute = Dispute(order=order, payment=payment, provider_ref=snapshot.provider_ref)
    _note(dispute, snapshot, now)
    db.session.add(dispute)
    db.session.flush()
    _book(dispute, now)
    if payment.state is PaymentState.PAID:
        _mark_tickets(dispute, order, before, now)
    if dispute.state not in UNDECIDED_DISPUTES:
        _go_on_with_refunds(dispute)
    log.warning("dispute %s of payment %s: %s", dispute.id, payment_id, dispute.state.value)
    told = {"dispute_id": dispute.id, "state": dispute.state.value}
    enqueue(JobName.MAIL_PAYMENT_DISPUTED, told, key=f"payment-disputed:{dispute.id}:{dispute.state.value}")
    return dispute


def _note(dispute: Dispute, snapshot: DisputeSnapshot, now: datetime) -> None:
    dispute.state = snapshot.state
    dispute.reason, dispute.due_at = snapshot.reason[:200], snapshot.due_at or dispute.due_at
    if dispute.opened_at is None:
        dispute.amount_minor, dispute.currency = _amount_of(dispute.payment, snapshot)
    if snapshot.state not in UNDECIDED_DISPUTES:
        dispute.closed_at = now


def _amount_of(payment: Payment, snapshot: DisputeSnapshot) -> tuple[int, str]:
    """Return what is disputed in the payment's currency; all of it where the bank counts in another one."""
    whole = payment.captured_minor or payment.amount_minor
    if snapshot.currency != payment.currency:
        log.warning("payment %s is disputed in %s: all of it counts", payment.id, snapshot.currency[:3])
        return whole, payment.currency
    return snapshot.amount_minor or whole, payment.currency


def _book(dispute: Dispute, now: datetime) -> None:
    """Post what the dispute did to our money. A question that was put away did nothing."""
    if dispute.payment.state not in BOOKED_STATES:
        return
    if dispute.state in TAKEN_BACK and dispute.opened_at is None:
        dispute.opened_at = now
        ledger.post_dispute_opened(dispute, now)
        withdrawal_cover.note_refund(dispute.order.event.organizer_id, now)
    if dispute.opened_at is not None and dispute.state is DisputeState.LOST:
        ledger.post_dispute_lost(dispute, now)
    if dispute.opened_at is not None and dispute.state is DisputeState.WON:
        ledger.post_dispute_won(dispute, now)


def _mark_tickets(dispute: Dispute, order: Order, before: DisputeState | None, now: datetime) -> None:
    of_order = locked_tickets(order)
    if dispute.state in UNDECIDED_DISPUTES:
        for ticket in of_order:
            if ticket.status is not TicketStatus.CANCELLED:
                ticket.disputed_at = ticket.disputed_at or now
        return
    if dispute.state is DisputeState.LOST and refundable_minor(order) == 0:
        _end_tickets(order, now)
    elif before is DisputeState.LOST:
        _revive_tickets(order)
    if not any(other.state in UNDECIDED_DISPUTES for other in order.disputes):
        for ticket in of_order:
            # On a ticket that ended by a dispute it stays: should the money come back after all, it is good again.
            if ticket.status is not TicketStatus.CANCELLED:
                ticket.disputed_at = None


def _go_on_with_refunds(dispute: Dispute) -> None:
    """Send what waited for the bank; what it took for good is taken back then instead."""
    for refund in dispute.order.refunds:
        if refund.payment_id == dispute.payment_id and refund.state in UNSENT:
            key = f"send-refund:{refund.id}:{dispute.id}:{dispute.state.value}"
            enqueue(JobName.SEND_REFUND, {"refund_id": refund.id}, key=key)


def _end_tickets(order: Order, now: datetime) -> None:
    """Nothing of the sale is left: what nobody used ends, and its places are not sold again."""
    unused = [ticket for ticket in order.tickets if ticket.status is TicketStatus.ACTIVE]
    for ticket in unused:
        ticket.disputed_at = ticket.disputed_at or now
    tickets.cancel_tickets(unused, now, restock=False)
    if order.status is OrderStatus.CONFIRMED:
        order.status = OrderStatus.CANCELLED
        order.cancelled_at, order.cancellation_reason = now, LOST_REASON


def _revive_tickets(order: Order) -> None:
    """The bank gave back what it had taken for good: the order stands again, unless its event was called off meanwhile."""
    if order.status is not OrderStatus.CANCELLED or order.cancellation_reason != LOST_REASON:
        return
    if order.event.status is not EventStatus.PUBLISHED:
        log.error("order %s has its money back and no event any more", order.id)
        return
    order.status = OrderStatus.CONFIRMED
    order.cancelled_at, order.cancellation_reason = None, ""
    for ticket in _ended_by_dispute(order):
        ticket.status, ticket.cancelled_at, ticket.disputed_at = TicketStatus.ACTIVE, None, None


def _ended_by_dispute(order: Order) -> Sequence[Ticket]:
    return [
        ticket
        for ticket in order.tickets
        if ticket.status is TicketStatus.CANCELLED
        and ticket.disputed_at is not None
        and ticket.released_at is None
    ]
