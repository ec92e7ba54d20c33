"""Forgetting what was worked off long ago: webhooks that were handled and jobs that are done. Both have their effect in other
rows; what failed or still waits stays until somebody has seen to it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from easyticket.core import clock
from easyticket.db import db, transactional
from easyticket.models import OutboxJob, ProviderEvent
from easyticket.queue import DONE_KEPT_FOR

# How many of each are deleted in one run, so that the first one after a long time does not keep anybody waiting.
_MOST = 5_000


@transactional
def forget_done_work(now: datetime | None = None) -> int:
    """Delete webhooks and jobs that were done with DONE_KEPT_FOR ago (regularly); return how many."""
    before = (now or clock.now()) - DONE_KEPT_FOR
    handled = sa.select(ProviderEvent.id).where(ProviderEvent.handled_at < before)
    done = sa.select(OutboxJob.id).where(OutboxJob.done_at < before, OutboxJob.failed_at.is_(None))
    return _delete(ProviderEvent, handled) + _delete(OutboxJob, done)


def _delete(model: type[ProviderEvent | OutboxJob], ids: sa.Select[int]) -> int:
    rows = sa.delete(model).where(model.id.in_(ids.limit(_MOST)))
    result = db.session.execute(rows, execution_options={"synchronize_session": False})
    return int(result.rowcount)  # type: ignore[attr-defined]
