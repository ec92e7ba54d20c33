"""What becomes of a promised refund: asking the provider for it, and acting on what the provider says of it.

`apply_refund_snapshot` is the one place where a refund moves. It only climbs: requested, blocked or unknown, then pending,
then succeeded; and from anywhere to failed, where it stays. Money that comes back after it was returned is such a failure.
"""

from __future__ import annotations

import enum
import logging
from datetime import datetime, timedelta

import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import AppError, ProviderDown
from easyticket.db import db, transactional
from easyticket.integrations.providers import RefundOutcome, RefundRequest, RefundSnapshot
from easyticket.models import Order, OrderStatus, PaymentState, Refund, RefundState
from easyticket.queue import JobName, enqueue
from easyticket.rules.refund_amounts import is_promised_twice, left_of, refundable_minor
from easyticket.rules.refunds import LOST_REASON, is_disputed, is_promised_again, readers_of_failure
from easyticket.services import ledger
from easyticket.services.order_lock import lock_order
from easyticket.services.providers import get_provider

log = logging.getLogger(__name__)

# Not known to have begun at the provider.
UNSENT = (RefundState.REQUESTED, RefundState.BLOCKED, RefundState.UNKNOWN)
# Longer than asking a provider takes with its own repetitions; a process that dies meanwhile delays its refund by it.
_ASKING = timedelta(minutes=2)
# After this long what failed and nobody would ask for is promised once more.
SECOND_TRY = timedelta(days=1)


_IN_DISPUTE = "The payer's bank has this payment in hand. It is sent once the bank has decided for us."
_TAKEN_TWICE = "The payer's bank has taken this money for good, so the payer has it already."


class _Turn(enum.Enum):
    """What one process may do about a refund: nothing, ask for it, or only see whether it was asked for before."""

    NOTHING = enum.auto()
    ASK = enum.auto()
    LOOK_UP = enum.auto()


class RefundBlocked(AppError):
    """There is too little money at the provider, so nothing was begun: it is to be asked again later."""

    code = "refund_blocked"


class RefundBeingSent(AppError):
    """Somebody else is asking the provider for it, or has asked and got no answer a moment ago."""

    code = "refund_being_sent"


def send_refund(refund_id: int) -> None:
    """Ask the provider for a promised refund (job). The same key on every try, so that money goes back once; and one
    process at a time, for a provider without keys returns it as often as it is asked. What a bank has in hand, or took
    for good, is not asked for: it waits, or the promise is taken back.

    :raises ProviderDown: not known whether it arrived; the job comes again.
    :raises RefundBlocked: not begun for want of money there; the job comes again.
    :raises RefundBeingSent: another process asks; the job comes again.
    """
    turn = _claim(refund_id, clock.now())
    if turn is _Turn.NOTHING:
        return
    refund = db.session.get_one(Refund, refund_id)
    request = RefundRequest(
        key=str(refund.uuid),
        reference=refund.payment.reference,
        provider_ref=refund.payment.provider_ref or "",
        amount_minor=refund.amount_minor,
        currency=refund.currency,
        reason=refund.reason,
    )
    is_unknown = turn is _Turn.LOOK_UP or refund.state is RefundState.UNKNOWN
    provider = get_provider(refund.payment.provider)
    db.session.rollback()  # no transaction stays open while the provider thinks
    try:
        sent = provider.fetch_refunds(request.reference, request.provider_ref) if is_unknown else ()
        answer = next((each for each in sent if each.key == request.key), None)
        if answer is None and turn is _Turn.ASK:
            answer = provider.refund(request)
    except ProviderDown as error:
        _note_unknown(refund_id, error.message, timedelta(seconds=provider.refund_doubt_seconds))
        raise
    if answer is None:
        _hold_back(refund_id, clock.now())
        return
    apply_refund_snapshot(refund_id, answer, clock.now())
    if answer.outcome is RefundOutcome.BLOCKED:
        raise RefundBlocked(f"Too little money at the provider: {answer.message}")


@transactional
def apply_refund_snapshot(refund_id: int, snapshot: RefundSnapshot, now: datetime) -> Refund:
    """Bring a refund, its order and the ledger to what the provider says; safe to call by anyone, any number of times."""
    order = lock_order(db.session.scalars(sa.select(Refund.order_id).where(Refund.id == refund_id)).one())
    refund = db.session.get_one(Refund, refund_id, with_for_update=True, populate_existing=True)
    before = refund.state
    if before is RefundState.FAILED or not _is_news(before, snapshot.outcome):
        return refund
    refund.provider_ref = snapshot.provider_ref or refund.provider_ref
    refund.last_error, refund.sending_until = snapshot.message[:500], None
    if snapshot.outcome is RefundOutcome.FAILED:
        _note_failed(refund, order, now)
    elif snapshot.outcome is RefundOutcome.BLOCKED:
        refund.state = RefundState.BLOCKED
        log.error("a refund waits: %s", snapshot.message, extra={"refund_id": refund_id})
    elif snapshot.outcome is RefundOutcome.PENDING:
        refund.state = RefundState.PENDING
    else:
        _note_paid(refund, order, now)
    if before in UNSENT and refund.state in (RefundState.PENDING, RefundState.SUCCEEDED):
        enqueue(JobName.MAIL_ORDER_REFUNDED, {"refund_id": refund.id}, key=f"order-refunded:{refund.id}")
    return refund


