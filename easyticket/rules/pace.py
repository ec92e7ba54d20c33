"""How a sale goes beside another one, and this week beside the last: moments at the same distance, and days in a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from easyticket.models import Event
from easyticket.rules.schedule import Span, day_in, span_of_days

DAYS_SHOWN = 30
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Pace:
    """Tickets an event sold, and what an earlier one had sold as long before it began."""

    other: Event
    sold: int
    other_sold: int
    # All that the other one sold in the end.
    other_total: int


def same_distance(event: Event, other: Event, now: datetime) -> datetime:
    """Return the moment at which `other` was as far from its beginning as `event` is now."""
    return other.start_at - (event.start_at - now)


def days_shown(zone: str, until: datetime) -> list[date]:
    """Return the last thirty days up to that of a moment, by the calendars of a zone."""
    last = day_in(zone, until)
    return [last - timedelta(days=DAYS_SHOWN - 1 - number) for number in range(DAYS_SHOWN)]


def span_shown(days: Sequence[date], zone: str) -> Span:
    """Return the stretch of time that some days in a row are."""
    return span_of_days(days[0], days[-1], zone)


def two_weeks(sold: Mapping[date, int], days: Sequence[date]) -> tuple[int, int]:
    """Return how many were sold in the last seven of some days, and in the seven before."""
    last, before = days[-_WEEK:], days[-2 * _WEEK : -_WEEK]
    return sum(sold.get(day, 0) for day in last), sum(sold.get(day, 0) for day in before)
