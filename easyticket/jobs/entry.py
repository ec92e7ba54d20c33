"""Runs outbox rows: claims one by a lease, calls the service its name stands for, marks it done or plans the next try.

A lease is a conditional UPDATE, so two workers never take the same row at once; a worker that dies loses its lease
after a minute and the row is run again. Every job is idempotent, because at least once is all that can be promised.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Flask, current_app, has_app_context
from sqlalchemy.exc import SQLAlchemyError

from easyticket.core import clock
from easyticket.core.secrecy import without_secrets
from easyticket.db import db, transaction
from easyticket.integrations.mail import MailRefused
from easyticket.jobs.registry import HANDLERS
from easyticket.models import OutboxJob
from easyticket.queue import JobName
from easyticket.services.refund_sending import RefundBeingSent

log = logging.getLogger(__name__)

# How long a killed worker delays its job; a worker that lives renews it.
LEASE = timedelta(seconds=60)
# Waits between tries in seconds; after the last one the job is given up and shown to the operator.
BACKOFF = (5, 15, 60, 300, 900, 3600, 3600, 3600, 3600, 3600, 3600, 3600)
# What no further try can mend: a mailbox that does not exist.
HOPELESS = (MailRefused,)
# What another process has in hand at this moment: no fault, the next try finds it done.
BUSY = (RefundBeingSent,)


def run_outbox_job(job_id: int) -> None:
    """Run one row if it is due and nobody else has it. Called by RQ with the row's id, and by the drain below."""
    if not has_app_context():
        from wsgi import app

        with app.app_context():
            return run_outbox_job(job_id)
    try:
        job = _claim(job_id, clock.now())
        if job is not None:
            _run(job)
    finally:
        db.session.remove()
    return None


def drain_outbox(limit: int = 100, *, overdue: timedelta = timedelta(0)) -> int:
    """Run up to `limit` rows that have been due for at least `overdue`, oldest first; return how many there were."""
    job_ids = _due(clock.now() - overdue, limit)
    for job_id in job_ids:
        run_outbox_job(job_id)
    return len(job_ids)


def _due(now: datetime, limit: int) -> list[int]:
    free = sa.or_(OutboxJob.leased_until.is_(None), OutboxJob.leased_until < now)
    query = (
        sa.select(OutboxJob.id)
        .where(OutboxJob.done_at.is_(None), OutboxJob.failed_at.is_(None), OutboxJob.run_at <= now, free)
        .order_by(OutboxJob.run_at, OutboxJob.id)
        .limit(limit)
    )
    ids = list(db.session.scalars(query))
    db.session.rollback()
    return ids


def _claim(job_id: int, now: datetime) -> OutboxJob | None:
    free = sa.or_(OutboxJob.leased_until.is_(None), OutboxJob.leased_until < now)
    claim = (
        sa.update(OutboxJob)
        .where(OutboxJob.id == job_id, OutboxJob.done_at.is_(None), OutboxJob.failed_at.is_(None))
        .where(OutboxJob.run_at <= now, free)
        .values(leased_until=now + LEASE, attempts=OutboxJob.attempts + 1)
    )
    with transaction() as session:
        if session.execute(claim).rowcount != 1:  # type: ignore[attr-defined]
            return None
    return db.session.get(OutboxJob, job_id)


def _run(job: OutboxJob) -> None:
    job_id, name, attempts = job.id, job.name, job.attempts
    payload, uuid = dict(job.payload), job.uuid
    db.session.rollback()
    try:
        with _kept_lease(job_id):
            HANDLERS[JobName(name)](payload, uuid)
    except Exception as error:  # whatever a job does, the worker goes on and the row remembers it
        db.session.rollback()
        if isinstance(error, BUSY):
            log.info("job %s %s waits: %s", name, job_id, error)
        else:
            log.exception("job %s %s failed (try %s)", name, job_id, attempts)
        _plan_next_try(job_id, attempts, error)
        return
    with transaction() as session:
        session.execute(
            sa.update(OutboxJob)
            .where(OutboxJob.id == job_id)
            .values(done_at=clock.now(), leased_until=None, error="")
        )


@contextmanager
def _kept_lease(job_id: int) -> Iterator[None]:
    """Renew the lease of a job that takes long, from a thread that dies with the process, until the job is done."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    done = threading.Event()
    keeper = threading.Thread(
        target=_renew_lease, args=(app, job_id, done), name="easyticket-lease", daemon=True
    )
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join()


def _renew_lease(app: Flask, job_id: int, done: threading.Event) -> None:
    renew = sa.update(OutboxJob).where(OutboxJob.id == job_id, OutboxJob.done_at.is_(None))
    while not done.wait(LEASE.total_seconds() / 3):
        with app.app_context():
            try:
                with transaction() as session:
                    session.execute(renew.values(leased_until=clock.now() + LEASE))
            except SQLAlchemyError:
                log.warning("the lease of job %s could not be renewed", job_id, exc_info=True)


def _plan_next_try(job_id: int, attempts: int, error: Exception) -> None:
    now = clock.now()
    reason = without_secrets(f"{type(error).__name__}: {error}")
    values: dict[str, object] = {"leased_until": None, "error": reason[:2000]}
    if attempts > len(BACKOFF) or isinstance(error, HOPELESS):
        values["failed_at"] = now
    else:
        values["run_at"] = now + timedelta(seconds=BACKOFF[attempts - 1])
    with transaction() as session:
        session.execute(sa.update(OutboxJob).where(OutboxJob.id == job_id).values(**values))
