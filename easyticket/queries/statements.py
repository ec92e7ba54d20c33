"""An organizer's account in the ledger, movement by movement: what was there before, what came and went, and what is left.

The account is what the platform owes them (`organizer_payable`); money that was asked for has left it, and what disputes
froze has as well. Opening balance and lines are read from the entries alone, so that a statement adds up to the ledger.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from easyticket.db import db
from easyticket.models import (
    Event,
    FeeBearer,
    LedgerAccount,
    LedgerEntry,
    LedgerPosting,
    Order,
    Payout,
)
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.rules.statements import (
    FEE_NAME,
    Statement,
    StatementLine,
    StatementPeriod,
    movement_name,
)

_SHARE, _FEE = LedgerAccount.ORGANIZER_PAYABLE, LedgerAccount.FEE_REVENUE
_AT_ONCE = 500


def open_statement(actor: Actor, currency: str, period: StatementPeriod) -> Statement:
    """Return the head of the actor's own statement in one currency; `list_statement_lines` gives its lines.

    :raises Forbidden: the actor is no organizer.
    """
    require(actor, Permission.SEE_MONEY)
    organizer_id = actor.user_id or 0
    after = _sums(organizer_id, currency, period.end_at)
    return Statement(
        organizer_id=organizer_id,
        currency=currency,
        period=period,
        opening_minor=_sums(organizer_id, currency, period.start_at).get(_SHARE, 0),
        disputed_minor=after.get(LedgerAccount.ORGANIZER_DISPUTED, 0),
        on_its_way_minor=after.get(LedgerAccount.PAYOUT_TRANSIT, 0),
    )


def list_statement_lines(statement: Statement) -> Iterator[StatementLine]:
    """Go through the lines in the order they were posted, a few hundred rows at a time, with the balance after each."""
    balance, payouts = statement.opening_minor, _payouts_of(statement.organizer_id)
    for row in db.session.execute(_movements(statement), execution_options={"yield_per": _AT_ONCE}):
        fee = int(row.fee or 0) if row.fee_bearer is FeeBearer.ORGANIZER else 0
        # Credits are negative. A fee the organizer bears came off the price: both are told.
        for text, amount in (
            (movement_name(row.kind), -int(row.share) - fee),
            *([(FEE_NAME, fee)] if fee else []),
        ):
            balance += amount
            yield StatementLine(
                posted_at=row.posted_at,
                text=text,
                reference=row.number or payouts.get(row.key.partition(":")[2], ""),
                event_title=row.title or "",
                amount_minor=amount,
                balance_minor=balance,
            )


def count_statement_lines(statement: Statement) -> int:
    """Return how many movements a statement has."""
    mine = _movements(statement).order_by(None).subquery()
    return int(db.session.scalar(sa.select(sa.func.count()).select_from(mine)) or 0)


def list_statement_currencies(actor: Actor) -> list[str]:
    """Return the currencies that the actor's account has movements in."""
    mine = LedgerEntry.organizer_id == actor.user_id
    query = sa.select(LedgerEntry.currency).where(mine).distinct().order_by(LedgerEntry.currency)
    return list(db.session.scalars(query))


def _movements(statement: Statement) -> sa.Select[Any]:
    fees = (
        sa.select(sa.func.sum(LedgerEntry.amount_minor))
        .where(LedgerEntry.posting_id == LedgerPosting.id, LedgerEntry.account == _FEE)
        .correlate(LedgerPosting)
        .scalar_subquery()
    )
    entry = aliased(LedgerEntry)
    named = (
        LedgerPosting.id,
        LedgerPosting.kind,
        LedgerPosting.key,
        LedgerPosting.posted_at,
        Order.number,
        Order.fee_bearer,
        Event.title,
    )
    return (
        sa.select(*named, sa.func.sum(entry.amount_minor).label("share"), fees.label("fee"))
        .select_from(entry)
        .join(LedgerPosting, LedgerPosting.id == entry.posting_id)
        .outerjoin(Order, Order.id == LedgerPosting.order_id)
        .outerjoin(Event, Event.id == Order.event_id)
        .where(entry.organizer_id == statement.organizer_id, entry.account == _SHARE)
        .where(entry.currency == statement.currency)
        .where(LedgerPosting.posted_at >= statement.period.start_at)
        .where(LedgerPosting.posted_at < statement.period.end_at)
        .group_by(*named)
        .order_by(LedgerPosting.posted_at, LedgerPosting.id)
    )


def _sums(organizer_id: int, currency: str, before: datetime) -> Mapping[str, int]:
    """Return by account what an organizer was owed before a moment."""
    rows = db.session.execute(
        sa.select(LedgerEntry.account, -sa.func.sum(LedgerEntry.amount_minor))
        .join(LedgerEntry.posting)
        .where(LedgerEntry.organizer_id == organizer_id, LedgerEntry.currency == currency)
        .where(LedgerPosting.posted_at < before)
        .group_by(LedgerEntry.account)
    )
    return {account: int(minor) for account, minor in rows}


def _payouts_of(organizer_id: int) -> dict[str, str]:
    """Return the references of an organizer's payouts by their ids as the keys of postings name them."""
    rows = db.session.execute(sa.select(Payout.id, Payout.reference).filter_by(organizer_id=organizer_id))
    return {str(payout_id): reference for payout_id, reference in rows}
