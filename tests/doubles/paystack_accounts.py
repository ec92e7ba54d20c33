"""Banks, whose an account is, and the merchant's own settings at the Paystack double."""

from __future__ import annotations

import re

from werkzeug import Response

from tests.doubles.paystack_answers import CURRENCIES, Ask, Refused, Route, told

# Ghana's, as the real list names them: name, slug, code, type, number.
BANKS = (
    ("MTN", "mtn-mobile-money", "MTN", "mobile_money", 28),
    ("AirtelTigo", "atl-mobile-money", "ATL", "mobile_money", 29),
    ("Telecel", "vod-mobile-money", "VOD", "mobile_money", 66),
    ("Absa Bank Ghana Ltd", "absa-bank-ghana-ltd", "030100", "ghipss", 48),
    ("Ecobank Ghana Limited", "ecobank-ghana-limited", "130100", "ghipss", 37),
    ("Fidelity Bank Ghana Limited", "fidelity-bank-ghana-limited", "240100", "ghipss", 39),
    ("GCB Bank Limited", "gcb-bank-limited", "040100", "ghipss", 41),
    ("Guaranty Trust Bank (Ghana) Limited", "guaranty-trust-bank-ghana-limited", "230100", "ghipss", 42),
    ("Stanbic Bank Ghana Limited", "stanbic-bank-ghana-limited", "190100", "ghipss", 46),
)
TYPES = ("mobile_money", "ghipss", "nuban", "basa", "kepss", "mobile_money_business")


def find_bank(code: str) -> tuple[str, str, str, str, int] | None:
    """Return a bank or a network by its code."""
    return next((bank for bank in BANKS if bank[2] == code), None)


def list_banks(ask: Ask) -> Response:
    """GET /bank."""
    currency, kind = ask.query.get("currency", ""), ask.query.get("type", "")
    if currency and currency not in CURRENCIES:
        raise Refused("Currency is invalid")
    if kind and kind not in TYPES:
        raise Refused("Type is invalid")
    chosen = [bank for bank in BANKS if currency in ("", "GHS") and kind in ("", bank[3])]
    return told("Banks retrieved", [_bank_paper(*bank) for bank in chosen])


def resolve(ask: Ask) -> Response:
    """GET /bank/resolve."""
    number, code = ask.query.get("account_number", ""), ask.query.get("bank_code", "")
    if not number or not code:
        missing = "Account number" if not number else "Bank code"
        raise Refused(f"{missing} is required", "missing_params")
    bank = find_bank(code)
    if bank is None:
        raise Refused("Unknown bank code", "invalid_bank_code", status=ask.desk.knobs.resolve_status)
    name = ask.desk.accounts.get((code, number))
    if name is None or not re.fullmatch(r"[0-9]{6,20}", number):
        raise Refused(
            "Could not resolve account name. Check parameters or try again.",
            "invalid_account_number",
            status=ask.desk.knobs.resolve_status,
        )
    found = {"account_number": number, "account_name": name, "bank_id": bank[4]}
    return told("Account number resolved", found)


def show_timeout(ask: Ask) -> Response:
    """GET /integration/payment_session_timeout."""
    return told(
        "Payment session timeout retrieved", {"payment_session_timeout": ask.desk.knobs.session_timeout}
    )


def set_timeout(ask: Ask) -> Response:
    """PUT /integration/payment_session_timeout."""
    ask.only("timeout")
    seconds = ask.body.get("timeout")
    if isinstance(seconds, bool) or not isinstance(seconds, int) or seconds < 0:
        raise Refused("timeout must be a number of seconds")
    ask.desk.knobs.session_timeout = seconds
    return told("Payment session timeout updated", {"payment_session_timeout": seconds})


def _bank_paper(name: str, slug: str, code: str, kind: str, number: int) -> dict[str, object]:
    return {
        "name": name,
        "slug": slug,
        "code": code,
        "longcode": "",
        "gateway": None,
        "pay_with_bank": False,
        "active": True,
        "is_deleted": False,
        "country": "Ghana",
        "currency": "GHS",
        "type": kind,
        "id": number,
        "createdAt": "2020-01-01T00:00:00.000Z",
        "updatedAt": "2020-01-01T00:00:00.000Z",
    }


ROUTES: list[Route] = [
    ("GET", r"/bank", list_banks),
    ("GET", r"/bank/resolve", resolve),
    ("GET", r"/integration/payment_session_timeout", show_timeout),
    ("PUT", r"/integration/payment_session_timeout", set_timeout),
]
