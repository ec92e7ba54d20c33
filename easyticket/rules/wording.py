"""How money, days and times read for people, on pages as in mails and on paper: one wording for all of them."""

from __future__ import annotations

from datetime import date, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.numbers import format_currency

from easyticket.core.money import Money, currency_digits
from easyticket.models import Event, ScanOutcome
from easyticket.rules.admission import doors_at
from easyticket.rules.schedule import days_of

LOCALE = "en_GB"

_MAPS = "https://www.google.com/maps/search/"

_SIGNS = {"GHS": "GH₵", "NGN": "₦", "USD": "$", "EUR": "€", "GBP": "£"}


_METHODS = {
    "free": "Nothing to pay",
    "card": "Card",
    "sandbox": "Sandbox (no real money)",
    "pending": "",
    "mobile_money": "Mobile money",
}


def method_text(payment_method: str) -> str:
    """Return how an order was paid, for example "Mobile money"; nothing while it was not."""
    return _METHODS.get(payment_method, payment_method.replace("_", " ").capitalize())


def money_text(amount: Money) -> str:
    """Return an amount as people read it, for example "GH₵ 52.50", "$12" stays "$12.00", nothing is "Free"."""
    if amount.minor == 0:
        return "Free"
    return sum_text(amount)


def sum_text(amount: Money) -> str:
    """Return an amount in a sum or a balance, for example "GH₵ 0.00" or "−$12.00": where nothing is not "Free"."""
    minus = "\N{MINUS SIGN}" if amount.minor < 0 else ""
    size = abs(amount.decimal)
    sign = _SIGNS.get(amount.currency)
    if sign is None:
        return minus + format_currency(size, amount.currency, locale=LOCALE)
    digits = currency_digits(amount.currency)
    space = "\N{NO-BREAK SPACE}" if len(sign) > 1 else ""
    return f"{minus}{sign}{space}{size:,.{digits}f}"


def currency_text(currency: str) -> str:
    """Return the sign of a currency, for example "₦", or its code where it has none of its own."""
    return _SIGNS.get(currency, currency)


def percent_text(basis_points: int) -> str:
    """Return hundredths of a percent as people read them, for example "5 %" or "2.5 %"."""
    return f"{basis_points / 100:g}\N{NO-BREAK SPACE}%"


def day_text(moment: datetime | date, zone: str = "UTC") -> str:
    """Return the day in the zone's calendar, for example "Sat 12 December 2026"."""
    day = moment.astimezone(ZoneInfo(zone)) if isinstance(moment, datetime) else moment
    return format_date(day, "EEE d MMMM y", locale=LOCALE)


def clock_text(moment: datetime, zone: str = "UTC") -> str:
    """Return the time of day in the zone, for example "18:00"."""
    return format_time(moment.astimezone(ZoneInfo(zone)), "HH:mm", locale=LOCALE)


def zone_text(moment: datetime, zone: str = "UTC") -> str:
    """Return the zone's short name at that moment: "GMT", "WAT", "CEST", or "UTC+03" where it has none."""
    name = moment.astimezone(ZoneInfo(zone)).tzname() or zone
    return name if name.isalpha() else f"UTC{name}"


def moment_text(moment: datetime, zone: str = "UTC") -> str:
    """Return day, time and zone, for example "Sat 12 December 2026, 18:00 GMT"."""
    return f"{day_text(moment, zone)}, {clock_text(moment, zone)} {zone_text(moment, zone)}"


def period_text(event: Event) -> str:
    """Return when it is, for example "Sat 12 December 2026, 18:00–23:00 GMT", or from one moment to another over days."""
    zone = event.time_zone
    if len(days_of(event)) > 1:
        return f"{moment_text(event.start_at, zone)} to {moment_text(event.end_at, zone)}"
    return f"{day_text(event.start_at, zone)}, {hours_text(event)}"


def days_text(event: Event) -> str:
    """Return the day or the first and last day, for example "Fri 11 December to Sun 13 December 2026"."""
    zone, days = event.time_zone, days_of(event)
    last = day_text(days[-1])
    if len(days) == 1:
        return last
    first = day_text(event.start_at, zone)
    return f"{first.removesuffix(last[-5:])} to {last}"


def hours_text(event: Event) -> str:
    """Return the hours below its day, for example "18:00–23:00 GMT", or "Begins at 18:00 GMT" if it lasts for days."""
    zone = event.time_zone
    start, name = clock_text(event.start_at, zone), zone_text(event.start_at, zone)
    if len(days_of(event)) > 1:
        return f"Begins at {start} {name}"
    return f"{start}–{clock_text(event.end_at, zone)} {name}"


def place_text(event: Event) -> str:
    """Return where it is on one line, for example "National Theatre, Liberia Road, Accra, Ghana"."""
    parts = (event.venue_name, event.venue_address, event.venue_city, event.venue_country)
    return ", ".join(" ".join(part.split()) for part in parts if part.strip())


def map_url(event: Event) -> str:
    """Return the address of a map that shows the place."""
    return f"{_MAPS}?{urlencode({'api': 1, 'query': place_text(event)})}"


def gate_time_text(outcome: ScanOutcome, event: Event, day_on: date | None) -> str:
    """Return when a ticket refused for its time would be let in, or was, as both APIs say it; nothing for other refusals.

    `day_on` is the one day the ticket admits on, if there is one.
    """
    if outcome is ScanOutcome.WRONG_DAY and day_on is not None:
        return f"This ticket is for {day_text(day_on)} only."
    if outcome is ScanOutcome.NOT_YET:
        return f"The doors open on {moment_text(doors_at(event), event.time_zone)}."
    if outcome is ScanOutcome.OVER:
        return f"The event ended on {moment_text(event.end_at, event.time_zone)}."
    return ""
