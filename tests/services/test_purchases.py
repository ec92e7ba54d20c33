"""Beginning a purchase below its door: it goes on where its answer was lost, and a new try never costs what is paid for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import Conflict
from easyticket.db import db
from easyticket.integrations.providers import ChargeSnapshot, ChargeState
from easyticket.models import Event, IdempotencyRecord, Order, OrderStatus, Payment, Quota, User
from easyticket.services import purchases, sandbox
from easyticket.services.idempotency import Turn
from easyticket.services.open_orders import TooManyOpen
from easyticket.services.orders import Buyer
from easyticket.services.payments import settle_payment
from easyticket.services.purchases import BegunPurchase, PurchaseDraft, begin_purchase
from easyticket.services.settlement import apply_snapshot
from easyticket.services.shortage import SoldOut
from tests import factories

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def buyer() -> User:
    return factories.make_user()


def begin(user: User, event: Event, turn: Turn | None = None, **changes: Any) -> BegunPurchase:
    offer = event.ticket_types[0].offers[0]
    draft = PurchaseDraft(event.id, offer.id, 1, Buyer("Ama Boateng", "ama@example.org"))
    return begin_purchase(
        actor=factories.actor_of(user), draft=replace(draft, **changes), turn=turn, now=clock.now()
    )


def paid_snapshot(payment: Payment, *, is_live: bool, method: str) -> ChargeSnapshot:
    return ChargeSnapshot(
        reference=payment.reference,
        provider_ref=payment.provider_ref or "",
        state=ChargeState.PAID,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        is_live=is_live,
        method=method,
    )


def test_a_purchase_whose_answer_was_lost_goes_on_with_its_payment_and_then_with_its_tickets(
    buyer: User,
) -> None:
    event = factories.make_simple_event()
    turn = Turn(scope="user:1", operation="purchase_tickets", key="mine", body_digest="x")
    first = begin(buyer, event, turn)
    record = db.session.scalars(sa.select(IdempotencyRecord)).one()
    assert record.made_uuid == first.purchase.order.uuid
    lost = replace(turn, made_uuid=record.made_uuid)
    again = begin(buyer, event, lost)
    assert (again.purchase.reference, again.pay_url) == (first.purchase.reference, first.pay_url)
    sandbox.approve(first.purchase.reference)
    settle_payment(first.purchase.reference)
    done = begin(buyer, event, lost)
    assert done.purchase.order.status is OrderStatus.CONFIRMED
    assert "/checkout/" in done.pay_url
    assert db.session.scalar(sa.select(sa.func.count(Order.id))) == 1


@pytest.mark.parametrize(("is_live", "method"), [(False, "mobile_money"), (True, "card")])
def test_how_it_was_paid_is_the_payers_word_until_a_real_provider_knows_better(
    buyer: User, is_live: bool, method: str
) -> None:
    begun = begin(buyer, factories.make_simple_event(), payment_method="mobile_money")
    payment = begun.purchase.payment
    assert payment is not None and payment.method == "mobile_money"
    payment.is_live = is_live
    db.session.commit()
    apply_snapshot(payment.id, paid_snapshot(payment, is_live=is_live, method="card"), clock.now())
    assert (payment.method, payment.order.payment_method) == (method, method)


def test_a_try_that_was_paid_at_this_very_moment_is_not_given_up_for_a_new_one(
    buyer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = factories.make_simple_event(quantity=1)
    first = begin(buyer, event)
    order = first.purchase.order
    sandbox.approve(first.purchase.reference)
    settle_payment(first.purchase.reference)
    monkeypatch.setattr(purchases, "list_declined_purchases", lambda *_: [order])
    with pytest.raises(SoldOut):
        begin(buyer, event)
    assert db.session.get_one(Order, order.id, populate_existing=True).status is OrderStatus.CONFIRMED


def test_declined_tries_never_stand_in_the_way_of_a_new_one_and_open_ones_do(buyer: User) -> None:
    event = factories.make_simple_event()
    for _ in range(5):
        reference = begin(buyer, event).purchase.reference
        sandbox.decline(reference)
        settle_payment(reference)
    # The declined ones give their places to the sixth, and it and four more are all there may be.
    for _ in range(5):
        begin(buyer, event)
    with pytest.raises(TooManyOpen):
        begin(buyer, event)
    held = sa.select(Quota.held).where(Quota.event_id == event.id)
    assert set(db.session.scalars(held)) == {5}


def test_what_ran_out_while_its_answer_was_lost_is_said_to_have(buyer: User) -> None:
    event = factories.make_simple_event()
    turn = Turn(scope="user:1", operation="purchase_tickets", key="mine", body_digest="x")
    order = begin(buyer, event, turn).purchase.order
    order.expires_at = clock.now()
    db.session.commit()
    with pytest.raises(Conflict, match="Order has expired"):
        begin(buyer, event, replace(turn, made_uuid=order.uuid))
