"""What lists of outside clients show beside an event, and each offer as a ticket type of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from easyticket.core.money import Money
from easyticket.db import db, transaction
from easyticket.models import Event, EventStatus, Hold, OrderStatus
from easyticket.queries.category_items import is_in_category, list_category_items
from easyticket.queries.event_items import EventItem, load_event_item, load_event_items
from easyticket.queries.events import for_list
from easyticket.queries.offer_items import list_offer_items, load_offer_items
from easyticket.services import inventory
from tests import factories
from tests.statements import counted_statements

pytestmark = pytest.mark.usefixtures("db_session")

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
COMING = {"start_at": NOW + DAY}


def counts(event: Event) -> tuple[int, int, int]:
    item = load_event_item(event, NOW)
    return item.total, item.sold, item.available


def prices(event: Event) -> tuple[str, str]:
    item = load_event_item(event, NOW)
    return item.prices.lowest.as_text(), item.prices.highest.as_text()


@pytest.mark.parametrize(
    ("capacity", "expected"),
    [(None, (102, 9, 90)), (1_000, (102, 9, 90)), (50, (50, 9, 38))],
)
def test_an_event_has_the_tickets_of_its_types_as_far_as_its_room_goes(
    capacity: int | None, expected: tuple[int, int, int]
) -> None:
    event = factories.make_simple_event(quantity=100, total_capacity=capacity, **COMING)
    switched_off = factories.make_ticket_type(event, quantity=40)
    standard = event.ticket_types[0].offers[0]
    factories.sell_places(standard, 7)
    factories.hold_places(standard, 3)
    factories.sell_places(switched_off.offers[0], 2)
    with transaction():
        switched_off.is_active = False
    assert counts(event) == expected


def test_an_event_without_tickets_has_room_but_nothing_to_buy_and_the_price_it_is_listed_at() -> None:
    assert counts(factories.make_event(total_capacity=300, **COMING)) == (300, 0, 0)
    bare = factories.make_event(**COMING)
    assert (counts(bare), prices(bare)) == ((0, 0, 0), ("0.00", "0.00"))
    assert prices(factories.make_event(base_price_minor=2_500, **COMING)) == ("25.00", "25.00")


def test_prices_are_those_on_sale_and_of_everything_once_nothing_is() -> None:
    event = factories.make_event(currency="JPY", **COMING)
    factories.make_ticket_type(event, price_minor=1_000, sales_end_at=NOW - DAY)
    factories.make_ticket_type(event, price_minor=9_000, is_active=False)
    middle = factories.make_ticket_type(event, price_minor=2_000)
    factories.make_ticket_type(event, price_minor=3_000, sales_start_at=NOW + timedelta(hours=1))
    assert prices(event) == ("2000", "3000")
    with transaction():
        for ticket_type in event.ticket_types:
            ticket_type.sales_start_at, ticket_type.sales_end_at = None, NOW - DAY
    assert middle.sales_end_at is not None
    assert prices(event) == ("1000", "3000")


def test_a_list_of_twenty_takes_as_many_statements_as_one() -> None:
    def statements() -> tuple[int, list[EventItem]]:
        db.session.expire_all()
        events = db.session.scalars(for_list(sa.select(Event)).order_by(Event.id)).all()
        with counted_statements() as seen:
            items = load_event_items(events, NOW)
            found = load_offer_items(events, NOW)
            assert [len(found[event.id]) for event in events] == [
                len(found[event.id]) or 0 for event in events
            ]
        return len(seen), items

    first = factories.make_simple_event(category=factories.make_category(), **COMING)
    with_one, _ = statements()
    for number in range(19):
        factories.make_tiered_event(category=factories.make_category() if number % 2 else None, **COMING)
    with_twenty, items = statements()
    assert with_twenty == with_one == 7
    assert items[0].event.id == first.id
    assert items[0].prices.lowest == Money(5_000, "GHS")
    assert [item.total for item in items] == [100] + 19 * [90]
    assert load_event_items([], NOW) == []


def test_events_without_a_category_are_in_other() -> None:
    music = factories.make_category("Music", icon="FaMusic")
    factories.make_category("Hidden", is_active=False)
    lone, tune = factories.make_event(**COMING), factories.make_event(category=music, **COMING)
    factories.make_event(category=music, start_at=NOW - 2 * DAY)
    factories.make_event(category=music, status=EventStatus.DRAFT, **COMING)

    def listed() -> list[tuple[str, str, int]]:
        return [(item.slug, item.icon, item.event_count) for item in list_category_items(NOW)]

    def found(key: str) -> set[int]:
        return set(db.session.scalars(sa.select(Event.id).where(is_in_category(key), Event.start_at > NOW)))

    def shown(event: Event) -> tuple[int, str, int]:
        category = load_event_item(event, NOW).category
        return category.id, category.name, category.event_count

    assert listed() == [("music", "FaMusic", 1), ("other", "FaCalendarAlt", 1)]
    assert (shown(lone), shown(tune)) == ((0, "Other", 1), (music.id, "Music", 1))
    assert found("other") == found("0") == {lone.id}
    other = factories.make_category("Other", icon="FaStar")
    also = factories.make_event(category=other, **COMING)
    assert listed() == [("music", "FaMusic", 1), ("other", "FaStar", 2)]
    assert shown(lone) == shown(also) == (other.id, "Other", 2)
    assert found("other") == found(str(other.id)) == {lone.id, also.id}
    assert tune.id in found(str(music.id))
    assert [found(unknown) for unknown in ("nothing", "999999", "9" * 30, "a\x00b")] == [set()] * 4


def test_every_offer_is_a_ticket_type_with_what_is_left_by_all_its_limits() -> None:
    event = factories.make_tiered_event(total_capacity=80, **COMING)
    regular, gold = event.ticket_types[0].offers
    factories.sell_places(gold, 30)
    factories.hold_places(regular, 48)
    factories.make_ticket_type(event, name="Later", sales_start_at=NOW + timedelta(hours=1))
    factories.make_ticket_type(event, name="Off", is_active=False)
    pairs = factories.make_ticket_type(event, name="Pairs", min_purchase=3)
    told = {
        item.offer.full_name: (item.quantity, item.sold, item.remaining, item.is_available)
        for item in list_offer_items(event, NOW)
    }
    assert told == {
        "Seat - Regular": (60, 0, 2, True),
        "Seat - Gold": (30, 30, 0, False),
        "Later": (100, 0, 2, False),
        pairs.name: (100, 0, 2, False),
    }
    assert "Off" in {item.offer.full_name for item in list_offer_items(event, NOW, include_inactive=True)}


def test_what_is_sold_out_says_since_when() -> None:
    event = factories.make_event(total_capacity=10, **COMING)
    first, second, third = (factories.make_ticket_type(event, quantity=6).offers[0] for _ in range(3))
    for offer, hours in ((first, 3), (first, 2), (second, 1)):
        sold_at = NOW - timedelta(hours=hours)
        factories.make_order(
            event,
            [(offer, 3)],
            status=OrderStatus.CONFIRMED,
            confirmed_at=sold_at,
            user=factories.make_user(),
        )
    last = factories.hold_places(third, 1)

    def moments() -> list[datetime | None]:
        return [item.sold_out_at for item in list_offer_items(event, NOW)]

    # The room of the event is taken, but some of it is only held.
    assert moments() == [NOW - timedelta(hours=2), None, None]
    with transaction():
        assert inventory.convert_hold(
            db.session.scalars(sa.select(Hold).filter_by(order_id=last.id)).one(), NOW
        )
        last.status, last.confirmed_at = OrderStatus.CONFIRMED, NOW
    assert moments() == [NOW - timedelta(hours=2), NOW, NOW]
