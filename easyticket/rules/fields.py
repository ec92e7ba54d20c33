"""How single fields are checked before they are written. Every fault is gathered, so that a form hears them all at once."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal

import nh3

from easyticket.core.errors import Invalid
from easyticket.core.money import MAX_MINOR, Money, MoneyError

# The years that any day or moment may be in: the ends of the calendar overflow where a zone's clocks are far from UTC.
FIRST_YEAR, LAST_YEAR = 1970, 2200
# Turn the direction of writing around, so that a text may read as another one.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Where a text has tags it was meant as HTML; "Q & A" or "a < b" was not and stays as it is.
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*[\s/>]|<!--")


class Faults:
    """Messages by field. The sentences are those of the API contract where it has one."""

    def __init__(self) -> None:
        self._messages: dict[str, list[str]] = {}

    def add(self, field: str, message: str) -> None:
        """Note that a field is wrong."""
        self._messages.setdefault(field, []).append(message)

    def line(self, field: str, value: str, longest: int, *, required: bool = False) -> str:
        """Return a text of one line without control characters, turns of direction and outer space, and note what is wrong
        with it."""
        plain = "".join(
            " " if unicodedata.category(letter) == "Cc" else letter
            for letter in value or ""
            if letter not in TURNING
        ).strip()
        return self._measured(field, plain, longest, required=required)

    def text(self, field: str, value: str, longest: int = 50_000, *, required: bool = False) -> str:
        """Return a text of several lines; HTML in it is cut down to what may stand on a page."""
        plain = (value or "").replace("\r\n", "\n").replace("\x00", "").strip()
        if _TAG.search(plain):
            plain = _as_written(nh3.clean(plain)).strip()
        return self._measured(field, plain, longest, required=required)

    def whole(self, field: str, value: int | None, lowest: int, highest: int = 10_000_000) -> None:
        """Note it if a number that is there is out of bounds."""
        if value is not None and value < lowest:
            self.add(field, f"Ensure this value is greater than or equal to {lowest}.")
        elif value is not None and value > highest:
            self.add(field, f"Ensure this value is less than or equal to {highest}.")

    def price(self, field: str, value: int | None) -> None:
        """Note it if an amount in minor units is below zero or too large."""
        if value is not None and value < 0:
            self.add(field, "Ensure this value is greater than or equal to 0.")
        elif value is not None and value > MAX_MINOR:
            self.add(field, "The amount is too large.")

    def amount(self, field: str, value: Decimal, currency: str) -> int | None:
        """Return an amount in major units as minor units of its currency; None, and a note, if it is none."""
        try:
            return Money.parse(value, currency).minor
        except MoneyError as error:
            self.add(field, str(error))
            return None

    def year(self, field: str, value: date | None) -> None:
        """Note it if a day or a moment that is there lies outside the years that anything here may be in."""
        if value is not None and value.year < FIRST_YEAR:
            self.add(field, "This date is too long ago.")
        elif value is not None and value.year > LAST_YEAR:
            self.add(field, "This date is too far away.")

    def sales_window(self, prefix: str, starts_at: datetime | None, ends_at: datetime | None) -> None:
        """Note it if a sale would end before it begins, or be in no year that anything may be in."""
        self.year(f"{prefix}sales_start_at", starts_at)
        self.year(f"{prefix}sales_end_at", ends_at)
        if starts_at is not None and ends_at is not None and ends_at <= starts_at:
            self.add(f"{prefix}sales_end_at", "Sales end date must be after sales start date")

    def raise_if_any(self) -> None:
        """Return if nothing is wrong.

        :raises Invalid: with every message by field; its own message is the first one.
        """
        if self._messages:
            first = next(iter(self._messages.values()))[0]
            raise Invalid(first, fields=self._messages)

    def _measured(self, field: str, value: str, longest: int, *, required: bool) -> str:
        if required and not value:
            self.add(field, "This field may not be blank.")
        if len(value) > longest:
            self.add(field, f"Ensure this field has no more than {longest} characters.")
        return value


def _as_written(cleaned: str) -> str:
    """Return cleaned HTML with the signs that Markdown and people need, `>` and a lone `&`; neither can open a tag."""
    return re.sub(r"&amp;(?![#a-zA-Z])", "&", cleaned.replace("&gt;", ">"))
