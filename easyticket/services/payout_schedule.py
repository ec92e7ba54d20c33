"""Payouts that nobody asks for: once a day what can be paid out, to organizers who want that."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, time
from functools import partial

import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.money import Money
from easyticket.db import db, transactional
from easyticket.models import Payout, SellerProfile, User
from easyticket.queries.balances import get_least_payout, list_balances
from easyticket.queries.payment_profiles import get_site_currency, list_profiles_of
from easyticket.rules.payouts import account_for, why_not_paid_automatically
from easyticket.services.asking import each_by_itself
from easyticket.services.organizer_lock import USABLE, lock_organizer
from easyticket.services.withdrawals import make_payout

log = logging.getLogger(__name__)


def make_automatic_payouts(now: datetime | None = None) -> int:
    """Pay out what can be paid out to everybody who wants it so and had none of that currency today (UTC); return how many
    payouts were made (regularly). Run twice at once, it makes each of them once."""
    now = now or clock.now()
    wanted = (
        sa.select(SellerProfile.user_id)
        .join(User, User.id == SellerProfile.user_id)
        .where(SellerProfile.is_paid_automatically, USABLE)
        .order_by(SellerProfile.user_id)
    )
    organizer_ids = db.session.scalars(wanted).all()
    return sum(each_by_itself("the money of organizer", organizer_ids, partial(_pay_what_is_due, now=now)))


@transactional
def make_automatic_payout(organizer_id: int, currency: str, now: datetime) -> bool:
    """Pay out what an organizer can have of one currency; False where there is nothing, or nobody to pay to."""
    organizer = lock_organizer(organizer_id)
    due = next((money for money in _list_due(organizer_id, now) if money.currency == currency), None)
    if due is None:
        return False
    profiles, site_currency = list_profiles_of(organizer_id), get_site_currency()
    if obstacle := why_not_paid_automatically(profiles, currency, now, site_currency=site_currency):
        log.info("an automatic payout waits", extra={"organizer_id": organizer_id, "why": obstacle})
        return False
    profile = account_for(profiles, currency, now, site_currency=site_currency)
    make_payout(organizer, profile, due, now, is_automatic=True)
    return True


def _pay_what_is_due(organizer_id: int, now: datetime) -> int:
    due = _list_due(organizer_id, now)
    return sum(make_automatic_payout(organizer_id, money.currency, now) for money in due)


def _list_due(organizer_id: int, now: datetime) -> list[Money]:
    """Return by currency what can be paid out, is enough for that, and was not paid out by itself today."""
    midnight = datetime.combine(now.astimezone(UTC), time(), UTC)
    had_today = set(
        db.session.scalars(
            sa.select(Payout.currency).where(
                Payout.organizer_id == organizer_id, Payout.is_automatic, Payout.created_at >= midnight
            )
        )
    )
    payable = [Money(balance.payable_minor, balance.currency) for balance in list_balances(organizer_id, now)]
    return [
        money
        for money in payable
        if money.currency not in had_today and not money < get_least_payout(money.currency)
    ]
