"""Ids and codes that people or other machines see: order numbers, ticket codes, references, guest links."""

from __future__ import annotations

import secrets
from datetime import date

# Douglas Crockford's base 32: no I, L, O or U, so that a code survives being read aloud at a gate.
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PURCHASE_PREFIX = "PUR-"
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})


def random_code(length: int) -> str:
    """Return `length` random Crockford base 32 characters (5 bits each) from the system's secure source."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(length))


def ticket_code(day: date) -> str:
    """Return a ticket's printed code, `TKT-20251119-` and ten random characters (50 bits): people type it at a gate."""
    return f"TKT-{day:%Y%m%d}-{random_code(10)}"


def purchase_code() -> str:
    """Return an unguessable purchase id, `PUR-` and 26 random characters (130 bits)."""
    return f"{PURCHASE_PREFIX}{random_code(26)}"


def payment_reference() -> str:
    """Return an unguessable payment reference, `ET-` and 26 random characters: letters, digits and `-` only."""
    return f"ET-{random_code(26)}"


def order_number(day: date, count: int) -> str:
    """Return an order's number, for example `OE-20251119-0001` (the API contract)."""
    return f"OE-{day:%Y%m%d}-{count:04d}"


def typed_code(text: str) -> str:
    """Return `text` as a person meant it: capitals, no white space, O for 0 and I or L for 1 mended in its random part."""
    plain = "".join(text.split()).upper()
    head, dash, tail = plain.rpartition("-")
    return f"{head}{dash}{tail.translate(_MISREAD)}" if dash else plain
