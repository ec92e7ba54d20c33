"""What the gate shows, written out: one word, a reason in words, who and what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from easyticket.models import Admission, Event, EventStatus, Scan, ScanOutcome, Ticket
from easyticket.rules.admission import doors_at
from easyticket.rules.schedule import day_in, event_day
from easyticket.rules.wording import clock_text, day_text, moment_text, period_text
from easyticket.services.gate import ScanResult

_LONGEST_ECHO = 40
_TONES = {ScanOutcome.ADMITTED: "good", ScanOutcome.ALREADY_IN: "warn", ScanOutcome.UNDONE: "warn"}


@dataclass(frozen=True, slots=True)
class GateAnswer:
    """One answer. `kind` is admit, already, stop or wait, and decides colour, shape, sound and how long it stays.

    `notice` is what the gate should know besides, although it changes nothing about the answer.
    """

    kind: str
    word: str
    line: str
    lines: Sequence[str] = ()
    notice: str = ""


@dataclass(frozen=True, slots=True)
class GateEvent:
    """An event whose gate can be opened."""

    title: str
    slug: str
    when: str
    place: str
    is_open: bool
    opens: str


@dataclass(frozen=True, slots=True)
class ScanRow:
    """One scan in the list of the last ones."""

    at: str
    word: str
    tone: str
    who: str


READY = GateAnswer("wait", "Ready", "Scan a ticket or type its code.")
NOTHING_TYPED = GateAnswer("wait", "No code", "Scan a ticket or type its code first.")


def answer_of(result: ScanResult, typed: str) -> GateAnswer:
    """Return what to show for the gate's decision about what was scanned or typed."""
    about = _about(result.ticket)
    if result.outcome is ScanOutcome.ADMITTED:
        return GateAnswer("admit", "ADMIT", about[0], about[1:], _notice(result.ticket))
    if result.outcome is ScanOutcome.ALREADY_IN and result.first is not None:
        return GateAnswer(
            "already", "ALREADY IN", _first_time(result.event, result.first, result.scanned_at), about
        )
    if result.ticket is None:
        echo = f"Read: {typed.strip()}" if len(typed.strip()) <= _LONGEST_ECHO else ""
        return GateAnswer("stop", "STOP", result.message, [echo] if echo else [])
    return GateAnswer("stop", "STOP", _reason(result, result.ticket), about)


def gate_events(events: Sequence[Event], now: datetime) -> list[GateEvent]:
    """Return the events to choose a gate of, with when it opens."""
    return [
        GateEvent(
            title=event.title,
            slug=event.slug,
            when=period_text(event),
            place=f"{event.venue_name}, {event.venue_city}",
            is_open=doors_at(event) <= now,
            opens=f"Lets people in from {moment_text(doors_at(event), event.time_zone)}",
        )
        for event in events
    ]


def scan_rows(event: Event, scans: Sequence[Scan]) -> list[ScanRow]:
    """Return the last scans for the list under the answer."""
    return [
        ScanRow(
            at=clock_text(scan.scanned_at, event.time_zone),
            word=_word(scan.outcome),
            tone=_TONES.get(scan.outcome, "stop"),
            who=", ".join(filter(None, [*_about(scan.ticket)[:2], scan.gate])),
        )
        for scan in scans
    ]


def _about(ticket: Ticket | None) -> list[str]:
    if ticket is None:
        return ["Unknown code"]
    return [ticket.attendee_name or "No name on the ticket", ticket.full_name]


def _notice(ticket: Ticket | None) -> str:
    is_disputed = ticket is not None and ticket.disputed_at is not None
    return (
        "The payer’s bank disputes this payment. Let the person in, and tell the organizer."
        if is_disputed
        else ""
    )


def _first_time(event: Event, first: Admission, now: datetime) -> str:
    zone = event.time_zone
    is_today = event_day(event, first.admitted_at) == event_day(event, now)
    at = clock_text(first.admitted_at, zone) if is_today else moment_text(first.admitted_at, zone)
    where = f", {first.gate}" if first.gate else ""
    by = f", by {first.admitted_by.display_name}" if first.admitted_by else ""
    return f"Let in at {at}{where}{by}"


def _reason(result: ScanResult, ticket: Ticket) -> str:
    event, zone = result.event, result.event.time_zone
    if result.outcome is ScanOutcome.WRONG_EVENT:
        return f"This ticket is for {ticket.event.title}, {day_text(ticket.event.start_at, ticket.event.time_zone)}."
    if result.outcome is ScanOutcome.WRONG_DAY and ticket.day_on is not None:
        return f"This ticket is for {day_text(ticket.day_on)}."
    if result.outcome is ScanOutcome.NOT_YET:
        opens = doors_at(event)
        is_today = day_in(zone, opens) == day_in(zone, result.scanned_at)
        return (
            f"Too early. Doors open at {clock_text(opens, zone) if is_today else moment_text(opens, zone)}."
        )
    if result.outcome is ScanOutcome.OVER:
        return f"The event ended on {moment_text(event.end_at, zone)}."
    if result.outcome is ScanOutcome.REPLACED and ticket.sent_on_at is not None:
        return f"This ticket was sent on to somebody else on {moment_text(ticket.sent_on_at, zone)} and has a new code."
    if result.outcome is ScanOutcome.CANCELLED and event.status is EventStatus.CANCELLED:
        return "This event was cancelled."
    return result.message


def _word(outcome: ScanOutcome) -> str:
    words = {
        ScanOutcome.ADMITTED: "Admitted",
        ScanOutcome.ALREADY_IN: "Already in",
        ScanOutcome.UNDONE: "Taken back",
    }
    return words.get(outcome, f"Stopped: {outcome.value.replace('_', ' ')}")
