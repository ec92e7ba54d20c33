"""What follows from the clock and the calendar: whether an event is ahead, running or past, its days, and spans of days.

Days begin at midnight of a zone's own clock, whatever daylight saving does that night; moments come and go as UTC.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from easyticket.models import Event, EventStatus

# The small hours of a night that goes on past midnight belong to the day before, until then at the latest: a party until
# 4 in the morning is no second day.
_NIGHT_ENDS = time(6)
_SATURDAY = 5


class Phase(enum.StrEnum):
    """Where an event stands on the clock, whatever its organizer decided about it."""

    UPCOMING = "upcoming"
    ONGOING = "ongoing"
    PAST = "past"


class Period(enum.StrEnum):
    """The spans of days people ask for by name."""

    TODAY = "today"
    WEEKEND = "weekend"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in UTC from `start_at` up to, and without, `end_at`; None is open."""

    start_at: datetime | None = None
    end_at: datetime | None = None


def phase_of(event: Event, now: datetime) -> Phase:
    """Return where the event stands at `now`; it is past from its end on."""
    if now >= event.end_at:
        return Phase.PAST
    return Phase.ONGOING if now >= event.start_at else Phase.UPCOMING


def status_of(event: Event, now: datetime) -> str:
    """Return the status the APIs send: `draft`, `published`, `cancelled`, or `ongoing` and `completed` by the clock."""
    if event.status is not EventStatus.PUBLISHED:
        return event.status.value
    return {Phase.UPCOMING: "published", Phase.ONGOING: "ongoing", Phase.PAST: "completed"}[
        phase_of(event, now)
    ]


def day_in(zone: str, moment: datetime) -> date:
    """Return the day that calendars in `zone` show at `moment`."""
    return moment.astimezone(ZoneInfo(zone)).date()


def days_of(event: Event) -> tuple[date, ...]:
    """Return the days of the event in its own zone, the first one always among them."""
    zone = ZoneInfo(event.time_zone)
    first, ends = event.start_at.astimezone(zone).date(), event.end_at.astimezone(zone)
    last = ends.date() if ends.time() >= _NIGHT_ENDS else ends.date() - timedelta(days=1)
    return tuple(first + timedelta(days=number) for number in range(max((last - first).days, 0) + 1))


def event_day(event: Event, now: datetime) -> date:
    """Return which day of the event it is, in its zone.

    An event that ends at an earlier hour than it begins runs into the night: those hours belong to the day before.
    """
    local = now.astimezone(ZoneInfo(event.time_zone))
    return local.date() - timedelta(days=1) if local.time() < _end_of_night(event) else local.date()


def event_day_ends_at(event: Event, day_on: date) -> datetime:
    """Return the moment (UTC) at which a day of the event is over, night included: from then on `event_day` is the next."""
    morning = datetime.combine(day_on + timedelta(days=1), _end_of_night(event), ZoneInfo(event.time_zone))
    return morning.astimezone(UTC)


def whole_days_of(event: Event) -> int:
    """Return how many whole days lie between the event's beginning and its end."""
    return (event.end_at - event.start_at).days


def start_of_day(day_on: date, zone: str) -> datetime:
    """Return the UTC moment at which `day_on` begins in `zone`.

    Where clocks skip midnight the day begins at the skip, and where they show it twice, at the first time.
    """
    return datetime.combine(day_on, time.min, ZoneInfo(zone)).astimezone(UTC)


def span_of_days(first_on: date | None, last_on: date | None, zone: str) -> Span:
    """Return the span from the first day to the end of the last one; a day that is not given leaves its side open."""
    return Span(
        start_at=start_of_day(first_on, zone) if first_on else None,
        end_at=start_of_day(last_on + timedelta(days=1), zone) if last_on and last_on < date.max else None,
    )


def span_of(period: Period, zone: str, now: datetime) -> Span:
    """Return the span of a named period around `now`: a week ends on Sunday, and on Sunday the weekend is still on."""
    today = day_in(zone, now)
    sunday = today + timedelta(days=6 - today.weekday())
    first, last = {
        Period.TODAY: (today, today),
        Period.WEEKEND: (max(today, sunday - timedelta(days=6 - _SATURDAY)), sunday),
        Period.WEEK: (today, sunday),
        Period.MONTH: (today, _last_of_month(today)),
    }[period]
    return span_of_days(first, last, zone)


def _last_of_month(day_on: date) -> date:
    return (day_on.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _end_of_night(event: Event) -> time:
    zone = ZoneInfo(event.time_zone)
    starts, ends = event.start_at.astimezone(zone).time(), event.end_at.astimezone(zone).time()
    return min(ends, _NIGHT_ENDS) if ends < starts else time.min
