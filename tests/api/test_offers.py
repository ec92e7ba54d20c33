"""Tiers, day passes and day-and-tier prices through the API's door: the same story three times, and what differs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from easyticket.db import db, transaction
from easyticket.models import Event, EventStatus, Offer, PricingType
from tests import factories
from tests.api.conftest import Caller
from tests.statements import counted_statements

Call = Callable[..., Caller]
pytestmark = pytest.mark.usefixtures("db_session")

COMMON = set(
    "id ticket_type price quantity quantity_sold quantity_reserved available_quantity quantity_available is_sold_out"
    " is_on_sale is_active sales_start sales_end created_at".split()
)


@dataclass(frozen=True)
class Room:
    """One of the three resources: its address, its event, a body that fits a new one, and what it is called."""

    path: str
    make_event: Callable[..., Event]
    pricing: PricingType
    model: str
    body: dict[str, Any]
    own_keys: set[str]
    numbers: tuple[str, ...]
    names: tuple[str, ...]


TIERS = Room(
    path="/api/tickets/tiers/",
    make_event=factories.make_tiered_event,
    pricing=PricingType.TIERED,
    model="TicketTier",
    body={"tier_number": 9, "name": "Balcony", "price": 150.00, "quantity": 50},
    own_keys={"tier_number", "name"},
    numbers=("tier_number",),
    names=("name",),
)
PASSES = Room(
    path="/api/tickets/day-passes/",
    make_event=factories.make_day_event,
    pricing=PricingType.DAY_BASED,
    model="DayPass",
    body={"day_number": 9, "name": "Day 9", "price": "75.00", "quantity": 500, "is_all_days": False},
    own_keys={"day_number", "name", "date", "is_all_days"},
    numbers=("day_number",),
    names=("name",),
)
CELLS = Room(
    path="/api/tickets/day-tier-prices/",
    make_event=factories.make_grid_event,
    pricing=PricingType.TIER_AND_DAY,
    model="DayTierPrice",
    body={
        "day_number": 9,
        "day_name": "Day 9",
        "tier_number": 9,
        "tier_name": "Box",
        "price": 200,
        "quantity": 50,
        "is_active": True,
    },
    own_keys={"day_number", "day_name", "date", "tier_number", "tier_name"},
    numbers=("day_number", "tier_number"),
    names=("day_name", "tier_name"),
)
each_room = pytest.mark.parametrize("room", [TIERS, PASSES, CELLS], ids=lambda room: room.path.split("/")[3])


def first_of(event: Event) -> Offer:
    return event.ticket_types[0].offers[0]


def path_of(room: Room, event: Event, number: int = 0) -> str:
    return f"{room.path}{event.ticket_types[0].offers[number].uuid}/"


def body_for(room: Room, event: Event, **fields: Any) -> dict[str, Any]:
    return {"ticket_type": str(event.ticket_types[0].uuid), **room.body, **fields}


def errors(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 400, answer.json
    assert set(answer.json) == {"error", "detail", "field_errors", "code"}
    return dict(answer.json["field_errors"])


def column(answer: Any, name: str) -> list[Any]:
    assert answer.status_code == 200, answer.json
    return [row[name] for row in answer.json["results"]]


@each_room
class TestEachKind:
    def test_anybody_reads_a_list_and_one_of_it(self, call: Call, room: Room) -> None:
        event = room.make_event()
        factories.sell_places(first_of(event), 3)
        factories.hold_places(first_of(event), 2)
        factories.make_simple_event()
        listed = call().get(room.path).json
        assert set(listed) == {"count", "next", "previous", "results"}
        assert listed["count"] == len(event.ticket_types[0].offers)
        row = next(row for row in listed["results"] if row["id"] == str(first_of(event).uuid))
        assert set(row) == COMMON | room.own_keys
        assert row == call().get(path_of(room, event)).json
        assert row["ticket_type"] == str(event.ticket_types[0].uuid)
        assert (row["quantity_sold"], row["quantity_reserved"]) == (3, 2)
        assert row["available_quantity"] == row["quantity_available"] == row["quantity"] - 5

    def test_one_is_made_as_the_documents_show_it(self, call: Call, room: Room) -> None:
        event = room.make_event()
        answer = call(event.organizer).post(room.path, body_for(room, event))
        assert answer.status_code == 201
        assert set(answer.json) == COMMON | room.own_keys
        assert answer.json["price"] == f"{float(room.body['price']):.2f}"
        total = event.ticket_types[0].total_quantity
        assert answer.json["available_quantity"] == min(room.body["quantity"], total)
        assert (answer.json["is_on_sale"], answer.json["is_sold_out"]) == (True, False)
        assert answer.json == call().get(f"{room.path}{answer.json['id']}/").json

    def test_what_is_missing_is_told_all_at_once(self, call: Call, room: Room) -> None:
        answer = call(factories.make_organizer()).post(room.path, {})
        needed = {"ticket_type", "price", "quantity", *room.names, *room.numbers}
        if room is PASSES:
            needed -= {"day_number"}
        assert errors(answer) == {name: ["This field is required."] for name in needed}

    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ({"price": -1}, {"price": "Ensure this value is greater than or equal to 0."}),
            ({"price": "NaN"}, {"price": "A valid number is required."}),
            ({"price": "1.234"}, {"price": "GHS has 2 digits after the point."}),
            ({"price": None}, {"price": "This field may not be null."}),
            ({"quantity": 0}, {"quantity": "Ensure this value is greater than or equal to 1."}),
            ({"quantity": 10**12}, {"quantity": "Ensure this value is less than or equal to 10000000."}),
            (
                {"sales_start": "2030-01-02T00:00:00Z", "sales_end": "2030-01-01T00:00:00Z"},
                {"sales_end": "Sales end date must be after sales start date"},
            ),
            ({"ticket_type": "x"}, {"ticket_type": "“x” is not a valid UUID."}),
            (
                {"ticket_type": "00000000-0000-4000-8000-000000000000"},
                {"ticket_type": 'Invalid pk "00000000-0000-4000-8000-000000000000" - object does not exist.'},
            ),
        ],
    )
    def test_each_fault_is_told_by_its_field(
        self, call: Call, room: Room, fields: dict[str, Any], expected: dict[str, str]
    ) -> None:
        event = room.make_event()
        answer = call(event.organizer).post(room.path, body_for(room, event, **fields))
        assert errors(answer) == {name: [message] for name, message in expected.items()}

    def test_numbers_and_names_have_bounds(self, call: Call, room: Room) -> None:
        event = room.make_event()
        for name in room.numbers:
            answer = call(event.organizer).post(room.path, body_for(room, event, **{name: 0}))
            assert errors(answer) == {name: ["Ensure this value is greater than or equal to 1."]}
        for name in room.names:
            too_long = call(event.organizer).post(room.path, body_for(room, event, **{name: "x" * 51}))
            assert errors(too_long) == {name: ["Ensure this field has no more than 50 characters."]}
            blank = call(event.organizer).post(room.path, body_for(room, event, **{name: "  "}))
            assert errors(blank) == {name: ["This field may not be blank."]}

    def test_numbers_and_names_are_taken_once(self, call: Call, room: Room) -> None:
        event = room.make_event()
        organizer = call(event.organizer)
        first = organizer.post(room.path, body_for(room, event))
        assert first.status_code == 201
        for own, others in ((room.numbers, room.names), (room.names, room.numbers)):
            fresh = {name: "Other" if name in room.names else 77 for name in others}
            answer = organizer.post(room.path, body_for(room, event, **fresh))
            assert errors(answer) == {
                own[0]: [f"The fields ticket_type, {', '.join(own)} must make a unique set."]
            }
        changed = organizer.patch(f"{room.path}{first.json['id']}/", taken_by(room, call, event))
        assert "unique set" in changed.json["error"]

    def test_the_kind_must_be_that_of_the_events_pricing(self, call: Call, room: Room) -> None:
        for other in (TIERS, PASSES, CELLS):
            event = other.make_event()
            answer = call(event.organizer).post(room.path, body_for(room, event))
            if other is room:
                assert answer.status_code == 201
            else:
                assert list(errors(answer)) == ["ticket_type"]

    def test_in_part_nothing_else_changes(self, call: Call, room: Room) -> None:
        event = room.make_event()
        path = path_of(room, event)
        read = call().get(path).json
        answer = call(event.organizer).patch(path, {"quantity": 33})
        assert answer.status_code == 200
        counts = {"quantity": 33, "available_quantity": 33, "quantity_available": 33}
        assert answer.json == {**read, **counts}
        assert call(event.organizer).patch(path, {"price": "0"}).json["price"] == "0.00"

    def test_what_was_read_can_be_sent_back_without_its_ticket_type_too(self, call: Call, room: Room) -> None:
        event = room.make_event()
        for number in range(len(event.ticket_types[0].offers)):
            path = path_of(room, event, number)
            read = call().get(path).json
            answer = call(event.organizer).put(path, read)
            assert (answer.status_code, answer.json) == (200, read)
            without = {name: value for name, value in read.items() if name != "ticket_type"}
            assert call(event.organizer).put(path, without).json == read

    def test_it_stays_under_its_ticket_type_and_what_is_counted_is_ignored(
        self, call: Call, room: Room
    ) -> None:
        event, other = room.make_event(), room.make_event()
        sent = {"ticket_type": str(other.ticket_types[0].uuid), "quantity_sold": 7, "id": str(uuid4())}
        answer = call(event.organizer).patch(path_of(room, event), sent)
        assert answer.json["ticket_type"] == str(event.ticket_types[0].uuid)
        assert (answer.json["quantity_sold"], answer.json["id"]) == (0, str(first_of(event).uuid))

    def test_a_whole_one_needs_what_a_new_one_needs(self, call: Call, room: Room) -> None:
        event = room.make_event()
        assert {"price", "quantity"} <= set(errors(call(event.organizer).put(path_of(room, event), {})))

    def test_the_quantity_stays_above_what_is_sold_and_reserved(self, call: Call, room: Room) -> None:
        event = room.make_event()
        factories.sell_places(first_of(event), 2)
        factories.hold_places(first_of(event), 1)
        organizer, path = call(event.organizer), path_of(room, event)
        assert list(errors(organizer.patch(path, {"quantity": 2}))) == ["quantity"]
        answer = organizer.patch(path, {"quantity": 3})
        assert (answer.json["available_quantity"], answer.json["is_sold_out"]) == (0, True)

    def test_it_can_be_deleted_until_it_is_ordered(self, call: Call, room: Room) -> None:
        event = room.make_event()
        factories.sell_places(first_of(event), 1)
        organizer = call(event.organizer)
        refused = organizer.delete(path_of(room, event))
        assert errors(refused) == {}
        assert refused.json["error"] == "It has been ordered, so it cannot be deleted. Switch it off instead."
        assert organizer.patch(path_of(room, event), {"is_active": False}).json["is_on_sale"] is False
        second = path_of(room, event, 1)
        assert (organizer.delete(second).status_code, organizer.delete(second).status_code) == (204, 404)

    def test_only_the_events_organizer_and_administrators_change_them(self, call: Call, room: Room) -> None:
        event = room.make_event()
        path, body = path_of(room, event), body_for(room, event)
        sentence = "You do not have permission to perform this action."
        for user, status in ((None, 401), (factories.make_user(), 403), (factories.make_organizer(), 403)):
            caller = call(user)
            for answer in (
                caller.post(room.path, body),
                caller.put(path, body),
                caller.patch(path, {"price": 1}),
                caller.delete(path),
            ):
                assert answer.status_code == status
                assert status == 401 or answer.json["error"] == sentence
        staff = call(factories.make_staff())
        assert staff.post(room.path, body).status_code == 201
        assert staff.patch(path, {"price": 1}).status_code == 200
        assert staff.delete(path).status_code == 204

    def test_not_found_comes_before_forbidden_and_that_before_a_wrong_body(
        self, call: Call, room: Room
    ) -> None:
        event = room.make_event()
        stranger = call(factories.make_organizer())
        wrong = {"quantity": "x"}
        assert stranger.patch(f"{room.path}{uuid4()}/", wrong).status_code == 404
        assert stranger.patch(path_of(room, event), wrong).status_code == 403
        assert call(factories.make_user()).post(room.path, wrong).status_code == 403
        assert call(event.organizer).patch(path_of(room, event), wrong).status_code == 400
        missing = call().get(f"{room.path}{uuid4()}/")
        assert (missing.status_code, missing.json["error"]) == (
            404,
            f"No {room.model} matches the given query.",
        )

    def test_those_of_drafts_are_their_organizers_and_administrators(self, call: Call, room: Room) -> None:
        event = room.make_event(status=EventStatus.DRAFT)
        path = path_of(room, event)
        for user, sees in (
            (None, False),
            (factories.make_organizer(), False),
            (event.organizer, True),
            (factories.make_staff(), True),
        ):
            caller = call(user)
            assert caller.get(path).status_code == (200 if sees else 404)
            assert bool(caller.get(room.path).json["count"]) is sees
            of_type = caller.get(f"{room.path}?ticket_type={event.ticket_types[0].uuid}")
            assert of_type.status_code == (200 if sees else 400)
        stranger = call(factories.make_organizer())
        assert stranger.patch(path, {"price": 1}).status_code == 404
        assert list(errors(stranger.post(room.path, body_for(room, event)))) == ["ticket_type"]

    def test_a_list_is_narrowed_to_one_ticket_type(self, call: Call, room: Room) -> None:
        first, _second = room.make_event(), room.make_event()
        uuid = str(first.ticket_types[0].uuid)
        assert set(column(call().get(f"{room.path}?ticket_type={uuid}&page_size=100"), "ticket_type")) == {
            uuid
        }
        assert len(set(column(call().get(f"{room.path}?ticket_type=&ordering=&page="), "ticket_type"))) == 2
        invalid = call().get(f"{room.path}?ticket_type=7")
        assert errors(invalid) == {"ticket_type": ["“7” is not a valid UUID."]}
        unknown = call().get(f"{room.path}?ticket_type={uuid4()}")
        assert "Select a valid choice." in unknown.json["error"]

    def test_fifty_rows_take_as_many_statements_as_one(self, call: Call, room: Room) -> None:
        room.make_event()
        with counted_statements() as few:
            call().get(f"{room.path}?page_size=1")
        for _ in range(25):
            room.make_event()
        with counted_statements() as many:
            assert len(call().get(f"{room.path}?page_size=50").json["results"]) == 50
        assert len(many) == len(few)


def taken_by(room: Room, call: Call, event: Event) -> dict[str, Any]:
    """Return the numbers of the first offer, which another one cannot have."""
    first = call().get(path_of(room, event)).json
    return {name: first[name] for name in room.numbers}


class TestTiers:
    def test_are_ordered_by_number_and_price(self, call: Call) -> None:
        factories.make_tiered_event([("Gold", 900, 1), ("Regular", 500, 1), ("Silver", 700, 1)])
        get = call().get
        assert column(get(TIERS.path), "name") == ["Gold", "Regular", "Silver"]
        assert column(get(f"{TIERS.path}?ordering=-tier_number"), "name") == ["Silver", "Regular", "Gold"]
        assert column(get(f"{TIERS.path}?ordering=price"), "price") == ["5.00", "7.00", "9.00"]
        assert column(get(f"{TIERS.path}?ordering=-price"), "price") == ["9.00", "7.00", "5.00"]
        assert column(get(f"{TIERS.path}?ordering=quantity"), "name") == ["Gold", "Regular", "Silver"]

    def test_have_a_sales_window_of_their_own(self, call: Call) -> None:
        event = factories.make_tiered_event()
        path = path_of(TIERS, event)
        answer = call(event.organizer).patch(path, {"sales_start": "2199-01-01T00:00:00Z"})
        assert (answer.json["sales_start"], answer.json["is_on_sale"]) == ("2199-01-01T00:00:00Z", False)
        assert call(event.organizer).patch(path, {"sales_start": None}).json["is_on_sale"] is True


class TestDayPasses:
    def test_are_ordered_by_number_price_and_date_with_all_days_last(self, call: Call) -> None:
        event = factories.make_day_event(2)
        with transaction():
            db.session.merge(first_of(event)).price_minor = 20_000
        get = call().get
        for query, expected in {
            "": ["Day 1", "Day 2", "All days"],
            "ordering=-day_number": ["Day 2", "Day 1", "All days"],
            "ordering=-date": ["Day 2", "Day 1", "All days"],
            "ordering=price": ["Day 2", "All days", "Day 1"],
            "is_all_days=true": ["All days"],
            "is_all_days=0": ["Day 1", "Day 2"],
        }.items():
            assert column(get(f"{PASSES.path}?{query}"), "name") == expected, query
        assert errors(get(f"{PASSES.path}?is_all_days=maybe")) == {
            "is_all_days": ["Must be a valid boolean."]
        }

    def test_one_for_a_day_needs_its_number_and_gets_its_date(self, call: Call) -> None:
        event = factories.make_day_event(2)
        organizer = call(event.organizer)
        for number in ({"day_number": None}, {}):
            body = {
                "name": "Day 9",
                "price": 1,
                "quantity": 1,
                "ticket_type": str(event.ticket_types[0].uuid),
            }
            answer = organizer.post(PASSES.path, body | number)
            assert errors(answer) == {"day_number": ["Single day pass must have a day number"]}
        dated = organizer.post(PASSES.path, body_for(PASSES, event, date="2031-02-03"))
        assert dated.json["date"] == "2031-02-03"

    def test_one_for_all_days_has_neither_number_nor_date(self, call: Call) -> None:
        event = factories.make_day_event(2, with_all_days=False)
        organizer = call(event.organizer)
        whole = {"name": "All", "is_all_days": True, "date": "2031-02-03"}
        refused = organizer.post(PASSES.path, body_for(PASSES, event, **whole))
        assert errors(refused) == {"day_number": ["All days pass should not have a day number"]}
        made = organizer.post(PASSES.path, body_for(PASSES, event, **whole, day_number=None))
        assert (made.status_code, made.json["day_number"], made.json["date"]) == (201, None, None)
        # Changing it in part asks for no day number.
        changed = organizer.patch(f"{PASSES.path}{made.json['id']}/", {"price": "99.00"})
        assert (changed.status_code, changed.json["price"], changed.json["is_all_days"]) == (
            200,
            "99.00",
            True,
        )

    def test_a_pass_for_one_day_can_be_made_one_for_all_days(self, call: Call) -> None:
        event = factories.make_day_event(2, with_all_days=False)
        path = path_of(PASSES, event)
        assert call(event.organizer).patch(path, {"price": 5}).json["day_number"] == 1
        answer = call(event.organizer).patch(path, {"is_all_days": True})
        assert (answer.json["is_all_days"], answer.json["day_number"], answer.json["date"]) == (
            True,
            None,
            None,
        )


class TestDayTierPrices:
    def test_are_narrowed_and_ordered(self, call: Call) -> None:
        event = factories.make_grid_event(days=2)
        with transaction():
            db.session.merge(event.ticket_types[0].offers[3]).is_active = False
        get = call().get
        for query, expected in {
            "": [(1, 1), (1, 2), (2, 1), (2, 2)],
            "day_number=2": [(2, 1), (2, 2)],
            "tier_number=1&day_number=": [(1, 1), (2, 1)],
            "is_active=true": [(1, 1), (1, 2), (2, 1)],
            "is_active=FALSE": [(2, 2)],
            "ordering=-price,date": [(1, 2), (2, 2), (1, 1), (2, 1)],
            "ordering=-day_number,tier_number": [(2, 1), (2, 2), (1, 1), (1, 2)],
            "ordering=-date,-tier_number": [(2, 2), (2, 1), (1, 2), (1, 1)],
            "day_number=999999999999": [],
        }.items():
            answer = get(f"{CELLS.path}?{query}")
            numbers = list(zip(column(answer, "day_number"), column(answer, "tier_number"), strict=True))
            assert numbers == expected, query
        assert errors(get(f"{CELLS.path}?day_number=one")) == {"day_number": ["Enter a number."]}
        assert errors(get(f"{CELLS.path}?is_active=maybe")) == {"is_active": ["Must be a valid boolean."]}

    def test_the_matrix_holds_whole_active_cells_under_the_text_of_their_numbers(self, call: Call) -> None:
        event = factories.make_grid_event(days=2)
        with transaction():
            db.session.merge(event.ticket_types[0].offers[3]).is_active = False
        uuid = str(event.ticket_types[0].uuid)
        answer = call().get(f"{CELLS.path}matrix/?ticket_type={uuid}").json
        assert set(answer) == {"ticket_type", "days", "tiers", "matrix"}
        assert answer["ticket_type"] == uuid
        assert answer["days"] == [{"number": 1, "name": "Day 1"}, {"number": 2, "name": "Day 2"}]
        assert answer["tiers"] == [{"number": 1, "name": "Regular"}, {"number": 2, "name": "VIP"}]
        assert {day: sorted(row) for day, row in answer["matrix"].items()} == {"1": ["1", "2"], "2": ["1"]}
        assert answer["matrix"]["1"]["2"] == call().get(path_of(CELLS, event, 1)).json

    def test_the_matrix_needs_a_ticket_type_and_is_empty_for_an_unknown_one(self, call: Call) -> None:
        path = f"{CELLS.path}matrix/"
        for query in ("", "?ticket_type="):
            answer = call().get(f"{path}{query}")
            assert (answer.status_code, answer.json["error"]) == (400, "ticket_type parameter is required")
        assert errors(call().get(f"{path}?ticket_type=7")) == {"ticket_type": ["“7” is not a valid UUID."]}
        unknown = str(uuid4())
        empty = {"ticket_type": unknown, "days": [], "tiers": [], "matrix": {}}
        assert call().get(f"{path}?ticket_type={unknown}").json == empty

    def test_the_matrix_of_a_draft_is_empty_for_strangers(self, call: Call) -> None:
        event = factories.make_grid_event(status=EventStatus.DRAFT)
        path = f"{CELLS.path}matrix/?ticket_type={event.ticket_types[0].uuid}"
        assert call().get(path).json["matrix"] == {}
        assert len(call(event.organizer).get(path).json["matrix"]) == 2

    def test_a_large_matrix_takes_as_many_statements_as_a_small_one(self, call: Call) -> None:
        counts = []
        for days in (1, 25):
            event = factories.make_grid_event(days=days)
            with counted_statements() as statements:
                answer = call().get(f"{CELLS.path}matrix/?ticket_type={event.ticket_types[0].uuid}")
            assert sum(map(len, answer.json["matrix"].values())) == 2 * days
            counts.append(len(statements))
        assert counts[0] == counts[1]
