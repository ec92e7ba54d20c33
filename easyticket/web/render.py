"""What templates may call: addresses, assets by their content's hash, and the words for money, moments and numbers."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_currency
from flask import Flask, current_app, url_for
from flask_wtf.csrf import CSRFProtect

from easyticket.core.money import Money, currency_digits
from easyticket.links import public_url
from easyticket.rules.permissions import Permission, may

LOCALE = "en_GB"
csrf = CSRFProtect()

_SIGNS = {"GHS": "GH₵", "NGN": "₦", "USD": "$", "EUR": "€", "GBP": "£"}


def init_render(app: Flask) -> None:
    """Give every template the names below."""
    csrf.init_app(app)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(money=money_text, day=day_text, clock=clock_text, moment=moment_text)
    app.jinja_env.globals.update(
        asset_url=asset_url,
        public_url=public_url,
        site_name="EasyTicket",
        may=may,
        Permission=Permission,
        dev_mailbox=not app.config["SETTINGS"].is_production and not app.config["SETTINGS"].mail_url,
    )


def money_text(amount: Money) -> str:
    """Return an amount as people read it, for example "GH₵ 52.50", "$12" stays "$12.00", nothing is "Free"."""
    if amount.minor == 0:
        return "Free"
    sign = _SIGNS.get(amount.currency)
    if sign is None:
        return format_currency(amount.decimal, amount.currency, locale=LOCALE)
    digits = currency_digits(amount.currency)
    space = "\N{NO-BREAK SPACE}" if len(sign) > 1 else ""
    return f"{sign}{space}{amount.decimal:,.{digits}f}"


def day_text(moment: datetime | date, zone: str = "UTC") -> str:
    """Return the day in the zone's calendar, for example "Sat 12 December 2026"."""
    day = moment.astimezone(ZoneInfo(zone)) if isinstance(moment, datetime) else moment
    return format_date(day, "EEE d MMMM y", locale=LOCALE)


def clock_text(moment: datetime, zone: str = "UTC") -> str:
    """Return the time of day in the zone, for example "18:00"."""
    return format_time(moment.astimezone(ZoneInfo(zone)), "HH:mm", locale=LOCALE)


def moment_text(moment: datetime, zone: str = "UTC") -> str:
    """Return day, time and zone, for example "Sat 12 December 2026, 18:00 GMT"."""
    return format_datetime(moment.astimezone(ZoneInfo(zone)), "EEE d MMMM y, HH:mm z", locale=LOCALE)


def asset_url(path: str) -> str:
    """Return the address of a static file with its content's hash, so that it may be cached for a year."""
    root = Path(current_app.static_folder or "")
    return url_for("static", filename=path, v=_content_hash(root / path))


@cache
def _content_hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]
