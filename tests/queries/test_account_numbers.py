"""The numbers beside an account: its own, in one statement."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from easyticket.core import clock
from easyticket.core.money import Money
from easyticket.db import db, transaction
from easyticket.models import Event, EventStatus, OrderStatus, Ticket, TicketStatus
from easyticket.queries.account_numbers import AccountNumbers, count_account
from easyticket.services.tickets import issue_tickets
from tests import factories
from tests.statements import counted_statements

pytestmark = pytest.mark.usefixtures("db_session")

NOW = clock.now()


def test_an_account_is_counted_by_what_it_bought_went_to_and_made() -> None:
    user, other = factories.make_organizer(), factories.make_user()
    with transaction():
        user.created_at = NOW - timedelta(days=12, hours=5)
    went, comes, dollars = (
        factories.make_simple_event(organizer=user),
        factories.make_simple_event(organizer=user, status=EventStatus.DRAFT),
        factories.make_simple_event(currency="USD"),
    )

    def buy(event: Event, quantity: int, **fields: Any) -> list[Ticket]:
        offer = event.ticket_types[0].offers[0]
        order = factories.make_order(event, [(offer, quantity)], status=OrderStatus.CONFIRMED, **fields)
        return list(issue_tickets(order, NOW))

    used = buy(went, 3, user=user, refunded_minor=1_000)
    buy(comes, 1, user=user)
    buy(dollars, 1, user=user)
    buy(went, 4, user=other)
    factories.make_order(went, user=user)
    buy(factories.make_simple_event(status=EventStatus.CANCELLED, currency="USD"), 2, user=user)
    with transaction():
        used[0].status = used[1].status = TicketStatus.USED
        used[2].status = TicketStatus.CANCELLED
    db.session.refresh(user)
    with counted_statements() as statements:
        numbers = count_account(user, currency="GHS", now=NOW)
    # Three at 50.00 and one at 50.00, 5 % on top, less 10.00 returned.
    assert numbers == AccountNumbers(
        tickets=4, events_attended=1, events_organized=2, spent=Money(20_000, "GHS"), age_days=12
    )
    assert len(statements) == 1
