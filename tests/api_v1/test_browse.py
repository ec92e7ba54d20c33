"""Events through the door of the Cafa Tickets API: lists with every parameter, past events, and the page of one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask

from easyticket.core import clock
from easyticket.db import db, transaction
from easyticket.models import Event, EventImage, EventStatus, EventVisit, FeeBearer
from easyticket.services.visits import write_visits
from tests import factories
from tests.api_v1.conftest import Caller
from tests.statements import counted_statements

pytestmark = pytest.mark.usefixtures("db_session")

EVENTS = "/api/v1/events/"
PAST = "/api/v1/events/past/"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ITEM_KEYS = set(
    "id title slug organizer category short_description featured_image venue_name venue_city venue_country start_date end_date "
    "start_time end_time tickets_sold tickets_available max_attendees lowest_price highest_price status is_recurring "
    "is_published created_at updated_at total_tickets".split()
)
PAGE_KEYS = set(
    "id title slug organizer category description short_description featured_image additional_images venue start_date end_date "
    "start_time end_time timezone max_attendees tickets_sold tickets_available lowest_price highest_price status is_recurring "
    "recurrence_info check_in_policy is_published created_at updated_at ticket_types similar_events share_urls".split()
)
TYPE_KEYS = set(
    "id name description price quantity tickets_sold tickets_remaining min_purchase max_purchase available_from "
    "available_until is_available sold_out_at".split()
)
NEVER_NULL = PAGE_KEYS - {"recurrence_info"}


@pytest.fixture
def titles(call: Callable[..., Caller]) -> Callable[..., list[str]]:
    """Return the titles a list answers, with parameters as the address writes them."""

    def ask(path: str = EVENTS, **asked: Any) -> list[str]:
        answer = call().get(path, query_string=asked)
        assert answer.status_code == 200, answer.json
        return [row["title"] for row in answer.json["results"]]

    return ask


def of_every_status() -> datetime:
    now = clock.now()
    factories.make_event(title="Draft", status=EventStatus.DRAFT)
    factories.make_event(title="Cancelled", status=EventStatus.CANCELLED)
    factories.make_event(title="Late", start_at=now + 9 * DAY)
    factories.make_event(title="Soon", start_at=now + DAY)
    factories.make_event(title="Running", start_at=now - HOUR)
    factories.make_event(title="Over", start_at=now - DAY)
    factories.make_event(title="Long over", start_at=now - 9 * DAY)
    return now


def test_lists_show_what_the_calendar_says(
    call: Callable[..., Caller], titles: Callable[..., list[str]]
) -> None:
    of_every_status()
    assert titles() == titles(status="upcoming") == titles(status="") == ["Late", "Soon"]
    assert titles(status="ongoing") == ["Running"]
    assert titles(status="all") == ["Late", "Soon", "Running"]
    assert titles(PAST) == titles(PAST, status="upcoming") == ["Over", "Long over"]
    assert titles(PAST, ordering="start_date") == ["Long over", "Over"]
    assert {row["status"] for row in call().get(PAST).json["results"]} == {"past"}


def test_an_item_has_every_key_and_the_clocks_of_its_place(call: Callable[..., Caller]) -> None:
    start_at = datetime(2031, 7, 5, 1, 30, tzinfo=UTC)
    organizer = factories.make_organizer(username="Kojo")
    event = factories.make_simple_event(
        title="Brooklyn Nights",
        organizer=organizer,
        time_zone="America/New_York",
        currency="USD",
        start_at=start_at,
        end_at=start_at + 4 * HOUR,
        total_capacity=80,
        fee_bearer=FeeBearer.BUYER,
    )
    factories.make_ticket_type(event, price_minor=12_050)
    factories.sell_places(event.ticket_types[0].offers[0], 2)
    (item,) = call().get(EVENTS).json["results"]
    assert set(item) >= ITEM_KEYS
    assert item["organizer"] == {
        "id": organizer.id,
        "username": "Kojo",
        "full_name": organizer.full_name,
        "profile_image": None,
    }
    shown = {name: item[name] for name in ITEM_KEYS - {"organizer", "category", "created_at", "updated_at"}}
    assert shown == {
        "id": event.id,
        "title": "Brooklyn Nights",
        "slug": event.slug,
        "short_description": "",
        "featured_image": f"/media/covers/{event.id}.png",
        "venue_name": "National Theatre",
        "venue_city": "Accra",
        "venue_country": "Ghana",
        "start_date": "2031-07-04",
        "end_date": "2031-07-05",
        "start_time": "21:30:00",
        "end_time": "01:30:00",
        "tickets_sold": 2,
        "tickets_available": 78,
        "total_tickets": 80,
        "max_attendees": 80,
        "lowest_price": "50.00",
        "highest_price": "120.50",
        "status": "upcoming",
        "is_recurring": False,
        "is_published": True,
    }
    assert item["category"] == {
        "id": 0,
        "name": "Other",
        "slug": "other",
        "description": "",
        "icon": "FaCalendarAlt",
        "event_count": 1,
    }
    assert item["created_at"].endswith("Z")


def test_an_event_shows_its_picture_in_all_sizes_or_the_cover_drawn_for_it(
    app: Flask, call: Callable[..., Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    name, thumbnail = f"{'a' * 32}-1600x800.webp", f"{'b' * 32}-480x240.webp"
    factories.make_event(title="Both", banner_image=name, thumbnail_image=thumbnail)
    factories.make_event(title="Thumbnail", thumbnail_image=thumbnail)
    bare = factories.make_event(title="None")
    slug = bare.slug

    def shown() -> dict[str, Any]:
        rows = call().get(EVENTS).json["results"]
        assert all(row["featured_image"] == row["featured_image_sizes"][-1]["url"] for row in rows)
        return {row["title"]: row for row in rows}

    rows = shown()
    assert [
        (size["url"][-13:], size["width"], size["height"]) for size in rows["Both"]["featured_image_sizes"]
    ] == [
        ("-480x240.webp", 480, 240),
        ("-960x480.webp", 960, 480),
        ("1600x800.webp", 1600, 800),
    ]
    assert rows["Thumbnail"]["featured_image"] == f"/media/{thumbnail}"
    cover = call().get(rows["None"]["featured_image"])
    assert (cover.status_code, cover.mimetype) == (200, "image/png")
    settings = app.config["SETTINGS"]
    monkeypatch.setitem(app.config, "SETTINGS", replace(settings, v1_absolute_media_urls=True))
    assert shown()["None"]["featured_image"] == f"{settings.public_url}/media/covers/{bare.id}.png"
    assert call().get(f"{EVENTS}{slug}/").json["featured_image"].startswith(settings.public_url)


def test_words_city_and_category_narrow_a_list(
    call: Callable[..., Caller], titles: Callable[..., list[str]]
) -> None:
    music = factories.make_category("Music")
    hidden = factories.make_category("Hidden", is_active=False)
    factories.make_event(title="Drums", category=music, venue_name="Alliance Hall", venue_city="Düsseldorf")
    factories.make_event(title="Talks", category=hidden, description="About concerts", venue_city="Lagos")
    factories.make_event(title="Markets", venue_city="Lagos")
    assert titles(search="DRUMS") == titles(search="alliance") == titles(search="düsseldorf") == ["Drums"]
    assert titles(search="concert") == ["Talks"]
    assert titles(search="drums lagos") == []
    assert sorted(titles(city="lagos")) == ["Markets", "Talks"]
    assert titles(city="dusseldorf") == ["Drums"]
    assert titles(category="music") == titles(category=music.id) == ["Drums"]
    assert titles(category="hidden") == ["Talks"]
    assert titles(category="other") == ["Markets"]
    assert titles(category="music", city="Lagos") == []
    for unknown in ("nothing", "999999", "9" * 20):
        assert titles(category=unknown) == titles(PAST, category=unknown) == []
    applied = call().get(EVENTS, query_string={"category": "music", "city": "Accra", "status": "all"}).json
    assert applied["filters_applied"] == {
        "category": "music",
        "search": None,
        "city": "Accra",
        "status": "all",
    }


def test_days_are_those_of_the_events_own_calendar(titles: Callable[..., list[str]]) -> None:
    def evening(title: str, zone: str, day: int, hour: int = 20, hours: int = 3) -> None:
        start_at = factories.at(date(2031, 8, day), hour, zone=zone)
        factories.make_event(title=title, time_zone=zone, start_at=start_at, end_at=start_at + hours * HOUR)

    # In UTC the first is on the 2nd, and the second still on the 1st.
    evening("New York", "America/New_York", 1, hour=21, hours=2)
    evening("Berlin", "Europe/Berlin", 2, hour=0, hours=1)
    evening("Festival", "Africa/Accra", 1, hours=60)
    evening("Later", "Africa/Accra", 9)

    def on(**asked: str) -> set[str]:
        return set(titles(**asked))

    assert on(date_from="2031-08-01", date_to="2031-08-01") == {"New York", "Festival"}
    assert on(date_from="2031-08-02", date_to="2031-08-03") == {"Berlin", "Festival"}
    assert on(date_from="2031-08-05") == {"Later"}
    assert on(date_to="2031-08-08") == {"New York", "Berlin", "Festival"}
    assert on(date_from="2040-01-01") == on(date_from="9999-12-31") == set()
    assert len(on(date_from="0001-01-01", date_to="9999-12-31")) == len(on(date_to="9999-12-30")) == 4
    assert titles(PAST, date_to="2031-08-08") == []


def test_prices_are_without_fees_and_one_ticket_in_the_range_is_enough(
    titles: Callable[..., list[str]],
) -> None:
    now = clock.now()
    wide = factories.make_simple_event(title="Wide", price_minor=1_000)
    factories.make_ticket_type(wide, price_minor=20_000)
    factories.make_simple_event(title="Free", price_minor=0)
    factories.make_simple_event(title="Yen", currency="JPY", price_minor=100)
    old = factories.make_event(title="Over", start_at=now - DAY)
    factories.make_ticket_type(old, price_minor=10_000, sales_end_at=now - DAY)

    assert sorted(titles(price_min="100", price_max="200")) == ["Wide", "Yen"]
    assert titles(price_min="11", price_max="99.99") == []
    assert titles(price_max="0") == ["Free"]
    assert titles(price_min="200", price_max="200.00") == ["Wide"]
    assert titles(PAST, price_min="100", price_max="100") == ["Over"]


def test_lists_are_sorted_as_asked_and_unknown_orders_are_ignored(titles: Callable[..., list[str]]) -> None:
    now = clock.now()
    plans = [("Early", 1, 3, 9_000, 0), ("Middle", 2, 1, 1_000, 5), ("Late", 3, 2, 4_000, 5)]
    for title, day, age, price_minor, sold in plans:
        event = factories.make_simple_event(
            title=title, start_at=now + day * DAY, created_at=now + age * HOUR, price_minor=price_minor
        )
        if sold:
            factories.sell_places(event.ticket_types[0].offers[0], sold)
    # Its cheap ticket is no longer sold: it is sorted by the price it shows.
    early = db.session.query(Event).filter_by(title="Early").one()
    factories.make_ticket_type(early, price_minor=100, sales_end_at=now - DAY)

    assert (
        titles() == titles(ordering="-start_date") == titles(ordering="colour") == ["Late", "Middle", "Early"]
    )
    assert titles(ordering="start_date") == ["Early", "Middle", "Late"]
    assert titles(ordering="price") == ["Middle", "Late", "Early"]
    assert titles(ordering="-price") == ["Early", "Late", "Middle"]
    assert titles(ordering="created_at") == ["Middle", "Late", "Early"]
    assert titles(ordering="-created_at") == ["Early", "Late", "Middle"]
    assert titles(ordering="popularity") == titles(ordering="-popularity") == ["Middle", "Late", "Early"]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ("status=past", "status"),
        ("date_from=x", "date_from"),
        ("date_to=2031-02-30", "date_to"),
        ("price_min=-1", "price_min"),
        ("price_max=1000000000000.01", "price_max"),
        ("price_max=NaN", "price_max"),
        ("price_max=1e99", "price_max"),
    ],
)
def test_an_invalid_filter_is_refused_by_its_name(
    call: Callable[..., Caller], asked: str, field: str
) -> None:
    answer = call().get(f"{EVENTS}?{asked}")
    assert (answer.status_code, list(answer.json["details"])) == (400, [field])
    assert answer.json["message"] == "The data provided is invalid"
    assert all(isinstance(text, str) for text in answer.json["details"][field])


def test_pages_are_numbered_and_keep_what_was_asked_for(app: Flask, call: Callable[..., Caller]) -> None:
    for _ in range(3):
        factories.make_event()
    first = call().get(f"{EVENTS}?city=accra&page_size=2&colour=red&date_from=").json
    assert (first["count"], first["page_size"], first["total_pages"], first["current_page"]) == (3, 2, 2, 1)
    assert first["previous"] is None
    assert first["next"].startswith(app.config["SETTINGS"].public_url + EVENTS)
    kept = {name: value[0] for name, value in parse_qs(urlsplit(first["next"]).query).items()}
    assert kept == {"city": "accra", "colour": "red", "page": "2", "page_size": "2"}
    second = call().get(first["next"].removeprefix(app.config["SETTINGS"].public_url)).json
    assert (len(second["results"]), second["current_page"], second["next"]) == (1, 2, None)
    assert {row["id"] for row in second["results"]}.isdisjoint(row["id"] for row in first["results"])
    clamped = call().get(f"{EVENTS}?page_size=1000").json
    assert (clamped["page_size"], clamped["total_pages"]) == (100, 1)
    for page in ("3", "0", "x", "-1"):
        assert call().get(f"{EVENTS}?page_size=2&page={page}").status_code == 404
    empty = call().get(f"{EVENTS}?city=nowhere").json
    assert (empty["count"], empty["results"], empty["total_pages"], empty["current_page"]) == (0, [], 1, 1)


def test_twenty_events_take_as_many_statements_as_one(call: Callable[..., Caller]) -> None:
    asked = f"{EVENTS}?page_size=100&search=evening&price_min=1&date_from=2020-01-01&ordering=-price"

    def statements() -> int:
        client = call()
        with counted_statements() as seen:
            assert client.get(asked).status_code == 200
        return len(seen)

    factories.make_simple_event(category=factories.make_category())
    with_one = statements()
    for number in range(19):
        factories.make_tiered_event(category=factories.make_category() if number % 2 else None)
    assert statements() == with_one == 7


def test_the_page_of_an_event_has_all_there_is_to_know(app: Flask, call: Callable[..., Caller]) -> None:
    music = factories.make_category("Music", icon="FaMusic")
    organizer = factories.make_organizer(bio="Drums since 1998.")
    event = factories.make_simple_event(
        title="Night & Drums",
        organizer=organizer,
        category=music,
        description="Drums from **Accra**.",
        venue_latitude="5.560014",
        venue_longitude="-0.205744",
        recurrence={"frequency": "weekly", "interval": 2, "end_date": None, "occurrences": 4},
    )
    factories.make_ticket_type(event, name="Hidden", is_active=False)
    factories.make_ticket_type(event, name="Later", sales_start_at=clock.now() + DAY, min_purchase=2)
    factories.sell_places(event.ticket_types[0].offers[0], 3)
    with transaction():
        event.images.append(EventImage(path=f"{'c' * 32}-900x600.webp"))
    factories.make_event(organizer=organizer, status=EventStatus.DRAFT)
    factories.sell_places(
        factories.make_simple_event(organizer=organizer, taken_down_at=clock.now()).ticket_types[0].offers[0],
        3,
    )
    over = factories.make_simple_event(organizer=organizer, start_at=clock.now() - 9 * DAY)
    factories.sell_places(over.ticket_types[0].offers[0], 4)
    similar = [factories.make_simple_event(category=music) for _ in range(4)]

    answer = call().get(f"{EVENTS}{event.slug}/")
    assert answer.status_code == 200
    page = answer.json
    assert page == call().get(f"{EVENTS}{event.id}/").json
    assert set(page) >= PAGE_KEYS
    assert {name for name in NEVER_NULL if page[name] is None} == set()
    assert page["organizer"] == {
        "id": organizer.id,
        "username": f"user{organizer.id}",
        "email": organizer.email,
        "full_name": organizer.full_name,
        "profile_image": None,
        "bio": "Drums since 1998.",
        "events_organized": 2,
        "total_tickets_sold": 7,
        "member_since": page["organizer"]["member_since"],
    }
    assert page["category"]["event_count"] == 5
    assert page["additional_images"] == [f"/media/{'c' * 32}-900x600.webp"]
    place = page["venue"].pop("google_maps_url")
    assert parse_qs(urlsplit(place).query)["query"] == ["National Theatre, Liberia Road, Accra, Ghana"]
    assert page["venue"] == {
        "name": "National Theatre",
        "address": "Liberia Road",
        "city": "Accra",
        "country": "Ghana",
        "latitude": "5.560014",
        "longitude": "-0.205744",
    }
    assert page["timezone"] == "Africa/Accra"
    assert page["is_recurring"] is True
    recurrence = {"frequency": "weekly", "interval": 2, "end_date": None, "total_occurrences": 4}
    assert page["recurrence_info"] == recurrence
    assert page["check_in_policy"] == "single_entry"
    assert [each["id"] for each in page["similar_events"]] == [each.id for each in similar[:3]]
    assert page["similar_events"][0]["lowest_price"] == "50.00"
    assert page["similar_events"][0]["featured_image"].startswith("/media/")
    standard, later = page["ticket_types"]
    assert set(standard) >= TYPE_KEYS
    assert {name: standard[name] for name in TYPE_KEYS} == {
        "id": event.ticket_types[0].offers[0].id,
        "name": "Standard",
        "description": "",
        "price": "50.00",
        "quantity": 100,
        "tickets_sold": 3,
        "tickets_remaining": 97,
        "min_purchase": 1,
        "max_purchase": 10,
        "available_from": None,
        "available_until": None,
        "is_available": True,
        "sold_out_at": None,
    }
    assert (later["name"], later["is_available"], later["min_purchase"]) == ("Later", False, 2)
    assert later["available_from"].endswith("Z")


def test_pages_are_shared_by_the_address_of_the_clients_own_page_where_there_is_one(
    app: Flask, call: Callable[..., Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    event = factories.make_event(title="Drums & Bells")
    slug = event.slug

    def shared() -> dict[str, Any]:
        urls = call().get(f"{EVENTS}{slug}/", headers={"Host": "evil.example"}).json["share_urls"]
        assert set(urls) == {"facebook", "twitter", "whatsapp", "email"}
        return {name: parse_qs(urlsplit(url).query) for name, url in urls.items()}

    settings = app.config["SETTINGS"]
    own = f"{settings.public_url}/events/{slug}/"
    assert shared()["facebook"] == {"u": [own]}
    monkeypatch.setitem(app.config, "SETTINGS", replace(settings, cafa_frontend_url="https://cafa.example"))
    theirs = f"https://cafa.example/events/{slug}"
    assert shared() == {
        "facebook": {"u": [theirs]},
        "twitter": {"url": [theirs], "text": ["Drums & Bells"]},
        "whatsapp": {"text": [f"Drums & Bells: {theirs}"]},
        "email": {"subject": ["Drums & Bells"], "body": [f"Drums & Bells: {theirs}"]},
    }


def test_tiers_and_days_are_ticket_types_and_a_cancelled_event_says_so(call: Callable[..., Caller]) -> None:
    event = factories.make_grid_event(total_capacity=1)
    factories.sell_places(event.ticket_types[0].offers[0], 1)
    full = call().get(f"{EVENTS}{event.slug}/").json
    names = ["Pass - Regular - Day 1", "Pass - VIP - Day 1", "Pass - Regular - Day 2", "Pass - VIP - Day 2"]
    assert [each["name"] for each in full["ticket_types"]] == names
    assert {(each["tickets_remaining"], each["is_available"]) for each in full["ticket_types"]} == {
        (0, False)
    }
    assert full["tickets_available"] == 0
    cancelled = factories.make_simple_event(status=EventStatus.CANCELLED)
    page = call().get(f"{EVENTS}{cancelled.slug}/").json
    assert (page["status"], page["ticket_types"][0]["is_available"]) == ("cancelled", False)


def test_a_draft_is_there_for_its_owner_and_the_sites_people_only(call: Callable[..., Caller]) -> None:
    owner = factories.make_organizer()
    draft = factories.make_simple_event(organizer=owner, status=EventStatus.DRAFT)
    path, staff, other = f"{EVENTS}{draft.slug}/", factories.make_staff(), factories.make_organizer()
    statuses = [call(user).get(path).status_code for user in (None, other, owner, staff)]
    assert statuses == [404, 404, 200, 200]
    assert call(owner).get(path).json["is_published"] is False
    for unknown in ("nothing", "999999", "9" * 30):
        answer = call().get(f"{EVENTS}{unknown}/")
        assert (answer.status_code, answer.json["error"]) == (404, "Not Found")


def test_a_look_at_a_page_is_counted_and_one_of_its_organizer_is_not(call: Callable[..., Caller]) -> None:
    # What other tests looked at is gone before there is an event with the same number.
    write_visits()
    organizer = factories.make_organizer()
    event = factories.make_event(organizer=organizer)
    for user in (organizer, None, None):
        assert call(user).get(f"{EVENTS}{event.id}/").status_code == 200
    write_visits()
    assert [visit.views for visit in db.session.scalars(sa.select(EventVisit))] == [2]


def test_the_page_takes_the_same_statements_however_much_is_sold(call: Callable[..., Caller]) -> None:
    def statements(slug: str) -> int:
        client = call()
        with counted_statements() as seen:
            # A machine is not counted as a visitor, so nothing is written beside.
            seen_by = {"User-Agent": "a bot"}
            assert client.get(f"{EVENTS}{slug}/", headers=seen_by).status_code == 200
        return len(seen)

    small = factories.make_simple_event(title="Small").slug
    with_one = statements(small)
    large = factories.make_grid_event(days=5, category=factories.make_category())
    for _ in range(5):
        factories.make_grid_event(category=large.category)
    assert statements(large.slug) == with_one == 12
