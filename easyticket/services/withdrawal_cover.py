"""Withdrawals that sales no longer cover, because refunds took the money: the newest are given up until the rest is covered.

A refund holds the row of its order and takes no further lock: it leaves a job, which takes that of the organizer. Meanwhile
nothing uncovered is paid (rules/payouts.py).
"""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial

import sqlalchemy as sa

from easyticket.core import clock
from easyticket.db import db, transactional
from easyticket.models import Payout, PayoutState
from easyticket.queries.balances import find_uncovered
from easyticket.queue import JobName, enqueue
from easyticket.services.asking import each_by_itself
from easyticket.services.organizer_lock import lock_organizer
from easyticket.services.withdrawals import put_back

log = logging.getLogger(__name__)

_REASON = "Buyers were refunded the money it was to come from."


@transactional
def note_refund(organizer_id: int, now: datetime) -> None:
    """Have an organizer's withdrawals looked through after a refund, if it left any of them uncovered."""
    waiting = sa.exists().where(Payout.organizer_id == organizer_id, Payout.state == PayoutState.REQUESTED)
    if db.session.scalar(sa.select(waiting)) and find_uncovered({organizer_id}, now):
        enqueue(JobName.COVER_WITHDRAWALS, {"organizer_id": organizer_id})


@transactional
def cover_withdrawals(organizer_id: int, now: datetime | None = None) -> int:
    """Give up the newest withdrawals that wait until the organizer's sales cover the rest, and return how many (job)."""
    now = now or clock.now()
    lock_organizer(organizer_id)
    missing = find_uncovered({organizer_id}, now)
    newest_first = (
        sa.select(Payout)
        .where(Payout.organizer_id == organizer_id, Payout.state == PayoutState.REQUESTED)
        .order_by(Payout.id.desc())
    )
    count = 0
    for payout in db.session.scalars(newest_first).all():
        key = (organizer_id, payout.currency)
        if missing.get(key, 0) > 0 and put_back(payout, now, reason=_REASON):
            missing[key] -= payout.amount_minor
            count += 1
    if count:
        log.warning("uncovered withdrawals given up", extra={"organizer_id": organizer_id, "count": count})
    return count


def cover_all_withdrawals(now: datetime | None = None) -> int:
    """Look through the withdrawals of everybody who waits for one (regularly): one may have been asked for beside a refund."""
    now = now or clock.now()
    waiting = set(db.session.scalars(sa.select(Payout.organizer_id).filter_by(state=PayoutState.REQUESTED)))
    # Once for each, in however many currencies.
    organizer_ids = dict.fromkeys(organizer_id for organizer_id, _ in find_uncovered(waiting, now))
    cover = partial(cover_withdrawals, now=now)
    return sum(each_by_itself("the withdrawals of organizer", organizer_ids, cover))
