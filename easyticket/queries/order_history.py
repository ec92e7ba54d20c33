"""What happened to one order besides what its own rows say: what people changed, who stood at the gate, what was mailed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from easyticket.db import db
from easyticket.models import Order, OutboxJob, Scan, Ticket, User
from easyticket.queries.changes import ChangeEntry, list_order_changes
from easyticket.rules.permissions import Actor

MOST_SCANS = 200


@dataclass(frozen=True, slots=True)
class OrderHistory:
    """The rows to tell an order's life by, beside the order itself with its payments, refunds and disputes.

    Mails are there for as long as jobs that are done are kept. `asked_by` are the names of who asked for refunds.
    """

    changes: Sequence[ChangeEntry]
    scans: Sequence[Scan]
    mails: Sequence[OutboxJob]
    asked_by: dict[int, User]


def find_order_history(actor: Actor, order: Order) -> OrderHistory:
    """Return what happened to an order of the actor's events, in a fixed number of statements."""
    return OrderHistory(
        changes=list_order_changes(actor, order),
        scans=_scans_of(order),
        mails=_mails_of(order),
        asked_by=_askers_of(order),
    )


def _scans_of(order: Order) -> Sequence[Scan]:
    return db.session.scalars(
        sa.select(Scan)
        .join(Ticket, Ticket.id == Scan.ticket_id)
        .where(Ticket.order_id == order.id)
        .options(joinedload(Scan.scanned_by))
        .order_by(Scan.id.desc())
        .limit(MOST_SCANS)
    ).all()


def _mails_of(order: Order) -> Sequence[OutboxJob]:
    """Return the mails by their keys, which are indexed; that somebody had one sent again is in the log."""
    keys = [f"order-confirmed:{order.id}", f"event-cancelled:{order.id}"]
    keys += [f"order-refunded:{refund.id}" for refund in order.refunds]
    return db.session.scalars(
        sa.select(OutboxJob).where(OutboxJob.key.in_(keys)).order_by(OutboxJob.id)
    ).all()


def _askers_of(order: Order) -> dict[int, User]:
    ids = {refund.requested_by_id for refund in order.refunds if refund.requested_by_id is not None}
    users = db.session.scalars(sa.select(User).where(User.id.in_(ids))) if ids else ()
    return {user.id: user for user in users}
