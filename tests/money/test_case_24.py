"""A refund and a dispute about the same money: it goes back once, by the one or by the other, and never stays with us."""

from __future__ import annotations

from datetime import timedelta

import pytest

from easyticket.core import clock
from easyticket.services.cancellation import return_owed_money
from easyticket.services.disputes import sync_disputes
from easyticket.services.event_steps import cancel_event
from easyticket.services.refund_requests import refund_order
from tests import factories
from tests.money.site import Site
from tests.money.steps import TOTAL, bought, holding, payments_of, standing


@pytest.mark.parametrize("won", [True, False], ids=["won", "lost"])
def test_case_24_a_promise_waits_for_the_bank_and_is_kept_or_taken_back(site: Site, won: bool) -> None:
    order, reference = bought(site)
    site.till.be_down()
    refund_order(actor=holding(order), order=order, now=clock.now())
    site.till.be_well()
    name = site.till.dispute(reference)
    sync_disputes(payments_of(order)[0].id, clock.now())
    site.hear()
    site.let_time_pass()
    assert standing(order).refunds == (("buyer", TOTAL, "blocked"),)
    assert site.till.returned(reference) == 0

    site.till.decide_dispute(name, won=won)
    site.hear()
    site.let_time_pass()
    site.till.finish_refunds(reference)
    site.hear()
    ended = standing(order)
    assert (ended.order, ended.refunds) == (
        ("refunded", (("buyer", TOTAL, "succeeded"),))
        if won
        else ("cancelled", (("buyer", TOTAL, "failed"),))
    )
    assert site.till.returned(reference) == (TOTAL if won else 0)
    assert dict(ended.tickets) == {"cancelled": 2}
    site.check_books()


def test_case_24_money_of_a_cancelled_event_goes_back_after_a_dispute(site: Site) -> None:
    order, reference = bought(site)
    site.till.be_down()
    cancel_event(actor=factories.actor_of(order.event.organizer), event=order.event, now=clock.now())
    site.work()
    site.till.be_well()
    name = site.till.dispute(reference)
    site.hear()
    for _ in range(12):
        site.clock.shift(timedelta(hours=3))
        site.work()
    site.till.decide_dispute(name, won=True)
    site.hear()
    return_owed_money()
    site.let_time_pass()
    site.till.finish_refunds(reference)
    site.hear()
    assert (standing(order).order, site.till.returned(reference)) == ("refunded", TOTAL)
    site.check_books()
