"""Periods of revenue and the months sales fall into, by the clocks of a zone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from easyticket.rules.percentages import percentage
from easyticket.rules.periods import RevenuePeriod, months_from, span_of_period
from easyticket.rules.schedule import Span

BERLIN = "Europe/Berlin"
# Half past midnight on New Year's Day in Berlin.
NEW_YEAR = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)


def utc(year: int, month: int, day: int, hour: int) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("period", "span"),
    [
        (RevenuePeriod.ALL_TIME, Span()),
        (RevenuePeriod.THIS_MONTH, Span(utc(2026, 12, 31, 23))),
        (RevenuePeriod.LAST_MONTH, Span(utc(2026, 11, 30, 23), utc(2026, 12, 31, 23))),
        (RevenuePeriod.THIS_YEAR, Span(utc(2026, 12, 31, 23))),
    ],
)
def test_a_period_begins_and_ends_at_midnight_of_the_zone(period: RevenuePeriod, span: Span) -> None:
    assert span_of_period(period, BERLIN, NEW_YEAR) == span


def test_months_come_newest_first_and_know_summer_time() -> None:
    months = months_from(utc(2027, 3, 1, 12), utc(2027, 4, 1, 12), BERLIN)
    assert [(month.name, month.start_at) for month in months] == [
        ("2027-04", utc(2027, 3, 31, 22)),
        ("2027-03", utc(2027, 2, 28, 23)),
    ]
    assert [month.name for month in months_from(utc(2026, 12, 31, 22), NEW_YEAR, BERLIN)] == [
        "2027-01",
        "2026-12",
    ]


def test_a_part_of_nothing_is_zero_percent() -> None:
    assert (percentage(1, 3), percentage(3, 3), percentage(0, 0)) == (33.33, 100.0, 0.0)
