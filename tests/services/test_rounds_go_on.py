"""One row that nobody foresaw stops its own turn only: what is done regularly goes on to the money of everybody else."""

from __future__ import annotations

from datetime import timedelta
from types import ModuleType

import pytest
import sqlalchemy as sa
import time_machine

from easyticket.core import clock
from easyticket.core.errors import Conflict
from easyticket.db import db, transaction
from easyticket.models import Event, Order, OrderStatus, Payout, PayoutState, Receipt, Refund, SellerProfile
from easyticket.services import (
    cancellation,
    missing_receipts,
    payout_schedule,
    payout_transfers,
    refund_again,
    withdrawal_cover,
)
from easyticket.services.event_steps import cancel_event
from easyticket.services.payments import settle_payment
from tests import factories
from tests.services.strict_provider import StrictProvider
from tests.services.test_disputes import bought
from tests.services.test_payments import approved
from tests.services.test_withdrawal_cover import earner_with_orders, refund
from tests.services.test_withdrawals import ask, make_earner
from tests.services.transfer_desk import desk_in_place

pytestmark = pytest.mark.usefixtures("db_session")


def break_for(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str, row_id: int, *, is_order: bool = False
) -> None:
    """Let a service of a module fail in a way that nobody foresaw whenever it is about one row."""
    works = getattr(module, name)

    def fails(first: object, *rest: object, **named: object) -> object:
        if (first.id if is_order else first) == row_id:  # type: ignore[attr-defined]
            raise RuntimeError("Nobody foresaw this.")
        return works(first, *rest, **named)

    monkeypatch.setattr(module, name, fails)


def called_off(*orders: Order) -> Event:
    event = orders[0].event
    with transaction():
        cancel_event(actor=factories.actor_of(event.organizer), event=event, now=clock.now())
    return event


def test_an_order_of_a_cancelled_event_that_cannot_be_ended_keeps_no_other_buyer_waiting(
    provider: StrictProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = factories.make_simple_event(price_minor=5_000)
    odd, other = bought(provider, event)[0], bought(provider, event)[0]
    called_off(odd, other)
    event_id, other_id = event.id, other.id
    break_for(monkeypatch, cancellation, "_end_paid_order", odd.id, is_order=True)
    with pytest.raises(Conflict, match="1 orders of a cancelled event could not be ended"):
        cancellation.unwind_event(event_id)
    assert db.session.scalars(sa.select(Refund.order_id)).all() == [other_id]


def test_money_that_cannot_be_promised_back_keeps_nobody_else_waiting_for_theirs(
    provider: StrictProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = factories.make_simple_event(price_minor=5_000)
    odd, other = bought(provider, event)[0], bought(provider, event)[0]
    called_off(odd, other)
    with transaction():
        for order in (odd, other):
            order.cancelled_at = clock.now()
    other_id = other.id
    break_for(monkeypatch, cancellation, "_return_money", odd.id)
    assert cancellation.return_owed_money() == 1
    assert db.session.scalars(sa.select(Refund.order_id)).all() == [other_id]


def test_won_money_that_cannot_be_promised_again_keeps_nobody_else_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []

    def promise(refund_id: int) -> None:
        asked.append(refund_id)
        if refund_id == 1:
            raise RuntimeError("Nobody foresaw this.")

    monkeypatch.setattr(refund_again, "list_refunds_won_back", lambda: [1, 2])
    monkeypatch.setattr(refund_again, "refund_again", promise)
    assert (refund_again.return_won_money(), asked) == (1, [1, 2])


def test_an_organizer_whose_withdrawals_cannot_be_covered_leaves_those_of_others_to_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waiting = []
    for _ in range(2):
        organizer, orders = earner_with_orders(2)
        waiting.append(ask(organizer, "100"))
        refund(orders[0])
    odd, other = sorted(waiting, key=lambda payout: payout.organizer_id)
    odd_id, other_id = odd.id, other.id
    break_for(monkeypatch, withdrawal_cover, "cover_withdrawals", odd.organizer_id)
    assert withdrawal_cover.cover_all_withdrawals() == 1
    states = dict(db.session.execute(sa.select(Payout.id, Payout.state)).all())
    assert states == {odd_id: PayoutState.REQUESTED, other_id: PayoutState.CANCELLED}


def test_an_organizer_who_cannot_be_paid_leaves_others_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    odd, other = make_earner(), make_earner()
    with transaction() as session:
        session.add_all(SellerProfile(user_id=user.id, is_paid_automatically=True) for user in (odd, other))
    other_id = other.id
    break_for(monkeypatch, payout_schedule, "make_automatic_payout", odd.id)
    assert payout_schedule.make_automatic_payouts() == 1
    assert db.session.scalars(sa.select(Payout.organizer_id)).all() == [other_id]


def test_a_payout_that_cannot_be_sent_leaves_others_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    with desk_in_place(monkeypatch) as desk:
        user = make_earner(sales=4)
        odd, other = ask(user), ask(user)
        odd_id, reference = odd.id, other.reference
        break_for(monkeypatch, payout_transfers, "send_payout", odd_id)
        with time_machine.travel(clock.now() + timedelta(minutes=11), tick=False):
            assert payout_transfers.reconcile_payouts() == 2
        assert [request.reference for request in desk.asked] == [reference]


def test_a_receipt_that_cannot_be_written_leaves_others_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(missing_receipts, "_BATCH", 1)
    orders = []
    for _ in range(3):
        order, payment = approved(factories.make_simple_event())
        settle_payment(payment.reference)
        orders.append(order.id)
    odd_id, *others = orders
    break_for(monkeypatch, missing_receipts, "issue_receipt", odd_id)
    later = clock.now() + timedelta(minutes=11)
    assert missing_receipts.issue_missing_receipts(later) == 2
    assert db.session.scalars(sa.select(Receipt.order_id).order_by(Receipt.order_id)).all() == others
    assert {order.status for order in db.session.scalars(sa.select(Order))} == {OrderStatus.CONFIRMED}
