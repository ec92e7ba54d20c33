"""What went back to buyers is not paid out as well: the newest withdrawals are given up until sales cover the rest."""

from __future__ import annotations

from datetime import timedelta

import pytest

from easyticket.core import clock
from easyticket.core.errors import Conflict
from easyticket.db import db, transaction
from easyticket.jobs.registry import HANDLERS
from easyticket.models import Event, Order, Payout, PayoutState, User
from easyticket.queries.balances import get_balance
from easyticket.queries.withdrawals import list_payouts_to_make
from easyticket.queue import JobName
from easyticket.rules.permissions import SYSTEM
from easyticket.services.payments import settle_payment
from easyticket.services.refunds import request_refund
from easyticket.services.withdrawal_cover import cover_all_withdrawals
from easyticket.services.withdrawals import record_payout_paid
from tests import factories
from tests.mailed import queued
from tests.queries.test_balances import make_past_event, make_sale, pay_out, take_back
from tests.services.test_payments import approved
from tests.services.test_withdrawals import ask, make_profile
from tests.statements import counted_statements

pytestmark = pytest.mark.usefixtures("db_session")


def sold_long_ago(event: Event, number: int) -> list[Order]:
    """Orders of one ticket each, GHS 50.00 of which are the organizer's, paid a month ago; the event is over."""
    orders = []
    for _ in range(number):
        order, payment = approved(event, 1)
        settle_payment(payment.reference)
        orders.append(order)
    with transaction():
        event.start_at = clock.now() - timedelta(days=2)
        event.end_at = clock.now() - timedelta(days=1)
        for order in orders:
            order.confirmed_at = clock.now() - timedelta(days=30)
    return orders


def refund(order: Order) -> None:
    request_refund(actor=SYSTEM, order=order, source="organizer", now=clock.now())


def run_cover_jobs() -> int:
    jobs = queued(JobName.COVER_WITHDRAWALS)
    for job in jobs:
        HANDLERS[JobName.COVER_WITHDRAWALS](job.payload, job.uuid)
    return len(jobs)


def pay(payout: Payout) -> None:
    record_payout_paid(actor=SYSTEM, reference=payout.reference, now=clock.now())


def states(*payouts: Payout) -> list[str]:
    db.session.expire_all()
    return [payout.state.value for payout in payouts]


def earner_with_orders(number: int) -> tuple[User, list[Order]]:
    event = factories.make_simple_event()
    make_profile(event.organizer)
    return event.organizer, sold_long_ago(event, number)


def test_refunds_give_up_the_newest_withdrawals_until_the_rest_is_covered() -> None:
    organizer, orders = earner_with_orders(4)
    oldest, middle, newest = ask(organizer, "100"), ask(organizer, "40"), ask(organizer, "30")
    refund(orders[0])
    with pytest.raises(
        Conflict, match=r"must not be paid: GHS 20\.00 of what was asked for went back to buyers"
    ):
        pay(oldest)
    assert run_cover_jobs() == 1
    assert states(oldest, middle, newest) == ["requested", "requested", "cancelled"]
    assert "refunded" in newest.last_error
    assert get_balance(organizer.id, "GHS", clock.now()).available_minor == 1_000

    refund(orders[1])
    run_cover_jobs()
    assert states(oldest, middle, newest) == ["requested", "cancelled", "cancelled"]
    assert run_cover_jobs() > 0  # again, and nothing changes
    assert states(oldest) == ["requested"]
    pay(oldest)
    assert states(oldest) == ["paid"]


def test_a_refund_that_leaves_everything_covered_wakes_nobody() -> None:
    organizer, orders = earner_with_orders(2)
    payout = ask(organizer, "50")
    refund(orders[0])
    assert not queued(JobName.COVER_WITHDRAWALS)
    pay(payout)
    # Paid already: nothing is left to give up, and the debt stays in the books.
    refund(orders[1])
    assert not queued(JobName.COVER_WITHDRAWALS)
    assert get_balance(organizer.id, "GHS", clock.now()).available_minor == -5_000


def test_what_was_asked_for_beside_a_refund_is_found_by_the_next_regular_look() -> None:
    organizer, other = factories.make_organizer(), factories.make_organizer()
    payouts = []
    for user in (organizer, other):
        make_profile(user)
        order = make_sale(make_past_event(user))
        payouts.append(ask(user, "50"))
        if user is organizer:
            take_back(order)
    assert cover_all_withdrawals() == 1
    assert states(*payouts) == ["cancelled", "requested"]
    assert cover_all_withdrawals() == 0


def test_one_withdrawal_and_ten_are_listed_in_the_same_two_statements() -> None:
    for number in range(10):
        organizer = factories.make_organizer()
        profile = make_profile(organizer)
        order = make_sale(make_past_event(organizer))
        with transaction():
            payout = pay_out(organizer, 5_000)
            payout.payment_profile_id = profile.id
        if number == 0:
            take_back(order)
    db.session.expire_all()
    with counted_statements() as statements:
        waiting = list_payouts_to_make(clock.now())
    assert [bool(each.obstacle) for each in waiting] == [True] + [False] * 9
    assert all(each.payout.state is PayoutState.REQUESTED for each in waiting)
    assert len(statements) == 2
