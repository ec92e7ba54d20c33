"""Checking in by hand at the desk, and taking a check-in back. The gate itself is services/gate.py."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

import sqlalchemy as sa

from easyticket.core.errors import Conflict
from easyticket.core.signing import digest
from easyticket.db import db, insert_if_new, transactional
from easyticket.models import Admission, ChangeAction, Order, Scan, ScanOutcome, Ticket, TicketStatus
from easyticket.rules.admission import UNDO_WITHIN, may_be_undone
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.services.change_log import record_change
from easyticket.services.gate import ScanResult, admit_ticket

# What stands where scans name their gate.
DESK = "Desk"
_MINUTES = UNDO_WITHIN.seconds // 60


@transactional
def check_in_by_hand(*, actor: Actor, ticket: Ticket, scan_key: UUID, now: datetime) -> ScanResult:
    """Let the holder of a ticket in from the list, by the rules of the gate; a refusal is an answer, not an error.

    The same `scan_key` again gets its first answer again.
    """
    result = admit_ticket(
        actor=actor, event=ticket.event, code=ticket.code, gate=DESK, scan_key=scan_key, now=now
    )
    if result.is_admitted and result.scanned_at == now:
        record_change(actor, ChangeAction.CHECK_IN_MADE, now=now, ticket=ticket, after={"code": ticket.code})
    return result


@transactional
def check_in_all(*, actor: Actor, order: Order, key: UUID, now: datetime) -> int:
    """Let in everybody whose tickets of an order were just sold; return how many the gate let in.

    The same `key` again gets its first answers again.
    """
    tickets = [ticket for ticket in order.tickets if ticket.status is TicketStatus.ACTIVE]
    results = [
        check_in_by_hand(actor=actor, ticket=ticket, scan_key=uuid5(key, ticket.code), now=now)
        for ticket in sorted(tickets, key=lambda ticket: ticket.id)
    ]
    return sum(result.is_admitted for result in results)


@transactional
def undo_check_in(*, actor: Actor, ticket: Ticket, scan_key: UUID, now: datetime) -> None:
    """Take the last check-in of a ticket back, so that it admits once more. The scan stays, and one more says what was done.

    The same `scan_key` again does nothing more.

    :raises Conflict: nobody is in with it, it was too long ago, or the ticket was cancelled since.
    """
    require(actor, Permission.SCAN_TICKETS, ticket.event)
    # The lock of the gate: a scan at this instant comes before or after all of this.
    ticket = db.session.get_one(Ticket, ticket.id, with_for_update=True, populate_existing=True)
    if db.session.scalar(sa.select(sa.exists().where(Scan.scan_key == scan_key))):
        return
    last = _last_admission(ticket)
    if last is None or not may_be_undone(ticket, last, now):
        raise Conflict(
            f"A check-in can be taken back for {_MINUTES} minutes, and this one cannot (any more).",
            code="not_undone",
        )
    before = {"code": ticket.code, "admitted_at": last.admitted_at}
    insert_if_new(Scan, _row(ticket, last, actor, scan_key, now))
    db.session.delete(last)
    db.session.flush()
    _reset(ticket)
    record_change(actor, ChangeAction.CHECK_IN_UNDONE, now=now, ticket=ticket, before=before)


def _last_admission(ticket: Ticket) -> Admission | None:
    of_ticket = sa.select(Admission).where(Admission.ticket_id == ticket.id)
    newest = of_ticket.order_by(Admission.admitted_at.desc(), Admission.id.desc())
    return db.session.scalars(newest.limit(1)).first()


def _reset(ticket: Ticket) -> None:
    """Have the ticket say what its admissions say, now that one is gone: who let it in first, or nobody."""
    of_ticket = sa.select(Admission).where(Admission.ticket_id == ticket.id)
    first = db.session.scalars(of_ticket.order_by(Admission.admitted_at, Admission.id).limit(1)).first()
    ticket.status = TicketStatus.USED if first else TicketStatus.ACTIVE
    ticket.used_at = first.admitted_at if first else None
    ticket.used_by_id = first.admitted_by_id if first else None
    db.session.flush()


def _row(ticket: Ticket, undone: Admission, actor: Actor, scan_key: UUID, now: datetime) -> dict[str, object]:
    return {
        "scan_key": scan_key,
        "event_id": ticket.event_id,
        "ticket_id": ticket.id,
        "code_digest": digest(ticket.code),
        "outcome": ScanOutcome.UNDONE,
        "scanned_at": now,
        "scanned_by_id": actor.user_id,
        "gate": DESK,
        "undoes_key": undone.scan_key,
    }
