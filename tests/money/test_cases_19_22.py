"""Promo codes, counters, prices and clocks: what decides is counted and read on the server, in one transaction."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import Invalid
from easyticket.db import db, transaction
from easyticket.models import Event, Offer, Order, Quota, QuotaKind, SalesChannel
from easyticket.queries.audit.finding import Scope
from easyticket.queries.audit.invariants import audit_database
from easyticket.rules.permissions import ANONYMOUS, SYSTEM
from easyticket.services.baskets import WantedLine
from easyticket.services.expiry import expire_orders
from easyticket.services.orders import place_order
from easyticket.services.refund_requests import RefundWish, make_refund
from tests import factories
from tests.money import callers
from tests.money.site import Site
from tests.money.steps import (
    AN_HOUR,
    EFUA,
    PRICE,
    TOTAL,
    begin,
    bought,
    count,
    held_and_sold,
    make_event,
    place,
    standing,
)
from tests.money.tills import PaystackTill, StripeTill

# What these are about happens before any provider is asked.
at_one = pytest.mark.parametrize("till", [PaystackTill], indirect=True, ids=["paystack"])


def test_case_19_a_promo_code_is_used_no_more_often_than_it_may_be(site: Site) -> None:
    event = make_event(site)
    promo_id = factories.make_promo_code(event, "EARLY10", uses=2).id
    answers = site.crowd(callers.act, [("hold", "EARLY10")] * 6)
    assert sorted(answers, key=len)[:4] == ["Invalid"] * 4 and len(set(answers)) == 3
    assert _uses(promo_id) == (2, 0)

    db.session.rollback()
    paid = db.session.scalars(sa.select(Order).order_by(Order.id)).first()
    assert paid is not None
    site.till.pay(begin(paid))
    site.hear()
    assert _uses(promo_id) == (1, 1)
    expire_orders(clock.now() + AN_HOUR)
    assert _uses(promo_id) == (0, 1)
    assert place(event, 1, promo_code="early10").discount_minor == PRICE // 10
    with pytest.raises(Invalid):
        place(event, 1, promo_code="EARLY10")
    site.check_books()


def test_case_20_counters_are_what_the_rows_say_after_everything_that_moves_them(site: Site) -> None:
    order, _ = bought(site)
    event = order.event
    place(event, 3, now=clock.now() - AN_HOUR)
    place(event, 1)
    assert held_and_sold(event.id) == (4, 2)
    expire_orders(clock.now())
    wish = RefundWish(codes=(order.tickets[0].code,))
    make_refund(actor=SYSTEM, order=order, wish=wish, now=clock.now())
    assert held_and_sold(event.id) == (1, 1)
    site.check_books()

    with transaction() as session:
        session.execute(
            sa.update(Quota).where(Quota.kind == QuotaKind.TICKET_TYPE).values(sold=Quota.sold + 1)
        )
    broken = [finding.code for finding in audit_database(Scope(clock.now())) if finding.violations]
    assert broken == ["I1"]


@at_one
def test_case_20_a_kind_of_ticket_that_is_sold_out_blocks_no_other(site: Site) -> None:
    event = factories.make_tiered_event((("Regular", 5_000, 1), ("Gold", 9_000, 1)))
    regular, gold = event.ticket_types[0].offers
    _place(event, WantedLine(regular.uuid, 1))
    _place(event, WantedLine(gold.uuid, 1))
    assert held_and_sold(event.id) == (2, 0)
    site.check_books()


@at_one
def test_case_21_the_price_is_the_servers_whatever_a_form_says(site: Site) -> None:
    event = make_event(site)
    offer = event.ticket_types[0].offers[0]
    form = {f"quantity-{offer.uuid}": "2", f"price-{offer.uuid}": "1", "total": "2", "unit_price_minor": "1"}
    address, page = f"/events/{event.slug}/tickets/", site.app.test_client()
    assert page.post(address, data=form).status_code == 303
    assert _last_order().total_minor == TOTAL
    with transaction() as session:
        session.execute(sa.update(Offer).values(price_minor=2 * PRICE))
    assert site.app.test_client().post(address, data=form).status_code == 303
    assert _last_order().total_minor == 2 * TOTAL
    with transaction():
        db.session.get_one(Event, event.id).ticket_types[0].sales_end_at = clock.now() - timedelta(seconds=1)
    assert site.app.test_client().post(address, data=form).status_code >= 400
    assert count(Order) == 2
    site.check_books()


@at_one
def test_case_21_a_limit_counts_over_lines_that_are_repeated(site: Site) -> None:
    event = make_event(site)
    with transaction():
        event.ticket_types[0].max_purchase = 3
    line = WantedLine(event.ticket_types[0].offers[0].uuid, 2)
    with pytest.raises(Invalid):
        _place(event, line, line)
    assert held_and_sold(event.id) == (0, 0)


@at_one
@pytest.mark.parametrize("zone", ["Africa/Accra", "America/New_York", "Pacific/Kiritimati"])
@pytest.mark.parametrize("change", ["2027-03-14T07:00", "2027-11-07T06:00"], ids=["spring", "autumn"])
def test_case_22_a_hold_lasts_as_long_when_clocks_change_wherever_the_server_is(
    site: Site, zone: str, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as machine:
        machine.setitem(os.environ, "TZ", zone)
        time.tzset()
        begins_at = datetime.fromisoformat(change).replace(tzinfo=UTC) - timedelta(minutes=5)
        site.clock.move_to(begins_at)
        order = place(make_event(site))
        lasts = order.expires_at - begins_at
        assert timedelta(minutes=5) < lasts < timedelta(minutes=30)
        site.clock.move_to(begins_at + lasts - timedelta(seconds=5))
        assert expire_orders() == 0
        site.till.pay(begin(order))
        site.clock.move_to(begins_at + lasts + timedelta(seconds=5))
        site.hear()
        assert (standing(order).order, expire_orders()) == ("confirmed", 0)
        site.check_books()
    time.tzset()


@pytest.mark.parametrize("till", [StripeTill], indirect=True, ids=["stripe"])
@pytest.mark.parametrize("seconds", [-310, 310], ids=["an old webhook", "a webhook of the future"])
def test_case_22_a_webhook_of_another_time_is_refused_and_its_money_found_all_the_same(
    site: Site, seconds: int
) -> None:
    order = place(make_event(site))
    site.till.pay(begin(order))
    site.till.double.webhooks(offset=seconds)
    assert set(site.hand_over(site.till.told())) == {400}
    site.till.double.webhooks(offset=seconds - (20 if seconds > 0 else -20))
    assert set(site.hand_over(site.till.told())) == {200}
    site.work()
    assert standing(order).order == "confirmed"
    site.check_books()


@pytest.mark.parametrize("minutes", [-10, 10], ids=["behind", "ahead"])
def test_case_22_a_server_whose_clock_is_ten_minutes_off_settles_what_was_paid(
    site: Site, minutes: int
) -> None:
    order = place(make_event(site))
    reference = begin(order)
    site.till.pay(reference)
    news = site.till.told()
    site.clock.shift(timedelta(minutes=minutes))
    site.hand_over(news)
    site.let_time_pass()
    assert (standing(order).order, standing(order).tickets) == ("confirmed", (("active", 2),))
    site.check_books()


def _uses(promo_id: int) -> tuple[int, int]:
    db.session.rollback()
    quota = sa.select(Quota.held, Quota.sold).filter_by(kind=QuotaKind.PROMO, owner_id=promo_id)
    held, sold = db.session.execute(quota).one()
    return held, sold


def _place(event: Event, *lines: WantedLine) -> Order:
    return place_order(
        actor=ANONYMOUS, event=event, lines=lines, channel=SalesChannel.WEB, buyer=EFUA, now=clock.now()
    )


def _last_order() -> Order:
    db.session.rollback()
    return db.session.scalars(sa.select(Order).order_by(Order.id.desc()).limit(1)).one()
