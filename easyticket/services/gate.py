"""The gate: one code comes in, one answer goes out, and every try stays on record.

That a ticket admits once is decided by a single INSERT on UNIQUE(ticket, scope): of all scans at the same instant, in
whatever process, exactly one gets its row in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from easyticket.core.errors import Invalid
from easyticket.core.signing import digest
from easyticket.db import db, insert_if_new, transactional
from easyticket.models import Admission, Event, RetiredCode, Scan, ScanOutcome, Ticket, TicketStatus
from easyticket.rules.admission import (
    as_qr,
    as_ticket_code,
    scanned_code,
    scope_of,
    why_not_admitted,
)
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.rules.schedule import event_day

SENTENCES = {
    ScanOutcome.ADMITTED: "Let this person in.",
    ScanOutcome.ALREADY_IN: "This ticket is in already.",
    ScanOutcome.CANCELLED: "This ticket was cancelled.",
    ScanOutcome.REFUNDED: "The money for this ticket was returned.",
    ScanOutcome.UNPAID: "This ticket is not paid.",
    ScanOutcome.WRONG_EVENT: "This ticket is for another event.",
    ScanOutcome.WRONG_DAY: "This ticket is for another day.",
    ScanOutcome.NOT_YET: "It is too early: the doors are not open yet.",
    ScanOutcome.OVER: "The event is over.",
    ScanOutcome.REPLACED: "This ticket has a new code, so this one lets nobody in.",
    ScanOutcome.UNKNOWN: "No ticket of this event has this code.",
    ScanOutcome.UNDONE: "The check-in was taken back.",
}


@dataclass(frozen=True, slots=True)
class ScanResult:
    """The gate's answer. `first` is the admission that let the ticket in: now, or for `already_in` the time before; none
    where that was taken back since.

    `ticket` is None for a code that this organizer has no ticket for. `scanned_at` (UTC) is when the answer was first given.
    """

    outcome: ScanOutcome
    event: Event
    ticket: Ticket | None
    first: Admission | None
    scanned_at: datetime

    @property
    def message(self) -> str:
        """The answer as a sentence, without times and names."""
        return SENTENCES[self.outcome]

    @property
    def is_admitted(self) -> bool:
        """True where the gate opens."""
        return self.outcome is ScanOutcome.ADMITTED


@dataclass(frozen=True, slots=True)
class Verification:
    """The answer to a code that came without its event. `ticket` is None where nobody has a ticket with that code.

    `first` is the admission that let the ticket in: now, or for `already_in` the time before.
    """

    outcome: ScanOutcome
    ticket: Ticket | None = None
    first: Admission | None = None

    @property
    def is_admitted(self) -> bool:
        """True where the gate opens."""
        return self.outcome is ScanOutcome.ADMITTED


def verify_ticket(*, actor: Actor, code: str, gate: str, scan_key: UUID, now: datetime) -> Verification:
    """Let the holder of `code` (a QR code's content or a whole printed code) in at its event, or say why not.

    Refusals are answers, not errors, and are kept as scans of the ticket's event.

    :raises Forbidden: the actor has no gates, or this is a ticket of somebody else's event.
    """
    require(actor, Permission.USE_GATES)
    plain = scanned_code(code)
    named = _is_named(Ticket, plain)
    ticket = None if named is None else db.session.scalars(sa.select(Ticket).where(named)).first()
    ticket = ticket or _find_of_old_code(plain)
    if ticket is None:
        return Verification(ScanOutcome.UNKNOWN)
    require(actor, Permission.SCAN_TICKETS, ticket.event)
    result = admit_ticket(actor=actor, event=ticket.event, code=code, gate=gate, scan_key=scan_key, now=now)
    return Verification(result.outcome, result.ticket, result.first)


@transactional
def admit_ticket(
    *, actor: Actor, event: Event, code: str, gate: str, scan_key: UUID, now: datetime
) -> ScanResult:
    """Let the holder of `code` (a QR code's content or a typed ticket code) in, or say why not. Refusals are answers, not errors.

    The same `scan_key` again gets its first answer again, so a request lost on the way can be repeated.

    :raises Invalid: the key was used for another code (code `scan_key_reused`).
    """
    require(actor, Permission.SCAN_TICKETS, event)
    plain = scanned_code(code)
    scan = Scan(
        scan_key=scan_key,
        event_id=event.id,
        code_digest=digest(plain),
        scanned_at=now,
        scanned_by_id=actor.user_id,
        gate=" ".join(gate.split())[:80],
    )
    # The lock first: whoever waited for it then sees the scan that was ahead.
    ticket = _locked_ticket(event, plain)
    earlier = _find_scan(scan_key)
    if earlier is not None:
        return _first_answer(earlier, event, scan.code_digest)
    # Asked after waiting for the lock: of a ticket that was sent on meanwhile the code is an old one by now.
    old = _find_of_old_code(plain, event) if ticket is None else None
    ticket = ticket or old
    refusal = (
        ScanOutcome.UNKNOWN
        if ticket is None
        else why_not_admitted(ticket, event, now, is_old_code=old is not None)
    )
    shown = None if refusal is ScanOutcome.UNKNOWN else ticket
    scan.outcome = refusal or _admit(ticket, event, scan)  # type: ignore[arg-type]
    scan.ticket_id = shown.id if shown else None
    if not _record(scan):
        # The same request came twice at the same instant with a code that has no row to wait for.
        return _first_answer(_find_scan(scan_key), event, scan.code_digest)  # type: ignore[arg-type]
    return _result(scan, event, shown)


def _admit(ticket: Ticket, event: Event, scan: Scan) -> ScanOutcome:
    row = {
        "ticket_id": ticket.id,
        "event_id": event.id,
        "scope": scope_of(ticket, event.check_in_policy, event_day(event, scan.scanned_at), scan.scan_key),
        "scan_key": scan.scan_key,
        "admitted_at": scan.scanned_at,
        "admitted_by_id": scan.scanned_by_id,
        "gate": scan.gate,
    }
    if not insert_if_new(Admission, row):
        return ScanOutcome.ALREADY_IN
    ticket.status = TicketStatus.USED
    ticket.used_at = ticket.used_at or scan.scanned_at
    ticket.used_by_id = ticket.used_by_id or scan.scanned_by_id
    db.session.flush()
    return ScanOutcome.ADMITTED


def _record(scan: Scan) -> bool:
    columns = [column.key for column in sa.inspect(Scan).column_attrs if column.key != "id"]
    return insert_if_new(Scan, {name: getattr(scan, name) for name in columns})


def _locked_ticket(event: Event, code: str) -> Ticket | None:
    named = _is_named(Ticket, code, event)
    if named is None:
        return None
    query = sa.select(Ticket).where(named).with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(query.limit(1)).first()


def _find_of_old_code(code: str, event: Event | None = None) -> Ticket | None:
    """Return the ticket that had this code before it was sent on, or None."""
    named = _is_named(RetiredCode, code, event)
    if named is None:
        return None
    query = sa.select(Ticket).join(RetiredCode, RetiredCode.ticket_id == Ticket.id).where(named)
    return db.session.scalars(query.limit(1)).first()


def _is_named(
    kept: type[Ticket] | type[RetiredCode], code: str, event: Event | None = None
) -> sa.ColumnElement[bool] | None:
    """Return the condition on the row that keeps a code, or None for what is no code.

    The last ten characters alone name a ticket at a known event only.
    """
    if qr := as_qr(code):
        return kept.qr_digest == digest(qr)
    typed = as_ticket_code(code)
    if typed is None or (event is None and not typed.startswith("TKT")):
        return None
    if event is None or typed.startswith("TKT"):
        return kept.code == typed
    return sa.and_(Ticket.event_id == event.id, kept.code.endswith(f"-{typed}"))


def _find_scan(scan_key: UUID) -> Scan | None:
    return db.session.scalars(sa.select(Scan).where(Scan.scan_key == scan_key)).first()


def _first_answer(scan: Scan, event: Event, code_digest: str) -> ScanResult:
    if scan.event_id != event.id or scan.code_digest != code_digest:
        raise Invalid("This scan's key was used for another code.", code="scan_key_reused")
    return _result(scan, event, scan.ticket)


def _result(scan: Scan, event: Event, ticket: Ticket | None) -> ScanResult:
    first = None
    if ticket is not None and scan.outcome in (ScanOutcome.ADMITTED, ScanOutcome.ALREADY_IN):
        day_on = event_day(event, scan.scanned_at)
        scope = scope_of(ticket, event.check_in_policy, day_on, scan.scan_key)
        first = db.session.scalars(sa.select(Admission).filter_by(ticket_id=ticket.id, scope=scope)).first()
    return ScanResult(scan.outcome, event, ticket, first, scan.scanned_at)
