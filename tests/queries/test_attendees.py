"""Who comes to an event: what is sold and what is held, as it is looked for, sorted, counted and paged."""

from __future__ import annotations

from datetime import timedelta

import pytest

from easyticket.core import clock
from easyticket.core.errors import Forbidden, NotFound
from easyticket.db import db, transaction
from easyticket.models import CheckInPolicy, Event, OrderStatus, Payment, PaymentState, Ticket
from easyticket.queries.attendees import (
    AttendeeFilters,
    count_attendees,
    list_attendees,
    list_last_admissions,
)
from easyticket.services.tickets import cancel_tickets, issue_tickets
from tests import factories
from tests.factories import actor_of
from tests.services.test_gate import running_event, scan, ticket_for
from tests.statements import counted_statements

pytestmark = pytest.mark.usefixtures("db_session")

NOW = clock.now()
EVERYBODY = AttendeeFilters(is_paid=None)


def guest(event: Event, name: str = "Kofi Mensah", *, at: int = 0, offer: int = 0, **fields: str) -> Ticket:
    """Return a ticket of a paid order, bought `at` minutes from now."""
    order = factories.make_order(
        event, [(event.ticket_types[0].offers[offer], 1)], status=OrderStatus.CONFIRMED, buyer_name=name
    )
    (ticket,) = issue_tickets(order, NOW + timedelta(minutes=at))
    with transaction():
        for column, value in fields.items():
            setattr(ticket, column, value)
    return ticket


def names(event: Event, filters: AttendeeFilters | None = None, ordering: str = "") -> list[str]:
    page = list_attendees(
        actor_of(event.organizer), event, filters or AttendeeFilters(), ordering=ordering, now=NOW
    )
    assert page.count == len(page.items)
    return [each.ticket.attendee_name if each.ticket else each.line.order.buyer_name for each in page.items]


def test_who_is_in_stays_in_the_list_and_whose_ticket_was_cancelled_leaves_it() -> None:
    event = running_event()
    inside, out = guest(event, "Inside"), guest(event, "Out")
    guest(event, "Expected")
    guest(running_event(organizer=event.organizer), "Elsewhere")
    scan(event, inside.code)
    cancel_tickets([out], NOW, restock=True)
    assert set(names(event)) == {"Inside", "Expected"}
    assert names(event, AttendeeFilters(is_checked_in=True)) == ["Inside"]
    assert names(event, AttendeeFilters(is_checked_in=False)) == ["Expected"]
    counts = count_attendees(event)
    assert (counts.total, counts.checked_in, counts.not_checked_in, counts.percentage) == (2, 1, 1, 50.0)


def test_nobody_expected_is_no_hundredth_of_anything() -> None:
    assert count_attendees(running_event()).percentage == 0.0


def test_places_held_for_unpaid_orders_are_listed_one_by_one_where_they_are_asked_for() -> None:
    event = running_event()
    offer = event.ticket_types[0].offers[0]
    guest(event, "Paid")
    factories.make_order(event, [(offer, 3)], buyer_name="Held")
    ago = NOW - timedelta(minutes=1)
    factories.make_order(event, [(offer, 2)], buyer_name="Run out", expires_at=ago)
    factories.make_order(event, [(offer, 2)], status=OrderStatus.FAILED, buyer_name="Failed")
    paying = factories.make_order(
        event, [(offer, 1)], status=OrderStatus.PROCESSING, buyer_name="Paying", expires_at=ago
    )
    with transaction():
        payment = Payment(order_id=paying.id, attempt=1, provider="sandbox", reference="ET-1", currency="GHS")
        payment.amount_minor, payment.state = paying.total_minor, PaymentState.PROCESSING
        db.session.add(payment)
    assert names(event) == ["Paid"]
    assert sorted(names(event, AttendeeFilters(is_paid=False))) == ["Held", "Held", "Held", "Paying"]
    assert sorted(names(event, EVERYBODY)) == ["Held", "Held", "Held", "Paid", "Paying"]
    assert names(event, AttendeeFilters(is_paid=None, is_checked_in=True)) == []
    assert names(event, AttendeeFilters(is_paid=None, query="held")) == ["Held"] * 3
    # Only people who have paid are expected.
    assert count_attendees(event).total == 1


def test_the_places_of_an_order_are_counted_through_all_its_lines() -> None:
    event = factories.make_tiered_event()
    regular, gold = event.ticket_types[0].offers
    factories.make_order(event, [(regular, 2), (gold, 2)])
    page = list_attendees(actor_of(event.organizer), event, AttendeeFilters(is_paid=False), now=NOW)
    assert sorted((each.line.offer_id, each.number) for each in page.items) == sorted(
        [(regular.id, 1), (regular.id, 2), (gold.id, 3), (gold.id, 4)]
    )


