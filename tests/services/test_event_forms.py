"""The event form of the Cafa Tickets API: fields, pictures and ticket types at once, or nothing of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from config import Settings
from easyticket.core import clock
from easyticket.core.errors import Forbidden, Invalid, Unauthenticated
from easyticket.db import db, transaction
from easyticket.jobs.entry import drain_outbox
from easyticket.models import Event, EventStatus, PaymentProfile, ProfileMethod, User
from easyticket.rules.permissions import ANONYMOUS
from easyticket.services.event_forms import (
    FormPictures,
    create_event_by_form,
    delete_event_by_form,
    update_event_by_form,
)
from easyticket.services.images import Upload
from easyticket.services.ticket_forms import (
    NOT_SIMPLE,
    add_ticket_type,
    change_ticket_type,
    remove_ticket_type,
)
from tests import factories
from tests.documents.test_pictures import drawn, encoded
from tests.factories import actor_of

pytestmark = pytest.mark.usefixtures("db_session")

NOW = clock.now()
DAY = (NOW + timedelta(days=30)).date()
PHOTO = encoded(drawn(600, 300), "JPEG")
NOTHING = FormPictures()
Entry = dict[str, Any]


@pytest.fixture
def files(settings: Settings) -> Callable[[], int]:
    """Call it for how many files came since the test began."""
    folder: Path = settings.storage_dir

    def count() -> int:
        return len(list(folder.iterdir())) if folder.exists() else 0

    before = count()
    return lambda: count() - before


def entry(**fields: Any) -> Entry:
    return {"name": "Regular", "price": Decimal("50.00"), "total_quantity": 60, **fields}


def form(**fields: Any) -> dict[str, Any]:
    filled = {
        "title": "Night of Drums",
        "category_slug": "other",
        "short_description": "Twelve drummers, one long night",
        "description": "Drums from Accra to Tamale, played by twelve people who have done nothing else.",
        "venue_name": "Hall 2",
        "venue_city": "Accra",
        "start_on": DAY,
        "starts_at": time(18),
        "total_capacity": 100,
        "ticket_types": [entry()],
    }
    return filled | fields


def made(user: User | None = None, pictures: FormPictures = NOTHING, **fields: Any) -> Event:
    actor = actor_of(user or factories.make_organizer())
    return create_event_by_form(actor=actor, form=form(**fields), pictures=pictures, now=NOW)


def changed(event: Event, pictures: FormPictures = NOTHING, **changes: Any) -> Event:
    actor = actor_of(event.organizer)
    return update_event_by_form(actor=actor, event=event, changes=changes, pictures=pictures, now=NOW)


def refused(**fields: Any) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as refusal:
        made(**fields)
    return refusal.value.fields


def refused_change(event: Event, **changes: Any) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as refusal:
        changed(event, **changes)
    return refusal.value.fields


def test_a_form_makes_a_live_event_with_its_ticket_types_and_makes_a_buyer_an_organizer(
    settings: Settings,
) -> None:
    buyer = factories.make_user()
    music = factories.make_category("Music")
    event = made(
        buyer,
        category_slug="music",
        ticket_types=[
            entry(sales_start_at=DAY - timedelta(days=5), sales_end_at=DAY),
            entry(name="Free", price=0, total_quantity=40, min_purchase=12),
        ],
        recurrence={"frequency": "Weekly", "interval": "2", "end_date": "", "other": 1},
    )
    assert buyer.is_organizer
    assert event.status is EventStatus.PUBLISHED
    assert (event.currency, event.category) == (settings.v1_default_currency, music)
    assert event.recurrence == {
        "frequency": "weekly",
        "interval": 2,
        "end_date": None,
        "occurrences": None,
    }
    regular, free = event.ticket_types
    assert regular.offers[0].price_minor == 5_000
    assert regular.sales_start_at == datetime.combine(DAY - timedelta(days=5), time.min, UTC)
    assert regular.sales_end_at == datetime.combine(DAY, time(23, 59, 59), UTC)
    assert (free.offers[0].price_minor, free.min_purchase, free.max_purchase) == (0, 12, 12)


def test_an_unverified_account_makes_a_draft_and_nobody_makes_nothing() -> None:
    assert made(factories.make_user(is_verified=False)).status is EventStatus.DRAFT
    assert made(is_published=False).status is EventStatus.DRAFT
    with pytest.raises(Unauthenticated):
        create_event_by_form(actor=ANONYMOUS, form=form(), pictures=NOTHING, now=NOW)


@pytest.mark.parametrize(
    ("told", "ends"),
    [
        ({}, datetime.combine(DAY, time(21))),
        ({"ends_at": time(20)}, datetime.combine(DAY, time(20))),
        ({"end_on": DAY + timedelta(days=2)}, datetime.combine(DAY + timedelta(days=2), time(23, 59, 59))),
        (
            {"end_on": DAY + timedelta(days=1), "ends_at": time(4)},
            datetime.combine(DAY + timedelta(days=1), time(4)),
        ),
    ],
)
def test_parts_of_the_end_that_are_left_out_are_supplied_by_the_clocks_of_the_zone(
    told: dict[str, Any], ends: datetime
) -> None:
    event = made(time_zone="Africa/Lagos", **told)
    assert event.start_at == datetime.combine(DAY, time(17), UTC)
    assert event.end_at.astimezone(ZoneInfo("Africa/Lagos")).replace(tzinfo=None) == ends


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": "Four"}, "title"),
        ({"short_description": "Too short"}, "short_description"),
        ({"description": "Too short as well"}, "description"),
        ({"category_slug": "", "category_ref": ""}, "category_ref"),
        ({"category_slug": "no-such"}, "category_slug"),
        ({"category_slug": None, "category_ref": "999999"}, "category_ref"),
        ({"start_on": None}, "start_on"),
        ({"start_on": DAY - timedelta(days=60)}, "start_on"),
        ({"end_on": DAY - timedelta(days=1)}, "end_on"),
        ({"ends_at": time(17, 59)}, "ends_at"),
        ({"start_on": date.max, "starts_at": time(23)}, "start_on"),
        ({"time_zone": "Accra"}, "time_zone"),
        ({"is_recurring": True}, "recurrence"),
        ({"recurrence": {"frequency": "weekly", "interval": 0}}, "recurrence"),
        ({"recurrence": {"frequency": []}}, "recurrence"),
        ({"recurrence": {"frequency": "daily", "end_date": "soon"}}, "recurrence"),
        ({"payment_profile": "7"}, "payment_profile"),
        ({"ticket_types": []}, "ticket_types"),
        ({"ticket_types": [entry(name=f"Type {number}") for number in range(11)]}, "ticket_types"),
        ({"ticket_types": [entry(), entry(name="VIP", total_quantity=41)]}, "ticket_types"),
        ({"ticket_types": [entry(), entry()]}, "ticket_types.1.name"),
        ({"ticket_types": [entry(), entry(name="VIP", price=None)]}, "ticket_types.1.price"),
        ({"ticket_types": [entry(price=Decimal("1.001"))]}, "ticket_types.0.price"),
        ({"ticket_types": [entry(total_quantity=0)]}, "ticket_types.0.total_quantity"),
        (
            {"ticket_types": [entry(sales_start_at=DAY, sales_end_at=DAY - timedelta(days=1))]},
            "ticket_types.0.sales_end_at",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_made(fields: dict[str, Any], field: str) -> None:
    user = factories.make_user()
    assert list(refused(user=user, **fields)) == [field]
    assert db.session.scalars(sa.select(Event)).all() == []
    assert not db.session.get_one(User, user.id).is_organizer


def test_a_payment_profile_is_ones_own() -> None:
    owner, other = factories.make_organizer(), factories.make_organizer()
    own, foreign = (_profile(user) for user in (owner, other))
    assert refused(user=owner, payment_profile=str(foreign.uuid)).keys() == {"payment_profile"}
    event = made(owner, payment_profile=str(own.uuid))
    assert event.payment_profile_id == own.id
    assert changed(event, payment_profile="").payment_profile_id == own.id
    assert changed(event, payment_profile=None).payment_profile_id is None


def test_pictures_come_with_the_event_make_room_for_new_ones_and_go_when_it_is_refused(
    files: Callable[[], int],
) -> None:
    photo = Upload(PHOTO, "a.jpg")
    assert refused(pictures=FormPictures(photo, [photo]), title="Four").keys() == {"title"}
    assert files() == 0
    assert refused(pictures=FormPictures(photo, [photo, Upload(b"<svg/>")])).keys() == {"additional_images.1"}
    assert refused(pictures=FormPictures(None, [photo] * 6)).keys() == {"additional_images"}
    assert files() == 0

    event = made(pictures=FormPictures(photo, [photo, photo]))
    each = files() // 3
    first = [event.banner_image, *(image.path for image in event.images)]
    assert len(set(first)) == 3
    changed(event, title="Night of Bells")
    assert [event.banner_image, *(image.path for image in event.images)] == first
    event_id = changed(event, pictures=FormPictures(photo, [photo] * 4)).id
    drain_outbox()
    event = db.session.get_one(Event, event_id)
    assert event.banner_image not in first
    assert (len(event.images), event.images[0].path) == (5, first[2])
    assert files() == 6 * each


def test_an_edit_changes_what_is_sent_and_keeps_the_slug_and_the_other_ticket_types() -> None:
    event = made(ticket_types=[entry(), entry(name="VIP", total_quantity=20)])
    slug, vip = event.slug, event.ticket_types[1].offers[0]
    changed(event, title="Night of Bells", ticket_types=[], starts_at=time(19), is_recurring=False)
    assert (event.title, event.slug, len(event.ticket_types)) == ("Night of Bells", slug, 2)
    assert (event.start_at, event.end_at) == (
        datetime.combine(DAY, time(19), UTC),
        datetime.combine(DAY, time(21), UTC),
    )
    changed(
        event,
        ticket_types=[{"id": vip.id, "price": Decimal(90)}, entry(name="Late", total_quantity=20)],
    )
    assert vip.price_minor == 9_000
    assert [each.name for each in event.ticket_types] == ["Regular", "VIP", "Late"]
    assert refused_change(event, ticket_types=[entry(name="More", total_quantity=1)]).keys() == {
        "ticket_types"
    }
    assert refused_change(event, total_capacity=99).keys() == {"total_capacity"}
    assert refused_change(event, ticket_types=[{"id": 0, "name": "x"}]).keys() == {"ticket_types.0.id"}
    assert refused_change(event, end_on=DAY - timedelta(days=1)).keys() == {"end_on"}
    assert refused_change(event, start_on=DAY + timedelta(days=1)).keys() == {"start_on"}
    assert [each.name for each in db.session.get_one(Event, event.id).ticket_types] == [
        "Regular",
        "VIP",
        "Late",
    ]


def test_limits_of_the_form_count_for_what_differs_from_before_only() -> None:
    event = factories.make_simple_event(title="Jam", description="Short.\nVery.", quantity=70)
    changed(
        event,
        title="Jam",
        short_description="",
        description="Short.\r\nVery.",
        # Shown in place of a limit that it does not have.
        total_capacity=70,
        category_slug="other",
    )
    assert (event.total_capacity, event.category_id) == (None, None)
    assert refused_change(event, title="Gig").keys() == {"title"}
    changed(event, total_capacity=80)
    assert event.total_capacity == 80


def test_offers_of_an_event_with_tiers_are_sent_back_as_they_are_and_not_changed() -> None:
    event = factories.make_tiered_event()
    actor = actor_of(event.organizer)
    gold = event.ticket_types[0].offers[1]
    as_shown = {"id": gold.id, "name": "Seat - Gold", "price": Decimal("90.00"), "total_quantity": 30}
    changed(event, ticket_types=[as_shown | {"sales_start_at": None, "max_purchase": None}])
    refusal = {"ticket_types.0.non_field_errors": [NOT_SIMPLE]}
    assert refused_change(event, ticket_types=[as_shown | {"price": Decimal(1)}]) == refusal
    assert refused_change(event, ticket_types=[entry()]) == refusal
    for refuse in (
        lambda: add_ticket_type(actor=actor, event=event, entry=entry(), now=NOW),
        lambda: remove_ticket_type(actor=actor, offer=gold, now=NOW),
    ):
        with pytest.raises(Invalid, match="tiers or days"):
            refuse()


def test_a_day_that_a_window_is_shown_with_changes_nothing() -> None:
    event = made(time_zone="Africa/Lagos", ticket_types=[entry(sales_start_at=DAY)])
    offer = event.ticket_types[0].offers[0]
    stored = offer.ticket_type.sales_start_at
    assert stored == datetime.combine(DAY, time.min, ZoneInfo("Africa/Lagos"))
    for same in (
        DAY,
        stored.date(),
        stored,
        stored.astimezone(ZoneInfo("Africa/Lagos")).replace(tzinfo=None),
    ):
        changed(event, ticket_types=[{"id": offer.id, "sales_start_at": same}])
        assert offer.ticket_type.sales_start_at == stored
    changed(event, ticket_types=[{"id": offer.id, "sales_start_at": None}])
    assert offer.ticket_type.sales_start_at is None


def test_ticket_types_one_by_one_keep_within_what_is_sold_and_what_there_is_room_for() -> None:
    event = made()
    actor = actor_of(event.organizer)
    [regular] = event.ticket_types[0].offers
    with pytest.raises(Invalid, match="at least one"):
        remove_ticket_type(actor=actor, offer=regular, now=NOW)
    vip = add_ticket_type(actor=actor, event=event, entry=entry(name="VIP", total_quantity=40), now=NOW)
    with pytest.raises(Invalid) as refusal:
        change_ticket_type(actor=actor, offer=vip, changes={"total_quantity": 41}, now=NOW)
    assert refusal.value.fields.keys() == {"total_quantity"}
    factories.sell_places(regular, 3)
    with pytest.raises(Invalid) as refusal:
        change_ticket_type(actor=actor, offer=regular, changes={"total_quantity": 2}, now=NOW)
    assert refusal.value.fields.keys() == {"total_quantity"}
    with pytest.raises(Invalid, match="ordered"):
        remove_ticket_type(actor=actor, offer=regular, now=NOW)
    remove_ticket_type(actor=actor, offer=vip, now=NOW)
    with pytest.raises(Forbidden):
        add_ticket_type(actor=actor_of(factories.make_organizer()), event=event, entry=entry(), now=NOW)


def test_a_live_event_becomes_a_draft_again_until_somebody_has_ordered() -> None:
    event = made()
    assert changed(event, is_published=False).status is EventStatus.DRAFT
    assert changed(event, is_published=True).status is EventStatus.PUBLISHED
    factories.hold_places(event.ticket_types[0].offers[0], 1)
    assert refused_change(event, is_published=False).keys() == {"is_published"}
    with pytest.raises(Invalid) as refusal:
        delete_event_by_form(actor=actor_of(event.organizer), event=event, now=NOW)
    assert "suggestion" in refusal.value.context


def test_an_edit_publishes_for_somebody_unverified_only_by_an_administrator() -> None:
    event = made(factories.make_user(is_verified=False))
    assert changed(event, is_published=True, title="Night of Bells").status is EventStatus.DRAFT
    staff = actor_of(factories.make_staff())
    update_event_by_form(actor=staff, event=event, changes={"is_published": True}, pictures=NOTHING, now=NOW)
    assert event.status is EventStatus.PUBLISHED


@pytest.mark.parametrize("hours_ago", [1, 30])
def test_what_has_begun_is_neither_changed_nor_deleted_here(hours_ago: int) -> None:
    event = factories.make_simple_event(start_at=NOW - timedelta(hours=hours_ago))
    assert refused_change(event, title="Another title") == {}
    with pytest.raises(Invalid, match="The event"):
        delete_event_by_form(actor=actor_of(event.organizer), event=event, now=NOW)
    with pytest.raises(Forbidden):
        delete_event_by_form(actor=actor_of(factories.make_organizer()), event=event, now=NOW)


def _profile(user: User) -> PaymentProfile:
    with transaction() as session:
        profile = PaymentProfile(
            user_id=user.id,
            method=ProfileMethod.MOBILE_MONEY,
            name="MoMo",
            account_number="0241234567",
            account_name="Ama Owusu",
        )
        session.add(profile)
    return profile
