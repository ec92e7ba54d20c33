"""What an event page says about each offer: its state, what is left, and its price with all fees."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from easyticket.core import clock
from easyticket.db import db, transaction
from easyticket.models import Event, EventStatus, FeeBearer, Offer, OfferKind
from easyticket.queries.offers import OfferOnSale, OfferState, list_offers
from easyticket.services.inventory import release_hold
from tests import factories
from tests.statements import counted_statements

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def now() -> datetime:
    return clock.now()


def first_offer(event: Event) -> Offer:
    return event.ticket_types[0].offers[0]


def only(event: Event, now: datetime) -> OfferOnSale:
    (told,) = list_offers(event, now)
    return told


def change(row: Any, **values: Any) -> None:
    with transaction():
        row = db.session.merge(row)
        for name, value in values.items():
            setattr(row, name, value)


def test_an_offer_is_on_sale_with_what_is_left_and_its_whole_price(now: datetime) -> None:
    event = factories.make_simple_event(price_minor=5_000, quantity=20)
    factories.sell_places(first_offer(event), 3)
    factories.hold_places(first_offer(event), 2)
    told = only(event, now)
    assert (told.state, told.left, told.price_with_fee_minor) == (OfferState.ON_SALE, 15, 5_250)
    assert told.is_on_sale


def test_where_the_organizer_bears_the_fee_the_price_is_the_price(now: datetime) -> None:
    event = factories.make_simple_event(price_minor=5_000, fee_bearer=FeeBearer.ORGANIZER)
    assert only(event, now).price_with_fee_minor == 5_000


def test_an_event_may_have_a_fee_of_its_own(now: datetime) -> None:
    event = factories.make_simple_event(price_minor=5_000, fee_basis_points=1_000)
    assert only(event, now).price_with_fee_minor == 5_500


def test_the_smallest_of_an_offers_limits_is_what_is_left(now: datetime) -> None:
    event = factories.make_tiered_event([("Gold", 9_000, 30)], total_capacity=12)
    factories.sell_places(first_offer(event), 2)
    assert only(event, now).left == 10


def test_nobody_may_take_more_than_is_left_or_allowed(now: datetime) -> None:
    event = factories.make_event()
    factories.make_ticket_type(event, quantity=100, min_purchase=2, max_purchase=6)
    assert (only(event, now).minimum, only(event, now).maximum) == (2, 6)
    factories.sell_places(first_offer(event), 96)
    assert only(event, now).maximum == 4


def test_what_is_paid_for_is_sold_out(now: datetime) -> None:
    event = factories.make_simple_event(quantity=5)
    factories.sell_places(first_offer(event), 5)
    told = only(event, now)
    assert (told.state, told.left, told.look_again_seconds) == (OfferState.SOLD_OUT, 0, None)


def test_what_is_only_held_may_come_back_when_the_first_hold_runs_out(now: datetime) -> None:
    event = factories.make_simple_event(quantity=5)
    factories.sell_places(first_offer(event), 2)
    factories.hold_places(first_offer(event), 2, expires_at=now + timedelta(minutes=9))
    factories.hold_places(first_offer(event), 1, expires_at=now + timedelta(minutes=4))
    told = only(event, now)
    assert (told.state, told.left, told.look_again_seconds) == (OfferState.ALL_HELD, 0, 240)


def test_a_hold_that_ran_out_and_was_not_ended_yet_ends_any_moment(now: datetime) -> None:
    event = factories.make_simple_event(quantity=1)
    factories.hold_places(first_offer(event), 1, expires_at=now - timedelta(minutes=1))
    told = only(event, now)
    assert (told.state, told.look_again_seconds) == (OfferState.ALL_HELD, 1)


def test_holds_elsewhere_do_not_bring_back_what_is_sold(now: datetime) -> None:
    # Both tiers are used up: Gold by payment, while the type they share also has something held.
    event = factories.make_tiered_event([("Gold", 9_000, 2), ("Regular", 5_000, 3)])
    gold, regular = event.ticket_types[0].offers
    factories.sell_places(gold, 2)
    factories.hold_places(regular, 3)
    states = {told.offer.tier_name: told.state for told in list_offers(event, now)}
    assert states == {"Gold": OfferState.SOLD_OUT, "Regular": OfferState.ALL_HELD}


def test_an_offer_waits_for_the_last_of_the_counters_in_its_way(now: datetime) -> None:
    event = factories.make_tiered_event([("Gold", 9_000, 1), ("Regular", 5_000, 3)], total_capacity=3)
    gold, regular = event.ticket_types[0].offers
    factories.hold_places(gold, 1, expires_at=now + timedelta(minutes=9))
    factories.hold_places(regular, 2, expires_at=now + timedelta(minutes=3))
    waits = {told.offer.tier_name: told.look_again_seconds for told in list_offers(event, now)}
    assert waits == {"Gold": 540, "Regular": 180}


def test_too_few_for_the_least_purchase_is_as_good_as_none(now: datetime) -> None:
    event = factories.make_event()
    factories.make_ticket_type(event, quantity=5, min_purchase=2)
    factories.sell_places(first_offer(event), 4)
    told = only(event, now)
    assert (told.state, told.left) == (OfferState.SOLD_OUT, 1)


def test_sales_windows_are_told_with_their_moments(now: datetime) -> None:
    event = factories.make_simple_event()
    opens, closes = now + timedelta(days=1), now + timedelta(days=2)
    change(first_offer(event), sales_start_at=opens, sales_end_at=closes)
    told = only(event, now)
    assert (told.state, told.sales_start_at, told.sales_end_at) == (OfferState.NOT_YET, opens, closes)
    assert only(event, closes).state is OfferState.CLOSED


@pytest.mark.parametrize("status", [EventStatus.CANCELLED, EventStatus.PUBLISHED])
def test_nothing_is_on_sale_at_an_event_that_is_cancelled_or_over(status: EventStatus, now: datetime) -> None:
    event = factories.make_simple_event(status=status, start_at=now - timedelta(days=2))
    assert only(event, now).state is OfferState.CLOSED


def test_the_owner_of_a_draft_sees_what_buyers_will_see(now: datetime) -> None:
    event = factories.make_simple_event(status=EventStatus.DRAFT)
    assert only(event, now).state is OfferState.ON_SALE


def test_what_is_switched_off_is_left_out_unless_asked_for(now: datetime) -> None:
    event = factories.make_tiered_event()
    change(first_offer(event), is_active=False)
    assert [told.offer.tier_name for told in list_offers(event, now)] == ["Gold"]
    states = [told.state for told in list_offers(event, now, include_inactive=True)]
    assert states == [OfferState.INACTIVE, OfferState.ON_SALE]


def test_offers_come_in_the_organizers_order(now: datetime) -> None:
    event = factories.make_event()
    factories.make_ticket_type(event, name="Second", position=2)
    factories.make_ticket_type(event, name="First", position=1)
    assert [told.offer.ticket_type.name for told in list_offers(event, now)] == ["First", "Second"]


def test_counts_are_read_afresh_and_not_from_what_was_loaded_before(now: datetime) -> None:
    event = factories.make_simple_event(quantity=5)
    assert only(event, now).left == 5
    factories.sell_places(first_offer(event), 1)
    assert only(event, now).left == 4


def test_a_big_grid_takes_as_many_statements_as_one_ticket(now: datetime) -> None:
    small = factories.make_simple_event(quantity=1)
    big = factories.make_grid_event(days=5, tiers=[(f"Tier {number}", 1_000) for number in range(6)])
    factories.hold_places(first_offer(small), 1)
    for offer in list(big.ticket_types[0].offers)[:4]:
        factories.hold_places(offer, 50 if offer.kind is OfferKind.DAY_TIER else 1)
    counts = []
    for event in (small, big):
        event_id = event.id
        db.session.expire_all()
        event = db.session.get_one(Event, event_id)
        _ = event.time_zone
        with counted_statements() as statements:
            offers = list_offers(event, now)
        counts.append(len(statements))
        assert any(told.state is OfferState.ALL_HELD for told in offers)
    assert counts == [3, 3]


def test_a_hold_that_was_ended_no_longer_counts(now: datetime) -> None:
    event = factories.make_simple_event(quantity=1)
    order = factories.hold_places(first_offer(event), 1, expires_at=now + timedelta(minutes=5))
    assert order.hold is not None
    release_hold(order.hold, now)
    assert only(event, now).state is OfferState.ON_SALE
