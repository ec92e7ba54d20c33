"""What several forms ask of a field: that it is filled in, is not too long, is a whole number."""

from __future__ import annotations

import re
from typing import Any

from wtforms import StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from easyticket.core.money import Money, MoneyError

MOST = 10_000_000
WHOLE = "Enter a whole number from 1 to 10,000,000."
# "1,250" and "1,250.50" have thousands in them, "12,50" has a decimal comma, and "1.250,50" has both.
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")
_THOUSANDS_BY_POINT = re.compile(r"\d{1,3}(\.\d{3})+,\d+")
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
    plain = re.sub(r"[^\d.,-]", "", typed or "")
    if _THOUSANDS_BY_POINT.fullmatch(plain):
        plain = plain.replace(".", "")
    plain = plain.replace(",", "") if _THOUSANDS.fullmatch(plain) else plain.replace(",", ".")
    return Money.parse(plain, currency).minor


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
