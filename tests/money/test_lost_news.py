"""What nobody told us: a dispute and a refund on the dashboard whose webhooks were lost are found by looking back."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from easyticket.core import clock
from easyticket.db import db, transaction
from easyticket.models import Dispute, Payment, PaymentState
from easyticket.services import lookback
from easyticket.services.lookback import look_back
from easyticket.services.provider_audit import audit_providers
from tests.money.site import Site
from tests.money.steps import TOTAL, bought, count, refunds_of, standing
from tests.money.tills import StripeTill

at_one = pytest.mark.parametrize("till", [StripeTill], indirect=True, ids=["stripe"])
A_DAY = timedelta(days=1)


def look(site: Site) -> int:
    """Look back as the schedule does, and do what follows from it; return how many payments were asked about."""
    db.session.rollback()
    with site.app.app_context():
        asked = look_back()
    site.work()
    return asked


def findings() -> list[str]:
    db.session.rollback()
    found = audit_providers(clock.now() - timedelta(days=7), clock.now())
    return [violation.what for violation in found.violations]


def test_a_dispute_and_a_refund_that_nobody_told_of_are_found_within_a_day(site: Site) -> None:
    (disputed, of_disputed), (refunded, of_refunded) = bought(site), bought(site)
    site.till.dispute(of_disputed)
    site.till.refund(of_refunded, TOTAL)
    site.till.finish_refunds(of_refunded)
    assert sorted(findings()) == ["dispute at the provider", "refund at the provider"]
    assert look(site) == 0
    site.clock.shift(A_DAY)
    assert look(site) == 2
    assert look(site) == 0
    assert dict(standing(disputed).ledger)["dispute_hold"] == TOTAL
    assert (standing(refunded).returned, standing(refunded).tickets) == (TOTAL, (("cancelled", 2),))
    assert findings() == []
    before = standing(disputed), standing(refunded)
    site.hear()
    assert (standing(disputed), standing(refunded)) == before
    site.let_time_pass()
    site.check_books()


@at_one
def test_a_payment_is_asked_about_every_day_then_every_week_and_then_no_more(site: Site) -> None:
    bought(site)
    days_asked = []
    for day in range(1, 140):
        site.clock.shift(A_DAY)
        if look(site):
            days_asked.append(day)
    assert days_asked == [*range(1, 14), *range(20, 120, 7)]


@at_one
def test_a_provider_that_is_silent_is_asked_again_in_an_hour_and_not_about_everything_at_once(
    site: Site,
) -> None:
    for _ in range(4):
        bought(site)
    _, reference = bought(site)
    site.till.dispute(reference)
    site.clock.shift(A_DAY)
    site.till.be_down()
    assert look(site) == 2
    site.till.be_well()
    assert look(site) == 3
    assert look(site) == 0
    site.clock.shift(timedelta(hours=1))
    assert look(site) == 2
    assert count(Dispute) == 1


@at_one
def test_the_longest_unasked_are_first_and_a_run_ends(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookback, "_MOST", 2)
    for _ in range(3):
        bought(site)
    site.clock.shift(A_DAY)
    assert [look(site) for _ in range(3)] == [2, 1, 0]


@at_one
@pytest.mark.parametrize(
    "values",
    [
        {"provider": "sandbox"},
        {"provider": "paystack", "is_live": True},
        {"is_live": True},
        {"state": PaymentState.QUARANTINED},
    ],
    ids=["play money", "another mode", "a real one with a key for tests", "not in our books"],
)
def test_what_cannot_be_asked_about_is_left_out(site: Site, values: dict[str, object]) -> None:
    order, _ = bought(site)
    with transaction() as session:
        session.execute(sa.update(Payment).values(**values))
    site.clock.shift(A_DAY)
    assert look(site) == 0
    assert refunds_of(order) == []
