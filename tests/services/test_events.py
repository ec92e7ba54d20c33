"""Events from the first draft to their end: what an organizer may say, and what can no longer be changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from easyticket.core import clock
from easyticket.core.errors import Forbidden, Invalid, Unauthenticated
from easyticket.db import db, transaction
from easyticket.models import (
    Event,
    EventStatus,
    OfferKind,
    Order,
    OrderStatus,
    OutboxJob,
    PricingType,
    Quota,
    QuotaKind,
    Ticket,
    TicketStatus,
    User,
)
from easyticket.rules.permissions import ANONYMOUS, SYSTEM
from easyticket.services.cancellation import unwind_event
from easyticket.services.event_steps import cancel_event, delete_event, publish_event
from easyticket.services.events import EventDraft, create_event, update_event
from easyticket.services.ticket_types import TicketTypeDraft
from easyticket.services.tickets import issue_tickets
from tests import factories
from tests.factories import actor_of

pytestmark = pytest.mark.usefixtures("db_session")

NOW = clock.now()


def draft(**fields: Any) -> EventDraft:
    start_at = fields.pop("start_at", NOW + timedelta(days=20))
    wanted = {
        "title": "Night of Drums",
        "venue_name": "Hall 2",
        "venue_city": "Düsseldorf",
        "currency": "GHS",
    }
    return EventDraft(**{**wanted, "start_at": start_at, "end_at": start_at + timedelta(hours=4), **fields})


def create(organizer: User | None = None, *, now: datetime = NOW, **fields: Any) -> Event:
    actor = actor_of(organizer or factories.make_organizer())
    return create_event(actor=actor, draft=draft(**fields), now=now)


def quota_of(event: Event) -> Quota:
    return db.session.scalars(sa.select(Quota).filter_by(kind=QuotaKind.EVENT, owner_id=event.id)).one()


def owner_of(event: Event) -> Any:
    return actor_of(event.organizer)


def sold(event: Event) -> Order:
    order = factories.sell_places(event.ticket_types[0].offers[0], 2)
    issue_tickets(order, NOW)
    return order


class TestCreating:
    def test_a_new_event_is_a_draft_that_can_be_found_and_counts_from_zero(self) -> None:
        event = create(total_capacity=300)
        assert (event.status, event.slug, event.venue_city_key) == (
            EventStatus.DRAFT,
            "night-of-drums",
            "dusseldorf",
        )
        assert "night of drums" in event.search_text
        assert (quota_of(event).capacity, quota_of(event).held, quota_of(event).sold) == (300, 0, 0)

    def test_without_a_capacity_people_are_counted_without_a_limit(self) -> None:
        assert quota_of(create()).capacity is None

    def test_zone_and_currency_default_to_the_settings(self) -> None:
        event = create(currency="")
        assert (event.currency, event.time_zone) == ("USD", "Africa/Accra")

    @pytest.mark.parametrize(
        ("title", "slug"),
        [
            ("Search", "event-search"),
            ("My events", "event-my-events"),
            ("2026", "event-2026"),
            ("12/12", "event-12-12"),
            ("!!!", "event"),
            ("8f14e45f-ceea-467f-a8b5-0d5b1b2c3d4e", "event-8f14e45f-ceea-467f-a8b5-0d5b1b2c3d4e"),
            ("Ɔkyeame's Highlife", "okyeames-highlife"),
        ],
    )
    def test_a_slug_is_never_a_number_a_uuid_or_a_word_of_a_route(self, title: str, slug: str) -> None:
        assert create(title=title).slug == slug

    def test_events_of_one_title_get_numbered_slugs(self) -> None:
        assert [create().slug for _ in range(3)] == ["night-of-drums", "night-of-drums-2", "night-of-drums-3"]

    @pytest.mark.parametrize(
        ("field", "fields"),
        [
            ("title", {"title": " \n "}),
            ("title", {"title": "x" * 256}),
            ("venue_name", {"venue_name": ""}),
            ("venue_city", {"venue_city": ""}),
            ("end_at", {"end_at": NOW + timedelta(days=19)}),
            ("end_at", {"end_at": NOW + timedelta(days=2000)}),
            ("end_at", {"end_at": NOW.replace(year=9999)}),
            ("start_at", {"start_at": NOW - timedelta(minutes=1)}),
            ("currency", {"currency": "cedi"}),
            ("time_zone", {"time_zone": "Accra"}),
            ("time_zone", {"time_zone": "../../etc/passwd"}),
            ("total_capacity", {"total_capacity": 0}),
            ("total_capacity", {"total_capacity": 10_000_001}),
            ("age_restriction", {"age_restriction": -1}),
            ("is_free", {"is_free": True, "base_price_minor": 100}),
            ("category_id", {"category_id": 4711}),
        ],
    )
    def test_each_wrong_field_is_named(self, field: str, fields: dict[str, Any]) -> None:
        with pytest.raises(Invalid) as refusal:
            create(**fields)
        assert list(refusal.value.fields) == [field]

    def test_all_faults_are_told_at_once(self) -> None:
        with pytest.raises(Invalid) as refusal:
            create(title="", currency="x", start_at=NOW - timedelta(days=1))
        assert set(refusal.value.fields) == {"title", "currency", "start_at"}

    def test_html_in_a_description_is_cut_down_and_markdown_stays_as_it_is(self) -> None:
        event = create(
            description="<p onclick=x()>Hi</p><script>alert(1)</script>",
            refund_policy="> R&B < 5 <https://x.example>",
        )
        assert event.description == "<p>Hi</p>"
        assert event.refund_policy == "> R&B < 5 <https://x.example>"
        both = create(description="> **R & B**, <b onclick=x()>loud</b>\n\n- a\n- b")
        assert both.description == "> **R & B**, <b>loud</b>\n\n- a\n- b"

    def test_who_has_no_organizer_account_makes_no_events(self) -> None:
        with pytest.raises(Forbidden):
            create_event(actor=actor_of(factories.make_user()), draft=draft(), now=NOW)
        with pytest.raises(Unauthenticated):
            create_event(actor=ANONYMOUS, draft=draft(), now=NOW)

    def test_only_staff_feature_an_event_or_set_its_fee(self) -> None:
        event = create(is_featured=True, fee_basis_points=0)
        assert (event.is_featured, event.fee_basis_points) == (False, None)

    def test_ticket_types_come_with_it_or_nothing_does(self) -> None:
        actor = actor_of(factories.make_organizer())
        types = [TicketTypeDraft(name="Floor", total_quantity=10, price_minor=500)]
        event = create_event(actor=actor, draft=draft(), ticket_types=types, publish=True, now=NOW)
        assert (event.status, len(event.ticket_types)) == (EventStatus.PUBLISHED, 1)
        with pytest.raises(Invalid):
            create_event(actor=actor, draft=draft(title="Twice"), ticket_types=[*types, *types], now=NOW)
        assert db.session.scalar(sa.select(Event).filter_by(title="Twice")) is None

    def test_publishing_on_creation_leaves_a_draft_while_the_address_is_not_verified(self) -> None:
        actor = actor_of(factories.make_organizer(is_verified=False))
        assert create_event(actor=actor, draft=draft(), publish=True, now=NOW).status is EventStatus.DRAFT

    def test_only_the_application_itself_makes_past_events_and_events_of_others(self) -> None:
        organizer = factories.make_organizer()
        past = draft(start_at=NOW - timedelta(days=3), organizer_id=organizer.id)
        assert create_event(actor=SYSTEM, draft=past, allow_past=True, now=NOW).organizer_id == organizer.id
        with pytest.raises(Invalid):
            create_event(actor=actor_of(organizer), draft=past, allow_past=True, now=NOW)


class TestChanging:
    def test_the_slug_stays_when_the_title_changes(self) -> None:
        event = create()
        update_event(actor=owner_of(event), event=event, changes={"title": "Day of Drums"}, now=NOW)
        assert (event.title, event.slug) == ("Day of Drums", "night-of-drums")
        assert event.search_text.startswith("day of drums")

    def test_what_was_read_can_be_sent_back_after_the_beginning(self) -> None:
        event = create()
        later = event.start_at + timedelta(hours=1)
        update_event(actor=owner_of(event), event=event, changes={"start_at": event.start_at}, now=later)
        with pytest.raises(Invalid):
            update_event(actor=owner_of(event), event=event, changes={"start_at": NOW}, now=later)

    def test_others_may_not_change_it(self) -> None:
        event = create()
        with pytest.raises(Forbidden):
            update_event(actor=actor_of(factories.make_organizer()), event=event, changes={}, now=NOW)

    def test_pricing_and_currency_are_fixed_once_ticket_types_exist(self) -> None:
        event = factories.make_simple_event()
        for changes in ({"pricing_type": PricingType.TIERED}, {"currency": "JPY"}):
            with pytest.raises(Invalid) as refusal:
                update_event(actor=owner_of(event), event=event, changes=changes, now=NOW)
            assert list(refusal.value.fields) == list(changes)

    def test_an_event_that_sells_tickets_at_a_price_cannot_be_called_free(self) -> None:
        event = factories.make_simple_event(price_minor=1_000)
        with pytest.raises(Invalid) as refused:
            update_event(actor=owner_of(event), event=event, changes={"is_free": True}, now=NOW)
        assert list(refused.value.fields) == ["is_free"]

    def test_the_capacity_cannot_fall_below_what_is_sold_and_held(self) -> None:
        event = factories.make_simple_event(total_capacity=100)
        factories.sell_places(event.ticket_types[0].offers[0], 7)
        factories.hold_places(event.ticket_types[0].offers[0], 3)
        with pytest.raises(Invalid) as refusal:
            update_event(actor=owner_of(event), event=event, changes={"total_capacity": 9}, now=NOW)
        assert "total_capacity" in refusal.value.fields
        update_event(actor=owner_of(event), event=event, changes={"total_capacity": 10}, now=NOW)
        assert (event.total_capacity, quota_of(event).capacity) == (10, 10)

    def test_an_event_can_be_brought_forward_and_lose_its_picture_in_one_step(self) -> None:
        event = create()
        event.banner_image = "a" * 32 + "-1x1.webp"
        db.session.commit()
        earlier = {name: getattr(event, name) - timedelta(days=3) for name in ("start_at", "end_at")}
        update_event(actor=owner_of(event), event=event, changes={**earlier, "banner_image": ""}, now=NOW)
        assert (event.end_at, event.banner_image) == (earlier["end_at"], "")

    def test_an_event_postponed_by_a_day_takes_its_days_and_sold_tickets_along(self) -> None:
        event = factories.make_day_event(days=2)
        first, second = (offer.day_on for offer in event.ticket_types[0].offers[:2])
        issue_tickets(factories.sell_places(event.ticket_types[0].offers[0], 1), NOW)
        day = timedelta(days=1)
        changes = {"start_at": event.start_at + day, "end_at": event.end_at + day}
        update_event(actor=owner_of(event), event=event, changes=changes, now=NOW)
        assert [offer.day_on for offer in event.ticket_types[0].offers[:2]] == [second, second + day]
        assert db.session.scalars(sa.select(Ticket.day_on)).all() == [second]
        assert first == second - day

    def test_what_is_over_keeps_its_dates_and_takes_other_changes(self) -> None:
        event = create(title="Night of Drums")
        with transaction():
            event.status = EventStatus.PUBLISHED
        over, later = event.end_at, {"end_at": event.end_at + timedelta(days=30)}
        moved = {"start_at": event.start_at + timedelta(days=30), **later}
        for changes in (later, moved):
            with pytest.raises(Invalid, match="over, so its dates can no longer be changed") as refusal:
                update_event(actor=owner_of(event), event=event, changes=changes, now=over)
            assert set(refusal.value.fields) == set(changes)
        same = {"title": "Drums", "start_at": event.start_at, "end_at": event.end_at}
        assert update_event(actor=owner_of(event), event=event, changes=same, now=over).title == "Drums"
        assert update_event(actor=SYSTEM, event=event, changes=moved, now=over).end_at == moved["end_at"]

    def test_a_draft_whose_dates_have_passed_can_have_others(self) -> None:
        event = create()
        moved = {name: getattr(event, name) + timedelta(days=30) for name in ("start_at", "end_at")}
        update_event(actor=owner_of(event), event=event, changes=moved, now=event.end_at)
        assert event.end_at == moved["end_at"]

    def test_the_latest_end_since_tickets_were_ordered_is_kept(self) -> None:
        event = factories.make_simple_event()

        def ends_at(end_at: datetime) -> None:
            update_event(actor=owner_of(event), event=event, changes={"end_at": end_at}, now=NOW)

        first = event.end_at
        ends_at(first + timedelta(days=5))
        ends_at(first)
        assert event.promised_end_at is None
        sold(event)
        latest = first + timedelta(days=2)
        for end_at, promised in (
            (latest, None),
            (first - timedelta(hours=1), latest),
            (first, latest),
            (first - timedelta(hours=2), latest),
            (latest + timedelta(days=1), latest),
            (first, latest + timedelta(days=1)),
        ):
            ends_at(end_at)
            assert (event.end_at, event.promised_end_at) == (end_at, promised)

    def test_an_event_that_only_begins_earlier_keeps_its_days(self) -> None:
        event = factories.make_day_event(days=2)
        before = [offer.day_on for offer in event.ticket_types[0].offers]
        changes = {"start_at": event.start_at - timedelta(days=1)}
        update_event(actor=owner_of(event), event=event, changes=changes, now=NOW)
        assert [offer.day_on for offer in event.ticket_types[0].offers] == before


class TestWrittenByClients:
    """What clients of an API write: clock times, major units, a category's UUID, a status."""

    def test_a_time_without_an_offset_is_one_of_clocks_in_the_events_zone(self) -> None:
        start_at = datetime(NOW.year + 1, 7, 1, 18)  # noqa: DTZ001 (what is tested)
        event = create(start_at=start_at, time_zone="Europe/Berlin")
        assert event.start_at == start_at.replace(hour=16, tzinfo=UTC)
        update_event(
            actor=owner_of(event),
            event=event,
            changes={"start_at": start_at, "end_at": start_at.replace(hour=23)},
            now=event.start_at + timedelta(hours=1),
        )
        assert (event.start_at.hour, event.end_at.hour) == (16, 21)

    @pytest.mark.parametrize("clock_time", ["2027-03-28T02:30", "0001-01-01T00:30"])
    def test_a_time_that_no_clock_shows_is_named(self, clock_time: str) -> None:
        with pytest.raises(Invalid) as refusal:
            create(start_at=datetime.fromisoformat(clock_time), time_zone="Europe/Berlin")
        assert "start_at" in refusal.value.fields

    def test_a_base_price_is_read_with_the_digits_of_the_currency(self) -> None:
        assert create(base_price=Decimal("20.5")).base_price_minor == 2050
        assert create(base_price=Decimal(2000), currency="jpy").base_price_minor == 2000
        for fields in (
            {"base_price": Decimal("20.505")},
            {"base_price": Decimal("1.5"), "currency": "JPY"},
            {"base_price": Decimal("1e999999")},
            {"base_price": Decimal(-1)},
        ):
            with pytest.raises(Invalid) as refusal:
                create(**fields)
            assert list(refusal.value.fields) == ["base_price"]

    def test_a_base_price_sent_back_as_it_was_read_changes_nothing_and_another_one_counts(self) -> None:
        event = factories.make_simple_event(price_minor=1500, is_free=True)
        update_event(actor=owner_of(event), event=event, changes={"base_price": Decimal("15.00")}, now=NOW)
        assert event.base_price_minor is None
        changes = {"base_price": Decimal("14"), "is_free": False}
        update_event(actor=owner_of(event), event=event, changes=changes, now=NOW)
        assert (event.base_price_minor, event.listed_price_thousandths) == (1400, 14_000)
        update_event(actor=owner_of(event), event=event, changes={"base_price": None}, now=NOW)
        assert (event.base_price_minor, event.listed_price_thousandths) == (None, 15_000)

    def test_a_category_is_named_by_its_uuid_and_one_switched_off_is_kept_but_not_chosen(self) -> None:
        music, hidden = factories.make_category(), factories.make_category(is_active=False)
        event = create(category_uuid=music.uuid)
        assert event.category_id == music.id
        for uuid in (hidden.uuid, uuid4()):
            with pytest.raises(Invalid) as refusal:
                update_event(actor=owner_of(event), event=event, changes={"category_uuid": uuid}, now=NOW)
            assert refusal.value.fields == {
                "category_uuid": [f'Invalid pk "{uuid}" - object does not exist.']
            }
        with transaction():
            music.is_active = False
        update_event(actor=owner_of(event), event=event, changes={"category_uuid": music.uuid}, now=NOW)
        assert event.category_id == music.id
        update_event(actor=owner_of(event), event=event, changes={"category_uuid": None}, now=NOW)
        assert event.category_id is None

    def test_a_status_publishes_and_cancels_as_the_actions_do(self) -> None:
        assert create(status="draft").status is EventStatus.DRAFT
        event = create(status="published")
        assert (event.status, event.published_at) == (EventStatus.PUBLISHED, NOW)
        update_event(actor=owner_of(event), event=event, changes={"status": "cancelled"}, now=NOW)
        assert event.status is EventStatus.CANCELLED
        assert db.session.scalars(sa.select(OutboxJob.name)).all() == ["unwind_event", "unwind_event"]

    @pytest.mark.parametrize(
        ("stored", "days", "wanted"),
        [
            (EventStatus.DRAFT, 1, "ongoing"),
            (EventStatus.DRAFT, -9, "published"),
            (EventStatus.DRAFT, 1, "completed"),
            (EventStatus.PUBLISHED, 1, "draft"),
            (EventStatus.PUBLISHED, 1, "ongoing"),
            (EventStatus.PUBLISHED, 1, "completed"),
            (EventStatus.PUBLISHED, -9, "cancelled"),
            (EventStatus.PUBLISHED, -9, "ongoing"),
            (EventStatus.CANCELLED, 1, "published"),
            (EventStatus.CANCELLED, 1, "draft"),
            (EventStatus.CANCELLED, -9, "completed"),
        ],
    )
    def test_a_status_the_rules_forbid_changes_nothing_at_all(
        self, stored: EventStatus, days: int, wanted: str
    ) -> None:
        event = factories.make_event(title="Before", status=stored, start_at=NOW + timedelta(days=days))
        with pytest.raises(Invalid) as refusal:
            update_event(
                actor=owner_of(event), event=event, changes={"status": wanted, "title": "After"}, now=NOW
            )
        assert list(refusal.value.fields) == ["status"]
        db.session.rollback()
        assert (event.status, event.title) == (stored, "Before")

    @pytest.mark.parametrize(
        ("stored", "hours", "wanted"),
        [
            (EventStatus.DRAFT, 1, "draft"),
            (EventStatus.PUBLISHED, 1, "published"),
            (EventStatus.PUBLISHED, -1, "published"),
            (EventStatus.PUBLISHED, -1, "ongoing"),
            (EventStatus.PUBLISHED, -100, "completed"),
            (EventStatus.PUBLISHED, -100, "published"),
            (EventStatus.CANCELLED, -1, "cancelled"),
        ],
    )
    def test_the_status_an_event_has_by_what_is_stored_or_by_the_clock_is_no_change(
        self, stored: EventStatus, hours: int, wanted: str
    ) -> None:
        event = factories.make_event(status=stored, start_at=NOW + timedelta(hours=hours))
        update_event(actor=owner_of(event), event=event, changes={"status": wanted}, now=NOW)
        assert event.status is stored

    def test_an_event_that_is_postponed_while_it_runs_may_be_sent_back_as_ongoing(self) -> None:
        event = factories.make_event(start_at=NOW - timedelta(hours=1))
        later = {"start_at": NOW + timedelta(days=1), "end_at": NOW + timedelta(days=2), "status": "ongoing"}
        update_event(actor=owner_of(event), event=event, changes=later, now=NOW)
        assert event.status is EventStatus.PUBLISHED

    def test_wrong_fields_keep_a_status_from_being_changed(self) -> None:
        event = create()
        with pytest.raises(Invalid):
            changes = {"status": "published", "title": ""}
            update_event(actor=owner_of(event), event=event, changes=changes, now=NOW)
        db.session.rollback()
        assert event.status is EventStatus.DRAFT

    def test_publishing_by_a_status_needs_a_verified_address(self) -> None:
        with pytest.raises(Forbidden):
            create(factories.make_organizer(is_verified=False), status="published")


