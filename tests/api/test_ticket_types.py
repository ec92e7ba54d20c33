"""Ticket types through the API's door: reading, making with everything under them, changing, deleting, who may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from easyticket.core import clock
from easyticket.db import db
from easyticket.models import Event, EventStatus, Offer, PricingType, TicketType
from tests import factories
from tests.api.conftest import Caller
from tests.statements import counted_statements

Call = Callable[..., Caller]
pytestmark = pytest.mark.usefixtures("db_session")

PATH = "/api/tickets/types/"
ROW = set(
    "id event event_title event_slug name description pricing_type price min_price total_quantity quantity_sold"
    " quantity_reserved available_quantity quantity_available is_sold_out is_on_sale sales_start sales_end is_active"
    " created_at".split()
)
DETAIL = ROW | set("min_purchase max_purchase benefits updated_at tiers day_passes day_tier_prices".split())
TIER = {"tier_number": 1, "name": "Front", "price": "30.00", "quantity": 20}
BACK = {"tier_number": 2, "name": "Back", "price": "15.00", "quantity": 60}
PASS = {"day_number": 1, "name": "Friday", "price": 40, "quantity": 50}
CELL = {
    "day_number": 1,
    "day_name": "Fri",
    "tier_number": 1,
    "tier_name": "Gold",
    "price": "90.00",
    "quantity": 5,
}


def body_for(event: Event, **fields: Any) -> dict[str, Any]:
    return {"event": str(event.uuid), "name": "Floor", "total_quantity": 100, **fields}


def path_of(event: Event, number: int = 0) -> str:
    return f"{PATH}{event.ticket_types[number].uuid}/"


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.json
    rows = answer.json["results"] if isinstance(answer.json, dict) else answer.json
    return [row["name"] for row in rows]


def errors(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 400, answer.json
    assert set(answer.json) == {"error", "detail", "field_errors", "code"}
    return dict(answer.json["field_errors"])


def count_types() -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count(TicketType.id))) or 0


class TestReading:
    def test_anybody_reads_a_list_of_rows_and_one_with_everything(self, call: Call) -> None:
        event = factories.make_tiered_event(title="Night of Drums")
        factories.sell_places(event.ticket_types[0].offers[0], 3)
        factories.hold_places(event.ticket_types[0].offers[0], 2)
        listed = call().get(PATH)
        assert set(listed.json) == {"count", "next", "previous", "results"}
        [row] = listed.json["results"]
        assert set(row) == ROW
        assert (row["event"], row["event_title"]) == (str(event.uuid), "Night of Drums")
        assert (row["price"], row["min_price"], row["pricing_type"]) == (None, 50.0, "tiered")
        counts = ("quantity_sold", "quantity_reserved", "available_quantity", "quantity_available")
        assert [row[name] for name in counts] == [3, 2, 85, 85]
        assert (row["is_on_sale"], row["is_sold_out"]) == (True, False)
        detail = call().get(path_of(event))
        assert set(detail.json) == DETAIL
        assert [tier["name"] for tier in detail.json["tiers"]] == ["Regular", "Gold"]
        assert (detail.json["day_passes"], detail.json["day_tier_prices"]) == ([], [])
        assert detail.json["created_at"].endswith("Z")

    def test_a_simple_price_is_text_and_its_lowest_a_number(self, call: Call) -> None:
        event = factories.make_simple_event(price_minor=5_050)
        answer = call().get(path_of(event)).json
        assert (answer["price"], answer["min_price"]) == ("50.50", 50.5)

    @pytest.mark.parametrize("currency", ["JPY", "TND"])
    def test_money_has_the_digits_of_its_currency(self, call: Call, currency: str) -> None:
        event = factories.make_simple_event(price_minor=5_000, currency=currency)
        assert call().get(path_of(event)).json["price"] == {"JPY": "5000", "TND": "5.000"}[currency]

    def test_filters_searches_and_orders_reach_the_list(self, call: Call) -> None:
        event, other = factories.make_event(), factories.make_tiered_event()
        factories.make_ticket_type(event, name="VIP lounge", price_minor=900, quantity=5)
        factories.make_ticket_type(
            event, name="Floor", price_minor=300, quantity=7, benefits="Drink in the lounge"
        )
        factories.make_ticket_type(event, name="Off", price_minor=500, quantity=6, is_active=False)
        get = call().get
        for query, expected in {
            "": ["Seat", "VIP lounge", "Floor", "Off"],
            f"event={event.uuid}": ["VIP lounge", "Floor", "Off"],
            f"event={other.uuid}": ["Seat"],
            "pricing_type=tiered": ["Seat"],
            "is_active=False": ["Off"],
            "is_active=1": ["Seat", "VIP lounge", "Floor"],
            "is_on_sale=true": ["Seat", "VIP lounge", "Floor"],
            "is_on_sale=false": ["Off"],
            "search=LOUNGE": ["VIP lounge", "Floor"],
            "search=lounge+drink": ["Floor"],
            "search=lounge+seat": [],
            "ordering=price": ["Floor", "Off", "VIP lounge", "Seat"],
            "ordering=-price": ["VIP lounge", "Off", "Floor", "Seat"],
            "ordering=-total_quantity": ["Seat", "Floor", "Off", "VIP lounge"],
            "ordering=-created_at": ["Off", "Floor", "VIP lounge", "Seat"],
            "ordering=is_active&unknown=1": ["Seat", "VIP lounge", "Floor", "Off"],
            "event=&pricing_type=&is_active=&is_on_sale=&search=&ordering=&page=": [
                "Seat",
                "VIP lounge",
                "Floor",
                "Off",
            ],
            "page=2&page_size=3": ["Off"],
        }.items():
            assert names(get(f"{PATH}?{query}")) == expected, query

    @pytest.mark.parametrize(
        ("query", "field", "message"),
        [
            ("event=one", "event", "“one” is not a valid UUID."),
            (
                "event=00000000-0000-4000-8000-000000000000",
                "event",
                "Select a valid choice. That choice is not one of the available choices.",
            ),
            (
                "pricing_type=x",
                "pricing_type",
                "Select a valid choice. x is not one of the available choices.",
            ),
            ("is_active=maybe", "is_active", "Must be a valid boolean."),
            ("is_on_sale=maybe", "is_on_sale", "Must be a valid boolean."),
        ],
    )
    def test_a_filter_that_makes_no_sense_is_named(
        self, call: Call, query: str, field: str, message: str
    ) -> None:
        assert errors(call().get(f"{PATH}?{query}")) == {field: [message]}

    def test_there_is_no_page_past_the_end(self, call: Call) -> None:
        for page in ("2", "0", "x"):
            assert call().get(f"{PATH}?page={page}").status_code == 404

    @pytest.mark.parametrize("wrong", ["00000000-0000-4000-8000-000000000000", "1", "not-a-uuid"])
    def test_what_is_not_there_is_not_found(self, call: Call, wrong: str) -> None:
        answer = call().get(f"{PATH}{wrong}/")
        assert (answer.status_code, answer.json["code"]) == (404, "not_found")

    def test_drafts_are_shown_to_their_organizer_and_administrators_only(self, call: Call) -> None:
        event = factories.make_simple_event(status=EventStatus.DRAFT)
        by_event, own = f"{PATH}by_event/?event_id={event.uuid}", f"{PATH}?event={event.uuid}"
        for user, sees in (
            (None, False),
            (factories.make_user(), False),
            (factories.make_organizer(), False),
            (event.organizer, True),
            (factories.make_staff(), True),
        ):
            caller = call(user)
            assert caller.get(path_of(event)).status_code == (200 if sees else 404)
            assert names(caller.get(PATH)) == (["Standard"] if sees else [])
            assert names(caller.get(by_event)) == (["Standard"] if sees else [])
            assert caller.get(own).status_code == (200 if sees else 400)
            assert names(caller.get(f"{PATH}available/")) == []


class TestNamedLists:
    def test_an_events_active_types_come_as_a_plain_array(self, call: Call) -> None:
        event = factories.make_event()
        for number in range(25):
            factories.make_ticket_type(event, name=f"Type {number}", is_active=number != 3)
        answer = call().get(f"{PATH}by_event/?event_id={event.uuid}")
        assert len(answer.json) == 24
        assert "Type 3" not in names(answer)
        assert set(answer.json[0]) == ROW
        assert (answer.headers["X-Total-Count"], 'rel="last"' in answer.headers["Link"]) == ("24", True)
        assert len(call().get(f"{PATH}by_event/?event_id={event.uuid}&page=2").json) == 4

    def test_the_event_must_be_named(self, call: Call) -> None:
        for query in ("", "?event_id="):
            answer = call().get(f"{PATH}by_event/{query}")
            assert answer.status_code == 400
            assert answer.json["error"] == "event_id parameter is required"
        assert errors(call().get(f"{PATH}by_event/?event_id=7")) == {"event_id": ["“7” is not a valid UUID."]}
        assert call().get(f"{PATH}by_event/?event_id={uuid4()}").json == []

    def test_available_is_what_can_be_bought_the_soonest_event_first(self, call: Call) -> None:
        factories.make_simple_event()
        soon = factories.make_event(start_at=factories.at(clock.now().date() + timedelta(days=2)))
        factories.make_ticket_type(soon, name="Soon")
        gone = factories.make_event()
        factories.make_ticket_type(gone, name="Gone", quantity=1)
        factories.hold_places(gone.ticket_types[0].offers[0], 1)
        for status in (EventStatus.DRAFT, EventStatus.CANCELLED):
            factories.make_simple_event(status=status)
        answer = call().get(f"{PATH}available/")
        assert names(answer) == ["Soon", "Standard"]
        assert answer.headers["X-Total-Count"] == "2"
        assert names(call().get(f"{PATH}available/?page=2&page_size=1")) == ["Standard"]


class TestMaking:
    def test_a_simple_one_as_the_documents_show_it(self, call: Call) -> None:
        event = factories.make_event()
        answer = call(event.organizer).post(
            PATH,
            body_for(
                event,
                name="VIP Pass",
                pricing_type="simple",
                price=150.00,
                sales_start="2025-11-01T00:00:00Z",
                sales_end="2035-12-01T00:00:00Z",
                min_purchase=1,
                max_purchase=10,
                benefits="VIP lounge access, Meet & Greet",
            ),
        )
        assert answer.status_code == 201
        assert set(answer.json) == DETAIL
        assert (answer.json["price"], answer.json["min_price"]) == ("150.00", 150.0)
        assert (answer.json["available_quantity"], answer.json["is_on_sale"]) == (100, True)
        assert (answer.json["sales_start"], answer.json["max_purchase"]) == ("2025-11-01T00:00:00Z", 10)
        assert answer.json["benefits"] == "VIP lounge access, Meet & Greet"

    def test_tiers_are_made_with_it(self, call: Call) -> None:
        event = factories.make_event(pricing_type=PricingType.TIERED)
        answer = call(event.organizer).post(
            PATH, body_for(event, pricing_type="tiered", price=5, tiers=[TIER, BACK], day_passes=[])
        )
        assert answer.status_code == 201
        assert (answer.json["price"], answer.json["min_price"]) == (None, 15.0)
        assert [(tier["name"], tier["price"], tier["quantity"]) for tier in answer.json["tiers"]] == [
            ("Front", "30.00", 20),
            ("Back", "15.00", 60),
        ]
        assert (answer.json["available_quantity"], answer.json["quantity_available"]) == (100, 80)
        assert {tier["ticket_type"] for tier in answer.json["tiers"]} == {answer.json["id"]}

    def test_day_passes_are_made_with_it_and_one_for_all_days(self, call: Call) -> None:
        event = factories.make_event(pricing_type=PricingType.DAY_BASED)
        whole = {
            "name": "All days",
            "price": "100.00",
            "quantity": 5,
            "is_all_days": True,
            "date": "2030-01-01",
        }
        answer = call(event.organizer).post(
            PATH, body_for(event, pricing_type="day_based", day_passes=[whole, PASS])
        )
        assert answer.status_code == 201
        friday, every = answer.json["day_passes"]
        first_day = str(event.start_at.date())
        assert (friday["day_number"], friday["date"], friday["is_all_days"]) == (1, first_day, False)
        assert (every["day_number"], every["date"], every["is_all_days"]) == (None, None, True)

    def test_a_grid_is_made_with_it(self, call: Call) -> None:
        event = factories.make_event(pricing_type=PricingType.TIER_AND_DAY)
        second = {**CELL, "day_number": 2, "day_name": "Sat", "price": "95.00"}
        answer = call(event.organizer).post(
            PATH, body_for(event, pricing_type="tier_and_day", day_tier_prices=[second, CELL])
        )
        assert answer.status_code == 201
        cells = answer.json["day_tier_prices"]
        assert [(cell["day_name"], cell["tier_name"], cell["price"]) for cell in cells] == [
            ("Fri", "Gold", "90.00"),
            ("Sat", "Gold", "95.00"),
        ]

    def test_a_free_one_costs_nothing(self, call: Call) -> None:
        event = factories.make_event()
        for number, price in enumerate((0, "0.00")):
            answer = call(event.organizer).post(PATH, body_for(event, name=f"Free {number}", price=price))
            assert (answer.status_code, answer.json["price"], answer.json["min_price"]) == (201, "0.00", 0.0)

    def test_the_pricing_type_is_the_events_where_it_is_left_out(self, call: Call) -> None:
        event = factories.make_event(pricing_type=PricingType.TIERED)
        answer = call(event.organizer).post(PATH, body_for(event))
        assert (answer.status_code, answer.json["pricing_type"]) == (201, "tiered")

    def test_times_without_an_offset_are_the_events(self, call: Call) -> None:
        event = factories.make_event(time_zone="America/New_York")
        answer = call(event.organizer).post(PATH, body_for(event, price=1, sales_start="2030-01-10T10:00:00"))
        assert answer.json["sales_start"] == "2030-01-10T15:00:00Z"

    def test_a_form_is_as_good_as_json(self, call: Call) -> None:
        event = factories.make_event()
        answer = call(event.organizer)("POST", PATH, data=body_for(event, price="12.50", is_active="false"))
        assert (answer.status_code, answer.json["price"], answer.json["is_active"]) == (201, "12.50", False)

    def test_what_nobody_may_set_is_ignored(self, call: Call) -> None:
        event = factories.make_event()
        sent = body_for(
            event, price=1, quantity_sold=90, is_sold_out=True, id=str(uuid4()), available_quantity=1
        )
        answer = call(event.organizer).post(PATH, sent)
        assert (answer.json["quantity_sold"], answer.json["available_quantity"]) == (0, 100)
        assert answer.json["id"] != sent["id"]

    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ({"name": None}, {"name": "This field may not be null."}),
            ({"name": " "}, {"name": "This field may not be blank."}),
            ({"name": "x" * 101}, {"name": "Ensure this field has no more than 100 characters."}),
            ({"total_quantity": 0}, {"total_quantity": "Ensure this value is greater than or equal to 1."}),
            ({"total_quantity": "many"}, {"total_quantity": "A valid integer is required."}),
            ({"price": None}, {"price": "Price is required for simple pricing type"}),
            ({"price": -1}, {"price": "Ensure this value is greater than or equal to 0."}),
            ({"price": "NaN"}, {"price": "A valid number is required."}),
            ({"price": "Infinity"}, {"price": "A valid number is required."}),
            ({"price": "1.234"}, {"price": "GHS has 2 digits after the point."}),
            ({"price": 1.234}, {"price": "GHS has 2 digits after the point."}),
            ({"price": "1e14"}, {"price": "The amount is too large."}),
            ({"pricing_type": "x"}, {"pricing_type": '"x" is not a valid choice.'}),
            ({"pricing_type": "tiered"}, {"pricing_type": "This must be the event's pricing type, simple."}),
            (
                {"sales_start": "2030-01-02T00:00:00Z", "sales_end": "2030-01-01T00:00:00Z"},
                {"sales_end": "Sales end date must be after sales start date"},
            ),
            (
                {"min_purchase": 5, "max_purchase": 4},
                {"min_purchase": "Minimum purchase cannot be greater than maximum purchase"},
            ),
            ({"min_purchase": 0}, {"min_purchase": "Ensure this value is greater than or equal to 1."}),
            (
                {"tiers": [TIER]},
                {"tiers": "This kind of price does not match the event's pricing type, simple."},
            ),
            ({"tiers": "Front"}, {"tiers": "Expected a list of items."}),
            ({"event": "x"}, {"event": "“x” is not a valid UUID."}),
            (
                {"event": "00000000-0000-4000-8000-000000000000"},
                {"event": 'Invalid pk "00000000-0000-4000-8000-000000000000" - object does not exist.'},
            ),
        ],
    )
    def test_each_fault_is_told_by_its_field(
        self, call: Call, fields: dict[str, Any], expected: dict[str, str]
    ) -> None:
        event = factories.make_event()
        answer = call(event.organizer).post(PATH, body_for(event, price=5) | fields)
        assert errors(answer) == {name: [message] for name, message in expected.items()}
        assert count_types() == 0

    def test_what_is_missing_is_told_all_at_once(self, call: Call) -> None:
        required = ["This field is required."]
        answer = call(factories.make_organizer()).post(PATH, {})
        assert errors(answer) == {"event": required, "name": required, "total_quantity": required}

    @pytest.mark.parametrize(
        ("pricing", "offers", "field", "message"),
        [
            (
                "tiered",
                {"tiers": [BACK, TIER | {"price": -1}]},
                "tiers.1.price",
                "Ensure this value is greater",
            ),
            ("tiered", {"tiers": [TIER | {"price": "1.001"}]}, "tiers.0.price", "GHS has 2 digits"),
            (
                "tiered",
                {"tiers": [{"name": "Front", "price": 1, "quantity": 1}]},
                "tiers.0.tier_number",
                "required",
            ),
            (
                "tiered",
                {"tiers": [TIER | {"quantity": 0}]},
                "tiers.0.quantity",
                "Ensure this value is greater",
            ),
            ("tiered", {"tiers": [TIER | {"name": "x" * 51}]}, "tiers.0.name", "no more than 50 characters"),
            (
                "tiered",
                {"tiers": [TIER, BACK | {"tier_number": 1}]},
                "tiers.1.tier_number",
                "make a unique set",
            ),
            (
                "tiered",
                {"tiers": [TIER, BACK | {"name": " Front"}]},
                "tiers.1.name",
                "ticket_type, name must",
            ),
            (
                "tiered",
                {
                    "tiers": [
                        TIER | {"sales_start": "2030-01-02T00:00:00Z", "sales_end": "2030-01-01T00:00:00Z"}
                    ]
                },
                "tiers.0.sales_end",
                "Sales end date must be after sales start date",
            ),
            ("tiered", {"tiers": ["Front"]}, "tiers.0.non_field_errors", "Expected a dictionary"),
            ("tiered", {"day_passes": [PASS]}, "day_passes", "does not match"),
            (
                "day_based",
                {"day_passes": [{"name": "Friday", "price": 1, "quantity": 1}]},
                "day_passes.0.day_number",
                "Single day pass must have a day number",
            ),
            (
                "day_based",
                {"day_passes": [PASS | {"is_all_days": True}]},
                "day_passes.0.day_number",
                "All days pass should not have a day number",
            ),
            (
                "day_based",
                {"day_passes": [PASS | {"date": "soon"}]},
                "day_passes.0.date",
                "Date has wrong format",
            ),
            (
                "day_based",
                {"day_passes": [PASS, PASS | {"name": "B"}]},
                "day_passes.1.day_number",
                "unique set",
            ),
            (
                "tier_and_day",
                {"day_tier_prices": [CELL, CELL | {"tier_number": 2, "tier_name": " "}]},
                "day_tier_prices.1.tier_name",
                "This field may not be blank.",
            ),
            ("tier_and_day", {"day_tier_prices": [CELL, CELL]}, "day_tier_prices.1.day_number", "unique set"),
        ],
    )
    def test_a_wrong_one_under_it_is_named_and_nothing_is_made(
        self, call: Call, pricing: str, offers: dict[str, Any], field: str, message: str
    ) -> None:
        event = factories.make_event(pricing_type=PricingType(pricing))
        found = errors(call(event.organizer).post(PATH, body_for(event, pricing_type=pricing, **offers)))
        assert message in found[field][0], found
        assert count_types() == 0
        assert db.session.scalar(sa.select(sa.func.count(Offer.id))) == 0

    def test_a_name_is_there_once_in_an_event(self, call: Call) -> None:
        event = factories.make_event()
        organizer = call(event.organizer)
        assert organizer.post(PATH, body_for(event, price=1)).status_code == 201
        again = organizer.post(PATH, body_for(event, price=1))
        assert errors(again) == {"non_field_errors": ["The fields event, name must make a unique set."]}
        assert again.json["error"] == "The fields event, name must make a unique set."


class TestChanging:
    def test_in_part_nothing_else_changes_and_the_price_stays(self, call: Call) -> None:
        event = factories.make_simple_event(price_minor=5_000)
        answer = call(event.organizer).patch(path_of(event), {"name": "Parterre"})
        assert (answer.status_code, answer.json["name"], answer.json["price"]) == (200, "Parterre", "50.00")
        answer = call(event.organizer).patch(
            path_of(event), {"pricing_type": "simple", "benefits": "Cloakroom"}
        )
        assert (answer.json["price"], answer.json["benefits"]) == ("50.00", "Cloakroom")
        assert call(event.organizer).patch(path_of(event), {"price": 7}).json["price"] == "7.00"
        assert call(event.organizer).patch(path_of(event), {"price": "0"}).json["price"] == "0.00"

    def test_a_price_cannot_be_taken_away(self, call: Call) -> None:
        event = factories.make_simple_event()
        answer = call(event.organizer).patch(path_of(event), {"price": None})
        assert errors(answer) == {"price": ["Price is required for simple pricing type"]}

    def test_what_was_read_can_be_sent_back(self, call: Call) -> None:
        for event in (
            factories.make_simple_event(),
            factories.make_tiered_event(),
            factories.make_grid_event(),
        ):
            read = call().get(path_of(event)).json
            answer = call(event.organizer).put(path_of(event), read)
            assert answer.status_code == 200
            assert {**answer.json, "updated_at": ""} == {**read, "updated_at": ""}

    def test_what_is_under_it_is_left_alone(self, call: Call) -> None:
        event = factories.make_tiered_event()
        sent = {"name": "Seat", "total_quantity": 90, "tiers": [{"name": "?"}], "event": str(uuid4())}
        for answer in (
            call(event.organizer).put(path_of(event), sent),
            call(event.organizer).patch(path_of(event), {"tiers": []}),
        ):
            assert (answer.status_code, len(answer.json["tiers"])) == (200, 2)
            assert answer.json["event"] == str(event.uuid)

    def test_a_whole_one_needs_its_name_and_quantity(self, call: Call) -> None:
        event = factories.make_simple_event()
        required = ["This field is required."]
        assert errors(call(event.organizer).put(path_of(event), {})) == {
            "name": required,
            "total_quantity": required,
        }

    def test_the_pricing_type_stays_the_events(self, call: Call) -> None:
        event = factories.make_simple_event()
        answer = call(event.organizer).patch(path_of(event), {"pricing_type": "tiered"})
        assert errors(answer) == {"pricing_type": ["This must be the event's pricing type, simple."]}

    def test_the_quantity_stays_above_what_is_sold_and_reserved(self, call: Call) -> None:
        event = factories.make_simple_event()
        factories.sell_places(event.ticket_types[0].offers[0], 4)
        factories.hold_places(event.ticket_types[0].offers[0], 2)
        organizer = call(event.organizer)
        assert list(errors(organizer.patch(path_of(event), {"total_quantity": 5}))) == ["total_quantity"]
        answer = organizer.patch(path_of(event), {"total_quantity": 6})
        assert (answer.json["available_quantity"], answer.json["is_sold_out"]) == (0, True)

    def test_a_name_that_is_taken_is_refused(self, call: Call) -> None:
        event = factories.make_event()
        for name in ("Floor", "Balcony"):
            factories.make_ticket_type(event, name=name)
        answer = call(event.organizer).patch(path_of(event, 1), {"name": "Floor"})
        assert list(errors(answer)) == ["non_field_errors"]


class TestDeleting:
    def test_nobody_ordered_it_so_it_goes(self, call: Call) -> None:
        event = factories.make_grid_event()
        path = path_of(event)
        answer = call(event.organizer).delete(path)
        assert (answer.status_code, answer.data) == (204, b"")
        assert call(event.organizer).delete(path).status_code == 404

    def test_once_ordered_it_stays(self, call: Call) -> None:
        event = factories.make_simple_event()
        factories.sell_places(event.ticket_types[0].offers[0], 1)
        answer = call(event.organizer).delete(path_of(event))
        assert errors(answer) == {}
        assert answer.json["error"] == "It has been ordered, so it cannot be deleted. Switch it off instead."


class TestWhoMay:
    def test_change_them(self, call: Call) -> None:
        event = factories.make_simple_event()
        path = path_of(event)
        for user, status in (
            (None, 401),
            (factories.make_user(), 403),
            (factories.make_organizer(), 403),
            (event.organizer, 200),
            (factories.make_staff(), 200),
        ):
            caller = call(user)
            changed = {"name": "Standard", "total_quantity": 90, "price": 3}
            assert caller.put(path, changed).status_code == status
            refused = caller.patch(path, changed)
            assert refused.status_code == status
            if status == 403:
                assert refused.json["error"] == "Only the event organizer can manage tickets"
                assert caller.delete(path).status_code == status

    def test_make_them(self, call: Call) -> None:
        event = factories.make_event()
        assert call().post(PATH, body_for(event, price=1)).status_code == 401
        consumer = call(factories.make_user()).post(PATH, body_for(event, price=1))
        assert (consumer.status_code, consumer.json["error"]) == (
            403,
            "Only organizers can perform this action",
        )
        foreign = call(factories.make_organizer()).post(PATH, body_for(event, price=1))
        assert foreign.status_code == 403
        assert foreign.json["error"] == "Only the event organizer can manage tickets"
        assert count_types() == 0
        staff = call(factories.make_staff()).post(PATH, body_for(event, price=1))
        assert staff.status_code == 201

    def test_a_draft_of_somebody_else_is_not_there_at_all(self, call: Call) -> None:
        event = factories.make_simple_event(status=EventStatus.DRAFT)
        stranger = call(factories.make_organizer())
        assert errors(stranger.post(PATH, body_for(event, price=1))) == {
            "event": [f'Invalid pk "{event.uuid}" - object does not exist.']
        }
        assert stranger.patch(path_of(event), {"name": "Mine"}).status_code == 404
        assert stranger.delete(path_of(event)).status_code == 404

    def test_not_found_comes_before_forbidden_and_that_before_a_wrong_body(self, call: Call) -> None:
        event = factories.make_simple_event()
        stranger = call(factories.make_organizer())
        assert stranger.patch(f"{PATH}{uuid4()}/", {"total_quantity": "x"}).status_code == 404
        assert stranger.patch(path_of(event), {"total_quantity": "x"}).status_code == 403
        assert stranger("PATCH", path_of(event), data="{", content_type="application/json").status_code == 403
        assert call(factories.make_user()).post(PATH, {"total_quantity": "x"}).status_code == 403
        assert call(event.organizer).patch(path_of(event), {"total_quantity": "x"}).status_code == 400


class TestStatements:
    @pytest.mark.parametrize(
        "path", [f"{PATH}?page_size=100", f"{PATH}available/", f"{PATH}?is_on_sale=1&page_size=60"]
    )
    def test_fifty_rows_take_as_many_statements_as_one(self, call: Call, path: str) -> None:
        factories.make_tiered_event()
        with counted_statements() as few:
            call().get(path)
        for _ in range(49):
            factories.make_tiered_event()
        with counted_statements() as many:
            assert len(names(call().get(path))) == 50
        assert len(many) == len(few)

    def test_an_event_with_fifty_types_takes_as_many_as_with_one(self, call: Call) -> None:
        event = factories.make_event()
        path = f"{PATH}by_event/?event_id={event.uuid}"
        factories.make_ticket_type(event)
        with counted_statements() as few:
            call().get(path)
        for _ in range(49):
            factories.make_ticket_type(event)
        with counted_statements() as many:
            assert len(call().get(path).json) == 50
        assert len(many) == len(few)

    def test_one_with_thirty_cells_takes_as_many_as_one_with_two(self, call: Call) -> None:
        counts = []
        for days in (1, 15):
            event = factories.make_grid_event(days=days)
            with counted_statements() as statements:
                assert len(call().get(path_of(event)).json["day_tier_prices"]) == 2 * days
            counts.append(len(statements))
        assert counts[0] == counts[1]
