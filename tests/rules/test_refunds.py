"""Until when buyers may have their money back, and how a refund is shared among tickets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from easyticket.models import Event
from easyticket.rules.refund_amounts import spread
from easyticket.rules.refunds import buyers_deadline, is_stricter, why_too_late


def an_event(days: int | None, start_at: datetime, zone: str = "Africa/Accra") -> Event:
    return Event(buyer_refund_days=days, start_at=start_at, time_zone=zone)


START = datetime(2026, 12, 12, 18, tzinfo=UTC)


@pytest.mark.parametrize(("days", "until"), [(0, START), (7, START - timedelta(days=7)), (None, None)])
def test_the_policy_says_until_when(days: int | None, until: datetime | None) -> None:
    assert buyers_deadline(an_event(days, START)) == until


def test_days_before_are_those_of_the_events_calendar_also_when_clocks_change() -> None:
    # Clocks in Berlin go back on 25 October 2026: three days before 18:00 are 73 hours before.
    event = an_event(3, datetime(2026, 10, 26, 17, tzinfo=UTC), "Europe/Berlin")
    assert buyers_deadline(event) == datetime(2026, 10, 23, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "now", "said"),
    [
        (0, START - timedelta(seconds=1), None),
        (0, START, "The event has begun. Ask the organizer for a refund."),
        (3, START - timedelta(days=3, seconds=1), None),
        (3, START - timedelta(days=3), "until Wed 9 December 2026, 18:00 GMT. Ask the organizer"),
        (3, START, "The event has begun."),
        (None, START - timedelta(days=300), "cannot take their money back themselves. Ask the organizer"),
    ],
)
def test_who_asks_too_late_is_told_until_when_and_what_to_do(
    days: int | None, now: datetime, said: str | None
) -> None:
    reason = why_too_late(an_event(days, START), now)
    assert reason is None if said is None else said in str(reason)


@pytest.mark.parametrize(
    ("days", "before", "stricter"),
    [(3, 0, True), (None, 30, True), (0, 7, False), (7, None, False), (None, None, False), (7, 7, False)],
)
def test_less_time_for_buyers_is_stricter(days: int | None, before: int | None, stricter: bool) -> None:
    assert is_stricter(days, before) is stricter


@given(st.lists(st.integers(0, 20_000), min_size=1, max_size=12), st.integers(0, 250_000))
def test_no_ticket_gets_more_of_a_refund_than_is_left_of_it(left: list[int], amount: int) -> None:
    by_id = dict(enumerate(left))
    parts = spread(amount, by_id)
    assert all(0 <= parts[number] <= by_id[number] for number in by_id)
    assert sum(parts.values()) == min(amount, sum(left))
