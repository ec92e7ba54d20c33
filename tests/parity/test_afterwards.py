"""What becomes of what was bought, the same at every door: it admits once, and no more money goes back than came."""

from __future__ import annotations

from datetime import timedelta

import pytest

from easyticket.core import clock
from easyticket.db import db
from easyticket.models import Event, Order, OrderStatus
from tests import factories
from tests.parity.doors import DOORS, Api, Door, Enter

pytestmark = pytest.mark.usefixtures("db_session")


def bought(buyer: Door, event: Event, quantity: int = 1) -> Order:
    """Buy tickets of the event's first offer and return the paid order."""
    outcome = buyer.buy(event, event.ticket_types[0].offers[0], quantity)
    assert outcome.ok and outcome.order is not None, outcome.sentence
    paid = buyer.pay(outcome.order)
    assert paid.ok, paid.sentence
    db.session.rollback()
    db.session.refresh(outcome.order)
    return outcome.order


@pytest.mark.parametrize("door", DOORS)
def test_a_ticket_let_in_at_one_door_is_let_in_at_no_door_again(enter: Enter, door: type[Door]) -> None:
    begun = clock.now() - timedelta(hours=1)
    event = factories.make_simple_event(start_at=begun, end_at=begun + timedelta(hours=5))
    [ticket] = bought(enter(door), event).tickets
    assert enter(door, event.organizer).scan(event, ticket).ok
    for other in DOORS:
        refused = enter(other, event.organizer).scan(event, ticket)
        assert (refused.ok, "already" in refused.sentence.lower()) == (False, True), (other, refused)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    "till",
    # Only /api/ takes a refund from its buyer: the pages have no form for it, and /api/v1/ no operation.
    [Api],
)
def test_no_more_is_refunded_than_was_paid_wherever_it_was_bought(
    enter: Enter, door: type[Door], till: type[Api]
) -> None:
    buyer = enter(door)
    order = bought(buyer, factories.make_simple_event(price_minor=5_000), 2)
    asking = enter(till, buyer.user)
    assert asking.refund(order, "100.00").ok
    assert not asking.refund(order, "5.01").ok
    assert asking.refund(order, "5.00").ok
    assert not asking.refund(order, "0.01").ok
    db.session.rollback()
    db.session.refresh(order)
    assert (order.status, order.refunded_minor) == (OrderStatus.REFUNDED, 10_500)
