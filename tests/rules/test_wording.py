"""Money, days and times read the same on pages, in mails and on paper."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from easyticket.core.money import Money
from easyticket.rules.wording import clock_text, day_text, moment_text, money_text, zone_text

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
    assert (day_text(late, "Europe/Berlin"), clock_text(late, "Europe/Berlin")) == ("Sun 13 December 2026", "00:30")
    assert day_text(date(2026, 12, 12)) == "Sat 12 December 2026"
