"""Lists taken away: who may, that it is written down, and that a long list needs neither memory nor more statements a row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import Forbidden
from easyticket.db import db
from easyticket.documents.tables import TableKind
from easyticket.models import Change, ChangeAction, Event, Order, OrderStatus
from easyticket.queries.attendees import AttendeeFilters, each_attendee
from easyticket.queries.exported_orders import each_order
from easyticket.queries.pages import Page, page_of
from easyticket.queries.sold_orders import SoldOrderFilters, list_sold_orders
from easyticket.queries.streams import AT_ONCE, each_item
from easyticket.rules.permissions import Permission
from easyticket.services.exports import export_list
from easyticket.services.tickets import issue_tickets
from easyticket.web.tables.attendees import attendee_columns
from easyticket.web.tables.orders import order_columns
from tests import factories
from tests.factories import actor_of
from tests.statements import counted_statements

pytestmark = pytest.mark.usefixtures("db_session")

NOW = clock.now()


def sell(event: Event, number: int = 1, **fields: str) -> None:
    for _ in range(number):
        lines = [(event.ticket_types[0].offers[0], 2)]
        order = factories.make_order(event, lines, status=OrderStatus.CONFIRMED, **fields)
        issue_tickets(order, NOW)


def orders_of(event: Event, kind: TableKind = TableKind.CSV) -> Iterator[bytes]:
    actor, filters = actor_of(event.organizer), SoldOrderFilters()

    def load(page: int, per_page: int) -> Page[Order]:
        return list_sold_orders(actor, event, filters, page=page, per_page=per_page, now=NOW)

    return export_list(
        "orders",
        order_columns(NOW),
        lambda: each_order(load),
        kind=kind,
        actor=actor,
        permission=Permission.SEE_SALES,
        target=event,
        now=NOW,
    )


def attendees_of(event: Event) -> Iterator[bytes]:
    actor = actor_of(event.organizer)
    return export_list(
        "attendees",
        attendee_columns(event),
        lambda: each_attendee(actor, event, AttendeeFilters(), now=NOW),
        kind=TableKind.CSV,
        actor=actor,
        permission=Permission.SEE_SALES,
        target=event,
        now=NOW,
    )


def rows_of(pieces: Iterator[bytes]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(pieces).decode("utf-8-sig"), newline="")))


def test_orders_have_what_was_bought_and_what_it_cost_in_plain_numbers() -> None:
    event = factories.make_simple_event(price_minor=5_000)
    sell(event, buyer_name="=cmd()", buyer_email="ama@example.org")
    sell(factories.make_simple_event(organizer=event.organizer))
    [row] = rows_of(orders_of(event))
    assert (row["Buyer"], row["E-mail"], row["State"]) == ("'=cmd()", "ama@example.org", "Paid")
    assert (row["Tickets"], row["Number of tickets"], row["Currency"]) == ("2 × Standard", "2", "GHS")
    assert (row["Tickets cost"], row["Refunded"]) == ("100.00", "0.00")


def test_attendees_are_the_tickets_with_name_code_and_when_they_came() -> None:
    event = factories.make_simple_event()
    sell(event, buyer_name="Kofi Mensah")
    first, second = rows_of(attendees_of(event))
    assert first["Name"] == second["Name"] == "Kofi Mensah"
    assert first["Code"].startswith("TKT-") and first["Code"] != second["Code"]
    assert (first["Ticket"], first["Paid"], first["Let in"]) == ("Standard", "Yes", "")


def test_whoever_begins_to_read_is_in_the_log() -> None:
    event = factories.make_simple_event()
    pieces = orders_of(event, TableKind.XLSX)
    assert db.session.scalars(sa.select(Change)).all() == []
    assert b"".join(pieces).startswith(b"PK")
    change = db.session.scalars(sa.select(Change)).one()
    assert (change.action, change.actor_id) == (ChangeAction.LIST_EXPORTED.value, event.organizer_id)
    assert (change.event_id, change.after) == (event.id, {"list": "orders", "format": "xlsx"})


def test_a_stranger_is_refused_before_anything_is_read_or_written_down() -> None:
    event = factories.make_simple_event()
    with pytest.raises(Forbidden):
        export_list(
            "orders",
            order_columns(NOW),
            lambda: pytest.fail("it was read"),
            kind=TableKind.CSV,
            actor=actor_of(factories.make_organizer()),
            permission=Permission.SEE_SALES,
            target=event,
            now=NOW,
        )
    assert db.session.scalars(sa.select(Change)).all() == []


@pytest.mark.parametrize("export", [orders_of, attendees_of])
def test_one_row_and_many_take_the_same_statements(export: object) -> None:
    assert callable(export)
    event = factories.make_simple_event(quantity=1_000)
    counts = []
    for more in (1, 30):
        sell(event, more)
        db.session.expire_all()
        with counted_statements() as statements:
            assert b"".join(export(event))
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_a_list_of_many_pages_comes_whole_and_in_order() -> None:
    numbers = range(2 * AT_ONCE + 3)

    def load(page: int, per_page: int) -> Page[int]:
        return page_of(
            lambda limit, offset: numbers[offset : offset + limit],
            count=len(numbers),
            page=page,
            per_page=per_page,
        )

    whole = each_item(load)
    assert len(whole) == len(numbers)
    assert list(whole) == list(numbers)
