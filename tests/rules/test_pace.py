"""Days in a row, two weeks side by side, and moments that are as far from the beginning of two events."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from easyticket.models import Event
from easyticket.rules.pace import days_shown, same_distance, two_weeks


def test_the_same_distance_is_counted_back_from_each_beginning() -> None:
    now = datetime(2026, 12, 1, 12, tzinfo=UTC)
    event = Event(start_at=now + timedelta(days=10))
    other = Event(start_at=datetime(2026, 6, 20, 18, tzinfo=UTC))
    assert same_distance(event, other, now) == datetime(2026, 6, 10, 18, tzinfo=UTC)


def test_thirty_days_end_with_the_day_that_calendars_show_at_the_place() -> None:
    days = days_shown("Africa/Lagos", datetime(2026, 11, 30, 23, 30, tzinfo=UTC))
    assert (len(days), days[0], days[-1]) == (30, date(2026, 11, 2), date(2026, 12, 1))


def test_two_weeks_stand_side_by_side() -> None:
    days = [date(2026, 11, 1) + timedelta(days=number) for number in range(30)]
    sold = {days[-1]: 3, days[-7]: 4, days[-8]: 5, days[-14]: 6, days[-15]: 100}
    assert two_weeks(sold, days) == (7, 11)
