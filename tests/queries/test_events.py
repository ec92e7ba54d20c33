"""Which events a person finds, in what order, and at what price."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import NotFound
from easyticket.core.money import Money, smallest_step
from easyticket.db import db
from easyticket.models import Event, EventStatus, FeeBearer, Offer, PricingType
from easyticket.queries.categories import get_category, list_categories
from easyticket.queries.event_cards import Availability, EventCard, load_cards
from easyticket.queries.event_filters import EventFilters, EventOrder, PriceRange, When, offer_price_with_fee
from easyticket.queries.events import get_event, list_cities, list_events, list_similar_events
from easyticket.rules.permissions import ANONYMOUS, Actor
from easyticket.rules.pricing import price_with_fee
from easyticket.rules.schedule import Span
from tests import factories
from tests.statements import counted_statements

pytestmark = pytest.mark.usefixtures("db_session")

DAY = timedelta(days=1)


@pytest.fixture
def now() -> datetime:
    return clock.now()


def titles(
    now: datetime, *, actor: Actor = ANONYMOUS, order: EventOrder = EventOrder.SOONEST, **filters: Any
) -> list[str]:
    found = list_events(actor, EventFilters(**filters), order=order, now=now)
    return [card.event.title for card in found.items]


# One event


def test_an_event_is_found_by_slug_uuid_and_number() -> None:
    event = factories.make_event()
    for key in (event.slug, event.uuid, event.id):
        assert get_event(ANONYMOUS, key) is event


@pytest.mark.parametrize("key", ["no-such-event", "with\x00nul", "half\ud800pair", 0, -1, 2**70])
def test_what_does_not_exist_is_not_found(key: str | int) -> None:
    with pytest.raises(NotFound):
        get_event(ANONYMOUS, key)


def test_a_draft_is_seen_by_its_owner_and_staff_and_by_nobody_else() -> None:
    event = factories.make_event(status=EventStatus.DRAFT)
    other = factories.make_organizer()
    for allowed in (event.organizer, factories.make_staff()):
        assert get_event(factories.actor_of(allowed), event.slug) is event
    for refused in (ANONYMOUS, factories.actor_of(other)):
        with pytest.raises(NotFound):
            get_event(refused, event.slug)


def test_a_cancelled_event_keeps_its_page() -> None:
    event = factories.make_event(status=EventStatus.CANCELLED)
    assert get_event(ANONYMOUS, event.slug) is event


# What the public list holds


def test_the_public_list_holds_what_is_published_and_not_past(now: datetime) -> None:
    factories.make_event(title="Coming")
    factories.make_event(title="Running", start_at=now - timedelta(hours=1))
    factories.make_event(title="Past", start_at=now - 2 * DAY)
    factories.make_event(title="Draft", status=EventStatus.DRAFT)
    factories.make_event(title="Cancelled", status=EventStatus.CANCELLED)
    assert titles(now) == ["Running", "Coming"]


def test_past_events_are_found_when_asked_for_the_latest_first(now: datetime) -> None:
    factories.make_event(title="Coming")
    factories.make_event(title="Long ago", start_at=now - 20 * DAY)
    factories.make_event(title="Lately", start_at=now - 2 * DAY)
    assert titles(now, when=When.PAST) == ["Lately", "Long ago"]


def test_upcoming_and_ongoing_follow_from_the_clock(now: datetime) -> None:
    factories.make_event(title="Coming")
    factories.make_event(title="Running", start_at=now - timedelta(hours=1))
    assert titles(now, when=When.UPCOMING) == ["Coming"]
    assert titles(now, when=When.ONGOING) == ["Running"]
    assert titles(now, when=When.ANY) == ["Running", "Coming"]


def test_asking_for_drafts_gives_owners_their_own(now: datetime) -> None:
    draft = factories.make_event(title="Draft", status=EventStatus.DRAFT)
    drafts = {"statuses": (EventStatus.DRAFT,)}
    assert titles(now, actor=factories.actor_of(draft.organizer), **drafts) == ["Draft"]
    assert titles(now, actor=factories.actor_of(factories.make_staff()), **drafts) == ["Draft"]
    assert titles(now, actor=factories.actor_of(factories.make_organizer()), **drafts) == []
    assert titles(now, **drafts) == []


# Words


@pytest.mark.parametrize(
    "query", ["dusseldorf", "DÜSSELDORF", "drums", "grosse halle", "halle drums", "live", "yɛ"]
)
def test_every_word_is_found_in_title_description_tags_or_venue(query: str, now: datetime) -> None:
    factories.make_event(
        title="Night of Drums",
        description="Ye are welcome",
        tags="live,dance",
        venue_name="Große Halle",
        venue_city="Düsseldorf",
    )
    factories.make_event(title="Quiet evening")
    assert titles(now, query=query) == ["Night of Drums"]


def test_one_word_that_is_nowhere_is_enough_to_find_nothing(now: datetime) -> None:
    factories.make_event(title="Night of Drums")
    assert titles(now, query="drums chess") == []


@pytest.mark.parametrize("query", ["%", "_", "100%", "\\", "/", "'"])
def test_signs_of_the_database_are_ordinary_letters(query: str, now: datetime) -> None:
    factories.make_event(title="Drums")
    factories.make_event(title="100% \\ / it_is 'live'")
    assert titles(now, query=query) == ["100% \\ / it_is 'live'"]


def test_no_word_is_no_filter(now: datetime) -> None:
    factories.make_event(title="Drums")
    assert titles(now, query="  \x00 ") == ["Drums"]


# Place, kind, day


def test_a_city_is_found_however_it_is_written(now: datetime) -> None:
    factories.make_event(title="There", venue_city="Düsseldorf")
    factories.make_event(title="Here", venue_city="Accra")
    assert titles(now, city=" dusseldorf ") == ["There"]
    assert titles(now, city="Düssel") == []


def test_a_category_narrows_the_list(now: datetime) -> None:
    music = factories.make_category("Music")
    factories.make_event(title="Concert", category=music)
    factories.make_event(title="Match")
    assert titles(now, category_id=music.id) == ["Concert"]


def test_an_event_is_in_a_span_if_any_part_of_it_is(now: datetime) -> None:
    start = factories.at(now.date() + 10 * DAY, 10)
    factories.make_event(title="Festival", start_at=start, end_at=start + 3 * DAY)
    for first, last, is_in in ((-2, -1, False), (-1, 1, True), (1, 2, True), (2, 9, True), (3, 9, False)):
        span = Span(start + first * DAY, start + last * DAY)
        assert (titles(now, span=span) == ["Festival"]) is is_in, (first, last)


def test_the_filters_of_the_apis_narrow_too(now: datetime) -> None:
    free = factories.make_event(title="Free", is_free=True, pricing_type=PricingType.TIERED)
    factories.make_event(title="Featured", is_featured=True)
    assert titles(now, is_free=True) == ["Free"]
    assert titles(now, is_free=False) == ["Featured"]
    assert titles(now, is_featured=True) == ["Featured"]
    assert titles(now, pricing_type=PricingType.TIERED) == ["Free"]
    assert titles(now, organizer_id=free.organizer_id) == ["Free"]


# Prices


def between(low: str | None, high: str | None, *, with_fees: bool = True) -> dict[str, PriceRange]:
    return {"price": PriceRange(low and Decimal(low), high and Decimal(high), with_fees=with_fees)}  # type: ignore[arg-type]


def test_a_price_range_is_about_what_people_pay(now: datetime) -> None:
    factories.make_simple_event(title="Show", price_minor=5_000)  # 52.50 with the fee
    assert titles(now, **between("52.50", "52.50")) == ["Show"]
    assert titles(now, **between(None, "52.49")) == []
    assert titles(now, **between("52.51", None)) == []
    assert titles(now, **between(None, "50", with_fees=False)) == ["Show"]


def test_a_range_finds_events_with_one_ticket_in_it(now: datetime) -> None:
    factories.make_tiered_event([("Cheap", 1_000, 5), ("Dear", 90_000, 5)], title="Both")
    assert titles(now, **between("100", "200")) == []
    assert titles(now, **between("900", "1000")) == ["Both"]


def test_a_range_is_read_in_each_events_own_currency(now: datetime) -> None:
    factories.make_simple_event(title="Yen", price_minor=50, currency="JPY", fee_basis_points=0)
    factories.make_simple_event(title="Dinar", price_minor=50_000, currency="KWD", fee_basis_points=0)
    factories.make_simple_event(title="Cedi", price_minor=5_000, currency="GHS", fee_basis_points=0)
    assert sorted(titles(now, **between("50", "50"))) == ["Cedi", "Dinar", "Yen"]
    assert sorted(titles(now, **between("49.999", "50.001"))) == ["Cedi", "Dinar", "Yen"]
    assert titles(now, **between("50.001", "1e30")) == []


def test_tickets_that_are_not_sold_any_more_are_in_no_range(now: datetime) -> None:
    event = factories.make_event()
    factories.make_ticket_type(event, price_minor=5_000, sales_end_at=now - DAY)
    factories.make_ticket_type(event, price_minor=5_000, is_active=False)
    assert titles(now, **between("1", "100")) == []


def test_free_finds_events_with_a_ticket_that_costs_nothing(now: datetime) -> None:
    factories.make_simple_event(title="Costs")
    factories.make_tiered_event([("Student", 0, 5), ("Other", 900, 5)], title="Free for some")
    factories.make_event(title="Free by its organizer", is_free=True)
    assert sorted(titles(now, sells_free=True)) == ["Free by its organizer", "Free for some"]


@pytest.mark.parametrize("currency", ["GHS", "JPY", "KWD"])
@pytest.mark.parametrize("bearer", list(FeeBearer))
@pytest.mark.parametrize("basis_points", [None, 0, 1, 333, 500, 5_000])
def test_the_database_counts_fees_as_the_rule_does(
    bearer: FeeBearer, basis_points: int | None, currency: str
) -> None:
    event = factories.make_event(fee_bearer=bearer, fee_basis_points=basis_points, currency=currency)
    for price_minor in (0, 1, 9, 10, 99, 101, 990, 4_999, 5_050, 10**12):
        factories.make_ticket_type(event, price_minor=price_minor)
    rows = db.session.execute(
        sa.select(Offer.price_minor, offer_price_with_fee()).join(Event, Event.id == Offer.event_id)
    )
    for price_minor, counted in rows:
        assert counted == price_with_fee(
            price_minor,
            fee_basis_points=500 if basis_points is None else basis_points,
            fee_bearer=bearer,
            step=smallest_step(currency),
        )


# Order


def test_the_newest_is_what_was_published_last(now: datetime) -> None:
    factories.make_event(title="Old", published_at=now - 3 * DAY, start_at=now + DAY)
    factories.make_event(title="New", published_at=now - DAY, start_at=now + 9 * DAY)
    assert titles(now, order=EventOrder.NEWEST) == ["New", "Old"]


def test_the_cheapest_comes_first_and_what_sells_nothing_last(now: datetime) -> None:
    factories.make_simple_event(title="Sixty", price_minor=6_000)
    factories.make_event(title="Nothing")
    factories.make_simple_event(title="Fifty yen", price_minor=50, currency="JPY")
    factories.make_simple_event(title="Free", price_minor=0)
    assert titles(now, order=EventOrder.PRICE) == ["Free", "Fifty yen", "Sixty", "Nothing"]


def test_the_popular_is_what_sold_most(now: datetime) -> None:
    for title, sold in (("Some", 3), ("Most", 8), ("None", 0)):
        event = factories.make_simple_event(title=title)
        if sold:
            factories.sell_places(event.ticket_types[0].offers[0], sold)
    assert titles(now, order=EventOrder.POPULAR) == ["Most", "Some", "None"]


# Pages


def test_pages_hold_every_event_once(now: datetime) -> None:
    start_at = now + DAY
    for number in range(5):
        factories.make_event(title=f"Event {number}", start_at=start_at)
    seen = []
    for number in (1, 2, 3):
        page = list_events(ANONYMOUS, EventFilters(), page=number, per_page=2, now=now)
        seen += [card.event.title for card in page.items]
        assert (page.count, page.pages) == (5, 3)
        assert (page.has_previous, page.has_next) == (number > 1, number < 3)
    assert sorted(seen) == [f"Event {number}" for number in range(5)]
    assert (page.first_number, page.last_number) == (5, 5)


@pytest.mark.parametrize("page", [0, -1, 2, 10**30])
def test_a_page_that_is_not_there_is_not_found(page: int, now: datetime) -> None:
    factories.make_event()
    with pytest.raises(NotFound):
        list_events(ANONYMOUS, EventFilters(), page=page, now=now)


def test_an_empty_list_has_one_empty_page(now: datetime) -> None:
    page = list_events(ANONYMOUS, EventFilters(), now=now)
    assert (list(page.items), page.count, page.pages, page.has_next, page.first_number) == (
        [],
        0,
        1,
        False,
        0,
    )


# What a card says


def card_of(event: Event, now: datetime) -> EventCard:
    (card,) = load_cards([event], now)
    return card


def test_a_card_tells_the_lowest_and_highest_price_with_all_fees(now: datetime) -> None:
    card = card_of(factories.make_tiered_event([("A", 1_000, 5), ("B", 9_000, 5)]), now)
    assert (card.lowest, card.highest) == (Money(1_050, "GHS"), Money(9_450, "GHS"))
    assert card.availability is Availability.ON_SALE


def test_a_price_that_is_over_is_not_told(now: datetime) -> None:
    event = factories.make_event()
    factories.make_ticket_type(event, price_minor=1_000, sales_end_at=now - DAY)
    factories.make_ticket_type(event, price_minor=2_000)
    assert card_of(event, now).lowest == Money(2_100, "GHS")


def test_a_card_tells_whether_there_is_something_to_buy(now: datetime) -> None:
    nothing = factories.make_event()
    later = factories.make_event()
    factories.make_ticket_type(later, sales_start_at=now + DAY)
    closed = factories.make_event()
    factories.make_ticket_type(closed, sales_end_at=now - DAY)
    held = factories.make_simple_event(quantity=2)
    factories.hold_places(held.ticket_types[0].offers[0], 2)
    sold = factories.make_tiered_event([("A", 1_000, 1)], total_capacity=1)
    factories.sell_places(sold.ticket_types[0].offers[0], 1)
    partly = factories.make_tiered_event([("A", 1_000, 1), ("B", 1_000, 1)])
    factories.sell_places(partly.ticket_types[0].offers[0], 1)
    told = [card.availability for card in load_cards([nothing, later, closed, held, sold, partly], now)]
    assert told == [
        Availability.NOTHING_YET,
        Availability.NOT_YET,
        Availability.CLOSED,
        Availability.ALL_HELD,
        Availability.SOLD_OUT,
        Availability.ON_SALE,
    ]


# Around an event and around the list


def test_similar_events_share_city_or_category_the_nearest_first(now: datetime) -> None:
    music, sport = factories.make_category(), factories.make_category()
    event = factories.make_event(category=music, venue_city="Accra")
    factories.make_event(title="Same city", category=sport, venue_city="Accra", start_at=now + DAY)
    factories.make_event(title="Same category", category=music, venue_city="Lagos", start_at=now + 2 * DAY)
    factories.make_event(title="Both", category=music, venue_city="Accra", start_at=now + 9 * DAY)
    factories.make_event(title="Neither", category=sport, venue_city="Lagos")
    factories.make_event(title="Past", category=music, venue_city="Accra", start_at=now - 9 * DAY)
    similar = list_similar_events(event, now, limit=5)
    assert [card.event.title for card in similar] == ["Both", "Same category", "Same city"]
    assert len(list_similar_events(event, now, limit=1)) == 1


def test_similar_events_of_one_without_category_are_in_its_city(now: datetime) -> None:
    event = factories.make_event(venue_city="Accra")
    factories.make_event(title="Lagos", venue_city="Lagos")
    factories.make_event(title="Accra", venue_city="Accra")
    assert [card.event.title for card in list_similar_events(event, now)] == ["Accra"]


def test_cities_are_counted_by_what_is_on_there(now: datetime) -> None:
    for city in ("Lagos", "Accra", "ACCRA"):
        factories.make_event(venue_city=city)
    factories.make_event(venue_city="Berlin", start_at=now - 9 * DAY)
    assert [(city.key, city.count) for city in list_cities(now)] == [("accra", 2), ("lagos", 1)]


def test_categories_come_by_name_with_what_is_published_and_what_is_on(now: datetime) -> None:
    music = factories.make_category("Music")
    factories.make_category("Art")
    factories.make_category("Hidden", is_active=False)
    factories.make_event(category=music)
    factories.make_event(category=music, start_at=now - 9 * DAY)
    factories.make_event(category=music, status=EventStatus.DRAFT)
    told = [(row.category.name, row.published, row.current) for row in list_categories(now)]
    assert told == [("Art", 0, 0), ("Music", 2, 1)]
    assert [row.category.name for row in list_categories(now, include_inactive=True)] == [
        "Art",
        "Hidden",
        "Music",
    ]


def test_a_category_is_found_by_slug_uuid_and_number_while_it_is_active() -> None:
    music = factories.make_category("Music")
    hidden = factories.make_category("Hidden", is_active=False)
    for key in (music.slug, music.uuid, music.id):
        assert get_category(key) is music
    for unknown in (hidden.slug, "no-such", "nul\x00", 2**70, -1):
        with pytest.raises(NotFound):
            get_category(unknown)


# Weight


def test_fifty_events_take_as_many_statements_as_one(now: datetime) -> None:
    def statements() -> int:
        db.session.expire_all()
        with counted_statements() as seen:
            page = list_events(ANONYMOUS, EventFilters(query="evening"), per_page=50, now=clock.now())
            for card in page.items:
                assert card.event.organizer.display_name and card.lowest
                assert card.event.category is None or card.event.category.name
        return len(seen)

    factories.make_simple_event(category=factories.make_category())
    with_one = statements()
    for number in range(49):
        make = factories.make_tiered_event if number % 2 else factories.make_simple_event
        make(category=factories.make_category() if number % 3 else None)
    assert statements() == with_one == 3


def test_moments_of_other_zones_are_compared_as_moments() -> None:
    # 23:30 in New York on the 1st is 04:30 UTC on the 2nd.
    start_at = datetime(2030, 6, 2, 3, 30, tzinfo=UTC)
    factories.make_event(title="Late", start_at=start_at, time_zone="America/New_York")
    before = start_at - timedelta(minutes=1)
    assert titles(before, span=Span(start_at - DAY, start_at)) == []
    assert titles(before, span=Span(start_at - DAY, start_at + timedelta(seconds=1))) == ["Late"]
