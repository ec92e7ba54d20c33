"""Time zones to choose from, by continent, and times that are typed as the clocks of a zone show them."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs

from easyticket.rules.event_fields import known_zones

_CONTINENTS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def zone_choices() -> list[SelectChoice]:
    """Return the zones by continent, for a select field."""
    zones = [
        SelectChoice(zone, _words(zone), optgroup=zone.partition("/")[0]) for zone in sorted(known_zones())
    ]
    return [
        *(each for each in zones if each.optgroup in _CONTINENTS),
        SelectChoice("UTC", optgroup="Everywhere"),
    ]


def shown_in(zone: str, moment: datetime | None) -> datetime | None:
    """Return what clocks in `zone` show at a moment, without a zone, for a field of date and time."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) if moment else None


def _words(zone: str) -> str:
    return zone.partition("/")[2].replace("_", " ").replace("/", ", ")
