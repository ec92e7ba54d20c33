"""What happened at the demo's gates: tickets let in, some tried twice, some unknown, some of another day or event."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from easyticket.core.ids import random_code
from easyticket.db import db
from easyticket.models import CheckInPolicy, Event, Scan, Ticket, TicketStatus
from easyticket.rules.permissions import Actor
from easyticket.services.demo.plans import GatePlan
from easyticket.services.gate import admit_ticket
from easyticket.services.tickets import qr_content


@dataclass(frozen=True, slots=True)
class _Try:
    """One code held to one gate."""

    at: datetime
    gate: str
    code: str


def work_gates(event: Event, plan: GatePlan, actor: Actor, now: datetime, dice: Random) -> int:
    """Scan what was scanned until now and return how many times; an event that has scans already is left alone."""
    if db.session.scalar(sa.select(Scan.id).where(Scan.event_id == event.id).limit(1)) is not None:
        return 0
    tries = sorted(_tries(event, plan, now, dice), key=lambda one: one.at)
    for one in tries:
        key = UUID(int=dice.getrandbits(128), version=4)
        admit_ticket(actor=actor, event=event, code=one.code, gate=one.gate, scan_key=key, now=one.at)
    return len(tries)


def _tries(event: Event, plan: GatePlan, now: datetime, dice: Random) -> Iterator[_Try]:
    tickets = _tickets_of(event)
    valid = [ticket for ticket in tickets if ticket.status is not TicketStatus.CANCELLED]
    ended = [ticket for ticket in tickets if ticket.status is TicketStatus.CANCELLED]
    came = [one for ticket in valid for one in _visits(event, plan, ticket, now, dice)]
    yield from came
    for one in dice.sample(came, min(plan.again, len(came))):
        later = min(one.at + timedelta(minutes=dice.randint(1, 25)), now)
        yield _Try(later, dice.choice(plan.names), one.code)
    last = max((one.at for one in came), default=now)
    refused = [*(ticket.code for ticket in ended[:1]), *_of_other_days(event, valid, last)]
    refused += [f"TKT-{last:%Y%m%d}-{random_code(10)}" for _ in range(plan.unknown)]
    refused += _codes_of_other_events(event, plan.wrong_event)
    for code in refused:
        yield _Try(last - timedelta(minutes=dice.randint(0, 40)), dice.choice(plan.names), code)


def _visits(event: Event, plan: GatePlan, ticket: Ticket, now: datetime, dice: Random) -> Iterator[_Try]:
    for day in _days_of(event, ticket, now, dice):
        if dice.randrange(100) < plan.percent:
            at = _doors(event, day) + timedelta(minutes=dice.triangular(-25, 150, 12))
            code = qr_content(ticket) if dice.random() < 0.8 else ticket.code
            if ticket.created_at < at <= now:
                yield _Try(at, dice.choice(plan.names), code)


def _days_of(event: Event, ticket: Ticket, now: datetime, dice: Random) -> Sequence[date]:
    """Return the days on which the holder thinks of coming."""
    zone = ZoneInfo(event.time_zone)
    if ticket.day_on is not None:
        return [ticket.day_on]
    first = event.start_at.astimezone(zone).date()
    until = min(now, event.end_at).astimezone(zone).date()
    days = [first + timedelta(days=number) for number in range((until - first).days + 1)]
    if ticket.is_all_days:
        return days
    return dice.sample(days, min(2, len(days))) if event.check_in_policy is CheckInPolicy.DAILY else days[:1]


def _doors(event: Event, day: date) -> datetime:
    zone = ZoneInfo(event.time_zone)
    return datetime.combine(day, event.start_at.astimezone(zone).time(), zone)


def _tickets_of(event: Event) -> Sequence[Ticket]:
    return db.session.scalars(sa.select(Ticket).where(Ticket.event_id == event.id).order_by(Ticket.id)).all()


def _of_other_days(event: Event, tickets: Sequence[Ticket], last: datetime) -> list[str]:
    today = last.astimezone(ZoneInfo(event.time_zone)).date()
    return [ticket.code for ticket in tickets if ticket.day_on is not None and ticket.day_on > today][:1]


def _codes_of_other_events(event: Event, number: int) -> Sequence[str]:
    """Return codes of tickets for other events of the same organizer, which a gate names as such."""
    others = sa.select(Event.id).where(Event.organizer_id == event.organizer_id, Event.id != event.id)
    query = sa.select(Ticket.code).where(Ticket.event_id.in_(others), Ticket.status == TicketStatus.ACTIVE)
    return db.session.scalars(query.order_by(Ticket.id).limit(number)).all()
