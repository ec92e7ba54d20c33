"""The sales of one event: money that adds up to what the ledger owes the organizer, days and hours of the event's zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine

from easyticket.core import clock
from easyticket.core.errors import Forbidden
from easyticket.core.money import Money
from easyticket.db import db
from easyticket.models import Event, EventVisit, FeeBearer, LedgerEntry, Order, PromoKind
from easyticket.queries.earnings import load_revenue
from easyticket.queries.event_sales import OrderCounts, Sold, TicketCounts, get_event_sales
from easyticket.queries.traffic import Traffic
from easyticket.rules.permissions import SYSTEM
from easyticket.services import refund_sending, refunds
from easyticket.services.gate import admit_ticket
from easyticket.services.payments import settle_payment
from easyticket.services.tickets import qr_content
from tests import factories
from tests.services import test_door_sales as door_sales
from tests.services.test_orders import holding, place
from tests.services.test_payments import approved, start
from tests.statements import counted_statements

pytestmark = pytest.mark.usefixtures("db_session")

# Clocks in Kathmandu are five hours and three quarters ahead of UTC.
KATHMANDU = "Asia/Kathmandu"
OPENS = datetime(2027, 3, 2, 12, 15, tzinfo=UTC)


@pytest.fixture
def travel() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(datetime(2027, 3, 1, 18, 10, tzinfo=UTC), tick=False) as traveller:
        yield traveller


def buy(event: Event, quantity: int = 2) -> Order:
    order, payment = approved(event, quantity)
    settle_payment(payment.reference)
    return order


def give_back(order: Order, amount_minor: int | None = None) -> None:
    refund = refunds.request_refund(
        actor=SYSTEM, order=order, amount_minor=amount_minor, source="organizer", now=clock.now()
    )
    refund_sending.send_refund(refund.id)


def owed(event: Event) -> int:
    """What the ledger owes the organizer for an event."""
    entries = sa.select(sa.func.sum(LedgerEntry.amount_minor)).filter_by(
        account="organizer_payable", event_id=event.id
    )
    return -int(db.session.scalar(entries) or 0)


@pytest.mark.parametrize("bearer", FeeBearer)
def test_gross_less_refunds_and_the_organizers_fees_is_exactly_what_the_ledger_owes(
    bearer: FeeBearer,
) -> None:
    event = factories.make_simple_event(price_minor=3_333, fee_bearer=bearer)
    promo = factories.make_promo_code(event, kind=PromoKind.PERCENT, value=1_500)
    buy(event, 3)
    give_back(buy(event, 2), 1_001)
    give_back(buy(event, 1))
    dear = place(event, 1, promo_code=promo.code)
    settle_payment(_approved(dear))
    revenue = get_event_sales(SYSTEM, event, clock.now()).revenue
    borne = revenue.fees_minor - revenue.fees_on_top_minor
    assert revenue.gross_minor == 6 * 3_333 + 3_333 - 500
    assert revenue.gross_minor - borne - revenue.refunds_minor == revenue.net_minor == owed(event)
    assert (borne == 0) is (bearer is FeeBearer.BUYER)
    whole = 3_333 + (167 if bearer is FeeBearer.BUYER else 0)
    assert revenue.returned_minor == 1_001 + whole
    assert revenue.tickets == 7


def _approved(order: Order) -> str:
    from easyticket.services import sandbox

    payment = start(order)
    sandbox.approve(payment.reference)
    return payment.reference


def test_days_and_hours_are_those_of_the_events_own_zone(travel: time_machine.Coordinates) -> None:
    event = factories.make_simple_event(
        price_minor=1_000, time_zone=KATHMANDU, start_at=OPENS, end_at=OPENS + timedelta(hours=5)
    )
    first = buy(event, 2)  # five minutes before midnight over there
    travel.shift(timedelta(minutes=10))
    buy(event, 1)
    travel.move_to(OPENS)
    buy(event, 1)
    for ticket in first.tickets:
        admit_ticket(
            actor=SYSTEM, event=event, code=qr_content(ticket), gate="", scan_key=uuid4(), now=clock.now()
        )
        travel.shift(timedelta(hours=1))
    sales = get_event_sales(SYSTEM, event, clock.now())
    assert sales.by_day == [(date(2027, 3, 1), Sold(2, 2_000, 2)), (date(2027, 3, 2), Sold(2, 2_000, 2))]
    assert sales.by_hour == [(0, Sold(1, 1_000, 1)), (18, Sold(1, 1_000, 1)), (23, Sold(2, 2_000, 2))]
    assert sales.check_ins == [(date(2027, 3, 2), 18, 1), (date(2027, 3, 2), 19, 1)]
    assert sales.tickets == TicketCounts(valid=4, checked_in=2, cancelled=0)


def test_offers_are_told_with_what_is_sold_held_and_left() -> None:
    event = factories.make_tiered_event()
    regular, gold = event.ticket_types[0].offers
    _pay(place(event, 3, offer=regular))
    ended = _pay(place(event, 1, offer=gold))
    give_back(ended)
    place(event, 2, offer=gold)
    sales = get_event_sales(SYSTEM, event, clock.now())
    assert [(each.quantity, each.stock.sold, each.stock.held, each.stock.left) for each in sales.offers] == [
        (60, 3, 0, 57),
        (30, 0, 2, 28),
    ]
    assert [each.sold for each in sales.offers] == [Sold(3, 15_000, 3), Sold(1, 9_000, 1)]
    assert (sales.stock.sold, sales.stock.held, sales.stock.left) == (3, 2, 85)
    assert sales.tickets == TicketCounts(valid=3, checked_in=0, cancelled=1)
    assert sales.projected_minor == 15_000 + 57 * 5_000 + 28 * 9_000
    assert [sale.amount for sale in sales.latest] == [Money(9_000, "GHS")] + [Money(5_000, "GHS")] * 3


def _pay(order: Order) -> Order:
    settle_payment(_approved(order))
    return order


def test_orders_that_are_held_still_count_neither_as_paid_nor_as_lost() -> None:
    event = factories.make_simple_event()
    buy(event)
    place(event)
    place(event, now=clock.now() - timedelta(hours=2))
    assert get_event_sales(SYSTEM, event, clock.now()).orders == OrderCounts(held=3, still_open=1, paid=1)


def test_what_visitors_looked_at_is_told_with_how_many_of_them_bought() -> None:
    event = factories.make_simple_event()
    for visitor, views in (("a", 3), ("b", 1)):
        visit = EventVisit(event_id=event.id, day_on=date(2027, 3, 1), visitor_digest=visitor, views=views)
        factories._keep(visit)
    traffic = get_event_sales(SYSTEM, event, clock.now()).traffic
    assert traffic == Traffic(views=4, visitors=2)
    assert (traffic.conversion_rate(1), traffic.conversion_rate(5), Traffic().conversion_rate(1)) == (
        50,
        100,
        0,
    )


def test_the_mean_price_is_that_of_what_was_not_sold_at_the_door() -> None:
    event = factories.make_simple_event(price_minor=5_000)
    buy(event, 2)
    door_sales.sell(event, 3)
    sales = get_event_sales(factories.actor_of(event.organizer), event, clock.now())
    loaded = load_revenue(Order.event_id == event.id).of(currency="GHS")
    for revenue in (sales.revenue, loaded):
        assert (revenue.tickets, revenue.gross_minor) == (5, 10_000)
        assert revenue.average_price == Money(5_000, "GHS")


def test_an_event_nobody_bought_anything_of_has_zeros() -> None:
    sales = get_event_sales(SYSTEM, factories.make_event(), clock.now())
    assert (sales.revenue.gross_minor, sales.revenue.net_minor, sales.projected_minor) == (0, 0, 0)
    assert (sales.by_day, sales.by_hour, sales.offers, sales.latest) == ([], [], [], [])


def test_it_takes_as_many_statements_for_many_sales_as_for_one_and_is_the_organizers_own() -> None:
    event = factories.make_tiered_event()
    actor = factories.actor_of(event.organizer)
    counts = []
    for _ in range(2):
        _pay(place(event, 2))
        _pay(place(event, 1, offer=event.ticket_types[0].offers[1]))
        db.session.expire_all()
        _ = event.id
        with counted_statements() as seen:
            get_event_sales(actor, event, clock.now())
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 14
    with pytest.raises(Forbidden):
        get_event_sales(holding(place(event)), event, clock.now())
