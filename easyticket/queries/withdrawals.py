"""Reads about money that organizers asked to be paid out: their own, and for the people who pay, what waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from easyticket.core.errors import NotFound
from easyticket.core.money import Money
from easyticket.db import db
from easyticket.models import Payout, PayoutState
from easyticket.queries.balances import find_uncovered
from easyticket.queries.pages import Page, page_of
from easyticket.queries.payment_profiles import get_site_currency
from easyticket.rules.payouts import BY_HAND_ENDING, why_not_to_be_paid
from easyticket.rules.permissions import Actor


@dataclass(frozen=True, slots=True)
class WaitingPayout:
    """A withdrawal that was not paid yet, and why it must not be; None where it may."""

    payout: Payout
    obstacle: str | None


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


def list_payouts_to_make(now: datetime) -> list[WaitingPayout]:
    """Return what everybody has asked for and was not paid yet, with the accounts, the oldest first; in two statements."""
    waiting = db.session.scalars(
        sa.select(Payout)
        .options(joinedload(Payout.payment_profile), joinedload(Payout.organizer))
        .where(Payout.state == PayoutState.REQUESTED)
        .order_by(Payout.id)
    ).all()
    uncovered = find_uncovered({payout.organizer_id for payout in waiting}, now)
    return [WaitingPayout(payout, _obstacle(payout, uncovered, now)) for payout in waiting]


def list_payouts_in_trouble() -> Sequence[Payout]:
    """Return the transfers that people should know of, the newest first: those whose outcome is not known or that somebody
    has to confirm, and those that did not reach their account and were not paid by hand since."""
    by_hand = aliased(Payout)
    was_paid = sa.exists().where(by_hand.reference == Payout.reference.concat(BY_HAND_ENDING))
    did_not_arrive = sa.and_(Payout.state.in_((PayoutState.FAILED, PayoutState.REVERSED)), ~was_paid)
    is_stuck = sa.and_(Payout.state.in_((PayoutState.PENDING, PayoutState.UNKNOWN)), Payout.last_error != "")
    return db.session.scalars(
        sa.select(Payout)
        .options(joinedload(Payout.payment_profile), joinedload(Payout.organizer))
        .where(sa.or_(did_not_arrive, is_stuck))
        .order_by(Payout.id.desc())
    ).all()


def find_payout_obstacle(payout: Payout, now: datetime) -> str | None:
    """Return why a withdrawal must not be paid, or None. The caller holds the lock of its organizer to act on it."""
    return _obstacle(payout, find_uncovered({payout.organizer_id}, now), now)


def _obstacle(payout: Payout, uncovered: dict[tuple[int, str], int], now: datetime) -> str | None:
    minor = uncovered.get((payout.organizer_id, payout.currency), 0)
    return why_not_to_be_paid(payout, Money(minor, payout.currency), now, site_currency=get_site_currency())


def _own(actor: Actor) -> sa.Select[Payout]:
    return (
        sa.select(Payout)
        .options(joinedload(Payout.payment_profile))
        .where(Payout.organizer_id == actor.user_id)
    )
