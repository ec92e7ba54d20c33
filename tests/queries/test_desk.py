"""The desk's first screens: what they count is what was sold, what they ask for is there, and strangers' sales are not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from easyticket import queries
from easyticket.core import clock
from easyticket.core.errors import Forbidden
from easyticket.core.ids import random_code
from easyticket.core.money import Money
from easyticket.db import db, transaction
from easyticket.models import (
    Dispute,
    DisputeState,
    Event,
    EventStatus,
    Order,
    OrderStatus,
    Payment,
    PaymentState,
    Refund,
    RefundState,
    SalesChannel,
    User,
)
from easyticket.queries.desk import Desk, EventDesk, get_desk, get_event_desk
from easyticket.queries.desk_sales import find_pace, load_sales_by_day, read_pulse
from easyticket.queries.desk_scope import all_events_of, one_event
from easyticket.queries.organizer import get_own_event
from easyticket.services import ledger
from easyticket.web.views.desk import desk_page
from tests import factories
from tests.statements import counted_statements

pytestmark = pytest.mark.usefixtures("db_session")

DAY = timedelta(days=1)


def desk_of(organizer: User) -> Desk:
    return get_desk(factories.actor_of(organizer), clock.now())


def desk_of_event(event: Event) -> EventDesk:
    actor = factories.actor_of(event.organizer)
    return get_event_desk(actor, get_own_event(actor, event.slug), clock.now())


def sell(event: Event, quantity: int = 1, *, days_ago: int = 0, **fields: Any) -> Order:
    """Sell tickets of the event's first offer at 50.00 and 5 % on top, and post it as a sale is posted."""
    sold_at = clock.now() - days_ago * DAY
    order = factories.make_order(
        event,
        [(event.ticket_types[0].offers[0], quantity)],
        status=OrderStatus.CONFIRMED,
        confirmed_at=sold_at,
        **fields,
    )
    if order.channel is not SalesChannel.DESK:
        ledger.post_fulfilment(order, sold_at)
    return order


def pay(order: Order) -> Payment:
    payment = Payment(
        order_id=order.id,
        attempt=1,
        provider="sandbox",
        reference=random_code(26),
        amount_minor=order.total_minor,
        captured_minor=order.total_minor,
        currency=order.currency,
        state=PaymentState.PAID,
    )
    with transaction() as session:
        session.add(payment)
    return payment


def give_back(order: Order, *, state: RefundState = RefundState.REQUESTED) -> Refund:
    refund = Refund(
        order_id=order.id,
        payment_id=pay(order).id,
        amount_minor=order.total_minor,
        currency=order.currency,
        source="organizer",
        state=state,
    )
    with transaction() as session:
        session.add(refund)
        session.flush()
        if state is not RefundState.FAILED:
            ledger.post_refund_requested(refund, clock.now(), fulfilled=True)
    return refund


def kinds(desk: Desk | EventDesk) -> list[str]:
    return [task.kind.value for task in desk.tasks]


class TestSalesByDay:
    def test_tickets_stand_on_the_day_they_were_paid_by_the_clocks_of_the_event(self) -> None:
        event = factories.make_simple_event(time_zone="Asia/Tokyo")
        sell(event, 2)
        sell(event, 3, days_ago=4)
        sell(event, 9, days_ago=31)
        scope = one_event(factories.actor_of(event.organizer), event)
        sales = load_sales_by_day(scope, clock.now())
        assert len(sales.days) == 30
        assert sales.tickets == {sales.days[-1]: 2, sales.days[-5]: 3}
        assert sales.sold[sales.days[-5]].amounts == {"GHS": Money(15_000, "GHS")}

    def test_days_of_an_event_end_with_the_event(self) -> None:
        event = factories.make_simple_event(start_at=clock.now() - 50 * DAY)
        sell(event, days_ago=51)
        scope = one_event(factories.actor_of(event.organizer), event)
        assert sum(load_sales_by_day(scope, clock.now()).tickets.values()) == 1

    def test_cash_at_the_door_counts_as_tickets_and_stands_apart_as_money(self) -> None:
        event = factories.make_simple_event()
        sell(event, 2, channel=SalesChannel.DESK)
        desk = desk_of(event.organizer)
        [day] = desk.sales.sold.values()
        assert (day.tickets, day.amounts, day.at_the_door) == (2, {}, {"GHS": Money(10_000, "GHS")})
        [card] = desk.money
        assert (card.sold_minor, card.at_the_door_minor, card.difference_minor) == (0, 10_500, 0)


