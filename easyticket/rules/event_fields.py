"""What an event's own fields may hold, whichever door they come through, and when a change of dates moves its days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from easyticket.core.money import CURRENCIES
from easyticket.models import Event, EventStatus
from easyticket.rules.fields import Faults

_LINES = {
    "title": 255,
    "short_description": 500,
    "venue_name": 255,
    "venue_address": 1000,
    "venue_city": 100,
    "venue_state": 100,
    "venue_country": 100,
    "venue_postal_code": 20,
    "tags": 500,
    "online_link": 500,
}
_REQUIRED = ("title", "venue_name", "venue_city")
_TEXTS = ("description", "terms_and_conditions", "refund_policy")
_LONGEST_EVENT = timedelta(days=3 * 366)


def clean_event(
    values: Mapping[str, Any],
    *,
    not_before: datetime | None,
    kept_start_at: datetime | None = None,
) -> dict[str, Any]:
    """Return an event's fields as they are to be stored; `not_before` (UTC) is the earliest start, None for any.

    What has begun may keep its beginning, `kept_start_at`. Moments without an offset are those of clocks in the event's
    zone. A `base_price` in major units, where there is one, goes before `base_price_minor`.

    :raises Invalid: with messages by field.
    """
    faults = Faults()
    clean = dict(values)
    clean["currency"] = clean["currency"].strip().upper()
    for name, longest in _LINES.items():
        clean[name] = faults.line(name, clean[name], longest, required=name in _REQUIRED)
    for name in _TEXTS:
        clean[name] = faults.text(name, clean[name])
    if clean["online_link"] and not is_web_address(clean["online_link"]):
        faults.add("online_link", "Give the whole address, beginning with https://.")
    _read_price(faults, clean)
    _check_choices(faults, clean)
    if clean["time_zone"] in known_zones() and _read_moments(faults, clean):
        is_kept = clean["start_at"] == kept_start_at
        _check_dates(faults, clean, None if is_kept else not_before)
    _check_numbers(faults, clean)
    faults.raise_if_any()
    return clean


def days_moved(before: tuple[datetime, datetime], after: tuple[datetime, datetime], zone: str) -> timedelta:
    """Return by how many days of the zone's calendar an event moved as a whole; zero if its length in days changed."""
    starts, ends = (
        later.astimezone(ZoneInfo(zone)).date() - earlier.astimezone(ZoneInfo(zone)).date()
        for earlier, later in zip(before, after, strict=True)
    )
    return starts if starts == ends else timedelta(0)


def why_not_to_be_moved(event: Event, now: datetime) -> str | None:
    """Return why an event can have no other dates any more, or None.

    What is over may have been paid out, and would be on sale once more. A draft was not on sale.
    """
    if event.end_at > now or event.status is EventStatus.DRAFT:
        return None
    return "The event is over, so its dates can no longer be changed. Make a new event for another date."


def is_web_address(text: str) -> bool:
    """Tell whether this is an address people can follow in a browser, without spaces and without a name before the host."""
    if any(letter.isspace() for letter in text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname) and "@" not in parts.netloc


@cache
def known_zones() -> frozenset[str]:
    """Return the IANA zones an event may be in; two names of the list mean whatever the machine is set to."""
    return frozenset(available_timezones() - {"Factory", "localtime"})


def moment_of(local: datetime, zone: str) -> datetime:
    """Return the UTC moment at which clocks in `zone` show `local` (naive); of a time they show twice, the first.

    :raises ValueError: clocks in the zone skip this time.
    """
    moment = local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    if moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local:
        raise ValueError("Clocks are put forward over this time on that day. Choose another one.")
    return moment


def _read_price(faults: Faults, values: dict[str, Any]) -> None:
    if "base_price" not in values:
        return
    amount, currency = values.pop("base_price"), values["currency"]
    values["base_price_minor"] = None
    if amount is not None and currency in CURRENCIES:
        values["base_price_minor"] = faults.amount("base_price", amount, currency)


def _read_moments(faults: Faults, values: dict[str, Any]) -> bool:
    """Replace clock times of the event's zone by moments; False if one of them is none."""
    is_read = True
    for name in ("start_at", "end_at"):
        if values[name].tzinfo is None:
            try:
                values[name] = moment_of(values[name], values["time_zone"])
            except (ValueError, OverflowError) as error:
                is_read = False
                faults.add(
                    name, str(error) if isinstance(error, ValueError) else "This date is too far away."
                )
    return is_read


def _check_choices(faults: Faults, values: Mapping[str, Any]) -> None:
    if values["currency"] not in CURRENCIES:
        faults.add("currency", f'"{values["currency"]}" is not a currency that events can be sold in.')
    if values["time_zone"] not in known_zones():
        faults.add("time_zone", "This is not a time zone. Give one such as Africa/Accra or Europe/Berlin.")
    if values["is_free"] and values["base_price_minor"]:
        faults.add("is_free", "Free events cannot have a base price")


def _check_dates(faults: Faults, values: Mapping[str, Any], not_before: datetime | None) -> None:
    start_at, end_at = values["start_at"], values["end_at"]
    faults.year("start_at", start_at)
    faults.year("end_at", end_at)
    if end_at <= start_at:
        faults.add("end_at", "End date must be after start date")
    elif end_at - start_at > _LONGEST_EVENT:
        faults.add("end_at", "An event may last three years at most.")
    if not_before is not None and start_at < not_before:
        faults.add("start_at", "Start date cannot be in the past")


def _check_numbers(faults: Faults, values: Mapping[str, Any]) -> None:
    faults.whole("total_capacity", values["total_capacity"], 1)
    faults.whole("age_restriction", values["age_restriction"], 0, 120)
    faults.whole("fee_basis_points", values["fee_basis_points"], 0, 5000)
    faults.whole("buyer_refund_days", values["buyer_refund_days"], 0, 365)
    faults.price("base_price_minor", values["base_price_minor"])
    for name, limit in (("venue_latitude", Decimal(90)), ("venue_longitude", Decimal(180))):
        value = values[name]
        # Compared, not computed with: the absolute value of a huge exponent overflows.
        if value is not None and not (value.is_finite() and -limit <= value <= limit):
            faults.add(name, f"Give degrees from -{limit} to {limit}.")
