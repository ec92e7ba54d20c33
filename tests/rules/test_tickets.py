"""Where a ticket stands, told from its row, its event and the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from easyticket.models import CheckInPolicy, Event, EventStatus, Order, Ticket, TicketStatus
from easyticket.rules.tickets import TicketState, can_still_admit, place_name, state_of, state_until_over

NOW = datetime(2026, 3, 1, 20, tzinfo=UTC)
BEFORE, AFTER = NOW - timedelta(hours=1), NOW + timedelta(hours=1)


def ticket(
    status: TicketStatus = TicketStatus.ACTIVE,
    *,
    ends_at: datetime = AFTER,
    event_status: EventStatus = EventStatus.PUBLISHED,
    policy: CheckInPolicy = CheckInPolicy.SINGLE,
    is_all_days: bool = False,
) -> Ticket:
    event = Event(status=event_status, end_at=ends_at, check_in_policy=policy)
    return Ticket(status=status, event=event, is_all_days=is_all_days)


@pytest.mark.parametrize(
    ("shown", "state"),
    [
        (ticket(), TicketState.ACTIVE),
        (ticket(ends_at=BEFORE), TicketState.EXPIRED),
        (ticket(ends_at=NOW), TicketState.EXPIRED),
        (ticket(TicketStatus.USED), TicketState.USED),
        (ticket(TicketStatus.USED, ends_at=BEFORE), TicketState.USED),
        (ticket(TicketStatus.CANCELLED), TicketState.CANCELLED),
        (ticket(TicketStatus.CANCELLED, ends_at=BEFORE), TicketState.CANCELLED),
        (ticket(event_status=EventStatus.CANCELLED), TicketState.CANCELLED),
        (ticket(event_status=EventStatus.CANCELLED, ends_at=BEFORE), TicketState.CANCELLED),
        (ticket(TicketStatus.USED, event_status=EventStatus.CANCELLED), TicketState.USED),
    ],
)
def test_an_unused_ticket_ends_with_its_event(shown: Ticket, state: TicketState) -> None:
    assert state_of(shown, NOW) is state


@pytest.mark.parametrize(
    ("shown", "can"),
    [
        (ticket(), True),
        (ticket(ends_at=NOW), False),
        (ticket(TicketStatus.USED), False),
        (ticket(TicketStatus.CANCELLED), False),
        (ticket(event_status=EventStatus.CANCELLED), False),
        (ticket(TicketStatus.USED, is_all_days=True), True),
        (ticket(TicketStatus.USED, is_all_days=True, ends_at=BEFORE), False),
        (ticket(TicketStatus.CANCELLED, is_all_days=True), False),
        (ticket(TicketStatus.USED, policy=CheckInPolicy.DAILY), True),
        (ticket(TicketStatus.USED, policy=CheckInPolicy.MULTIPLE), True),
    ],
)
def test_only_a_ticket_that_admits_again_counts_after_it_was_used(shown: Ticket, can: bool) -> None:
    assert can_still_admit(shown, NOW) is can
    # For who is told so, it is active until its event is over; every other one stands where it stood.
    told = TicketState.ACTIVE if can else state_of(shown, NOW)
    assert state_until_over(shown, NOW) is told


def test_a_place_without_a_ticket_is_called_by_its_purchase() -> None:
    assert place_name(Order(purchase_code="PUR-7J2KQ"), 2) == "PUR-7J2KQ-2"
