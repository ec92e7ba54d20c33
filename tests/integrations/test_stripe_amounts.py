"""Amounts as Stripe is told them: hundredths, whole units, thousandths, and the two currencies that are neither."""

from __future__ import annotations

import pytest

from easyticket.core.money import CURRENCIES, MAX_MINOR
from easyticket.integrations.stripe_amounts import LEAST_MINOR, from_stripe, to_stripe


@pytest.mark.parametrize(
    ("minor", "currency", "told"),
    [
        (1050, "EUR", 1050),
        (4200, "GHS", 4200),
        (1050, "JPY", 1050),  # yen, as we count them
        (5000, "XOF", 5000),
        (25_000, "UGX", 2_500_000),  # shillings here, hundredths of them there
        (500, "ISK", 500),  # hundredths on both sides
        (12_340, "KWD", 12_340),  # fils
    ],
)
def test_an_amount_is_told_in_stripes_units_and_read_back(minor: int, currency: str, told: int) -> None:
    assert to_stripe(minor, currency) == told
    assert from_stripe(told, currency) == minor


@pytest.mark.parametrize(("minor", "currency"), [(12_345, "KWD"), (1, "TND"), (550, "ISK")])
def test_what_stripe_cannot_charge_exactly_is_not_rounded(minor: int, currency: str) -> None:
    with pytest.raises(ValueError, match=currency):
        to_stripe(minor, currency)


@pytest.mark.parametrize("told", [2_500_050, 1, "100", 1.5, None, True])
def test_what_is_no_whole_number_of_our_units_is_not_read(told: int) -> None:
    with pytest.raises(ValueError, match="an amount"):
        from_stripe(told, "UGX")


@pytest.mark.parametrize("told", [-1, MAX_MINOR + 1, 10**30])
def test_what_nobody_can_have_paid_is_not_read(told: int) -> None:
    assert from_stripe(MAX_MINOR, "EUR") == MAX_MINOR
    with pytest.raises(ValueError, match="nobody pays"):
        from_stripe(told, "EUR")


def test_every_currency_events_may_use_has_a_least_charge_that_stripe_takes() -> None:
    assert set(LEAST_MINOR) == set(CURRENCIES)
    for currency, least in LEAST_MINOR.items():
        assert least > 0
        assert from_stripe(to_stripe(least, currency), currency) == least


@pytest.mark.parametrize(("currency", "least"), [("USD", 50), ("GBP", 30), ("JPY", 50), ("SEK", 300)])
def test_the_least_charges_are_those_of_stripes_table(currency: str, least: int) -> None:
    assert LEAST_MINOR[currency] == least
