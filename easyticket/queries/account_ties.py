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
    LedgerEntry,
    Order,
    OrderStatus,
    Ticket,
    TicketStatus,
    User,
)
from easyticket.rules.account_deletion import AccountTies

# Shares that wait, and those that are on their way (services/ledger.py).
_OWED = ("organizer_payable", "payout_transit")


def find_account_ties(user: User, now: datetime) -> AccountTies:
    """Return what holds an account at `now`, in two statements. What it owes us itself (a fee, say) does not hold it."""
    is_on = sa.and_(Event.status == EventStatus.PUBLISHED, Event.end_at > now)
    events = sa.select(sa.func.count(Event.id)).where(Event.organizer_id == user.id, is_on)
    tickets = (
        sa.select(sa.func.count(Ticket.id))
        .join(Ticket.event)
        .where(Ticket.owner_id == user.id, Ticket.status == TicketStatus.ACTIVE, is_on)
    )
    row = db.session.execute(
        sa.select(events.scalar_subquery(), tickets.scalar_subquery(), _open_orders(user, now))
    ).one()
    return AccountTies(int(row[0]), int(row[1]), int(row[2]), _owed(user))


def _open_orders(user: User, now: datetime) -> sa.ScalarSelect[Any]:
    is_open = sa.or_(
        sa.and_(Order.status == OrderStatus.PENDING, Order.expires_at > now),
        Order.status == OrderStatus.PROCESSING,
    )
    return sa.select(sa.func.count(Order.id)).where(Order.user_id == user.id, is_open).scalar_subquery()


def _owed(user: User) -> list[Money]:
    rows = db.session.execute(
        sa.select(LedgerEntry.currency, sa.func.sum(LedgerEntry.amount_minor))
        .where(LedgerEntry.organizer_id == user.id, LedgerEntry.account.in_(_OWED))
        .group_by(LedgerEntry.currency)
        .order_by(LedgerEntry.currency)
    )
    return [Money(-int(minor), currency) for currency, minor in rows if minor < 0]
