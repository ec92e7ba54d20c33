"""Phases, days and spans, also on nights when clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from easyticket.models import Event, EventStatus
from easyticket.rules.schedule import (
    Period,
    Phase,
    day_in,
    days_of,
    event_day,
    event_day_ends_at,
    phase_of,
    span_of,
    span_of_days,
    start_of_day,
    status_of,
)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def event_at(start_at: datetime, end_at: datetime, zone: str = "Africa/Accra", **fields: object) -> Event:
    return Event(
        start_at=start_at, end_at=end_at, time_zone=zone, **{"status": EventStatus.PUBLISHED, **fields}
    )


EVENING = event_at(utc(2026, 12, 12, 18), utc(2026, 12, 12, 23))


@pytest.mark.parametrize(
    ("now", "phase", "status"),
    [
        (utc(2026, 12, 12, 17, 59), Phase.UPCOMING, "published"),
        (utc(2026, 12, 12, 18), Phase.ONGOING, "ongoing"),
        (utc(2026, 12, 12, 22, 59), Phase.ONGOING, "ongoing"),
        (utc(2026, 12, 12, 23), Phase.PAST, "completed"),
    ],
)
def test_the_clock_says_where_an_event_stands(now: datetime, phase: Phase, status: str) -> None:
    assert phase_of(EVENING, now) is phase
    assert status_of(EVENING, now) == status


@pytest.mark.parametrize("status", [EventStatus.DRAFT, EventStatus.CANCELLED])
def test_what_the_organizer_decided_comes_before_the_clock(status: EventStatus) -> None:
    event = event_at(EVENING.start_at, EVENING.end_at, status=status)
    assert status_of(event, utc(2027, 1, 1)) == status.value


def test_a_festival_has_every_day_it_touches() -> None:
    event = event_at(utc(2026, 12, 11, 10), utc(2026, 12, 13, 20))
    assert days_of(event) == (date(2026, 12, 11), date(2026, 12, 12), date(2026, 12, 13))


def test_a_night_is_one_day_although_it_ends_on_the_next() -> None:
    assert days_of(event_at(utc(2026, 12, 12, 22), utc(2026, 12, 13, 4))) == (date(2026, 12, 12),)
    assert days_of(event_at(utc(2026, 12, 13, 1), utc(2026, 12, 13, 4))) == (date(2026, 12, 13),)


def test_days_are_those_of_the_event_and_not_of_the_reader() -> None:
    event = event_at(utc(2026, 12, 12, 3), utc(2026, 12, 12, 4, 30), "America/New_York")
    assert days_of(event) == (date(2026, 12, 11),)


def test_days_keep_their_number_when_clocks_change() -> None:
    # Berlin goes from 25 to 26 October 2026 back to winter time.
    event = event_at(utc(2026, 10, 24, 8), utc(2026, 10, 26, 20), "Europe/Berlin")
    assert [day.day for day in days_of(event)] == [24, 25, 26]


@pytest.mark.parametrize(
    ("ends", "over"),
    [
        (utc(2026, 12, 13, 23), utc(2026, 12, 12)),
        (utc(2026, 12, 14, 3), utc(2026, 12, 12, 3)),
        (utc(2026, 12, 14, 9), utc(2026, 12, 12, 6)),
    ],
)
def test_a_day_of_an_event_that_runs_into_the_night_is_over_in_the_morning(
    ends: datetime, over: datetime
) -> None:
    event = event_at(utc(2026, 12, 11, 18), ends)
    assert event_day_ends_at(event, date(2026, 12, 11)) == over
    assert event_day(event, over - timedelta(seconds=1)) == date(2026, 12, 11)
    assert event_day(event, over) == date(2026, 12, 12)


@pytest.mark.parametrize(
    ("day_on", "zone", "begins", "hours"),
    [
        (date(2026, 6, 1), "Africa/Lagos", utc(2026, 5, 31, 23), 24),
        (date(2026, 3, 29), "Europe/Berlin", utc(2026, 3, 28, 23), 23),
        (date(2026, 10, 25), "Europe/Berlin", utc(2026, 10, 24, 22), 25),
        # Cairo skips midnight in spring: the day begins at one o'clock.
        (date(2026, 4, 24), "Africa/Cairo", utc(2026, 4, 23, 22), 23),
        # Havana has midnight twice in autumn: the day begins the first time.
        (date(2026, 11, 1), "America/Havana", utc(2026, 11, 1, 4), 25),
    ],
)
def test_a_day_begins_where_its_zone_says(day_on: date, zone: str, begins: datetime, hours: int) -> None:
    span = span_of_days(day_on, day_on, zone)
    assert start_of_day(day_on, zone) == span.start_at == begins
    assert span.end_at == begins + timedelta(hours=hours)
    assert day_in(zone, begins) == day_on
    assert day_in(zone, begins - timedelta(seconds=1)) == day_on - timedelta(days=1)


@pytest.mark.parametrize(
    ("period", "today", "first", "last"),
    [
        (Period.TODAY, date(2026, 12, 9), date(2026, 12, 9), date(2026, 12, 9)),
        (Period.WEEKEND, date(2026, 12, 9), date(2026, 12, 12), date(2026, 12, 13)),
        (Period.WEEKEND, date(2026, 12, 12), date(2026, 12, 12), date(2026, 12, 13)),
        (Period.WEEKEND, date(2026, 12, 13), date(2026, 12, 13), date(2026, 12, 13)),
        (Period.WEEK, date(2026, 12, 9), date(2026, 12, 9), date(2026, 12, 13)),
        (Period.MONTH, date(2026, 12, 9), date(2026, 12, 9), date(2026, 12, 31)),
        (Period.MONTH, date(2028, 2, 1), date(2028, 2, 1), date(2028, 2, 29)),
    ],
)
def test_named_periods_are_the_days_people_mean(period: Period, today: date, first: date, last: date) -> None:
    now = start_of_day(today, "Europe/Berlin") + timedelta(hours=12)
    assert span_of(period, "Europe/Berlin", now) == span_of_days(first, last, "Europe/Berlin")


def test_a_side_that_is_not_given_stays_open() -> None:
    assert span_of_days(None, None, "Africa/Accra").start_at is None
    assert span_of_days(None, date.max, "Africa/Accra").end_at is None
