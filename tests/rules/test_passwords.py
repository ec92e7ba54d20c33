"""A password is refused with the sentences of the API contract, and with all that apply."""

from __future__ import annotations

import pytest

from easyticket.core.errors import Invalid
from easyticket.rules.passwords import check_password, check_repeated, why_not_mixed, why_password_refused

TOO_SHORT = "This password is too short. It must contain at least 8 characters."
TOO_COMMON = "This password is too common."
NO_CAPITAL = "This password has no capital letter. Add one from A to Z."
NO_SMALL = "This password has no small letter. Add one from a to z."
NO_DIGIT = "This password has no digit. Add one from 0 to 9."
ALL_DIGITS = "This password is entirely numeric."


@pytest.mark.parametrize("password", ["Demo-password-1", "kente cloth market", "ŋkyɛnkyɛma ɖe", "9f3k2m1x"])
def test_an_ordinary_good_password_is_fine(password: str) -> None:
    assert why_password_refused(password) == []


@pytest.mark.parametrize(
    ("password", "reasons"),
    [
        ("h3-Xq!z", [TOO_SHORT]),
        ("", [TOO_SHORT]),
        ("password123", [TOO_COMMON]),
        ("PassWord123", [TOO_COMMON]),
        (" password123 ", [TOO_COMMON]),
        ("48151623421", [ALL_DIGITS]),
        ("12345678", [TOO_COMMON, ALL_DIGITS]),
        ("4815", [TOO_SHORT, ALL_DIGITS]),
        ("x" * 257, ["This password is too long. It must contain at most 256 characters."]),
    ],
)
def test_every_broken_rule_is_named(password: str, reasons: list[str]) -> None:
    assert why_password_refused(password) == reasons


def test_a_password_of_exactly_eight_characters_is_long_enough() -> None:
    assert why_password_refused("h3-Xq!zw") == []


@pytest.mark.parametrize(
    ("password", "reasons"),
    [
        ("Demo-password-1", []),
        ("demo-password-1", [NO_CAPITAL]),
        ("DEMO-PASSWORD-1", [NO_SMALL]),
        ("Demo-password", [NO_DIGIT]),
        # The clients look for letters and digits of ASCII only.
        ("Ɛɛ٣ ŋŊ٤ ɖƉ٥", [NO_CAPITAL, NO_SMALL, NO_DIGIT]),
    ],
)
def test_a_password_some_clients_would_not_send_is_told_what_it_lacks(
    password: str, reasons: list[str]
) -> None:
    assert why_not_mixed(password) == reasons
    assert check_password(password, field="password") == password


def test_all_that_a_mixed_password_lacks_is_told_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        check_password("kente", field="password", mixed=True)
    assert refused.value.fields == {"password": [TOO_SHORT, NO_CAPITAL, NO_DIGIT]}
    assert check_password("Kente-cloth-1", field="password", mixed=True) == "Kente-cloth-1"


def test_a_password_is_compared_sign_by_sign_with_its_repetition_where_one_is_asked_for() -> None:
    check_repeated("h3-Xq!zw", "h3-Xq!zw", field="again", message="Different")
    check_repeated("h3-Xq!zw", None, field="again", message="Different")
    for other in ("", "h3-xq!zw", "h3-Xq!zw "):
        with pytest.raises(Invalid) as refused:
            check_repeated("h3-Xq!zw", other, field="again", message="Different")
        assert refused.value.fields == {"again": ["Different"]}
