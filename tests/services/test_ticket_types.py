"""Ticket types and offers: what fits which pricing, which counters they take from, and what sold tickets forbid."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import Forbidden, Invalid
from easyticket.db import db
from easyticket.models import Event, Offer, OfferKind, OfferQuota, PricingType, Quota, QuotaKind, TicketType
from easyticket.rules.offer_fields import MAX_OFFERS
from easyticket.services.offers import OfferDraft, create_offer, delete_offer, update_offer
from easyticket.services.ticket_types import (
    TicketTypeDraft,
    create_ticket_type,
    delete_ticket_type,
    update_ticket_type,
)
from tests import factories
from tests.factories import actor_of

pytestmark = pytest.mark.usefixtures("db_session")

NOW = clock.now()
END_OF_TIME = datetime(9999, 12, 31, 23, 0, tzinfo=UTC)
TIER, DAY_PASS, DAY_TIER = OfferKind.TIER, OfferKind.DAY_PASS, OfferKind.DAY_TIER


def create(event: Event, *offers: OfferDraft, **fields: Any) -> TicketType:
    wanted = {"name": "Floor", "total_quantity": 100, "price_minor": 5_000, **fields}
    draft = TicketTypeDraft(offers=offers, **wanted)
    return create_ticket_type(actor=actor_of(event.organizer), event=event, draft=draft, now=NOW)


def change(ticket_type: TicketType, **changes: Any) -> TicketType:
    actor = actor_of(ticket_type.event.organizer)
    return update_ticket_type(actor=actor, ticket_type=ticket_type, changes=changes, now=NOW)


def change_offer(offer: Offer, **changes: Any) -> Offer:
    return update_offer(actor=actor_of(offer.event.organizer), offer=offer, changes=changes, now=NOW)


def offer_draft(kind: OfferKind, number: int = 1, **fields: Any) -> OfferDraft:
    cell: dict[str, Any] = {}
    if kind in (TIER, DAY_TIER):
        cell |= {"tier_number": number, "tier_name": f"Tier {number}"}
    if kind in (DAY_PASS, DAY_TIER):
        cell |= {"day_number": number, "day_name": f"Day {number}"}
    return OfferDraft(**{"kind": kind, "price_minor": 5_000, "quantity": 10, **cell, **fields})


def counters_of(offer: Offer) -> dict[QuotaKind, int | None]:
    """Return the limits one unit of the offer takes from."""
    query = (
        sa.select(Quota)
        .join(OfferQuota, OfferQuota.quota_id == Quota.id)
        .where(OfferQuota.offer_id == offer.id)
    )
    return {quota.kind: quota.capacity for quota in db.session.scalars(query)}


def tiered(**fields: Any) -> Event:
    return factories.make_event(pricing_type=PricingType.TIERED, **fields)


class TestSimplePricing:
    def test_a_ticket_type_is_one_offer_limited_by_its_total_and_the_event(self) -> None:
        [offer] = create(factories.make_event(total_capacity=80)).offers
        assert (offer.kind, offer.price_minor, offer.quantity) == (OfferKind.SIMPLE, 5_000, None)
        assert counters_of(offer) == {QuotaKind.TICKET_TYPE: 100, QuotaKind.EVENT: 80}

    def test_it_needs_a_price_and_nothing_is_one(self) -> None:
        assert create(factories.make_event(), price_minor=0).offers[0].price_minor == 0
        with pytest.raises(Invalid, match="Price is required for simple pricing type"):
            create(factories.make_event(), price_minor=None)

    def test_a_new_price_and_quantity_reach_the_offer_and_the_counter(self) -> None:
        ticket_type = change(create(factories.make_event()), price_minor=7_500, total_quantity=40)
        assert ticket_type.offers[0].price_minor == 7_500
        assert counters_of(ticket_type.offers[0])[QuotaKind.TICKET_TYPE] == 40

    def test_it_has_one_price_which_goes_only_with_it(self) -> None:
        ticket_type = create(factories.make_event())
        actor = actor_of(ticket_type.event.organizer)
        another = OfferDraft(kind=OfferKind.SIMPLE, price_minor=1)
        with pytest.raises(Invalid):
            create_offer(actor=actor, ticket_type=ticket_type, draft=another, now=NOW)
        with pytest.raises(Invalid):
            delete_offer(actor=actor, offer=ticket_type.offers[0], now=NOW)


class TestOffers:
    @pytest.mark.parametrize(
        ("pricing", "kind"),
        [(PricingType.TIERED, TIER), (PricingType.DAY_BASED, DAY_PASS), (PricingType.TIER_AND_DAY, DAY_TIER)],
    )
    def test_each_is_limited_by_itself_its_type_and_the_event(
        self, pricing: PricingType, kind: OfferKind
    ) -> None:
        event = factories.make_event(pricing_type=pricing, total_capacity=80)
        first, second = create(event, offer_draft(kind), offer_draft(kind, 2, quantity=20)).offers
        limits = {QuotaKind.TICKET_TYPE: 100, QuotaKind.EVENT: 80}
        assert counters_of(first) == {QuotaKind.OFFER: 10, **limits}
        assert counters_of(second) == {QuotaKind.OFFER: 20, **limits}

    def test_the_kind_must_be_that_of_the_events_pricing(self) -> None:
        with pytest.raises(Invalid) as refusal:
            create(tiered(), offer_draft(TIER), offer_draft(DAY_PASS))
        assert list(refusal.value.fields) == ["day_passes"]

    @pytest.mark.parametrize(
        ("kind", "fields", "named"),
        [
            (TIER, {"tier_number": None}, "tier_number"),
            (TIER, {"tier_name": " "}, "tier_name"),
            (TIER, {"tier_name": "x" * 51}, "tier_name"),
            (TIER, {"quantity": 0}, "quantity"),
            (TIER, {"quantity": None}, "quantity"),
            (TIER, {"price_minor": -1}, "price"),
            (TIER, {"price_minor": 10**13}, "price"),
            (TIER, {"sales_start_at": NOW, "sales_end_at": NOW}, "sales_end_at"),
            (TIER, {"sales_end_at": END_OF_TIME}, "sales_end_at"),
            (TIER, {"sales_start_at": NOW.replace(year=1969)}, "sales_start_at"),
            (DAY_PASS, {"day_on": END_OF_TIME.date()}, "day_on"),
            (DAY_PASS, {"day_number": None}, "day_number"),
            (DAY_PASS, {"is_all_days": True}, "day_number"),
            (DAY_PASS, {"day_number": 10**9}, "day_number"),
            (DAY_TIER, {"day_number": None}, "day_number"),
            (DAY_TIER, {"tier_number": 0}, "tier_number"),
        ],
    )
    def test_each_wrong_field_is_named_and_the_type_is_not_made(
        self, kind: OfferKind, fields: dict[str, Any], named: str
    ) -> None:
        pricing = {
            TIER: PricingType.TIERED,
            DAY_PASS: PricingType.DAY_BASED,
            DAY_TIER: PricingType.TIER_AND_DAY,
        }
        event = factories.make_event(pricing_type=pricing[kind])
        with pytest.raises(Invalid) as refusal:
            create(event, offer_draft(kind, **fields))
        lists = {TIER: "tiers", DAY_PASS: "day_passes", DAY_TIER: "day_tier_prices"}
        assert list(refusal.value.fields) == [f"{lists[kind]}.0.{named}"]
        assert db.session.scalar(sa.select(sa.func.count(TicketType.id))) == 0

    def test_an_all_days_pass_has_neither_number_nor_date(self) -> None:
        event = factories.make_event(pricing_type=PricingType.DAY_BASED)
        date = event.start_at.date()
        wanted = OfferDraft(
            kind=DAY_PASS, price_minor=1, quantity=5, day_name="All", is_all_days=True, day_on=date
        )
        [offer] = create(event, wanted).offers
        assert (offer.is_all_days, offer.day_number, offer.day_on) == (True, None, None)

    def test_a_day_without_a_date_is_that_day_of_the_event_in_its_zone(self) -> None:
        # 23:30 in New York is the next day in UTC.
        start_at = factories.at(clock.now().date() + timedelta(days=9), 23, 30, "America/New_York")
        event = factories.make_event(
            pricing_type=PricingType.DAY_BASED, time_zone="America/New_York", start_at=start_at
        )
        [offer] = create(event, offer_draft(DAY_PASS, 2)).offers
        assert offer.day_on == clock.now().date() + timedelta(days=10)

    def test_numbers_and_names_are_taken_once_in_a_ticket_type(self) -> None:
        ticket_type = create(tiered(), offer_draft(TIER))
        actor = actor_of(ticket_type.event.organizer)
        for clash in (offer_draft(TIER, 1, tier_name="Other"), offer_draft(TIER, 2, tier_name="Tier 1")):
            with pytest.raises(Invalid):
                create_offer(actor=actor, ticket_type=ticket_type, draft=clash, now=NOW)
        second = create_offer(actor=actor, ticket_type=ticket_type, draft=offer_draft(TIER, 2), now=NOW)
        with pytest.raises(Invalid):
            change_offer(second, tier_number=1)

    def test_names_are_compared_as_they_are_stored(self) -> None:
        with pytest.raises(Invalid, match="ticket_type, name must make a unique set"):
            create(tiered(), offer_draft(TIER), offer_draft(TIER, 2, tier_name=" Tier 1 "))

    def test_there_is_an_end_to_how_many_stand_under_a_type(self) -> None:
        event = tiered()
        with pytest.raises(Invalid) as refusal:
            create(event, *(offer_draft(TIER, number) for number in range(1, MAX_OFFERS + 2)))
        assert list(refusal.value.fields) == ["tiers"]

    def test_prices_in_major_units_go_before_minor_ones(self) -> None:
        event = tiered(currency="JPY")
        [offer] = create(event, offer_draft(TIER, price=Decimal("1500"))).offers
        assert offer.price_minor == 1_500
        with pytest.raises(Invalid) as refusal:
            change_offer(offer, price=Decimal("1500.5"))
        assert refusal.value.fields == {"price": ["JPY has 0 digits after the point."]}
        assert change(create(factories.make_event()), price=Decimal("0.5")).offers[0].price_minor == 50

    def test_times_without_an_offset_are_those_of_the_events_clocks(self) -> None:
        event = tiered(time_zone="America/New_York")
        [offer] = create(
            event, offer_draft(TIER, sales_start_at=datetime.fromisoformat("2030-07-01T10:00"))
        ).offers
        assert offer.sales_start_at == datetime(2030, 7, 1, 14, tzinfo=UTC)
        # Clocks are put forward from 2 to 3 on that night.
        with pytest.raises(Invalid) as refusal:
            change_offer(offer, sales_end_at=datetime.fromisoformat("2031-03-09T02:30"))
        assert list(refusal.value.fields) == ["sales_end_at"]

    def test_a_grid_has_each_cell_once(self) -> None:
        event = factories.make_event(pricing_type=PricingType.TIER_AND_DAY)
        gold = {"tier_number": 1, "tier_name": "Gold"}
        assert len(create(event, offer_draft(DAY_TIER, 1), offer_draft(DAY_TIER, 2, **gold)).offers) == 2
        with pytest.raises(Invalid):
            create(event, offer_draft(DAY_TIER, 1), offer_draft(DAY_TIER, 1), name="Twice")


class TestLimits:
    def test_no_quantity_falls_below_what_is_sold_and_held(self) -> None:
        event = factories.make_tiered_event()
        offer = event.ticket_types[0].offers[0]
        factories.sell_places(offer, 4)
        factories.hold_places(offer, 2)
        for refused in (
            lambda: change_offer(offer, quantity=5),
            lambda: change(event.ticket_types[0], total_quantity=5),
        ):
            with pytest.raises(Invalid, match="6 are sold or held already"):
                refused()
        assert change_offer(offer, quantity=6).quantity == 6

    def test_what_was_ordered_cannot_be_deleted(self) -> None:
        event = factories.make_tiered_event()
        ordered, untouched = event.ticket_types[0].offers
        factories.hold_places(ordered, 1)
        actor = actor_of(event.organizer)
        with pytest.raises(Invalid, match="Switch it off instead"):
            delete_offer(actor=actor, offer=ordered, now=NOW)
        with pytest.raises(Invalid, match="Switch it off instead"):
            delete_ticket_type(actor=actor, ticket_type=event.ticket_types[0], now=NOW)
        delete_offer(actor=actor, offer=untouched, now=NOW)
        assert event.ticket_types[0].offers == [ordered]

    def test_what_nobody_ordered_goes_with_its_counters(self) -> None:
        event = factories.make_grid_event()
        actor = actor_of(event.organizer)
        delete_ticket_type(actor=actor, ticket_type=event.ticket_types[0], now=NOW)
        assert event.ticket_types == []
        assert set(db.session.scalars(sa.select(Quota.kind))) == {QuotaKind.EVENT}
        assert db.session.scalar(sa.select(sa.func.count(OfferQuota.id))) == 0

    def test_purchase_limits_and_windows_must_make_sense(self) -> None:
        for fields, named in (
            ({"min_purchase": 5, "max_purchase": 4}, "min_purchase"),
            ({"sales_start_at": NOW, "sales_end_at": NOW - timedelta(hours=1)}, "sales_end_at"),
            ({"sales_start_at": NOW.replace(year=1969)}, "sales_start_at"),
            ({"sales_end_at": END_OF_TIME}, "sales_end_at"),
            ({"total_quantity": 0}, "total_quantity"),
            ({"name": ""}, "name"),
        ):
            with pytest.raises(Invalid) as refusal:
                create(factories.make_event(), **fields)
            assert list(refusal.value.fields) == [named]

    def test_a_name_is_taken_once_in_an_event(self) -> None:
        event = factories.make_event()
        create(event)
        with pytest.raises(Invalid) as refusal:
            create(event)
        assert refusal.value.code == "name_taken"
        assert create(factories.make_event()).name == "Floor"
        with pytest.raises(Invalid):
            change(create(event, name="Balcony"), name="Floor")

    def test_only_the_organizer_and_staff_touch_them(self) -> None:
        event = factories.make_event()
        draft = TicketTypeDraft(name="Floor", total_quantity=1, price_minor=1)
        with pytest.raises(Forbidden):
            create_ticket_type(actor=actor_of(factories.make_organizer()), event=event, draft=draft, now=NOW)
        create_ticket_type(actor=actor_of(factories.make_staff()), event=event, draft=draft, now=NOW)


def test_tickets_of_a_free_event_cost_nothing() -> None:
    event = factories.make_event(is_free=True)
    with pytest.raises(Invalid) as refused:
        create(event)
    assert list(refused.value.fields) == ["price"]
    assert create(event, price_minor=0).offers[0].price_minor == 0
