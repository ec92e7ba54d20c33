"""What an event's copy for another date is like: as long by the clocks at the venue, with sale and days at the same distance."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from easyticket.models import Event

_WEEK = timedelta(days=7)


def why_not_copied(event: Event) -> str | None:
    """Return why there can be no copy of an event, or None: what administrators took away does not come back as another."""
    if event.taken_down_at is not None:
        return "This event was taken down, so it cannot be copied. Ask the people who run the site about it."
    return None


class Shift:
    """How the moments and days of an event move to those of its copy, which begins at `start_at` by the event's own clocks.

    Clocks count, not hours: what begins at eight begins at eight, on both sides of a change to summer time.
    """

    def __init__(self, event: Event, start_at: datetime) -> None:
        self.zone = ZoneInfo(event.time_zone)
        self.by = start_at - self._local(event.start_at)
        self.days = start_at.date() - self._local(event.start_at).date()

    def moment(self, moment: datetime) -> datetime:
        """Return a moment of the copy (UTC); a time that clocks skip on that day becomes the one they show instead."""
        return (self._local(moment) + self.by).replace(tzinfo=self.zone).astimezone(UTC)

    def edge(self, moment: datetime | None) -> datetime | None:
        """Return where a sale of the copy begins or ends, if it does at all."""
        return None if moment is None else self.moment(moment)

    def day(self, day_on: date | None) -> date | None:
        """Return a day of the copy."""
        return None if day_on is None else day_on + self.days

    def recurrence(self, pattern: dict[str, Any] | None) -> dict[str, Any] | None:
        """Return how the copy repeats: as often and as long."""
        if not pattern or not pattern.get("end_date"):
            return pattern
        last = date.fromisoformat(pattern["end_date"]) + self.days
        return {**pattern, "end_date": last.isoformat()}

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone).replace(tzinfo=None)


def next_beginning(event: Event, now: datetime) -> datetime:
    """Return when a copy most likely begins, by the clocks at the venue: the same weekday and hour, a week later or the first
    one that is still to come."""
    zone = ZoneInfo(event.time_zone)
    start_at = event.start_at.astimezone(zone).replace(tzinfo=None)
    local_now = now.astimezone(zone).replace(tzinfo=None)
    weeks = max((local_now - start_at) // _WEEK, 0) + 1
    return start_at + weeks * _WEEK
