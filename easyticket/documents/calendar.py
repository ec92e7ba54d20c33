"""Calendar files (iCalendar, RFC 5545) that Apple, Google and Outlook take: one event, with its own time zone in the file."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar
from icalendar import Event as Entry

from easyticket.core.clock import as_utc
from easyticket.models import Event, EventStatus
from easyticket.rules.wording import place_text

PRODUCT = "-//EasyTicket//EasyTicket//EN"


def calendar_of(event: Event, *, host: str, url: str, now: datetime, online_link: str = "") -> bytes:
    """Return the calendar file of an event; `host` is that of PUBLIC_URL, `url` where the event or order is seen.

    `online_link` is the address for holders of tickets, in files that only they get.
    """
    joining = f"Join online: {online_link}" if online_link else ""
    return render_calendar(
        uid=f"{event.uuid}@{host}",
        title=event.title,
        start_at=event.start_at,
        end_at=event.end_at,
        zone=event.time_zone,
        place=place_text(event),
        description="\n\n".join(filter(None, (event.short_description, joining))),
        url=url,
        now=now,
        # Minutes between making and last changing it: grows with every change and needs no column.
        sequence=int((event.updated_at - event.created_at).total_seconds() // 60),
        is_cancelled=event.status is EventStatus.CANCELLED,
    )


def render_calendar(
    *,
    uid: str,
    title: str,
    start_at: datetime,
    end_at: datetime,
    zone: str,
    place: str,
    description: str,
    url: str,
    now: datetime,
    sequence: int = 0,
    is_cancelled: bool = False,
) -> bytes:
    """Return the file of one event, shown in `zone` (IANA). `uid` must be the same each time and `sequence` only grow.

    With both a calendar that has the event already changes it instead of showing it twice; `is_cancelled` strikes it out.
    """
    entry = Entry()
    entry.add("uid", uid)
    entry.add("dtstamp", as_utc(now))
    entry.add("sequence", sequence)
    entry.add("dtstart", _in_zone(start_at, zone))
    entry.add("dtend", _in_zone(end_at, zone))
    entry.add("summary", _one_line(title))
    entry.add("location", _one_line(place))
    if description:
        entry.add("description", description)
    entry.add("url", url)
    entry.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    # "Here is an event": with REQUEST, Outlook would take it for an invitation and ask for an answer.
    calendar.add("method", "PUBLISH")
    calendar.add_component(entry)
    # The rules of the years around the event; without bounds the file would tell those of 1970 to 2038.
    calendar.add_missing_timezones(
        first_date=date(start_at.year - 1, 1, 1), last_date=date(end_at.year + 2, 1, 1)
    )
    content: bytes = calendar.to_ical()
    return content


def _in_zone(moment: datetime, zone: str) -> datetime:
    # Whole seconds: the format knows no fractions.
    return as_utc(moment).astimezone(ZoneInfo(zone)).replace(microsecond=0)


def _one_line(text: str) -> str:
    return " ".join(text.split())
