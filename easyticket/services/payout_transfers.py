"""Organizers' money that a provider sends: handing it over, asking how it stands, and what the answer does to payout and
ledger.

What a payout is at is committed before the provider is asked, and asked it is outside any transaction: no answer means
not known, never failed. `apply_transfer_snapshot` is the only way an answer counts, and only moves upwards.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import ProviderDown
from easyticket.db import db, transactional
from easyticket.integrations.transfers import (
    TransferProvider,
    TransferRequest,
    TransferSnapshot,
    TransferState,
)
from easyticket.models import PaymentProfile, Payout, PayoutState, ProfileMethod
from easyticket.queries.withdrawals import find_payout_obstacle
from easyticket.queue import JobName, enqueue
from easyticket.rules.payouts import BY_HAND, is_sent_by_provider
from easyticket.services import ledger
from easyticket.services.asking import go_past
from easyticket.services.organizer_lock import lock_organizer
from easyticket.services.providers import transfer_provider_for
from easyticket.services.withdrawals import note_paid

log = logging.getLogger(__name__)

_SENT = (PayoutState.PENDING, PayoutState.UNKNOWN)
# So long whoever began to send a payout is left alone with it.
_BUSY = timedelta(minutes=1)
# What a provider has not got so long after it was sent, it never will.
_SURELY_MISSING = timedelta(hours=1)
# How long after the last look a payout is looked after again.
_LOOK_AGAIN = {
    PayoutState.UNKNOWN: timedelta(minutes=1),
    PayoutState.PENDING: timedelta(minutes=5),
    PayoutState.REQUESTED: timedelta(minutes=10),
}
_MOST_AT_ONCE = 50
_NEEDS_CODE = "A person has to confirm this transfer at the provider with the code it sent."


@dataclass(frozen=True, slots=True)
class _Step:
    """One question to the provider: `is_first` where it was never handed over, `obstacle` why it must not be any more."""

    provider: TransferProvider
    request: TransferRequest
    asked_at: datetime
    is_first: bool
    obstacle: str | None


def send_payout(payout_id: int) -> None:
    """Hand a payout to the provider, or find out what became of it (job). However often it runs, money is sent once.

    :raises ProviderDown: the outcome is not known; the job comes again.
    """
    step = _begin(payout_id, clock.now())
    db.session.rollback()  # nothing stays open while the provider thinks
    if step is None:
        return
    try:
        answer = _ask(step)
    except ProviderDown as error:
        _note_unknown(payout_id, step.asked_at, error.message, clock.now())
        raise
    apply_transfer_snapshot(step.request.reference, answer, clock.now(), asked_at=step.asked_at)


def sync_transfer(reference: str) -> None:
    """Bring a payout to what the provider says about it now. A reference that is none of ours is left alone.

    :raises ProviderDown: it does not answer.
    """
    payout = db.session.scalar(sa.select(Payout).filter_by(reference=reference))
    provider = _provider_of(payout) if payout is not None and payout.sent_at is not None else None
    db.session.rollback()
    if provider is not None:
        apply_transfer_snapshot(reference, provider.fetch_transfer(reference), clock.now())


def reconcile_payouts(now: datetime | None = None) -> int:
    """Look after payouts that nothing was heard of for a while (regularly), and return how many."""
    payout_ids = _list_overdue(now or clock.now())
    db.session.rollback()
    for payout_id in payout_ids:
        try:
            send_payout(payout_id)
        except ProviderDown as error:
            # Whoever does not answer about one will hardly about the next; the others are first next time.
            log.warning("payouts are looked after later", extra={"payout_id": payout_id}, exc_info=error)
            break
        except Exception:  # what cannot be asked or kept about one must not keep the money of others
            go_past("payout", payout_id)
    return len(payout_ids)


@transactional
def apply_transfer_snapshot(
    reference: str, snapshot: TransferSnapshot, now: datetime, *, asked_at: datetime | None = None
) -> Payout | None:
    """Bring a payout to what the provider says; None where there is none of this reference.

    `asked_at` names the try that this answers: that nothing was begun is only believed to the last one.
    """
    payout = _locked(sa.select(Payout.id).where(Payout.reference == reference))
    if payout is None:
        return None
    is_last_try = asked_at is not None and payout.checked_at == asked_at
    payout.checked_at = payout.updated_at = now
    if _is_other_money(payout, snapshot):
        payout.last_error = "The provider sent another amount. Somebody has to look at it."
        log.error("a transfer is not what was asked for", extra={"payout_id": payout.id})
        return payout
    payout.provider_ref = snapshot.provider_ref or payout.provider_ref
    if snapshot.state is TransferState.REVERSED:
        _note_reversed(payout, snapshot, now)
    elif payout.state in (*_SENT, PayoutState.REQUESTED):
        _move(payout, snapshot, is_last_try=is_last_try, now=now)
    elif _contradicts(payout, snapshot):
        payout.last_error = f"The provider says now that this transfer is {snapshot.state.value}."
        log.error("a transfer that was settled changed", extra={"payout_id": payout.id})
    return payout


def _move(payout: Payout, snapshot: TransferSnapshot, *, is_last_try: bool, now: datetime) -> None:
    if snapshot.state is TransferState.PAID:
        _note_arrived(payout, snapshot, now)
    elif snapshot.state is TransferState.FAILED:
        _give_back(payout, PayoutState.FAILED, snapshot, now)
    elif snapshot.state in (TransferState.PENDING, TransferState.NEEDS_CODE):
        payout.state = PayoutState.PENDING
        payout.sent_at = payout.sent_at or now
        payout.last_error = _NEEDS_CODE if snapshot.state is TransferState.NEEDS_CODE else ""
    elif payout.state in _SENT:
        _note_not_begun(payout, snapshot, is_last_try=is_last_try, now=now)


def _note_not_begun(payout: Payout, snapshot: TransferSnapshot, *, is_last_try: bool, now: datetime) -> None:
    """Nothing is known there of what was handed over (`missing`), or it was turned away for now (`blocked`)."""
    payout.last_error = snapshot.message[:500] or "The provider has no such transfer."
    is_old = payout.sent_at is not None and payout.sent_at <= now - _SURELY_MISSING
    if is_last_try and (snapshot.state is TransferState.BLOCKED or is_old):
        payout.state, payout.sent_at = PayoutState.REQUESTED, None
    else:
        # It may be on its way there still: not to be cancelled, and asked about again.
        payout.state = PayoutState.UNKNOWN
    log.warning("a payout waits", extra={"payout_id": payout.id, "why": snapshot.state.value})


def _note_arrived(payout: Payout, snapshot: TransferSnapshot, now: datetime) -> None:
    payout.fee_minor, payout.sent_at = snapshot.fee_minor, payout.sent_at or now
    note_paid(payout, now)
    ledger.post_payout_fee(payout, now)


def _give_back(payout: Payout, state: PayoutState, snapshot: TransferSnapshot, now: datetime) -> None:
    payout.state, payout.last_error = state, snapshot.message[:500]
    db.session.flush()
    if state is PayoutState.FAILED:
        ledger.post_payout_failed(payout, now)
    else:
        ledger.post_payout_reversed(payout, now)
    enqueue(JobName.MAIL_PAYOUT_FAILED, {"payout_id": payout.id}, key=f"payout-failed:{payout.id}")
    log.error("a transfer did not reach its account", extra={"payout_id": payout.id, "state": state.value})


def _note_reversed(payout: Payout, snapshot: TransferSnapshot, now: datetime) -> None:
    if payout.state in (*_SENT, PayoutState.REQUESTED):
        # It arrived and came back between two looks: the books say both.
        payout.fee_minor, payout.paid_at = snapshot.fee_minor, now
        ledger.post_payout_paid(payout, now)
        ledger.post_payout_fee(payout, now)
    elif payout.state is not PayoutState.PAID:
        return
    _give_back(payout, PayoutState.REVERSED, snapshot, now)


def _ask(step: _Step) -> TransferSnapshot:
    if step.is_first:
        return step.provider.send(step.request)
    known = step.provider.fetch_transfer(step.request.reference)
    if known.state is not TransferState.MISSING or step.obstacle:
        return known
    return step.provider.send(step.request)


@transactional
def _begin(payout_id: int, now: datetime) -> _Step | None:
    """Note that the provider is about to be asked, and return the question; None where there is none to ask now."""
    payout = _locked(sa.select(Payout.id).where(Payout.id == payout_id))
    if payout is None or not is_sent_by_provider(payout) or payout.state not in _LOOK_AGAIN:
        return None
    last_seen_at, payout.checked_at = payout.checked_at, now
    provider, obstacle = _provider_of(payout), find_payout_obstacle(payout, now)
    if provider is None:
        _leave_to_people(payout)
        return None
    is_first = payout.state is PayoutState.REQUESTED
    if is_first and obstacle:
        payout.last_error = f"It must not be sent: {obstacle}."[:500]
        return None
    if payout.state is PayoutState.PENDING and last_seen_at is not None and last_seen_at > now - _BUSY:
        payout.checked_at = last_seen_at
        return None
    payout.state, payout.updated_at = PayoutState.PENDING, now
    payout.sent_at = payout.sent_at or now
    return _Step(provider, _request_of(payout), now, is_first, obstacle)


def _leave_to_people(payout: Payout) -> None:
    if payout.state is PayoutState.REQUESTED:
        payout.method, payout.last_error = BY_HAND, ""
    else:
        payout.last_error = "The provider it was sent by is switched off."
        log.error("a payout cannot be asked about", extra={"payout_id": payout.id})


def _request_of(payout: Payout) -> TransferRequest:
    profile = payout.payment_profile
    if profile is None:
        raise RuntimeError(f"payout {payout.id} goes to no account")
    return TransferRequest(
        reference=payout.reference,
        amount_minor=payout.amount_minor,
        currency=payout.currency,
        is_mobile_money=profile.method is ProfileMethod.MOBILE_MONEY,
        account_number=profile.account_number,
        account_name=profile.account_name,
        bank=profile.bank_code or profile.network,
        reason=f"EasyTicket {payout.reference}",
    )


def _provider_of(payout: Payout) -> TransferProvider | None:
    provider = transfer_provider_for(payout.currency)
    return provider if provider and payout.method == f"{provider.name}_transfer" else None


def _locked(payout_ids: sa.Select[int]) -> Payout | None:
    """Return a payout read afresh with its account, under the lock of its organizer; None where there is none."""
    payout = db.session.get(Payout, db.session.scalar(payout_ids) or 0)
    if payout is None:
        return None
    lock_organizer(payout.organizer_id)
    if payout.payment_profile_id is not None:
        db.session.get(PaymentProfile, payout.payment_profile_id, populate_existing=True)
    db.session.refresh(payout)
    return payout


@transactional
def _note_unknown(payout_id: int, asked_at: datetime, message: str, now: datetime) -> None:
    payout = _locked(sa.select(Payout.id).where(Payout.id == payout_id))
    if payout is not None and payout.state is PayoutState.PENDING and payout.checked_at == asked_at:
        payout.state, payout.last_error, payout.updated_at = PayoutState.UNKNOWN, message[:500], now


def _is_other_money(payout: Payout, snapshot: TransferSnapshot) -> bool:
    said = (snapshot.amount_minor, snapshot.currency)
    return bool(snapshot.currency) and said != (payout.amount_minor, payout.currency)


def _contradicts(payout: Payout, snapshot: TransferSnapshot) -> bool:
    """Tell whether the provider says otherwise about a payout that is settled here."""
    is_paid = payout.state is PayoutState.PAID
    return snapshot.state is (TransferState.FAILED if is_paid else TransferState.PAID)


def _list_overdue(now: datetime) -> list[int]:
    seen_at = sa.func.coalesce(Payout.checked_at, Payout.created_at, type_=Payout.checked_at.type)
    is_overdue = sa.or_(
        *(sa.and_(Payout.state == state, seen_at <= now - wait) for state, wait in _LOOK_AGAIN.items())
    )
    query = sa.select(Payout.id).where(Payout.method != BY_HAND, is_overdue)
    return list(db.session.scalars(query.order_by(seen_at, Payout.id).limit(_MOST_AT_ONCE)))
