"""What Stripe takes in which currency: minor units, least and greatest amounts, and what it keeps of a charge."""

from __future__ import annotations

from tests.doubles.stripe_errors import Refusal

CURRENCIES = frozenset(
    """aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf clp
    cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel ghs gip gmd gnf gtq gyd hkd hnl htg huf idr ils inr
    isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr
    mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd
    std szl thb tjs tnd top try ttd twd tzs uah ugx usd uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw""".split()
)
ZERO_DECIMAL = frozenset("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split())
THREE_DECIMAL = frozenset("bhd jod kwd omr tnd".split())
# Sent in hundredths although they have none.
WHOLE_ONLY = frozenset("isk ugx".split())
LEAST = {
    "usd": 50, "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250, "eur": 50,
    "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300, "nzd": 50,
    "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000,
}  # fmt: skip
# About what one dollar is; the other currencies must be worth half a dollar.
PER_DOLLAR = {
    "bhd": 0.376, "ghs": 11, "isk": 130, "jod": 0.71, "kes": 129, "krw": 1400, "kwd": 0.307, "ngn": 1500, "omr": 0.385,
    "tnd": 2.9, "ugx": 3600, "xaf": 570, "xof": 570, "zar": 17.5,
}  # fmt: skip
GREATEST = 99_999_999


def units(currency: str) -> int:
    """Return how many minor units Stripe counts in one unit."""
    return 1 if currency in ZERO_DECIMAL else 1000 if currency in THREE_DECIMAL else 100


def least(currency: str) -> int:
    """Return the smallest charge."""
    return LEAST.get(currency) or max(1, round(PER_DOLLAR.get(currency, 1) * 0.5 * units(currency)))


def check_amount(amount: int, currency: str) -> None:
    """Let pass what may be charged.

    :raises Refusal: Stripe has no such currency or takes no such amount.
    """
    if currency not in CURRENCIES:
        raise Refusal(f"Invalid currency: {currency}. Stripe supports others.", param="currency")
    if amount < 1:
        raise Refusal(
            "This value must be greater than or equal to 1.", code="parameter_invalid_integer", param="amount"
        )
    if amount > GREATEST:
        raise Refusal(f"Amount must be no more than {GREATEST}", code="amount_too_large", param="amount")
    if amount < least(currency):
        raise Refusal(
            f"Amount must be at least {least(currency)} {currency}", code="amount_too_small", param="amount"
        )
    step = 100 if currency in WHOLE_ONLY else 10 if currency in THREE_DECIMAL else 1
    if amount % step:
        raise Refusal(
            f"Invalid amount for {currency}: it must be divisible by {step}.",
            code="invalid_charge_amount",
            param="amount",
        )


def fee_of(amount: int, currency: str) -> int:
    """Return what Stripe keeps of a charge: 2.9 % and 0.30."""
    return round(amount * 0.029) + round(0.3 * units(currency))