class TestPace:
    def test_it_is_told_beside_the_last_event_at_the_same_distance(self) -> None:
        event = factories.make_simple_event(start_at=clock.now() + 10 * DAY)
        last = factories.make_simple_event(organizer=event.organizer, start_at=clock.now() - 20 * DAY)
        older = factories.make_simple_event(organizer=event.organizer, start_at=clock.now() - 60 * DAY)
        factories.make_simple_event(organizer=event.organizer, start_at=clock.now() - 5 * DAY)
        sell(older, days_ago=70)
        sell(event, 4)
        # Ten days before the last one began was thirty days ago.
        sell(last, 3, days_ago=31)
        sell(last, 2, days_ago=29)
        pace = find_pace(event, clock.now())
        assert pace is not None
        assert (pace.other.id, pace.sold, pace.other_sold, pace.other_total) == (last.id, 4, 3, 5)

    def test_the_first_event_stands_alone(self) -> None:
        event = factories.make_simple_event()
        stranger = factories.make_simple_event(start_at=clock.now() - 20 * DAY)
        sell(stranger, days_ago=30)
        assert find_pace(event, clock.now()) is None


class TestMoney:
    def test_sold_less_what_went_back_and_fees_is_what_is_there(self) -> None:
        event = factories.make_simple_event()
        sell(event, 3)
        give_back(sell(event, 1))
        [card] = desk_of(event.organizer).money
        assert (card.sold_minor, card.returned_minor, card.fees_minor) == (21_000, 5_250, 750)
        assert card.balance is not None
        assert (card.earned_minor, card.balance.pending_minor, card.difference_minor) == (15_000, 15_000, 0)
        [of_event] = desk_of_event(event).money
        assert (of_event.earned_minor, of_event.balance, of_event.difference_minor) == (15_000, None, 0)

    def test_a_sale_that_was_never_posted_shows_as_a_difference(self) -> None:
        event = factories.make_simple_event()
        factories.sell_places(event.ticket_types[0].offers[0], 1)
        assert [card.difference_minor for card in desk_of_event(event).money] == [5_250]

    def test_currencies_are_never_added(self) -> None:
        event = factories.make_simple_event()
        other = factories.make_simple_event(organizer=event.organizer, currency="EUR")
        sell(event)
        sell(other, 2)
        desk = desk_of(event.organizer)
        assert [(card.currency, card.sold_minor) for card in desk.money] == [("EUR", 10_500), ("GHS", 5_250)]
        assert desk.earned == [Money(10_000, "EUR"), Money(5_000, "GHS")]

    def test_the_currency_of_most_orders_comes_first_whatever_its_units_are_worth(self) -> None:
        event = factories.make_simple_event()
        other = factories.make_simple_event(organizer=event.organizer, currency="EUR", price_minor=900_000)
        sell(event)
        sell(other, 2)
        sell(event)
        assert [card.currency for card in desk_of(event.organizer).money] == ["GHS", "EUR"]


