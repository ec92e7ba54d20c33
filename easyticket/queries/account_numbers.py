"""The few numbers that stand beside an account wherever it is shown to its owner; all of them are in account_stats.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from easyticket.core.money import Money
from easyticket.db import db
from easyticket.models import Event, EventStatus, Order, Ticket, TicketStatus, User
from easyticket.queries.earnings import IS_PAID

# Of a ticket and its event: it was used, or could have been.
IS_VALID = sa.or_(
    Ticket.status == TicketStatus.USED,
    sa.and_(Ticket.status == TicketStatus.ACTIVE, Event.status != EventStatus.CANCELLED),
)


@dataclass(frozen=True, slots=True)
class AccountNumbers:
    """What an account bought, went to and made. `spent` is what was paid and not returned in one currency."""

    tickets: int
    events_attended: int
    events_organized: int
    spent: Money
    age_days: int


def count_account(user: User, *, currency: str, now: datetime) -> AccountNumbers:
    """Return an account's numbers in one statement. Tickets that were cancelled, alone or with their event, do
    not count; nor do other currencies."""
    mine = Ticket.owner_id == user.id
    attended = sa.func.count(Ticket.event_id.distinct())
    row = db.session.execute(
        sa.select(
            sa.select(sa.func.count(Ticket.id)).join(Ticket.event).where(mine, IS_VALID).scalar_subquery(),
            sa.select(attended).where(mine, Ticket.status == TicketStatus.USED).scalar_subquery(),
            sa.select(sa.func.count(Event.id)).where(Event.organizer_id == user.id).scalar_subquery(),
            sa.select(sa.func.coalesce(sa.func.sum(Order.total_minor - Order.refunded_minor), 0))
            .where(Order.user_id == user.id, IS_PAID, Order.currency == currency)
            .scalar_subquery(),
        )
    ).one()
    tickets, events_attended, events_organized, spent_minor = (int(number) for number in row)
    spent = Money(spent_minor, currency)
    return AccountNumbers(tickets, events_attended, events_organized, spent, age_in_days(user, now))


def age_in_days(user: User, now: datetime) -> int:
    """Return for how many whole days there has been this account."""
    return max((now - user.created_at).days, 0)
