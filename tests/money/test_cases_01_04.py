"""Money that is told of twice, at the same instant or in the wrong order, or that is paid twice: it settles an order once."""

from __future__ import annotations

from easyticket.core import clock
from easyticket.db import db
from easyticket.models import LedgerPosting, Order, ProviderEvent, RefundState, Ticket
from easyticket.models.payment import OPEN_STATES
from easyticket.queue import JobName
from easyticket.rules.permissions import SYSTEM
from easyticket.services.orders import secret_of
from easyticket.services.payments import settle_payment
from easyticket.services.refund_requests import refund_order
from tests.money import callers
from tests.money.site import Site
from tests.money.steps import (
    TOTAL,
    balance,
    begin,
    begun,
    bought,
    count,
    count_mails,
    make_event,
    payments_of,
    place,
    refunds_of,
    standing,
)


def test_case_01_duplicate_webhooks_settle_once(site: Site) -> None:
    """Each event comes ten times over eight connections, and eight workers settle at the same moment."""
    order, reference = begun(site)
    site.till.deliver(site.url, duplicate=10, parallel=8)
    site.till.pay(reference)
    answers = site.till.delivered()
    events = len(answers) // 10
    assert set(answers) == {200} and events >= 1
    assert count(ProviderEvent) == events
    site.crowd(callers.act, [("work", None), ("settle", reference)] * 4)
    first, postings = standing(order), count(LedgerPosting)
    assert (first.order, first.tickets, first.held_and_sold) == ("confirmed", (("active", 2),), (0, 2))
    assert count_mails(order, JobName.MAIL_ORDER_CONFIRMED) == 1
    assert count(Ticket) == 2

    site.hand_over(site.till.told() * 3)
    site.work()
    assert (standing(order), count(LedgerPosting)) == (first, postings)
    site.check_books()


def test_case_02_webhook_and_browser_return_at_the_same_instant_settle_once(site: Site) -> None:
    order, reference = begun(site)
    secret = secret_of(order)
    site.till.pay(reference)
    webhooks = [("hand over", webhook) for webhook in site.till.told()]
    pages = [("look", f"/checkout/{secret}/return/"), ("look", f"/checkout/{secret}/status/")]
    site.crowd(callers.act, [*webhooks, *pages, ("work", None), ("sweep", None), ("settle", reference)])
    site.work()
    now = standing(order)
    assert (now.order, now.payments, now.tickets) == ("confirmed", ("paid",), (("active", 2),))
    assert (balance(order, "clearing"), balance(order, "organizer_payable")) == (0, -10_000)
    assert count_mails(order, JobName.MAIL_ORDER_CONFIRMED) == 1
    site.check_books()


def test_case_03_a_failure_that_is_told_late_changes_nothing(site: Site) -> None:
    """One card was declined before another one paid; the provider tells of it backwards."""
    order, first = begun(site)
    site.till.decline(first)
    settle_payment(first)
    second = begin(order)
    site.till.pay(second)
    settle_payment(second)
    paid = standing(order)
    assert (paid.order, paid.tickets) == ("confirmed", (("active", 2),))
    site.hand_over(reversed(site.till.told()))
    site.work()
    settle_payment(first)
    assert standing(order) == paid
    site.check_books()


def test_case_03_news_of_a_payment_after_its_refund_brings_no_ticket_back(site: Site) -> None:
    order, reference = bought(site)
    refund_order(actor=SYSTEM, order=order, now=clock.now())
    site.till.finish_refunds(reference)
    site.hear()
    ended = standing(order)
    assert (ended.order, ended.tickets, ended.returned) == ("refunded", (("cancelled", 2),), TOTAL)
    site.hand_over(reversed(site.till.told()))
    site.work()
    settle_payment(reference)
    assert standing(order) == ended
    site.check_books()


def test_case_04_tabs_that_ask_for_the_payment_page_at_once_get_one_open_attempt(site: Site) -> None:
    """Whoever was sent to a page pays there; the order is paid once, and what comes besides goes back."""
    order = place(make_event(site))
    site.crowd(callers.act, [("start", order.id)] * 4)
    attempts = payments_of(order)
    assert len([payment for payment in attempts if payment.state in OPEN_STATES]) == 1
    for payment in attempts:
        if payment.pay_url:
            site.till.pay(payment.reference)
    site.hear()
    _check_paid_once(site, order.id)


def test_case_04_paying_twice_returns_the_second_payment_and_touches_no_ticket(site: Site) -> None:
    """The provider called the first attempt over, and its page took money all the same."""
    order, first = begun(site)
    site.till.seem(first, canceled=True)
    settle_payment(first)
    second = begin(order)
    assert second != first
    site.till.pay(second)
    site.hear()
    settled = standing(order)
    site.till.seem(first)
    site.till.pay(first)
    site.hear()
    [refund] = refunds_of(order)
    assert (refund.source, refund.amount_minor, refund.payment.reference) == ("surplus_payment", TOTAL, first)
    site.till.finish_refunds(first)
    site.hear()
    db.session.refresh(refund)
    assert refund.state is RefundState.SUCCEEDED
    now = standing(order)
    assert (now.order, now.tickets, now.returned) == (settled.order, settled.tickets, 0)
    assert now.held_and_sold == (0, 2)
    assert (site.till.returned(first), site.till.returned(second)) == (TOTAL, 0)
    _check_paid_once(site, order.id)


def _check_paid_once(site: Site, order_id: int) -> None:
    order = db.session.get_one(Order, order_id)
    captured = sum(payment.captured_minor or 0 for payment in payments_of(order))
    returned = sum(refund.amount_minor for refund in refunds_of(order))
    assert (standing(order).order, captured - returned) == ("confirmed", TOTAL)
    assert len(refunds_of(order)) == len([each for each in payments_of(order) if each.captured_minor]) - 1
    site.check_books()
