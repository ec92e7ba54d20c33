"""Who is let in, and how often: decided from a ticket, its event and the clock. That one ticket admits once is the database's
part, not this one's."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta
from uuid import UUID

from easyticket.core.ids import CROCKFORD
from easyticket.models import (
    Admission,
    CheckInPolicy,
    Event,
    EventStatus,
    OrderStatus,
    ScanOutcome,
    Ticket,
    TicketStatus,
)
from easyticket.rules.schedule import day_in, event_day

# Doors open this long before the beginning. They close with the event's end, and a gate's page stays this long after it.
DOORS_BEFORE = timedelta(hours=6)
GRACE_AFTER = timedelta(hours=6)
LONGEST_CODE = 512
# How long after it somebody at the desk may take a check-in back.
UNDO_WITHIN = timedelta(minutes=15)
# What people read for another digit: the random part of a code has no letters O, I or L.
_MISREAD = str.maketrans("OIL", "011")
_QR = re.compile(r"[0-9a-f]{64}", re.IGNORECASE)
_RANDOM_PART = re.compile(f"[{CROCKFORD}]{{10}}")
# What an admission counts for where a ticket admits once for the whole event.
WHOLE_EVENT = "event"


def why_not_admitted(
    ticket: Ticket, event: Event, now: datetime, *, is_old_code: bool = False
) -> ScanOutcome | None:
    """Return why the gate of `event` stays closed for the ticket at `now`, or None.

    With `is_old_code` what was scanned is a code it had before it was sent on, or before its order was taken from the
    wrong hands. Whether its holder is in already is not asked here.
    """
    if ticket.event_id != event.id:
        # Whose ticket it is stays unsaid at another organizer's gate.
        is_own = ticket.event.organizer_id == event.organizer_id
        return ScanOutcome.WRONG_EVENT if is_own else ScanOutcome.UNKNOWN
    if is_old_code:
        return ScanOutcome.REPLACED
    if ticket.order.status is OrderStatus.REFUNDED:
        return ScanOutcome.REFUNDED
    if ticket.status is TicketStatus.CANCELLED:
        return ScanOutcome.REFUNDED if ticket.order.refunded_minor else ScanOutcome.CANCELLED
    if event.status is EventStatus.CANCELLED:
        return ScanOutcome.CANCELLED
    if ticket.order.status is not OrderStatus.CONFIRMED:
        return ScanOutcome.UNPAID
    return _why_not_now(ticket, event, now)


def may_be_undone(ticket: Ticket, last: Admission | None, now: datetime) -> bool:
    """Tell whether the last admission of a ticket can be taken back: it was a moment ago, and the ticket still counts."""
    return last is not None and ticket.status is TicketStatus.USED and now - last.admitted_at <= UNDO_WITHIN


def doors_at(event: Event) -> datetime:
    """Return the moment (UTC) from which the gate lets people in."""
    return event.start_at - DOORS_BEFORE


def scope_of(ticket: Ticket, policy: CheckInPolicy, day_on: date, scan_key: UUID) -> str:
    """Return what one admission of the ticket counts for: the whole event, the day, or only this one scan.

    A ticket is admitted once in each scope.
    """
    if policy is CheckInPolicy.MULTIPLE:
        return str(scan_key)
    if ticket.is_all_days or policy is CheckInPolicy.DAILY:
        return day_on.isoformat()
    return WHOLE_EVENT


def scanned_code(text: str) -> str:
    """Return the code in what a scanner or a person sent: trimmed, and taken out of the JSON that some outside scanners read.

    Too long a text is no code, and answers like one nobody knows.
    """
    plain = text[: LONGEST_CODE + 1].strip()
    if len(plain) > LONGEST_CODE:
        return ""
    if not plain.startswith("{"):
        return plain
    try:
        content = json.loads(plain)
    except (ValueError, RecursionError):
        return plain
    code = content.get("ticket_id") if isinstance(content, dict) else None
    return code.strip() if isinstance(code, str) else plain


def as_qr(code: str) -> str | None:
    """Return the 64 hex digits a ticket's QR code holds, or None. Keyboard scanners with Caps Lock send capitals."""
    return code.lower() if _QR.fullmatch(code) else None


def as_ticket_code(code: str) -> str | None:
    """Return the printed code somebody typed, whole (`TKT-20251119-0123456789`) or its last ten characters, or None.

    Small letters, missing dashes, spaces, a missing TKT and O for 0 or I and L for 1 are all understood.
    """
    plain = (
        "".join(letter for letter in code.upper() if letter.isalnum()).removeprefix("TKT").translate(_MISREAD)
    )
    day, random_part = plain[:-10], plain[-10:]
    if not _RANDOM_PART.fullmatch(random_part) or not (day == "" or (len(day) == 8 and day.isdecimal())):
        return None
    return f"TKT-{day}-{random_part}" if day else random_part


def reads_as_ticket(text: str) -> bool:
    """Return whether a text meant for something else is what a ticket's QR code holds, or a printed code.

    Names are not taken for codes: of the short codes, only those with a digit and written in one piece count.
    """
    plain = scanned_code(text)
    if as_qr(plain):
        return True
    code = as_ticket_code(plain)
    if code is None:
        return False
    is_whole = code.startswith("TKT-") or plain.upper().startswith("TKT")
    return is_whole or (not re.search(r"\s", plain) and re.search(r"\d", plain) is not None)


def _why_not_now(ticket: Ticket, event: Event, now: datetime) -> ScanOutcome | None:
    if now > event.end_at:
        return ScanOutcome.OVER
    days = (day_in(event.time_zone, now), event_day(event, now))
    if ticket.day_on is not None and not ticket.is_all_days and ticket.day_on not in days:
        return ScanOutcome.WRONG_DAY
    return ScanOutcome.NOT_YET if now < doors_at(event) else None
