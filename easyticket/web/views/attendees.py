"""The list of an event's attendees, written out: who they are, whether they are in, and what can be done about it now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from flask import url_for

from easyticket.models import Admission, CheckInPolicy, Event, EventStatus, ScanOutcome, Ticket
from easyticket.queries.attendees import Attendee, AttendeeCounts
from easyticket.queries.pages import Page
from easyticket.rules.admission import UNDO_WITHIN, doors_at, may_be_undone, scope_of, why_not_admitted
from easyticket.rules.schedule import days_of, event_day
from easyticket.rules.wording import clock_text, day_text, moment_text
from easyticket.services.gate import SENTENCES, ScanResult
from easyticket.web.forms.attendees import AttendeesSearch
from easyticket.web.views.order_parts import Pill

UNDO_MINUTES = UNDO_WITHIN.seconds // 60


@dataclass(frozen=True, slots=True)
class AttendeeRow:
    """One ticket. Addresses of buttons are empty where there is nothing to do; keys are new on every page."""

    code: str
    name: str
    email: str
    ticket: str
    order_number: str
    order_url: str
    edit_url: str
    pill: Pill
    detail: str
    check_in_url: str
    check_in_text: str
    undo_url: str
    key: str


@dataclass(frozen=True, slots=True)
class AttendeesPage:
    """The page of the list. `notice` says why nobody can be let in now, if so."""

    title: str
    slug: str
    typed: Mapping[str, str]
    narrows: bool
    rows: Sequence[AttendeeRow]
    page: Page[Attendee]
    found: str
    expected: int
    inside: int
    inside_text: str
    notice: str
    tickets: Sequence[tuple[str, str]]
    days: Sequence[tuple[str, str]]
    arguments: Mapping[str, Any]

    def url_of_page(self, number: int) -> str:
        """Return the address of a page of the same search."""
        place = {"page": str(number)} if number > 1 else {}
        return url_for("organizer.attendees", slug=self.slug, **{**self.arguments, **place})


IN_CHOICES = (("", "In or not"), ("no", "Not in yet"), ("yes", "In"))
ORDER_CHOICES = (
    ("", "By name"),
    ("-check_in_time", "Last in first"),
    ("-purchase_date", "Newest first"),
    ("ticket_type", "By ticket"),
)


def attendees_page(
    event: Event,
    search: AttendeesSearch,
    page: Page[Attendee],
    admissions: Mapping[int, Admission],
    counts: AttendeeCounts,
    now: datetime,
) -> AttendeesPage:
    """Return the page of the list as it is at this moment."""
    rows = [
        _row(event, each.ticket, admissions.get(each.ticket.id), search, page.page, now)
        for each in page.items
        if each.ticket is not None
    ]
    return AttendeesPage(
        title=event.title,
        slug=event.slug,
        typed=search.typed,
        narrows=search.narrows,
        rows=rows,
        page=page,
        found=_found_text(page, search),
        expected=counts.total,
        inside=counts.checked_in,
        inside_text=f"{counts.checked_in:,} of {counts.total:,} in",
        notice=_notice(event, now),
        tickets=_ticket_choices(event),
        days=_day_choices(event),
        arguments=search.arguments,
    )


def check_in_text(result: ScanResult) -> tuple[str, str]:
    """Return what to say after a check-in by hand, and its tone."""
    ticket, event = result.ticket, result.event
    who = (ticket and ticket.attendee_name) or "This ticket"
    if result.is_admitted:
        return f"{who} is in.", "success"
    if result.outcome is ScanOutcome.ALREADY_IN and result.first is not None:
        return (
            f"{who} is in already, since {moment_text(result.first.admitted_at, event.time_zone)}.",
            "warning",
        )
    if result.outcome is ScanOutcome.NOT_YET:
        return f"Too early: check-in opens on {moment_text(doors_at(event), event.time_zone)}.", "warning"
    return f"{who} was not let in: {SENTENCES[result.outcome]}", "warning"


def _row(
    event: Event,
    ticket: Ticket,
    last: Admission | None,
    search: AttendeesSearch,
    page: int,
    now: datetime,
) -> AttendeeRow:
    key = uuid4()
    refusal = why_not_admitted(ticket, event, now)
    is_in = last is not None and last.scope == scope_of(
        ticket, event.check_in_policy, event_day(event, now), last.scan_key
    )
    is_free = event.check_in_policy is CheckInPolicy.MULTIPLE
    may_enter = refusal is None and (not is_in or is_free)
    address: dict[str, Any] = {**search.arguments, "slug": event.slug, "code": ticket.code}
    if page > 1:
        address["page"] = str(page)
    return AttendeeRow(
        code=ticket.code,
        name=ticket.attendee_name or "No name on the ticket",
        email=ticket.attendee_email,
        ticket=ticket.full_name,
        order_number=ticket.order.number,
        order_url=url_for("organizer.order", number=ticket.order.number),
        edit_url=url_for("organizer.attendee", number=ticket.order.number, code=ticket.code),
        pill=_pill(event, ticket, last, is_in, refusal, now),
        detail=_by_whom(last),
        check_in_url=url_for("organizer.check_in", **address) if may_enter else "",
        check_in_text="Check in again" if is_in else "Check in",
        undo_url=url_for("organizer.undo_check_in", **address) if may_be_undone(ticket, last, now) else "",
        key=str(key),
    )


def _pill(
    event: Event,
    ticket: Ticket,
    last: Admission | None,
    is_in: bool,
    refusal: ScanOutcome | None,
    now: datetime,
) -> Pill:
    if last is not None:
        zone = event.time_zone
        is_today = event_day(event, last.admitted_at) == event_day(event, now)
        at = clock_text(last.admitted_at, zone)
        when = at if is_today else f"{day_text(last.admitted_at, zone).rpartition(' ')[0]}, {at}"
        return Pill(f"In {when}", "good") if is_in else Pill(f"Last in {when}", "quiet")
    if refusal is ScanOutcome.WRONG_DAY and ticket.day_on is not None:
        return Pill(f"For {day_text(ticket.day_on).rpartition(' ')[0]}", "quiet")
    return Pill("Not in", "quiet")


def _by_whom(last: Admission | None) -> str:
    if last is None:
        return ""
    by = f"by {last.admitted_by.display_name}" if last.admitted_by else ""
    return ", ".join(filter(None, (last.gate, by)))


def _notice(event: Event, now: datetime) -> str:
    if event.status is EventStatus.CANCELLED:
        return "This event was cancelled, so nobody is let in."
    if now > event.end_at:
        return "This event is over. Nobody is let in any more."
    if event.status is EventStatus.PUBLISHED and now < doors_at(event):
        return f"Check-in opens on {moment_text(doors_at(event), event.time_zone)}."
    return ""


def _found_text(page: Page[Attendee], search: AttendeesSearch) -> str:
    people = "1 person" if page.count == 1 else f"{page.count:,} people"
    return f"{people} found" if search.narrows else people


def _ticket_choices(event: Event) -> list[tuple[str, str]]:
    offers = [(str(offer.uuid), offer.full_name) for kind in event.ticket_types for offer in kind.offers]
    return [("", "All tickets"), *offers] if len(offers) > 1 else []


def _day_choices(event: Event) -> list[tuple[str, str]]:
    days = days_of(event)
    if len(days) < 2:
        return []
    return [("", "All days"), *((day_on.isoformat(), day_text(day_on)) for day_on in days)]
