"""A ticket type with all its prices in one save: everything of it happens or nothing, and what others made stays."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import Forbidden, Invalid
from easyticket.db import db
from easyticket.models import Change, ChangeAction, Event, Offer, OfferQuota, Quota, QuotaKind, TicketType
from easyticket.services.price_tables import PriceEntry, move_ticket_type, save_ticket_type
from tests import factories
from tests.factories import actor_of

pytestmark = pytest.mark.usefixtures("db_session")

NOW = clock.now()
TYPE = {"name": "Seat", "total_quantity": None}


def tier(name: str, price_minor: int, quantity: int, offer: Offer | None = None, **fields: Any) -> PriceEntry:
    values = {"tier_name": name, "price_minor": price_minor, "quantity": quantity, **fields}
    return PriceEntry(values=values, offer_uuid=offer.uuid if offer else None)


def save(event: Event, *prices: PriceEntry, values: dict[str, Any] | None = None) -> TicketType:
    return save_ticket_type(
        actor=actor_of(event.organizer),
        event=event,
        ticket_type=event.ticket_types[0],
        values=values or TYPE,
        prices=prices,
        now=NOW,
    )


@pytest.fixture
def event() -> Event:
    return factories.make_tiered_event()


@pytest.fixture
def offers(event: Event) -> list[Offer]:
    return list(event.ticket_types[0].offers)


def names(event: Event) -> list[str]:
    db.session.expire_all()
    return [offer.tier_name for offer in event.ticket_types[0].offers]


def test_prices_stand_in_the_order_they_came_in(event: Event, offers: list[Offer]) -> None:
    regular, gold = offers
    save(
        event,
        tier("Gold", 9_000, 30, gold),
        tier("Late", 7_000, 5, tier_number=3),
        tier("Regular", 5_000, 60, regular),
    )
    assert names(event) == ["Gold", "Late", "Regular"]
    assert event.ticket_types[0].total_quantity == 95


def test_what_somebody_else_made_meanwhile_stays_behind(event: Event, offers: list[Offer]) -> None:
    save(event, tier("Silver", 6_000, 10, tier_number=3))
    assert names(event) == ["Silver", "Regular", "Gold"]
    assert event.ticket_types[0].total_quantity == 100


def test_every_counter_follows(event: Event, offers: list[Offer]) -> None:
    regular, gold = offers
    removed = PriceEntry(values={}, offer_uuid=gold.uuid, is_removed=True)
    save(event, tier("Regular", 5_000, 70, regular), removed, tier("Box", 20_000, 4, tier_number=2))
    box = db.session.scalars(sa.select(Offer).filter_by(tier_name="Box")).one()
    capacities = {
        (quota.kind, quota.owner_id): quota.capacity for quota in db.session.scalars(sa.select(Quota))
    }
    assert capacities == {
        (QuotaKind.EVENT, event.id): None,
        (QuotaKind.TICKET_TYPE, event.ticket_types[0].id): 74,
        (QuotaKind.OFFER, regular.id): 70,
        (QuotaKind.OFFER, box.id): 4,
    }
    assert db.session.scalar(sa.select(sa.func.count()).where(OfferQuota.offer_id == box.id)) == 3


def test_one_refusal_undoes_all_of_it(event: Event, offers: list[Offer]) -> None:
    regular, gold = offers
    factories.sell_places(gold, 9)
    with pytest.raises(Invalid) as refusal:
        save(
            event, tier("Cheap", 100, 500, regular), tier("Gold", 100, 8, gold), values={**TYPE, "name": "X"}
        )
    assert list(refusal.value.fields) == ["tiers.1.quantity"]
    db.session.rollback()
    assert names(event) == ["Regular", "Gold"]
    assert event.ticket_types[0].name == "Seat"
    assert db.session.scalar(sa.select(sa.func.count(Change.id))) == 0


def test_every_wrong_price_is_named_at_once(event: Event, offers: list[Offer]) -> None:
    regular, gold = offers
    with pytest.raises(Invalid) as refusal:
        save(event, tier("", -1, 60, regular), tier("Gold", 5, 0, gold))
    assert list(refusal.value.fields) == ["tiers.0.tier_name", "tiers.0.price", "tiers.1.quantity"]


def test_a_ticket_keeps_at_least_one_price(event: Event, offers: list[Offer]) -> None:
    with pytest.raises(Invalid) as refusal:
        save(event, *(PriceEntry(values={}, offer_uuid=each.uuid, is_removed=True) for each in offers))
    assert list(refusal.value.fields) == ["tiers"]


def test_a_price_that_is_gone_meanwhile_is_made_anew(event: Event) -> None:
    gone = UUID(int=7)
    values = {"tier_name": "Old", "price_minor": 5, "quantity": 5, "tier_number": 9}
    save(event, PriceEntry(values=values, offer_uuid=gone))
    assert names(event) == ["Old", "Regular", "Gold"]


def test_each_change_is_written_down_with_what_was(event: Event, offers: list[Offer]) -> None:
    regular, gold = offers
    save(event, tier("Regular", 5_500, 60, regular), tier("Gold", 9_000, 30, gold))
    [change] = db.session.scalars(sa.select(Change))
    assert (change.action, change.subject) == (ChangeAction.OFFER_CHANGED, "Seat - Regular")
    assert (change.before, change.after) == ({"price_minor": 5_000}, {"price_minor": 5_500})


def test_only_the_organizer_and_staff_may(event: Event) -> None:
    stranger = actor_of(factories.make_organizer())
    with pytest.raises(Forbidden):
        save_ticket_type(actor=stranger, event=event, ticket_type=None, values=TYPE, now=NOW)
    with pytest.raises(Forbidden):
        move_ticket_type(actor=stranger, ticket_type=event.ticket_types[0], places=1, now=NOW)


def test_types_move_one_place_and_stay_at_the_ends() -> None:
    event = factories.make_simple_event()
    for name in ("Balcony", "Box"):
        factories.make_ticket_type(event, name=name)
    first = event.ticket_types[0]
    for places, order in (
        (1, "Balcony Standard Box"),
        (9, "Balcony Box Standard"),
        (1, "Balcony Box Standard"),
        (-9, "Standard Balcony Box"),
    ):
        move_ticket_type(actor=actor_of(event.organizer), ticket_type=first, places=places, now=NOW)
        db.session.expire_all()
        ordered = sorted(event.ticket_types, key=lambda each: each.position)
        assert " ".join(each.name for each in ordered) == order
