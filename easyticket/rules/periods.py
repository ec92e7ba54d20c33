"""Spans of time that sums of money are asked for, and the months they fall into; they begin at midnight of a zone's clock."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime

from easyticket.rules.schedule import Span, day_in, start_of_day


class RevenuePeriod(enum.StrEnum):
    """What organizers ask their revenue for."""

    ALL_TIME = "all_time"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    THIS_YEAR = "this_year"


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the calendar (`2026-03`) and the moment (UTC) it begins."""

    name: str
    start_at: datetime


def span_of_period(period: RevenuePeriod, zone: str, now: datetime) -> Span:
    """Return the span of a period around `now`; what runs still is open at its end."""
    today = day_in(zone, now)
    this_month = start_of_day(today.replace(day=1), zone)
    if period is RevenuePeriod.THIS_MONTH:
        return Span(this_month)
    if period is RevenuePeriod.LAST_MONTH:
        return Span(start_of_day(_month_before(today), zone), this_month)
    if period is RevenuePeriod.THIS_YEAR:
        return Span(start_of_day(today.replace(month=1, day=1), zone))
    return Span()


def months_from(first_at: datetime, now: datetime, zone: str) -> list[Month]:
    """Return the months from that of `first_at` to that of `now`, the newest first."""
    first_on = day_in(zone, first_at).replace(day=1)
    found, day_on = [], day_in(zone, max(first_at, now)).replace(day=1)
    while day_on >= first_on:
        found.append(Month(f"{day_on:%Y-%m}", start_of_day(day_on, zone)))
        day_on = _month_before(day_on)
    return found


def _month_before(day_on: date) -> date:
    year, month = (day_on.year - 1, 12) if day_on.month == 1 else (day_on.year, day_on.month - 1)
    return date(year, month, 1)
