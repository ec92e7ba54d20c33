"""A copy is the same event for another date: as long by the clocks, with its tickets and pictures, and nothing sold."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import Conflict, Forbidden, Invalid
from easyticket.db import db, transaction
from easyticket.models import Change, ChangeAction, Event, EventImage, EventStatus, Quota
from easyticket.queries.organizer import find_event_stocks
from easyticket.rules.event_copies import next_beginning
from easyticket.services.event_copies import copy_event
from easyticket.services.event_standing import take_down_event
from tests import factories
from tests.factories import actor_of

pytestmark = pytest.mark.usefixtures("db_session")

NOW = clock.now()
# A week before clocks in Berlin are put back, and a week after.
BEFORE, AFTER = datetime(2030, 10, 20, 18, 0, tzinfo=UTC), datetime.fromisoformat("2030-11-03T20:00")


def copied(event: Event, start_at: datetime = AFTER, title: str = "Once more") -> Event:
    return copy_event(actor=actor_of(event.organizer), event=event, title=title, start_at=start_at, now=NOW)


def in_berlin(**fields: Any) -> dict[str, Any]:
    return {"time_zone": "Europe/Berlin", "start_at": BEFORE, "end_at": BEFORE + timedelta(hours=5), **fields}


def test_it_begins_and_ends_by_the_clocks_on_both_sides_of_summer_time() -> None:
    event = factories.make_simple_event(**in_berlin())
    with transaction():
        event.ticket_types[0].sales_end_at = BEFORE - timedelta(hours=2)
    copy = copied(event)
    assert (copy.start_at, copy.end_at) == (
        datetime(2030, 11, 3, 19, 0, tzinfo=UTC),
        datetime(2030, 11, 4, 0, 0, tzinfo=UTC),
    )
    assert copy.ticket_types[0].sales_end_at == datetime(2030, 11, 3, 17, 0, tzinfo=UTC)


def test_it_is_a_draft_that_says_the_same_and_sold_nothing() -> None:
    event = factories.make_simple_event(
        **in_berlin(),
        description="**Drums**",
        tags="live",
        online_link="https://meet.example/x",
        is_featured=True,
    )
    factories.sell_places(event.ticket_types[0].offers[0], 7)
    copy = copied(event)
    assert (copy.title, copy.status, copy.is_featured) == ("Once more", EventStatus.DRAFT, False)
    assert copy.slug != event.slug
    for name in ("description", "tags", "online_link", "venue_name", "currency", "buyer_refund_days"):
        assert getattr(copy, name) == getattr(event, name)
    [stock] = find_event_stocks([copy]).values()
    assert (stock.sold, stock.held, stock.left) == (0, 0, 100)
    said = db.session.scalars(sa.select(Change).filter_by(action=ChangeAction.EVENT_COPIED)).one()
    assert (said.event_id, said.after) == (copy.id, {"copied_from": event.title})


@pytest.mark.parametrize(
    "make", [factories.make_tiered_event, factories.make_day_event, factories.make_grid_event]
)
def test_tiers_and_days_come_along_with_counters_of_their_own(make: Any) -> None:
    event = make()
    start_at = next_beginning(event, NOW)
    copy = copied(event, start_at)
    ours, theirs = (list(one.ticket_types[0].offers) for one in (event, copy))
    same = (
        "kind",
        "price_minor",
        "quantity",
        "tier_number",
        "tier_name",
        "day_number",
        "day_name",
        "is_all_days",
    )
    assert [[getattr(each, name) for name in same] for each in theirs] == [
        [getattr(each, name) for name in same] for each in ours
    ]
    weeks = {
        (one.day_on - other.day_on).days % 7
        for one, other in zip(theirs, ours, strict=True)
        if one.day_on and other.day_on
    }
    assert weeks <= {0}
    count = sa.select(sa.func.count(Quota.id))
    assert db.session.scalar(count.where(Quota.event_id == copy.id)) == db.session.scalar(
        count.where(Quota.event_id == event.id)
    )


def test_pictures_are_shared_and_a_repetition_moves_along() -> None:
    event = factories.make_event(
        **in_berlin(),
        banner_image="a.webp",
        cover_source="b.webp",
        cover_cut={"across": 1, "down": 2, "zoom": 150},
    )
    with transaction():
        event.images = [EventImage(path="c.webp", position=0)]
        event.recurrence = {
            "frequency": "weekly",
            "interval": 1,
            "end_date": "2030-12-01",
            "occurrences": None,
        }
    copy = copied(event)
    assert (copy.banner_image, copy.cover_source, copy.cover_cut) == ("a.webp", "b.webp", event.cover_cut)
    assert [image.path for image in copy.images] == ["c.webp"]
    assert copy.recurrence is not None
    assert date.fromisoformat(copy.recurrence["end_date"]) == date(2030, 12, 15)


def test_what_no_longer_counts_is_left_out() -> None:
    event = factories.make_event(
        **in_berlin(), category=factories.make_category(is_active=False), fee_basis_points=0
    )
    copy = copied(event)
    assert (copy.category_id, copy.fee_basis_points) == (None, None)


@pytest.mark.parametrize(
    ("start_at", "sentence"),
    [
        (datetime.fromisoformat("2020-01-01T20:00"), "Start date cannot be in the past"),
        (datetime.fromisoformat("2031-03-30T02:30"), "Clocks are put forward"),
        (datetime.fromisoformat("9999-12-31T20:00"), "This date is too far away."),
    ],
)
def test_a_date_that_cannot_be_is_refused(start_at: datetime, sentence: str) -> None:
    event = factories.make_simple_event(**in_berlin())
    with pytest.raises(Invalid) as refusal:
        copied(event, start_at)
    assert sentence in refusal.value.fields["start_at"][0]
    assert db.session.scalars(sa.select(Event.id)).all() == [event.id]


def test_nobody_copies_for_somebody_else() -> None:
    event = factories.make_event()
    for user in (factories.make_organizer(), factories.make_staff()):
        with pytest.raises(Forbidden):
            copy_event(actor=actor_of(user), event=event, title="Mine", start_at=AFTER, now=NOW)


@pytest.mark.parametrize(
    ("ago", "weeks"), [(timedelta(days=-3), 1), (timedelta(days=3), 1), (timedelta(days=20), 3)]
)
def test_the_next_time_is_the_same_weekday_and_hour(ago: timedelta, weeks: int) -> None:
    event = factories.make_event(start_at=NOW - ago, time_zone="UTC")
    local = event.start_at.replace(tzinfo=None)
    assert next_beginning(event, NOW) == local + timedelta(weeks=weeks)


def test_what_was_taken_down_does_not_come_back_as_a_copy() -> None:
    event = factories.make_simple_event()
    take_down_event(actor=actor_of(factories.make_staff()), event=event, reason="A fraud.", now=NOW)
    with pytest.raises(Conflict, match="taken down"):
        copied(event)
