"""Postings to the ledger: each a balanced set of entries with a key that makes it happen once. Amounts are minor units.

Debit is positive, credit negative. An order's `clearing` account holds what was paid and not yet turned into tickets or
a refund; it is zero when the order is finished.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from easyticket.db import db, transactional
from easyticket.models import LedgerAccount as Account
from easyticket.models import (
    LedgerEntry,
    LedgerPosting,
    Order,
    Payment,
    PaymentProfile,
    Payout,
    PostingKind,
    Refund,
)
from easyticket.models.ledger import key_of_check
from easyticket.rules.pricing import fee_within


@dataclass(frozen=True, slots=True)
class Side:
    """One entry to be: an account and a signed amount in minor units."""

    account: Account
    amount_minor: int


@transactional
def post_capture(payment: Payment, now: datetime) -> None:
    """Money of a payment arrived: it is at the provider and waits in the order's clearing account."""
    amount = payment.captured_minor or 0
    _post(
        PostingKind.CAPTURE,
        payment.id,
        payment.order,
        [Side(Account.PROVIDER_CASH, amount), Side(Account.CLEARING, -amount)],
        now,
    )


@transactional
def post_fulfilment(order: Order, now: datetime) -> None:
    """Tickets were issued: what was paid becomes the organizer's share and the platform's fee."""
    share = order.total_minor - order.platform_fee_minor
    sides = [
        Side(Account.CLEARING, order.total_minor),
        Side(Account.ORGANIZER_PAYABLE, -share),
        Side(Account.FEE_REVENUE, -order.platform_fee_minor),
    ]
    _post(PostingKind.FULFILMENT, order.id, order, sides, now)


@transactional
def post_refund_requested(refund: Refund, now: datetime, *, fulfilled: bool) -> None:
    """Money is owed to the buyer: out of organizer's share and fee in proportion, or out of clearing if never fulfilled.

    The caller holds the order's lock: the split depends on what was returned before.
    """
    if fulfilled:
        fee, share = refund_split(refund.order, refund.amount_minor)
        taken = [Side(Account.ORGANIZER_PAYABLE, share), Side(Account.FEE_REVENUE, fee)]
    else:
        taken = [Side(Account.CLEARING, refund.amount_minor)]
    sides = [*taken, Side(Account.REFUND_DUE, -refund.amount_minor)]
    _post(PostingKind.REFUND_REQUESTED, refund.id, refund.order, sides, now)


@transactional
def post_refund_paid(refund: Refund, now: datetime) -> None:
    """The provider returned the money."""
    sides = [Side(Account.REFUND_DUE, refund.amount_minor), Side(Account.PROVIDER_CASH, -refund.amount_minor)]
    _post(PostingKind.REFUND_PAID, refund.id, refund.order, sides, now)


@transactional
def post_verification_fee(profile: PaymentProfile, amount_minor: int, currency: str, now: datetime) -> None:
    """An account is checked once more at the organizer's cost; what they are owed may fall below zero by it."""
    sides = [Side(Account.ORGANIZER_PAYABLE, amount_minor), Side(Account.FEE_REVENUE, -amount_minor)]
    key = key_of_check(profile.id, profile.verification_attempts)
    _post_own(PostingKind.VERIFICATION, key, profile.user_id, currency, sides, now)


@transactional
def post_payout_requested(payout: Payout, now: datetime) -> None:
    """An organizer asked for money: it leaves what they are owed and is on its way."""
    _post_payout(PostingKind.PAYOUT_REQUESTED, payout, Account.ORGANIZER_PAYABLE, Account.PAYOUT_TRANSIT, now)


@transactional
def post_payout_cancelled(payout: Payout, now: datetime) -> None:
    """What was on its way is owed to the organizer again."""
    _post_payout(PostingKind.PAYOUT_CANCELLED, payout, Account.PAYOUT_TRANSIT, Account.ORGANIZER_PAYABLE, now)


@transactional
def post_payout_paid(payout: Payout, now: datetime) -> None:
    """What was on its way has left our account at the provider."""
    _post_payout(PostingKind.PAYOUT_PAID, payout, Account.PAYOUT_TRANSIT, Account.PROVIDER_CASH, now)


def refund_split(order: Order, amount_minor: int) -> tuple[int, int]:
    """Return how much of the next refund comes from the platform's fee and how much from the organizer's share.

    It brings the fee to its part of all that is left then, so roundings do not add up: however an order is returned,
    nothing stays in either account once all of it is.
    """
    fee_left = -_balance(order, Account.FEE_REVENUE)
    left_after = fee_left - _balance(order, Account.ORGANIZER_PAYABLE) - amount_minor
    returned = fee_within(order.total_minor - left_after, order.platform_fee_minor, order.total_minor)
    fee = fee_left - (order.platform_fee_minor - returned)
    return fee, amount_minor - fee


def _balance(order: Order, account: Account) -> int:
    entries = sa.select(sa.func.sum(LedgerEntry.amount_minor)).where(
        LedgerEntry.order_id == order.id, LedgerEntry.account == account
    )
    return int(db.session.scalar(entries) or 0)


def _post(kind: PostingKind, number: int, order: Order, sides: Sequence[Side], now: datetime) -> None:
    """Post a movement of an order's money; `number` is the id of what it happens once for."""
    entries = [
        LedgerEntry(
            account=side.account,
            order_id=order.id,
            event_id=order.event_id,
            organizer_id=order.event.organizer_id if side.account == Account.ORGANIZER_PAYABLE else None,
            amount_minor=side.amount_minor,
            currency=order.currency,
        )
        for side in sides
        if side.amount_minor
    ]
    _add(LedgerPosting(kind=kind, key=kind.key_of(number), order_id=order.id, posted_at=now), entries)


def _post_payout(kind: PostingKind, payout: Payout, debit: Account, credit: Account, now: datetime) -> None:
    sides = [Side(debit, payout.amount_minor), Side(credit, -payout.amount_minor)]
    _post_own(kind, kind.key_of(payout.id), payout.organizer_id, payout.currency, sides, now)


def _post_own(
    kind: PostingKind, key: str, organizer_id: int, currency: str, sides: Sequence[Side], now: datetime
) -> None:
    """Post a movement between an organizer and the platform that belongs to no order."""
    entries = [
        LedgerEntry(
            account=side.account,
            organizer_id=organizer_id
            if side.account in (Account.ORGANIZER_PAYABLE, Account.PAYOUT_TRANSIT)
            else None,
            amount_minor=side.amount_minor,
            currency=currency,
        )
        for side in sides
    ]
    _add(LedgerPosting(kind=kind, key=key, posted_at=now), entries)


def _add(posting: LedgerPosting, entries: list[LedgerEntry]) -> None:
    if sum(entry.amount_minor for entry in entries) != 0:
        raise RuntimeError(f"the posting {posting.key} does not balance")
    posting.entries = entries
    db.session.add(posting)
    db.session.flush()
