"""Money that goes back: of used tickets, by many at once, of a whole event, and by the payer's bank."""

from __future__ import annotations

import signal
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from easyticket.core import clock
from easyticket.core.errors import Conflict
from easyticket.db import db
from easyticket.models import Order, OrderStatus, Refund, RefundState, ScanOutcome
from easyticket.queries.refunds import find_cancellation_progress, find_cancellation_totals
from easyticket.rules.permissions import SYSTEM, Actor
from easyticket.services.cancellation import unwind_event
from easyticket.services.event_steps import cancel_event
from easyticket.services.gate import admit_ticket
from easyticket.services.refund_requests import RefundWish, make_refund, refund_order
from tests import factories
from tests.money import callers, deaths
from tests.money.site import Site
from tests.money.steps import (
    TOTAL,
    balance,
    begin,
    bought,
    count,
    held_and_sold,
    holding,
    ledger_of,
    make_event,
    place,
    refunds_of,
    standing,
)


def test_case_13_a_used_ticket_is_refunded_on_purpose_only_and_a_refunded_one_is_not_admitted(
    site: Site,
) -> None:
    order, reference = bought(site, start_at=clock.now() + timedelta(minutes=10))
    used, unused = (ticket.code for ticket in order.tickets)
    assert _scan(order, used) is ScanOutcome.ADMITTED
    with pytest.raises(Conflict) as refused:
        refund_order(actor=holding(order), order=order, now=clock.now())
    assert refused.value.code == "ticket_used"
    organizer = factories.actor_of(order.event.organizer)
    with pytest.raises(Conflict) as refused:
        refund_order(actor=organizer, order=order, now=clock.now())
    assert (refused.value.code, refunds_of(order)) == ("ticket_used", [])

    site.till.be_down()
    refund = _refund_ticket(order, organizer, unused)
    assert refund.state is RefundState.UNKNOWN
    assert _scan(order, unused) is ScanOutcome.CANCELLED
    site.till.be_well()
    on_purpose = refund_order(actor=organizer, order=order, override_used=True, now=clock.now())
    assert on_purpose.override_by_id == organizer.user_id
    assert refund.override_by_id is None
    site.let_time_pass()

    site.till.finish_refunds(reference, succeeded=False)
    site.hear()
    assert {each.state for each in refunds_of(order)} == {RefundState.FAILED}
    assert _scan(order, unused) is ScanOutcome.CANCELLED
    assert standing(order).tickets == (("cancelled", 2),)
    site.check_books()


def test_case_14_partial_refunds_at_the_same_instant_never_return_more_than_was_paid(site: Site) -> None:
    order, reference = bought(site)
    first, second = (ticket.code for ticket in order.tickets)
    asked = [Decimal(40), Decimal(40), Decimal(40), first, first, second, second]
    answers = site.crowd(callers.act, [("refund", (order.id, what)) for what in asked])
    made = [answer for answer in answers if answer in ("pending", "succeeded")]
    assert set(answers) - set(made) <= {"refund_amount", "nothing_left", "not_refundable"} and len(
        made
    ) < len(asked)
    promised = sum(refund.amount_minor for refund in refunds_of(order))
    assert promised == site.till.returned(reference) <= TOTAL
    site.till.finish_refunds(reference)
    site.hear()
    with pytest.raises(Conflict):
        _refund_all_that_is_left_and_one_more(order)
    site.work()
    assert site.till.returned(reference) == TOTAL
    site.check_books()


