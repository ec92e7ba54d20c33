"""Reading the values in Paystack's answers: its amounts are hundredths in every currency, written as numbers or as text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from easyticket.core.money import currency_digits
from easyticket.integrations.paystack_client import malformed

_LONGEST_NUMBER = 18


def to_hundredths(minor: int, currency: str) -> int:
    """Return our minor units as Paystack counts: 1000 XOF, which has no digits after the point, are 100000 there."""
    return minor * 100 // int(10 ** currency_digits(currency))


def from_hundredths(amount: int, currency: str) -> int:
    """Return Paystack's amount in our minor units; what is less than one of them is left out."""
    return amount * int(10 ** currency_digits(currency)) // 100


def number_in(values: Mapping[str, Any], name: str) -> int:
    """Return a whole number, written as one or as text.

    :raises ProviderDown: there is none.
    """
    found = find_number(values, name)
    if found is None:
        raise malformed()
    return found


def find_number(values: Mapping[str, Any], name: str) -> int | None:
    """Return a whole number of zero or more, written as one or as text; None where there is none."""
    value = values.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _LONGEST_NUMBER:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value < 10**_LONGEST_NUMBER else None


def text_in(values: Mapping[str, Any], name: str) -> str:
    """Return a text that is not empty.

    :raises ProviderDown: there is none.
    """
    found = find_text(values, name)
    if not found:
        raise malformed()
    return found


def find_text(values: Mapping[str, Any], name: str) -> str:
    """Return a text, empty where there is none."""
    value = values.get(name)
    return value if isinstance(value, str) else ""


def find_moment(values: Mapping[str, Any], *names: str) -> datetime | None:
    """Return the first moment (UTC) that stands under one of `names`, or None."""
    for name in names:
        try:
            moment = datetime.fromisoformat(find_text(values, name))
        except ValueError:
            continue
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    return None


def moment_text(moment: datetime) -> str:
    """Return a moment as Paystack's lists take it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def object_in(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return an object, also one that was written as text; empty where there is none (Paystack puts "" and 0 there)."""
    value = values.get(name)
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, dict) else {}


def transaction_id_in(values: Mapping[str, Any]) -> int | None:
    """Return the number of the transaction that a refund or dispute is about: Paystack names it or puts all of it there."""
    whole = values.get("transaction")
    return find_number(whole, "id") if isinstance(whole, dict) else find_number(values, "transaction")
