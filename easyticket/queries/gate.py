"""What a gate shows beside its answers: which events have one now, how many people are in, and the last scans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from easyticket.db import db
from easyticket.models import Admission, CheckInPolicy, Event, EventStatus, Scan, Ticket, TicketStatus
from easyticket.rules.admission import GRACE_AFTER
from easyticket.rules.permissions import Actor
from easyticket.rules.schedule import event_day


@dataclass(frozen=True, slots=True)
class GateCounts:
    """How many of the people expected (today, where tickets are by day) have been let in."""

    inside: int
    expected: int


def list_gate_events(actor: Actor, now: datetime, limit: int = 100) -> Sequence[Event]:
    """Return the events the actor may scan at that are not over, the soonest first; staff get everybody's."""
    query = sa.select(Event).where(Event.status == EventStatus.PUBLISHED, Event.end_at > now - GRACE_AFTER)
    if not actor.is_staff:
        query = query.where(Event.organizer_id == actor.user_id)
    return db.session.scalars(query.order_by(Event.start_at, Event.id).limit(limit)).all()


def count_inside(event: Event, now: datetime) -> GateCounts:
    """Return how many tickets were let in and how many are valid; day passes count on their day only."""
    today = event_day(event, now)
    is_for_today = sa.or_(Ticket.day_on.is_(None), Ticket.day_on == today)
    ours = (Ticket.event_id == event.id, Ticket.status != TicketStatus.CANCELLED, is_for_today)
    counts_daily = sa.true() if event.check_in_policy is CheckInPolicy.DAILY else Ticket.is_all_days
    is_in = (
        sa.select(Admission.id)
        .where(Admission.ticket_id == Ticket.id)
        .where(sa.or_(sa.not_(counts_daily), Admission.scope == today.isoformat()))
        .exists()
    )
    if event.check_in_policy is CheckInPolicy.MULTIPLE:
        is_in = sa.select(Admission.id).where(Admission.ticket_id == Ticket.id).exists()
    inside, expected = db.session.execute(
        sa.select(sa.func.count(Ticket.id).filter(is_in), sa.func.count(Ticket.id)).where(*ours)
    ).one()
    return GateCounts(inside, expected)


def list_last_scans(event: Event, limit: int = 8) -> Sequence[Scan]:
    """Return the last scans at the event's gates with ticket and scanner, the newest first."""
    query = (
        sa.select(Scan)
        .where(Scan.event_id == event.id)
        .options(joinedload(Scan.ticket), joinedload(Scan.scanned_by))
        .order_by(Scan.scanned_at.desc(), Scan.id.desc())
        .limit(limit)
    )
    return db.session.scalars(query).all()
