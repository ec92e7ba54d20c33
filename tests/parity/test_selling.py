"""What may be bought, the same at every door: pages, EasyTicket API, Cafa Tickets API."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from easyticket.core import clock
from easyticket.db import db
from easyticket.models import Event, Offer, Order, OrderStatus, Quota, QuotaKind
from tests import factories
from tests.parity.doors import DOORS, Api, Door, Enter, Outcome, Web

pytestmark = pytest.mark.usefixtures("db_session")
at_every_door = pytest.mark.parametrize("door", DOORS)


def offer_of(event: Event) -> Offer:
    return event.ticket_types[0].offers[0]


def stock_of(event: Event) -> tuple[int, int]:
    """How many places of the event are held and sold."""
    db.session.rollback()
    quota = db.session.scalars(sa.select(Quota).filter_by(kind=QuotaKind.EVENT, owner_id=event.id)).one()
    db.session.refresh(quota)
    return quota.held, quota.sold


def stored(outcome: Outcome) -> Order:
    """Return the order that was made, as it is in the database now."""
    assert outcome.ok and outcome.order is not None, outcome.sentence
    db.session.rollback()
    db.session.refresh(outcome.order)
    return outcome.order


@at_every_door
def test_what_one_door_sold_out_no_door_sells(enter: Enter, door: type[Door]) -> None:
    event = factories.make_simple_event(quantity=3)
    buyer = enter(door)
    order = stored(buyer.buy(event, offer_of(event), 3))
    assert buyer.pay(order).ok
    for other in DOORS:
        refused = enter(other).buy(event, offer_of(event), 1)
        assert not refused.ok, other
        # The APIs' contract has straight quotes, pages curly ones.
        assert re.search("['“]Standard['”]", refused.sentence), (other, refused)
    assert stock_of(event) == (0, 3)


@at_every_door
def test_what_is_held_is_not_sold_to_others_and_what_is_left_is_said(enter: Enter, door: type[Door]) -> None:
    event = factories.make_simple_event(quantity=5)
    assert enter(DOORS[0]).buy(event, offer_of(event), 2).ok
    refused = enter(door).buy(event, offer_of(event), 4)
    assert (refused.ok, "3" in refused.sentence) == (False, True), refused
    assert enter(door).buy(event, offer_of(event), 3).ok
    assert stock_of(event) == (5, 0)


@at_every_door
@pytest.mark.parametrize(
    "window",
    [{"sales_start_at": timedelta(hours=1)}, {"sales_end_at": timedelta(hours=-1)}],
    ids=["too early", "over"],
)
def test_nothing_is_sold_outside_its_window(
    enter: Enter, door: type[Door], window: dict[str, timedelta]
) -> None:
    event = factories.make_event()
    factories.make_ticket_type(event, name="Open")
    moments: dict[str, Any] = {name: clock.now() + distance for name, distance in window.items()}
    closed = factories.make_ticket_type(event, name="Closed", **moments)
    refused = enter(door).buy(event, closed.offers[0], 1)
    assert (refused.ok, "Closed" in refused.sentence) == (False, True), refused
    assert stock_of(event) == (0, 0)


@at_every_door
@pytest.mark.parametrize("quantity", [1, 5], ids=["below min_purchase", "above max_purchase"])
def test_a_purchase_keeps_to_the_limits_of_its_type(enter: Enter, door: type[Door], quantity: int) -> None:
    event = factories.make_event()
    offer = factories.make_ticket_type(event, name="Table", min_purchase=2, max_purchase=4).offers[0]
    refused = enter(door).buy(event, offer, quantity)
    limit = "2" if quantity < 2 else "4"
    assert (refused.ok, limit in refused.sentence) == (False, True), refused
    assert stock_of(event) == (0, 0)
    assert enter(door).buy(event, offer, int(limit)).ok


@at_every_door
def test_who_pays_after_the_hold_ran_out_gets_nothing_that_was_sold_to_others(
    enter: Enter, door: type[Door]
) -> None:
    event = factories.make_simple_event(quantity=2)
    late = enter(door)
    order = stored(late.buy(event, offer_of(event), 2))
    with time_machine.travel(clock.now() + timedelta(minutes=16), tick=False):
        quick = enter(DOORS[0])
        assert quick.pay(stored(quick.buy(event, offer_of(event), 2))).ok
        assert not enter(door, late.user).pay(order).ok
        db.session.refresh(order)
        assert (order.status is OrderStatus.CONFIRMED, order.tickets) == (False, [])
        assert stock_of(event) == (0, 2)


@at_every_door
@pytest.mark.parametrize(
    "caller_off",
    # The clients of /api/v1/ have no operation that calls an event off.
    [Web, Api],
)
def test_a_cancelled_event_sells_nothing(enter: Enter, door: type[Door], caller_off: type[Web | Api]) -> None:
    event = factories.make_simple_event()
    assert enter(caller_off, event.organizer).call_off(event).ok
    refused = enter(door).buy(event, offer_of(event), 1)
    assert (refused.ok, "cancelled" in refused.sentence) == (False, True), refused
    assert stock_of(event) == (0, 0)
