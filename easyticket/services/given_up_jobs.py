"""Jobs that were given up after the last try: tried once more, or left at that, as people decide."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from easyticket.core.errors import Conflict
from easyticket.db import after_commit, db, transactional
from easyticket.models import ChangeAction, OutboxJob
from easyticket.queue import hand_over
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.services.change_log import record_change


@transactional
def retry_job(*, actor: Actor, uuid: UUID, now: datetime) -> None:
    """Have a job that was given up run again, with all its tries.

    :raises Conflict: it is not given up (any more).
    """
    job_id, name = _change(actor, uuid, failed_at=None, attempts=0, run_at=now, leased_until=None)
    record_change(actor, ChangeAction.JOB_RETRIED, subject=name, now=now)
    after_commit(lambda: hand_over(job_id))


@transactional
def dismiss_job(*, actor: Actor, uuid: UUID, now: datetime) -> None:
    """Note that a job that was given up need not be done any more; what went wrong stays in its row.

    :raises Conflict: it is not given up (any more).
    """
    _, name = _change(actor, uuid, failed_at=None, done_at=now)
    record_change(actor, ChangeAction.JOB_DISMISSED, subject=name, now=now)


def _change(actor: Actor, uuid: UUID, **values: object) -> tuple[int, str]:
    require(actor, Permission.RUN_SITE)
    change = (
        sa.update(OutboxJob)
        .where(OutboxJob.uuid == uuid, OutboxJob.failed_at.is_not(None))
        .values(**values)
        .returning(OutboxJob.id, OutboxJob.name)
    )
    job = db.session.execute(change).first()
    if job is None:
        raise Conflict("This job is not given up any more.")
    return job.id, job.name
