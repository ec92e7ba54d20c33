"""What the account pages show: where somebody is signed in, what a mailed link is still good for, names of countries."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from babel import Locale
from babel.dates import format_timedelta

from easyticket.core.signing import digest
from easyticket.models import MailToken, UserSession
from easyticket.rules.wording import LOCALE

# The first that a browser's own description contains is its name; the order matters, because each also names the later ones.
_BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox/": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "Mac",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


class LinkState(enum.StrEnum):
    """What a mailed link is still good for."""

    USABLE = "usable"
    USED = "used"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One place where somebody is signed in."""

    id: int
    device: str
    address: str
    last_used: str
    is_this: bool


def link_state(found: MailToken | None, now: datetime) -> LinkState:
    """Return what the page of a mailed link has to say."""
    if found is None:
        return LinkState.UNKNOWN
    if found.used_at is not None:
        return LinkState.USED
    return LinkState.USABLE if found.expires_at > now else LinkState.EXPIRED


def session_rows(sessions: Sequence[UserSession], token: str, now: datetime) -> list[SessionRow]:
    """Return a row for each session; `token` is that of the one the page is read in."""
    return [
        SessionRow(
            id=session.id,
            device=device_name(session.device),
            address=session.address,
            last_used=_how_long_ago(session.last_seen_at, now),
            is_this=session.token_digest == digest(token),
        )
        for session in sessions
    ]


def device_name(user_agent: str) -> str:
    """Return a browser and system as people call them, for example "Chrome on Android"."""
    browser = next((name for sign, name in _BROWSERS.items() if sign in user_agent), "")
    system = next((name for sign, name in _SYSTEMS.items() if sign in user_agent), "")
    return " on ".join(part for part in (browser, system) if part) or "Another device"


@cache
def country_names() -> tuple[str, ...]:
    """Return the English names of all countries, for the list under the field."""
    territories = Locale.parse(LOCALE).territories
    return tuple(
        sorted(name for code, name in territories.items() if len(code) == 2 and code not in _NO_COUNTRIES)
    )


# Babel's two-letter codes that stand for something else than a country.
_NO_COUNTRIES = {"EU", "EZ", "UN", "XA", "XB", "QO", "ZZ"}


def _how_long_ago(moment: datetime, now: datetime) -> str:
    if (now - moment).total_seconds() < 60:
        return "just now"
    return format_timedelta(moment - now, add_direction=True, locale=LOCALE)
