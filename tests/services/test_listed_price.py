"""The price an event is listed at follows every change of what it sells."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from easyticket.core import clock
from easyticket.models import Event, OfferKind, PricingType
from easyticket.rules.permissions import Actor
from easyticket.services.events import EventDraft, create_event, update_event
from easyticket.services.offers import OfferDraft, create_offer, delete_offer, update_offer
from easyticket.services.ticket_types import (
    TicketTypeDraft,
    create_ticket_type,
    delete_ticket_type,
    update_ticket_type,
)
from tests import factories

pytestmark = pytest.mark.usefixtures("db_session")

NOW = clock.now()


@pytest.fixture
def actor() -> Actor:
    return factories.actor_of(factories.make_organizer())


def create(actor: Actor, **fields: Any) -> Event:
    values = {"title": "Night of Drums", "venue_name": "Hall 2", "venue_city": "Accra", "currency": "GHS"}
    start_at = NOW + timedelta(days=20)
    draft = EventDraft(**{**values, "start_at": start_at, "end_at": start_at + timedelta(hours=4), **fields})
    return create_event(actor=actor, draft=draft, now=NOW)


def test_it_is_the_base_price_in_thousandths_of_a_major_unit_whatever_digits_the_currency_has(
    actor: Actor,
) -> None:
    assert create(actor).listed_price_thousandths == 0
    for currency, minor in (("GHS", 2_000), ("JPY", 20), ("KWD", 20_000)):
        event = create(actor, currency=currency, base_price_minor=minor)
        assert event.listed_price_thousandths == 20_000


def test_without_a_base_price_it_is_that_of_the_cheapest_ticket_on_offer(actor: Actor) -> None:
    event = create(actor)
    floor = create_ticket_type(
        actor=actor,
        event=event,
        draft=TicketTypeDraft(name="Floor", total_quantity=9, price_minor=900),
        now=NOW,
    )
    assert event.listed_price_thousandths == 9_000
    cheap = TicketTypeDraft(name="Cheap", total_quantity=9, price_minor=300)
    seat = create_ticket_type(actor=actor, event=event, draft=cheap, now=NOW)
    assert event.listed_price_thousandths == 3_000
    update_ticket_type(actor=actor, ticket_type=floor, changes={"price_minor": 200}, now=NOW)
    assert event.listed_price_thousandths == 2_000
    update_ticket_type(actor=actor, ticket_type=floor, changes={"is_active": False}, now=NOW)
    assert event.listed_price_thousandths == 3_000
    delete_ticket_type(actor=actor, ticket_type=seat, now=NOW)
    assert event.listed_price_thousandths == 0


def test_tiers_count_one_by_one(actor: Actor) -> None:
    event = create(actor, pricing_type=PricingType.TIERED)

    def tier(number: int, price_minor: int) -> OfferDraft:
        return OfferDraft(
            kind=OfferKind.TIER,
            tier_number=number,
            tier_name=f"T{number}",
            price_minor=price_minor,
            quantity=5,
        )

    draft = TicketTypeDraft(name="Seat", total_quantity=9, offers=[tier(1, 900), tier(2, 500)])
    seat = create_ticket_type(actor=actor, event=event, draft=draft, now=NOW)
    assert event.listed_price_thousandths == 5_000
    third = create_offer(actor=actor, ticket_type=seat, draft=tier(3, 400), now=NOW)
    assert event.listed_price_thousandths == 4_000
    update_offer(actor=actor, offer=third, changes={"price_minor": 600}, now=NOW)
    assert event.listed_price_thousandths == 5_000
    update_offer(actor=actor, offer=seat.offers[1], changes={"is_active": False}, now=NOW)
    assert event.listed_price_thousandths == 6_000
    delete_offer(actor=actor, offer=third, now=NOW)
    assert event.listed_price_thousandths == 9_000


def test_a_base_price_goes_before_the_tickets_and_a_change_of_currency_counts(actor: Actor) -> None:
    event = create(actor, base_price_minor=2_000)
    update_event(actor=actor, event=event, changes={"currency": "JPY", "base_price_minor": 2_000}, now=NOW)
    assert event.listed_price_thousandths == 2_000_000
    draft = TicketTypeDraft(name="Floor", total_quantity=9, price_minor=900)
    create_ticket_type(actor=actor, event=event, draft=draft, now=NOW)
    assert event.listed_price_thousandths == 2_000_000
    update_event(actor=actor, event=event, changes={"base_price_minor": None}, now=NOW)
    assert event.listed_price_thousandths == 900_000


def test_a_ticket_type_is_listed_at_its_price_and_found_by_its_words(actor: Actor) -> None:
    event = create(actor)
    draft = TicketTypeDraft(name="Café", total_quantity=9, price_minor=900, benefits="One Drink")
    cafe = create_ticket_type(actor=actor, event=event, draft=draft, now=NOW)
    assert (cafe.listed_price_minor, cafe.search_text) == (900, "cafe\none drink")
    changes = {"price_minor": 700, "name": "Salon"}
    update_ticket_type(actor=actor, ticket_type=cafe, changes=changes, now=NOW)
    assert (cafe.listed_price_minor, cafe.search_text) == (700, "salon\none drink")


def test_a_ticket_type_whose_tiers_have_prices_has_none_of_its_own(actor: Actor) -> None:
    event = create(actor, pricing_type=PricingType.TIERED)
    tier = OfferDraft(kind=OfferKind.TIER, tier_number=1, tier_name="Gold", price_minor=900, quantity=5)
    draft = TicketTypeDraft(name="Seat", total_quantity=9, offers=[tier])
    assert create_ticket_type(actor=actor, event=event, draft=draft, now=NOW).listed_price_minor is None
