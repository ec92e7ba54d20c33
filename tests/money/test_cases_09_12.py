"""Answers that are lost, keys that are too coarse, and money that is not what was asked for or not ours at all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from easyticket.core import clock
from easyticket.core.errors import ProviderDown
from easyticket.models import LedgerPosting, PaymentState, RefundState, Ticket
from easyticket.queue import JobName
from easyticket.rules.permissions import SYSTEM
from easyticket.services.payments import settle_payment
from easyticket.services.refund_requests import refund_order
from easyticket.services.refund_sending import send_refund
from tests.doubles.paystack import LIVE_KEY, PaystackDouble
from tests.doubles.paystack_shop import api_client, initialize
from tests.doubles.stripe import StripeDouble
from tests.money.site import Site
from tests.money.steps import (
    TOTAL,
    begin,
    begun,
    bought,
    count,
    count_mails,
    make_event,
    payments_of,
    place,
    standing,
)
from tests.money.tills import PaystackTill, StripeTill

LIES: dict[str, dict[str, Any]] = {
    "one minor unit": {"amount": 1},
    "more than asked": {"amount": TOTAL + 1},
    "another currency": {"currency": "NGN"},
    "real money for a test": {"live": True},
    "another reference": {"of": "ET-00000000000000000000000000"},
}


def test_case_09_a_start_that_times_out_after_it_was_done_is_charged_once(site: Site) -> None:
    order = place(make_event(site))
    site.till.lose_answers("start")
    with pytest.raises(ProviderDown):
        begin(order)
    assert [payment.state for payment in payments_of(order)] == [PaymentState.CREATED]
    site.till.pay(begin(order))
    site.hear()
    assert (standing(order).order, site.till.count_charges(paid=True)) == ("confirmed", 1)
    assert sum(payment.state is PaymentState.PAID for payment in payments_of(order)) == 1
    site.check_books()


def test_case_09_a_refund_that_times_out_after_it_was_done_is_returned_once(site: Site) -> None:
    order, reference = bought(site)
    site.till.lose_answers("refund")
    refund = refund_order(actor=SYSTEM, order=order, now=clock.now())
    assert (refund.state, site.till.returned(reference)) == (RefundState.UNKNOWN, TOTAL)
    # Nobody asks again before what was sent has either arrived or is lost.
    site.clock.shift(timedelta(minutes=2))
    send_refund(refund.id)
    site.till.finish_refunds(reference)
    site.hear()
    assert (standing(order).order, site.till.returned(reference)) == ("refunded", TOTAL)
    site.check_books()


def test_case_10_after_a_decline_another_card_pays(site: Site) -> None:
    """The key of each attempt is its own, so the provider does not repeat the answer to the declined one."""
    order, first = begun(site)
    site.till.decline(first)
    site.hear()
    settle_payment(first)
    second = begin(order)
    site.till.pay(second)
    site.hear()
    assert (standing(order).order, standing(order).tickets) == ("confirmed", (("active", 2),))
    assert site.till.count_charges(paid=True) == 1
    site.check_books()


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_case_11_money_that_is_not_what_was_asked_for_buys_nothing(site: Site, lie: dict[str, Any]) -> None:
    order, reference = begun(site)
    site.till.pay(reference)
    site.till.seem(reference, **lie)
    settle_payment(reference)
    site.hear()
    now = standing(order)
    assert (now.payments, now.tickets, now.refunds, now.ledger) == (("quarantined",), (), (), ())
    assert now.order in ("pending", "processing")
    assert count_mails(order, JobName.MAIL_PAYMENT_QUARANTINED) == 1
    assert (site.till.returned(reference), count(Ticket), count(LedgerPosting)) == (0, 0, 0)
    site.check_books(with_providers=False)


@pytest.mark.parametrize("till", [StripeTill], indirect=True, ids=["stripe"])
def test_case_12_money_of_another_application_at_stripe_changes_nothing(
    site: Site, stripe_double: StripeDouble
) -> None:
    order, reference = begun(site)
    before = standing(order)
    stripe_double.foreign(amount=TOTAL, currency="usd")
    stripe_double.foreign(amount=TOTAL, currency="usd", app="easyticket", reference="ET-UNKNOWN")
    # An event of real money that names our attempt, sent to a site that is set up for tests.
    [intent] = stripe_double.intents(reference=reference)
    real = {**intent, "status": "succeeded", "amount_received": TOTAL}
    stripe_double.send_event("payment_intent.succeeded", real, livemode=True)
    site.hear()
    assert standing(order) == before
    assert (count(Ticket), count(LedgerPosting)) == (0, 0)
    site.check_books(with_providers=False)


@pytest.mark.parametrize("till", [PaystackTill], indirect=True, ids=["paystack"])
def test_case_12_money_of_another_application_at_paystack_changes_nothing(
    site: Site, paystack_double: PaystackDouble
) -> None:
    order, reference = begun(site)
    before = standing(order)
    with api_client(paystack_double.url) as shop:
        initialize(shop, "somebody-elses")
    paystack_double.pay("somebody-elses")
    assert site.hand_over(site.till.told()) == [200]
    # Real money under our reference: its webhook is signed with another key than the site's.
    with api_client(paystack_double.url, LIVE_KEY) as shop:
        initialize(shop, f"live-{reference}", amount=TOTAL)
    paystack_double.pay(f"live-{reference}")
    assert site.hand_over(site.till.told())[1:] == [400]
    site.work()
    assert standing(order) == before
    assert (count(Ticket), count(LedgerPosting)) == (0, 0)
    site.check_books()
