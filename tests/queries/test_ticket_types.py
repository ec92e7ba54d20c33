"""What the API says of ticket types and offers: what is left, whether they are on sale, filters, searches and orders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from easyticket.core import clock
from easyticket.core.errors import Invalid, NotFound
from easyticket.db import db, transaction
from easyticket.models import Event, EventStatus, Offer, OfferKind, PricingType
from easyticket.queries.offer_faces import (
    OfferFilters,
    get_offer_stock,
    list_offer_stocks,
    load_price_grid,
)
from easyticket.queries.ticket_stock import TypeStock
from easyticket.queries.ticket_types import (
    TypeFilters,
    get_type_stock,
    list_available_stocks,
    list_event_stocks,
    list_stocks_of_event,
    list_type_stocks,
)
from easyticket.rules.permissions import ANONYMOUS
from tests import factories
from tests.factories import actor_of
from tests.statements import counted_statements

pytestmark = pytest.mark.usefixtures("db_session")

NOW = clock.now()
TIER, DAY_PASS, DAY_TIER = OfferKind.TIER, OfferKind.DAY_PASS, OfferKind.DAY_TIER


def change(row: Any, **values: Any) -> None:
    with transaction():
        row = db.session.merge(row)
        for name, value in values.items():
            setattr(row, name, value)


def stock_of(event: Event, now: datetime = NOW) -> TypeStock:
    return get_type_stock(actor_of(event.organizer), event.ticket_types[0].uuid, now)


def names(*, ordering: str = "", now: datetime = NOW, **filters: Any) -> list[str]:
    page = list_type_stocks(ANONYMOUS, TypeFilters(**filters), ordering=ordering, now=now)
    return [stock.ticket_type.name for stock in page.items]


def available(now: datetime = NOW) -> list[str]:
    return [stock.ticket_type.name for stock in list_available_stocks(now=now).items]


def offers(kind: OfferKind, *, ordering: str = "", **filters: Any) -> list[Offer]:
    page = list_offer_stocks(ANONYMOUS, kind, OfferFilters(**filters), ordering=ordering, now=NOW)
    return [stock.offer for stock in page.items]


class TestWhatIsLeft:
    def test_sold_and_held_are_told_apart_and_neither_is_left(self) -> None:
        event = factories.make_simple_event(quantity=20)
        [offer] = event.ticket_types[0].offers
        factories.sell_places(offer, 3)
        factories.hold_places(offer, 2)
        stock = stock_of(event)
        assert (stock.sold, stock.held, stock.left) == (3, 2, 15)
        assert (stock.offers[0].sold, stock.offers[0].held, stock.offers[0].left) == (3, 2, 15)
        assert (stock.is_sold_out, stock.is_on_sale, stock.price_minor) == (False, True, 5_000)

    def test_an_events_own_capacity_limits_every_type_and_tier(self) -> None:
        event = factories.make_tiered_event([("Gold", 9_000, 30), ("Regular", 5_000, 60)], total_capacity=12)
        factories.sell_places(event.ticket_types[0].offers[0], 2)
        stock = stock_of(event)
        assert (stock.left, [each.left for each in stock.offers]) == (10, [10, 10])

    def test_a_types_total_limits_its_tiers(self) -> None:
        event = factories.make_event(pricing_type=PricingType.TIERED)
        ticket_type = factories.make_ticket_type(event, price_minor=None, quantity=25)
        for number in (1, 2):
            factories.make_offer(
                ticket_type, kind=TIER, tier_number=number, tier_name=f"Tier {number}", quantity=20
            )
        factories.sell_places(ticket_type.offers[0], 15)
        stock = stock_of(event)
        assert (stock.left, [each.left for each in stock.offers]) == (10, [5, 10])
        assert (stock.sold, [each.sold for each in stock.offers]) == (15, [15, 0])

    def test_tiers_whose_sale_is_over_are_not_counted_among_what_is_left(self) -> None:
        event = factories.make_tiered_event([("Early", 3_000, 20), ("Regular", 5_000, 5)])
        early, regular = event.ticket_types[0].offers
        change(early, sales_end_at=NOW - timedelta(days=1))
        assert (stock_of(event).left, stock_of(event).buyable, stock_of(event).is_sold_out) == (25, 5, False)
        factories.sell_places(regular, 5)
        assert (stock_of(event).left, stock_of(event).buyable, stock_of(event).is_sold_out) == (20, 0, True)
        assert available() == []

    def test_before_the_sale_begins_everything_is_left_and_nothing_on_sale(self) -> None:
        event = factories.make_simple_event(quantity=7)
        change(event.ticket_types[0], sales_start_at=NOW + timedelta(days=1))
        stock = stock_of(event)
        assert (stock.left, stock.is_on_sale, stock.is_sold_out) == (7, False, False)

    def test_fewer_than_the_least_purchase_are_as_good_as_none(self) -> None:
        event = factories.make_event()
        factories.make_ticket_type(event, quantity=5, min_purchase=2)
        factories.sell_places(event.ticket_types[0].offers[0], 4)
        stock = stock_of(event)
        assert (stock.left, stock.is_sold_out, available()) == (1, True, [])

    def test_the_least_purchase_may_be_mixed_from_tiers(self) -> None:
        event = factories.make_tiered_event([("Gold", 9_000, 2), ("Regular", 5_000, 2)])
        change(event.ticket_types[0], min_purchase=3)
        assert not stock_of(event).is_sold_out
        assert [each.is_sold_out for each in stock_of(event).offers] == [False, False]
        assert available() == ["Seat"]
        factories.sell_places(event.ticket_types[0].offers[0], 2)
        assert stock_of(event).is_sold_out
        assert available() == []

    def test_a_type_without_tiers_yet_sells_nothing_and_is_not_sold_out(self) -> None:
        event = factories.make_event(pricing_type=PricingType.TIERED)
        factories.make_ticket_type(event, price_minor=None, quantity=9)
        stock = stock_of(event)
        assert (stock.left, stock.is_sold_out, stock.is_on_sale) == (9, False, False)
        assert (stock.lowest_price_minor, stock.offers, available()) == (None, (), [])

    def test_the_lowest_price_is_that_of_what_is_switched_on(self) -> None:
        event = factories.make_tiered_event([("Student", 1_000, 5), ("Regular", 5_000, 5)])
        assert (stock_of(event).lowest_price_minor, stock_of(event).price_minor) == (1_000, None)
        change(event.ticket_types[0].offers[0], is_active=False)
        assert stock_of(event).lowest_price_minor == 5_000

    def test_offers_of_a_kind_come_by_their_numbers(self) -> None:
        event = factories.make_day_event(2)
        change(event.ticket_types[0].offers[0], position=9)
        names_of = [each.offer.day_name for each in stock_of(event).offers_of(DAY_PASS)]
        assert names_of == ["Day 1", "Day 2", "All days"]
        assert stock_of(event).offers_of(TIER) == []


class TestOnSale:
    def test_the_database_says_what_the_rule_says(self) -> None:
        """One ticket type for each thing that can stand in the way, and some where nothing does."""
        day, hour = timedelta(days=1), timedelta(hours=1)
        windows: list[dict[str, Any]] = [
            {},
            {"is_active": False},
            {"sales_start_at": NOW + hour},
            {"sales_start_at": NOW},
            {"sales_end_at": NOW},
            {"sales_end_at": NOW + hour},
            {"sales_start_at": NOW - day, "sales_end_at": NOW - hour},
        ]
        for status, starts_in in (
            (EventStatus.PUBLISHED, 14 * day),
            (EventStatus.PUBLISHED, -hour),
            (EventStatus.PUBLISHED, -2 * day),
            (EventStatus.DRAFT, 14 * day),
            (EventStatus.CANCELLED, 14 * day),
        ):
            event = factories.make_event(status=status, start_at=NOW + starts_in)
            for number, window in enumerate(windows):
                factories.make_ticket_type(event, name=f"Type {number}", **window)
                of_offer = factories.make_ticket_type(event, name=f"Offer {number}")
                change(of_offer.offers[0], **window)
        self.check(NOW)

    @pytest.mark.parametrize(
        "zone", ["Pacific/Kiritimati", "Africa/Accra", "America/New_York", "Pacific/Pago_Pago"]
    )
    def test_a_day_is_over_by_the_clock_of_its_event(self, zone: str) -> None:
        noon = datetime(2031, 6, 15, 12, tzinfo=UTC)
        # The second one runs into the night: its days end in the morning.
        for hours in (10, 20):
            event = factories.make_event(
                pricing_type=PricingType.DAY_BASED,
                time_zone=zone,
                start_at=noon - timedelta(days=4, hours=hours - 10),
                end_at=noon + timedelta(days=6, hours=-hours),
            )
            for number in range(1, 9):
                ticket_type = factories.make_ticket_type(event, price_minor=None, name=f"Day {number}")
                day_on = (noon + timedelta(days=number - 5)).date()
                factories.make_offer(ticket_type, kind=DAY_PASS, day_number=number, day_on=day_on)
        for hour in range(0, 72, 2):
            self.check(noon + timedelta(hours=hour))

    def check(self, now: datetime) -> None:
        staff = actor_of(factories.make_staff())
        every = list_type_stocks(staff, TypeFilters(), per_page=1000, now=now).items
        by_rule = {stock.ticket_type.id for stock in every if stock.is_on_sale}
        assert by_rule, "some are on sale"
        assert len(by_rule) < len(every), "and some are not"
        for wanted in (True, False):
            found = list_type_stocks(staff, TypeFilters(is_on_sale=wanted), per_page=1000, now=now)
            ids = {stock.ticket_type.id for stock in found.items}
            assert ids == {stock.ticket_type.id for stock in every if stock.is_on_sale is wanted}
        bought = {stock.ticket_type.id for stock in list_available_stocks(per_page=1000, now=now).items}
        assert bought == {s.ticket_type.id for s in every if s.is_on_sale and not s.is_sold_out}

    def test_available_leaves_out_what_is_sold_out_by_any_counter(self) -> None:
        soon = factories.at(clock.now().date() + timedelta(days=3))
        for name, quantity, event_fields in (
            ("By its total", 2, {}),
            ("By its event", 5, {"total_capacity": 2}),
            ("Left", 5, {"start_at": soon}),
        ):
            event = factories.make_event(**event_fields)
            factories.make_ticket_type(event, name=name, quantity=quantity)
            factories.sell_places(event.ticket_types[0].offers[0], 1)
            factories.hold_places(event.ticket_types[0].offers[0], 1)
        by_its_tier = factories.make_tiered_event([("Gold", 9_000, 1)])
        factories.make_ticket_type(by_its_tier, name="Room", price_minor=None)
        factories.sell_places(by_its_tier.ticket_types[0].offers[0], 1)
        factories.make_simple_event()
        # The soonest event first.
        assert available() == ["Left", "Standard"]

    def test_drafts_and_what_was_cancelled_are_not_available(self) -> None:
        for status in (EventStatus.DRAFT, EventStatus.CANCELLED):
            factories.make_simple_event(status=status)
        factories.make_simple_event(start_at=NOW - timedelta(days=3))
        assert available() == []


class TestVisibility:
    def test_drafts_are_their_owners_and_the_sites(self) -> None:
        event = factories.make_tiered_event(status=EventStatus.DRAFT)
        ticket_type, offer = event.ticket_types[0], event.ticket_types[0].offers[0]
        of_type, of_event = TypeFilters(), TypeFilters(event_uuid=event.uuid)
        for actor in (actor_of(event.organizer), actor_of(factories.make_staff())):
            assert get_type_stock(actor, ticket_type.uuid, NOW).ticket_type.id == ticket_type.id
            assert get_offer_stock(actor, TIER, offer.uuid, NOW).offer.id == offer.id
            assert list_type_stocks(actor, of_event, now=NOW).count == 1
            assert list_stocks_of_event(actor, event.uuid, now=NOW).count == 1
            assert list_offer_stocks(actor, TIER, OfferFilters(), now=NOW).count == 2
        for actor in (ANONYMOUS, actor_of(factories.make_organizer())):
            with pytest.raises(NotFound):
                get_type_stock(actor, ticket_type.uuid, NOW)
            with pytest.raises(NotFound):
                get_offer_stock(actor, TIER, offer.uuid, NOW)
            with pytest.raises(Invalid):
                list_type_stocks(actor, of_event, now=NOW)
            with pytest.raises(Invalid):
                list_offer_stocks(actor, TIER, OfferFilters(ticket_type_uuid=ticket_type.uuid), now=NOW)
            assert list_type_stocks(actor, of_type, now=NOW).count == 0
            assert list_stocks_of_event(actor, event.uuid, now=NOW).count == 0
            assert list_offer_stocks(actor, TIER, OfferFilters(), now=NOW).count == 0

    def test_the_grid_of_a_draft_is_empty_for_others(self) -> None:
        event = factories.make_grid_event(status=EventStatus.DRAFT)
        uuid = event.ticket_types[0].uuid
        assert load_price_grid(ANONYMOUS, uuid, NOW).days == []
        assert load_price_grid(actor_of(event.organizer), uuid, NOW).days == [(1, "Day 1"), (2, "Day 2")]

    def test_an_offer_is_found_as_what_it_is_only(self) -> None:
        event = factories.make_tiered_event()
        uuid = event.ticket_types[0].offers[0].uuid
        assert get_offer_stock(ANONYMOUS, TIER, uuid, NOW).left == 60
        for kind, wrong in ((DAY_PASS, uuid), (DAY_TIER, uuid), (TIER, uuid4())):
            with pytest.raises(NotFound):
                get_offer_stock(ANONYMOUS, kind, wrong, NOW)


class TestListsOfTypes:
    def test_filters_narrow(self) -> None:
        simple, tiered = factories.make_simple_event(), factories.make_tiered_event()
        factories.make_ticket_type(simple, name="Off", is_active=False)
        factories.make_ticket_type(simple, name="Later", sales_start_at=NOW + timedelta(days=1))
        assert names(event_uuid=simple.uuid) == ["Standard", "Off", "Later"]
        assert names(pricing_type=PricingType.TIERED) == ["Seat"]
        assert names(pricing_type=PricingType.DAY_BASED) == []
        assert names(is_active=False) == ["Off"]
        assert names(is_active=True, event_uuid=simple.uuid) == ["Standard", "Later"]
        assert names(is_on_sale=True) == ["Standard", "Seat"]
        assert names(is_on_sale=False) == ["Off", "Later"]
        assert names(event_uuid=tiered.uuid, is_on_sale=False) == []

    def test_every_word_must_be_in_the_texts_whatever_case_and_accents(self) -> None:
        event = factories.make_event()
        factories.make_ticket_type(event, name="VIP Lounge", description="Near the stage")
        factories.make_ticket_type(event, name="Floor", benefits="One drink at the lounge bar")
        factories.make_ticket_type(event, name="100% fun")
        factories.make_ticket_type(event, name="Café")
        assert names(query="lounge") == ["VIP Lounge", "Floor"]
        assert names(query="LOUNGE stage") == ["VIP Lounge"]
        assert names(query="  drink   floor ") == ["Floor"]
        assert names(query="lounge balcony") == []
        assert names(query="%") == ["100% fun"]
        assert names(query="_") == []
        assert names(query="cafe") == names(query="CAFÉ") == ["Café"]

    def test_orders_sort_both_ways_with_types_without_a_price_at_the_end(self) -> None:
        event = factories.make_event()
        tiered = factories.make_tiered_event()
        for name, price, quantity in (("A", 300, 20), ("B", 100, 30), ("C", 200, 10)):
            factories.make_ticket_type(event, name=name, price_minor=price, quantity=quantity)
        assert tiered.ticket_types[0].total_quantity == 90
        assert names() == ["Seat", "A", "B", "C"]
        assert names(ordering="-created_at") == ["C", "B", "A", "Seat"]
        assert names(ordering="price") == ["B", "C", "A", "Seat"]
        assert names(ordering="-price") == ["A", "C", "B", "Seat"]
        assert names(ordering="total_quantity") == ["C", "A", "B", "Seat"]
        assert names(ordering="-total_quantity,price") == ["Seat", "B", "A", "C"]
        assert names(ordering="name; drop,unknown") == names()

    def test_equal_ones_keep_their_order_over_pages(self) -> None:
        event = factories.make_event()
        for number in range(7):
            factories.make_ticket_type(event, name=f"Type {number}", price_minor=100)
        found: list[str] = []
        for page in (1, 2, 3):
            rows = list_type_stocks(
                ANONYMOUS, TypeFilters(), ordering="price", page=page, per_page=3, now=NOW
            )
            found += [stock.ticket_type.name for stock in rows.items]
        assert found == [f"Type {number}" for number in range(7)]

    def test_an_event_shows_its_active_types_in_the_organizers_order(self) -> None:
        event = factories.make_event()
        for name, fields in (
            ("Second", {"position": 2}),
            ("First", {"position": 1}),
            ("Off", {"is_active": False}),
        ):
            factories.make_ticket_type(event, name=name, **fields)
        page = list_stocks_of_event(ANONYMOUS, event.uuid, now=NOW)
        assert [stock.ticket_type.name for stock in page.items] == ["First", "Second"]
        assert [stock.ticket_type.name for stock in list_event_stocks(event, NOW)] == ["First", "Second"]
        assert list_stocks_of_event(ANONYMOUS, uuid4(), now=NOW).items == ()

    def test_an_unknown_event_is_no_choice(self) -> None:
        with pytest.raises(Invalid, match="Select a valid choice"):
            names(event_uuid=uuid4())


class TestListsOfOffers:
    def test_tiers_by_number_and_price(self) -> None:
        first = factories.make_tiered_event([("Gold", 900, 1), ("Regular", 500, 1), ("Silver", 700, 1)])
        factories.make_tiered_event([("Other", 100, 1)])
        factories.make_grid_event()
        own = {"ticket_type_uuid": first.ticket_types[0].uuid}
        assert [offer.tier_name for offer in offers(TIER)] == ["Gold", "Other", "Regular", "Silver"]
        assert [offer.tier_name for offer in offers(TIER, **own)] == ["Gold", "Regular", "Silver"]
        assert next(offer.tier_name for offer in offers(TIER, ordering="-tier_number", **own)) == "Silver"
        assert [offer.price_minor for offer in offers(TIER, ordering="price")] == [100, 500, 700, 900]
        assert [offer.price_minor for offer in offers(TIER, ordering="-price")] == [900, 700, 500, 100]

    def test_day_passes_by_number_price_and_date_with_all_days_last(self) -> None:
        event = factories.make_day_event(3)
        day_1, _day_2, _day_3, _all_days = event.ticket_types[0].offers
        change(day_1, price_minor=20_000)
        order = ["Day 1", "Day 2", "Day 3", "All days"]
        assert [offer.day_name for offer in offers(DAY_PASS)] == order
        assert [offer.day_name for offer in offers(DAY_PASS, ordering="date")] == order
        turned = ["Day 3", "Day 2", "Day 1", "All days"]
        assert [offer.day_name for offer in offers(DAY_PASS, ordering="-day_number")] == turned
        assert [offer.day_name for offer in offers(DAY_PASS, ordering="-date")] == turned
        by_price = [offer.price_minor for offer in offers(DAY_PASS, ordering="price,-day_number")]
        assert by_price == [4_000, 4_000, 10_000, 20_000]
        assert [offer.day_name for offer in offers(DAY_PASS, is_all_days=True)] == ["All days"]
        assert [offer.day_name for offer in offers(DAY_PASS, is_all_days=False)] == order[:3]

    def test_cells_by_day_tier_price_and_date(self) -> None:
        event = factories.make_grid_event(days=2)
        change(event.ticket_types[0].offers[3], is_active=False)

        def cells(**wanted: Any) -> list[tuple[int | None, int | None]]:
            return [(offer.day_number, offer.tier_number) for offer in offers(DAY_TIER, **wanted)]

        assert cells() == [(1, 1), (1, 2), (2, 1), (2, 2)]
        assert cells(day_number=2) == [(2, 1), (2, 2)]
        assert cells(tier_number=1) == [(1, 1), (2, 1)]
        assert cells(day_number=1, tier_number=2) == [(1, 2)]
        assert cells(is_active=False) == [(2, 2)]
        assert cells(is_active=True) == [(1, 1), (1, 2), (2, 1)]
        assert cells(ordering="-price,-date") == [(2, 2), (1, 2), (2, 1), (1, 1)]
        assert cells(ordering="tier_number,-day_number") == [(2, 1), (1, 1), (2, 2), (1, 2)]
        assert cells(day_number=10**18) == []

    def test_a_grid_has_the_active_cells_under_their_numbers(self) -> None:
        event = factories.make_grid_event(days=2)
        change(event.ticket_types[0].offers[3], is_active=False)
        grid = load_price_grid(ANONYMOUS, event.ticket_types[0].uuid, NOW)
        assert (grid.days, grid.tiers) == ([(1, "Day 1"), (2, "Day 2")], [(1, "Regular"), (2, "VIP")])
        prices = {
            day: {tier: cell.offer.price_minor for tier, cell in row.items()}
            for day, row in grid.cells.items()
        }
        assert prices == {1: {1: 4_000, 2: 12_000}, 2: {1: 4_000}}

    def test_a_type_without_a_grid_has_an_empty_one(self) -> None:
        for uuid in (factories.make_tiered_event().ticket_types[0].uuid, uuid4()):
            grid = load_price_grid(ANONYMOUS, uuid, NOW)
            assert (grid.days, grid.tiers, grid.cells) == ([], [], {})


def _types(_number: int) -> None:
    factories.make_tiered_event()


def _grids(_number: int) -> None:
    factories.make_grid_event()


@pytest.mark.parametrize(
    ("make", "load"),
    [
        (_types, lambda: list_type_stocks(ANONYMOUS, TypeFilters(), per_page=100, now=NOW)),
        (_types, lambda: list_type_stocks(ANONYMOUS, TypeFilters(is_on_sale=True), per_page=100, now=NOW)),
        (_types, lambda: list_available_stocks(per_page=100, now=NOW)),
        (_types, lambda: list_offer_stocks(ANONYMOUS, TIER, OfferFilters(), per_page=100, now=NOW)),
        (_grids, lambda: list_offer_stocks(ANONYMOUS, DAY_TIER, OfferFilters(), per_page=100, now=NOW)),
    ],
)
def test_fifty_rows_take_as_many_statements_as_one(
    make: Callable[[int], None], load: Callable[[], Any]
) -> None:
    make(0)
    counts = []
    for more in (0, 49):
        for number in range(more):
            make(number)
        db.session.expunge_all()
        with counted_statements() as statements:
            rows = load().items
        counts.append(len(statements))
    assert len(rows) >= 50
    assert counts[0] == counts[1] <= 5


def test_fifty_types_of_an_event_take_three_statements() -> None:
    event = factories.make_event()
    for number in range(50):
        factories.make_ticket_type(event, name=f"Type {number}")
    event_id = event.id
    db.session.expunge_all()
    event = db.session.get_one(Event, event_id)
    with counted_statements() as statements:
        assert len(list_event_stocks(event, NOW)) == 50
    assert len(statements) == 3


def test_all_that_is_told_of_one_type_takes_three_statements() -> None:
    event = factories.make_grid_event(days=5, tiers=[(f"Tier {number}", 1_000) for number in range(6)])
    uuid = event.ticket_types[0].uuid
    db.session.expunge_all()
    with counted_statements() as statements:
        assert len(get_type_stock(ANONYMOUS, uuid, NOW).offers) == 30
    assert len(statements) == 3
