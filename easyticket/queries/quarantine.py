"""Money that is not what was asked for and waits for a person's decision."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from easyticket.core.errors import NotFound
from easyticket.db import db
from easyticket.models import Order, Payment, PaymentState
from easyticket.rules.permissions import Actor, Permission, require


def list_payments_to_review(actor: Actor) -> Sequence[Payment]:
    """Return what waits for a decision, with order and event, the oldest first."""
    require(actor, Permission.REVIEW_PAYMENTS)
    return db.session.scalars(_waiting().order_by(Payment.id)).all()


def get_payment_to_review(actor: Actor, uuid: UUID) -> Payment:
    """Return one payment that waits for a decision.

    :raises NotFound: there is none, or it is decided.
    """
    require(actor, Permission.REVIEW_PAYMENTS)
    payment = db.session.scalar(_waiting().where(Payment.uuid == uuid))
    if payment is None:
        raise NotFound("There is no such payment to decide about.")
    return payment


def _waiting() -> sa.Select[Payment]:
    return (
        sa.select(Payment)
        .options(joinedload(Payment.order).joinedload(Order.event))
        .where(Payment.state == PaymentState.QUARANTINED, Payment.reviewed_at.is_(None))
    )
