"""What is not yours to see is not there, the same at every door."""

from __future__ import annotations

import pytest

from easyticket.models import EventStatus
from tests import factories
from tests.parity.doors import DOORS, Door, Enter
from tests.parity.test_afterwards import bought

pytestmark = [pytest.mark.usefixtures("db_session"), pytest.mark.parametrize("door", DOORS)]


def test_a_draft_is_its_organizers_alone_and_sells_nothing(enter: Enter, door: type[Door]) -> None:
    organizer = factories.make_organizer()
    draft = factories.make_simple_event(
        organizer=organizer, status=EventStatus.DRAFT, published_at=None, title="Not yet"
    )
    public = factories.make_simple_event(organizer=organizer)
    for stranger in (enter(door), enter(door, factories.make_organizer())):
        assert (stranger.sees_event(public), stranger.sees_event(draft)) == (True, False)
        assert not stranger.buy(draft, draft.ticket_types[0].offers[0], 1).ok
        assert not stranger.opens_desk(draft)
    assert enter(door, organizer).opens_desk(draft)


def test_orders_tickets_and_desks_of_others_are_hidden(enter: Enter, door: type[Door]) -> None:
    event = factories.make_simple_event()
    buyer = enter(door)
    order = bought(buyer, event)
    [ticket] = order.tickets
    assert (buyer.sees_order(order), buyer.sees_ticket(ticket)) == (True, True)
    assert enter(door, event.organizer).opens_desk(event)
    for stranger in (enter(door), enter(door, factories.make_organizer())):
        assert (stranger.sees_order(order), stranger.sees_ticket(ticket)) == (False, False)
        assert not stranger.opens_desk(event)
        assert not stranger.scan(event, ticket).ok
