"""What a password must be: long enough, not only digits, not one of the common ones. The sentences are the API contract's."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from easyticket.core.errors import Invalid, invalid_field

MIN_LENGTH = 8
# Long enough for any sentence; a limit keeps a megabyte from being hashed.
MAX_LENGTH = 256
PASSWORDS_DIFFER = "Passwords do not match"
NEW_PASSWORDS_DIFFER = "New passwords do not match"

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


def check_password(password: str, *, field: str) -> str:
    """Return a password that breaks no rule.

    :raises Invalid: it breaks some; the sentences are on `field`.
    """
    reasons = why_password_refused(password)
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
