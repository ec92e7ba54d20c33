"""Time zones to choose from, by continent, and times that are typed as the clocks of a zone show them."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from easyticket.rules.event_fields import known_zones

_CONTINENTS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def zone_choices() -> dict[str, list[tuple[str, str]]]:
    """Return the zones as (name, words) by continent, for a select field."""
    groups: dict[str, list[tuple[str, str]]] = {continent: [] for continent in _CONTINENTS}
    for zone in sorted(known_zones()):
        continent, _, place = zone.partition("/")
        if continent in groups:
            groups[continent].append((zone, place.replace("_", " ").replace("/", ", ")))
    return {**groups, "Everywhere": [("UTC", "UTC")]}


def shown_in(zone: str, moment: datetime | None) -> datetime | None:
    """Return what clocks in `zone` show at a moment, without a zone, for a field of date and time."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) if moment else None
