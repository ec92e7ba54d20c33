"""What a password must be: long enough, not only digits, not one of the common ones. The sentences are the API contract's.

Where clients send nothing else to log in, it also has letters of both cases and a digit.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from easyticket.core.errors import Invalid, invalid_field

MIN_LENGTH = 8
# Long enough for any sentence; a limit keeps a megabyte from being hashed.
MAX_LENGTH = 256
PASSWORDS_DIFFER = "Passwords do not match"
NEW_PASSWORDS_DIFFER = "New passwords do not match"

# What the login forms of the Cafa Tickets clients look for, in plain ASCII as they do, before they send anything.
_MIXED = {
    "[A-Z]": "This password has no capital letter. Add one from A to Z.",
    "[a-z]": "This password has no small letter. Add one from a to z.",
    "[0-9]": "This password has no digit. Add one from 0 to 9.",
}
_COMMON = Path(__file__).with_name("common_passwords.txt")


def why_password_refused(password: str) -> list[str]:
    """Return a sentence for each rule that `password` breaks; an empty list means that it is fine."""
    reasons = []
    if len(password) < MIN_LENGTH:
        reasons.append(f"This password is too short. It must contain at least {MIN_LENGTH} characters.")
    if len(password) > MAX_LENGTH:
        reasons.append(f"This password is too long. It must contain at most {MAX_LENGTH} characters.")
    if password.strip().lower() in _common_passwords():
        reasons.append("This password is too common.")
    if password.isdigit():
        reasons.append("This password is entirely numeric.")
    return reasons


def why_not_mixed(password: str) -> list[str]:
    """Return a sentence for each kind of character, capital letter, small letter and digit, that `password` has none of."""
    return [sentence for kind, sentence in _MIXED.items() if not re.search(kind, password)]


def check_password(password: str, *, field: str, mixed: bool = False) -> str:
    """Return a password that breaks no rule; a `mixed` one has letters of both cases and a digit as well.

    :raises Invalid: it breaks some; the sentences are on `field`.
    """
    reasons = why_password_refused(password) + (why_not_mixed(password) if mixed else [])
    if reasons:
        raise Invalid(reasons[0], fields={field: reasons})
    return password


def check_repeated(password: str, repeated: str | None, *, field: str, message: str) -> None:
    """Return if the password was typed the same again; None is for surfaces that do not ask for it twice.

    :raises Invalid: it was not; `message` is on `field`.
    """
    if repeated is not None and repeated != password:
        raise invalid_field(field, message)


@cache
def _common_passwords() -> frozenset[str]:
    lines = _COMMON.read_text(encoding="ascii").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))
