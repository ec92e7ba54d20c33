"""Money from and to text: every wrong amount is told apart, nothing is rounded silently."""

from __future__ import annotations

from decimal import Decimal

import pytest

from easyticket.core.money import Money, MoneyError


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("250.00", "GHS", 25_000),
        ("0", "USD", 0),
        (" 12.5 ", "USD", 1_250),
        ("500", "JPY", 500),
        ("1.234", "KWD", 1_234),
    ],
)
def test_an_amount_is_read_in_its_currencys_digits(text: str, currency: str, minor: int) -> None:
    assert Money.parse(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    "text", ["", "x", "-1", "1.005", "NaN", "Infinity", "1e999999", "10000000000000", "١٠", "1,50", True, 1.5]
)
def test_what_is_no_amount_is_refused(text: object) -> None:
    with pytest.raises(MoneyError):
        Money.parse(text, "USD")  # type: ignore[arg-type]


def test_an_amount_is_written_with_its_currencys_digits() -> None:
    assert Money(25_000, "GHS").as_text() == "250.00"
    assert Money(500, "JPY").as_text() == "500"
    assert Money(1_234, "KWD").as_text() == "1.234"
    assert Money(5, "USD").decimal == Decimal("0.05")


def test_two_currencies_never_mix() -> None:
    with pytest.raises(MoneyError):
        Money(1, "USD") + Money(1, "GHS")
