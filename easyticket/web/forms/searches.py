"""What searches share: what was typed, by field, and how a day and the number of a page are read out of an address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from easyticket.rules.fields import FIRST_YEAR, LAST_YEAR

# What one field may be long, unless a search says otherwise.
LONGEST = 100
_MOST_DIGITS = 6


class Typed:
    """Gives a search with a field `typed` what of it belongs into an address."""

    typed: Mapping[str, str]

    @property
    def arguments(self) -> dict[str, str]:
        """What of it belongs into an address: the fields that say something."""
        return {name: text for name, text in self.typed.items() if text}

    @property
    def narrows(self) -> bool:
        """True where not all are asked for."""
        return any(name != "sort" for name in self.arguments)


def read_typed(
    arguments: Mapping[str, str], names: Sequence[str], longest: Mapping[str, int] | None = None
) -> dict[str, str]:
    """Return what these fields say, without blanks around it and cut where it is too long."""
    lengths = longest or {}
    return {name: arguments.get(name, "").strip()[: lengths.get(name, LONGEST)] for name in names}


def read_day(text: str) -> date | None:
    """Return the day that a text like 2026-12-24 names, or None for what is none, or too far off to be meant."""
    try:
        day_on = date.fromisoformat(text)
    except ValueError:
        return None
    return day_on if FIRST_YEAR <= day_on.year <= LAST_YEAR else None


def read_days(typed: Mapping[str, str], problems: list[str]) -> tuple[date | None, date | None]:
    """Return the days that the fields `from` and `to` name, in their order; what is wrong with them is added to `problems`."""
    first, last = _day(typed["from"], problems), _day(typed["to"], problems)
    if first and last and first > last:
        problems.append("The last day is before the first, so the two were swapped.")
        return last, first
    return first, last


def read_page(text: str) -> int:
    """Return the number of a page, from 0 up; the first where the text is none."""
    is_number = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return int(text) if is_number else 1


def _day(text: str, problems: list[str]) -> date | None:
    day_on = read_day(text)
    if text and day_on is None:
        problems.append(f"“{text}” is no day. Write it as year-month-day, for example 2026-12-24.")
    return day_on
