"""Reads about money that organizers asked to be paid out: their own only."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from easyticket.core.errors import NotFound
from easyticket.db import db
from easyticket.models import Payout, PayoutState
from easyticket.queries.pages import Page, page_of
from easyticket.rules.permissions import Actor


def get_withdrawal(actor: Actor, uuid: UUID) -> Payout:
    """Return one of the actor's withdrawals with the account it goes to.

    :raises NotFound: there is none, or it is somebody else's.
    """
    payout = db.session.scalar(_own(actor).where(Payout.uuid == uuid))
    if payout is None:
        raise NotFound("There is no such withdrawal.")
    return payout


def list_withdrawals(actor: Actor, *, page: int, per_page: int) -> Page[Payout]:
    """Return the actor's withdrawals with the accounts they go to, the newest first.

    :raises NotFound: there is no such page.
    """
    mine = _own(actor).order_by(Payout.id.desc())
    count = sa.select(sa.func.count()).where(Payout.organizer_id == actor.user_id)

    def load(limit: int, offset: int) -> Sequence[Payout]:
        return db.session.scalars(mine.limit(limit).offset(offset)).all()

    return page_of(load, count=int(db.session.scalar(count) or 0), page=page, per_page=per_page)


def list_payouts_to_make() -> Sequence[Payout]:
    """Return what everybody has asked for and was not paid yet, with the accounts, the oldest first."""
    return db.session.scalars(
        sa.select(Payout)
        .options(joinedload(Payout.payment_profile))
        .where(Payout.state == PayoutState.REQUESTED)
        .order_by(Payout.id)
    ).all()


def _own(actor: Actor) -> sa.Select[Payout]:
    return (
        sa.select(Payout)
        .options(joinedload(Payout.payment_profile))
        .where(Payout.organizer_id == actor.user_id)
    )
