"""Lists of sold orders: each state finds its own, sums know what is ours and what is cash, and others' stay out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from easyticket.core import clock
from easyticket.core.errors import Forbidden
from easyticket.db import db
from easyticket.models import Event, Order, OrderStatus, SalesChannel
from easyticket.queries.sold_orders import (
    SoldOrderFilters,
    SoldOrdering,
    SoldState,
    SoldThrough,
    list_sold_orders,
    sum_sold_orders,
)
from easyticket.rules.schedule import Span
from easyticket.services.payments import settle_payment
from tests import factories
from tests.factories import actor_of
from tests.services.test_payments import approved
from tests.services.test_postings import disputed

pytestmark = pytest.mark.usefixtures("db_session")

NOW = clock.now()


def make(
    event: Event, status: OrderStatus = OrderStatus.CONFIRMED, quantity: int = 1, **fields: Any
) -> Order:
    offer = event.ticket_types[0].offers[0]
    return factories.make_order(event, [(offer, quantity)], status=status, **fields)


def found(event: Event, ordering: SoldOrdering = SoldOrdering.NEWEST, **filters: Any) -> list[Order]:
    page = list_sold_orders(
        actor_of(event.organizer),
        event,
        SoldOrderFilters(**filters),
        ordering=ordering,
        page=1,
        per_page=50,
        now=NOW,
    )
    return list(page.items)


def test_each_state_finds_its_own_orders() -> None:
    event = factories.make_simple_event(price_minor=5_000)
    was_paid = {"confirmed_at": NOW}
    wanted = {
        SoldState.PAID: [make(event)],
        SoldState.PARTLY_REFUNDED: [make(event, refunded_minor=100)],
        SoldState.REFUNDED: [make(event, OrderStatus.REFUNDED, refunded_minor=5_250)],
        SoldState.NOT_PAID_YET: [make(event, OrderStatus.PENDING)],
        SoldState.NEVER_PAID: [
            make(event, OrderStatus.PENDING, expires_at=NOW - timedelta(minutes=1)),
            make(event, OrderStatus.FAILED),
            make(event, OrderStatus.CANCELLED),
        ],
        SoldState.CANCELLED: [make(event, OrderStatus.CANCELLED, **was_paid)],
        SoldState.DISPUTED: [],
    }

    for state, orders in wanted.items():
        assert {order.id for order in found(event, state=state)} == {order.id for order in orders}, state
    assert len(found(event)) == sum(map(len, wanted.values()))


def test_a_disputed_order_is_found_by_its_dispute() -> None:
    order, payment = approved(factories.make_simple_event(price_minor=5_000))
    settle_payment(payment.reference)
    disputed(payment, 1_000)

    assert [each.id for each in found(order.event, state=SoldState.DISPUTED)] == [order.id]
    assert [each.id for each in found(order.event, query=payment.reference)] == [order.id]


def test_sums_are_by_currency_and_keep_cash_apart() -> None:
    event = factories.make_simple_event(price_minor=5_000)
    make(event, quantity=2, refunded_minor=1_000)
    make(event, OrderStatus.FAILED)
    make(
        event,
        channel=SalesChannel.DESK,
        discount_minor=5_000,
        fee_minor=0,
        total_minor=0,
        platform_fee_minor=0,
        cash_minor=5_000,
    )
    other = factories.make_simple_event(organizer=event.organizer, price_minor=700, currency="NGN")
    make(other)

    here, there = sum_sold_orders(actor_of(event.organizer), None, SoldOrderFilters(), NOW)

    assert (here.currency, here.orders, here.tickets) == ("GHS", 2, 3)
    assert (here.paid_minor, here.refunded_minor, here.cash_minor) == (10_500, 1_000, 5_000)
    assert (there.currency, there.orders, there.paid_minor) == ("NGN", 1, 735)


def test_lists_are_narrowed_by_door_ticket_type_and_days_and_sorted() -> None:
    event = factories.make_simple_event(price_minor=5_000)
    other_type = factories.make_ticket_type(event, name="VIP", price_minor=9_000)
    small, large = make(event), make(event, quantity=3)
    vip = factories.make_order(event, [(other_type.offers[0], 1)], status=OrderStatus.CONFIRMED)
    door = make(event, channel=SalesChannel.DESK)
    db.session.expire_all()

    assert [each.id for each in found(event, through=SoldThrough.DOOR)] == [door.id]
    assert [each.id for each in found(event, ticket_type=other_type.uuid)] == [vip.id]
    assert found(event, placed=Span(end_at=NOW - timedelta(days=1))) == []
    assert found(event, SoldOrdering.LARGEST)[0].id == large.id
    assert found(event, SoldOrdering.OLDEST)[0].id == small.id


def test_orders_of_others_are_not_found() -> None:
    event = factories.make_simple_event()
    make(event)
    stranger = actor_of(factories.make_organizer())

    mine = list_sold_orders(stranger, None, SoldOrderFilters(query="kofi"), page=1, per_page=50, now=NOW)

    assert mine.count == 0
    assert sum_sold_orders(stranger, None, SoldOrderFilters(), NOW) == []
    with pytest.raises(Forbidden):
        list_sold_orders(stranger, event, SoldOrderFilters(), page=1, per_page=50, now=NOW)