def test_case_15_a_cancelled_event_returns_every_order_once_although_the_worker_is_killed(site: Site) -> None:
    event = make_event(site)
    orders = [_paid(site, place(event)) for _ in range(3)]
    unpaid = place(event)
    begin(unpaid)
    totals = find_cancellation_totals(event)
    assert (totals.orders, totals.tickets) == (3, 6)
    assert [money.minor for money in totals.to_refund] == [3 * TOTAL]
    cancel_event(actor=factories.actor_of(event.organizer), event=event, now=clock.now())
    assert site.in_a_process(deaths.work_and_die, deaths.SECOND_ORDER_ENDS) == -signal.SIGKILL
    assert unwind_event(event.id) == 3  # its job comes again: two paid orders and the unpaid one are left
    assert site.in_a_process(deaths.work_and_die, deaths.SECOND_REFUND_IS_ANSWERED) == -signal.SIGKILL
    site.let_time_pass()
    assert count(Refund) == 3
    assert unwind_event(event.id) == 0
    for order, reference in orders:
        assert site.till.returned(reference) == TOTAL
        site.till.finish_refunds(reference)
        assert len(refunds_of(order)) == 1
    site.hear()
    assert [standing(order).order for order, _ in orders] == ["refunded"] * 3
    assert (standing(unpaid).order, count(Refund)) == ("cancelled", 3)
    assert find_cancellation_progress(event).is_done
    site.check_books()


def test_case_15_too_little_money_at_the_provider_blocks_a_refund_and_loses_none(site: Site) -> None:
    order, reference = bought(site)
    site.till.be_poor()
    cancel_event(actor=factories.actor_of(order.event.organizer), event=order.event, now=clock.now())
    site.work()
    assert [refund.state for refund in refunds_of(order)] == [RefundState.BLOCKED]
    assert site.till.returned(reference) == 0
    site.till.be_well()
    site.let_time_pass()
    site.till.finish_refunds(reference)
    site.hear()
    now = standing(order)
    assert (now.order, now.refunds) == ("refunded", (("event_cancelled", TOTAL, "succeeded"),))
    site.check_books()


@pytest.mark.parametrize("won", [True, False], ids=["won", "lost"])
def test_case_16_a_chargeback_freezes_the_share_and_puts_no_place_on_sale(site: Site, won: bool) -> None:
    order, reference = bought(site)
    before = ledger_of(order)
    dispute = site.till.dispute(reference)
    site.hear()
    assert balance(order, "organizer_payable") == 0
    assert (balance(order, "organizer_disputed"), balance(order, "dispute_hold")) == (-10_000, TOTAL)
    assert all(ticket.disputed_at for ticket in db.session.get_one(Order, order.id).tickets)
    with pytest.raises(Conflict) as refused:
        refund_order(actor=SYSTEM, order=order, now=clock.now())
    assert refused.value.code == "disputed"
    site.check_books()

    site.till.decide_dispute(dispute, won=won)
    site.hear()
    now = standing(order)
    if won:
        assert (now.order, now.tickets, now.ledger) == ("confirmed", (("active", 2),), before)
        assert not any(ticket.disputed_at for ticket in order.tickets)
    else:
        assert (now.order, now.tickets) == (OrderStatus.CANCELLED.value, (("cancelled", 2),))
        kept = {account: minor for account, minor in now.ledger if account != "fee_expense"}
        assert kept == {"provider_cash": -balance(order, "fee_expense")}
    assert (now.refunds, held_and_sold(order.event_id)) == ((), (0, 2))
    site.check_books()


def _scan(order: Order, code: str) -> ScanOutcome:
    db.session.rollback()
    event = db.session.get_one(Order, order.id).event
    result = admit_ticket(
        actor=SYSTEM, event=event, code=code, gate="North", scan_key=uuid4(), now=clock.now()
    )
    return result.outcome


def _refund_ticket(order: Order, actor: Actor, code: str) -> Refund:
    return make_refund(actor=actor, order=order, wish=RefundWish(codes=(code,)), now=clock.now())


def _refund_all_that_is_left_and_one_more(order: Order) -> None:
    for _ in range(2):
        db.session.rollback()
        refund_order(actor=SYSTEM, order=order, now=clock.now())


def _paid(site: Site, order: Order) -> tuple[Order, str]:
    reference = begin(order)
    site.till.pay(reference)
    site.hear()
    return order, reference
