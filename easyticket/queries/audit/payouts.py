"""I11: organizers are paid what their sales brought, once, and to an account that was verified."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa
from flask import current_app

from easyticket.models import (
    LedgerAccount,
    LedgerEntry,
    LedgerPosting,
    PaymentProfile,
    Payout,
    PayoutState,
    PostingKind,
    ProfileStatus,
)
from easyticket.models.payout import OPEN_STATES
from easyticket.queries.audit.finding import Rows, Scope, amount_of, rows_of, words
from easyticket.queries.balances import was_really_paid
from easyticket.rules.payouts import BY_HAND, is_money_real

# So long after a refund took an organizer's money, no payout that is not covered by sales may wait any more.
COVER_AGE = timedelta(minutes=30)
_SENT = (PayoutState.PENDING, PayoutState.UNKNOWN, PayoutState.PAID)


def ask_payouts(scope: Scope) -> Iterator[Rows]:
    """What is on its way or has arrived is what was asked for and was earned, at accounts that were verified."""
    if not scope.is_everything:
        return
    yield _on_its_way()
    yield _arrived()
    asked_for = Payout.state.in_((*OPEN_STATES, PayoutState.PAID))
    yield _beyond_sales("paid out to organizer", asked_for, sa.true())
    if is_money_real(current_app.config["SETTINGS"]):
        sent = sa.and_(Payout.state.in_(_SENT), Payout.method != BY_HAND)
        real = was_really_paid(LedgerEntry.order_id)
        yield _beyond_sales("sent beyond real money to organizer", sent, real)
    yield _uncovered(scope)
    touched = sa.func.coalesce(Payout.paid_at, Payout.sent_at)
    yield (
        rows_of("payout", Payout.reference, "a verified account", PaymentProfile.status)
        .outerjoin(PaymentProfile, PaymentProfile.id == Payout.payment_profile_id)
        .where(Payout.state.in_(_SENT))
        .where(
            sa.or_(
                PaymentProfile.id.is_(None),
                # What was changed after the money had gone says nothing about it.
                sa.and_(PaymentProfile.status != ProfileStatus.VERIFIED, PaymentProfile.updated_at < touched),
            )
        )
    )


def _on_its_way() -> Rows:
    """The transit account of each organizer holds their open payouts and nothing else."""
    moves = sa.union_all(
        sa.select(
            Payout.organizer_id,
            Payout.currency,
            Payout.amount_minor.label("asked"),
            sa.literal(0).label("posted"),
        ).where(Payout.state.in_(OPEN_STATES)),
        sa.select(
            LedgerEntry.organizer_id, LedgerEntry.currency, sa.literal(0), -LedgerEntry.amount_minor
        ).where(LedgerEntry.account == LedgerAccount.PAYOUT_TRANSIT),
    ).subquery()
    asked, posted = sa.func.sum(moves.c.asked), sa.func.sum(moves.c.posted)
    return (
        rows_of("on its way to organizer", words(moves.c.organizer_id, moves.c.currency), asked, posted)
        .group_by(moves.c.organizer_id, moves.c.currency)
        .having(asked != posted)
    )


def _arrived() -> Rows:
    """A payout was posted as paid if it arrived, and what that posting moved is its amount."""
    key = sa.literal(PostingKind.PAYOUT_PAID.key_of() + ":").concat(sa.cast(Payout.id, sa.Text))
    is_cash = sa.and_(
        LedgerEntry.posting_id == LedgerPosting.id, LedgerEntry.account == LedgerAccount.PROVIDER_CASH
    )
    posted = amount_of(-LedgerEntry.amount_minor)
    has_arrived = Payout.state.in_((PayoutState.PAID, PayoutState.REVERSED))
    expected = sa.case((has_arrived, Payout.amount_minor), else_=0)
    return (
        rows_of("arrived of payout", Payout.reference, expected, posted)
        .outerjoin(LedgerPosting, LedgerPosting.key == key)
        .outerjoin(LedgerEntry, is_cash)
        .where(expected != posted)
    )


def _beyond_sales(what: str, payouts: sa.ColumnElement[bool], sales: sa.ColumnElement[bool]) -> Rows:
    """These payouts of an organizer are not more than their shares of these sales, refunded ones among them."""
    moves = sa.union_all(
        sa.select(
            Payout.organizer_id,
            Payout.currency,
            Payout.amount_minor.label("paid"),
            sa.literal(0).label("earned"),
        ).where(payouts),
        sa.select(LedgerEntry.organizer_id, LedgerEntry.currency, sa.literal(0), -LedgerEntry.amount_minor)
        .join(LedgerEntry.posting)
        .where(LedgerEntry.account == LedgerAccount.ORGANIZER_PAYABLE)
        .where(LedgerPosting.kind == PostingKind.FULFILMENT, sales),
    ).subquery()
    paid, earned = sa.func.sum(moves.c.paid), sa.func.sum(moves.c.earned)
    return (
        rows_of(
            what,
            words(moves.c.organizer_id, moves.c.currency),
            words("at most", earned),
            paid,
        )
        .group_by(moves.c.organizer_id, moves.c.currency)
        .having(paid > earned)
    )


def _uncovered(scope: Scope) -> Rows:
    """Nothing waits to be paid that sales do not cover, unless they ceased to only now; what checks cost is no part of it."""
    waiting = sa.exists().where(
        Payout.organizer_id == LedgerEntry.organizer_id,
        Payout.currency == LedgerEntry.currency,
        Payout.state == PayoutState.REQUESTED,
    )
    owed, newest = sa.func.sum(LedgerEntry.amount_minor), sa.func.max(LedgerPosting.posted_at)
    return (
        rows_of(
            "uncovered payouts of organizer", words(LedgerEntry.organizer_id, LedgerEntry.currency), 0, owed
        )
        .join(LedgerPosting, LedgerPosting.id == LedgerEntry.posting_id)
        .where(LedgerEntry.account == LedgerAccount.ORGANIZER_PAYABLE, waiting)
        .where(was_really_paid(LedgerEntry.order_id))
        .where(LedgerPosting.kind != PostingKind.VERIFICATION)
        .group_by(LedgerEntry.organizer_id, LedgerEntry.currency)
        .having(sa.and_(owed > 0, newest < scope.before(COVER_AGE)))
    )
