"""Payouts that nobody asks for: once a day, what can be paid out, to whoever wants that and can be paid."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from easyticket.core import clock
from easyticket.db import db, transaction
from easyticket.models import PaymentProfile, Payout, PayoutState, ProfileStatus, SellerProfile, User
from easyticket.services.payout_schedule import make_automatic_payouts
from easyticket.services.withdrawals import cancel_withdrawal
from tests import factories
from tests.queries.test_balances import make_past_event, make_sale
from tests.services.test_withdrawals import available, make_earner, make_profile

pytestmark = pytest.mark.usefixtures("db_session")


def wants_it(user: User, **fields: Any) -> User:
    with transaction() as session:
        session.add(SellerProfile(user_id=user.id, **{"is_paid_automatically": True, **fields}))
    return user


def payouts() -> list[Payout]:
    return list(db.session.scalars(sa.select(Payout).order_by(Payout.id)))


def test_what_can_be_paid_out_is_paid_out_once_a_day_and_nothing_else() -> None:
    user = wants_it(make_earner(sales=2))
    make_sale(make_past_event(user), days_ago=2)
    wants_it(make_earner(), is_paid_automatically=False)
    noon = clock.now().replace(hour=12)
    assert make_automatic_payouts(noon) == 1
    assert make_automatic_payouts(noon + timedelta(hours=3)) == 0
    (payout,) = payouts()
    assert (payout.organizer_id, payout.amount_minor, payout.is_automatic) == (user.id, 10_000, True)
    assert (payout.state, payout.method) == (PayoutState.REQUESTED, "manual")
    assert payout.payment_profile is not None
    assert available(user) == 0
    # The sale of two days ago is a week old then.
    assert make_automatic_payouts(noon + timedelta(days=6)) == 1


def test_a_payout_that_was_cancelled_does_not_come_again_the_same_day() -> None:
    user = wants_it(make_earner())
    noon = clock.now().replace(hour=12)
    with time_machine.travel(noon, tick=False):
        make_automatic_payouts(noon)
        cancel_withdrawal(actor=factories.actor_of(user), payout=payouts()[0], now=noon)
        assert make_automatic_payouts(noon) == 0
    assert make_automatic_payouts(noon + timedelta(days=1)) == 1


def test_every_currency_is_paid_out_by_itself_to_an_account_in_it() -> None:
    user = wants_it(make_earner())
    make_sale(make_past_event(user, currency="USD"))
    assert make_automatic_payouts() == 1
    in_dollars = make_profile(user, is_default=False, currency="USD")
    assert make_automatic_payouts() == 1
    cedis, dollars = payouts()
    assert (cedis.currency, cedis.amount_minor) == ("GHS", 10_000)
    assert (dollars.currency, dollars.amount_minor) == ("USD", 5_000)
    assert dollars.payment_profile_id == in_dollars.id


@pytest.mark.parametrize(
    "change",
    [
        {"status": ProfileStatus.PENDING},
        {"frozen_until": clock.now() + timedelta(days=1)},
        {"is_default": False},
        {"deleted_at": clock.now()},
    ],
    ids=["not verified", "frozen", "no default", "deleted"],
)
def test_without_an_account_that_can_be_paid_to_nothing_happens(change: dict[str, Any]) -> None:
    user = wants_it(make_earner())
    profile = db.session.scalars(sa.select(PaymentProfile).filter_by(user_id=user.id)).one()
    with transaction():
        for name, value in change.items():
            setattr(profile, name, value)
    assert make_automatic_payouts() == 0
    assert available(user) == 10_000


def test_less_than_the_least_waits_and_a_closed_account_is_left_alone() -> None:
    few = wants_it(make_earner(sales=0))
    make_sale(make_past_event(few, price_minor=900))
    closed = wants_it(make_earner())
    with transaction():
        closed.is_active = False
    assert make_automatic_payouts() == 0
