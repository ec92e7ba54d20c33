"""Orders through the API's door: what they hold, what they refuse, who sees them, and what ends them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine

from easyticket.core import clock
from easyticket.db import db
from easyticket.models import (
    EventStatus,
    OrderStatus,
    ProviderEvent,
    Quota,
    QuotaKind,
    SalesChannel,
    User,
)
from tests import factories
from tests.api.conftest import Caller
from tests.api.ordering import (
    ORDERS,
    approve,
    body_for,
    buy,
    fields_of,
    line_for,
    make_intent,
    make_order,
    path_of,
    stored,
)
from tests.statements import counted_statements

Call = Callable[..., Caller]
pytestmark = pytest.mark.usefixtures("db_session")

LIST_KEYS = set(
    "id order_number event event_name status total_amount currency total_tickets is_paid is_expired created_at "
    "expires_at".split()
)
KEYS = LIST_KEYS | set(
    "user event_image event_location event_date subtotal service_fee discount_amount refunded_amount payment_method "
    "payment_id paid_at buyer_email buyer_phone buyer_name promo_code notes cancellation_reason cancelled_at items "
    "tickets updated_at".split()
)
LINE_KEYS = set(
    "id ticket_type ticket_tier day_pass day_tier_price quantity unit_price subtotal ticket_name tier_name day_name "
    "full_ticket_name created_at".split()
)


@pytest.fixture
def buyer() -> User:
    return factories.make_user(email="ama@example.org", first_name="Ama", last_name="Owusu")


@pytest.fixture
def caller(call: Call, buyer: User) -> Caller:
    return call(buyer)


class TestMaking:
    def test_an_order_holds_its_tickets_with_the_fee_in_the_total(self, caller: Caller, buyer: User) -> None:
        event = factories.make_simple_event(title="Night of Drums", price_minor=2_000, quantity=5)
        answer = caller.post(ORDERS, body_for(event, quantity=2, buyer_phone="+233241234567890123"))
        assert answer.status_code == 201
        order = answer.json
        assert set(order) == KEYS
        assert set(order["items"][0]) == LINE_KEYS
        told = {
            "event": str(event.uuid),
            "event_name": "Night of Drums",
            "event_location": "Accra",
            "event_image": None,
            "user": str(buyer.uuid),
            "status": "pending",
            "subtotal": "40.00",
            "service_fee": "2.00",
            "discount_amount": "0.00",
            "refunded_amount": "0.00",
            "total_amount": "42.00",
            "currency": "GHS",
            "payment_method": "pending",
            "payment_id": "",
            "paid_at": None,
            "buyer_email": "ama@example.org",
            "buyer_name": "Ama Owusu",
            "buyer_phone": "+233241234567890123",
            "promo_code": "",
            "notes": "",
            "cancellation_reason": "",
            "cancelled_at": None,
            "tickets": [],
            "total_tickets": 2,
            "is_paid": False,
            "is_expired": False,
        }
        assert {name: order[name] for name in told} == told
        assert order["order_number"].startswith("OE-") and len(order["order_number"]) <= 20
        row = stored(order)
        assert (row.channel, row.expires_at - row.created_at) == (SalesChannel.API, timedelta(minutes=15))
        quota = db.session.query(Quota).filter_by(kind=QuotaKind.EVENT, owner_id=event.id).one()
        assert (quota.held, quota.sold) == (2, 0)

    @pytest.mark.parametrize(
        ("make", "names"),
        [
            (factories.make_tiered_event, "Seat - Regular"),
            (factories.make_day_event, "Festival pass - Day 1"),
            (factories.make_grid_event, "Pass - Regular - Day 1"),
        ],
    )
    def test_each_pricing_type_is_ordered_by_its_own_id(
        self, caller: Caller, make: Callable[[], Any], names: str
    ) -> None:
        event = make()
        offer = event.ticket_types[0].offers[0]
        wanted = line_for(offer, 2)
        [line] = caller.post(ORDERS, body_for(event, wanted)).json["items"]
        assert line["full_ticket_name"] == names
        named = {name: line[name] for name in ("ticket_tier", "day_pass", "day_tier_price") if line[name]}
        assert named == {
            name.removesuffix("_id"): value for name, value in wanted.items() if value == str(offer.uuid)
        }

    def test_prices_status_and_owner_in_the_body_are_ignored(self, caller: Caller, buyer: User) -> None:
        event = factories.make_simple_event(price_minor=2_000)
        line = line_for(event.ticket_types[0].offers[0]) | {"unit_price": "0.01", "subtotal": "0.01"}
        order = caller.post(
            ORDERS,
            body_for(
                event,
                line,
                status="confirmed",
                total_amount="0.01",
                user=str(UUID(int=1)),
                is_paid=True,
                payment_id="mine",
                order_number="OE-1",
                expires_at="2099-01-01T00:00:00Z",
            ),
        ).json
        assert (order["status"], order["total_amount"], order["user"]) == (
            "pending",
            "21.00",
            str(buyer.uuid),
        )
        assert (order["payment_id"], order["is_paid"]) == ("", False)

    def test_the_same_twice_is_added_up(self, caller: Caller) -> None:
        event = factories.make_simple_event()
        offer = event.ticket_types[0].offers[0]
        order = caller.post(ORDERS, body_for(event, line_for(offer, 1), line_for(offer, 2))).json
        assert [line["quantity"] for line in order["items"]] == [3]

    def test_a_free_order_is_confirmed_with_tickets(self, caller: Caller) -> None:
        order = make_order(caller, factories.make_simple_event(price_minor=0), 2)
        assert (order["status"], order["is_paid"], order["total_amount"]) == ("confirmed", True, "0.00")
        assert len(order["tickets"]) == 2
        assert order["payment_method"] == "pending"

    def test_a_promo_code_takes_its_share(self, caller: Caller) -> None:
        event = factories.make_simple_event(price_minor=10_000)
        factories.make_promo_code(event, "EARLY10")
        order = caller.post(ORDERS, body_for(event, promo_code="early10", notes="At the front")).json
        assert (order["discount_amount"], order["service_fee"], order["total_amount"]) == (
            "10.00",
            "4.50",
            "94.50",
        )
        assert (order["promo_code"], order["notes"]) == ("EARLY10", "At the front")

    def test_a_form_makes_an_order_too(self, caller: Caller) -> None:
        event = factories.make_simple_event()
        form = {
            "event": str(event.uuid),
            "items[0]ticket_type_id": str(event.ticket_types[0].uuid),
            "items[0]quantity": "2",
        }
        answer = caller.post(ORDERS, data=form)
        assert (answer.status_code, answer.json["total_tickets"]) == (201, 2)


class TestRefusing:
    def test_what_is_missing_is_named(self, caller: Caller) -> None:
        required = ["This field is required."]
        assert fields_of(caller.post(ORDERS, {})) == {"event": required, "items": required}
        event = factories.make_simple_event()
        assert fields_of(caller.post(ORDERS, body_for(event, {}))) == {
            "items.0.ticket_type_id": required,
            "items.0.quantity": required,
        }
        empty = caller.post(ORDERS, {"event": str(event.uuid), "items": []})
        assert empty.json["error"] == "Order must have at least one item"

    @pytest.mark.parametrize("quantity", [0, -1])
    def test_a_quantity_is_one_at_least(self, caller: Caller, quantity: int) -> None:
        event = factories.make_simple_event()
        assert fields_of(caller.post(ORDERS, body_for(event, quantity=quantity))) == {
            "items.0.quantity": ["Ensure this value is greater than or equal to 1."]
        }

    @pytest.mark.parametrize("quantity", ["many", 1.5, None, True, 10**30])
    def test_a_quantity_is_a_whole_number(self, caller: Caller, quantity: object) -> None:
        event = factories.make_simple_event()
        line = line_for(event.ticket_types[0].offers[0]) | {"quantity": quantity}
        assert list(fields_of(caller.post(ORDERS, body_for(event, line)))) == ["items.0.quantity"]

    def test_another_events_ticket_type_is_not_found(self, caller: Caller) -> None:
        event, other = factories.make_simple_event(), factories.make_simple_event()
        foreign = line_for(other.ticket_types[0].offers[0])
        answer = caller.post(ORDERS, body_for(event, foreign))
        assert fields_of(answer) == {"items.0.ticket_type_id": ["Ticket type not found"]}
        assert answer.json["error"] == "Ticket type not found"

    def test_a_tier_that_is_missing_foreign_or_out_of_place_is_refused(self, caller: Caller) -> None:
        tiered, other = factories.make_tiered_event(), factories.make_tiered_event()
        line = {"ticket_type_id": str(tiered.ticket_types[0].uuid), "quantity": 1}
        foreign = {"ticket_tier_id": str(other.ticket_types[0].offers[0].uuid)}
        for more, sentence in (
            ({}, "Ticket tier is required for this ticket type"),
            ({"ticket_tier_id": None}, "Ticket tier is required for this ticket type"),
            (foreign, "Invalid ticket tier"),
        ):
            wrong = fields_of(caller.post(ORDERS, body_for(tiered, line | more)))
            assert wrong == {"items.0.ticket_tier_id": [sentence]}
        simple = factories.make_simple_event()
        out_of_place = line_for(simple.ticket_types[0].offers[0]) | foreign
        assert fields_of(caller.post(ORDERS, body_for(simple, out_of_place))) == {
            "items.0.ticket_tier_id": ["This ticket type does not use tiers or day passes"]
        }

    def test_limits_of_a_purchase_hold_over_several_lines(self, caller: Caller) -> None:
        event = factories.make_event()
        offer = factories.make_ticket_type(event, name="Table", min_purchase=2, max_purchase=4).offers[0]
        few = caller.post(ORDERS, body_for(event, line_for(offer, 1)))
        assert few.json["error"] == "At least 2 tickets of 'Table' must be bought together"
        many = caller.post(ORDERS, body_for(event, line_for(offer, 3), line_for(offer, 2)))
        assert many.json["error"] == "At most 4 tickets of 'Table' can be bought at once"

    def test_nothing_is_sold_outside_its_window(self, caller: Caller) -> None:
        now = clock.now()
        event = factories.make_event()
        later = factories.make_ticket_type(event, name="Later", sales_start_at=now + timedelta(hours=1))
        over = factories.make_ticket_type(event, name="Early", sales_end_at=now - timedelta(hours=1))
        for ticket_type in (later, over):
            answer = caller.post(ORDERS, body_for(event, line_for(ticket_type.offers[0])))
            assert answer.json["error"] == f"Ticket '{ticket_type.name}' is not currently on sale"

    def test_a_tiers_own_window_counts(self, caller: Caller) -> None:
        event = factories.make_tiered_event()
        ticket_type = event.ticket_types[0]
        closed = factories.make_offer(
            ticket_type,
            kind=ticket_type.offers[0].kind,
            tier_number=9,
            tier_name="Early bird",
            sales_end_at=clock.now() - timedelta(hours=1),
        )
        answer = caller.post(ORDERS, body_for(event, line_for(closed)))
        assert answer.json["error"] == "Ticket 'Seat - Early bird' is not currently on sale"

    def test_what_is_left_is_said(self, caller: Caller) -> None:
        event = factories.make_simple_event(quantity=3)
        answer = caller.post(ORDERS, body_for(event, quantity=4))
        assert answer.json["error"] == "Only 3 tickets available for 'Standard'"
        assert answer.json["field_errors"] == {"items": ["Only 3 tickets available for 'Standard'"]}
        gold = factories.make_tiered_event(tiers=[("Gold", 9_000, 2)])
        tier = gold.ticket_types[0].offers[0]
        assert caller.post(ORDERS, body_for(gold, line_for(tier, 3))).json["error"] == (
            "Only 2 tickets available for tier 'Gold'"
        )

    def test_the_events_capacity_holds_over_all_types(self, caller: Caller) -> None:
        event = factories.make_event(total_capacity=5, title="Small Hall")
        one = factories.make_ticket_type(event, name="One").offers[0]
        other = factories.make_ticket_type(event, name="Other").offers[0]
        assert caller.post(ORDERS, body_for(event, line_for(one, 3))).status_code == 201
        answer = caller.post(ORDERS, body_for(event, line_for(other, 3)))
        assert (answer.status_code, answer.json["error"]) == (
            400,
            "Only 2 tickets available for 'Small Hall'",
        )

    def test_an_event_that_is_no_draft_sells(self, caller: Caller) -> None:
        draft = factories.make_simple_event(status=EventStatus.DRAFT)
        assert fields_of(caller.post(ORDERS, body_for(draft))) == {
            "event": ["Cannot create order for unpublished event"]
        }
        unknown = body_for(draft) | {"event": str(UUID(int=9))}
        assert fields_of(caller.post(ORDERS, unknown)) == {
            "event": [f'Invalid pk "{UUID(int=9)}" - object does not exist.']
        }
        nonsense = body_for(draft) | {"event": "9"}
        assert fields_of(caller.post(ORDERS, nonsense)) == {"event": ["“9” is not a valid UUID."]}

    def test_texts_have_their_lengths(self, caller: Caller) -> None:
        event = factories.make_simple_event()
        answer = caller.post(ORDERS, body_for(event, buyer_phone="1" * 21, buyer_email="ama"))
        assert fields_of(answer) == {
            "buyer_email": ["Enter a valid email address."],
            "buyer_phone": ["Ensure this field has no more than 20 characters."],
        }

    def test_nobody_orders_without_an_account(self, call: Call) -> None:
        assert call().post(ORDERS, body_for(factories.make_simple_event())).status_code == 401

    def test_places_held_by_an_order_that_ran_out_are_sold_again(self, call: Call, buyer: User) -> None:
        event = factories.make_simple_event(quantity=1)
        first = make_order(call(buyer), event)
        with time_machine.travel(clock.now() + timedelta(minutes=16), tick=False):
            assert make_order(call(buyer), event)["status"] == "pending"
            assert stored(first).status is OrderStatus.FAILED


class TestReading:
    def test_a_list_has_its_twelve_keys_the_newest_first(self, caller: Caller, buyer: User) -> None:
        event = factories.make_simple_event()
        numbers = [make_order(caller, event)["order_number"] for _ in range(2)]
        factories.make_order(event, user=factories.make_user())
        answer = caller.get(ORDERS).json
        assert set(answer) == {"count", "next", "previous", "results"}
        assert [row["order_number"] for row in answer["results"]] == numbers[::-1]
        assert set(answer["results"][0]) == LIST_KEYS

    def test_the_people_who_run_the_site_see_everybodys(self, call: Call, caller: Caller) -> None:
        event = factories.make_simple_event()
        mine = make_order(caller, event)
        staff = call(factories.make_staff())
        assert [row["id"] for row in staff.get(ORDERS).json["results"]] == [mine["id"]]
        assert [row["id"] for row in staff.get(f"{ORDERS}pending/").json] == [mine["id"]]
        assert staff.get(path_of(mine)).json["id"] == mine["id"]

    def test_somebody_elses_order_is_not_found(self, call: Call, caller: Caller) -> None:
        event = factories.make_simple_event()
        order = make_order(caller, event)
        for stranger in (call(factories.make_user()), call(event.organizer)):
            for method, action in (
                ("GET", ""),
                ("POST", "cancel"),
                ("POST", "confirm_payment"),
                ("POST", "create-payment-intent"),
                ("GET", "payment-status"),
                ("POST", "refund"),
            ):
                answer = stranger(method, path_of(order, action))
                assert answer.status_code == 404, action
                assert answer.json["error"] == "No Order matches the given query."

    def test_an_id_that_is_none_is_not_found(self, caller: Caller) -> None:
        answer = caller.get(f"{ORDERS}42/")
        assert (answer.status_code, answer.json["code"]) == (404, "not_found")

    @pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
    def test_an_order_is_not_written_over(self, caller: Caller, method: str) -> None:
        order = make_order(caller, factories.make_simple_event())
        answer = caller(method, path_of(order), json={"status": "confirmed", "total_amount": "0.00"})
        assert answer.status_code == 405
        assert answer.json["error"] == f'Method "{method}" not allowed.'
        assert stored(order).status is OrderStatus.PENDING

    def test_an_order_that_ran_out_reads_as_failed_before_anybody_ends_it(
        self, call: Call, buyer: User
    ) -> None:
        event = factories.make_simple_event()
        factories.make_order(event, user=buyer, expires_at=clock.now() - timedelta(seconds=1))
        caller = call(buyer)
        [row] = caller.get(ORDERS).json["results"]
        assert (row["status"], row["is_expired"], row["is_paid"]) == ("failed", True, False)
        assert caller.get(path_of(row)).json["status"] == "failed"
        assert caller.get(f"{ORDERS}pending/").json == []

    def test_pending_and_confirmed_are_plain_arrays(self, caller: Caller) -> None:
        event = factories.make_simple_event()
        waiting, paid = make_order(caller, event), buy(caller, event)
        pending = caller.get(f"{ORDERS}pending/")
        assert [row["id"] for row in pending.json] == [waiting["id"]]
        assert set(pending.json[0]) == LIST_KEYS
        assert pending.headers["X-Total-Count"] == "1"
        confirmed = caller.get(f"{ORDERS}confirmed/", query_string={"page_size": 1})
        assert [row["id"] for row in confirmed.json] == [paid["id"]]

    def test_the_lines_of_paid_orders_are_what_was_bought(self, call: Call, caller: Caller) -> None:
        event = factories.make_simple_event()
        make_order(caller, event)
        paid = buy(caller, event, 2)
        [line] = caller.get(f"{ORDERS}my_tickets/").json
        assert set(line) == LINE_KEYS | {"order"}
        assert (line["order"], line["quantity"]) == (paid["id"], 2)
        assert call(factories.make_staff()).get(f"{ORDERS}my_tickets/").json == []

    def test_an_accounts_orders_in_numbers(self, call: Call, caller: Caller, buyer: User) -> None:
        event = factories.make_simple_event(price_minor=2_000)
        buy(caller, event, 2)
        make_order(caller, event)
        caller.post(path_of(make_order(caller, event), "cancel"))
        factories.make_order(event, user=buyer, expires_at=clock.now() - timedelta(seconds=1))
        assert caller.get(f"{ORDERS}stats/").json == {
            "total_orders": 4,
            "pending_orders": 1,
            "confirmed_orders": 1,
            "cancelled_orders": 1,
            "total_spent": "42.00",
            "total_tickets": 2,
            "upcoming_events": 1,
            "currency": "GHS",
            "spent_by_currency": {"GHS": "42.00"},
        }
        nothing = call(factories.make_user()).get(f"{ORDERS}stats/").json
        assert (nothing["total_orders"], nothing["total_spent"]) == (0, "0.00")

    def test_money_of_different_currencies_is_not_added_up(self, caller: Caller, buyer: User) -> None:
        for currency, price_minor in (("GHS", 2_000), ("JPY", 500), ("GHS", 1_000)):
            event = factories.make_simple_event(price_minor=price_minor, currency=currency)
            factories.make_order(event, user=buyer, status=OrderStatus.CONFIRMED)
        stats = caller.get(f"{ORDERS}stats/").json
        assert (stats["total_spent"], stats["currency"]) == ("31.50", "GHS")
        assert stats["spent_by_currency"] == {"GHS": "31.50", "JPY": "525"}

    @pytest.mark.parametrize("path", ["", "pending/", "confirmed/", "my_tickets/"])
    def test_lists_ask_as_much_for_many_rows_as_for_one(self, call: Call, buyer: User, path: str) -> None:
        event = factories.make_day_event()
        offers = [(offer, 1) for offer in event.ticket_types[0].offers[:2]]
        status = OrderStatus.PENDING if path == "pending/" else OrderStatus.CONFIRMED
        caller, asked = call(buyer), []
        for count in (1, 49):
            for _ in range(count):
                factories.make_order(event, offers, user=buyer, status=status)
            with counted_statements() as statements:
                assert caller.get(f"{ORDERS}{path}", query_string={"page_size": 50}).status_code == 200
            asked.append(len(statements))
        assert asked[0] == asked[1]

    def test_an_order_of_many_tickets_asks_as_much_as_one_of_few(self, caller: Caller) -> None:
        asked = []
        for quantity in (1, 10):
            order = buy(caller, factories.make_simple_event(), quantity)
            with counted_statements() as statements:
                assert len(caller.get(path_of(order)).json["tickets"]) == quantity
            asked.append(len(statements))
        assert asked[0] == asked[1]


class TestCancelling:
    def test_an_unpaid_order_gives_its_tickets_back(self, caller: Caller) -> None:
        event = factories.make_simple_event(quantity=2)
        order = make_order(caller, event, 2)
        answer = caller.post(path_of(order, "cancel"), {"reason": "Changed my mind"})
        assert answer.status_code == 200
        assert set(answer.json) == KEYS | {"message", "order"}
        assert answer.json["message"] == "Order cancelled successfully"
        for told in (answer.json, answer.json["order"]):
            assert (told["status"], told["cancellation_reason"]) == ("cancelled", "Changed my mind")
            assert told["cancelled_at"] is not None
        assert make_order(caller, event, 2)["status"] == "pending"

    def test_it_needs_no_reason_and_no_body(self, caller: Caller) -> None:
        order = make_order(caller, factories.make_simple_event())
        assert caller.post(path_of(order, "cancel")).status_code == 200
        again = caller.post(path_of(order, "cancel"), {})
        assert (again.status_code, again.json["error"]) == (400, "Order is already cancelled")

    def test_a_paid_order_is_refunded_instead(self, caller: Caller) -> None:
        order = buy(caller, factories.make_simple_event())
        answer = caller.post(path_of(order, "cancel"), {})
        assert (answer.status_code, answer.json["error"]) == (
            400,
            "Cannot cancel confirmed order. Please request a refund instead.",
        )
        assert stored(order).status is OrderStatus.CONFIRMED

    def test_a_reason_has_500_characters_at_most(self, caller: Caller) -> None:
        order = make_order(caller, factories.make_simple_event())
        assert list(fields_of(caller.post(path_of(order, "cancel"), {"reason": "x" * 501}))) == ["reason"]

    def test_the_people_who_run_the_site_may(self, call: Call, caller: Caller) -> None:
        order = make_order(caller, factories.make_simple_event())
        assert call(factories.make_staff()).post(path_of(order, "cancel")).status_code == 200


class TestConfirmingByHand:
    SAID = {"payment_id": "test-payment-id", "payment_method": "paypal"}

    def test_the_sandbox_pays_and_the_clients_word_is_only_noted(self, caller: Caller) -> None:
        order = make_order(caller, factories.make_simple_event(), 2)
        answer = caller.post(path_of(order, "confirm_payment"), self.SAID)
        assert answer.status_code == 200, answer.text
        assert set(answer.json) == KEYS | {"message", "warning", "order"}
        assert answer.json["message"] == "Payment confirmed successfully"
        assert answer.json["warning"] == "This endpoint is deprecated. Use Stripe webhooks in production."
        for told in (answer.json, answer.json["order"]):
            assert (told["status"], told["is_paid"], len(told["tickets"])) == ("confirmed", True, 2)
            assert told["payment_id"].startswith("sbx_") and told["payment_method"] == "card"
        [note] = db.session.query(ProviderEvent).filter_by(kind="confirm_payment")
        assert "test-payment-id" in note.body

    def test_it_goes_on_with_the_intent_that_is_open(self, caller: Caller) -> None:
        order = make_order(caller, factories.make_simple_event())
        intent = make_intent(caller, order)
        confirmed = caller.post(path_of(order, "confirm_payment"), self.SAID).json
        assert confirmed["payment_id"] == intent["payment_intent_id"]

    def test_what_was_paid_on_the_page_meanwhile_is_confirmed_by_it(self, caller: Caller) -> None:
        order = make_order(caller, factories.make_simple_event())
        approve(make_intent(caller, order))
        assert caller.post(path_of(order, "confirm_payment"), self.SAID).json["status"] == "confirmed"
        assert len(stored(order).payments) == 1

    def test_only_an_order_that_waits_is_confirmed(self, caller: Caller, buyer: User) -> None:
        event = factories.make_simple_event()
        late = factories.make_order(event, user=buyer, expires_at=clock.now() - timedelta(seconds=1))
        gone = make_order(caller, event)
        caller.post(path_of(gone, "cancel"))
        for order, sentence in (
            (buy(caller, event), "Order is already confirmed"),
            (gone, "Cannot confirm cancelled order"),
            ({"id": late.uuid}, "Order has expired"),
        ):
            answer = caller.post(path_of(order, "confirm_payment"), self.SAID)
            assert (answer.status_code, answer.json["error"]) == (400, sentence)

    def test_both_fields_are_needed_and_the_method_is_one_of_a_few(self, caller: Caller) -> None:
        order = make_order(caller, factories.make_simple_event())
        path = path_of(order, "confirm_payment")
        assert sorted(fields_of(caller.post(path, {}))) == ["payment_id", "payment_method"]
        assert fields_of(caller.post(path, {"payment_id": "x", "payment_method": "shells"})) == {
            "payment_method": ['"shells" is not a valid choice.']
        }
        assert fields_of(caller.post(path, self.SAID | {"payment_id": "x" * 256})) == {
            "payment_id": ["Ensure this field has no more than 255 characters."]
        }

    def test_administrators_do_not_pay_for_others(self, call: Call, caller: Caller) -> None:
        order = make_order(caller, factories.make_simple_event())
        answer = call(factories.make_staff()).post(path_of(order, "confirm_payment"), self.SAID)
        assert answer.status_code == 403

    def test_a_site_that_takes_real_money_refuses(
        self, app: Any, caller: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        order = make_order(caller, factories.make_simple_event())
        settings = replace(app.config["SETTINGS"], sandbox_payments=False)
        monkeypatch.setitem(app.config, "SETTINGS", settings)
        assert caller.post(path_of(order, "confirm_payment"), self.SAID).status_code == 403
        assert stored(order).status is OrderStatus.PENDING


class TestCleaningUp:
    def test_an_administrator_ends_what_ran_out(self, call: Call, buyer: User) -> None:
        event = factories.make_simple_event()
        for _ in range(2):
            factories.make_order(event, user=buyer, expires_at=clock.now() - timedelta(seconds=1))
        factories.make_order(event, user=buyer)
        answer = call(factories.make_staff()).post(f"{ORDERS}cleanup_expired/")
        assert (answer.status_code, answer.json) == (
            200,
            {"message": "2 expired orders marked as failed", "count": 2},
        )

    def test_nobody_else_may(self, call: Call) -> None:
        for user in (factories.make_user(), factories.make_organizer()):
            answer = call(user).post(f"{ORDERS}cleanup_expired/")
            assert (answer.status_code, answer.json["error"]) == (
                403,
                "Only administrators can trigger order cleanup.",
            )
