"""Runs of the audit: once an hour, kept for a month, and told to the people who run the site when it finds something else."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from easyticket.core import clock
from easyticket.db import db, transaction, transactional
from easyticket.models import AuditRun, OutboxJob
from easyticket.queries.audit.finding import Finding, Scope
from easyticket.queries.audit.invariants import audit_database
from easyticket.queries.audit.runs import find_last_run
from easyticket.queue import JobName, enqueue
from easyticket.rules.permissions import Actor, Permission, require

log = logging.getLogger(__name__)

KEPT_FOR = timedelta(days=30)
# Of each invariant so many violations are kept with a run: more tell nothing new.
EXAMPLES = 20


def request_audit(now: datetime | None = None) -> bool:
    """Have the audit run in this hour (regularly); False where that was asked for already, by whatever process."""
    now = now or clock.now()
    key = f"audit:{now:%Y-%m-%dT%H}"
    try:
        return _request(key)
    except IntegrityError:
        log.info("another process asked for the audit of this hour at the same instant")
        db.session.rollback()
        return False


def run_audit(now: datetime | None = None) -> AuditRun:
    """Ask every invariant, keep what was found, and forget runs of a month ago (job)."""
    started_at = now or clock.now()
    findings = audit_database(Scope(started_at))
    for finding in findings:
        if finding.violations:
            first = finding.violations[0].sentence
            log.error("audit: %s is broken %s times: %s", finding.code, len(finding.violations), first)
    return _keep(findings, started_at, now or clock.now())


def look_again(*, actor: Actor, now: datetime) -> AuditRun:
    """Run the audit at once because somebody wants to know."""
    require(actor, Permission.RUN_SITE)
    return run_audit(now)


@transactional
def _request(key: str) -> bool:
    if db.session.scalar(sa.select(OutboxJob.id).where(OutboxJob.key == key)) is not None:
        return False
    enqueue(JobName.RUN_AUDIT, {}, key=key)
    return True


def _keep(findings: list[Finding], started_at: datetime, finished_at: datetime) -> AuditRun:
    with transaction() as session:
        before = find_last_run()
        run = AuditRun(
            started_at=started_at,
            finished_at=finished_at,
            violations=sum(len(finding.violations) for finding in findings),
            findings=[_as_json(finding) for finding in findings],
        )
        session.add(run)
        session.execute(sa.delete(AuditRun).where(AuditRun.started_at < started_at - KEPT_FOR))
        session.flush()
        if _counts(run) != (_counts(before) if before else {}):
            enqueue(JobName.MAIL_AUDIT_CHANGED, {"audit_run_id": run.id})
    return run


def _as_json(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "title": finding.title,
        "count": len(finding.violations),
        "examples": [violation.as_json() for violation in finding.violations[:EXAMPLES]],
    }


def _counts(run: AuditRun) -> dict[str, int]:
    """Return how many violations each broken invariant has."""
    return {finding["code"]: finding["count"] for finding in run.findings if finding["count"]}