class TestTasks:
    def test_money_that_did_not_go_back_is_told_until_it_was_sent_again(self) -> None:
        event = factories.make_simple_event()
        refund = give_back(sell(event), state=RefundState.FAILED)
        [task] = [each for each in desk_of_event(event).tasks if each.kind == "refund_failed"]
        assert (task.order_number, task.amount) == (refund.order.number, Money(5_250, "GHS"))
        with transaction() as session:
            again = Refund(
                order_id=refund.order_id,
                payment_id=refund.payment_id,
                amount_minor=refund.amount_minor,
                currency="GHS",
                source="organizer",
                state=RefundState.SUCCEEDED,
            )
            session.add(again)
        db.session.expire_all()
        assert "refund_failed" not in kinds(desk_of_event(event))

    def test_a_dispute_names_the_day_it_has_to_be_answered_by(self) -> None:
        event = factories.make_simple_event()
        order, due_at = sell(event), clock.now() + 5 * DAY
        payment = pay(order)
        values = {"order_id": order.id, "payment_id": payment.id, "amount_minor": 5_250, "currency": "GHS"}
        with transaction() as session:
            for number, state in enumerate((DisputeState.OPEN, DisputeState.WON)):
                session.add(Dispute(provider_ref=f"d{number}", state=state, due_at=due_at, **values))
        [task] = [each for each in desk_of(event.organizer).tasks if each.kind == "dispute"]
        assert (task.due_at, task.event) == (due_at, event)

    def test_drafts_and_quiet_sales_of_all_events_stand_in_one_list(self) -> None:
        organizer = factories.make_organizer()
        factories.make_simple_event(organizer=organizer, status=EventStatus.DRAFT)
        factories.make_event(organizer=organizer, status=EventStatus.DRAFT)
        factories.make_simple_event(organizer=organizer, start_at=clock.now() + 3 * DAY)
        factories.make_simple_event(status=EventStatus.DRAFT)
        found = ["add_account", "nothing_sold", "publish_draft", "finish_draft"]
        assert kinds(desk_of(organizer)) == found

    def test_nobody_looks_at_the_sales_of_others(self) -> None:
        event = factories.make_simple_event()
        sell(event)
        stranger = factories.make_organizer()
        with pytest.raises(Forbidden):
            get_event_desk(factories.actor_of(stranger), event, clock.now())
        desk = desk_of(stranger)
        assert (desk.has_events, desk.selling, desk.money, desk.sales.sold) == (False, [], [], {})


class TestMuchOfIt:
    def test_many_events_and_orders_take_as_many_statements_as_one(self) -> None:
        organizer = factories.make_organizer()
        give_back(sell(factories.make_simple_event(organizer=organizer)), state=RefundState.FAILED)
        with counted_statements() as for_one:
            desk_of(organizer)
        for _ in range(12):
            event = factories.make_simple_event(organizer=organizer)
            sell(event, 2)
            give_back(sell(event), state=RefundState.FAILED)
        with counted_statements() as for_many:
            desk_of(organizer)
        assert len(for_many) == len(for_one)

    def test_where_only_the_soonest_events_are_looked_at_it_is_said(
        self, app: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for module in (queries.desk, queries.desk_tasks):
            monkeypatch.setattr(module, "MOST_EVENTS", 2)
        organizer = factories.make_organizer()
        factories.make_simple_event(organizer=organizer)
        later = factories.make_simple_event(organizer=organizer, start_at=clock.now() + 60 * DAY)
        assert (desk_of(organizer).most_events, len(desk_of(organizer).selling)) == (0, 2)
        factories.make_simple_event(organizer=organizer)
        desk = desk_of(organizer)
        assert desk.most_events == 2
        assert later not in [own.event for own in desk.selling]
        with app.test_request_context():
            page = desk_page(desk, factories.actor_of(organizer), clock.now())
        assert page.limit == "These are your 2 soonest events. The others join them as they come nearer."

    def test_one_event_takes_as_many_statements_for_many_orders_as_for_one(self) -> None:
        event = factories.make_simple_event(quantity=1_000)
        give_back(sell(event), state=RefundState.FAILED)
        with counted_statements() as for_one:
            desk_of_event(event)
        for _ in range(12):
            give_back(sell(event, 2), state=RefundState.FAILED)
        with counted_statements() as for_many:
            desk_of_event(event)
        assert len(for_many) == len(for_one)


def test_the_sign_changes_with_what_is_sold_and_held_and_with_nothing_else() -> None:
    event = factories.make_simple_event()
    scope = all_events_of(factories.actor_of(event.organizer))
    offer = event.ticket_types[0].offers[0]
    seen = [read_pulse(scope), read_pulse(scope)]
    assert seen[0] == seen[1]
    factories.hold_places(offer, 1)
    seen.append(read_pulse(scope))
    factories.sell_places(offer, 1)
    seen.append(read_pulse(scope))
    assert len(set(seen)) == 3
    factories.sell_places(factories.make_simple_event().ticket_types[0].offers[0], 1)
    assert read_pulse(scope) == seen[-1]
