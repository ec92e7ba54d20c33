"""What holds an account that is to be deleted (rules/account_deletion.py decides by it)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from easyticket.core.money import Money
from easyticket.db import db
from easyticket.models import (
    Event,
    EventStatus,
    LedgerAccount,
    LedgerEntry,
    LedgerPosting,
    Order,
    OrderStatus,
    Payout,
    PostingKind,
    Ticket,
    TicketStatus,
    User,
)
from easyticket.models.payout import OPEN_STATES
from easyticket.rules.account_deletion import AccountTies

# Shares that wait, those that are frozen by disputes, and those that are on their way.
_OWED = (LedgerAccount.ORGANIZER_PAYABLE, LedgerAccount.ORGANIZER_DISPUTED, LedgerAccount.PAYOUT_TRANSIT)


def find_account_ties(user: User, now: datetime) -> AccountTies:
    """Return what holds an account at `now`, in two statements. What it owes for checks of its accounts does not hold it."""
    is_on = sa.and_(Event.status == EventStatus.PUBLISHED, Event.end_at > now)
    events = sa.select(sa.func.count(Event.id)).where(Event.organizer_id == user.id, is_on)
    tickets = (
        sa.select(sa.func.count(Ticket.id))
        .join(Ticket.event)
        .where(Ticket.owner_id == user.id, Ticket.status == TicketStatus.ACTIVE, is_on)
    )
    row = db.session.execute(
        sa.select(
            events.scalar_subquery(),
            tickets.scalar_subquery(),
            _open_orders(user, now),
            _open_withdrawals(user),
        )
    ).one()
    owed, owes = _debts(user)
    return AccountTies(int(row[0]), int(row[1]), int(row[2]), int(row[3]), owed, owes)


def _open_orders(user: User, now: datetime) -> sa.ScalarSelect[Any]:
    is_open = sa.or_(
        sa.and_(Order.status == OrderStatus.PENDING, Order.expires_at > now),
        Order.status == OrderStatus.PROCESSING,
    )
    return sa.select(sa.func.count(Order.id)).where(Order.user_id == user.id, is_open).scalar_subquery()


def _open_withdrawals(user: User) -> sa.ScalarSelect[Any]:
    is_open = Payout.state.in_(OPEN_STATES)
    return (
        sa.select(sa.func.count(Payout.id)).where(Payout.organizer_id == user.id, is_open).scalar_subquery()
    )


def _debts(user: User) -> tuple[list[Money], list[Money]]:
    """Return what the account is owed, and what it owes apart from checks, which is never more than it was paid."""
    is_check = LedgerPosting.kind == PostingKind.VERIFICATION
    unchecked = sa.case((is_check, 0), else_=LedgerEntry.amount_minor)
    rows = db.session.execute(
        sa.select(LedgerEntry.currency, sa.func.sum(LedgerEntry.amount_minor), sa.func.sum(unchecked))
        .join(LedgerEntry.posting)
        .where(LedgerEntry.organizer_id == user.id, LedgerEntry.account.in_(_OWED))
        .group_by(LedgerEntry.currency)
        .order_by(LedgerEntry.currency)
    ).all()
    owed = [Money(-int(every), currency) for currency, every, _ in rows if every < 0]
    return owed, [Money(int(ours), currency) for currency, _, ours in rows if ours > 0]
