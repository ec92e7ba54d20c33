"""An organizer who takes money out in several browsers at the same instant, in several processes."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import sqlalchemy as sa
from flask import Flask

from easyticket.core import clock
from easyticket.db import db
from easyticket.models import Order, PaymentProfile, Payout, PayoutState, ProfileStatus, User
from easyticket.queries.balances import find_uncovered, get_balance
from easyticket.rules.permissions import SYSTEM
from easyticket.services.account_checks import check_account
from easyticket.services.payment_profiles import set_default_profile, update_payment_profile
from easyticket.services.payout_schedule import make_automatic_payouts
from easyticket.services.refunds import request_refund
from easyticket.services.withdrawal_cover import cover_all_withdrawals, cover_withdrawals
from easyticket.services.withdrawals import cancel_withdrawal, record_payout_paid, request_withdrawal
from tests import factories
from tests.concurrency.crowd import crowd
from tests.services.test_payout_schedule import wants_it
from tests.services.test_withdrawal_cover import earner_with_orders
from tests.services.test_withdrawals import ask, make_earner, make_profile


def take_out(user_id: int) -> str:
    actor = factories.actor_of(db.session.get_one(User, user_id))
    return request_withdrawal(actor=actor, amount=Decimal(40), now=clock.now()).state.value


def give_up(payout_id: int) -> str:
    payout = db.session.get_one(Payout, payout_id)
    actor = factories.actor_of(db.session.get_one(User, payout.organizer_id))
    return cancel_withdrawal(actor=actor, payout=payout, now=clock.now()).state.value


def choose(profile_id: int) -> str:
    profile = db.session.get_one(PaymentProfile, profile_id)
    actor = factories.actor_of(profile.user)
    set_default_profile(actor=actor, profile=profile, now=clock.now())
    return "chosen"


def test_the_same_money_is_taken_out_once_and_comes_back_once(committing_app: Flask) -> None:
    url = committing_app.config["SETTINGS"].database_url
    with committing_app.app_context():
        user_id = make_earner(sales=2).id  # GHS 100.00
    answers = crowd(take_out, [user_id] * 8, database_url=url)
    assert Counter(answers) == {"requested": 2, "WithdrawalRefused": 6}
    with committing_app.app_context():
        assert get_balance(user_id, "GHS", clock.now()).available_minor == 2_000
        payout_id = db.session.scalars(sa.select(Payout.id)).first()
    assert Counter(crowd(give_up, [payout_id] * 4, database_url=url)) == {"cancelled": 1, "Conflict": 3}
    with committing_app.app_context():
        assert get_balance(user_id, "GHS", clock.now()).available_minor == 6_000


def move_money(step: tuple[str, int]) -> str:
    kind, row_id = step
    if kind == "refund":
        order = db.session.get_one(Order, row_id)
        return request_refund(actor=SYSTEM, order=order, source="organizer", now=clock.now()).source
    if kind == "look":
        return f"{cover_withdrawals(row_id)} given up"
    reference = db.session.get_one(Payout, row_id).reference
    return record_payout_paid(actor=SYSTEM, reference=reference, now=clock.now()).state.value


def test_money_goes_back_to_buyers_or_out_to_the_organizer_and_nothing_uncovered_waits(
    committing_app: Flask,
) -> None:
    url = committing_app.config["SETTINGS"].database_url
    with committing_app.app_context():
        user, orders = earner_with_orders(3)
        user_id, order_ids = user.id, [order.id for order in orders]
        payout_ids = [ask(user, "50").id for _ in range(3)]
    refunds = [("refund", order_id) for order_id in order_ids]
    steps = [*refunds, ("look", user_id), *(("pay", payout_id) for payout_id in payout_ids)]
    answers = crowd(move_money, steps, database_url=url)
    assert Counter(answers)["organizer"] == 3
    with committing_app.app_context():
        cover_all_withdrawals()
        states = Counter(db.session.scalars(sa.select(Payout.state)))
        assert set(states) <= {PayoutState.PAID, PayoutState.CANCELLED}
        # All was refunded: what was paid before that is what the organizer owes now, and no more.
        owed = {(user_id, "GHS"): 5_000 * states[PayoutState.PAID]} if states[PayoutState.PAID] else {}
        assert find_uncovered([user_id], clock.now()) == owed


def test_accounts_chosen_at_once_leave_one_default(committing_app: Flask) -> None:
    url = committing_app.config["SETTINGS"].database_url
    with committing_app.app_context():
        user = make_earner(sales=0)
        others = [make_profile(user, is_default=False).id for _ in range(6)]
    assert crowd(choose, others, database_url=url) == ["chosen"] * 6


NEW_NUMBER = "9876543210"


def check_or_change(step: tuple[str, int]) -> str:
    kind, profile_id = step
    if kind == "check":
        check_account(profile_id, attempt=1)
        return "checked"
    profile = db.session.get_one(PaymentProfile, profile_id)
    changes = {"account_details": {"account_number": NEW_NUMBER}}
    actor = factories.actor_of(profile.user)
    update_payment_profile(actor=actor, profile=profile, changes=changes, now=clock.now())
    return "changed"


def test_an_account_that_changes_while_it_is_checked_is_not_verified_by_the_old_answer(
    committing_app: Flask,
) -> None:
    url = committing_app.config["SETTINGS"].database_url
    with committing_app.app_context():
        checked = {"status": ProfileStatus.PENDING, "verification_attempts": 1}
        ids = [make_profile(factories.make_organizer(), **checked).id for _ in range(6)]
    steps = [(kind, profile_id) for profile_id in ids for kind in ("change", "check")]
    assert Counter(crowd(check_or_change, steps, database_url=url)) == {"changed": 6, "checked": 6}
    with committing_app.app_context():
        for profile in db.session.scalars(sa.select(PaymentProfile)):
            assert profile.account_number == NEW_NUMBER
            assert (profile.status, profile.verification_attempts) == (ProfileStatus.PENDING, 2)


def pay_by_itself(_: int) -> int:
    return make_automatic_payouts()


def test_two_schedulers_at_once_make_one_automatic_payout(committing_app: Flask) -> None:
    url = committing_app.config["SETTINGS"].database_url
    with committing_app.app_context():
        ids = [wants_it(make_earner()).id for _ in range(2)]
    answers = crowd(pay_by_itself, [0] * 6, database_url=url)
    assert sum(answers) == 2
    with committing_app.app_context():
        assert sorted(db.session.scalars(sa.select(Payout.organizer_id))) == sorted(ids)
