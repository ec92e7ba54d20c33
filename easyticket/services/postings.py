"""Writes balanced postings: the entries of one movement with their order, event and organizer. Only services/ledger.py posts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from easyticket.db import db, transactional
from easyticket.models import LedgerAccount as Account
from easyticket.models import LedgerEntry, LedgerPosting, Order, PostingKind

# Accounts of which each organizer has one of their own.
_OF_ORGANIZERS = (Account.ORGANIZER_PAYABLE, Account.ORGANIZER_DISPUTED, Account.PAYOUT_TRANSIT)


@dataclass(frozen=True, slots=True)
class Side:
    """One entry to be: an account and a signed amount in minor units, debit positive. Of nothing no entry is made."""

    account: Account
    amount_minor: int


@transactional
def post_for_order(
    kind: PostingKind, number: int, order: Order, sides: Sequence[Side], now: datetime
) -> None:
    """Post a movement of an order's money; `number` is the id of what it happens once for."""
    entries = [
        LedgerEntry(
            account=side.account,
            order_id=order.id,
            event_id=order.event_id,
            organizer_id=order.event.organizer_id if side.account in _OF_ORGANIZERS else None,
            amount_minor=side.amount_minor,
            currency=order.currency,
        )
        for side in sides
        if side.amount_minor
    ]
    _add(LedgerPosting(kind=kind, key=kind.key_of(number), order_id=order.id, posted_at=now), entries)


@transactional
def post_for_organizer(
    kind: PostingKind, key: str, organizer_id: int, currency: str, sides: Sequence[Side], now: datetime
) -> None:
    """Post a movement between an organizer and the platform that belongs to no order."""
    entries = [
        LedgerEntry(
            account=side.account,
            organizer_id=organizer_id if side.account in _OF_ORGANIZERS else None,
            amount_minor=side.amount_minor,
            currency=currency,
        )
        for side in sides
        if side.amount_minor
    ]
    _add(LedgerPosting(kind=kind, key=key, posted_at=now), entries)


def credit_left(order: Order, *accounts: Account) -> int:
    """Return by how much credits exceed debits in an order's part of some accounts, in minor units."""
    entries = sa.select(sa.func.sum(LedgerEntry.amount_minor)).where(
        LedgerEntry.order_id == order.id, LedgerEntry.account.in_(accounts)
    )
    return -int(db.session.scalar(entries) or 0)


def amount_posted(kind: PostingKind, number: int, account: Account) -> int:
    """Return what the posting of that kind and row has on one account, in minor units; 0 where it has nothing there."""
    entries = (
        sa.select(sa.func.sum(LedgerEntry.amount_minor))
        .join(LedgerEntry.posting)
        .where(LedgerPosting.key == kind.key_of(number), LedgerEntry.account == account)
    )
    return int(db.session.scalar(entries) or 0)


def _add(posting: LedgerPosting, entries: list[LedgerEntry]) -> None:
    """Write a posting.

    :raises RuntimeError: it does not add up to zero, or moves nothing; a mistake of ours, never of a request.
    """
    if not entries or sum(entry.amount_minor for entry in entries) != 0:
        raise RuntimeError(f"the posting {posting.key} does not balance")
    posting.entries = entries
    db.session.add(posting)
    db.session.flush()
