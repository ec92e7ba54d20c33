"""What calling an event off would cost, before anybody decides."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.money import Money
from easyticket.db import db, transaction
from easyticket.models import Event, TicketStatus
from easyticket.queries.refunds import find_cancellation_totals
from easyticket.rules.permissions import SYSTEM
from easyticket.services.payments import settle_payment
from easyticket.services.refunds import request_refund
from tests import factories
from tests.services.test_payments import approved
from tests.services.test_withdrawals import ask, make_earner

pytestmark = pytest.mark.usefixtures("db_session")


def test_what_is_promised_back_already_is_not_counted_again() -> None:
    event = factories.make_simple_event(price_minor=5_000)
    for _ in range(2):
        order, payment = approved(event)
        settle_payment(payment.reference)
    with transaction():
        order.tickets[0].status, order.tickets[0].used_at = TicketStatus.USED, clock.now()
    request_refund(actor=SYSTEM, order=order, amount_minor=1_050, source="organizer", now=clock.now())
    totals = find_cancellation_totals(event)
    assert (totals.orders, totals.tickets, totals.used) == (2, 4, 1)
    assert (totals.to_refund, totals.fees) == ([Money(19_950, "GHS")], [Money(950, "GHS")])
    assert totals.paid_out == []


def test_it_warns_of_what_the_organizer_was_paid_already() -> None:
    user = make_earner()
    event = db.session.scalars(sa.select(Event).where(Event.organizer_id == user.id)).one()
    assert find_cancellation_totals(event).paid_out == []
    ask(user, "42.50")
    assert find_cancellation_totals(event).paid_out == [Money(4_250, "GHS")]
