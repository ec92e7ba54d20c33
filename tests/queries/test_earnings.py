"""What sales brought while banks decide about them: frozen money is the organizer's until it is lost."""

from __future__ import annotations

import pytest

from easyticket.core import clock
from easyticket.models import Order
from easyticket.queries.earnings import Revenue, load_posted
from easyticket.queries.organizer import find_earnings
from easyticket.services import ledger
from tests.services.test_postings import disputed, promised, sold

pytestmark = pytest.mark.usefixtures("db_session")


def revenue_of(order: Order) -> Revenue:
    return load_posted(Order.id == order.id).of(currency="GHS")


def test_an_open_dispute_takes_nothing_away_and_a_lost_one_is_as_a_refund() -> None:
    order, payment = sold()
    before = revenue_of(order)
    assert (before.net_minor, before.fees_minor, before.returned_minor) == (10_000, 500, 0)
    dispute = disputed(payment, 10_500)
    assert revenue_of(order) == before
    assert find_earnings([order.event])[order.event_id].minor == 10_000
    ledger.post_dispute_lost(dispute, clock.now())
    after = revenue_of(order)
    assert (after.net_minor, after.fees_minor, after.returned_minor) == (0, 0, 10_500)
    assert find_earnings([order.event])[order.event_id].minor == 0


def test_a_promise_that_was_taken_back_returned_nothing() -> None:
    order, payment = sold()
    before = revenue_of(order)
    ledger.post_refund_failed(promised(payment, 4_000), clock.now())
    assert revenue_of(order) == before
