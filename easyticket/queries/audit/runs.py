"""What earlier runs of the audit found."""

from __future__ import annotations

import sqlalchemy as sa

from easyticket.db import db
from easyticket.models import AuditRun


def find_last_run() -> AuditRun | None:
    """Return the newest run, or None before the first."""
    return db.session.scalar(
        sa.select(AuditRun).order_by(AuditRun.started_at.desc(), AuditRun.id.desc()).limit(1)
    )
