"""Forgetting what was worked off long ago: webhooks that were handled, jobs that are done and forms that nobody went on with.
The first two have their effect in other rows; what failed or still waits stays until somebody has seen to it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from easyticket.core import clock
from easyticket.db import db, transactional
from easyticket.models import EventDraft, OutboxJob, ProviderEvent
from easyticket.queue import DONE_KEPT_FOR
from easyticket.services.event_drafts import KEPT_FOR

# How many of each are deleted in one run, so that the first one after a long time does not keep anybody waiting.
_MOST = 5_000


@transactional
def forget_done_work(now: datetime | None = None) -> int:
    """Delete webhooks and jobs that were done with DONE_KEPT_FOR ago, and drafts of forms untouched for KEPT_FOR (regularly);
    return how many."""
    now = now or clock.now()
    before = now - DONE_KEPT_FOR
    handled = sa.select(ProviderEvent.id).where(ProviderEvent.handled_at < before)
    done = sa.select(OutboxJob.id).where(OutboxJob.done_at < before, OutboxJob.failed_at.is_(None))
    left = sa.select(EventDraft.id).where(EventDraft.updated_at < now - KEPT_FOR)
    return _delete(ProviderEvent, handled) + _delete(OutboxJob, done) + _delete(EventDraft, left)


def _delete(model: type[ProviderEvent | OutboxJob | EventDraft], ids: sa.Select[int]) -> int:
    rows = sa.delete(model).where(model.id.in_(ids.limit(_MOST)))
    result = db.session.execute(rows, execution_options={"synchronize_session": False})
    return int(result.rowcount)  # type: ignore[attr-defined]
