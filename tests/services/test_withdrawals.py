"""Withdrawals: never more than there is, to nobody but a verified account, and back in the balance when given up."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from easyticket.core import clock
from easyticket.core.errors import Conflict, Forbidden, Invalid
from easyticket.db import db, transaction
from easyticket.models import (
    LedgerEntry,
    PaymentProfile,
    Payout,
    PayoutState,
    ProfileMethod,
    ProfileStatus,
    User,
)
from easyticket.queries.balances import get_balance
from easyticket.rules.permissions import SYSTEM
from easyticket.services.withdrawals import (
    WithdrawalRefused,
    cancel_withdrawal,
    record_payout_paid,
    request_withdrawal,
)
from tests import factories
from tests.queries.test_balances import make_past_event, make_sale

pytestmark = pytest.mark.usefixtures("db_session")


def make_profile(user: User, **fields: Any) -> PaymentProfile:
    """A verified bank account that money can be paid to."""
    values = {
        "method": ProfileMethod.BANK_TRANSFER,
        "name": "Cal Bank",
        "account_number": "1234567890",
        "account_name": user.full_name,
        "bank_name": "CAL Bank",
        "bank_code": "140100",
        "is_default": True,
        "status": ProfileStatus.VERIFIED,
        **fields,
    }
    with transaction() as session:
        profile = PaymentProfile(user_id=user.id, **values)
        session.add(profile)
    return profile


def make_earner(sales: int = 2, **event: Any) -> User:
    """An organizer with a verified account and 50.00 of each sale to take out, in the currency of the event."""
    organizer = factories.make_organizer()
    make_profile(organizer, currency=event.get("currency", ""))
    past = make_past_event(organizer, **event)
    for _ in range(sales):
        make_sale(past)
    return organizer


def ask(user: User, amount: str = "50", **wanted: Any) -> Payout:
    return request_withdrawal(
        actor=factories.actor_of(user), amount=Decimal(amount), now=clock.now(), **wanted
    )


def available(user: User) -> int:
    return get_balance(user.id, "GHS", clock.now()).available_minor


def test_what_is_asked_for_leaves_the_balance_and_comes_back_when_it_is_given_up() -> None:
    user = make_earner()
    payout = ask(user, "60.50")
    assert (payout.state, payout.amount_minor, payout.currency) == (PayoutState.REQUESTED, 6_050, "GHS")
    assert payout.payment_profile is not None
    assert 16 <= len(payout.reference) <= 50
    balance = get_balance(user.id, "GHS", clock.now())
    assert (balance.available_minor, balance.on_hold_minor) == (3_950, 6_050)
    assert db.session.scalar(sa.select(sa.func.sum(LedgerEntry.amount_minor))) == 0

    cancel_withdrawal(actor=factories.actor_of(user), payout=payout, now=clock.now())
    assert payout.state is PayoutState.CANCELLED
    assert available(user) == 10_000
    with pytest.raises(Conflict, match="can no longer be cancelled"):
        cancel_withdrawal(actor=factories.actor_of(user), payout=payout, now=clock.now())
    assert available(user) == 10_000


def test_what_people_have_paid_is_paid_out_and_cannot_be_cancelled() -> None:
    user = make_earner()
    payout = ask(user)
    with pytest.raises(Forbidden):
        record_payout_paid(actor=factories.actor_of(user), reference=payout.reference, now=clock.now())
    record_payout_paid(actor=SYSTEM, reference=payout.reference, now=clock.now())
    assert (payout.state, payout.paid_at is not None) == (PayoutState.PAID, True)
    with pytest.raises(Conflict):
        record_payout_paid(actor=SYSTEM, reference=payout.reference, now=clock.now())
    with pytest.raises(Conflict):
        cancel_withdrawal(actor=factories.actor_of(user), payout=payout, now=clock.now())
    balance = get_balance(user.id, "GHS", clock.now())
    assert (balance.available_minor, balance.on_hold_minor, balance.paid_out_minor) == (5_000, 0, 5_000)


def test_less_than_the_least_and_more_than_there_is_are_refused() -> None:
    user = make_earner()
    with pytest.raises(WithdrawalRefused, match=r"least that can be paid out is GHS 10\.00"):
        ask(user, "9.99")
    with pytest.raises(WithdrawalRefused, match=r"GHS 100\.00 can be paid out") as refusal:
        ask(user, "100.01")
    assert refusal.value.context == {
        "data": {"available_balance": "100.00", "minimum_amount": "10.00", "currency": "GHS"},
    }
    with pytest.raises(WithdrawalRefused, match=r"USD 0\.00 can be paid out"):
        ask(user, currency="usd")
    for amount, currency, field in (("10.001", "GHS", "amount"), ("10", "XYZ", "currency")):
        with pytest.raises(Invalid) as wrong:
            ask(user, amount, currency=currency)
        assert list(wrong.value.fields) == [field]
    ask(user, "100")
    assert available(user) == 0


def test_money_goes_to_a_verified_account_that_is_not_frozen_and_is_ones_own() -> None:
    user = factories.make_organizer()
    make_sale(make_past_event(user))
    with pytest.raises(WithdrawalRefused, match="Add a payment profile first"):
        ask(user)
    profile = make_profile(user, status=ProfileStatus.PENDING)
    with pytest.raises(WithdrawalRefused, match="verified payment profiles only"):
        ask(user)
    with transaction():
        profile.status, profile.frozen_until = ProfileStatus.VERIFIED, clock.now() + timedelta(hours=24)
    with pytest.raises(WithdrawalRefused, match="It can be paid to from"):
        ask(user)
    strangers = make_profile(factories.make_organizer())
    with pytest.raises(WithdrawalRefused, match="There is no such payment profile"):
        ask(user, profile_uuid=strangers.uuid)
    with time_machine.travel(clock.now() + timedelta(hours=25), tick=False):
        assert ask(user, profile_uuid=profile.uuid).payment_profile_id == profile.id


def test_money_of_a_currency_goes_to_an_account_in_that_currency_only() -> None:
    user = factories.make_organizer()
    momo = make_profile(
        user,
        method=ProfileMethod.MOBILE_MONEY,
        network="MTN",
        account_number="+233241234567",
        bank_name="",
        bank_code="",
    )
    for currency in ("NGN", "USD", "GHS"):
        make_sale(make_past_event(user, currency=currency))
    for currency in ("NGN", "USD"):
        with pytest.raises(WithdrawalRefused, match=f"Add an account for {currency} first") as refusal:
            ask(user, currency=currency)
        assert refusal.value.context["data"]["available_balance"] == "50.00"
        with pytest.raises(WithdrawalRefused, match="This account is paid in GHS only"):
            ask(user, currency=currency, profile_uuid=momo.uuid)
    naira = make_profile(user, is_default=False, currency="NGN")
    assert ask(user, currency="NGN").payment_profile_id == naira.id
    assert ask(user, "20").payment_profile_id == momo.id
    with pytest.raises(WithdrawalRefused, match="This account is paid in NGN only"):
        ask(user, "10", profile_uuid=naira.uuid)


def test_what_was_asked_for_to_an_account_of_another_currency_is_not_to_be_paid() -> None:
    user = make_earner()
    payout = ask(user)
    assert payout.payment_profile is not None
    with transaction():
        payout.payment_profile.currency = "NGN"
    with pytest.raises(Conflict, match="is paid in NGN only, and this is GHS"):
        record_payout_paid(actor=SYSTEM, reference=payout.reference, now=clock.now())


def test_only_an_account_with_a_proved_address_asks_and_only_its_own_money_comes_back() -> None:
    user = make_earner()
    with transaction():
        user.email_verified_at = None
    with pytest.raises(Forbidden, match="Verify your e-mail address first"):
        ask(user)
    with transaction():
        user.email_verified_at = clock.now()
    payout = ask(user)
    with pytest.raises(Forbidden):
        cancel_withdrawal(actor=factories.actor_of(factories.make_staff()), payout=payout, now=clock.now())
