"""Calendar files say when and where in the event's own zone, and change an entry that is there already."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from icalendar import Calendar

from easyticket.documents.calendar import calendar_of, render_calendar
from easyticket.models import Event, EventStatus

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


def file_of(**values: Any) -> bytes:
    return render_calendar(
        **{
            "uid": "1@tickets.example",
            "title": "Highlife Night",
            "start_at": datetime(2026, 12, 12, 18, 0, tzinfo=UTC),
            "end_at": datetime(2026, 12, 12, 23, 0, tzinfo=UTC),
            "zone": "Europe/Berlin",
            "place": "Festsaal, Berlin",
            "description": "An evening of music.",
            "url": "http://tickets.example/events/highlife-night/",
            "now": NOW,
            **values,
        }
    )


def entry_of(content: bytes) -> Any:
    (entry,) = Calendar.from_ical(content).walk("VEVENT")
    return entry


@pytest.mark.parametrize(
    ("zone", "local"),
    [("Europe/Berlin", "2026-12-12T19:00:00+01:00"), ("America/New_York", "2026-12-12T13:00:00-05:00")],
)
def test_it_tells_the_time_of_the_events_zone_and_brings_the_zones_rules(zone: str, local: str) -> None:
    content = file_of(zone=zone)
    assert entry_of(content).decoded("dtstart").isoformat() == local
    assert f"TZID:{zone}".encode() in content
    assert len(content) < 2_000


def test_a_zone_that_is_always_utc_is_told_as_utc() -> None:
    assert b"DTSTART:20261212T180000Z" in file_of(zone="Africa/Accra")


def test_it_says_what_where_and_when_it_was_made() -> None:
    entry = entry_of(file_of())
    assert (entry["uid"], entry["summary"], entry["location"]) == (
        "1@tickets.example",
        "Highlife Night",
        "Festsaal, Berlin",
    )
    assert entry["url"] == "http://tickets.example/events/highlife-night/"
    assert entry.decoded("dtstamp") == NOW
    assert entry["status"] == "CONFIRMED"


def test_every_line_fits_and_ends_as_the_format_wants() -> None:
    content = file_of(title="Ŋkɔmɔ " * 40, description="Bring water.\nBring friends.")
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert entry_of(content)["description"] == "Bring water.\nBring friends."


def test_an_organizers_text_cannot_add_lines_of_its_own() -> None:
    content = file_of(title="Night\r\nEND:VEVENT\r\nBEGIN:VALARM", place="Hall\nATTACH:file:///etc/passwd")
    assert entry_of(content)["summary"] == "Night END:VEVENT BEGIN:VALARM"
    assert not any(line.startswith((b"ATTACH", b"BEGIN:VALARM")) for line in content.split(b"\r\n"))


def test_a_changed_or_cancelled_event_replaces_the_entry_a_calendar_has_already() -> None:
    event = Event(
        uuid=uuid4(),
        title="Highlife Night",
        start_at=NOW + timedelta(days=20),
        end_at=NOW + timedelta(days=20, hours=5),
        time_zone="Africa/Lagos",
        venue_name="Terra Kulture",
        venue_address="",
        venue_city="Lagos",
        venue_country="Nigeria",
        short_description="",
        status=EventStatus.PUBLISHED,
        created_at=NOW,
        updated_at=NOW,
    )
    url = "http://tickets.example/events/highlife-night/"
    before = entry_of(calendar_of(event, host="tickets.example", url=url, now=NOW))
    event.status, event.updated_at = EventStatus.CANCELLED, NOW + timedelta(hours=1)
    after = entry_of(calendar_of(event, host="tickets.example", url=url, now=NOW))
    assert before["uid"] == after["uid"] == f"{event.uuid}@tickets.example"
    assert before["location"] == "Terra Kulture, Lagos, Nigeria"
    assert (before["sequence"], after["sequence"]) == (0, 60)
    assert (before["status"], after["status"]) == ("CONFIRMED", "CANCELLED")
