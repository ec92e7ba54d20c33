"""Lists of events as clients of an API ask for them: statuses by the clock, orders, and an organizer's own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from easyticket.core import clock
from easyticket.core.errors import Forbidden, Invalid, NotFound, Unauthenticated
from easyticket.db import db
from easyticket.models import Event, EventStatus
from easyticket.queries.event_filters import EventFilters
from easyticket.queries.event_lists import (
    filters_for,
    list_events_by,
    list_featured_events,
    list_my_events,
    list_upcoming_events,
)
from easyticket.queries.event_stock import EventStock, get_event_stock
from easyticket.queries.pages import Page
from easyticket.rules.permissions import ANONYMOUS, Actor
from easyticket.rules.schedule import status_of
from tests import factories
from tests.statements import counted_statements

pytestmark = pytest.mark.usefixtures("db_session")

NOW = clock.now()
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def titles(found: Page[Event]) -> list[str]:
    return [event.title for event in found.items]


def sorted_titles(ordering: str) -> list[str]:
    return titles(list_events_by(ANONYMOUS, EventFilters(), ordering=ordering, now=NOW))


def of_every_status(**fields: Any) -> None:
    factories.make_event(title="Draft", status=EventStatus.DRAFT, **fields)
    factories.make_event(title="Coming", **fields)
    factories.make_event(title="Running", start_at=NOW - HOUR, **fields)
    factories.make_event(title="Over", start_at=NOW - DAY, **fields)
    factories.make_event(title="Cancelled", status=EventStatus.CANCELLED, **fields)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("", ["Coming", "Running"]),
        ("published", ["Coming"]),
        ("ongoing", ["Running"]),
        ("completed", ["Over"]),
        ("cancelled", ["Cancelled"]),
        ("draft", []),
    ],
)
def test_each_status_gives_the_events_that_have_it_by_the_clock(status: str, expected: list[str]) -> None:
    of_every_status()
    found = list_events_by(ANONYMOUS, filters_for(status=status), now=NOW)
    assert titles(found) == expected
    assert all(status_of(event, NOW) == status for event in found.items if status)


def test_drafts_are_shown_to_their_owner_and_to_staff_only() -> None:
    owner = factories.make_organizer()
    of_every_status(organizer=owner)
    factories.make_event(title="Another draft", status=EventStatus.DRAFT)
    drafts = filters_for(status="draft")

    def seen_by(actor: Actor) -> set[str]:
        return set(titles(list_events_by(actor, drafts, now=NOW)))

    assert seen_by(factories.actor_of(owner)) == {"Draft"}
    assert seen_by(factories.actor_of(factories.make_staff())) == {"Draft", "Another draft"}
    assert seen_by(factories.actor_of(factories.make_organizer())) == set()
    assert seen_by(ANONYMOUS) == set()


def test_a_category_is_named_by_its_uuid_also_when_it_is_switched_off() -> None:
    hidden = factories.make_category(is_active=False)
    factories.make_event(title="Inside", category=hidden)
    factories.make_event(title="Outside")
    assert titles(list_events_by(ANONYMOUS, filters_for(category=hidden.uuid), now=NOW)) == ["Inside"]
    with pytest.raises(Invalid) as refusal:
        filters_for(category=uuid4())
    assert list(refusal.value.fields) == ["category"]


@pytest.mark.parametrize(
    ("ordering", "expected"),
    [
        ("", ["Late", "Middle", "Early"]),
        ("start_date", ["Early", "Middle", "Late"]),
        ("-start_date", ["Late", "Middle", "Early"]),
        ("created_at", ["Middle", "Late", "Early"]),
        ("-created_at", ["Early", "Late", "Middle"]),
        ("title", ["Early", "Late", "Middle"]),
        ("-title", ["Middle", "Late", "Early"]),
        ("base_price", ["Middle", "Early", "Late"]),
        ("-base_price", ["Late", "Early", "Middle"]),
        ("colour", ["Late", "Middle", "Early"]),
        ("--title", ["Late", "Middle", "Early"]),
        ("colour, title ,", ["Early", "Late", "Middle"]),
    ],
)
def test_each_order_sorts_and_unknown_ones_do_not(ordering: str, expected: list[str]) -> None:
    # 2 cedis, 2,000 yen and 2.500 dinars: prices compare as they are written, whatever a minor unit is.
    plans = [("Early", 1, 3, "KWD", 2_500), ("Middle", 2, 1, "GHS", 200), ("Late", 3, 2, "JPY", 2_000)]
    for title, day, age, currency, price_minor in plans:
        factories.make_event(
            title=title,
            start_at=NOW + day * DAY,
            created_at=NOW + age * HOUR,
            currency=currency,
            base_price_minor=price_minor,
        )
    assert sorted_titles(ordering) == expected


def test_several_orders_count_one_after_the_other_and_equal_rows_by_their_number() -> None:
    for title, price_minor in (("B", 100), ("A", 100), ("C", 50), ("A", 100)):
        factories.make_event(title=title, base_price_minor=price_minor)
    assert sorted_titles("-base_price,title") == ["A", "A", "B", "C"]
    assert sorted_titles("base_price,-title") == ["C", "B", "A", "A"]
    events = list_events_by(ANONYMOUS, EventFilters(), ordering="title", now=NOW).items
    turned = list_events_by(ANONYMOUS, EventFilters(), ordering="-title", now=NOW).items
    assert [event.id for event in events] == [event.id for event in reversed(turned)]


def test_pages_of_equal_rows_never_overlap() -> None:
    start_at = NOW + DAY
    made = {factories.make_event(start_at=start_at).id for _ in range(5)}
    pages = [list_events_by(ANONYMOUS, EventFilters(), page=page, per_page=2, now=NOW) for page in (1, 2, 3)]
    assert [len(page.items) for page in pages] == [2, 2, 1]
    assert {event.id for page in pages for event in page.items} == made
    with pytest.raises(NotFound):
        list_events_by(ANONYMOUS, EventFilters(), page=4, per_page=2, now=NOW)


def test_organizers_see_their_own_events_in_every_status_and_nobody_elses() -> None:
    owner = factories.make_organizer()
    of_every_status(organizer=owner)
    factories.make_event(title="Another's")
    mine = list_my_events(factories.actor_of(owner), now=NOW)
    assert set(titles(mine)) == {"Draft", "Coming", "Running", "Over", "Cancelled"}
    assert titles(mine)[-1] == "Over"
    with pytest.raises(Unauthenticated):
        list_my_events(ANONYMOUS, now=NOW)
    for refused in (factories.make_user(), factories.make_staff()):
        with pytest.raises(Forbidden, match=r"Only organizers can access this endpoint\."):
            list_my_events(factories.actor_of(refused), now=NOW)


def test_upcoming_events_have_not_begun_and_come_the_soonest_first() -> None:
    of_every_status()
    factories.make_event(title="Soon", start_at=NOW + HOUR)
    assert titles(list_upcoming_events(ANONYMOUS, now=NOW)) == ["Soon", "Coming"]


def test_featured_events_come_the_newest_first() -> None:
    of_every_status(is_featured=True, created_at=NOW)
    factories.make_event(title="Fresh", is_featured=True, created_at=NOW + HOUR, start_at=NOW + HOUR)
    factories.make_event(title="Ordinary")
    assert titles(list_featured_events(ANONYMOUS, now=NOW)) == ["Fresh", "Running", "Coming"]


def test_fifty_events_take_two_statements_as_one_does() -> None:
    def statements() -> int:
        db.session.expire_all()
        with counted_statements() as seen:
            for event in list_events_by(ANONYMOUS, EventFilters(query="evening"), per_page=50, now=NOW).items:
                assert event.organizer.display_name
                assert event.category is None or event.category.name
        return len(seen)

    factories.make_simple_event(category=factories.make_category())
    with_one = statements()
    for number in range(49):
        factories.make_event(category=factories.make_category() if number % 2 else None)
    assert statements() == with_one == 2


@pytest.mark.parametrize(
    ("capacity", "expected"),
    [
        (300, EventStock(sold=7, left=290)),
        (None, EventStock(sold=7, left=90)),
        (10, EventStock(sold=7, left=0)),
    ],
)
def test_the_stock_of_an_event_is_its_capacity_or_what_it_sells(
    capacity: int | None, expected: EventStock
) -> None:
    event = factories.make_simple_event(quantity=100, total_capacity=capacity)
    factories.make_ticket_type(event, quantity=50, is_active=False)
    factories.sell_places(event.ticket_types[0].offers[0], 7)
    factories.hold_places(event.ticket_types[0].offers[0], 3)
    assert get_event_stock(event) == expected


def test_an_event_that_sells_nothing_yet_has_room_for_its_capacity() -> None:
    assert get_event_stock(factories.make_event(total_capacity=300)) == EventStock(sold=0, left=300)
    assert get_event_stock(factories.make_event()) == EventStock(sold=0, left=0)
