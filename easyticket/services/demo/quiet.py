"""Ends the jobs the demo made: nobody mails hundreds of invented people. What the demo attendee is to read is really sent."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa

from easyticket.db import db, transactional
from easyticket.models import Event, EventStatus, MailToken, Order, OutboxJob, Payment, Refund, User
from easyticket.queue import JobName

NOTE = "Not sent: the demo made this job."


@transactional
def end_account_jobs(user: User, now: datetime) -> None:
    """End the mails that were to prove an address which is proved by now."""
    tokens = db.session.scalars(sa.select(MailToken.id).where(MailToken.user_id == user.id)).all()
    _end({"mail_token_id": tokens}, kept=(), now=now)


@transactional
def end_sales_jobs(event: Event, attendee: User, now: datetime) -> None:
    """End the jobs of an event's orders: payments are settled and refunds sent by now, and the mails are not to be."""
    orders = db.session.execute(sa.select(Order.id, Order.user_id).where(Order.event_id == event.id)).all()
    order_ids = [order_id for order_id, _ in orders]
    refunds = sa.select(Refund.id).where(Refund.order_id.in_(order_ids))
    references = sa.select(Payment.reference).where(Payment.order_id.in_(order_ids))
    topics = {
        "order_id": order_ids,
        "refund_id": db.session.scalars(refunds).all(),
        "reference": db.session.scalars(references).all(),
    }
    attendees = [order_id for order_id, user_id in orders if user_id == attendee.id]
    _end(topics, kept=_worth_reading(event, attendees, now), now=now)


def _worth_reading(event: Event, order_ids: Collection[int], now: datetime) -> list[tuple[str, int]]:
    """Return name and order of the attendee's mails that say something about the days to come."""
    if event.status is EventStatus.CANCELLED:
        return [(JobName.MAIL_EVENT_CANCELLED, order_id) for order_id in order_ids]
    return [(JobName.MAIL_ORDER_CONFIRMED, order_id) for order_id in order_ids if event.end_at > now]


def _end(
    topics: Mapping[str, Collection[object]], *, kept: Collection[tuple[str, int]], now: datetime
) -> None:
    waiting = db.session.scalars(
        sa.select(OutboxJob).where(OutboxJob.done_at.is_(None), OutboxJob.failed_at.is_(None))
    )
    for job in waiting:
        is_ours = any(job.payload.get(name) in values for name, values in topics.items())
        if is_ours and (job.name, job.payload.get("order_id")) not in kept:
            job.done_at, job.error = now, NOTE
