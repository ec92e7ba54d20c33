"""Between our minor units and the amounts Stripe is told, and the smallest charge in each currency. Data, with two functions.

Stripe writes most currencies in hundredths, some in whole units and five in thousandths; two are written in hundredths
though nobody pays in them, and their last two digits are 00.
"""

from __future__ import annotations

from easyticket.core.money import MAX_MINOR, Money, currency_digits

_WHOLE_UNITS = frozenset("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split())
_THOUSANDTHS = frozenset("BHD JOD KWD OMR TND".split())
# What an amount, as Stripe is told it, must be a multiple of; 1 for the others.
_STEPS = {**dict.fromkeys(_THOUSANDTHS, 10), **dict.fromkeys(("ISK", "UGX"), 100)}

# Major units. The first two lines are Stripe's own table of smallest charges. The others have no line there: such a charge
# must be worth 0.50 USD once converted, so these are about 0.70 USD, which leaves room for a currency that falls.
_LEAST = {
    "USD": "0.50", "AUD": "0.50", "CAD": "0.50", "CHF": "0.50", "EUR": "0.50", "GBP": "0.30",
    "DKK": "2.50", "NOK": "3.00", "SEK": "3.00", "PLN": "2.00", "JPY": "50",
    "GHS": "10.00", "NGN": "1200.00", "KES": "90.00", "ZAR": "13.00", "TZS": "1900.00",
    "XOF": "420", "XAF": "420", "UGX": "2600", "RWF": "1000",
    "KWD": "0.220", "BHD": "0.270", "JOD": "0.500", "OMR": "0.270", "TND": "2.200",
}  # fmt: skip
LEAST_MINOR = {currency: Money.parse(text, currency).minor for currency, text in _LEAST.items()}


def to_stripe(minor: int, currency: str) -> int:
    """Return what Stripe is told for an amount in our minor units.

    :raises ValueError: Stripe cannot charge this amount exactly.
    """
    amount = minor * _factor(currency)
    if amount % _STEPS.get(currency, 1):
        raise ValueError(f"an amount of {currency} that Stripe cannot charge exactly")
    return amount


def from_stripe(amount: int, currency: str) -> int:
    """Return our minor units of an amount as Stripe tells it.

    :raises ValueError: it is no whole number of them, below zero, or more than any payment of ours can be.
    """
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise ValueError("an amount that is no whole number")
    minor, rest = divmod(amount, _factor(currency))
    if rest:
        raise ValueError(f"an amount of {currency} with more digits than ours")
    if not 0 <= minor <= MAX_MINOR:
        raise ValueError(f"an amount of {currency} that nobody pays")
    return minor


def _factor(currency: str) -> int:
    digits = 0 if currency in _WHOLE_UNITS else 3 if currency in _THOUSANDTHS else 2
    return int(10 ** (digits - currency_digits(currency)))
