"""The provider's books against ours: what became of our refunds, and refunds that somebody made at the provider itself.

Asked by webhooks, and regularly for whatever is not decided, so that no refund depends on a message that was lost.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import AppError, ProviderDown
from easyticket.db import db, transactional
from easyticket.integrations.providers import RefundOutcome, RefundSnapshot
from easyticket.models import Order, Payment, PaymentState, Refund, RefundState
from easyticket.models.payment import BOOKED_STATES
from easyticket.rules.refund_amounts import left_of_payment, refundable_minor
from easyticket.rules.refunds import RefundSource, is_on_sale_still
from easyticket.services import ledger, tickets, withdrawal_cover
from easyticket.services.asking import go_past
from easyticket.services.attempts import note_asked
from easyticket.services.order_lock import lock_order
from easyticket.services.providers import get_provider
from easyticket.services.refund_sending import UNSENT, apply_refund_snapshot, send_refund
from easyticket.services.refunds import locked_tickets, new_refund

log = logging.getLogger(__name__)

# What is not decided is asked for this often; too little money at the provider is not mended in minutes.
ASKED_EVERY = timedelta(minutes=10)
BLOCKED_EVERY = timedelta(hours=1)
# How many payments of one provider are asked about in one run.
_BATCH = 50


def sync_refunds(payment_id: int, now: datetime | None = None) -> int:
    """Ask the provider for all refunds of a payment, act on each, and return how many there are.

    :raises ProviderDown: nothing is known; ask again.
    """
    now = now or clock.now()
    payment = db.session.get_one(Payment, payment_id)
    if payment.provider_ref is None:
        return 0
    provider, reference, ref = get_provider(payment.provider), payment.reference, payment.provider_ref
    db.session.rollback()  # no transaction stays open while the provider thinks
    snapshots = provider.fetch_refunds(reference, ref)
    for snapshot in snapshots:
        _take_in(payment_id, snapshot, now)
    return len(snapshots)


def reconcile_refunds(now: datetime | None = None) -> int:
    """Ask about every refund that is not decided, and send what is not sent; return about how many payments was asked.

    The longest unasked first. A provider that is down keeps nobody of another one waiting.
    """
    now = now or clock.now()
    waiting = sa.select(Payment.provider).distinct().where(_has_undecided(now))
    return sum(_reconcile(provider, now) for provider in db.session.scalars(waiting).all())


def _reconcile(provider: str, now: datetime) -> int:
    asked = sa.func.coalesce(Payment.checked_at, Payment.created_at)
    query = sa.select(Payment.id).where(Payment.provider == provider, _has_undecided(now)).order_by(asked)
    count = 0
    for payment_id in db.session.scalars(query.limit(_BATCH)).all():
        count += 1
        note_asked([payment_id], now)
        try:
            sync_refunds(payment_id, now)
            for refund_id in db.session.scalars(_unsent(payment_id)).all():
                send_refund(refund_id)
        except ProviderDown as error:
            log.warning("refunds at %s could not be asked for: %s", provider, error.message)
            break
        except AppError as error:
            log.warning("a refund waits: %s", error.message, extra={"payment_id": payment_id})
        except Exception:  # an answer that cannot be kept must not keep the refunds of others
            go_past("the refunds of payment", payment_id)
    return count


def _has_undecided(now: datetime) -> sa.ColumnElement[bool]:
    asked = sa.func.coalesce(Payment.checked_at, Payment.created_at)
    # A new one is being sent by its job.
    undecided = sa.and_(
        Refund.state.in_((RefundState.REQUESTED, RefundState.UNKNOWN, RefundState.PENDING)),
        Refund.updated_at < now - ASKED_EVERY,
        asked < now - ASKED_EVERY,
    )
    blocked = sa.and_(
        Refund.state == RefundState.BLOCKED,
        Refund.updated_at < now - BLOCKED_EVERY,
        asked < now - BLOCKED_EVERY,
    )
    return sa.exists().where(Refund.payment_id == Payment.id, sa.or_(undecided, blocked))


def _unsent(payment_id: int) -> sa.Select[int]:
    return sa.select(Refund.id).where(Refund.payment_id == payment_id, Refund.state.in_(UNSENT))


@transactional
def _take_in(payment_id: int, snapshot: RefundSnapshot, now: datetime) -> None:
    order = lock_order(db.session.scalars(sa.select(Payment.order_id).where(Payment.id == payment_id)).one())
    payment = db.session.get_one(Payment, payment_id, populate_existing=True)
    refund = _find_refund(payment, snapshot) or _note_foreign(payment, order, snapshot, now)
    if refund is not None:
        apply_refund_snapshot(refund.id, snapshot, now)


def _find_refund(payment: Payment, snapshot: RefundSnapshot) -> Refund | None:
    named = Refund.provider_ref == snapshot.provider_ref
    try:
        named = sa.or_(Refund.uuid == UUID(snapshot.key), named) if snapshot.key else named
    except ValueError:
        log.warning(
            "a refund at the provider carries a key that is not ours", extra={"payment_id": payment.id}
        )
    # Ours goes before a row that only has the provider's name for it.
    query = sa.select(Refund).where(Refund.payment_id == payment.id, named).order_by(Refund.id)
    return db.session.scalars(query).first()


def _note_foreign(payment: Payment, order: Order, snapshot: RefundSnapshot, now: datetime) -> Refund | None:
    """Write down a refund that was made at the provider, as far as our books have the money; None where they have none.

    Tickets end only where all of the order's money is returned by it.
    """
    if (
        snapshot.outcome in (RefundOutcome.FAILED, RefundOutcome.BLOCKED)
        or payment.state not in BOOKED_STATES
    ):
        return None
    is_sale = payment.state is PaymentState.PAID
    whole = order.total_minor if is_sale else payment.captured_minor or 0
    left = left_of_payment(payment, order, whole)
    amount = min(snapshot.amount_minor, left)
    if amount < snapshot.amount_minor or snapshot.currency != payment.currency:
        facts = {"payment_id": payment.id, "returned": snapshot.amount_minor, "left": left}
        log.error("more was refunded at the provider than our books have left", extra=facts)
    if amount <= 0 or snapshot.currency != payment.currency:
        return None
    is_whole = is_sale and amount == refundable_minor(order)
    refund = new_refund(
        payment, amount, source=RefundSource.PROVIDER.value, provider_ref=snapshot.provider_ref
    )
    if is_whole:
        tickets.cancel_tickets(locked_tickets(order), now, restock=is_on_sale_still(order.event, now))
    ledger.post_refund_requested(refund, now, fulfilled=is_sale)
    withdrawal_cover.note_refund(order.event.organizer_id, now)
    return refund
