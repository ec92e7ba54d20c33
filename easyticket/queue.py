"""Jobs to be done after the commit: `enqueue` writes an outbox row in the running transaction and wakes a worker afterwards.

With REDIS_URL the row's id is handed to RQ; without, the in-process worker is woken. Either may fail or be killed:
the sweeper finds every row that is due, so a job runs at least once and must be idempotent.
"""

from __future__ import annotations

import enum
import logging
import threading
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from flask import current_app
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue

from easyticket.core import clock
from easyticket.db import after_commit, db
from easyticket.models import OutboxJob

log = logging.getLogger(__name__)

# So long a job is kept when it is done: until then it can be looked up, and its key is taken.
DONE_KEPT_FOR = timedelta(days=90)
# Set whenever something may be due; the in-process worker waits on it.
WAKE = threading.Event()
RQ_QUEUE = "easyticket"
RUN_JOB = "easyticket.jobs.entry.run_outbox_job"


class JobName(enum.StrEnum):
    """Every job there is; easyticket/jobs/ maps each name to one service call."""

    MAIL_VERIFY_EMAIL = "mail_verify_email"
    MAIL_RESET_PASSWORD = "mail_reset_password"  # noqa: S105 (a name, not a password)
    MAIL_PASSWORD_CHANGED = "mail_password_changed"  # noqa: S105 (a name, not a password)
    MAIL_CHANGE_EMAIL = "mail_change_email"
    MAIL_EMAIL_CHANGE_ASKED = "mail_email_change_asked"
    MAIL_EMAIL_CHANGED = "mail_email_changed"
    MAIL_ORDER_CONFIRMED = "mail_order_confirmed"
    MAIL_ORDER_REFUNDED = "mail_order_refunded"
    MAIL_EVENT_CANCELLED = "mail_event_cancelled"
    MAIL_EVENT_CHANGED = "mail_event_changed"
    TELL_HOLDERS = "tell_holders"
    MAIL_TICKET_RECEIVED = "mail_ticket_received"
    MAIL_TICKET_SENT_ON = "mail_ticket_sent_on"
    MAIL_TICKET_ENDED = "mail_ticket_ended"
    MAIL_EVENT_TAKEN_DOWN = "mail_event_taken_down"
    MAIL_EVENT_RESTORED = "mail_event_restored"
    MAIL_CONTACT_MESSAGE = "mail_contact_message"
    MAIL_PAYMENT_ACCOUNT_CHANGED = "mail_payment_account_changed"
    MAIL_PAYOUT_PAID = "mail_payout_paid"
    MAIL_PAYOUT_FAILED = "mail_payout_failed"
    MAIL_REFUND_FAILED = "mail_refund_failed"
    MAIL_PAYMENT_QUARANTINED = "mail_payment_quarantined"
    MAIL_PAYMENT_DISPUTED = "mail_payment_disputed"
    CLOSE_PAYMENT = "close_payment"
    SEND_REFUND = "send_refund"
    REFUND_AGAIN = "refund_again"
    SEND_PAYOUT = "send_payout"
    ISSUE_RECEIPT = "issue_receipt"
    ISSUE_CREDIT_NOTE = "issue_credit_note"
    UNWIND_EVENT = "unwind_event"
    CHECK_ACCOUNT = "check_account"
    COVER_WITHDRAWALS = "cover_withdrawals"
    DELETE_PICTURE = "delete_picture"
    HANDLE_PROVIDER_EVENT = "handle_provider_event"
    RUN_AUDIT = "run_audit"
    MAIL_AUDIT_CHANGED = "mail_audit_changed"
    SANDBOX_APPROVE_LATE = "sandbox_approve_late"
    SANDBOX_WEBHOOK = "sandbox_webhook"


def enqueue(
    name: JobName, payload: dict[str, Any], *, run_at: datetime | None = None, key: str | None = None
) -> OutboxJob:
    """Add a job to the running transaction; ids only in `payload`. `key` must be new (UNIQUE) where a job may exist once.

    `run_at` (UTC) delays it. The row goes to a worker once the transaction is committed.
    """
    moment = clock.now()
    job = OutboxJob(name=name.value, payload=payload, key=key, created_at=moment, run_at=run_at or moment)
    db.session.add(job)
    db.session.flush()
    if job.run_at <= moment:
        after_commit(partial(hand_over, job.id))
    return job


def hand_over(job_id: int) -> None:
    """Tell a worker that the row `job_id` is due. A Redis that does not answer is no failure: the sweeper finds the row."""
    redis_url: str = current_app.config["SETTINGS"].redis_url
    if not redis_url:
        WAKE.set()
        return
    try:
        connection = Redis.from_url(redis_url, socket_connect_timeout=1, socket_timeout=1)
        Queue(RQ_QUEUE, connection=connection).enqueue(RUN_JOB, job_id, job_timeout=300, result_ttl=0)
    except RedisError:
        log.warning("job left to the sweeper: Redis does not answer", extra={"job_id": job_id})