def test_people_are_found_by_name_address_number_and_code() -> None:
    event = running_event()
    # Codes that are no part of a number: a drawn one may end in two digits of it.
    codes = ("TKT-20260105-7KQ2M9XWBT", "TKT-20260105-H3N8P4RZCD")
    ama = guest(
        event, "Ama Owusu", attendee_email="ama@example.org", attendee_phone="+233241234567", code=codes[0]
    )
    guest(
        event,
        "Élodie 100% Kofi",
        attendee_email="elodie_k@example.com",
        attendee_phone="+33601020304",
        code=codes[1],
    )
    for query, found in {
        "": 2,
        "   ": 2,
        "AMA": 1,
        "owusu ama": 1,
        "ama kofi": 0,
        "ama@EXAMPLE.org": 1,
        "024 123 4567": 1,
        "+233 (24) 123-4567": 1,
        ama.code: 1,
        ama.code.lower(): 1,
        ama.code[-10:]: 1,
        ama.code[-4:]: 1,
        ama.code[-2:]: 0,
        ama.code[4:12]: 0,
        "TKT-": 2,
        ama.code.replace("-", " "): 1,
        "Élodie": 1,
        "100%": 1,
        "%": 1,
        "elodie_k": 1,
        "elodiexk": 0,
        "nobody": 0,
        "000-000": 0,
        "x" * 1000: 0,
    }.items():
        assert len(names(event, AttendeeFilters(query=query))) == found, query


def test_one_type_alone() -> None:
    event = factories.make_tiered_event()
    regular, gold = event.ticket_types[0].offers
    guest(event, "Regular"), guest(event, "Gold", offer=1)
    assert names(event, AttendeeFilters(offer_id=gold.id)) == ["Gold"]
    factories.make_order(event, [(regular, 1)], buyer_name="Held")
    assert set(names(event, AttendeeFilters(is_paid=None, offer_id=regular.id))) == {"Regular", "Held"}
    elsewhere = factories.make_simple_event().ticket_types[0].offers[0]
    assert names(event, AttendeeFilters(offer_id=elsewhere.id)) == []


def test_the_list_is_sorted_as_asked_and_by_default_the_latest_sold_first() -> None:
    event = factories.make_tiered_event(start_at=NOW - timedelta(hours=1))
    b = guest(event, "bea", at=1, offer=1)
    a = guest(event, "Abe", at=2)
    guest(event, "Cid", at=3, offer=1)
    for ticket, minutes in ((b, 1), (a, 2)):
        scan(event, ticket.code, now=NOW + timedelta(minutes=minutes))
    for ordering, wanted in {
        "": ["Cid", "Abe", "bea"],
        "nonsense": ["Cid", "Abe", "bea"],
        "-purchase_date": ["Cid", "Abe", "bea"],
        "purchase_date": ["bea", "Abe", "Cid"],
        "attendee_name": ["Abe", "bea", "Cid"],
        "-attendee_name": ["Cid", "bea", "Abe"],
        "ticket_type": ["bea", "Cid", "Abe"],
        "-ticket_type": ["Abe", "Cid", "bea"],
        "check_in_time": ["bea", "Abe", "Cid"],
        "-check_in_time": ["Abe", "bea", "Cid"],
    }.items():
        assert names(event, ordering=ordering) == wanted, ordering
        assert names(event, EVERYBODY, ordering) == wanted, ordering


def test_pages_do_not_overlap_also_where_one_order_holds_many_places() -> None:
    event = running_event()
    actor = actor_of(event.organizer)
    offer = event.ticket_types[0].offers[0]
    for _ in range(3):
        guest(event)
    factories.make_order(event, [(offer, 4)], created_at=NOW)
    seen = []
    for number in (1, 2, 3, 4):
        page = list_attendees(actor, event, EVERYBODY, page=number, per_page=2, now=NOW)
        seen += [each.ticket.id if each.ticket else None for each in page.items]
        assert page.count == 7
    assert len(seen) == 7
    assert (seen.count(None), len({each for each in seen if each})) == (4, 3)
    with pytest.raises(NotFound):
        list_attendees(actor, event, EVERYBODY, page=5, per_page=2, now=NOW)


def test_the_last_ten_admissions_come_the_newest_first_and_say_who_let_them_in() -> None:
    event = running_event(check_in_policy=CheckInPolicy.MULTIPLE)
    ticket, again = ticket_for(event), ticket_for(event)
    scan(event, ticket.code)
    for minute in range(1, 11):
        scan(event, again.code, now=NOW + timedelta(minutes=minute))
    found = list_last_admissions(actor_of(event.organizer), event)
    assert [each.admitted_at for each in found] == [
        NOW + timedelta(minutes=minute) for minute in range(10, 0, -1)
    ]
    assert {each.ticket.code for each in found} == {again.code}
    assert {each.admitted_by for each in found} == {event.organizer}


def test_only_the_organizer_and_staff_read_who_comes() -> None:
    event = running_event()
    for stranger in (factories.make_user(), factories.make_organizer()):
        with pytest.raises(Forbidden):
            list_attendees(actor_of(stranger), event, EVERYBODY, now=NOW)
        with pytest.raises(Forbidden):
            list_last_admissions(actor_of(stranger), event)
    staff = actor_of(factories.make_staff())
    assert list_attendees(staff, event, EVERYBODY, now=NOW).count == 0
    assert list_last_admissions(staff, event) == []


def test_the_list_takes_as_many_statements_for_twenty_as_for_one() -> None:
    event = running_event()
    actor, offer = actor_of(event.organizer), event.ticket_types[0].offers[0]
    asked = []
    for count in (1, 19):
        for _ in range(count):
            scan(event, guest(event).code)
            factories.make_order(event, [(offer, 1)])
        db.session.expire_all()
        with counted_statements() as statements:
            page = list_attendees(actor, event, EVERYBODY, per_page=100, now=NOW)
            assert all(each.line.order.payments == [] for each in page.items)
            assert all(each.ticket is None or each.ticket.used_by for each in page.items)
        asked.append(len(statements))
    assert asked[0] == asked[1] <= 7
