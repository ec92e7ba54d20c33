"""Asking providers about attempts that nobody tells us of: open ones, given-up ones whose money may still come, and paid
ones whose fee is not known yet. Webhooks may be lost; this finds what they would have told."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import NotFound, ProviderDown
from easyticket.db import db
from easyticket.models import Order, Payment, PaymentState
from easyticket.models.payment import BOOKED_STATES
from easyticket.rules.settling import is_news
from easyticket.services.asking import Round, go_past
from easyticket.services.attempts import in_turns, note_asked
from easyticket.services.providers import get_provider
from easyticket.services.settlement import apply_snapshot

log = logging.getLogger(__name__)

# How long after it was opened an attempt that we gave up is still asked for late money.
LATE_MONEY = timedelta(days=3)
# Age of an attempt -> the pause between two questions about it: money that comes late mostly comes soon.
_OPEN = ((LATE_MONEY, timedelta(seconds=15)),)
_GIVEN_UP = (
    (timedelta(hours=1), timedelta(minutes=2)),
    (timedelta(hours=6), timedelta(minutes=20)),
    (LATE_MONEY, timedelta(hours=3)),
)
_WITHOUT_FEE = ((timedelta(minutes=30), timedelta(minutes=5)), (timedelta(days=1), timedelta(hours=6)))
# How many are asked about in one run, and for how many seconds.
_MOST_OPEN, _MOST_OTHERS = 50, 25
_SECONDS_OPEN, _SECONDS_OTHERS = 20, 10

# What asking about an attempt needs: id, provider, our reference and theirs, state and what was said last.
_Due = sa.Select[int, str, str, str | None, PaymentState, str]
_Row = sa.Row[int, str, str, str | None, PaymentState, str]


@dataclass(slots=True)
class _Answers:
    """What came of a run so far: how many were asked about, and whom to ask again later as nothing is new."""

    asked: int = 0
    nothing_new: list[int] = field(default_factory=list)


def reconcile_payments(now: datetime | None = None) -> int:
    """Ask providers about attempts nobody told us about, the longest unasked first; return how many were asked.

    Open ones every 15 seconds, given-up ones ever more seldom for three days: money may still come late. A provider that
    does not answer twice is left alone for the rest of the run.
    """
    now = now or clock.now()
    asking, answers = Round(seconds=_SECONDS_OPEN), _Answers()
    _ask(_open(now), asking, answers, now)
    asking.go_on(_SECONDS_OTHERS)
    _ask(_given_up(now), asking, answers, now)
    asking.go_on(_SECONDS_OTHERS)
    _ask(_without_fee(now), asking, answers, now)
    if answers.nothing_new:
        note_asked(answers.nothing_new, now)
    return answers.asked


def _ask(query: _Due, asking: Round, answers: _Answers, now: datetime) -> None:
    rows: Sequence[_Row] = db.session.execute(query).all()
    db.session.rollback()  # no transaction, not even a reading one, stays open while providers think
    for row in rows:
        if asking.may_ask(row.provider):
            answers.asked += 1
            _ask_one(row, asking, answers, now)


def _ask_one(row: _Row, asking: Round, answers: _Answers, now: datetime) -> None:
    try:
        is_new = _take_in(row, now)
    except (ProviderDown, NotFound) as error:  # silent, or switched off: the others are asked still
        is_new = False
        asking.note_unanswered(row.provider)
        log.warning("payment %s could not be checked: %s", row.id, error.message)
    except Exception:  # an answer that cannot be kept, or worse: this row's trouble, not that of the others
        is_new = False
        go_past("payment", row.id)
    if not is_new:
        answers.nothing_new.append(row.id)


def _take_in(row: _Row, now: datetime) -> bool:
    """Ask about one attempt and act on what is new; False where nothing is."""
    snapshot = get_provider(row.provider).fetch(row.reference, row.provider_ref or "")
    if not is_news(row.state, row.last_error, snapshot):
        return False
    apply_snapshot(row.id, snapshot, now)
    return True


def _open(now: datetime) -> _Due:
    # Those whose time is up are closed by expiry, which leaves alone what was asked about a moment ago.
    in_time = sa.exists().where(Order.id == Payment.order_id, Order.expires_at > now)
    is_open = sa.and_(Payment.state == PaymentState.OPEN, in_time)
    in_hand = sa.or_(is_open, Payment.state == PaymentState.PROCESSING)
    return _longest_unasked(in_hand, Payment.created_at, _OPEN, now).limit(_MOST_OPEN)


def _given_up(now: datetime) -> _Due:
    given_up = Payment.state.in_((PaymentState.CANCELED, PaymentState.FAILED))
    query = _longest_unasked(given_up, Payment.created_at, _GIVEN_UP, now)
    return query.where(Payment.created_at > now - LATE_MONEY).limit(_MOST_OTHERS)


def _without_fee(now: datetime) -> _Due:
    is_unknown = sa.and_(Payment.state.in_(BOOKED_STATES), Payment.provider_fee_minor.is_(None))
    paid_at = sa.func.coalesce(Payment.paid_at, Payment.created_at)
    # Paid a day ago at most means begun a few days before that at most, which the database finds by its index.
    is_young = Payment.created_at > now - LATE_MONEY - timedelta(days=1)
    query = _longest_unasked(is_unknown, paid_at, _WITHOUT_FEE, now)
    return query.where(is_young).limit(_MOST_OTHERS)


def _longest_unasked(
    which: sa.ColumnElement[bool],
    since: sa.SQLColumnExpression[datetime],
    pauses: Sequence[tuple[timedelta, timedelta]],
    now: datetime,
) -> _Due:
    """Return the question for the attempts that are due, by their age since then, with what asking about them needs."""
    asked = sa.func.coalesce(Payment.checked_at, Payment.created_at)
    due = sa.or_(*(sa.and_(since > now - age, asked < now - pause) for age, pause in pauses))
    return (
        sa.select(
            Payment.id,
            Payment.provider,
            Payment.reference,
            Payment.provider_ref,
            Payment.state,
            Payment.last_error,
        )
        .where(which, due)
        .order_by(*in_turns())
    )