def _is_news(state: RefundState, outcome: RefundOutcome) -> bool:
    """Tell whether an answer moves a refund: one that was read late, or again, says less than is known."""
    if outcome in (RefundOutcome.PENDING, RefundOutcome.BLOCKED):
        return state in UNSENT
    return outcome is RefundOutcome.FAILED or state is not RefundState.SUCCEEDED


def _note_paid(refund: Refund, order: Order, now: datetime) -> None:
    refund.state = RefundState.SUCCEEDED
    refund.succeeded_at = now
    ledger.post_refund_paid(refund, now)
    if refund.payment.state is PaymentState.PAID:
        order.refunded_minor += refund.amount_minor
        if order.refunded_minor == order.total_minor:
            order.status = OrderStatus.REFUNDED
        enqueue(JobName.ISSUE_CREDIT_NOTE, {"refund_id": refund.id}, key=f"credit-note:{refund.id}")


def _note_failed(refund: Refund, order: Order, now: datetime) -> None:
    """Take the promise back: the money is ours to return still, and somebody has to see to it. Its tickets stay ended."""
    if refund.state is RefundState.SUCCEEDED:
        ledger.post_refund_bounced(refund, now)
        if refund.payment.state is PaymentState.PAID:
            order.refunded_minor -= refund.amount_minor
            if order.status is OrderStatus.REFUNDED:
                order.status = OrderStatus.CONFIRMED
    refund.state = RefundState.FAILED
    refund.failed_at = now
    ledger.post_refund_failed(refund, now)
    if order.cancellation_reason == LOST_REASON and refundable_minor(order):
        # Ended because nothing of the sale was left. Its tickets stay ended, and the rest can be returned.
        order.status = OrderStatus.CONFIRMED
        order.cancelled_at, order.cancellation_reason = None, ""
    log.error("a refund failed and needs somebody", extra={"refund_id": refund.id})
    is_taken = refund.last_error == _TAKEN_TWICE
    # Of what a bank took they were told, and the rest is promised anew.
    for reader in [] if is_taken else readers_of_failure(refund):
        told = {"refund_id": refund.id, "reader": reader.value}
        enqueue(JobName.MAIL_REFUND_FAILED, told, key=f"refund-failed:{refund.id}:{reader}")
    if left_of(refund.payment, order) if is_taken else is_promised_again(refund):
        moment = now if is_taken else now + SECOND_TRY
        again = {"refund_id": refund.id}
        enqueue(JobName.REFUND_AGAIN, again, run_at=moment, key=f"refund-again:{refund.id}")


@transactional
def _claim(refund_id: int, now: datetime) -> _Turn:
    """Take a refund to ask the provider for it; under the order's lock, where disputes are written down too."""
    order = lock_order(db.session.scalars(sa.select(Refund.order_id).where(Refund.id == refund_id)).one())
    refund = db.session.get_one(Refund, refund_id, with_for_update=True, populate_existing=True)
    if refund.state not in UNSENT:
        return _Turn.NOTHING
    if refund.sending_until is not None and refund.sending_until > now:
        raise RefundBeingSent("This refund is being asked for already.")
    turn = _Turn.ASK
    if _why_not(refund, order):
        # Whoever took it before may have died after asking.
        if refund.state is not RefundState.UNKNOWN and refund.sending_until is None:
            _hold_back(refund_id, now)
            return _Turn.NOTHING
        turn = _Turn.LOOK_UP
    refund.sending_until = now + _ASKING
    return turn


@transactional
def _hold_back(refund_id: int, now: datetime) -> None:
    """Note of a refund that has not begun at the provider that it waits for a bank, or that its promise is void."""
    order = lock_order(db.session.scalars(sa.select(Refund.order_id).where(Refund.id == refund_id)).one())
    refund = db.session.get_one(Refund, refund_id, with_for_update=True, populate_existing=True)
    why = _why_not(refund, order)
    outcome = RefundOutcome.FAILED if why == _TAKEN_TWICE else RefundOutcome.BLOCKED
    if refund.state in UNSENT:
        apply_refund_snapshot(refund_id, RefundSnapshot("", outcome, why, key=str(refund.uuid)), now)


def _why_not(refund: Refund, order: Order) -> str:
    """Return why a refund that has not begun must not begin now; empty where it may."""
    # What was loaded before the lock may be older than the last word of the bank.
    db.session.expire(order, ["disputes", "refunds"])
    if is_disputed(order, refund.payment):
        return _IN_DISPUTE
    return _TAKEN_TWICE if is_promised_twice(refund.payment, order) else ""


@transactional
def _note_unknown(refund_id: int, message: str, doubt: timedelta) -> None:
    """Remember that no answer came; nobody asks again before what was sent has either arrived or is lost."""
    db.session.execute(
        sa.update(Refund)
        .where(Refund.id == refund_id, Refund.state.in_(UNSENT))
        .values(state=RefundState.UNKNOWN, last_error=message[:500], sending_until=clock.now() + doubt)
    )
