"""The columns of lists of events: an organizer's own with what they brought, and everybody's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from easyticket.documents.tables import Cell, Columns
from easyticket.models import Event
from easyticket.queries.organizer import OwnEvent
from easyticket.web.views.organizer import pill_of


def own_event_columns(now: datetime) -> Columns[OwnEvent]:
    """Return the columns of an organizer's own events, states as of `now`."""
    return (
        *((heading, _of_own(cell)) for heading, cell in _what_and_when(now)),
        ("Places", lambda own: own.stock.capacity),
        ("Sold", lambda own: own.stock.sold),
        ("Held", lambda own: own.stock.held),
        ("Currency", lambda own: own.event.currency),
        ("Earned", lambda own: own.earned.decimal),
    )


def any_event_columns(now: datetime) -> Columns[tuple[Event, int]]:
    """Return the columns of events of everybody, each with how many tickets it sold, states as of `now`."""
    return (
        *((heading, _of_listed(cell)) for heading, cell in _what_and_when(now)),
        ("Organizer", lambda row: row[0].organizer.display_name),
        ("E-mail", lambda row: row[0].organizer.email),
        ("Sold", lambda row: row[1]),
        ("Featured", lambda row: "Yes" if row[0].is_featured else ""),
        ("Hidden", lambda row: _local(row[0], row[0].hidden_at)),
        ("Taken down", lambda row: _local(row[0], row[0].taken_down_at)),
        ("Why", lambda row: row[0].takedown_reason),
    )


def _what_and_when(now: datetime) -> Columns[Event]:
    return (
        ("Event", lambda event: event.title),
        ("Begins", lambda event: _local(event, event.start_at)),
        ("Ends", lambda event: _local(event, event.end_at)),
        ("Time zone", lambda event: event.time_zone),
        ("Place", lambda event: event.venue_name),
        ("City", lambda event: event.venue_city),
        ("State", lambda event: pill_of(event, now).text),
    )


def _of_own(cell: Callable[[Event], Cell]) -> Callable[[OwnEvent], Cell]:
    return lambda own: cell(own.event)


def _of_listed(cell: Callable[[Event], Cell]) -> Callable[[tuple[Event, int]], Cell]:
    return lambda row: cell(row[0])


def _local(event: Event, moment: datetime | None) -> Cell:
    return moment.astimezone(ZoneInfo(event.time_zone)) if moment else None
