"""What a person's name, e-mail address, username and phone number may look like, and the one form they are kept in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from email_validator import EmailNotValidError, validate_email

from easyticket.core.errors import Invalid, invalid_field
from easyticket.rules.fields import TURNING

NAME_LENGTH = 50
PLACE_LENGTH = 100
BIO_LENGTH = 1000
# Digits of a phone number: the fewest, those of one that can be called from abroad, and the most.
_PHONE_FEWEST, _PHONE_FEWEST_ABROAD, _PHONE_MOST = 5, 9, 15
NO_PHONE_ABROAD = (
    f"Enter the phone number with + and the country code, {_PHONE_FEWEST_ABROAD} to {_PHONE_MOST} digits in all, "
    "for example +233241234567."
)
# What accounts without a username are called by number (api_v1/shapes/people.py), and deleted ones.
_STAND_IN = re.compile(r"user[0-9]+|deleted")
_USERNAME = re.compile(r"[A-Za-z0-9_]{3,20}")
_PHONE = re.compile(r"\+?([0-9]+)")
_PHONE_PUNCTUATION = str.maketrans("", "", " -./()\N{NO-BREAK SPACE}")


def check_all(checks: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
    """Return what each check returns, by name, so that a person reads of everything that is wrong at once.

    :raises Invalid: some did; it has the fields of all of them and the message of the first.
    """
    results: dict[str, Any] = {}
    refusals: list[Invalid] = []
    for name, check in checks.items():
        try:
            results[name] = check()
        except Invalid as refusal:
            refusals.append(refusal)
    if refusals:
        fields = {name: texts for refusal in refusals for name, texts in refusal.fields.items()}
        raise Invalid(refusals[0].message, fields=fields)
    return results


def normal_email(text: str, *, field: str = "email") -> str:
    """Return an address as it is kept and compared: in lower case, its domain normalized.

    :raises Invalid: it is none, its part before the @ needs more than ASCII, which few mail servers take, or mail programs
        would read it as an encoded word and not as an address.
    """
    try:
        address = validate_email(
            text.strip(), check_deliverability=False, allow_smtputf8=False, test_environment=True
        )
    except EmailNotValidError:
        raise invalid_field(field, "Enter a valid email address.") from None
    if "=?" in address.normalized:
        raise invalid_field(field, "Enter a valid email address.")
    return address.normalized.lower()


def normal_username(text: str) -> str:
    """Return a username without surrounding space.

    :raises Invalid: it has other than 3 to 20 letters, digits and underscores, or could be taken for what stands for
        accounts without a name.
    """
    username = text.strip()
    if not _USERNAME.fullmatch(username):
        raise invalid_field("username", "A username has 3 to 20 letters, digits or underscores.")
    if _STAND_IN.fullmatch(username.lower()):
        raise invalid_field(
            "username", "This username is kept for accounts that have chosen none. Take another one."
        )
    return username


def normal_phone(text: str, *, field: str = "phone_number") -> str:
    """Return a phone number as digits, with a `+` if it was typed with one; nothing stays nothing.

    :raises Invalid: it has other than 5 to 15 digits.
    """
    number = text.strip().translate(_PHONE_PUNCTUATION)
    if number and not _is_phone(number, _PHONE_FEWEST):
        raise invalid_field(
            field,
            f"Enter a phone number of {_PHONE_FEWEST} to {_PHONE_MOST} digits, for example +233241234567.",
        )
    return number


def normal_phone_abroad(text: str, *, field: str = "phone_number") -> str:
    """Return a phone number that can be called from abroad, as `+` and digits; nothing stays nothing.

    :raises Invalid: it has no `+`, or other than 9 to 15 digits.
    """
    number = text.strip().translate(_PHONE_PUNCTUATION)
    if number and not (number.startswith("+") and _is_phone(number, _PHONE_FEWEST_ABROAD)):
        raise invalid_field(field, NO_PHONE_ABROAD)
    return number


def normal_line(text: str, *, field: str, longest: int) -> str:
    """Return one line of text with single spaces: a name, a city. Of signs that cannot be seen alone nothing is left.

    :raises Invalid: it is too long or holds control characters.
    """
    line = " ".join(text.split())
    if _has_hidden_characters(line):
        raise invalid_field(field, "This text holds characters that cannot be shown.")
    if len(line) > longest:
        raise invalid_field(field, f"Ensure this field has no more than {longest} characters.")
    return line if any(unicodedata.category(sign)[0] in "LNPS" for sign in line) else ""


def normal_text(text: str, *, field: str, longest: int) -> str:
    """Return a text of several lines with plain line ends.

    :raises Invalid: it is too long or holds control characters.
    """
    lines = [line.rstrip() for line in text.replace("\t", " ").splitlines()]
    if any(_has_hidden_characters(line) for line in lines):
        raise invalid_field(field, "This text holds characters that cannot be shown.")
    whole = "\n".join(lines).strip("\n")
    if len(whole) > longest:
        raise invalid_field(field, f"Ensure this field has no more than {longest} characters.")
    return whole


def split_name(full_name: str) -> tuple[str, str]:
    """Return first and last name: the first word, and all that follows."""
    first, _, last = " ".join(full_name.split()).partition(" ")
    return first, last


def parts_of_name(full_name: str, *, field: str = "full_name") -> tuple[str, str]:
    """Return first and last name as `split_name` does, each as it is kept.

    :raises Invalid: on `field`: one of them is too long, or holds control characters.
    """
    first, last = split_name(normal_line(full_name, field=field, longest=2 * NAME_LENGTH + 1))
    if max(len(first), len(last)) > NAME_LENGTH:
        sentence = (
            f"The first word of a name, and all that follows it, have at most {NAME_LENGTH} characters."
        )
        raise invalid_field(field, sentence)
    return first, last


def _is_phone(number: str, fewest: int) -> bool:
    match = _PHONE.fullmatch(number)
    return match is not None and fewest <= len(match[1]) <= _PHONE_MOST


def _has_hidden_characters(line: str) -> bool:
    return any(sign in TURNING or unicodedata.category(sign) in ("Cc", "Cs") for sign in line)
