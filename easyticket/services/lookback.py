"""Looking back at payments that are settled, in case somebody refunded one in a provider's dashboard or a bank disputes it and
the webhook that told so never came. Seldom and slowly: most of the time there is nothing to find."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import ProviderDown
from easyticket.db import db
from easyticket.integrations.sandbox import SandboxProvider
from easyticket.models import Payment
from easyticket.models.payment import BOOKED_STATES
from easyticket.services.asking import Round, go_past
from easyticket.services.attempts import in_turns, note_asked
from easyticket.services.disputes import sync_disputes
from easyticket.services.providers import configured_providers

log = logging.getLogger(__name__)

# Age of a payment -> the pause between two looks at it. Banks take disputes for about four months.
_YOUNG, _YOUNG_PAUSE = timedelta(days=14), timedelta(days=1)
_OLD, _OLD_PAUSE = timedelta(days=120), timedelta(days=7)
# So long after a look that came to nothing it is tried again.
_TRY_AGAIN = timedelta(hours=1)
# How many are looked at in one run, and for how many seconds.
_MOST, _SECONDS = 40, 10

_Row = sa.Row[int, str, datetime]


def look_back(now: datetime | None = None) -> int:
    """Ask providers for refunds and disputes of settled payments (regularly), the longest unasked first; return how many
    payments were asked about.

    Every day while a payment is two weeks young, then every week until it is four months old. A provider that does not
    answer twice is left alone for the rest of the run.
    """
    now = now or clock.now()
    rows: Sequence[_Row] = db.session.execute(_due(now)).all()
    db.session.rollback()  # no transaction, not even a reading one, stays open while providers think
    asking, seen, count = Round(seconds=_SECONDS), list[int](), 0
    for row in rows:
        if asking.may_ask(row.provider):
            count += 1
            # Written down before: whatever happens, the next round begins with others.
            note_asked([row.id], now - _pause(row, now) + _TRY_AGAIN)
            if _look(row, asking, now):
                seen.append(row.id)
    if seen:
        note_asked(seen, now)
    return count


def _look(row: _Row, asking: Round, now: datetime) -> bool:
    try:
        sync_disputes(row.id, now)  # and its refunds before
    except ProviderDown as error:
        asking.note_unanswered(row.provider)
        log.warning("payment %s is looked back at later: %s", row.id, error.message)
    except Exception:  # an answer that cannot be kept must not keep the news of others
        go_past("the refunds and disputes of payment", row.id)
    else:
        return True
    return False


def _due(now: datetime) -> sa.Select[int, str, datetime]:
    asked = sa.func.coalesce(Payment.checked_at, Payment.created_at, type_=Payment.created_at.type)
    is_due = sa.or_(
        sa.and_(Payment.created_at > now - _YOUNG, asked <= now - _YOUNG_PAUSE),
        sa.and_(Payment.created_at > now - _OLD, asked <= now - _OLD_PAUSE),
    )
    return (
        sa.select(Payment.id, Payment.provider, Payment.created_at)
        .where(Payment.state.in_(BOOKED_STATES), Payment.provider_ref.is_not(None), is_due, _can_be_asked())
        .order_by(*in_turns())
        .limit(_MOST)
    )


def _can_be_asked() -> sa.ColumnElement[bool]:
    """A key for tests knows nothing of real payments, nor the other way round; play money is disputed by nobody."""
    theirs = (
        sa.and_(Payment.provider == provider.name, Payment.is_live.is_(provider.is_live))
        for provider in configured_providers()
        if provider.name != SandboxProvider.name
    )
    return sa.or_(sa.false(), *theirs)


def _pause(row: _Row, now: datetime) -> timedelta:
    return _YOUNG_PAUSE if row.created_at > now - _YOUNG else _OLD_PAUSE
