"""Money as integer minor units of an ISO currency. Converted from and to text only at the edges; never a float."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

# Digits after the point by ISO 4217 currency; currencies that are not named here have two.
_DIGITS = {
    **dict.fromkeys(
        "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF UGX VND VUV XAF XOF XPF".split(),
        0,
    ),
    **dict.fromkeys("BHD JOD KWD OMR TND".split(), 3),
}

# What an event may be sold in. A list on purpose: a typo must not become a currency.
CURRENCIES = tuple(
    "GHS NGN USD EUR GBP KES ZAR XOF XAF CHF CAD AUD JPY SEK NOK DKK PLN UGX RWF TZS KWD BHD JOD OMR TND".split()
)

# The largest amount a price or a total may have, in minor units: far above any ticket, far below 2**63.
MAX_MINOR = 10**12


class MoneyError(ValueError):
    """The text or number is not an amount of this currency."""


def currency_digits(currency: str) -> int:
    """Return how many digits `currency` has after the point."""
    return _DIGITS.get(currency, 2)


def smallest_step(currency: str) -> int:
    """Return the smallest difference between two amounts that can be paid, in minor units.

    Cards know no thousandths of the currencies that have three digits: their amounts end in 0.
    """
    return 10 if currency_digits(currency) == 3 else 1


def thousandths_per_minor(currency: str) -> int:
    """Return how many thousandths of a major unit one minor unit is: amounts of all currencies compare in these."""
    return int(10 ** (3 - currency_digits(currency)))


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in minor units (pesewas, cents) of one currency; sums of different currencies are refused."""

    minor: int
    currency: str

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __mul__(self, factor: int) -> Money:
        return Money(self.minor * factor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise MoneyError(f"cannot mix {self.currency} with {other.currency}")
        return other.minor

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, with the currency's digits."""
        return Decimal(self.minor).scaleb(-currency_digits(self.currency))

    def as_text(self) -> str:
        """Return the plain decimal text of the APIs, for example `"250.00"`."""
        return f"{self.decimal:.{currency_digits(self.currency)}f}"

    @classmethod
    def parse(cls, value: str | int | Decimal, currency: str) -> Money:
        """Return the amount written as `value` in major units.

        :raises MoneyError: not a finite number, below zero, too large, or more digits than the currency has.
        """
        if isinstance(value, (bool, float)):
            raise MoneyError("A valid amount is required.")
        try:
            amount = Decimal(value.strip() if isinstance(value, str) else value)
        except (InvalidOperation, ValueError):
            raise MoneyError("A valid amount is required.") from None
        if not amount.is_finite() or (isinstance(value, str) and not value.strip().isascii()):
            raise MoneyError("A valid amount is required.")
        if amount < 0:
            raise MoneyError("The amount must not be below zero.")
        # Compared before scaling: a text such as 1e999999 must not be spelled out.
        if amount.adjusted() > 14 or amount > MAX_MINOR:
            raise MoneyError("The amount is too large.")
        minor = amount.scaleb(currency_digits(currency))
        if minor != minor.to_integral_value():
            raise MoneyError(f"{currency} has {currency_digits(currency)} digits after the point.")
        if minor > MAX_MINOR:
            raise MoneyError("The amount is too large.")
        return cls(int(minor), currency)
