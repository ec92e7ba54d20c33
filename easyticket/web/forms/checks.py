"""What several forms ask of a field: that it is filled in, is not too long, is a whole number."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from wtforms import StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from easyticket.core.money import Money, MoneyError

MOST = 10_000_000
WHOLE = "Enter a whole number from 1 to 10,000,000."
# "1,250" and "1,250.50" have thousands in them, "12,50" has a decimal comma, and "1.250,50" has both.
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")
_THOUSANDS_BY_POINT = re.compile(r"\d{1,3}(\.\d{3})+,\d+")
_AMOUNT = re.compile(r"([^\d.,+-]*)(-?[\d.,]+)([^\d.,+-]*)", re.ASCII)
_COUNT = re.compile(r"\d{1,9}|\d{1,3}([., \N{NO-BREAK SPACE}]\d{3}){1,2}")


def required(sentence: str, longest: int) -> list[Any]:
    """Return what a text must be that may not be left out; `sentence` says so."""
    return [InputRequired(sentence), Length(max=longest, message=f"At most {longest} characters.")]


def optional(longest: int) -> list[Any]:
    """Return what a text must be that may be left out."""
    return [Optional(), Length(max=longest, message=f"At most {longest} characters.")]


def whole(sentence: str) -> list[Any]:
    """Return what a number must be that may not be left out; `sentence` says so."""
    return [InputRequired(sentence), NumberRange(1, MOST, message=WHOLE)]


def read_price(typed: str | None, currency: str) -> int:
    """Return the minor units of a price as people write it: "1,250.50", "1.250,50", "12,50" or "GH₵ 50".

    :raises MoneyError: it is none, with a sentence that says why.
    """
    plain = _without_currency("".join((typed or "").split()))
    if _THOUSANDS_BY_POINT.fullmatch(plain):
        plain = plain.replace(".", "")
    plain = plain.replace(",", "") if _THOUSANDS.fullmatch(plain) else plain.replace(",", ".")
    return Money.parse(plain, currency).minor


def _without_currency(text: str) -> str:
    """Return the number of an amount with its currency before or behind it: "$", "GH₵", "EUR"; nothing if it is none."""
    found = _AMOUNT.fullmatch(text)
    if found is None:
        return ""
    before, number, after = found.groups()
    # "N500" is said in Lagos, and "5e" nowhere.
    is_read = _is_currency(before, fewest=1) and _is_currency(after, fewest=3)
    return number if is_read else ""


def _is_currency(text: str, *, fewest: int) -> bool:
    is_code = fewest <= len(text) <= 3 and text.isascii() and text.isalpha()
    has_sign = any(unicodedata.category(sign) == "Sc" for sign in text)
    return not text or is_code or (has_sign and len(text) <= 4)


def check_price(field: StringField, currency: str) -> None:
    """Refuse what is no price.

    :raises ValidationError: with a sentence that says why.
    """
    try:
        read_price(field.data, currency)
    except MoneyError as fault:
        is_none = str(fault) == "A valid amount is required."
        raise ValidationError("Enter a price such as 50 or 12.50." if is_none else str(fault)) from None


def read_count(typed: str | None) -> int:
    """Return a whole number from 1 as people write it: "1,200", "1.200", "1 200".

    :raises ValidationError: it is none.
    """
    plain = (typed or "").strip()
    count = int(re.sub(r"\D", "", plain)) if plain.isascii() and _COUNT.fullmatch(plain) else 0
    if not 1 <= count <= MOST:
        raise ValidationError(WHOLE)
    return count
