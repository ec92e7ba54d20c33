"""How the machinery behind the site runs: the worker, the jobs that wait, what providers sent, the disk, the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app

from easyticket.db import db
from easyticket.integrations.storage import DiskSpace, disk_space
from easyticket.models import Heartbeat, OutboxJob, ProviderEvent
from easyticket.queries.audit.liveness import EVENT_AGE
from easyticket.queries.provider_events import list_last_received
from easyticket.queries.schema_state import is_schema_current
from easyticket.rules.permissions import Actor, Permission, require

# The schedule beats every half minute, jobs that are due begin within seconds: what is older stands still.
_SILENCE = timedelta(minutes=3)
_OVERDUE = timedelta(minutes=5)
# A twentieth of the disk, or a gigabyte, whichever comes first.
_LEAST_PART, _LEAST_BYTES = 20, 1_000_000_000


@dataclass(frozen=True, slots=True)
class Machinery:
    """How everything runs now; each `is_` is False where somebody has to look. Moments are UTC, None where there is none."""

    beat_at: datetime | None
    is_beating: bool
    jobs_due: int
    oldest_due_at: datetime | None
    is_keeping_up: bool
    jobs_later: int
    jobs_given_up: int
    webhooks: Sequence[tuple[str, datetime]]
    webhooks_unhandled: int
    disk: DiskSpace
    has_room: bool
    database: str
    is_schema_current: bool


def get_machinery(actor: Actor, now: datetime) -> Machinery:
    """Return how everything runs, in a fixed number of statements.

    :raises Forbidden: the actor is no administrator.
    """
    require(actor, Permission.RUN_SITE)
    beat_at = db.session.scalar(sa.select(sa.func.max(Heartbeat.seen_at)))
    due, oldest_due_at, later, given_up = _count_jobs(now)
    unhandled = sa.select(sa.func.count(ProviderEvent.id)).where(
        ProviderEvent.handled_at.is_(None), ProviderEvent.received_at < now - EVENT_AGE
    )
    disk = disk_space(current_app.config["SETTINGS"].storage_dir)
    return Machinery(
        beat_at=beat_at,
        is_beating=beat_at is not None and beat_at > now - _SILENCE,
        jobs_due=due,
        oldest_due_at=oldest_due_at,
        is_keeping_up=oldest_due_at is None or oldest_due_at > now - _OVERDUE,
        jobs_later=later,
        jobs_given_up=given_up,
        webhooks=list_last_received(actor),
        webhooks_unhandled=db.session.scalar(unhandled) or 0,
        disk=disk,
        has_room=disk.free >= min(_LEAST_BYTES, disk.total // _LEAST_PART),
        database=db.engine.dialect.name,
        is_schema_current=is_schema_current(),
    )


def _count_jobs(now: datetime) -> tuple[int, datetime | None, int, int]:
    """Return how many jobs are due, since when the longest is, how many come later, and how many were given up."""
    waits = sa.and_(OutboxJob.done_at.is_(None), OutboxJob.failed_at.is_(None))
    is_due = OutboxJob.run_at <= now
    due, oldest, later = db.session.execute(
        sa.select(
            sa.func.count(sa.case((is_due, 1))),
            sa.func.min(sa.case((is_due, OutboxJob.run_at))),
            sa.func.count(sa.case((sa.not_(is_due), 1))),
        ).where(waits)
    ).one()
    given_up = sa.select(sa.func.count(OutboxJob.id)).where(OutboxJob.failed_at.is_not(None))
    return due, oldest, later, db.session.scalar(given_up) or 0
