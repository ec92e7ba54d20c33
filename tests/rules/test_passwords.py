"""A password is refused with the sentences of the API contract, and with all that apply."""

from __future__ import annotations

import pytest

from easyticket.core.errors import Invalid
from easyticket.rules.passwords import check_repeated, why_password_refused

TOO_SHORT = "This password is too short. It must contain at least 8 characters."
TOO_COMMON = "This password is too common."
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


def test_a_password_is_compared_sign_by_sign_with_its_repetition_where_one_is_asked_for() -> None:
    check_repeated("h3-Xq!zw", "h3-Xq!zw", field="again", message="Different")
    check_repeated("h3-Xq!zw", None, field="again", message="Different")
    for other in ("", "h3-xq!zw", "h3-Xq!zw "):
        with pytest.raises(Invalid) as refused:
            check_repeated("h3-Xq!zw", other, field="again", message="Different")
        assert refused.value.fields == {"again": ["Different"]}
