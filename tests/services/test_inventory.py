"""A hold ends once: as a sale or as places that are back on sale, whoever asks again and in whatever order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from easyticket.core import clock
from easyticket.core.errors import Invalid
from easyticket.db import db, transaction
from easyticket.models import Event, Hold, HoldState, Quota, QuotaKind
from easyticket.services import inventory
from easyticket.services.inventory import QuotaFull
from easyticket.services.tickets import issue_tickets
from tests import factories

pytestmark = pytest.mark.usefixtures("db_session")

NOW = clock.now()
_End = Callable[[Hold, datetime], bool]


def held(quantity: int, capacity: int = 5) -> Hold:
    """Return a hold of so many tickets of an event that has `capacity` of them."""
    event = factories.make_simple_event(quantity=capacity)
    order = factories.hold_places(event.ticket_types[0].offers[0], quantity)
    assert order.hold is not None
    return order.hold


def counted(hold: Hold) -> set[tuple[int, int]]:
    """Return (held, sold) of every counter the hold takes from."""
    quotas = (db.session.get_one(Quota, line.quota_id) for line in hold.lines)
    return {(quota.held, quota.sold) for quota in quotas}


@pytest.mark.parametrize(
    ("end", "state", "left"),
    [
        (inventory.convert_hold, HoldState.CONVERTED, {(0, 2)}),
        (inventory.release_hold, HoldState.RELEASED, {(0, 0)}),
    ],
)
@pytest.mark.parametrize("again", [inventory.convert_hold, inventory.release_hold])
def test_a_hold_that_has_ended_does_not_end_again(
    end: _End, state: HoldState, left: set[tuple[int, int]], again: _End
) -> None:
    hold = held(2)
    assert end(hold, NOW)
    assert not again(hold, NOW)
    assert (hold.state, counted(hold)) == (state, left)


def test_a_hold_that_has_ended_gets_no_more_time() -> None:
    hold = held(1)
    inventory.convert_hold(hold, NOW)
    assert not inventory.extend_hold(hold, NOW + timedelta(hours=1))


def test_only_a_released_hold_is_sold_for_late_money_and_once() -> None:
    hold = held(2)
    assert not inventory.sell_released_hold(hold, NOW)
    inventory.release_hold(hold, NOW)
    assert [inventory.sell_released_hold(hold, NOW) for _ in range(2)] == [True, False]
    assert (hold.state, counted(hold)) == (HoldState.CONVERTED, {(0, 2)})


def test_late_money_gets_nothing_of_what_is_gone_and_leaves_no_trace() -> None:
    hold = held(2, capacity=2)
    inventory.release_hold(hold, NOW)
    event = db.session.get_one(Event, hold.event_id)
    factories.sell_places(event.ticket_types[0].offers[0], 1)
    assert not inventory.sell_released_hold(hold, NOW)
    assert (hold.state, counted(hold)) == (HoldState.RELEASED, {(0, 1)})


def test_only_a_released_hold_is_held_again_with_what_is_asked_for_now() -> None:
    hold = held(2)
    units = {line.quota_id: 3 for line in hold.lines}
    later = NOW + timedelta(minutes=15)
    assert not inventory.hold_units_again(hold, units, expires_at=later, now=NOW)
    inventory.release_hold(hold, NOW)
    assert inventory.hold_units_again(hold, units, expires_at=later, now=NOW)
    assert (hold.state, hold.expires_at, counted(hold)) == (HoldState.HELD, later, {(3, 0)})


def test_no_more_is_held_than_there_is() -> None:
    hold = held(2, capacity=2)
    inventory.release_hold(hold, NOW)
    units = {line.quota_id: 3 for line in hold.lines}
    with pytest.raises(QuotaFull), transaction():
        inventory.hold_units_again(hold, units, expires_at=NOW, now=NOW)


def test_places_of_a_ticket_go_back_on_sale_once() -> None:
    event = factories.make_simple_event()
    offer = event.ticket_types[0].offers[0]
    order = factories.sell_places(offer, 2)
    tickets = issue_tickets(order, NOW)
    assert [inventory.return_tickets(tickets[:1], NOW), inventory.return_tickets(tickets, NOW)] == [1, 1]
    assert order.hold is not None and counted(order.hold) == {(0, 0)}


def test_a_quantity_does_not_fall_below_what_is_sold_and_held() -> None:
    hold = held(2)
    type_id = db.session.get_one(Event, hold.event_id).ticket_types[0].id
    with pytest.raises(Invalid, match="2 are sold or held already"):
        inventory.resize_quota(QuotaKind.TICKET_TYPE, type_id, 1)
    inventory.resize_quota(QuotaKind.TICKET_TYPE, type_id, 2)
