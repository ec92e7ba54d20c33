"""Sales at the door: tickets at once, places counted, and none of the money in our books."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import Conflict, Forbidden, Invalid
from easyticket.db import db, transaction
from easyticket.models import (
    Change,
    ChangeAction,
    Event,
    EventStatus,
    LedgerPosting,
    Order,
    OrderStatus,
    OutboxJob,
    Quota,
    QuotaKind,
    SalesChannel,
    TicketStatus,
)
from easyticket.queries.audit.finding import Scope
from easyticket.queries.audit.invariants import audit_database
from easyticket.queries.door import count_door_sales, list_door_offers
from easyticket.queries.earnings import load_revenue
from easyticket.rules.permissions import Actor
from easyticket.services.baskets import WantedLine
from easyticket.services.check_ins import check_in_all
from easyticket.services.door_sales import DoorSale, sell_at_door, take_back_door_sale
from easyticket.services.shortage import SoldOut
from tests import factories
from tests.factories import actor_of

pytestmark = pytest.mark.usefixtures("db_session")

NOW = clock.now()


def sell(
    event: Event,
    quantity: int = 2,
    *,
    is_cash: bool = True,
    email: str = "",
    form: str = "one",
    actor: Actor | None = None,
) -> Order:
    line = WantedLine(event.ticket_types[0].offers[0].uuid, quantity)
    sale = DoorSale(lines=[line], is_cash=is_cash, email=email)
    actor = actor or actor_of(event.organizer)
    return sell_at_door(actor=actor, event=event, sale=sale, token=form, now=NOW)


def counts(event: Event) -> tuple[int, int]:
    quota = db.session.scalars(
        sa.select(Quota).filter_by(kind=QuotaKind.TICKET_TYPE, owner_id=event.ticket_types[0].id)
    ).one()
    return quota.held, quota.sold


def violations() -> list[str]:
    return [each.sentence for found in audit_database(Scope(NOW)) for each in found.violations]


def test_tickets_for_cash_are_good_at_once_and_their_price_is_in_no_book() -> None:
    event = factories.make_simple_event(price_minor=5_000)

    order = sell(event, 2)

    assert (order.status, order.channel, order.payment_method) == (
        OrderStatus.CONFIRMED,
        SalesChannel.DESK,
        "cash",
    )
    assert (order.subtotal_minor, order.total_minor, order.platform_fee_minor) == (10_000, 0, 0)
    assert order.cash_minor == 10_000
    assert [ticket.status for ticket in order.tickets] == [TicketStatus.ACTIVE] * 2
    assert counts(event) == (0, 2)
    assert db.session.scalar(sa.select(sa.func.count(LedgerPosting.id))) == 0
    revenue = load_revenue(Order.event_id == event.id).of(currency=event.currency)
    assert (revenue.tickets, revenue.gross_minor, revenue.net_minor) == (2, 0, 0)
    assert violations() == []


def test_what_is_given_away_takes_no_cash() -> None:
    event = factories.make_simple_event(price_minor=5_000)

    order = sell(event, 1, is_cash=False)

    assert (order.cash_minor, order.payment_method, order.total_minor) == (0, "free", 0)
    assert violations() == []


def test_a_mail_goes_out_exactly_where_there_is_an_address() -> None:
    event = factories.make_simple_event()
    sell(event, form="without")
    [mailed] = [sell(event, form="with", email=" Kofi@Example.org ")]

    keys = db.session.scalars(sa.select(OutboxJob.key).where(OutboxJob.name == "mail_order_confirmed")).all()

    assert keys == [f"order-confirmed:{mailed.id}"]
    assert mailed.buyer_email == "kofi@example.org"
    assert violations() == []


def test_a_form_sent_twice_is_one_sale() -> None:
    event = factories.make_simple_event()

    first, second = sell(event, form="same"), sell(event, form="same")
    other = sell(event, form="other")

    assert first.id == second.id != other.id
    assert counts(event) == (0, 4)


def test_the_door_sells_what_the_web_does_not_any_more_but_never_more_than_there_is() -> None:
    event = factories.make_simple_event(quantity=3)
    with transaction():
        ticket_type = event.ticket_types[0]
        ticket_type.is_active, ticket_type.max_purchase = False, 1
        ticket_type.sales_end_at = NOW - timedelta(days=1)

    sell(event, 2)
    with pytest.raises(SoldOut, match=r"Only 1 is left of “Standard”\. Choose fewer\."):
        sell(event, 2, form="more")

    assert counts(event) == (0, 2)


def test_a_day_that_is_over_is_not_sold() -> None:
    start = (NOW - timedelta(days=2)).replace(hour=10, minute=0, second=0, microsecond=0)
    event = factories.make_day_event(4, start_at=start, end_at=start + timedelta(days=3, hours=8))

    names = [each.offer.day_name for each in list_door_offers(event, NOW)]

    assert "Day 1" not in names and "All days" in names
    with pytest.raises(Invalid, match="over"):
        sell(event)


@pytest.mark.parametrize("status", [EventStatus.DRAFT, EventStatus.CANCELLED])
def test_nothing_is_sold_for_an_event_that_is_not_on(status: EventStatus) -> None:
    event = factories.make_simple_event(status=status)
    with pytest.raises(Invalid):
        sell(event)


def test_only_the_organizer_sells_and_takes_back() -> None:
    event = factories.make_simple_event()
    stranger = actor_of(factories.make_organizer())
    with pytest.raises(Forbidden):
        sell(event, actor=stranger)
    order = sell(event)
    with pytest.raises(Forbidden):
        take_back_door_sale(actor=stranger, order=order, now=NOW)


def test_a_sale_taken_back_leaves_its_places_to_others_and_no_cash_in_the_figures() -> None:
    event = factories.make_simple_event(price_minor=5_000)
    kept, order = sell(event, 1, form="kept"), sell(event, 3)

    ended = take_back_door_sale(actor=actor_of(event.organizer), order=order, now=NOW)

    assert (ended.status, ended.cash_minor) == (OrderStatus.CANCELLED, 0)
    assert {ticket.status for ticket in ended.tickets} == {TicketStatus.CANCELLED}
    assert counts(event) == (0, 1)
    totals = count_door_sales(event)
    assert (totals.orders, totals.tickets, totals.cash.minor) == (1, 1, kept.cash_minor)
    assert violations() == []
    with pytest.raises(Conflict):
        take_back_door_sale(actor=actor_of(event.organizer), order=order, now=NOW)


def test_a_sale_with_which_somebody_is_in_is_not_taken_back() -> None:
    begun = NOW - timedelta(hours=1)
    event = factories.make_simple_event(start_at=begun, end_at=begun + timedelta(hours=5))
    order, actor = sell(event), actor_of(event.organizer)
    check_in_all(actor=actor, order=order, key=order.uuid, now=NOW)

    with pytest.raises(Conflict):
        take_back_door_sale(actor=actor, order=order, now=NOW)


def test_an_order_that_was_paid_online_is_not_taken_back_as_a_door_sale() -> None:
    event = factories.make_simple_event()
    order = factories.sell_places(event.ticket_types[0].offers[0], 1)
    with pytest.raises(Conflict, match="door"):
        take_back_door_sale(actor=actor_of(event.organizer), order=order, now=NOW)


def test_who_sold_and_took_back_is_written_down() -> None:
    event = factories.make_simple_event(price_minor=5_000)
    order = sell(event, 2)
    take_back_door_sale(actor=actor_of(event.organizer), order=order, now=NOW)

    sold, ended = db.session.scalars(sa.select(Change).order_by(Change.id)).all()

    assert (sold.action, sold.after) == (
        ChangeAction.ORDER_SOLD_AT_DOOR,
        {"tickets": 2, "cash_minor": 10_000},
    )
    assert (ended.action, ended.actor_id) == (ChangeAction.ORDER_CANCELLED, event.organizer_id)