class TestPublishing:
    def test_it_is_published_once(self) -> None:
        event = create()
        assert publish_event(actor=owner_of(event), event=event, now=NOW).published_at == NOW
        with pytest.raises(Invalid, match="Event is already published"):
            publish_event(actor=owner_of(event), event=event, now=NOW)

    def test_its_organizer_needs_a_verified_address_and_staff_may_publish_all_the_same(self) -> None:
        event = create(factories.make_organizer(is_verified=False))
        with pytest.raises(Forbidden) as refusal:
            publish_event(actor=owner_of(event), event=event, now=NOW)
        assert refusal.value.code == "email_not_verified"
        publish_event(actor=actor_of(factories.make_staff()), event=event, now=NOW)

    def test_an_event_that_is_over_or_cancelled_is_not_published(self) -> None:
        event = create()
        with pytest.raises(Invalid, match="over"):
            publish_event(actor=owner_of(event), event=event, now=event.end_at)
        cancel_event(actor=owner_of(event), event=event, now=NOW)
        with pytest.raises(Invalid, match="stays cancelled"):
            publish_event(actor=owner_of(event), event=event, now=NOW)


class TestCancelling:
    def test_its_tickets_are_worthless_at_once_and_the_rest_follows_in_the_background(self) -> None:
        event = factories.make_simple_event()
        sold(event)
        cancel_event(actor=owner_of(event), event=event, reason="Storm", now=NOW)
        assert (event.status, event.cancellation_reason) == (EventStatus.CANCELLED, "Storm")
        assert set(db.session.scalars(sa.select(Ticket.status))) == {TicketStatus.CANCELLED}
        names = db.session.scalars(sa.select(OutboxJob.name).order_by(OutboxJob.id)).all()
        assert names == ["unwind_event", "unwind_event"]

    def test_open_orders_end_free_ones_too_and_every_buyer_of_a_ticket_is_told_once(self) -> None:
        event = factories.make_simple_event(price_minor=0)
        held, bought = factories.hold_places(event.ticket_types[0].offers[0], 1), sold(event)
        cancel_event(actor=owner_of(event), event=event, now=NOW)
        assert (unwind_event(event.id), unwind_event(event.id)) == (2, 0)
        assert {held.status, bought.status} == {OrderStatus.CANCELLED}
        keys = set(db.session.scalars(sa.select(OutboxJob.key).filter_by(name="mail_event_cancelled")))
        assert keys == {f"event-cancelled:{bought.id}"}

    def test_it_stays_cancelled_and_what_is_over_cannot_be_called_off(self) -> None:
        event = create()
        with pytest.raises(Invalid, match="Cannot cancel a completed event"):
            cancel_event(actor=owner_of(event), event=event, now=event.end_at)
        cancel_event(actor=owner_of(event), event=event, now=NOW)
        with pytest.raises(Invalid, match="Event is already cancelled"):
            cancel_event(actor=owner_of(event), event=event, now=NOW)

    def test_nothing_is_undone_while_the_event_stands(self) -> None:
        event = factories.make_simple_event()
        order = sold(event)
        assert unwind_event(event.id) == 0
        assert order.status is OrderStatus.CONFIRMED


class TestDeleting:
    @pytest.mark.parametrize(
        "make", [factories.make_simple_event, factories.make_tiered_event, factories.make_grid_event]
    )
    def test_an_event_nobody_ordered_goes_with_all_its_counters(self, make: Callable[[], Event]) -> None:
        event = make()
        delete_event(actor=owner_of(event), event=event, now=clock.now())
        session: Session = db.session()
        assert session.scalar(sa.select(sa.func.count(Event.id))) == 0
        assert session.scalar(sa.select(sa.func.count(Quota.id))) == 0

    @pytest.mark.parametrize("begin", [factories.sell_places, factories.hold_places])
    def test_an_event_with_orders_is_cancelled_instead(self, begin: Callable[..., Order]) -> None:
        event = factories.make_simple_event()
        begin(event.ticket_types[0].offers[0], 1)
        with pytest.raises(Invalid, match="Cancel it instead"):
            delete_event(actor=owner_of(event), event=event, now=clock.now())
        assert event.ticket_types[0].offers[0].kind is OfferKind.SIMPLE
