"""Money, days and times read the same on pages, in mails and on paper."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from easyticket.core.money import Money
from easyticket.models import Event
from easyticket.rules.wording import (
    clock_text,
    day_text,
    days_text,
    moment_text,
    money_text,
    period_text,
    place_text,
    zone_text,
)

EVENING = datetime(2026, 12, 12, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Money(5250, "GHS"), "GH₵\N{NO-BREAK SPACE}52.50"),
        (Money(1_250_000, "NGN"), "₦12,500.00"),
        (Money(1200, "USD"), "$12.00"),
        (Money(0, "USD"), "Free"),
        (Money(1500, "JPY"), "JP¥1,500"),
    ],
)
def test_an_amount_has_its_sign_and_its_currencys_digits(amount: Money, text: str) -> None:
    assert money_text(amount) == text


def test_a_moment_is_told_in_the_events_zone_with_the_zones_name() -> None:
    assert moment_text(EVENING, "Africa/Accra") == "Sat 12 December 2026, 18:00 GMT"
    assert moment_text(EVENING, "Africa/Lagos") == "Sat 12 December 2026, 19:00 WAT"
    assert moment_text(EVENING, "America/New_York") == "Sat 12 December 2026, 13:00 EST"


def test_a_zone_without_a_name_is_told_by_its_distance_from_utc() -> None:
    assert zone_text(EVENING, "Asia/Dubai") == "UTC+04"


def test_a_late_event_falls_on_the_day_of_its_own_zone() -> None:
    late = datetime(2026, 12, 12, 23, 30, tzinfo=UTC)
    assert (day_text(late, "Europe/Berlin"), clock_text(late, "Europe/Berlin")) == (
        "Sun 13 December 2026",
        "00:30",
    )
    assert day_text(date(2026, 12, 12)) == "Sat 12 December 2026"


def evening(hours: int) -> Event:
    return Event(start_at=EVENING, end_at=EVENING + timedelta(hours=hours), time_zone="Africa/Lagos")


def test_a_night_is_told_as_one_day_even_if_it_ends_after_midnight() -> None:
    assert period_text(evening(8)) == "Sat 12 December 2026, 19:00–03:00 WAT"
    assert days_text(evening(8)) == "Sat 12 December 2026"


def test_several_days_are_told_from_the_first_moment_to_the_last() -> None:
    assert period_text(evening(50)) == "Sat 12 December 2026, 19:00 WAT to Mon 14 December 2026, 21:00 WAT"
    assert days_text(evening(50)) == "Sat 12 December to Mon 14 December 2026"
    assert days_text(evening(24 * 21)) == "Sat 12 December 2026 to Sat 2 January 2027"


def test_a_place_is_told_on_one_line_without_what_is_not_known() -> None:
    event = Event(
        venue_name="Terra  Kulture", venue_address="", venue_city="Lagos", venue_country="Nigeria\n"
    )
    assert place_text(event) == "Terra Kulture, Lagos, Nigeria"
