"""Prices as people write and paste them: what is read of them, and what is no price."""

from __future__ import annotations

import pytest

from easyticket.core.money import MoneyError
from easyticket.web.forms.checks import read_price


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("50", 5000),
        ("12.50", 1250),
        ("12,5", 1250),
        ("1,250.50", 125050),
        ("1.250,50", 125050),
        (" 1 250 ", 125000),
        ("GH₵ 50", 5000),
        ("GH₵\N{NO-BREAK SPACE}1,000.00", 100000),
        ("$12", 1200),
        ("N5,000", 500000),
        ("12,50 €", 1250),
        ("GHS 50", 5000),
        ("50 GHS", 5000),
        ("0", 0),
    ],
)
def test_a_price_is_read_as_people_write_it(typed: str, minor: int) -> None:
    assert read_price(typed, "GHS") == minor


@pytest.mark.parametrize(
    "typed",
    ["", "free", "1e9", "1e400", "1_0", "0x10", "5e", "10 each", "12.50.1", "--5", "-5", "٣", "1/2", "10%"],
)
def test_what_is_no_price_is_not_guessed_at(typed: str) -> None:
    with pytest.raises(MoneyError):
        read_price(typed, "GHS")
