"""What the people who run the site look at first: what the audit found, and what waits for somebody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from easyticket.db import db
from easyticket.models import AuditRun, Dispute, Order, OutboxJob, ProviderEvent
from easyticket.models.payment import UNDECIDED_DISPUTES
from easyticket.queries.audit.liveness import EVENT_AGE
from easyticket.queries.audit.runs import find_last_run
from easyticket.queries.pages import Page, page_of
from easyticket.queries.payment_profiles import list_profiles_to_check
from easyticket.queries.quarantine import list_payments_to_review
from easyticket.queries.refunds import list_refunds_in_need
from easyticket.queries.withdrawals import list_payouts_in_trouble, list_payouts_to_make
from easyticket.rules.permissions import Actor, Permission, require

# The audit runs every hour: an older run says that jobs do not.
STALE_AUDIT = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class SiteHealth:
    """The newest run of the audit (None before the first), and how much of each kind waits for somebody."""

    run: AuditRun | None
    is_stale: bool
    payments: int
    disputes: int
    refunds: int
    payouts: int
    transfers: int
    accounts: int
    jobs: int
    webhooks: int


def find_site_health(actor: Actor, now: datetime) -> SiteHealth:
    """Return how the site is, in a fixed number of statements."""
    require(actor, Permission.RUN_SITE)
    run = find_last_run()
    unhandled = sa.select(sa.func.count(ProviderEvent.id)).where(
        ProviderEvent.handled_at.is_(None), ProviderEvent.received_at < now - EVENT_AGE
    )
    return SiteHealth(
        run=run,
        is_stale=run is not None and run.started_at < now - STALE_AUDIT,
        payments=len(list_payments_to_review(actor)),
        disputes=_count(sa.select(sa.func.count(Dispute.id)).where(Dispute.state.in_(UNDECIDED_DISPUTES))),
        refunds=len(list_refunds_in_need()),
        payouts=len(list_payouts_to_make(now)),
        transfers=len(list_payouts_in_trouble()),
        accounts=len(list_profiles_to_check()),
        jobs=_count(sa.select(sa.func.count(OutboxJob.id)).where(OutboxJob.failed_at.is_not(None))),
        webhooks=_count(unhandled),
    )


def list_open_disputes(actor: Actor) -> Sequence[Dispute]:
    """Return the disputes that are not decided, with order and event, the one to be answered first at the head."""
    require(actor, Permission.RUN_SITE)
    return db.session.scalars(
        sa.select(Dispute)
        .options(joinedload(Dispute.order).joinedload(Order.event), joinedload(Dispute.payment))
        .where(Dispute.state.in_(UNDECIDED_DISPUTES))
        .order_by(sa.nulls_last(Dispute.due_at), Dispute.id)
    ).all()


def list_given_up_jobs(actor: Actor, *, page: int, per_page: int) -> Page[OutboxJob]:
    """Return a page of the jobs that were given up, the newest first.

    :raises NotFound: there is no such page.
    """
    require(actor, Permission.RUN_SITE)
    was_given_up = OutboxJob.failed_at.is_not(None)
    newest_first = (OutboxJob.failed_at.desc(), OutboxJob.id.desc())
    found = sa.select(OutboxJob).where(was_given_up).order_by(*newest_first)

    def load(limit: int, offset: int) -> Sequence[OutboxJob]:
        return db.session.scalars(found.limit(limit).offset(offset)).all()

    count = _count(sa.select(sa.func.count(OutboxJob.id)).where(was_given_up))
    return page_of(load, count=count, page=page, per_page=per_page)


def _count(query: sa.Select[int]) -> int:
    return int(db.session.scalar(query) or 0)
