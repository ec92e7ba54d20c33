"""What ticket types and the offers under them may hold: which kind of offer fits which pricing, and how each kind is named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from easyticket.models import Event, OfferKind, PricingType
from easyticket.rules.event_fields import moment_of
from easyticket.rules.fields import Faults

KIND_BY_PRICING = {
    PricingType.SIMPLE: OfferKind.SIMPLE,
    PricingType.TIERED: OfferKind.TIER,
    PricingType.DAY_BASED: OfferKind.DAY_PASS,
    PricingType.TIER_AND_DAY: OfferKind.DAY_TIER,
}
# What a list of offers of one kind is called where faults are named, as in `tiers.0.quantity`.
LIST_OF_KIND = {
    OfferKind.SIMPLE: "offers",
    OfferKind.TIER: "tiers",
    OfferKind.DAY_PASS: "day_passes",
    OfferKind.DAY_TIER: "day_tier_prices",
}
_HAS_TIER = (OfferKind.TIER, OfferKind.DAY_TIER)
_HAS_DAY = (OfferKind.DAY_PASS, OfferKind.DAY_TIER)
# Offers of one ticket type: a month of days in sixteen tiers. Nobody chooses from more, and each costs several statements.
MAX_OFFERS = 500
_HIGHEST_NUMBER = 1000
_UNIQUE = {
    OfferKind.TIER: (("tier_number",), ("tier_name",)),
    OfferKind.DAY_PASS: (("day_number",), ("day_name",)),
    OfferKind.DAY_TIER: (("day_number", "tier_number"), ("day_name", "tier_name")),
}
_NOTHING_OF_A_CELL = {
    "quantity": None,
    "tier_number": None,
    "tier_name": "",
    "day_number": None,
    "day_name": "",
    "day_on": None,
    "is_all_days": False,
}


def clean_ticket_type(faults: Faults, values: Mapping[str, Any], event: Event) -> dict[str, Any]:
    """Return a ticket type's fields as they are to be stored, and note what is wrong with them in `faults`.

    A `price` in major units goes before `price_minor`; moments without an offset are those of clocks in the event's zone.
    """
    clean = dict(values)
    if clean.pop("pricing_type") not in (None, event.pricing_type):
        faults.add("pricing_type", f"This must be the event's pricing type, {event.pricing_type.value}.")
    clean["name"] = faults.line("name", clean["name"], 100, required=True)
    clean["description"] = faults.text("description", clean["description"])
    clean["benefits"] = faults.text("benefits", clean["benefits"])
    faults.whole("total_quantity", clean["total_quantity"], 1)
    faults.whole("min_purchase", clean["min_purchase"], 1)
    faults.whole("max_purchase", clean["max_purchase"], 1)
    if clean["min_purchase"] > clean["max_purchase"]:
        faults.add("min_purchase", "Minimum purchase cannot be greater than maximum purchase")
    _read_window(faults, clean, event)
    is_simple = event.pricing_type is PricingType.SIMPLE
    if is_simple and clean["price"] is None and clean["price_minor"] is None:
        faults.add("price", "Price is required for simple pricing type")
    _read_price(faults, clean, event, is_needed=is_simple)
    return clean


def why_too_many(count: int) -> str | None:
    """Return why so many offers cannot stand under one ticket type, or None."""
    return f"At most {MAX_OFFERS} prices can stand under one ticket type." if count > MAX_OFFERS else None


def why_kind_not_sold(event: Event, kind: OfferKind) -> str | None:
    """Return why an event with this pricing has no offers of this kind, or None."""
    if kind is KIND_BY_PRICING[event.pricing_type]:
        return None
    return f"This kind of price does not match the event's pricing type, {event.pricing_type.value}."


def clean_offer(
    faults: Faults,
    values: Mapping[str, Any],
    event: Event,
    others: Iterable[Mapping[str, Any]],
    prefix: str = "",
) -> dict[str, Any]:
    """Return an offer's fields as they are to be stored, and note in `faults` what is wrong with them.

    `others` are the offers of the same ticket type, whose names and numbers are taken; `prefix` goes before the names of
    fields. A `price` in major units goes before `price_minor`; moments without an offset are those of clocks in the
    event's zone.
    """
    clean = dict(values)
    kind = clean["kind"]
    clean["tier_name"] = faults.line(f"{prefix}tier_name", clean["tier_name"], 50, required=kind in _HAS_TIER)
    clean["day_name"] = faults.line(f"{prefix}day_name", clean["day_name"], 50, required=kind in _HAS_DAY)
    _read_price(faults, clean, event, prefix)
    _read_window(faults, clean, event, prefix)
    if kind is OfferKind.SIMPLE:
        return clean | _NOTHING_OF_A_CELL
    if clean["quantity"] is None:
        faults.add(f"{prefix}quantity", "This field is required.")
    faults.whole(f"{prefix}quantity", clean["quantity"], 1)
    _check_tier(faults, clean, prefix)
    _check_day(faults, clean, prefix)
    _check_unique(faults, clean, list(others), prefix)
    if clean["day_number"] in range(1, _HIGHEST_NUMBER + 1) and clean["day_on"] is None:
        clean["day_on"] = day_of(event, clean["day_number"])
    return clean


def day_of(event: Event, day_number: int) -> date:
    """Return the date of an event's first, second, third day in its zone."""
    first: datetime = event.start_at.astimezone(ZoneInfo(event.time_zone))
    return first.date() + timedelta(days=day_number - 1)


