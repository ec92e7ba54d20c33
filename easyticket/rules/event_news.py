"""What ticket holders have to hear when an event changes: when it is, where it is, and where it is joined online."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from easyticket.models import Change, Event, EventStatus
from easyticket.rules.wording import period_text, place_text

_MOMENTS = ("start_at", "end_at")
_PLACE = ("venue_name", "venue_address", "venue_city", "venue_country")
_TOLD = (*_MOMENTS, "time_zone", *_PLACE, "online_link")


@dataclass(frozen=True, slots=True)
class NewsLine:
    """One thing that is not as it was, in words; empty where there was or is nothing."""

    label: str
    was: str
    now_is: str


def may_be_news(event: Event, now: datetime) -> bool:
    """Tell whether anybody still waits for the event: it is published and not over."""
    return event.status is EventStatus.PUBLISHED and event.end_at > now


def is_news(change: Change) -> bool:
    """Tell whether a change of an event is about anything its ticket holders have to hear of."""
    return not change.before.keys().isdisjoint(_TOLD)


def news_of(event: Event, changes: Sequence[Change]) -> list[NewsLine]:
    """Return what is not as it was before these changes, the oldest first; nothing where all was changed back."""
    before = _as_before(event, changes)
    lines = (
        NewsLine("When", period_text(before), period_text(event)),
        NewsLine("Where", place_text(before), place_text(event)),
        NewsLine("Online", before.online_link, event.online_link),
    )
    return [line for line in lines if line.was != line.now_is]


def _as_before(event: Event, changes: Sequence[Change]) -> Event:
    """Return the event as it was, by the fields it is told by: of each the oldest value counts."""
    values = {name: getattr(event, name) for name in _TOLD}
    for change in reversed(changes):
        values |= {name: _value(name, change.before[name]) for name in _TOLD if name in change.before}
    return Event(**values)


def _value(name: str, noted: Any) -> Any:
    return datetime.fromisoformat(noted) if name in _MOMENTS else noted
