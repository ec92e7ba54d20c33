"""Purchases in lists are in the state that the rule says, whichever of all the ways they came there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from easyticket.core import clock
from easyticket.core.errors import NotFound
from easyticket.db import db, transaction
from easyticket.models import Event, Order, OrderStatus, Payment, PaymentState, User
from easyticket.queries.purchases import (
    PurchaseFilters,
    find_purchase,
    get_purchase,
    list_purchases,
    sum_up_purchases,
)
from easyticket.rules.permissions import ANONYMOUS
from easyticket.rules.purchase_status import PurchaseStatus, purchase_status
from easyticket.services import sandbox
from easyticket.services.expiry import expire_orders
from easyticket.services.orders import cancel_order
from easyticket.services.payments import settle_payment, start_payment
from easyticket.services.refund_requests import refund_order
from tests import factories

pytestmark = pytest.mark.usefixtures("db_session")

Step = Callable[[Order, User], object]


def begin(order: Order, user: User) -> Payment:
    payment = start_payment(
        actor=factories.actor_of(user), order=order, return_url="http://tickets.example/", now=clock.now()
    )
    assert payment is not None
    return payment


def decide(how: Callable[[str], object]) -> Step:
    def act(order: Order, user: User) -> None:
        reference = begin(order, user).reference
        how(reference)
        settle_payment(reference)

    return act


def decline_and_begin_again(order: Order, user: User) -> None:
    decide(sandbox.decline)(order, user)
    begin(order, user)


def run_out(order: Order, user: User) -> None:
    begin(order, user)
    _end_hold(order)


def run_out_and_end(order: Order, user: User) -> None:
    run_out(order, user)
    expire_orders()


def run_out_in_hand(order: Order, user: User) -> None:
    payment = begin(order, user)
    with transaction():
        payment.state = PaymentState.PROCESSING
    _end_hold(order)


def cancel(order: Order, user: User) -> None:
    cancel_order(actor=factories.actor_of(user), order=order, now=clock.now())


def refund(order: Order, user: User) -> None:
    decide(sandbox.approve)(order, user)
    refund_order(actor=factories.actor_of(user), order=order, now=clock.now())


STEPS: dict[str, tuple[Step, PurchaseStatus]] = {
    "held": (lambda *_: None, PurchaseStatus.PENDING),
    "begun": (begin, PurchaseStatus.PENDING),
    "paid": (decide(sandbox.approve), PurchaseStatus.COMPLETED),
    "declined": (decide(sandbox.decline), PurchaseStatus.FAILED),
    "given up": (decide(sandbox.cancel), PurchaseStatus.FAILED),
    "tried again": (decline_and_begin_again, PurchaseStatus.PENDING),
    "run out": (run_out, PurchaseStatus.FAILED),
    "ended": (run_out_and_end, PurchaseStatus.FAILED),
    "in the provider's hands": (run_out_in_hand, PurchaseStatus.PENDING),
    "cancelled": (cancel, PurchaseStatus.FAILED),
    "refunded": (refund, PurchaseStatus.COMPLETED),
}


def _end_hold(order: Order) -> None:
    with transaction():
        order.expires_at = clock.now() - timedelta(seconds=1)
        assert order.hold is not None
        order.hold.expires_at = order.expires_at


@pytest.fixture
def event() -> Event:
    return factories.make_simple_event()


def test_the_database_says_of_every_purchase_what_the_rule_says(event: Event) -> None:
    user = factories.make_user()
    actor = factories.actor_of(user)
    expected: dict[int, PurchaseStatus] = {}
    for act, status in STEPS.values():
        order = factories.make_order(event, user=user, buyer_email="ama@example.org")
        expected[order.id] = status
        act(order, user)
    db.session.expire_all()
    now = clock.now()
    everything = list_purchases(actor, PurchaseFilters(), per_page=50, now=now).items
    assert {each.order.id: purchase_status(each.order, each.payment, now) for each in everything} == expected
    for status in PurchaseStatus:
        found = list_purchases(actor, PurchaseFilters(status), per_page=50, now=now).items
        assert {each.order.id for each in found} == {
            number for number, said in expected.items() if said is status
        }
    summary = sum_up_purchases(actor, now)
    said = list(expected.values())
    assert (summary.total, summary.completed, summary.pending) == (
        len(said),
        said.count(PurchaseStatus.COMPLETED),
        said.count(PurchaseStatus.PENDING),
    )
    assert summary.spent is not None and summary.spent.as_text() == "52.50"


def test_an_attempt_is_meant_when_it_is_named_and_the_last_one_otherwise(event: Event) -> None:
    user = factories.make_user()
    order = factories.make_order(event, user=user, buyer_email="ama@example.org")
    decline_and_begin_again(order, user)
    first, second = sorted(order.payments, key=lambda payment: payment.attempt)
    for name, payment in (
        (first.reference, first),
        (str(first.uuid), first),
        (second.reference, second),
        (order.purchase_code, second),
    ):
        purchase = get_purchase(factories.actor_of(user), name)
        assert purchase.payment is payment
    now = clock.now()
    assert purchase_status(order, first, now) is PurchaseStatus.FAILED
    assert purchase_status(order, second, now) is PurchaseStatus.PENDING


def test_what_is_not_yours_or_was_never_made_is_not_found(event: Event) -> None:
    order = factories.make_order(event, user=factories.make_user())
    guest = factories.make_order(event)
    for actor in (ANONYMOUS, factories.actor_of(factories.make_staff())):
        for name in (order.purchase_code, guest.purchase_code):
            with pytest.raises(NotFound):
                get_purchase(actor, name)
    assert order.status is OrderStatus.PENDING
    for name in ("", "PUR-", order.number, str(order.uuid), order.purchase_code.lower(), "é", "x" * 65):
        assert find_purchase(name) is None
