"""What may not be written down where people read along: keys, tokens, links that open something, and how to reach somebody.

Text for logs and for the errors of jobs goes through `without_secrets`. It knows secrets by their shape, and those of this
installation by heart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

STARS = "***"
# Settings that are shorter may be a word like any other, and are found by where they stand.
_SHORTEST = 16
_NAMES = r"(?:password|passwd|secret|token|authorization|cookie|signature|api_?key|account_number|mobile_number|phone)"

# A group is kept, and what follows it goes. Strangers write what is read here: nothing may look at a long run of letters
# again from each of them. So a repetition begins where a word does, or is short, and gives nothing back (`++`).
_SHAPES = re.compile(
    # name=value in queries and forms, "name": "value" in JSON
    rf"(?P<pair>(?<![\w\-\[\].])(?=[\w\-\[\].]*?(?i:{_NAMES}))[\w\-\[\].]++"
    r"(?:=|[\"'](?:\]|%5D)?\s*[:=]\s*(?=[\"'])))"
    r"(?:\"(?:[^\"\\]|\\.)*+\"|'(?:[^'\\]|\\.)*+'|[^\s&;,\"'<>)}]+)"
    # links that are keys, mailed links, payment pages
    r"|(?P<path>/(?:orders|verify|reset|new-address|sandbox|pay|payments|purchase|mailbox)/)[\w\-.%]{16,}"
    r"|(?P<checkout>/checkout(?:\.paystack\.com)?/)[\w\-.%]{8,}"
    # who signs in at a database, a mail server, Redis
    r"|(?P<server>\w://)[^\s/@\"']+(?=@)"
    r"|(?P<scheme>\b(?i:bearer|basic) )[\w\-.~+/=]{8,}"
    # keys of providers, and what lets a browser pay
    r"|\b(?:(?:sk|rk|whsec)_|pk_(?:test|live)_)\w{8,}"
    r"|\b[a-z]+_[A-Za-z0-9]+_secret_\w+"
    # payment references, purchase ids, printed codes of tickets
    r"|\b(?P<code>ET-|PUR-|TKT-\d{8}-)[0-9A-Z]{10,}"
    # digests, QR contents, order links, signatures
    r"|(?<![0-9A-Za-z])[0-9A-Fa-f]{32,}(?![0-9A-Za-z])"
    # tokens that are signed: JWTs, cookies, fields of forms
    r"|\beyJ[\w\-]++(?:\.[\w\-]++){1,2}"
    r"|(?<![\w\-])\.?[\w\-]{8,}+\.[\w\-]{6}\.[\w\-]{27}(?![\w\-])"
    # tokens of 256 random bits
    r"|(?<![\w\-])(?=[\w\-]*[A-Z])[\w\-]{40,}(?![\w\-])"
    r"|\$argon2\w*\$[^\s\"')]+"
    # addresses (64 letters stand before the @ at most), numbers of phones, cards and accounts
    r"|[\w.+\-]{1,64}+(?:@|%40)[\w\-]++(?:\.[\w\-]++)+"
    r"|(?<![\w.\-])(?:\+|%2[Bb])?\d{9,}(?!\w)"
    r"|(?<![\w.\-])\+\d(?:[ ()\-]?\d){8,}"
    r"|(?<![\w.\-])\d{4}(?:[ \-]\d{4}){2,3}(?:[ \-]\d{1,4})?(?!\w)"
)
_CLIENT_SECRET = re.compile(r"(?<=_secret_)[A-Za-z0-9]+")
_known: set[str] = set()


def know_secrets(values: Iterable[str]) -> None:
    """Learn settings of this installation that are secret, so that they are found whatever they look like."""
    _known.update(value for value in values if len(value) >= _SHORTEST)


def without_secrets(text: str) -> str:
    """Return `text` with stars where a secret or a way to reach a person stood."""
    for secret in _known:
        text = text.replace(secret, STARS)
    return _SHAPES.sub(lambda match: f"{match[match.lastgroup] if match.lastgroup else ''}{STARS}", text)


def without_client_secrets(text: str) -> str:
    """Return what a provider told with stars in place of what lets a browser pay; the rest stays as it came."""
    return _CLIENT_SECRET.sub(STARS, text)
