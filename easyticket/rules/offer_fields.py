"""What ticket types and the offers under them may hold: which kind of offer fits which pricing, and how each kind is named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from easyticket.models import Event, OfferKind, PricingType
from easyticket.rules.fields import Faults

KIND_BY_PRICING = {
    PricingType.SIMPLE: OfferKind.SIMPLE,
    PricingType.TIERED: OfferKind.TIER,
    PricingType.DAY_BASED: OfferKind.DAY_PASS,
    PricingType.TIER_AND_DAY: OfferKind.DAY_TIER,
}
_HAS_TIER = (OfferKind.TIER, OfferKind.DAY_TIER)
_HAS_DAY = (OfferKind.DAY_PASS, OfferKind.DAY_TIER)
_HIGHEST_NUMBER = 1000
_NOTHING_OF_A_CELL = {
    "quantity": None,
    "tier_number": None,
    "tier_name": "",
    "day_number": None,
    "day_name": "",
    "day_on": None,
    "is_all_days": False,
}


def clean_ticket_type(faults: Faults, values: Mapping[str, Any], *, is_simple: bool) -> dict[str, Any]:
    """Return a ticket type's fields as they are to be stored, and note what is wrong with them in `faults`."""
    clean = dict(values)
    clean["name"] = faults.line("name", clean["name"], 100, required=True)
    clean["description"] = faults.text("description", clean["description"])
    clean["benefits"] = faults.text("benefits", clean["benefits"])
    faults.whole("total_quantity", clean["total_quantity"], 1)
    faults.whole("min_purchase", clean["min_purchase"], 1)
    faults.whole("max_purchase", clean["max_purchase"], 1)
    if clean["min_purchase"] > clean["max_purchase"]:
        faults.add("min_purchase", "Minimum purchase cannot be greater than maximum purchase")
    faults.sales_window("", clean["sales_start_at"], clean["sales_end_at"])
    if is_simple and clean["price_minor"] is None:
        faults.add("price_minor", "Price is required for simple pricing type")
    faults.price("price_minor", clean["price_minor"])
    return clean


def clean_offer(
    faults: Faults, values: Mapping[str, Any], event: Event, others: Iterable[Any], prefix: str = ""
) -> dict[str, Any]:
    """Return an offer's fields as they are to be stored, and note in `faults` what is wrong with them.

    `others` are the offers of the same ticket type, whose names and numbers are taken; `prefix` goes before the names of fields.
    """
    clean = dict(values)
    kind = clean["kind"]
    if kind is not KIND_BY_PRICING[event.pricing_type]:
        faults.add(f"{prefix}kind", "This kind of price does not match the event's pricing type.")
        return clean
    clean["tier_name"] = faults.line(f"{prefix}tier_name", clean["tier_name"], 50, required=kind in _HAS_TIER)
    clean["day_name"] = faults.line(f"{prefix}day_name", clean["day_name"], 50, required=kind in _HAS_DAY)
    faults.price(f"{prefix}price_minor", clean["price_minor"])
    faults.sales_window(prefix, clean["sales_start_at"], clean["sales_end_at"])
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


def _check_unique(faults: Faults, clean: Mapping[str, Any], others: list[Any], prefix: str) -> None:
    pairs = {
        OfferKind.TIER: (("tier_number",), ("tier_name",)),
        OfferKind.DAY_PASS: (("day_number",), ("day_name",)),
        OfferKind.DAY_TIER: (("day_number", "tier_number"), ("day_name", "tier_name")),
    }
    for names in pairs[clean["kind"]]:
        own = tuple(clean[name] for name in names)
        if None not in own and any(own == tuple(getattr(other, name) for name in names) for other in others):
            faults.add(
                f"{prefix}{names[0]}",
                f"The fields {', '.join(('ticket_type', *names))} must make a unique set.",
            )
