"""What runs how often, whoever runs it: the in-process worker here, or `flask sweep` beside RQ workers."""

from __future__ import annotations

import time
from collections.abc import Callable

from easyticket.services import (
    audits,
    cancellation,
    disputes,
    expiry,
    forgetting,
    heartbeats,
    idempotency,
    images,
    lookback,
    missing_receipts,
    payout_schedule,
    payout_transfers,
    reconciliation,
    refund_sync,
    sessions,
    visits,
    withdrawal_cover,
)

# Seconds between two runs, and the service to call. Each is idempotent and safe to run in two processes at once.
SCHEDULE: tuple[tuple[float, Callable[[], object]], ...] = (
    (10, expiry.expire_orders),
    (30, heartbeats.note_heartbeat),
    (20, reconciliation.reconcile_payments),
    (60, refund_sync.reconcile_refunds),
    (600, cancellation.return_owed_money),
    (600, disputes.reconcile_disputes),
    (120, lookback.look_back),
    # What the process that serves has counted; a process that only works has nothing to write.
    (10, visits.write_visits),
    (60, payout_transfers.reconcile_payouts),
    (900, payout_schedule.make_automatic_payouts),
    (60, missing_receipts.issue_missing_receipts),
    (600, withdrawal_cover.cover_all_withdrawals),
    # More often than it runs: it is asked for once in every hour, also where a process begins late in one.
    (600, audits.request_audit),
    (3600, idempotency.forget_old_answers),
    (3600, forgetting.forget_done_work),
    (3600, sessions.delete_ended_sessions),
    (3600, visits.forget_old_visits),
    (3600, images.delete_unnamed_pictures),
)


class Ticker:
    """Remembers when each scheduled call last ran (monotonic seconds)."""

    def __init__(self) -> None:
        self._next = [0.0 for _ in SCHEDULE]

    def run_due(self) -> None:
        """Run every scheduled call whose time has come."""
        for index, (seconds, call) in enumerate(SCHEDULE):
            if time.monotonic() >= self._next[index]:
                self._next[index] = time.monotonic() + seconds
                call()
