"""Money and the end of a hold: paid too late, paid at that very moment, or never told of. It buys tickets or goes back."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from easyticket.core import clock
from easyticket.db import db, transaction
from easyticket.models import EventStatus, Offer, Order, PaymentState, RefundState
from easyticket.queue import JobName
from easyticket.services.expiry import PATIENCE, expire_orders
from easyticket.services.reconciliation import reconcile_payments
from tests.money import callers
from tests.money.site import Site
from tests.money.steps import (
    AN_HOUR,
    TOTAL,
    begin,
    begun,
    count_mails,
    held_and_sold,
    make_event,
    orders_standing,
    payments_of,
    place,
    refunds_of,
    standing,
)


def test_case_05_paid_after_expiry_when_the_places_are_gone_goes_back(site: Site) -> None:
    order, reference = _given_up(site, quantity=2)
    others = place(order.event, 2)
    site.till.pay(begin(others))
    site.till.pay(reference)
    site.hear()
    assert standing(others).tickets == (("active", 2),)
    late = standing(order)
    assert (late.order, late.tickets, late.payments) == ("failed", (), ("surplus",))
    assert late.held_and_sold == (0, 2)
    assert late.refunds == (("late_payment", TOTAL, refunds_of(order)[0].state.value),)
    site.till.finish_refunds(reference)
    site.hear()
    [refund] = refunds_of(order)
    assert (refund.state, site.till.returned(reference)) == (RefundState.SUCCEEDED, TOTAL)
    assert count_mails(order, JobName.MAIL_ORDER_REFUNDED) == 1
    site.check_books()


def test_case_06_paid_after_expiry_when_the_places_are_free_gets_the_tickets_at_the_old_price(
    site: Site,
) -> None:
    order, reference = _given_up(site)
    with transaction() as session:
        session.execute(sa.update(Offer).values(price_minor=9_900))
    site.till.pay(reference)
    site.hear()
    now = standing(order)
    assert (now.order, now.tickets, now.refunds) == ("confirmed", (("active", 2),), ())
    assert (order.total_minor, now.held_and_sold) == (TOTAL, (0, 2))
    assert sum(ticket.paid_minor for ticket in order.tickets) == TOTAL
    site.check_books()


def test_case_06_paid_after_expiry_for_an_event_that_is_off_goes_back(site: Site) -> None:
    order, reference = _given_up(site)
    with transaction():
        order.event.status = EventStatus.CANCELLED
    site.till.pay(reference)
    site.hear()
    now = standing(order)
    assert (now.order, now.tickets, now.payments) == ("failed", (), ("surplus",))
    assert site.till.returned(reference) == TOTAL
    site.check_books()


def test_case_07_expiry_and_payment_at_the_same_instant_have_one_winner(site: Site) -> None:
    """The holds of five orders run out while their payers press the button and others look."""
    event = make_event(site, quantity=10)
    orders = [place(event, 2, now=clock.now() - AN_HOUR) for _ in range(5)]
    references = [begin(order, now=clock.now() - AN_HOUR) for order in orders]
    pays = [("pay", (site.till.double.url, site.till.named(reference))) for reference in references]
    settles = [("settle", reference) for reference in references]
    site.crowd(callers.act, [*pays, *settles, *[("expire", None)] * 4])
    site.hear()
    expire_orders(clock.now() + AN_HOUR)
    site.work()
    now = orders_standing(orders)
    assert set(now) <= {"confirmed", "failed"}
    for order, reference in zip(orders, references, strict=True):
        has_tickets = standing(order).tickets == (("active", 2),)
        kept = site.till.taken(reference) - site.till.returned(reference)
        assert (has_tickets, kept) in ((True, TOTAL), (False, 0))
        assert has_tickets == (standing(order).order == "confirmed")
    assert held_and_sold(event.id) == (0, 2 * now.count("confirmed"))
    site.check_books()


def test_case_08_no_order_is_stuck_when_nobody_tells_us_anything(site: Site) -> None:
    """Every webhook is lost. What was paid is found by asking, what was not ends, and later money is found too."""
    paid, reference = begun(site)
    site.till.pay(reference)
    assert reconcile_payments(clock.now() + timedelta(minutes=1)) == 1
    assert standing(paid).order == "confirmed"

    late, unpaid, undecided, declined = (begun(site, ago=AN_HOUR) for _ in range(4))
    site.till.pay(late[1])
    site.till.hesitate(undecided[1])
    site.till.decline(declined[1])
    expire_orders(clock.now())
    site.work()
    orders = [order for order, _ in (late, unpaid, undecided, declined)]
    assert orders_standing(orders) == ["confirmed", "failed", "failed", "failed"]
    assert held_and_sold(late[0].event_id) == (0, 2)

    site.till.decide(undecided[1])
    reconcile_payments(clock.now() + timedelta(minutes=3))
    assert standing(undecided[0]).order == "confirmed"
    assert [payment.state for payment in payments_of(unpaid[0])] == [PaymentState.CANCELED]
    site.check_books()


def test_case_08_a_payment_in_the_providers_hands_keeps_its_places_for_half_an_hour(site: Site) -> None:
    order, reference = begun(site)
    site.till.hesitate(reference)
    site.hear()
    ends_at = db.session.get_one(Order, order.id).expires_at
    assert expire_orders(ends_at + timedelta(minutes=1)) == 0
    assert standing(order).held_and_sold == (2, 0)
    assert expire_orders(ends_at + PATIENCE) == 1
    assert (standing(order).order, standing(order).held_and_sold) == ("failed", (0, 0))
    site.check_books()


def _given_up(site: Site, quantity: int = 10) -> tuple[Order, str]:
    """An order that ended while its provider did not answer, so that its payment could not be closed."""
    order, reference = begun(site, ago=AN_HOUR, quantity=2, total_capacity=quantity)
    site.till.be_down()
    assert expire_orders(clock.now()) == 1
    site.till.be_well()
    assert standing(order).order == "failed"
    return order, reference
