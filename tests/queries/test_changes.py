"""Reading the log: only of what is one's own, by person, kind and day, and in as many statements for one line as for many."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from easyticket.core.errors import Forbidden, NotFound
from easyticket.models import ChangeAction, Event, User
from easyticket.queries.changes import (
    ChangeFilters,
    list_all_changes,
    list_event_changes,
    list_order_changes,
    list_person_changes,
)
from easyticket.rules.permissions import Actor
from easyticket.rules.schedule import Span
from easyticket.services.change_log import record_change
from tests import factories
from tests.statements import counted_statements

pytestmark = pytest.mark.usefixtures("db_session")

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def note(
    event: Event, action: ChangeAction = ChangeAction.EVENT_CHANGED, *, by: User | None = None, days: int = 0
) -> None:
    actor = factories.actor_of(by or event.organizer)
    record_change(actor, action, event=event, now=NOON + timedelta(days=days))


def actions(event: Event, filters: ChangeFilters, *, to: User | None = None) -> list[str]:
    actor = factories.actor_of(to or event.organizer)
    page = list_event_changes(actor, event, filters, page=1, per_page=50)
    return [entry.change.action for entry in page.items]


def test_the_history_of_an_event_is_its_own_with_the_newest_first() -> None:
    event = factories.make_event()
    note(factories.make_event())
    note(event, ChangeAction.EVENT_CREATED)
    note(event, ChangeAction.EVENT_PUBLISHED)
    assert actions(event, ChangeFilters()) == ["event_published", "event_created"]


def test_nobody_reads_the_history_of_somebody_elses_event_or_order() -> None:
    order = factories.make_order(factories.make_simple_event())
    stranger = factories.actor_of(factories.make_organizer())
    with pytest.raises(Forbidden):
        list_event_changes(stranger, order.event, ChangeFilters(), page=1, per_page=9)
    with pytest.raises(Forbidden):
        list_order_changes(stranger, order)
    with pytest.raises(Forbidden):
        list_all_changes(stranger, ChangeFilters(), page=1, per_page=9)
    with pytest.raises(Forbidden):
        list_person_changes(stranger, stranger.user_id or 0, page=1, per_page=9)


def test_it_is_narrowed_by_kind_person_and_day() -> None:
    event = factories.make_event()
    staff = factories.make_staff(first_name="Yaa", last_name="Boateng", email="yaa@example.org")
    note(event, ChangeAction.EVENT_CREATED)
    note(event, ChangeAction.TICKET_TYPE_CHANGED, days=1)
    note(event, ChangeAction.EVENT_FEE_SET, by=staff, days=2)
    assert actions(event, ChangeFilters(kind="prices")) == ["ticket_type_changed"]
    assert actions(event, ChangeFilters(kind="event")) == ["event_fee_set", "event_created"]
    for query in ("yaa  boa", "YAA@example", "Boateng"):
        assert actions(event, ChangeFilters(query=query), to=staff) == ["event_fee_set"]
        assert actions(event, ChangeFilters(query=query)) == []
    assert actions(event, ChangeFilters(query="100%")) == []
    second = Span(NOON + timedelta(hours=1), NOON + timedelta(days=1, hours=1))
    assert actions(event, ChangeFilters(span=second)) == ["ticket_type_changed"]


def test_a_person_has_what_they_did_and_what_was_done_to_them() -> None:
    staff, user = factories.make_staff(), factories.make_user()
    admin = factories.actor_of(staff)
    record_change(factories.actor_of(user), ChangeAction.USER_CHANGED, user_id=user.id, now=NOON)
    record_change(admin, ChangeAction.USER_ACTED_FOR, user_id=user.id, now=NOON)
    record_change(admin, ChangeAction.JOB_RETRIED, subject="mail", now=NOON)
    page = list_person_changes(admin, user.id, page=1, per_page=9)
    assert [entry.change.action for entry in page.items] == ["user_acted_for", "user_changed"]


def test_whoever_acts_in_anothers_place_is_named_too() -> None:
    event, staff = factories.make_event(), factories.make_staff()
    acting = Actor(user_id=event.organizer_id, is_organizer=True, staff_id=staff.id)
    record_change(acting, ChangeAction.EVENT_CHANGED, event=event, now=NOON)
    page = list_all_changes(factories.actor_of(staff), ChangeFilters(), page=1, per_page=9)
    [entry] = page.items
    assert entry.actor is not None
    assert entry.staff is not None
    assert (entry.actor.id, entry.staff.id) == (event.organizer_id, staff.id)


def test_what_is_deleted_is_still_read() -> None:
    staff = factories.actor_of(factories.make_staff())
    event = factories.make_event(title="Night of Drums")
    record_change(Actor(user_id=404_404), ChangeAction.EVENT_DELETED, subject=event.title, now=NOON)
    [entry] = list_all_changes(staff, ChangeFilters(query="drums"), page=1, per_page=9).items
    assert (entry.actor, entry.event, entry.order) == (None, None, None)


def test_long_histories_have_pages() -> None:
    event = factories.make_event()
    for _ in range(5):
        note(event)
    actor = factories.actor_of(event.organizer)
    page = list_event_changes(actor, event, ChangeFilters(), page=2, per_page=2)
    assert (len(page.items), page.pages, page.count) == (2, 3, 5)
    with pytest.raises(NotFound):
        list_event_changes(actor, event, ChangeFilters(), page=4, per_page=2)


def test_many_lines_are_read_as_one_is() -> None:
    event = factories.make_event()
    actor = factories.actor_of(event.organizer)

    def count() -> int:
        with counted_statements() as seen:
            page = list_event_changes(actor, event, ChangeFilters(), page=1, per_page=50)
            assert all(entry.actor and entry.event and entry.event.title for entry in page.items)
        return len(seen)

    note(event)
    one = count()
    for number in range(20):
        note(event, by=factories.make_staff(), days=number)
    assert count() == one