def day_number_of(event: Event, day_on: date) -> int | None:
    """Return which of an event's days, counted from 1, a date is; None for one before its first day, or far behind."""
    number = (day_on - day_of(event, 1)).days + 1
    return number if 1 <= number <= _HIGHEST_NUMBER else None


def free_number(taken: set[int | None], wished: int | None = None) -> int:
    """Return a number that is not taken, and take it: the one wished for, else the next above all that are."""
    number = wished if wished and wished not in taken else max((each or 0 for each in taken), default=0) + 1
    taken.add(number)
    return number


def names_of_days(days: Sequence[date]) -> list[str]:
    """Return what an event's days are called if nobody says otherwise: weekdays, with dates where weekdays come twice."""
    return [f"{day:%A}" if len(days) <= 7 else f"{day:%A} {day.day} {day:%B}" for day in days]


def _read_price(
    faults: Faults, clean: dict[str, Any], event: Event, prefix: str = "", *, is_needed: bool = True
) -> None:
    price = clean.pop("price")
    if not is_needed:
        clean["price_minor"] = None
    elif price is not None:
        clean["price_minor"] = faults.amount(f"{prefix}price", price, event.currency)
    else:
        faults.price(f"{prefix}price", clean["price_minor"])
    if event.is_free and clean["price_minor"]:
        faults.add(
            f"{prefix}price", "Tickets of a free event cost nothing. Say first that the event is not free."
        )


def _read_window(faults: Faults, clean: dict[str, Any], event: Event, prefix: str = "") -> None:
    for name in ("sales_start_at", "sales_end_at"):
        if clean[name] is not None and clean[name].tzinfo is None:
            try:
                clean[name] = moment_of(clean[name], event.time_zone)
            except (ValueError, OverflowError) as error:
                is_skipped = not isinstance(error, OverflowError)
                faults.add(f"{prefix}{name}", str(error) if is_skipped else "This date is too far away.")
                clean[name] = None
    faults.sales_window(prefix, clean["sales_start_at"], clean["sales_end_at"])


def _check_tier(faults: Faults, clean: dict[str, Any], prefix: str) -> None:
    if clean["kind"] not in _HAS_TIER:
        clean["tier_number"], clean["tier_name"] = None, ""
    elif clean["tier_number"] is None:
        faults.add(f"{prefix}tier_number", "This field is required.")
    faults.whole(f"{prefix}tier_number", clean["tier_number"], 1, _HIGHEST_NUMBER)


def _check_day(faults: Faults, clean: dict[str, Any], prefix: str) -> None:
    kind = clean["kind"]
    if kind not in _HAS_DAY:
        clean["day_number"], clean["day_name"], clean["day_on"] = None, "", None
    clean["is_all_days"] = clean["is_all_days"] and kind is OfferKind.DAY_PASS
    if clean["is_all_days"]:
        clean["day_on"] = None
        if clean["day_number"] is not None:
            faults.add(f"{prefix}day_number", "All days pass should not have a day number")
    elif kind in _HAS_DAY and clean["day_number"] is None:
        faults.add(f"{prefix}day_number", "Single day pass must have a day number")
    faults.whole(f"{prefix}day_number", clean["day_number"], 1, _HIGHEST_NUMBER)
    faults.year(f"{prefix}day_on", clean["day_on"])


def _check_unique(
    faults: Faults, clean: Mapping[str, Any], others: list[Mapping[str, Any]], prefix: str
) -> None:
    for names in _UNIQUE[clean["kind"]]:
        own = [clean[name] for name in names]
        if None in own or not any(own == [other[name] for name in names] for other in others):
            continue
        # Where there is only one name, it is the offer's own and is called so.
        told = [name if len(names) > 1 or "number" in name else "name" for name in names]
        faults.add(
            f"{prefix}{names[0]}", f"The fields {', '.join(('ticket_type', *told))} must make a unique set."
        )
