"""The sign of life of what has to run without end: the health page tells by it whether a worker runs."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from easyticket.core import clock
from easyticket.db import db, insert_if_new, transactional
from easyticket.models import Heartbeat

SCHEDULE = "schedule"


@transactional
def note_heartbeat(now: datetime | None = None) -> None:
    """Note that the schedule runs; called by it."""
    seen_at = now or clock.now()
    noted = sa.update(Heartbeat).where(Heartbeat.name == SCHEDULE).values(seen_at=seen_at)
    if not db.session.execute(noted).rowcount:  # type: ignore[attr-defined]
        insert_if_new(Heartbeat, {"name": SCHEDULE, "seen_at": seen_at})
