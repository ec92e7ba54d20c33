"""An organizer's own events with their numbers: filters, orders, sums, and no statement for each of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import NotFound
from easyticket.core.money import Money
from easyticket.db import db, transaction
from easyticket.models import Event, EventStatus, EventVisit, User
from easyticket.queries.my_events import (
    MyEventFilters,
    get_my_event,
    list_own_event_items,
    load_my_events,
    summarize_my_events,
)
from easyticket.queries.offer_items import get_event_offer
from easyticket.services.gate import admit_ticket
from easyticket.services.tickets import issue_tickets, qr_content
from tests import factories
from tests.factories import actor_of
from tests.queries.test_event_sales import buy, give_back
from tests.statements import counted_statements

pytestmark = pytest.mark.usefixtures("db_session")

NOW = clock.now()
DAY = timedelta(days=1)


def titles(user: User, sort_by: str = "", **filters: object) -> list[str]:
    wanted = MyEventFilters(**filters)  # type: ignore[arg-type]
    page = list_own_event_items(actor_of(user), wanted, sort_by=sort_by, now=NOW)
    return [each.item.event.title for each in page.items]


def test_the_list_is_narrowed_by_clock_publication_category_and_words() -> None:
    organizer = factories.make_organizer()
    music = factories.make_category("Music")
    factories.make_simple_event(title="Foreign")
    own = {"organizer": organizer}
    factories.make_simple_event(title="Ahead", category=music, start_at=NOW + DAY, **own)
    factories.make_simple_event(title="Sketch", status=EventStatus.DRAFT, start_at=NOW + 2 * DAY, **own)
    factories.make_simple_event(title="On", start_at=NOW - timedelta(hours=1), **own)
    factories.make_simple_event(title="Over", start_at=NOW - DAY, **own)
    factories.make_simple_event(title="Off", status=EventStatus.CANCELLED, start_at=NOW + 3 * DAY, **own)
    assert titles(organizer) == ["Off", "Sketch", "Ahead", "On", "Over"]
    assert titles(organizer, status="upcoming") == ["Sketch", "Ahead"]
    assert titles(organizer, status="upcoming", is_published=True) == ["Ahead"]
    assert titles(organizer, is_published=False) == ["Sketch"]
    assert titles(organizer, status="cancelled", is_published=False) == []
    assert titles(organizer, status="ongoing") == ["On"]
    assert titles(organizer, status="past") == ["Over"]
    assert titles(organizer, status="cancelled") == ["Off"]
    assert titles(organizer, category="music") == ["Ahead"]
    assert titles(organizer, category="other", status="past") == ["Over"]
    assert titles(organizer, search="ahe acc") == ["Ahead"]
    assert titles(organizer, category="no-such") == []
    summary = summarize_my_events(actor_of(organizer), NOW)
    assert (summary.events, summary.upcoming, summary.ongoing, summary.past) == (5, 2, 1, 1)


def test_an_event_tells_what_it_sold_earned_and_let_in() -> None:
    organizer = factories.make_organizer()
    event = factories.make_simple_event(
        organizer=organizer, price_minor=5_000, quantity=20, start_at=clock.now() + timedelta(minutes=5)
    )
    factories.make_simple_event(title="Dollars", organizer=organizer, currency="USD")
    order = buy(event, 2)
    give_back(buy(event, 1))
    admit_ticket(
        actor=actor_of(organizer),
        event=event,
        code=qr_content(order.tickets[0]),
        gate="",
        scan_key=event.uuid,
        now=clock.now(),
    )
    with transaction() as session:
        for digest in "abcd":
            session.add(EventVisit(event_id=event.id, day_on=NOW.date(), visitor_digest=digest, views=3))
    [mine] = load_my_events([event], clock.now())
    assert (mine.item.total, mine.item.sold, mine.item.available) == (20, 2, 18)
    assert (mine.revenue.gross_minor, mine.revenue.net_minor, mine.revenue.fees_minor) == (
        15_000,
        10_000,
        500,
    )
    assert (mine.checked_in, mine.paid_orders, mine.traffic.views, mine.traffic.visitors) == (1, 2, 12, 4)
    assert mine.last_sale_at is not None
    [offer] = mine.offers
    assert (offer.item.sold, offer.revenue) == (2, Money(15_000, "GHS"))
    summary = summarize_my_events(actor_of(organizer), NOW)
    assert (summary.tickets_sold, summary.revenue) == (2, Money(15_000, "GHS"))
    assert dict(summary.by_currency) == {"GHS": Money(15_000, "GHS")}


def test_sums_of_two_currencies_stand_beside_each_other_and_sort_as_money() -> None:
    organizer = factories.make_organizer()
    events = {}
    for currency, price in (("USD", 2_000), ("JPY", 5_000), ("EUR", 3_000)):
        events[currency] = factories.make_simple_event(
            title=currency, organizer=organizer, currency=currency, price_minor=price
        )
        factories.sell_places(events[currency].ticket_types[0].offers[0], 2 if currency == "USD" else 1)
    assert titles(organizer, sort_by="-revenue") == ["JPY", "USD", "EUR"]
    assert titles(organizer, sort_by="revenue") == ["EUR", "USD", "JPY"]
    assert titles(organizer, sort_by="-tickets_sold")[0] == "USD"
    assert titles(organizer, sort_by="created_at") == ["USD", "JPY", "EUR"]
    assert titles(organizer, sort_by="no_such") == titles(organizer, sort_by="-start_date")
    summary = summarize_my_events(actor_of(organizer), NOW)
    assert summary.revenue == Money(5_000, "JPY")
    assert {code: each.minor for code, each in summary.by_currency.items()} == {
        "EUR": 3_000,
        "JPY": 5_000,
        "USD": 4_000,
    }


def test_what_is_somebody_elses_is_not_found() -> None:
    event, other = factories.make_simple_event(), factories.make_simple_event()
    assert get_my_event(actor_of(event.organizer), event.slug) is event
    assert get_my_event(actor_of(factories.make_staff()), event.id) is event
    with pytest.raises(NotFound):
        get_my_event(actor_of(other.organizer), event.slug)
    offer = event.ticket_types[0].offers[0]
    assert get_event_offer(event, offer.id) is offer
    for wrong in (other.ticket_types[0].offers[0].id, 0, 2**70):
        with pytest.raises(NotFound):
            get_event_offer(event, wrong)


def test_a_list_of_twenty_takes_as_many_statements_as_one() -> None:
    organizer = factories.make_organizer()

    def statements() -> tuple[int, int]:
        db.session.expire_all()
        with counted_statements() as seen:
            page = list_own_event_items(actor_of(organizer), MyEventFilters(), sort_by="-revenue", now=NOW)
            [each.item.event.organizer.email for each in page.items]
            summarize_my_events(actor_of(organizer), NOW)
        return len(page.items), len(seen)

    def make(number: int) -> None:
        category = factories.make_category()
        event = factories.make_simple_event(organizer=organizer, category=category)
        issue_tickets(factories.sell_places(event.ticket_types[0].offers[0], 1), NOW)

    make(1)
    first = statements()
    for number in range(2, 21):
        make(number)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Event)) == 20
    assert (first[0], statements()) == (1, (20, first[1]))
