"""Lists and counts of tickets: an account's own and nobody else's, in the state and order asked for."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from easyticket.core import clock
from easyticket.core.errors import Invalid, NotFound
from easyticket.db import transaction
from easyticket.models import CheckInPolicy, Event, EventStatus, OrderStatus, Ticket, TicketStatus, User
from easyticket.queries.tickets import TicketFilters, count_tickets, get_ticket, list_tickets
from easyticket.rules.permissions import ANONYMOUS, Actor
from easyticket.rules.tickets import TicketState, state_of, state_until_over
from easyticket.services.tickets import issue_tickets
from tests import factories
from tests.factories import actor_of
from tests.statements import counted_statements

pytestmark = pytest.mark.usefixtures("db_session")

NOW = clock.now()
DAY = timedelta(days=1)


def tickets_for(
    user: User | None, event: Event | None = None, count: int = 1, *, issued_at: datetime = NOW
) -> list[Ticket]:
    """Return paid tickets of the account."""
    event = event or factories.make_simple_event()
    offer = event.ticket_types[0].offers[0]
    order = factories.make_order(event, [(offer, count)], user=user, status=OrderStatus.CONFIRMED)
    return issue_tickets(order, issued_at)


def set_status(ticket: Ticket, status: TicketStatus) -> None:
    with transaction():
        ticket.status = status
        ticket.used_at = NOW if status is TicketStatus.USED else None


def listed(actor: Actor, ordering: str = "", **filters: object) -> list[Ticket]:
    wanted = TicketFilters(**filters)  # type: ignore[arg-type]
    return list(list_tickets(actor, wanted, ordering=ordering, now=NOW).items)


def one_of_each(user: User) -> dict[str, Ticket]:
    """Return a ticket of the account for every way to stand."""
    past = factories.make_simple_event(start_at=NOW - 2 * DAY)
    called_off = factories.make_simple_event(status=EventStatus.CANCELLED)
    made = {
        "active": tickets_for(user)[0],
        "used": tickets_for(user)[0],
        "used, over": tickets_for(user, past)[0],
        "cancelled": tickets_for(user)[0],
        "called off": tickets_for(user, called_off)[0],
        "expired": tickets_for(user, past)[0],
    }
    for name in ("used", "used, over"):
        set_status(made[name], TicketStatus.USED)
    set_status(made["cancelled"], TicketStatus.CANCELLED)
    return made


def test_an_account_is_listed_its_own_tickets_and_nobody_elses() -> None:
    user, organizer = factories.make_user(), factories.make_organizer()
    event = factories.make_simple_event(organizer=organizer)
    (mine,), _strangers, _guests = (tickets_for(who, event) for who in (user, factories.make_user(), None))
    assert listed(actor_of(user)) == [mine]
    # The original showed every organizer all tickets of the site.
    for other in (ANONYMOUS, actor_of(organizer), actor_of(factories.make_staff())):
        assert listed(other) == []
        assert count_tickets(other, NOW).total == 0


def test_one_ticket_is_its_owners_and_the_staffs() -> None:
    user, organizer = factories.make_user(), factories.make_organizer()
    (ticket,) = tickets_for(user, factories.make_simple_event(organizer=organizer))
    for allowed in (user, factories.make_staff()):
        assert get_ticket(actor_of(allowed), ticket.uuid) == ticket
    for refused in (ANONYMOUS, actor_of(organizer), actor_of(factories.make_user())):
        with pytest.raises(NotFound):
            get_ticket(refused, ticket.uuid)
    with pytest.raises(NotFound):
        get_ticket(actor_of(user), uuid4())


def test_the_list_and_the_rule_agree_on_every_state() -> None:
    user = factories.make_user()
    made = one_of_each(user)
    wanted = {
        TicketState.ACTIVE: {"active"},
        TicketState.USED: {"used", "used, over"},
        TicketState.CANCELLED: {"cancelled", "called off"},
        TicketState.EXPIRED: {"expired"},
    }
    for state, names in wanted.items():
        found = listed(actor_of(user), state=state)
        assert {ticket.id for ticket in found} == {made[name].id for name in names}
        assert {state_of(ticket, NOW) for ticket in found} == {state}


def test_the_list_and_the_rule_agree_on_tickets_that_admit_again_until_their_event_is_over() -> None:
    user = factories.make_user()
    actor = actor_of(user)
    made = list(one_of_each(user).values())
    for when in (NOW - 2 * DAY, NOW + DAY):
        for policy in CheckInPolicy:
            made += tickets_for(user, factories.make_simple_event(start_at=when, check_in_policy=policy), 2)
            set_status(made[-1], TicketStatus.USED)
    with transaction():
        made[1].is_all_days = True
    counts = count_tickets(actor, NOW, until_over=True)
    for state, count in zip(
        TicketState, (counts.active, counts.used, counts.cancelled, counts.expired), strict=True
    ):
        found = listed(actor, state=state, until_over=True)
        told = {ticket.id for ticket in made if state_until_over(ticket, NOW) is state}
        assert ({ticket.id for ticket in found}, count) == (told, len(told))
    # Surface 1 goes on saying what the first scan made of them.
    assert len(listed(actor, state=TicketState.USED)) == counts.used + 3


def test_used_ones_and_those_of_one_event_are_picked_out() -> None:
    user = factories.make_user()
    made = one_of_each(user)
    actor, past = actor_of(user), made["expired"].event
    assert {ticket.id for ticket in listed(actor, is_used=True)} == {
        made[name].id for name in ("used", "used, over")
    }
    assert len(listed(actor, is_used=False)) == 4
    assert {ticket.id for ticket in listed(actor, event_uuid=past.uuid)} == {
        made[name].id for name in ("expired", "used, over")
    }
    assert listed(actor, event_uuid=past.uuid, is_used=False) == [made["expired"]]
    assert listed(actor, event_uuid=factories.make_event().uuid) == []


def test_an_event_that_is_not_there_is_said_so() -> None:
    with pytest.raises(Invalid) as refusal:
        listed(actor_of(factories.make_user()), event_uuid=uuid4())
    assert refusal.value.fields == {
        "event": ["Select a valid choice. That choice is not one of the available choices."]
    }


def test_tickets_are_sorted_as_asked_and_by_default_the_latest_first() -> None:
    user = factories.make_user()
    soon = factories.make_simple_event(start_at=NOW + DAY)
    later = factories.make_simple_event(start_at=NOW + 9 * DAY)
    (a,) = tickets_for(user, later, issued_at=NOW - 3 * DAY)
    (b,) = tickets_for(user, soon, issued_at=NOW - 2 * DAY)
    (c,) = tickets_for(user, later, issued_at=NOW - DAY)
    actor = actor_of(user)
    for ordering, order in {
        "": [c, b, a],
        "-created_at": [c, b, a],
        "created_at": [a, b, c],
        "event_date": [b, a, c],
        "-event_date": [c, a, b],
        "event__start_date": [b, a, c],
        "-event__start_date": [c, a, b],
        "event_date,-created_at": [b, c, a],
        "price": [c, b, a],
        "nonsense,created_at": [a, b, c],
    }.items():
        assert listed(actor, ordering) == order, ordering


def test_pages_do_not_overlap_where_all_came_at_once() -> None:
    user = factories.make_user()
    made = tickets_for(user, count=7)
    pages = [
        list_tickets(actor_of(user), TicketFilters(), page=number, per_page=3, now=NOW)
        for number in (1, 2, 3)
    ]
    assert [page.count for page in pages] == [7, 7, 7]
    assert [ticket.id for page in pages for ticket in page.items] == [ticket.id for ticket in reversed(made)]
    with pytest.raises(NotFound):
        list_tickets(actor_of(user), TicketFilters(), page=4, per_page=3, now=NOW)


def test_the_stats_count_tickets_by_state_and_events_by_the_clock() -> None:
    user = factories.make_user()
    one_of_each(user)
    running = factories.make_simple_event(start_at=NOW - timedelta(hours=1))
    tickets_for(user, running, count=2)
    stats = count_tickets(actor_of(user), NOW)
    assert (stats.total, stats.active, stats.used, stats.cancelled, stats.expired) == (8, 3, 2, 2, 1)
    # Active, used, running; not those whose ticket counts no more. The past event counts once.
    assert (stats.upcoming_events, stats.past_events) == (3, 1)


def test_nobody_without_tickets_has_any() -> None:
    stats = count_tickets(actor_of(factories.make_user()), NOW)
    assert (stats.total, stats.active, stats.upcoming_events, stats.past_events) == (0, 0, 0, 0)


def test_counting_takes_one_statement_and_the_list_two() -> None:
    user = factories.make_user()
    actor = actor_of(user)
    for count in (1, 49):
        tickets_for(user, count=count)
        with counted_statements() as asked:
            count_tickets(actor, NOW)
        assert len(asked) == 1
        with counted_statements() as asked:
            page = list_tickets(actor, TicketFilters(), per_page=100, now=NOW)
            assert {ticket.offer.ticket_type.name for ticket in page.items} == {"Standard"}
            assert {ticket.event.title and ticket.order.number for ticket in page.items}
        assert len(asked) == 2
