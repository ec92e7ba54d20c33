"""What the event form of the Cafa Tickets API asks beyond what any event may hold: lengths, dates in parts, repetition.

Its clients' own forms have the same limits. Fields are called as the form's schema calls them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from easyticket.models import Event
from easyticket.rules.fields import Faults
from easyticket.rules.schedule import Phase, phase_of

MOST_TICKET_TYPES = 10
MOST_PICTURES = 5
# Shortest and longest, in characters.
LENGTHS = {"title": (5, 200), "short_description": (20, 300), "description": (50, 50_000)}
# How long an event is that says nothing of its end.
USUAL_LENGTH = timedelta(hours=3)
_LAST_SECOND = time(23, 59, 59)
_FREQUENCY = re.compile(r"[a-z][a-z_ -]{0,19}")
_MOST_OCCURRENCES = 1000
_LONGEST_INTERVAL = 365


@dataclass(frozen=True, slots=True)
class DateParts:
    """When an event begins and ends as clocks in its zone show it, to the second."""

    start_on: date
    starts_at: time
    end_on: date
    ends_at: time


def parts_of(event: Event) -> DateParts:
    """Return the parts of a stored event's dates."""
    zone = ZoneInfo(event.time_zone)
    starts, ends = (moment.astimezone(zone) for moment in (event.start_at, event.end_at))
    return DateParts(
        starts.date(), starts.time().replace(microsecond=0), ends.date(), ends.time().replace(microsecond=0)
    )


def why_not_to_be_changed(event: Event, now: datetime) -> str | None:
    """Return why the form no longer takes changes of the event, or None while it has not begun."""
    return {
        Phase.UPCOMING: None,
        Phase.ONGOING: "The event has started, so it can no longer be changed here.",
        Phase.PAST: "The event is over, so it can no longer be changed here.",
    }[phase_of(event, now)]


def check_lengths(faults: Faults, values: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> None:
    """Note it if a text that differs from the one before is too short or too long."""
    for name, (shortest, longest) in LENGTHS.items():
        # Browsers write line ends in forms in their own way.
        text = (values.get(name) or "").replace("\r\n", "\n").strip()
        if name not in values or (before is not None and text == before[name]):
            continue
        if len(text) < shortest:
            faults.add(name, f"Ensure this field has at least {shortest} characters.")
        elif len(text) > longest:
            faults.add(name, f"Ensure this field has no more than {longest} characters.")


def read_dates(faults: Faults, told: Mapping[str, Any], before: DateParts | None) -> dict[str, datetime]:
    """Return `start_at` and `end_at` as clocks in the event's zone show them, each only if it differs from before.

    Without `end_on` an event ends on the day it begins, without `ends_at` at the last second of its last day, and without
    both three hours after its beginning. `told` are parts by name; those that are left out stay as before.
    """
    wanted = {name: told.get(name) for name in DateParts.__dataclass_fields__}
    if before is not None:
        wanted = {name: getattr(before, name) if part is None else part for name, part in wanted.items()}
    for name in ("start_on", "starts_at"):
        if wanted[name] is None:
            faults.add(name, "This field is required.")
    if wanted["start_on"] is None or wanted["starts_at"] is None:
        return {}
    start_at = datetime.combine(wanted["start_on"], wanted["starts_at"])
    end_at = _end_of(start_at, wanted["end_on"], wanted["ends_at"])
    if end_at is None:
        faults.add("start_on", "This date is too far away.")
        return {}
    if end_at <= start_at:
        faults.add(_to_blame(told, start_at, end_at), "End date must be after start date")
    found = {"start_at": start_at, "end_at": end_at}
    if before is not None:
        kept = {
            "start_at": datetime.combine(before.start_on, before.starts_at),
            "end_at": datetime.combine(before.end_on, before.ends_at),
        }
        found = {name: moment for name, moment in found.items() if moment != kept[name]}
    return found


def read_recurrence(faults: Faults, pattern: Mapping[str, Any]) -> dict[str, Any]:
    """Return how an event repeats as it is stored: `frequency`, `interval`, `end_date` and `occurrences`."""
    frequency = str(pattern.get("frequency") or "").strip().lower()
    if not _FREQUENCY.fullmatch(frequency):
        faults.add("recurrence", "Say how often it repeats: `frequency` is a word such as weekly or monthly.")
    return {
        "frequency": frequency,
        "interval": _counted(faults, pattern, "interval", _LONGEST_INTERVAL) or 1,
        "end_date": _last_day(faults, pattern.get("end_date")),
        "occurrences": _counted(faults, pattern, "occurrences", _MOST_OCCURRENCES),
    }


def read_window_edge(value: date | datetime | None, *, is_end: bool) -> datetime | None:
    """Return a moment of a sales window; a day alone is its first second, or its last, by the event's clocks (naive)."""
    if value is None or isinstance(value, datetime):
        return value
    return datetime.combine(value, _LAST_SECOND if is_end else time.min)


def is_same_edge(stored: datetime | None, value: date | datetime | None, zone: str) -> bool:
    """Tell whether a form's value is what is stored already: the moment, or the day it is shown with."""
    if stored is None or value is None:
        return stored is None and value is None
    local = stored.astimezone(ZoneInfo(zone))
    if not isinstance(value, datetime):
        return value in (stored.date(), local.date())
    return value == (local.replace(tzinfo=None) if value.tzinfo is None else stored)


def why_too_many_tickets(quantities: int, capacity: int | None) -> str | None:
    """Return why so many tickets cannot be sold at an event with room for so many people, or None."""
    if capacity is None or quantities <= capacity:
        return None
    return (
        f"All ticket types together have {quantities} tickets, and the event has room for {capacity} people."
    )


def _end_of(start_at: datetime, end_on: date | None, ends_at: time | None) -> datetime | None:
    try:
        if end_on is None and ends_at is None:
            return start_at + USUAL_LENGTH
    except OverflowError:
        return None
    return datetime.combine(end_on or start_at.date(), ends_at or _LAST_SECOND)


def _to_blame(told: Mapping[str, Any], start_at: datetime, end_at: datetime) -> str:
    """Return the field to name: a day that is too early, else the hour; what was not sent is not at fault."""
    suspects = ["end_on", "ends_at"] if end_at.date() < start_at.date() else ["ends_at", "end_on"]
    return next((name for name in suspects if told.get(name) is not None), "start_on")


def _counted(faults: Faults, pattern: Mapping[str, Any], name: str, most: int) -> int | None:
    value = pattern.get(name)
    if value in (None, ""):
        return None
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= most):
        faults.add("recurrence", f"`{name}` must be a whole number from 1 to {most}.")
        return None
    return int(text)


def _last_day(faults: Faults, value: Any) -> str | None:
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(str(value)[:10]).isoformat()
    except ValueError:
        faults.add("recurrence", "`end_date` must be a day, written YYYY-MM-DD.")
        return None
