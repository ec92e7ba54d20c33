"""Events through the API's door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from config import Settings
from easyticket.core import clock
from easyticket.db import db
from easyticket.jobs.entry import drain_outbox
from easyticket.models import Event, EventStatus, OutboxJob, Ticket, TicketStatus, User
from easyticket.services.tickets import issue_tickets
from tests import factories
from tests.api.conftest import Caller
from tests.documents.test_pictures import drawn, encoded
from tests.statements import counted_statements

Call = Callable[..., Caller]
pytestmark = pytest.mark.usefixtures("db_session")

PATH = "/api/events/"
ACTIONS = ("my_events", "upcoming", "featured", "search")
NOW = clock.now()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ROW_KEYS = set(
    "id title slug short_description organizer organizer_name organizer_email category category_name pricing_type "
    "venue_name venue_city venue_country start_date end_date thumbnail_image status is_free base_price currency "
    "is_featured is_upcoming is_ongoing is_past duration_days created_at".split()
)
DETAIL_KEYS = set(
    "id organizer organizer_name organizer_email category category_details title slug description short_description "
    "pricing_type venue_name venue_address venue_city venue_state venue_country venue_postal_code venue_latitude "
    "venue_longitude start_date end_date banner_image thumbnail_image total_capacity status is_free base_price currency "
    "terms_and_conditions refund_policy age_restriction tags is_featured is_upcoming is_ongoing is_past duration_days "
    "available_tickets created_at updated_at published_at ticket_types banner tickets_sold available_capacity "
    "time_zone".split()
)


@pytest.fixture
def owner() -> User:
    return factories.make_organizer()


def body(**fields: Any) -> dict[str, Any]:
    """Return the body of the seed: what a client sends at least."""
    wanted = {
        "title": "Amazing Music Festival",
        "description": "Three days of it",
        "pricing_type": "tier_and_day",
        "venue_name": "Central Park",
        "venue_city": "New York",
        "start_date": (NOW + 20 * DAY).isoformat(),
        "end_date": (NOW + 22 * DAY).isoformat(),
        "total_capacity": 5000,
        "is_free": False,
    }
    return {**wanted, **fields}


def found(answer: TestResponse) -> list[str]:
    assert answer.status_code == 200, answer.json
    rows = answer.json["results"] if isinstance(answer.json, dict) else answer.json
    return [row["title"] for row in rows]


def make_one_of_each(**fields: Any) -> None:
    factories.make_event(title="Draft", status=EventStatus.DRAFT, **fields)
    factories.make_event(title="Coming", **fields)
    factories.make_event(title="Running", start_at=NOW - HOUR, **fields)
    factories.make_event(title="Over", start_at=NOW - DAY, **fields)
    factories.make_event(title="Cancelled", status=EventStatus.CANCELLED, **fields)


def assert_refused(answer: TestResponse, status: int, sentence: str, field: str = "") -> None:
    assert (answer.status_code, answer.json["error"]) == (status, sentence)
    assert answer.json["field_errors"] == ({field: [sentence]} if field else {})


class TestList:
    def test_anybody_sees_what_is_published_and_not_over_the_last_to_begin_first(self, call: Call) -> None:
        make_one_of_each()
        answer = call().get(PATH)
        assert found(answer) == ["Coming", "Running"]
        assert set(answer.json) == {"count", "next", "previous", "results"}
        assert all(set(row) == ROW_KEYS for row in answer.json["results"])

    def test_a_row_says_what_the_contract_shows(self, call: Call, owner: User) -> None:
        music = factories.make_category("Music")
        event = factories.make_simple_event(
            organizer=owner,
            category=music,
            price_minor=2050,
            start_at=NOW + DAY,
            end_at=NOW + 3 * DAY + HOUR,
        )
        row = call().get(PATH).json["results"][0]
        assert row["id"] == str(event.uuid)
        assert (row["organizer"], row["organizer_name"], row["organizer_email"]) == (
            str(owner.uuid),
            owner.display_name,
            owner.email,
        )
        assert (row["category"], row["category_name"]) == (str(music.uuid), "Music")
        assert (row["base_price"], row["currency"], row["status"]) == ("20.50", "GHS", "published")
        assert (row["is_upcoming"], row["is_ongoing"], row["is_past"]) == (True, False, False)
        assert row["duration_days"] == 2
        assert row["start_date"] == (NOW + DAY).isoformat().replace("+00:00", "Z")
        assert row["thumbnail_image"] is None

    def test_prices_have_the_digits_of_their_currency(self, call: Call) -> None:
        factories.make_event(title="Yen", currency="JPY", base_price_minor=2000)
        factories.make_event(title="Dinar", currency="KWD", base_price_minor=2000)
        rows = call().get(f"{PATH}?ordering=title").json["results"]
        assert [row["base_price"] for row in rows] == ["2.000", "2000"]

    @pytest.mark.parametrize(
        ("status", "titles"),
        [
            ("published", ["Coming"]),
            ("ongoing", ["Running"]),
            ("completed", ["Over"]),
            ("cancelled", ["Cancelled"]),
            ("draft", []),
        ],
    )
    def test_a_status_follows_from_the_clock_in_the_filter_as_in_the_rows(
        self, call: Call, status: str, titles: list[str]
    ) -> None:
        make_one_of_each()
        answer = call().get(f"{PATH}?status={status}")
        assert found(answer) == titles
        assert {row["status"] for row in answer.json["results"]} <= {status}

    def test_drafts_are_listed_for_their_organizer_and_administrators_alone(
        self, call: Call, owner: User
    ) -> None:
        make_one_of_each(organizer=owner)
        drafts = f"{PATH}?status=draft"
        assert found(call(owner).get(drafts)) == ["Draft"]
        assert found(call(factories.make_staff()).get(drafts)) == ["Draft"]
        for other in (None, factories.make_user(), factories.make_organizer()):
            assert found(call(other).get(drafts)) == []

    @pytest.mark.parametrize(
        ("wanted", "titles"),
        [
            ({"is_free": "true"}, ["A"]),
            ({"is_free": "FALSE"}, ["B"]),
            ({"is_featured": "1"}, ["B"]),
            ({"is_featured": "0"}, ["A"]),
            ({"pricing_type": "tiered"}, ["B"]),
            ({"pricing_type": "simple"}, ["A"]),
            ({"pricing_type": "day_based"}, []),
            ({"venue_city": "dusseldorf"}, ["B"]),
            ({"venue_city": "Accra"}, ["A"]),
            ({"venue_city": "Acc"}, []),
            ({"search": "night"}, ["B"]),
            ({"search": "DRUMS accra"}, ["A"]),
            ({"search": "drums,accra"}, ["A"]),
            ({"search": "drums lagos"}, []),
            ({"search": "short"}, ["A"]),
            ({"search": "tagged"}, ["B"]),
            ({"search": "hall 2"}, ["B"]),
            ({"search": "100%"}, []),
            ({"search": "drums", "is_free": "true"}, ["A"]),
            ({"is_free": "true", "is_featured": "true"}, []),
            ({"unknown": "x"}, ["A", "B"]),
            (
                dict.fromkeys(
                    "status is_free is_featured category pricing_type venue_city search ordering".split(), ""
                ),
                ["A", "B"],
            ),
            ({"page": "", "page_size": "", "is_free": ""}, ["A", "B"]),
        ],
    )
    @pytest.mark.parametrize("path", ["", "search/"])
    def test_each_filter_filters_and_the_search_looks_everywhere(
        self, call: Call, path: str, wanted: dict[str, str], titles: list[str]
    ) -> None:
        factories.make_event(
            title="A",
            is_free=True,
            short_description="Short drums",
            venue_city="Accra",
            start_at=NOW + 2 * DAY,
        )
        factories.make_tiered_event(
            title="B",
            description="Night of drums",
            is_featured=True,
            venue_name="Hall 2",
            venue_city="Düsseldorf",
            tags="tagged,live",
            start_at=NOW + DAY,
        )
        assert found(call().get(f"{PATH}{path}?{urlencode(wanted)}")) == titles

    def test_a_category_filters_by_its_id(self, call: Call) -> None:
        music, art = factories.make_category(), factories.make_category()
        factories.make_event(title="Music", category=music)
        factories.make_event(title="Art", category=art)
        assert found(call().get(f"{PATH}?category={music.uuid}")) == ["Music"]
        assert found(call().get(f"{PATH}search/?category={art.uuid}&search=art")) == ["Art"]

    @pytest.mark.parametrize("path", ["", "search/"])
    @pytest.mark.parametrize(
        ("name", "value", "sentence"),
        [
            ("status", "open", "Select a valid choice. open is not one of the available choices."),
            ("pricing_type", "x", "Select a valid choice. x is not one of the available choices."),
            ("category", "music", "“music” is not a valid UUID."),
            (
                "category",
                "00000000-0000-4000-8000-000000000000",
                "Select a valid choice. That choice is not one of the available choices.",
            ),
            ("is_free", "maybe", "Must be a valid boolean."),
            ("is_featured", "2", "Must be a valid boolean."),
        ],
    )
    def test_a_value_no_filter_knows_is_named(
        self, call: Call, path: str, name: str, value: str, sentence: str
    ) -> None:
        assert_refused(call().get(f"{PATH}{path}?{name}={value}"), 400, sentence, name)

    @pytest.mark.parametrize(
        ("ordering", "titles"),
        [
            ("start_date", "ABC"),
            ("-start_date", "CBA"),
            ("created_at", "BCA"),
            ("-created_at", "ACB"),
            ("base_price", "CAB"),
            ("-base_price", "BAC"),
            ("title", "ABC"),
            ("-title", "CBA"),
            ("nonsense", "CBA"),
            ("nonsense,base_price", "CAB"),
        ],
    )
    @pytest.mark.parametrize("path", ["", "search/"])
    def test_each_order_sorts(self, call: Call, path: str, ordering: str, titles: str) -> None:
        for title, day, age, price_minor in (("A", 1, 3, 200), ("B", 2, 1, 300), ("C", 3, 2, 100)):
            event = factories.make_event(title=title, start_at=NOW + day * DAY, created_at=NOW + age * HOUR)
            factories.make_ticket_type(event, price_minor=price_minor)
        assert found(call().get(f"{PATH}{path}?ordering={ordering}")) == list(titles)

    def test_several_orders_count_one_after_the_other(self, call: Call) -> None:
        for title, price_minor in (("B", 100), ("A", 100), ("C", 50)):
            factories.make_event(title=title, base_price_minor=price_minor)
        assert found(call().get(f"{PATH}?ordering=-base_price,title")) == ["A", "B", "C"]

    def test_pages_have_bounds_and_keep_the_filters(self, call: Call, settings: Settings) -> None:
        for number in range(25):
            factories.make_event(title=f"E{number:02}", is_free=number != 7)
        first = call().get(f"{PATH}?is_free=true&ordering=title")
        assert (first.json["count"], len(found(first)), first.json["previous"]) == (24, 20, None)
        assert first.json["next"].startswith(settings.public_url)
        assert {"is_free=true", "ordering=title", "page=2"} <= set(
            first.json["next"].split("?")[1].split("&")
        )
        second = call().get(first.json["next"].removeprefix(settings.public_url))
        assert (found(second), second.json["next"]) == (["E21", "E22", "E23", "E24"], None)
        assert len(found(call().get(f"{PATH}?page_size=1000"))) == 25
        for page in ("3", "0", "-1", "x", "999999999999999999999"):
            assert_refused(call().get(f"{PATH}?page={page}"), 404, "Invalid page.")

    @pytest.mark.parametrize("path", ["", "search/", "upcoming/", "featured/", "my_events/"])
    def test_fifty_events_take_as_many_statements_as_one(self, call: Call, owner: User, path: str) -> None:
        caller = call(owner)
        mine = {"organizer": owner, "is_featured": True}
        factories.make_simple_event(**mine, category=factories.make_category())
        caller.get(PATH)
        with counted_statements() as few:
            assert len(found(caller.get(f"{PATH}{path}?page_size=100"))) == 1
        for number in range(49):
            factories.make_event(**mine, category=factories.make_category() if number % 2 else None)
        with counted_statements() as many:
            assert len(found(caller.get(f"{PATH}{path}?page_size=100"))) == 50
        assert len(many) == len(few)


class TestNamedLists:
    @pytest.mark.parametrize("name", ["upcoming", "featured", "search"])
    def test_they_are_plain_arrays_anybody_reads(self, call: Call, name: str) -> None:
        factories.make_event(is_featured=True)
        answer = call().get(f"{PATH}{name}/")
        assert answer.status_code == 200
        assert [set(row) for row in answer.json] == [ROW_KEYS]
        assert answer.headers["X-Total-Count"] == "1"
        assert 'rel="first"' in answer.headers["Link"]

    @pytest.mark.parametrize("name", ACTIONS)
    def test_they_give_all_rows_and_pages_where_a_page_is_asked_for(
        self, call: Call, owner: User, name: str
    ) -> None:
        for _ in range(25):
            factories.make_event(organizer=owner, is_featured=True)
        assert len(call(owner).get(f"{PATH}{name}/").json) == 25
        paged = call(owner).get(f"{PATH}{name}/?page=2&page_size=10")
        assert (len(paged.json), paged.headers["X-Total-Count"]) == (10, "25")
        assert {'rel="prev"', 'rel="next"'} <= {
            part.split("; ")[1] for part in paged.headers["Link"].split(", ")
        }
        assert call(owner).get(f"{PATH}{name}/?page=4&page_size=10").status_code == 404

    def test_upcoming_events_come_the_soonest_first(self, call: Call) -> None:
        make_one_of_each()
        factories.make_event(title="Soon", start_at=NOW + HOUR)
        assert found(call().get(f"{PATH}upcoming/")) == ["Soon", "Coming"]

    def test_featured_events_come_the_newest_first(self, call: Call) -> None:
        make_one_of_each(is_featured=True, created_at=NOW - DAY)
        factories.make_event(title="Fresh", is_featured=True, created_at=NOW)
        factories.make_event(title="Ordinary")
        assert found(call().get(f"{PATH}featured/")) == ["Fresh", "Running", "Coming"]

    def test_organizers_see_their_own_in_every_status(self, call: Call, owner: User) -> None:
        make_one_of_each(organizer=owner)
        factories.make_event(title="Another's")
        assert set(found(call(owner).get(f"{PATH}my_events/"))) == {
            "Draft",
            "Coming",
            "Running",
            "Over",
            "Cancelled",
        }

    def test_who_is_no_organizer_has_none(self, call: Call) -> None:
        assert call().get(f"{PATH}my_events/").status_code == 401
        for user in (factories.make_user(), factories.make_staff()):
            refused = call(user).get(f"{PATH}my_events/")
            assert_refused(refused, 403, "Only organizers can access this endpoint.")


class TestDetail:
    def test_it_has_every_key_of_the_contract_and_no_name_of_a_category(self, call: Call) -> None:
        event = factories.make_simple_event(category=factories.make_category("Music"), total_capacity=300)
        factories.sell_places(event.ticket_types[0].offers[0], 12)
        detail = call().get(f"{PATH}{event.slug}/").json
        assert set(detail) == DETAIL_KEYS
        assert (detail["total_capacity"], detail["available_tickets"], detail["tickets_sold"]) == (
            300,
            288,
            12,
        )
        assert detail["category_details"]["name"] == "Music"
        assert detail["category_details"]["events_count"] == 1
        assert detail["category"] == detail["category_details"]["id"]

    def test_it_shows_what_is_switched_on_of_what_the_event_sells(self, call: Call) -> None:
        event = factories.make_tiered_event([("Front", 9_000, 10), ("Back", 4_000, 20)])
        factories.make_ticket_type(event, name="Off", price_minor=None, is_active=False)
        detail = call().get(f"{PATH}{event.slug}/").json
        assert [ticket_type["name"] for ticket_type in detail["ticket_types"]] == ["Seat"]
        shown = detail["ticket_types"][0]
        assert [(tier["name"], tier["price"]) for tier in shown["tiers"]] == [
            ("Front", "90.00"),
            ("Back", "40.00"),
        ]
        assert (shown["available_quantity"], shown["min_price"]) == (30, 40.0)
        assert detail["base_price"] == "40.00"

    def test_without_a_category_there_are_no_details_of_one(self, call: Call) -> None:
        detail = call().get(f"{PATH}{factories.make_event().slug}/").json
        assert (detail["category"], detail["category_details"]) == (None, None)

    def test_a_draft_is_not_found_but_by_its_organizer_and_administrators(
        self, call: Call, owner: User
    ) -> None:
        draft = factories.make_event(organizer=owner, status=EventStatus.DRAFT)
        for allowed in (owner, factories.make_staff()):
            assert call(allowed).get(f"{PATH}{draft.slug}/").status_code == 200
        for refused in (None, factories.make_user(), factories.make_organizer()):
            assert call(refused).get(f"{PATH}{draft.slug}/").status_code == 404

    def test_cancelled_and_past_events_are_found(self, call: Call) -> None:
        for fields in ({"status": EventStatus.CANCELLED}, {"start_at": NOW - DAY}):
            event = factories.make_event(**fields)
            assert call().get(f"{PATH}{event.slug}/").status_code == 200

    def test_it_is_found_by_its_slug_alone(self, call: Call) -> None:
        event = factories.make_event()
        for key in (event.uuid, event.id, "no-such", "a%00b", "%F0%9F%A5%81"):
            assert call().get(f"{PATH}{key}/").status_code in (400, 404)

    def test_details_take_as_many_statements_however_much_is_on_sale(self, call: Call) -> None:
        small, large = factories.make_simple_event(), factories.make_simple_event()
        for _ in range(30):
            factories.make_ticket_type(large)
        call().get(PATH)
        with counted_statements() as few:
            call().get(f"{PATH}{small.slug}/")
        with counted_statements() as many:
            call().get(f"{PATH}{large.slug}/")
        assert len(many) == len(few)


@pytest.mark.parametrize("word", ["categories", *ACTIONS])
def test_a_wrong_method_at_a_word_that_a_route_uses_is_told_as_such(
    call: Call, owner: User, word: str
) -> None:
    for method in ("PUT", "PATCH", "DELETE"):
        answer = call(owner)(method, f"{PATH}{word}/", json={})
        assert (answer.status_code, answer.json["code"]) == (405, "method_not_allowed")


class TestCreating:
    def test_the_body_of_the_documents_makes_a_draft(self, call: Call, owner: User) -> None:
        music = factories.make_category()
        answer = call(owner).post(PATH, body(category=str(music.uuid)))
        assert answer.status_code == 201
        assert set(answer.json) == DETAIL_KEYS
        assert (answer.json["status"], answer.json["slug"]) == ("draft", "amazing-music-festival")
        assert (answer.json["base_price"], answer.json["currency"]) == ("0.00", "USD")
        assert (answer.json["organizer"], answer.json["category"]) == (str(owner.uuid), str(music.uuid))
        assert (answer.json["venue_address"], answer.json["venue_country"]) == ("", "")
        assert (answer.json["available_tickets"], answer.json["published_at"]) == (5000, None)

    def test_forms_and_multipart_are_read_as_json_is(self, call: Call, owner: User) -> None:
        sent = {
            name: str(value)
            for name, value in body(base_price="12.50", category="", age_restriction="").items()
        }
        for content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
            answer = call(owner)("POST", PATH, data=sent, content_type=content_type)
            assert (answer.status_code, answer.json["base_price"]) == (201, "12.50")
            assert (answer.json["category"], answer.json["age_restriction"]) == (None, None)

    @pytest.mark.parametrize(
        ("title", "slug"),
        [
            ("Categories", "event-categories"),
            ("my_events", "event-my-events"),
            ("Upcoming", "event-upcoming"),
            ("Featured", "event-featured"),
            ("Search", "event-search"),
            ("2026", "event-2026"),
            ("🥁🥁", "event"),
            ("東京の夜", "dong-jing-noye"),
        ],
    )
    def test_every_title_gets_an_address_at_which_the_event_is_found(
        self, call: Call, owner: User, title: str, slug: str
    ) -> None:
        made = call(owner).post(PATH, body(title=title, status="published")).json
        assert made["slug"] == slug
        assert call().get(f"{PATH}{slug}/").json["title"] == title

    @pytest.mark.parametrize(
        "name",
        ["title", "description", "venue_name", "venue_city", "start_date", "end_date", "total_capacity"],
    )
    def test_what_is_needed_is_needed(self, call: Call, owner: User, name: str) -> None:
        sent = body()
        del sent[name]
        assert_refused(call(owner).post(PATH, sent), 400, "This field is required.", name)
        assert_refused(call(owner).post(PATH, body(**{name: None})), 400, "This field may not be null.", name)

    @pytest.mark.parametrize(
        ("fields", "name", "sentence"),
        [
            ({"title": " "}, "title", "This field may not be blank."),
            ({"description": ""}, "description", "This field may not be blank."),
            ({"title": "x" * 256}, "title", "Ensure this field has no more than 255 characters."),
            (
                {"short_description": "x" * 501},
                "short_description",
                "Ensure this field has no more than 500 characters.",
            ),
            ({"tags": "x" * 501}, "tags", "Ensure this field has no more than 500 characters."),
            ({"tags": 5}, "tags", "Not a valid string."),
            ({"title": ["x"]}, "title", "Not a valid string."),
            ({"pricing_type": "x"}, "pricing_type", '"x" is not a valid choice.'),
            ({"status": "live"}, "status", '"live" is not a valid choice.'),
            ({"category": "x"}, "category", "“x” is not a valid UUID."),
            ({"total_capacity": 0}, "total_capacity", "Ensure this value is greater than or equal to 1."),
            ({"total_capacity": "many"}, "total_capacity", "A valid integer is required."),
            ({"age_restriction": "grown up"}, "age_restriction", "A valid integer is required."),
            ({"age_restriction": True}, "age_restriction", "A valid integer is required."),
            ({"age_restriction": -1}, "age_restriction", "Ensure this value is greater than or equal to 0."),
            ({"base_price": "x"}, "base_price", "A valid number is required."),
            ({"base_price": -1}, "base_price", "Ensure this value is greater than or equal to 0."),
            ({"base_price": "1.234"}, "base_price", "USD has 2 digits after the point."),
            ({"base_price": "1.5", "currency": "JPY"}, "base_price", "JPY has 0 digits after the point."),
            ({"is_free": True, "base_price": "5"}, "is_free", "Free events cannot have a base price"),
            ({"is_free": "maybe"}, "is_free", "Must be a valid boolean."),
            ({"start_date": (NOW - DAY).isoformat()}, "start_date", "Start date cannot be in the past"),
            ({"end_date": (NOW + DAY).isoformat()}, "end_date", "End date must be after start date"),
            (
                {"start_date": "tomorrow"},
                "start_date",
                "Datetime has wrong format. Use one of these formats instead: "
                "YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].",
            ),
            ({"status": "ongoing"}, "status", "Cannot change status from draft to ongoing"),
            ({"status": "completed"}, "status", "Cannot change status from draft to completed"),
            (
                {"time_zone": "Accra"},
                "time_zone",
                "This is not a time zone. Give one such as Africa/Accra or Europe/Berlin.",
            ),
            ({"venue_latitude": "95"}, "venue_latitude", "Give degrees from -90 to 90."),
            (
                {"banner_image": "picture"},
                "banner_image",
                "The submitted data was not a file. Check the encoding type on the form.",
            ),
        ],
    )
    def test_each_wrong_field_is_named_and_nothing_is_made(
        self, call: Call, owner: User, fields: dict[str, Any], name: str, sentence: str
    ) -> None:
        assert_refused(call(owner).post(PATH, body(**fields)), 400, sentence, name)
        assert db.session.scalar(sa.select(sa.func.count(Event.id))) == 0

    def test_an_unknown_or_inactive_category_is_named(self, call: Call, owner: User) -> None:
        for uuid in (uuid4(), factories.make_category(is_active=False).uuid):
            answer = call(owner).post(PATH, body(category=str(uuid)))
            assert_refused(answer, 400, f'Invalid pk "{uuid}" - object does not exist.', "category")

    def test_several_faults_are_told_at_once(self, call: Call, owner: User) -> None:
        answer = call(owner).post(PATH, body(title="", venue_city="", total_capacity=0))
        assert set(answer.json["field_errors"]) == {"title", "venue_city", "total_capacity"}

    @pytest.mark.parametrize(
        ("sent", "told"),
        [
            ({"tags": ["drums", " live "]}, {"tags": "drums,live"}),
            ({"tags": "drums, live"}, {"tags": "drums, live"}),
            ({"age_restriction": "18+"}, {"age_restriction": 18}),
            ({"age_restriction": 16}, {"age_restriction": 16}),
            ({"age_restriction": None}, {"age_restriction": None}),
            ({"base_price": 12.5}, {"base_price": "12.50"}),
            ({"base_price": "12.5"}, {"base_price": "12.50"}),
            ({"base_price": 0, "is_free": True}, {"base_price": "0.00", "is_free": True}),
            ({"currency": "ghs"}, {"currency": "GHS"}),
            (
                {"venue_latitude": 5.56, "venue_longitude": "-0.2"},
                {"venue_latitude": "5.560000", "venue_longitude": "-0.200000"},
            ),
            (
                {"banner_image": None, "thumbnail_image": None},
                {"banner_image": None, "thumbnail_image": None},
            ),
            (
                {"id": "x", "slug": "mine", "created_at": "x", "tickets_sold": 9},
                {"slug": "amazing-music-festival", "tickets_sold": 0},
            ),
            (
                {"organizer": "00000000-0000-4000-8000-000000000000", "is_featured": True},
                {"is_featured": False},
            ),
            (
                {
                    "time_zone": "Europe/Berlin",
                    "start_date": "2030-07-01T18:00:00",
                    "end_date": "2030-07-01T23:00",
                },
                {
                    "start_date": "2030-07-01T16:00:00Z",
                    "end_date": "2030-07-01T21:00:00Z",
                    "time_zone": "Europe/Berlin",
                },
            ),
            (
                {"start_date": "2030-07-01T18:00:00+02:00", "end_date": "2030-07-02T18:00:00Z"},
                {"start_date": "2030-07-01T16:00:00Z", "duration_days": 1},
            ),
        ],
    )
    def test_what_clients_write_in_several_ways_is_understood(
        self, call: Call, owner: User, sent: dict[str, Any], told: dict[str, Any]
    ) -> None:
        answer = call(owner).post(PATH, body(**sent))
        assert answer.status_code == 201, answer.json
        assert {name: answer.json[name] for name in told} == told
        assert answer.json["organizer"] == str(owner.uuid)

    def test_it_can_be_published_at_once(self, call: Call, owner: User) -> None:
        answer = call(owner).post(PATH, body(status="published"))
        assert (answer.status_code, answer.json["status"]) == (201, "published")
        assert answer.json["published_at"] is not None

    def test_organizers_alone_make_events(self, call: Call) -> None:
        assert call().post(PATH, body()).status_code == 401
        refused = call(factories.make_user()).post(PATH, {})
        assert_refused(refused, 403, "Only organizers can perform this action")


class TestChanging:
    @pytest.mark.parametrize("make", ["draft", "simple", "tiered", "running", "over", "cancelled", "hidden"])
    def test_what_was_read_can_be_sent_back_and_changes_nothing(
        self, call: Call, owner: User, make: str
    ) -> None:
        full: dict[str, Any] = {
            "organizer": owner,
            "tags": "a,b",
            "age_restriction": 18,
            "venue_latitude": 5,
            "total_capacity": 400,
        }
        makers: dict[str, Callable[[], Event]] = {
            "draft": lambda: factories.make_event(organizer=owner, status=EventStatus.DRAFT, description=""),
            "simple": lambda: factories.make_simple_event(**full, is_free=True),
            "tiered": lambda: factories.make_tiered_event(**full, base_price_minor=100, currency="KWD"),
            "running": lambda: factories.make_event(**full, start_at=NOW - HOUR),
            "over": lambda: factories.make_event(**full, start_at=NOW - 9 * DAY),
            "cancelled": lambda: factories.make_event(**full, status=EventStatus.CANCELLED),
            "hidden": lambda: factories.make_event(**full, category=factories.make_category(is_active=False)),
        }
        path = f"{PATH}{makers[make]().slug}/"
        read = call(owner).get(path).json
        answer = call(owner).put(path, read)
        assert answer.status_code == 200, answer.json
        assert answer.json | {"updated_at": ""} == read | {"updated_at": ""}

    def test_a_patch_changes_what_is_sent_and_keeps_the_slug(self, call: Call, owner: User) -> None:
        event = factories.make_event(organizer=owner, title="Night", tags="a", base_price_minor=500)
        answer = call(owner).patch(f"{PATH}{event.slug}/", {"title": "Day"})
        assert answer.status_code == 200
        assert (answer.json["title"], answer.json["slug"]) == ("Day", event.slug)
        assert (answer.json["tags"], answer.json["base_price"]) == ("a", "5.00")
        assert found(call().get(f"{PATH}?search=day")) == ["Day"]

    def test_a_put_needs_what_a_creation_needs(self, call: Call, owner: User) -> None:
        event = factories.make_event(organizer=owner)
        answer = call(owner).put(f"{PATH}{event.slug}/", {"title": "Day"})
        assert answer.status_code == 400
        assert "description" in answer.json["field_errors"]

    def test_nothing_protected_can_be_set(self, call: Call, owner: User) -> None:
        event = factories.make_event(organizer=owner)
        other = factories.make_organizer()
        sent = {
            "is_featured": True,
            "organizer": str(other.uuid),
            "slug": "x",
            "id": str(uuid4()),
            "tickets_sold": 5,
            "published_at": None,
            "created_at": "2020-01-01T00:00:00Z",
        }
        before = call(owner).get(f"{PATH}{event.slug}/").json
        after = call(owner).patch(f"{PATH}{event.slug}/", sent).json
        assert after | {"updated_at": ""} == before | {"updated_at": ""}
        staff = call(factories.make_staff()).patch(f"{PATH}{event.slug}/", {"is_featured": True})
        assert staff.json["is_featured"] is True

    @pytest.mark.parametrize("method", ["put", "patch", "delete"])
    def test_others_may_not_and_a_draft_does_not_exist_for_them(self, call: Call, method: str) -> None:
        event, draft = factories.make_event(), factories.make_event(status=EventStatus.DRAFT)
        other = call(factories.make_organizer())
        send = {"put": other.put, "patch": other.patch, "delete": lambda path, _: other.delete(path)}[method]
        # The body is wrong as well: who may not is told only that.
        assert_refused(send(f"{PATH}{event.slug}/", {"title": 1}), 403, "You can only modify your own events")
        assert send(f"{PATH}{draft.slug}/", {}).status_code == 404
        assert send(f"{PATH}no-such/", {}).status_code == 404
        assert call()(method.upper(), f"{PATH}{event.slug}/", json={}).status_code == 401

    def test_wrong_fields_and_a_status_change_nothing(self, call: Call, owner: User) -> None:
        event = factories.make_event(organizer=owner, status=EventStatus.DRAFT)
        answer = call(owner).patch(f"{PATH}{event.slug}/", {"status": "published", "total_capacity": 0})
        assert answer.status_code == 400
        assert call(owner).get(f"{PATH}{event.slug}/").json["status"] == "draft"

    @pytest.mark.parametrize(
        ("stored", "wanted", "sentence"),
        [
            (EventStatus.CANCELLED, "published", "Cannot change status from cancelled to published"),
            (EventStatus.PUBLISHED, "draft", "Cannot change status from published to draft"),
            (EventStatus.PUBLISHED, "completed", "Cannot change status from published to completed"),
        ],
    )
    def test_a_status_the_rules_forbid_is_refused(
        self, call: Call, owner: User, stored: EventStatus, wanted: str, sentence: str
    ) -> None:
        event = factories.make_event(organizer=owner, status=stored)
        answer = call(owner).patch(f"{PATH}{event.slug}/", {"status": wanted})
        assert_refused(answer, 400, sentence, "status")

    def test_a_status_publishes_and_cancels(self, call: Call, owner: User) -> None:
        event = factories.make_event(organizer=owner, status=EventStatus.DRAFT)
        path = f"{PATH}{event.slug}/"
        assert call(owner).patch(path, {"status": "published"}).json["status"] == "published"
        assert call(owner).patch(path, {"status": "cancelled"}).json["status"] == "cancelled"
        assert db.session.scalar(sa.select(sa.func.count(OutboxJob.id)).filter_by(name="unwind_event")) == 2

    def test_the_pricing_type_is_fixed_once_ticket_types_exist(self, call: Call, owner: User) -> None:
        event = factories.make_simple_event(organizer=owner)
        answer = call(owner).patch(f"{PATH}{event.slug}/", {"pricing_type": "tiered"})
        assert list(answer.json["field_errors"]) == ["pricing_type"]

    def test_the_capacity_never_falls_below_what_is_sold(self, call: Call, owner: User) -> None:
        event = factories.make_simple_event(organizer=owner, total_capacity=50)
        factories.sell_places(event.ticket_types[0].offers[0], 9)
        answer = call(owner).patch(f"{PATH}{event.slug}/", {"total_capacity": 8})
        assert list(answer.json["field_errors"]) == ["total_capacity"]

    def test_a_time_without_an_offset_is_read_in_the_events_zone(self, call: Call, owner: User) -> None:
        event = factories.make_event(organizer=owner, time_zone="America/New_York")
        times = {"start_date": "2030-07-01T18:00:00", "end_date": "2030-07-01T23:00:00"}
        answer = call(owner).patch(f"{PATH}{event.slug}/", times)
        assert answer.json["start_date"] == "2030-07-01T22:00:00Z"


class TestDeleting:
    def test_an_event_nobody_ordered_is_gone(self, call: Call, owner: User) -> None:
        path = f"{PATH}{factories.make_grid_event(organizer=owner).slug}/"
        answer = call(owner).delete(path)
        assert (answer.status_code, answer.data) == (204, b"")
        assert call(owner).get(path).status_code == 404

    def test_an_event_with_orders_is_cancelled_instead(self, call: Call, owner: User) -> None:
        event = factories.make_simple_event(organizer=owner)
        factories.sell_places(event.ticket_types[0].offers[0], 1)
        sentence = "An event with orders cannot be deleted. Cancel it instead."
        assert_refused(call(owner).delete(f"{PATH}{event.slug}/"), 400, sentence)

    def test_administrators_may(self, call: Call) -> None:
        event = factories.make_event()
        assert call(factories.make_staff()).delete(f"{PATH}{event.slug}/").status_code == 204


class TestSteps:
    def test_publishing_answers_the_event_and_a_message(self, call: Call, owner: User) -> None:
        event = factories.make_event(organizer=owner, status=EventStatus.DRAFT)
        answer = call(owner).post(f"{PATH}{event.slug}/publish/")
        assert (answer.status_code, answer.json["message"]) == (200, "Event published successfully")
        assert set(answer.json) == {*DETAIL_KEYS, "message"}
        assert answer.json["status"] == "published"

    def test_cancelling_answers_the_event_ends_tickets_and_sales(self, call: Call, owner: User) -> None:
        event = factories.make_simple_event(organizer=owner)
        issue_tickets(factories.sell_places(event.ticket_types[0].offers[0], 2), NOW)
        answer = call(owner).post(f"{PATH}{event.slug}/cancel/")
        assert (answer.status_code, answer.json["message"]) == (200, "Event cancelled successfully")
        assert (answer.json["status"], set(answer.json)) == ("cancelled", {*DETAIL_KEYS, "message"})
        assert set(db.session.scalars(sa.select(Ticket.status))) == {TicketStatus.CANCELLED}
        assert "unwind_event" in set(db.session.scalars(sa.select(OutboxJob.name)))

    @pytest.mark.parametrize(
        ("step", "fields", "sentence"),
        [
            ("publish", {}, "Event is already published"),
            ("publish", {"status": EventStatus.CANCELLED}, "A cancelled event stays cancelled."),
            (
                "publish",
                {"status": EventStatus.DRAFT, "start_at": NOW - 9 * DAY},
                "The event is over. Change its dates before you publish it.",
            ),
            ("cancel", {"status": EventStatus.CANCELLED}, "Event is already cancelled"),
            ("cancel", {"start_at": NOW - 9 * DAY}, "Cannot cancel a completed event"),
        ],
    )
    def test_a_step_that_cannot_be_taken_is_refused_under_message_too(
        self, call: Call, owner: User, step: str, fields: dict[str, Any], sentence: str
    ) -> None:
        event = factories.make_event(organizer=owner, **fields)
        answer = call(owner).post(f"{PATH}{event.slug}/{step}/")
        assert_refused(answer, 400, sentence)
        assert answer.json["message"] == sentence

    @pytest.mark.parametrize("step", ["publish", "cancel"])
    def test_others_may_not_and_administrators_may(self, call: Call, step: str) -> None:
        stored = EventStatus.DRAFT if step == "publish" else EventStatus.PUBLISHED
        event, public = factories.make_event(status=stored), factories.make_event()
        path = f"{PATH}{public.slug}/{step}/"
        assert call().post(path).status_code == 401
        for user in (factories.make_user(), factories.make_organizer()):
            sentence = f"You do not have permission to {step} this event."
            assert_refused(call(user).post(path), 403, sentence)
        assert call(factories.make_staff()).post(f"{PATH}{event.slug}/{step}/").status_code == 200
        assert call(factories.make_user()).post(f"{PATH}no-such/{step}/").status_code == 404


class TestPictures:
    PHOTO = encoded(drawn(1000, 500), "JPEG")

    @pytest.fixture
    def files(self, settings: Settings) -> Callable[[], set[str]]:
        folder: Path = settings.storage_dir

        def names() -> set[str]:
            return {path.name for path in folder.iterdir()} if folder.exists() else set()

        before = names()
        return lambda: names() - before

    def form(self, **fields: Any) -> dict[str, Any]:
        return {name: str(value) for name, value in body().items()} | fields

    def test_they_come_in_a_multipart_body_and_are_given_as_absolute_addresses(
        self, call: Call, owner: User, settings: Settings
    ) -> None:
        sent = self.form(
            banner_image=(BytesIO(self.PHOTO), "banner.jpg"),
            thumbnail_image=(BytesIO(self.PHOTO), "small.png"),
        )
        made = call(owner)("POST", PATH, data=sent, content_type="multipart/form-data").json
        for name in ("banner_image", "thumbnail_image"):
            assert made[name].startswith(f"{settings.public_url}/media/")
            shown = call().get(made[name].removeprefix(settings.public_url))
            assert (shown.status_code, shown.mimetype) == (200, "image/webp")
        assert made["banner"] == made["banner_image"]

    def test_the_address_read_back_keeps_a_picture_and_null_removes_it(
        self, call: Call, owner: User, files: Callable[[], set[str]]
    ) -> None:
        caller = call(owner)
        sent = self.form(banner_image=(BytesIO(self.PHOTO), "banner.jpg"))
        read = caller("POST", PATH, data=sent, content_type="multipart/form-data").json
        path = f"{PATH}{read['slug']}/"
        assert caller.put(path, read).json["banner_image"] == read["banner_image"]
        assert caller.patch(path, {"banner_image": None}).json["banner_image"] is None
        assert files()
        drain_outbox()
        assert not files()

    def test_a_new_picture_takes_the_place_of_the_old_one(
        self, call: Call, owner: User, files: Callable[[], set[str]]
    ) -> None:
        event = factories.make_event(organizer=owner)
        path = f"{PATH}{event.slug}/"
        for number in (1, 2):
            sent = {"banner_image": (BytesIO(self.PHOTO), f"{number}.jpg")}
            answer = call(owner)("PATCH", path, data=sent, content_type="multipart/form-data")
            assert answer.status_code == 200
        drain_outbox()
        assert len({name.split("-")[0] for name in files()}) == 1

    def test_what_is_no_picture_is_named_and_nothing_is_kept(
        self, call: Call, owner: User, files: Callable[[], set[str]]
    ) -> None:
        sent = self.form(banner_image=(BytesIO(b"<svg/>"), "x.jpg"))
        answer = call(owner)("POST", PATH, data=sent, content_type="multipart/form-data")
        assert (answer.status_code, list(answer.json["field_errors"])) == (400, ["banner_image"])
        wrong = self.form(banner_image=(BytesIO(self.PHOTO), "x.jpg"), total_capacity="0")
        answer = call(owner)("POST", PATH, data=wrong, content_type="multipart/form-data")
        assert list(answer.json["field_errors"]) == ["total_capacity"]
        assert not files()
        assert db.session.scalar(sa.select(sa.func.count(Event.id))) == 0
